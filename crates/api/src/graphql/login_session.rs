//! Log-in sessions: where a user is logged in, and ending that. Must not know cookies.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use rollcall_domain::id::{SessionId, UserId};
use rollcall_store::audit::Event;
use rollcall_store::session::{self as store, CredentialId, Use};
use serde_json::json;

use super::id::{self, Kind};
use super::problem::{ChangeStatus, Problem, ProblemCode, payload};
use super::scalar::DateTime;
use super::user::{User, user_of};
use super::viewer;
use crate::failure::Failure;
use crate::viewer::{Ended, Viewer};

/// How a user proved who they are.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::LoginMethod")]
pub enum LoginMethod {
    /// With the password alone.
    Password,
    /// With the password and a code of the authenticator.
    Totp,
    /// With the password and a recovery code.
    RecoveryCode,
    /// At the identity provider.
    Sso,
}

/// Where a log-in came from. The address itself is not kept.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::AddressKind")]
pub enum AddressKind {
    /// The same machine, or a proxy on it.
    Local,
    /// A private network.
    Private,
    /// The internet.
    Public,
    /// Not noted.
    Unknown,
}

/// One log-in that has not ended.
pub struct LoginSession(store::SessionLine);

/// One log-in that has not ended.
#[Object]
impl LoginSession {
    /// Opaque id; gives no access.
    async fn id(&self) -> ID {
        id::encode(Kind::Session, self.0.session_id)
    }

    /// Whose it is.
    async fn user(&self, context: &Context<'_>) -> Result<Option<User>, Failure> {
        user_of(context, self.0.user_id).await
    }

    /// Whether it is the one that asks.
    async fn is_current(&self, context: &Context<'_>) -> Result<bool, Failure> {
        let current = viewer(context)?.session.credential_id;
        Ok(current == CredentialId::Session(self.0.session_id))
    }

    /// When it began.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last used, to the minute.
    async fn last_used_at(&self) -> DateTime {
        DateTime(self.0.last_used_at)
    }

    /// When it ends by itself, at the latest: it ends earlier when nobody uses it.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// How the user logged in.
    async fn method(&self) -> LoginMethod {
        self.0.method.into()
    }

    /// Where from.
    async fn address_kind(&self) -> AddressKind {
        self.0.address_kind.into()
    }

    /// What the browser called itself, at most 200 characters.
    async fn user_agent(&self) -> &str {
        &self.0.user_agent
    }
}

payload! {
    /// What became of ending a session.
    SessionRevokePayload {
        /// The session that has ended; null when refused.
        session_id: ID
    }
}

/// What became of ending all other sessions.
#[derive(SimpleObject)]
pub struct SessionRevokeOthersPayload {
    /// What became of it.
    status: ChangeStatus,
    /// How many sessions ended.
    n_sessions: i32,
    /// Why it was refused; always empty.
    problems: Vec<Problem>,
}

#[derive(Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// Where the user who asks is logged in, the last used first. Owners may ask for another user.
    async fn sessions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whose sessions; one's own when absent.")] user_id: Option<ID>,
    ) -> Result<Vec<LoginSession>, Failure> {
        let viewer = viewer(context)?;
        let wanted = id::argument::<UserId>(Kind::User, "userId", user_id.as_ref())?;
        let how = Use {
            now: viewer.now(),
            idle: viewer.idle,
            is_use: false,
        };
        let user_id = wanted.unwrap_or(viewer.session.user_id);
        let transaction = viewer.reading().await?;
        let sessions = store::session_list(&transaction, user_id, how).await?;
        transaction.commit().await?;
        Ok(sessions.into_iter().map(LoginSession).collect())
    }
}

#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Ends a session at once: one's own, and for owners anybody's.
    async fn session_revoke(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The session.")] session_id: ID,
    ) -> Result<SessionRevokePayload, Failure> {
        let viewer = viewer(context)?;
        let change = viewer.change().await?;
        let found = id::decode(Kind::Session, &session_id).map(SessionId);
        let revoked = match found {
            Some(session_id) => store::session_revoke(&change, session_id, viewer.now())
                .await
                .map(|user_id| Some((session_id, user_id))),
            None => Ok(None),
        };
        let (found, user_id) = match revoked {
            Ok(Some(revoked)) => revoked,
            Ok(None) | Err(rollcall_store::StoreError::Missing { .. }) => {
                change.undo().await?;
                let message = "there is no such session, or it has ended already".to_owned();
                let problem = Problem::new("sessionId", ProblemCode::NotFound, message);
                return Ok(SessionRevokePayload::refused(vec![problem]));
            }
            Err(error) => return Err(error.into()),
        };
        let event = Event::new("session.revoke", "session")
            .of(found)
            .before(json!({ "user_id": user_id.to_string() }));
        change.commit(&event).await?;
        ended(viewer, found);
        Ok(SessionRevokePayload::done(session_id))
    }

    /// Ends all sessions of the user who asks, except the one that asks.
    async fn session_revoke_others(
        &self,
        context: &Context<'_>,
    ) -> Result<SessionRevokeOthersPayload, Failure> {
        let viewer = viewer(context)?;
        let change = viewer.change().await?;
        let sessions = revoke_others(viewer, &change).await?;
        let event = Event::new("session.revoke_others", "user")
            .of(viewer.session.user_id)
            .after(json!({ "n_sessions_ended": sessions.len() }));
        change.commit(&event).await?;
        for session_id in &sessions {
            ended(viewer, *session_id);
        }
        let n_sessions = i32::try_from(sessions.len()).unwrap_or(i32::MAX);
        Ok(SessionRevokeOthersPayload {
            status: ChangeStatus::Done,
            n_sessions,
            problems: Vec::new(),
        })
    }
}

/// Ends the sessions of the viewer except the one that asks.
pub(super) async fn revoke_others(
    viewer: &Viewer,
    transaction: &rollcall_store::Transaction,
) -> Result<Vec<SessionId>, Failure> {
    let current = match viewer.session.credential_id {
        CredentialId::Session(session_id) => Some(session_id),
        CredentialId::Token(_) => None,
    };
    let (user_id, now) = (viewer.session.user_id, viewer.now());
    Ok(store::session_revoke_all(transaction, user_id, current, now).await?)
}

/// Tells open sockets of this process; others find out when they look again.
pub(super) fn ended(viewer: &Viewer, session_id: SessionId) {
    let ended = Ended::Credential(CredentialId::Session(session_id));
    viewer.feed.ended(&ended);
}
