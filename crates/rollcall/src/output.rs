//! Standard output of the commands. A reader that has seen enough (`| head`) is no error: what comes
//! after it is dropped. Any other failure, for example a full disk, is kept for the end of the program.
//! Must not know what is written.

use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

static FAILURE: Mutex<Option<io::Error>> = Mutex::new(None);

/// As `println!`, without its panic when nobody reads any more.
macro_rules! outln {
    ($($argument:tt)*) => {
        $crate::output::write(format!("{}\n", format_args!($($argument)*)).as_bytes())
    };
}

/// As `print!`, without its panic when nobody reads any more.
macro_rules! out {
    ($($argument:tt)*) => {
        $crate::output::write(format!($($argument)*).as_bytes())
    };
}

/// Writes to standard output, at once. Does nothing after a failure.
pub fn write(bytes: &[u8]) {
    let mut failure = FAILURE.lock().unwrap_or_else(PoisonError::into_inner);
    if failure.is_some() {
        return;
    }
    let mut stdout = io::stdout().lock();
    if let Err(error) = stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        *failure = Some(error);
    }
}

/// False once nothing arrives any more: commands that write for ever end then.
pub fn is_read() -> bool {
    FAILURE
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .is_none()
}

/// What kept the output from arriving, unless its reader went away.
pub fn end() -> io::Result<()> {
    match FAILURE
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
    {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}
