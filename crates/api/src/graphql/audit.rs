//! Reading the audit log.

use async_graphql::{Context, Enum, ID, InputObject, Json, Object};
use rollcall_domain::id::UserId;
use rollcall_store::audit as store;
use serde_json::Value;

use super::id::{self, Kind};
use super::page::{self, Connection, PageRequest};
use super::punch::clamped;
use super::scalar::DateTime;
use super::user::{User, user_of};
use super::viewer;
use crate::failure::Failure;

/// Who did something.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::Actor")]
pub enum AuditActor {
    /// A user who was logged in.
    User,
    /// A program with an API token of the user.
    Token,
    /// Nobody who was logged in: the hub itself, the command line, a log-in that failed.
    System,
}

/// One change, one read of biometric data, or one log-in. Never holds a secret, a picture or an embedding.
pub struct AuditEvent(store::Recorded);

/// One change, one read of biometric data, or one log-in. Never holds a secret, a picture or an embedding.
#[Object]
impl AuditEvent {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::AuditEvent, self.0.event_id)
    }

    /// When.
    async fn occurred_at(&self) -> DateTime {
        DateTime(self.0.occurred_at)
    }

    /// Who.
    async fn actor(&self) -> AuditActor {
        self.0.actor.into()
    }

    /// The user; null when nobody was logged in.
    async fn user(&self, context: &Context<'_>) -> Result<Option<User>, Failure> {
        match self.0.user_id {
            Some(user_id) => user_of(context, user_id).await,
            None => Ok(None),
        }
    }

    /// The token by which the user acted; null without one.
    async fn token_id(&self) -> Option<ID> {
        self.0.token_id.map(|id| id::encode(Kind::Token, id))
    }

    /// What was done, resource first, for example `employee.create`.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// What it was done to, for example `employee`.
    async fn subject_kind(&self) -> &str {
        &self.0.subject_kind
    }

    /// Which one, as the id of that object; null when it is several, or the organisation itself.
    async fn subject_id(&self) -> Option<ID> {
        let kind = &self.0.subject_kind;
        self.0.subject_id.map(|key| id::encode_word(kind, key))
    }

    /// What changed, as it was; null for what was made or read.
    async fn before(&self) -> Option<Json<Value>> {
        self.0.before.clone().map(Json)
    }

    /// What changed, as it was since; null for what was removed or read.
    async fn after(&self) -> Option<Json<Value>> {
        self.0.after.clone().map(Json)
    }
}

/// Which events are listed.
#[derive(InputObject, Default)]
pub struct AuditEventFilter {
    /// Done by this user.
    user_id: Option<ID>,
    /// One action, for example `employee.create`, or the resource of several, for example `employee`.
    action: Option<String>,
    /// Done to this kind of thing, for example `employee`.
    subject_kind: Option<String>,
    /// Done to the thing with this id.
    subject_id: Option<ID>,
    /// Not before this instant.
    from: Option<DateTime>,
    /// Before this instant.
    to: Option<DateTime>,
}

#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// The audit log, the newest first. Users who do not see all sites see what they did themselves.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn audit_events(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which events.")] filter: Option<AuditEventFilter>,
    ) -> Result<Connection<AuditEvent>, Failure> {
        let request = PageRequest::new("auditEvents", (first, after), (last, before))?;
        let filter = read_filter(filter.unwrap_or_default())?;
        let transaction = viewer(context)?.reading().await?;
        let events = store::audit_page(&transaction, &filter, request.page()).await?;
        let total_count = match page::wants_total(context) {
            true => Some(store::audit_count(&transaction, &filter).await?),
            false => None,
        };
        transaction.commit().await?;
        Ok(request.connection(events, total_count, AuditEvent))
    }
}

fn read_filter(filter: AuditEventFilter) -> Result<store::EventFilter, Failure> {
    let (subject_kind, subject_id) = match &filter.subject_id {
        Some(subject_id) => {
            let (kind, key) = id::decode_any(subject_id).ok_or_else(|| {
                let text = "`subjectId` is not an id; use an `id` that this API returned";
                Failure::Argument(text.to_owned())
            })?;
            (Some(kind), Some(key))
        }
        None => (None, None),
    };
    // A zero byte is in no word of ours, and PostgreSQL takes none.
    let word = |text: Option<String>| text.map(|text| text.replace('\0', "\u{fffd}"));
    Ok(store::EventFilter {
        user_id: id::argument::<UserId>(Kind::User, "userId", filter.user_id.as_ref())?,
        action: word(filter.action),
        subject_kind: word(filter.subject_kind.or(subject_kind)),
        subject_id,
        from: filter.from.map(clamped),
        to: filter.to.map(clamped),
    })
}
