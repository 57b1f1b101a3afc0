//! One's own password and second factor. Must not know how codes are made or hashes look.

use async_graphql::{Context, Object};
use rollcall_store::audit::Event;
use rollcall_store::session::login_candidates;
use rollcall_store::totp as store;
use rollcall_store::user_change::user_password;
use serde_json::json;

use super::login_session::{ended, revoke_others};
use super::problem::{Problem, ProblemCode, payload};
use super::viewer;
use crate::failure::Failure;
use crate::http::credential::digest;
use crate::http::password::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARACTERS};
use crate::secret::base32;
use crate::totp;
use crate::viewer::Viewer;

payload! {
    /// What became of a new password.
    PasswordChangePayload {
        /// Other sessions that ended with the old password; null when refused.
        n_sessions_ended: i32
    }
}

payload! {
    /// What became of beginning a second factor.
    TotpBeginPayload {
        /// The secret in base32, to be typed into an authenticator. It is never shown again.
        secret: String,
        /// The same as `otpauth://…`, to be shown as a QR code.
        uri: String,
    }
}

payload! {
    /// What became of confirming a second factor.
    TotpConfirmPayload {
        /// Codes for those who lose their authenticator, each good for one log-in. They are never shown again.
        recovery_codes: Vec<String>
    }
}

payload! {
    /// What became of removing a second factor.
    TotpDisablePayload {
        /// Whether a code is still asked for at log-in: false; null when refused.
        has_second_factor: bool
    }
}

#[derive(Default)]
pub struct PasswordMutation;

#[Object]
impl PasswordMutation {
    /// Sets a password of one's own, and ends all other sessions.
    async fn password_change(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The present password.")] current_password: String,
        #[graphql(desc = "The new one: at least 12 characters.")] new_password: String,
    ) -> Result<PasswordChangePayload, Failure> {
        let viewer = viewer(context)?;
        if let Some(problem) = unfit(&current_password, &new_password) {
            return Ok(PasswordChangePayload::refused(vec![problem]));
        }
        if let Err(problem) = check_password(viewer, "currentPassword", current_password).await? {
            return Ok(PasswordChangePayload::refused(vec![problem]));
        }
        let hash = viewer.passwords.hash(new_password).await?;
        let user_id = viewer.session.user_id;
        let change = viewer.change().await?;
        user_password(&change, user_id, &hash, false).await?;
        let sessions = revoke_others(viewer, &change).await?;
        let event = Event::new("password.change", "user")
            .of(user_id)
            .after(json!({ "n_sessions_ended": sessions.len() }));
        change.commit(&event).await?;
        for session_id in &sessions {
            ended(viewer, *session_id);
        }
        let n_sessions = i32::try_from(sessions.len()).unwrap_or(i32::MAX);
        Ok(PasswordChangePayload::done(n_sessions))
    }

    /// Makes a secret for an authenticator (TOTP). It is asked for at log-in once it is confirmed.
    async fn totp_begin(&self, context: &Context<'_>) -> Result<TotpBeginPayload, Failure> {
        let viewer = viewer(context)?;
        let session = &viewer.session;
        let secret = totp::secret()?;
        let change = viewer.change().await?;
        let (organization_id, user_id) = (session.organization_id, session.user_id);
        if !store::totp_begin(&change, organization_id, user_id, &secret).await? {
            change.undo().await?;
            let message = "there is a second factor already\nhint: remove it first".to_owned();
            let problem = Problem::general(ProblemCode::Refused, message);
            return Ok(TotpBeginPayload::refused(vec![problem]));
        }
        change
            .commit(&Event::new("totp.begin", "user").of(user_id))
            .await?;
        let uri = totp::uri(&secret, &session.organization_name, &session.email);
        Ok(TotpBeginPayload::done(base32(&secret), uri))
    }

