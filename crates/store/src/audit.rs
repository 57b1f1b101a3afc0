//! The audit log: who did what. Must not know what the things done mean, and never gets a secret, a
//! picture or an embedding.

use jiff::Timestamp;
use rollcall_domain::id::{EventId, OrganizationId, TokenId, UserId};
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::error::Result;
use crate::page::{Listing, Page, Paged, SortColumn};
use crate::row::word;

/// One change, or one read of biometric data. The actor is that of the transaction's scope.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What was done, resource first, for example `employee.create`.
    pub action: &'static str,
    /// What it was done to, in the word of its ids, for example `employee`.
    pub subject_kind: &'static str,
    /// Which one; none when it is several, or the organisation itself.
    pub subject_id: Option<Uuid>,
    /// What changed, as it was.
    pub before: Option<Value>,
    /// What changed, as it is now.
    pub after: Option<Value>,
}

impl Event {
    /// An event without details.
    pub fn new(action: &'static str, subject_kind: &'static str) -> Self {
        Self {
            action,
            subject_kind,
            subject_id: None,
            before: None,
            after: None,
        }
    }

    /// Names the subject.
    pub fn of(mut self, subject_id: impl Into<Uuid>) -> Self {
        self.subject_id = Some(subject_id.into());
        self
    }

    /// Adds what it was before.
    pub fn before(mut self, before: Value) -> Self {
        self.before = Some(before);
        self
    }

    /// Adds what it is since.
    pub fn after(mut self, after: Value) -> Self {
        self.after = Some(after);
        self
    }
}

/// Appends an event; it is there when the transaction commits.
pub async fn audit_record(
    transaction: &Transaction,
    organization_id: OrganizationId,
    event: &Event,
) -> Result<()> {
    audit_record_all(transaction, organization_id, std::slice::from_ref(event)).await
}

/// Appends events in their order, in one statement.
pub async fn audit_record_all(
    transaction: &Transaction,
    organization_id: OrganizationId,
    events: &[Event],
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let actions: Vec<&str> = events.iter().map(|event| event.action).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.subject_kind).collect();
    let subject_ids: Vec<Option<Uuid>> = events.iter().map(|event| event.subject_id).collect();
    let before: Vec<&Option<Value>> = events.iter().map(|event| &event.before).collect();
    let after: Vec<&Option<Value>> = events.iter().map(|event| &event.after).collect();
    transaction
        .execute(
            "record audit events",
            "insert into audit.event
               (organization_id, actor, user_id, token_id, action, subject_kind, subject_id, before, after)
             select $1,
               case when t.token_id is not null then 'token' when app.current_user_id() is not null then 'user' else 'system' end,
               app.current_user_id(), t.token_id, e.action, e.subject_kind, e.subject_id, e.before, e.after
             from (values (nullif(current_setting('rollcall.token_id', true), '')::uuid)) as t (token_id)
             cross join unnest($2::text[], $3::text[], $4::uuid[], $5::jsonb[], $6::jsonb[]) with ordinality
               as e (action, subject_kind, subject_id, before, after, position)
             order by e.position",
            &[
                &organization_id.0,
                &actions,
                &kinds,
                &subject_ids,
                &before,
                &after,
            ],
        )
        .await
        .map(drop)
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A user who was logged in.
    User,
    /// A program with an API token of the user.
    Token,
    /// Nobody who was logged in: the hub itself, the command line, a log-in that failed.
    System,
}

impl Actor {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::User, Self::Token, Self::System];

    /// The word in column `actor`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Token => "token",
            Self::System => "system",
        }
    }
}

/// An event of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Which.
    pub event_id: EventId,
    /// When.
    pub occurred_at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// The user, unless nobody was logged in.
    pub user_id: Option<UserId>,
    /// The token by which the user acted.
    pub token_id: Option<TokenId>,
    /// What was done.
    pub action: String,
    /// What it was done to.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Option<Uuid>,
    /// What changed, as it was.
    pub before: Option<Value>,
    /// What changed, as it was since.
    pub after: Option<Value>,
}

/// Which events are listed.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Done by this user.
    pub user_id: Option<UserId>,
    /// This action (`employee.create`), or all of a kind (`employee`).
    pub action: Option<String>,
    /// Done to this kind of thing.
    pub subject_kind: Option<String>,
    /// Done to this one.
    pub subject_id: Option<Uuid>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
}

// The bounds of the id let PostgreSQL skip whole months; an event is written some time after its transaction,
// whose time it has, began.
const MATCHING: &str = "audit.event e
     where ($1::uuid is null or e.user_id = $1)
       and ($2::text is null or e.action = $2 or starts_with(e.action, $2 || '.'))
       and ($3::text is null or e.subject_kind = $3)
       and ($4::uuid is null or e.subject_id = $4)
       and ($5::timestamptz is null or (e.occurred_at >= $5 and e.event_id >= app.uuid_at($5)))
       and ($6::timestamptz is null or (e.occurred_at < $6 and e.event_id < app.uuid_at($6 + interval '1 hour')))";
const ORDER: &[SortColumn] = &[("e.event_id", "uuid")];

fn listing<'a>(parameters: &'a [&'a (dyn ToSql + Sync)]) -> Listing<'a> {
    Listing {
        operation: "list audit events",
        plan: Plan::Auto,
        columns: "e.event_id, e.occurred_at, e.actor, e.user_id, e.token_id, e.action, e.subject_kind, e.subject_id, e.before, e.after",
        from: MATCHING,
        order: ORDER,
        is_descending: true,
        parameters,
    }
}

fn read(row: &Row) -> Result<Recorded> {
    Ok(Recorded {
        event_id: EventId(row.get("event_id")),
        occurred_at: row.get("occurred_at"),
        actor: word(row, "list audit events", "actor", |text| {
            Actor::ALL.into_iter().find(|actor| actor.as_str() == text)
        })?,
        user_id: row.get::<_, Option<Uuid>>("user_id").map(UserId),
        token_id: row.get::<_, Option<Uuid>>("token_id").map(TokenId),
        action: row.get("action"),
        subject_kind: row.get("subject_kind"),
        subject_id: row.get("subject_id"),
        before: row.get("before"),
        after: row.get("after"),
    })
}

/// A page of the events that the viewer may see, the newest first: all of them, or, for users bound to sites,
/// their own.
pub async fn audit_page(
    transaction: &Transaction,
    filter: &EventFilter,
    page: &Page,
) -> Result<Paged<Recorded>> {
    let user_id = filter.user_id.map(|id| id.0);
    listing(&[
        &user_id,
        &filter.action,
        &filter.subject_kind,
        &filter.subject_id,
        &filter.from,
        &filter.to,
    ])
    .page(transaction, page, read)
    .await
}

/// How many [`audit_page`] has on all pages.
pub async fn audit_count(transaction: &Transaction, filter: &EventFilter) -> Result<i64> {
    let user_id = filter.user_id.map(|id| id.0);
    listing(&[
        &user_id,
        &filter.action,
        &filter.subject_kind,
        &filter.subject_id,
        &filter.from,
        &filter.to,
    ])
    .count(transaction)
    .await
}
