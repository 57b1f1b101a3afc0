//! The audit log: who did what. Must not know what the things done mean, and never gets a secret, a
//! picture or an embedding.

use rollcall_domain::id::OrganizationId;
use serde_json::Value;
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::Result;

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
