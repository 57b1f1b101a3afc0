//! API tokens: shown once, kept as hashes, never more powerful than their user.

use async_graphql::{Context, ID, InputObject, Object};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use rollcall_domain::id::TokenId;
use rollcall_store::audit::Event;
use rollcall_store::session::CredentialId;
use rollcall_store::{StoreError, token as store};
use serde_json::json;

use super::id::{self, Kind};
use super::page::{self, Connection, PageRequest};
use super::problem::{Problem, ProblemCode, payload, refusal, text};
use super::scalar::DateTime;
use super::user::{User, user_of};
use super::viewer;
use crate::access;
use crate::failure::Failure;
use crate::http::credential::{TOKEN_PREFIX, digest};
use crate::secret::random;
use crate::viewer::Ended;

/// Longest name, in characters; the same limit as constraint `api_token_name_check`.
const MAX_NAME: usize = 100;
/// A token lasts this long when nobody says.
const DEFAULT_DAYS: i64 = 90;
/// A token lasts this long at most.
const MAX_DAYS: i64 = 366;

/// A named secret with which a program acts for a user. The secret is shown once, when it is made.
pub struct Token(pub(super) store::Token);

/// A named secret with which a program acts for a user. The secret is shown once, when it is made.
#[Object]
impl Token {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Token, self.0.token_id)
    }

    /// Name for people, unique among the live tokens of the user.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// For whom it acts.
    async fn user(&self, context: &Context<'_>) -> Result<Option<User>, Failure> {
        user_of(context, self.0.user_id).await
    }

    /// What the token is allowed to, as far as its user is.
    async fn scopes(&self) -> &[String] {
        &self.0.scopes
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it ends by itself.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// When it was last used, to the minute; null: never.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime)
    }

    /// When it was revoked; null: it was not.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }
}

/// A new token.
#[derive(InputObject)]
pub struct TokenCreateInput {
    /// Name for people, at most 100 characters, for example `payroll export`.
    name: String,
    /// What the token is allowed to: words of the last column of docs/access.md, for example `attendance:read`.
    scopes: Vec<String>,
    /// When the token ends by itself, within 366 days; 90 days from now when absent.
    expires_at: Option<DateTime>,
}

payload! {
    /// What became of a new token.
    TokenCreatePayload {
        /// The new token; null when refused.
        token: Token,
        /// The secret, `rct_…`: send it as `Authorization: Bearer rct_…`. It is never shown again.
        secret: String,
    }
}

payload! {
    /// What became of revoking a token.
    TokenRevokePayload {
        /// The token as it is now; null when refused.
        token: Token
    }
}

#[derive(Default)]
pub struct TokenQuery;

#[Object]
impl TokenQuery {
    /// API tokens, the newest first: one's own, and for owners those of everybody.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn tokens(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Also those that were revoked or have expired; false when absent.")]
        include_ended: Option<bool>,
    ) -> Result<Connection<Token>, Failure> {
        let viewer = viewer(context)?;
        let request = PageRequest::new("tokens", (first, after), (last, before))?;
        let (now, include_ended) = (viewer.now(), include_ended.unwrap_or(false));
        let transaction = viewer.reading().await?;
        let tokens = store::token_list(&transaction, include_ended, now, request.page()).await?;
        let total_count = match page::wants_total(context) {
            true => Some(store::token_count(&transaction, include_ended, now).await?),
            false => None,
        };
        transaction.commit().await?;
        Ok(request.connection(tokens, total_count, Token))
    }
}

#[derive(Default)]
pub struct TokenMutation;

#[Object]
impl TokenMutation {
    /// Makes an API token that acts for the user who asks, narrowed to its scopes. Only when logged in: no token
    /// makes another.
    async fn token_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The new token.")] input: TokenCreateInput,
    ) -> Result<TokenCreatePayload, Failure> {
        let viewer = viewer(context)?;
        let now = viewer.now();
        let mut problems = Vec::new();
        let name = text(&mut problems, "name", &input.name, MAX_NAME);
        let scopes = scopes(&mut problems, &input.scopes);
        let expires_at = match input.expires_at {
            Some(DateTime(at)) => at,
            None => now + SignedDuration::from_hours(24 * DEFAULT_DAYS),
        };
        let lasts = expires_at.duration_since(now);
        if !lasts.is_positive() || lasts > SignedDuration::from_hours(24 * MAX_DAYS) {
            let message = format!("`expiresAt` must be within {MAX_DAYS} days from now");
            problems.push(Problem::new("expiresAt", ProblemCode::Refused, message));
        }
        if !problems.is_empty() {
            return Ok(TokenCreatePayload::refused(problems));
        }
        let secret = TOKEN_PREFIX.to_owned() + &URL_SAFE_NO_PAD.encode(random::<32>()?);
        let change = viewer.change().await?;
        let new = store::TokenCreate {
            organization_id: viewer.session.organization_id,
            user_id: viewer.session.user_id,
            name: &name,
            digest: digest(&secret),
            scopes: &scopes,
            now,
            expires_at,
        };
        match store::token_create(&change, &new).await {
            Ok(token) => {
                let event = Event::new("token.create", "token").of(token.token_id).after(
                    json!({ "name": token.name, "scopes": token.scopes, "expires_at": token.expires_at.to_string() }),
                );
                change.commit(&event).await?;
                Ok(TokenCreatePayload::done(Token(token), secret))
            }
            Err(error) => {
                let problem = refusal(error, Some("name"))?;
                change.undo().await?;
                Ok(TokenCreatePayload::refused(vec![problem]))
            }
        }
    }

    /// Ends a token at once, also for subscriptions that it has open: one's own, and for owners anybody's.
    async fn token_revoke(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token.")] token_id: ID,
    ) -> Result<TokenRevokePayload, Failure> {
        let viewer = viewer(context)?;
        let change = viewer.change().await?;
        let revoked = match id::decode(Kind::Token, &token_id).map(TokenId) {
            Some(token_id) => match store::token_revoke(&change, token_id, viewer.now()).await {
                Err(StoreError::Missing { .. }) => None,
                revoked => Some(revoked?),
            },
            None => None,
        };
        let Some(token) = revoked else {
            change.undo().await?;
            let message = "there is no such token, or it is revoked already".to_owned();
            let problem = Problem::new("tokenId", ProblemCode::NotFound, message);
            return Ok(TokenRevokePayload::refused(vec![problem]));
        };
        let event = Event::new("token.revoke", "token")
            .of(token.token_id)
            .before(json!({ "name": token.name }));
        change.commit(&event).await?;
        let ended = Ended::Credential(CredentialId::Token(token.token_id));
        viewer.feed.ended(&ended);
        Ok(TokenRevokePayload::done(Token(token)))
    }
}

/// The scopes, sorted and each once.
fn scopes(problems: &mut Vec<Problem>, wanted: &[String]) -> Vec<String> {
    let known = access::token_scopes();
    let mut scopes = wanted.to_vec();
    scopes.sort();
    scopes.dedup();
    if scopes.is_empty() {
        let message = format!("`scopes` is empty\nhint: choose from {}", known.join(", "));
        problems.push(Problem::new("scopes", ProblemCode::Blank, message));
    }
    if scopes.iter().any(|scope| !known.contains(&scope.as_str())) {
        let message = format!(
            "a scope is not known\nhint: choose from {}",
            known.join(", ")
        );
        problems.push(Problem::new("scopes", ProblemCode::Malformed, message));
    }
    scopes
}