    /// Shows that the authenticator has the secret; from then on a code is asked for at log-in.
    async fn totp_confirm(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The code that the authenticator shows.")] code: String,
    ) -> Result<TotpConfirmPayload, Failure> {
        let viewer = viewer(context)?;
        let (organization_id, user_id) = (viewer.session.organization_id, viewer.session.user_id);
        let refused = |code, message: &str| {
            let problem = Problem::new("code", code, message.to_owned());
            Ok(TotpConfirmPayload::refused(vec![problem]))
        };
        let begun = store::totp_secret(&viewer.database, organization_id, user_id).await?;
        let Some(begun) = begun.filter(|totp| !totp.is_confirmed) else {
            let message = "no second factor was begun\nhint: use `totpBegin` first";
            return refused(ProblemCode::Refused, message);
        };
        let Some(step) = totp::step(&begun.secret, &code, viewer.now()) else {
            let message = "the code is wrong\nhint: is the clock of the authenticator right?";
            return refused(ProblemCode::Refused, message);
        };
        let codes = totp::recovery_codes()?;
        let digests: Vec<_> = codes.iter().map(|code| digest(code)).collect();
        let (change, now) = (viewer.change().await?, viewer.now());
        // The step is spent too: who looked over the shoulder cannot log in with the code.
        let is_done = store::totp_step_use(&change, user_id, step).await?
            && store::totp_confirm(&change, organization_id, user_id, now, &digests).await?;
        if !is_done {
            change.undo().await?;
            return refused(ProblemCode::Refused, "the code was used already");
        }
        change
            .commit(&Event::new("totp.confirm", "user").of(user_id))
            .await?;
        Ok(TotpConfirmPayload::done(codes))
    }

    /// Removes the second factor and its recovery codes.
    async fn totp_disable(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The present password.")] password: String,
    ) -> Result<TotpDisablePayload, Failure> {
        let viewer = viewer(context)?;
        if let Err(problem) = check_password(viewer, "password", password).await? {
            return Ok(TotpDisablePayload::refused(vec![problem]));
        }
        let user_id = viewer.session.user_id;
        let change = viewer.change().await?;
        if !store::totp_disable(&change, user_id).await? {
            change.undo().await?;
            let message = "there is no second factor".to_owned();
            let problem = Problem::general(ProblemCode::Refused, message);
            return Ok(TotpDisablePayload::refused(vec![problem]));
        }
        change
            .commit(&Event::new("totp.disable", "user").of(user_id))
            .await?;
        Ok(TotpDisablePayload::done(false))
    }
}

fn unfit(current_password: &str, new_password: &str) -> Option<Problem> {
    let n_characters = new_password.chars().count();
    let (code, message) = if new_password.trim().is_empty() {
        (ProblemCode::Blank, "the new password is blank".to_owned())
    } else if n_characters < MIN_PASSWORD_CHARACTERS {
        let message = format!(
            "the new password has {n_characters} characters, at least {MIN_PASSWORD_CHARACTERS} are needed"
        );
        (ProblemCode::Refused, message)
    } else if new_password.len() > MAX_PASSWORD_BYTES {
        let message = format!("the new password is longer than {MAX_PASSWORD_BYTES} bytes");
        (ProblemCode::TooLong, message)
    } else if new_password == current_password {
        let message = "the new password is the present one".to_owned();
        (ProblemCode::Unchanged, message)
    } else {
        return None;
    };
    Some(Problem::new("newPassword", code, message))
}

/// Whether it is the viewer's password. Guesses wait like those at log-in: a stolen session does not give the
/// password away.
async fn check_password(
    viewer: &Viewer,
    field: &str,
    password: String,
) -> Result<Result<(), Problem>, Failure> {
    let (email, now) = (&viewer.session.email, viewer.now());
    let attempt = viewer.login_limit.inside(email, now);
    if let Err(wait_s) = attempt {
        let message = format!("too many wrong passwords; try again in {wait_s} s");
        return Ok(Err(Problem::new(field, ProblemCode::Refused, message)));
    }
    let hashes: Vec<String> = login_candidates(&viewer.database, email)
        .await?
        .into_iter()
        .filter(|candidate| candidate.scope == viewer.scope())
        .map(|candidate| candidate.password_hash)
        .collect();
    let is_plausible = password.len() <= MAX_PASSWORD_BYTES;
    let found = viewer.passwords.verify_any(password, hashes).await?;
    if found.is_none() || !is_plausible {
        let message = "this is not the present password".to_owned();
        return Ok(Err(Problem::new(field, ProblemCode::Refused, message)));
    }
    viewer.login_limit.inside_succeeded(email);
    Ok(Ok(()))
}
