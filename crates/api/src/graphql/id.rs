//! Opaque ids: the kind of thing and its key in base64url, so that an id of a site is not taken for
//! one of an employee. Must not know the database.

use async_graphql::ID;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::failure::Failure;

/// What an id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Organization,
    User,
    Session,
    Token,
    AuditEvent,
    Site,
    Camera,
    Employee,
    Department,
    Device,
    Punch,
    Day,
    Exception,
    Correction,
    Shift,
    Roster,
    RuleSet,
    Holiday,
    Leave,
    Photo,
    EnrolmentJob,
    Consent,
    Sighting,
    Period,
    Export,
    Webhook,
    WebhookDelivery,
    CodeEntry,
}

impl Kind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::User => "user",
            Self::Session => "session",
            Self::Token => "token",
            Self::AuditEvent => "audit_event",
            Self::Site => "site",
            Self::Camera => "camera",
            Self::Employee => "employee",
            Self::Department => "department",
            Self::Device => "device",
            Self::Punch => "punch",
            Self::Day => "day",
            Self::Exception => "exception",
            Self::Correction => "correction",
            Self::Shift => "shift",
            Self::Roster => "roster",
            Self::RuleSet => "rule_set",
            Self::Holiday => "holiday",
            Self::Leave => "leave",
            Self::Photo => "photo",
            Self::EnrolmentJob => "enrolment_job",
            Self::Consent => "consent",
            Self::Sighting => "sighting",
            Self::Period => "period",
            Self::Export => "export",
            Self::Webhook => "webhook",
            Self::WebhookDelivery => "webhook_delivery",
            Self::CodeEntry => "code_entry",
        }
    }
}

pub(super) fn encode(kind: Kind, key: impl std::fmt::Display) -> ID {
    ID(URL_SAFE_NO_PAD.encode(format!("{}:{key}", kind.as_str())))
}

/// As [`encode`], for a kind in words.
pub(super) fn encode_word(kind: &str, key: impl std::fmt::Display) -> ID {
    ID(URL_SAFE_NO_PAD.encode(format!("{kind}:{key}")))
}

/// Kind and key in an id of any kind; none when it is not one.
pub(super) fn decode_any(id: &ID) -> Option<(String, Uuid)> {
    let bytes = URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (kind, key) = text.split_once(':')?;
    let is_word = kind
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    Some((kind.to_owned(), key.parse().ok()?)).filter(|_| is_word)
}

/// The key in an id of this kind; none when it is not one.
pub(super) fn decode(kind: Kind, id: &ID) -> Option<Uuid> {
    let key = decode_text(kind, id)?;
    // Only the one spelling that `encode` writes.
    let uuid: Uuid = key.parse().ok()?;
    (uuid.to_string() == key).then_some(uuid)
}

/// The key as a text in an id of this kind; none when it is not one. The caller checks that it is the
/// one spelling of the key.
pub(super) fn decode_text(kind: Kind, id: &ID) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let key = text.strip_prefix(kind.as_str())?.strip_prefix(':')?;
    Some(key.to_owned())
}

/// The key in a required argument.
///
/// Errors: [`Failure::Argument`] naming the argument.
pub(super) fn required<T: From<Uuid>>(kind: Kind, name: &str, id: &ID) -> Result<T, Failure> {
    decode(kind, id).map(T::from).ok_or_else(|| {
        Failure::Argument(format!(
            "`{name}` is not an id of kind {}; use an `id` that this API returned",
            kind.as_str()
        ))
    })
}

/// The key in an optional argument.
///
/// Errors: [`Failure::Argument`] naming the argument.
pub(super) fn argument<T: From<Uuid>>(
    kind: Kind,
    name: &str,
    id: Option<&ID>,
) -> Result<Option<T>, Failure> {
    id.map(|id| required(kind, name, id)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_their_own_kind_only() {
        let uuid = Uuid::from_u128(7);
        let id = encode(Kind::Site, uuid);
        assert_eq!(decode(Kind::Site, &id), Some(uuid));
        assert_eq!(decode(Kind::Employee, &id), None);
        for bad in [
            "",
            "%",
            "c2l0ZQ",
            &uuid.to_string(),
            &URL_SAFE_NO_PAD.encode("site:"),
        ] {
            assert_eq!(decode(Kind::Site, &ID::from(bad)), None, "`{bad}`");
        }
    }
}
