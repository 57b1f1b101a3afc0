//! Files that came with an operation. Must not know how they were sent, nor what they are for.

use async_graphql::{Context, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use bytes::Bytes;

use crate::failure::Failure;

/// What stands in the variables in place of a file, before its position among the files.
const PLACE: &str = "upload:";

/// A file that came with an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UploadedFile {
    /// Its name, for messages: no control characters, and not long.
    pub name: String,
    /// What it holds; none when that is more than [`MAX_FILE_BYTES`](crate::http::MAX_FILE_BYTES).
    pub content: Option<Bytes>,
}

/// All files of an operation, as they were numbered.
pub(crate) struct Uploads(pub Vec<UploadedFile>);

impl Uploads {
    /// What the variables hold in place of the file at this position.
    pub fn place(position: usize) -> String {
        format!("{PLACE}{position}")
    }
}

/// A file, sent with the operation in a `multipart/form-data` request: at most 32 MiB each, 20 files and
/// 64 MiB in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upload(usize);

/// A file, sent with the operation in a `multipart/form-data` request: at most 32 MiB each, 20 files and
/// 64 MiB in all.
#[Scalar(specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec")]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        let position = match &value {
            Value::String(text) => text.strip_prefix(PLACE).and_then(|text| text.parse().ok()),
            _ => None,
        };
        position.map(Self).ok_or_else(|| {
            InputValueError::custom(
                "a file is sent as a part of a multipart request, with null in its place in the variables",
            )
        })
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

impl Upload {
    /// The file itself.
    ///
    /// Errors: [`Failure::Argument`] when the client wrote what stands for a file and sent none.
    pub(super) fn file<'a>(self, context: &Context<'a>) -> Result<&'a UploadedFile, Failure> {
        context
            .data_opt::<Uploads>()
            .and_then(|uploads| uploads.0.get(self.0))
            .ok_or_else(|| {
                Failure::Argument("the operation came without the file that it names".to_owned())
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_for_a_file_is_one() {
        let parse = |text: &str| Upload::parse(Value::from(text)).ok();
        assert_eq!(parse(&Uploads::place(3)), Some(Upload(3)));
        for bad in [
            "",
            "3",
            "upload:",
            "upload:-1",
            "upload:x",
            "upload:99999999999999999999999",
        ] {
            assert_eq!(parse(bad), None, "`{bad}`");
        }
        assert!(Upload::parse(Value::Null).is_err());
    }
}
