//! How the agent logs: to people at a terminal or in a file, or to journald, which dates lines itself and wants to know
//! their levels (sd-daemon(3)). Must not know what is logged.

use std::fmt::{self, Write as _};
use std::io::IsTerminal;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{Format, Full, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Begins to log to standard error what `ROLLCALL_LOG` asks for.
pub fn start() {
    let filter = EnvFilter::try_from_env("ROLLCALL_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,rollcall_edge=info,rollcall_vision=info"));
    let subscriber = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(filter);
    if is_journal() {
        subscriber
            .with_ansi(false)
            .event_format(JournalLines::default())
            .init();
    } else {
        subscriber.with_ansi(std::io::stderr().is_terminal()).init();
    }
}

/// Prints what ended the program, with its causes.
pub fn print_failure(failure: &anyhow::Error) {
    let mut text = format!("error: {failure}");
    for cause in failure.chain().skip(1) {
        let _ = write!(text, "\n  because: {cause}");
    }
    match is_journal() {
        true => eprint!("{}", for_journal(Level::ERROR, &text)),
        false => eprintln!("{text}"),
    }
}

/// Whether standard error is a stream of journald: `JOURNAL_STREAM` holds its device and inode (systemd.exec(5)).
fn is_journal() -> bool {
    let Ok(named) = std::env::var("JOURNAL_STREAM") else {
        return false;
    };
    nix::sys::stat::fstat(std::io::stderr())
        .is_ok_and(|stream| named == format!("{}:{}", stream.st_dev, stream.st_ino))
}

struct JournalLines(Format<Full, ()>);

impl Default for JournalLines {
    fn default() -> Self {
        let format = tracing_subscriber::fmt::format();
        Self(format.without_time().with_level(false).with_ansi(false))
    }
}

impl<S, N> FormatEvent<S, N> for JournalLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut text = String::new();
        self.0
            .format_event(context, Writer::new(&mut text), event)?;
        writer.write_str(&for_journal(*event.metadata().level(), &text))
    }
}

/// Each line with its level, as journald reads it: a message of several lines is several entries there.
fn for_journal(level: Level, text: &str) -> String {
    let level = match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    };
    text.lines().fold(String::new(), |mut lines, line| {
        let _ = writeln!(lines, "<{level}>{line}");
        lines
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_carries_its_level() {
        assert_eq!(
            for_journal(Level::WARN, "one\nhint: two\n"),
            "<4>one\n<4>hint: two\n"
        );
        assert_eq!(for_journal(Level::ERROR, "one"), "<3>one\n");
    }
}
