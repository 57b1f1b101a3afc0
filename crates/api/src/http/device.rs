//! A box exchanges its one-time code for the way to the database. Must not know how the box keeps it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rollcall_store::device_enrolment::{
    DatabaseAddress, EnrolmentAnswer, EnrolmentRequest, device_enrol,
};

use super::{Hub, message};
use crate::failure::Failure;
use crate::gate::Target;
use crate::metric::{self, Counter};

/// `POST /device/enrolment`: 200 with [`EnrolmentAnswer`], 401, or 429 with `Retry-After`.
pub(super) async fn enrol(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    body: Bytes,
) -> Response {
    let Ok(request) = serde_json::from_slice::<EnrolmentRequest>(&body) else {
        let text = "the body must be JSON with `code` and `verifier`";
        return message(StatusCode::BAD_REQUEST, text).into_response();
    };
    if let Err(wait_s) = hub.login_limit.address_attempt(address.ip(), (hub.clock)()) {
        let text = format!("too many wrong codes; try again in {wait_s} s");
        let retry_after = [(header::RETRY_AFTER, wait_s.to_string())];
        let answer = message(StatusCode::TOO_MANY_REQUESTS, &text);
        return (retry_after, answer).into_response();
    }
    let count = |outcome: &str| {
        metric::count(
            Counter::DeviceEnrolments,
            &[("outcome", outcome.to_owned())],
        );
    };
    let done = device_enrol(&hub.database, &request.code, &request.verifier).await;
    let result = match done {
        Ok(Some(device)) => {
            tracing::info!(device.id = %device.device_id, "a device was enrolled");
            hub.login_limit.address_succeeded(address.ip());
            count("ok");
            let database = address_for_devices(&hub);
            return (
                [(header::CACHE_CONTROL, "no-store")],
                Json(EnrolmentAnswer::new(device, database)),
            )
                .into_response();
        }
        Ok(None) => {
            count("refused");
            let text = "the code is not valid: it is used once, and lives for an hour\nhint: `rollcall device code NAME` at the hub makes a new one";
            return message(StatusCode::UNAUTHORIZED, text).into_response();
        }
        Err(error) => error,
    };
    hub.login_limit.address_succeeded(address.ip());
    if result.is_refusal_of_content() {
        let text = "the verifier is not one of SCRAM-SHA-256";
        return message(StatusCode::BAD_REQUEST, text).into_response();
    }
    count("failed");
    let answer = super::graphql::refusal(&Failure::from(result));
    (StatusCode::SERVICE_UNAVAILABLE, Json(answer)).into_response()
}

/// Where the database is for devices: where the configuration says, else where it is for the hub.
fn address_for_devices(hub: &Hub) -> DatabaseAddress {
    let own = Target::of(&hub.database);
    let name = hub.database.target().rsplit_once('/');
    let access = hub.device_access.as_ref();
    let authority = access.and_then(|access| access.authority.as_ref());
    DatabaseAddress {
        host: access.map_or(own.host, |access| access.host.clone()),
        port: access.map_or(own.port, |access| access.port),
        name: name.map_or_else(String::new, |(_, name)| name.to_owned()),
        authority: authority.and_then(|path| match std::fs::read_to_string(path) {
            Ok(pem) => Some(pem),
            Err(error) => {
                tracing::error!("cannot read `{}` for a device: {error}", path.display());
                None
            }
        }),
    }
}
