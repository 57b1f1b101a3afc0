//! GraphQL over HTTP: one operation per request, always for a logged-in viewer.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::{DocumentOperations, OperationType, Selection};
use async_graphql::{Request, Response as GraphQlResponse, ServerError, Value, Variables};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest as _, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::request_log::Operation;
use super::{Hub, credential, sse, upload};
use crate::failure::Failure;
use crate::graphql::{limit, persisted, source, with_viewer};
use crate::metric::{self, Counter, Histogram};
use crate::viewer::Viewer;

/// What a client sends.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Variables>,
    #[serde(default)]
    extensions: Option<async_graphql::Extensions>,
    /// Hash or name of a known operation, instead of `query`.
    #[serde(default)]
    document_id: Option<String>,
}

/// `POST /graphql`, as JSON or with files. Without a session nothing is executed, introspection included.
pub(super) async fn execute(
    State(hub): State<Arc<Hub>>,
    request: axum::http::Request<Body>,
) -> Response {
    let began = Instant::now();
    let headers = request.headers().clone();
    if !upload::is_multipart(&headers) {
        let sent = match Bytes::from_request(request, &hub).await {
            Ok(body) => read_json(&body),
            Err(rejection) => Err(unread(&hub, &rejection)),
        };
        let (request, document_id) = match sent {
            Ok(sent) => sent,
            Err(response) => return response,
        };
        if sse::is_wanted(&headers) {
            return sse::answer(hub, &headers, request).await;
        }
        let viewer = viewer(&hub, &headers).await;
        let is_unknown = matches!(viewer, Err(Failure::Unauthenticated));
        let answer = answer(&hub, began, request, document_id.as_deref(), viewer).await;
        return match is_unknown {
            true => unknown(&headers, answer),
            false => answer,
        };
    }
    // Nobody unknown makes us hold files.
    let viewer = match viewer(&hub, &headers).await {
        Ok(viewer) => viewer,
        Err(failure) => {
            let answer = Json(refusal(&failure)).into_response();
            return match failure {
                Failure::Unauthenticated => unknown(&headers, answer),
                _ => answer,
            };
        }
    };
    let _slot = hub
        .upload_slots
        .acquire()
        .await
        .expect("the semaphore is never closed");
    match upload::read(&headers, request.into_body()).await {
        Ok(request) => answer(&hub, began, request, None, Ok(viewer)).await,
        Err(unreadable) => {
            let answer = refusal(&unreadable.failure);
            (unreadable.status, Json(answer)).into_response()
        }
    }
}

/// The answer to nobody. Programs that send a token expect the status; the portal reads the code.
fn unknown(headers: &HeaderMap, mut answer: Response) -> Response {
    if credential::has_bearer(headers) {
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
        let scheme = HeaderValue::from_static("Bearer error=\"invalid_token\"");
        answer
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, scheme);
    }
    answer
}

#[expect(clippy::result_large_err, reason = "the error is the answer")]
fn read_json(body: &[u8]) -> Result<(Request, Option<String>), Response> {
    // The parser would also read a list as the fields of a request in order.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    match serde_json::from_slice::<Sent>(body) {
        Ok(sent) if is_object => {
            let mut request = Request::new(sent.query.unwrap_or_default());
            request.operation_name = sent.operation_name;
            request.variables = sent.variables.unwrap_or_default();
            request.extensions = sent.extensions.unwrap_or_default();
            Ok((request, sent.document_id))
        }
        _ => {
            let text = match std::str::from_utf8(body) {
                Err(_) => "the body is not valid UTF-8",
                Ok(_) => {
                    "the body must be one JSON object with `query` and perhaps `operationName` and `variables`"
                }
            };
            let answer = refusal(&Failure::Argument(text.to_owned()));
            Err((StatusCode::BAD_REQUEST, Json(answer)).into_response())
        }
    }
}

fn unread(hub: &Hub, rejection: &BytesRejection) -> Response {
    let status = rejection.status();
    let failure = match status {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::Limit(format!(
            "the body has more than {} bytes",
            hub.options.limits.max_body_bytes
        )),
        _ => Failure::Argument("the body ended before it was complete".to_owned()),
    };
    (status, Json(refusal(&failure))).into_response()
}

/// Who asks.
///
/// Errors: [`Failure::Unauthenticated`] for nobody.
pub(super) async fn viewer(hub: &Hub, headers: &HeaderMap) -> Result<Viewer, Failure> {
    let viewer = match credential::of_headers(headers) {
        Some(credential) => credential::viewer(hub, &credential).await?,
        None => None,
    };
    viewer.ok_or(Failure::Unauthenticated)
}

async fn answer(
    hub: &Hub,
    began: Instant,
    mut request: Request,
    document_id: Option<&str>,
    viewer: Result<Viewer, Failure>,
) -> Response {
    let statistics = viewer.as_ref().ok().map(|viewer| viewer.statistics.clone());
    let user_id = viewer
        .as_ref()
        .ok()
        .and_then(|viewer| viewer.scope().user_id);
    let admitted = match viewer {
        // What strangers send is not even parsed.
        Ok(viewer) => admit(hub, &viewer, &mut request, document_id).map(|()| viewer),
        Err(failure) => Err(failure),
    };
    let mut operation = match &admitted {
        Ok(_) => describe(&mut request, &hub.schema_names),
        Err(_) => Operation::refused(),
    };
    let failure = match admitted.and_then(|viewer| with_viewer(request, viewer)) {
        Ok((request, batches)) => Ok(batches.run(hub.schema.execute(request)).await),
        Err(failure) => Err(failure),
    };
    let (status, wait_s, answer) = match failure {
        Ok(answer) => (StatusCode::OK, None, with_codes(answer)),
        Err(failure) => {
            operation.refused = reason(&failure);
            let (status, wait_s) = match failure {
                Failure::TooMany(wait_s) => (StatusCode::TOO_MANY_REQUESTS, Some(wait_s)),
                _ => (StatusCode::OK, None),
            };
            (status, wait_s, refusal(&failure))
        }
    };
    operation.user_id = user_id;
    operation.cost = statistics
        .map(|statistics| statistics.cost())
        .unwrap_or_default();
    operation.n_errors = answer.errors.len();
    record(&operation, began);
    let mut response = (status, Json(answer)).into_response();
    if let Some(wait_s) = wait_s {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, wait_s.into());
    }
    response.extensions_mut().insert(operation);
    response
}

/// Lets an operation in whose viewer has not asked too often and which asks for no more than is allowed. Fills in
/// the text of one that is named by `document_id` or its hash.
///
/// Errors: [`Failure::TooMany`], [`Failure::Limit`], [`Failure::Argument`], [`Failure::UnknownOperation`],
/// [`Failure::Forbidden`].
pub(super) fn admit(
    hub: &Hub,
    viewer: &Viewer,
    request: &mut Request,
    document_id: Option<&str>,
) -> Result<(), Failure> {
    let admitted = try_admit(hub, viewer, request, document_id);
    if let Err(failure) = &admitted
        && let Some(reason) = reason(failure)
    {
        metric::count(Counter::Refused, &[("reason", reason.to_owned())]);
    }
    admitted
}

fn try_admit(
    hub: &Hub,
    viewer: &Viewer,
    request: &mut Request,
    document_id: Option<&str>,
) -> Result<(), Failure> {
    let limits = &hub.options.limits;
    hub.rate_limit
        .lock()
        .expect("no code panics while it counts requests")
        .take(&viewer.scope(), limits, viewer.now())
        .map_err(Failure::TooMany)?;
    persisted::resolve(request, document_id, hub.options.operations)?;
    source::check_source(&request.query)?;
    if !hub.options.introspection && source::asks_for_schema(&request.query) {
        let text = "clients may not read the schema of this hub";
        return Err(Failure::Forbidden(text.to_owned()));
    }
    // What cannot be parsed is refused by its execution, which says where.
    match request.parsed_query() {
        Ok(document) => limit::check_document(document, limits),
        Err(_) => Ok(()),
    }
}

fn reason(failure: &Failure) -> Option<&'static str> {
    match failure {
        Failure::TooMany(_) => Some("rate"),
        Failure::Limit(_) => Some("limit"),
        Failure::UnknownOperation => Some("unknown operation"),
        Failure::Slow => Some("timeout"),
        _ => None,
    }
}

/// Counts and times an operation.
pub(super) fn record(operation: &Operation, began: Instant) {
    let field = ("operation", operation.field.clone());
    let labels = std::slice::from_ref(&field);
    Histogram::Operation.record(began.elapsed(), labels);
    if operation.cost.n_transactions > 0 {
        Histogram::Database.record(operation.cost.busy, labels);
        metric::add(
            Counter::Statements,
            operation.cost.n_statements.into(),
            labels,
        );
        metric::add(Counter::Rows, operation.cost.n_rows, labels);
    }
    let outcome = if operation.n_errors == 0 {
        "ok"
    } else {
        "error"
    };
    metric::count(
        Counter::Operations,
        &[field, ("outcome", outcome.to_owned())],
    );
}

/// An answer that is nothing but this failure.
pub(super) fn refusal(failure: &Failure) -> GraphQlResponse {
    let error = async_graphql::Error::from(failure.clone());
    let mut server_error = ServerError::new(error.message, None);
    server_error.extensions = error.extensions;
    GraphQlResponse::from_errors(vec![server_error])
}

/// Gives a code to errors without one, which the schema itself found in the operation: `RC413` for too large a one,
/// else `RC400`.
pub(super) fn with_codes(mut answer: GraphQlResponse) -> GraphQlResponse {
    for error in &mut answer.errors {
        let is_limit = matches!(
            error.message.as_str(),
            "Query is too complex." | "Query is nested too deep." | "recursion limit exceeded."
        );
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            let code = if is_limit { "RC413" } else { "RC400" };
            extensions.set("code", Value::from(code));
        }
    }
    answer
}

/// What the operation is, in words that may become labels.
pub(super) fn describe(request: &mut Request, schema_names: &HashSet<String>) -> Operation {
    let wanted = request.operation_name.clone();
    let field = root_field(request, wanted.as_deref(), schema_names);
    let name = wanted.or_else(|| only_name(request));
    Operation {
        name: name.as_deref().map(safe_name),
        field: field.unwrap_or_else(|| "invalid".to_owned()),
        ..Operation::default()
    }
}

/// The name that the document itself gives to its only operation.
fn only_name(request: &mut Request) -> Option<String> {
    match &request.parsed_query().ok()?.operations {
        DocumentOperations::Multiple(operations) if operations.len() == 1 => {
            operations.keys().next().map(ToString::to_string)
        }
        _ => None,
    }
}

fn root_field(
    request: &mut Request,
    wanted: Option<&str>,
    schema_names: &HashSet<String>,
) -> Option<String> {
    let document = request.parsed_query().ok()?;
    let operation = match (&document.operations, wanted) {
        (DocumentOperations::Single(operation), _) => &operation.node,
        (DocumentOperations::Multiple(operations), Some(wanted)) => &operations.get(wanted)?.node,
        // A single operation with a name needs not be named again.
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            &operations.values().next()?.node
        }
        (DocumentOperations::Multiple(_), None) => return None,
    };
    let kind = match operation.ty {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    };
    let field = match &operation.selection_set.node.items.first()?.node {
        Selection::Field(field) => field.node.name.node.as_str(),
        _ => "fragment",
    };
    let is_known = field == "fragment" || field.starts_with("__") || schema_names.contains(field);
    match is_known {
        true if field.starts_with("__") => Some(format!("{kind} introspection")),
        true => Some(format!("{kind} {field}")),
        false => None,
    }
}

/// A name written by a client, cut to what is safe in a log line.
fn safe_name(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_come_from_the_schema_only() {
        let names = HashSet::from_iter(crate::graphql::schema().names());
        let check = |query: &str, name: Option<&str>, expected: &str| {
            let mut request = Request::new(query);
            request.operation_name = name.map(str::to_owned);
            assert_eq!(describe(&mut request, &names).field, expected, "{query}");
        };
        check("{ me { id } }", None, "query me");
        check(
            "{ x: punches { nodes { id } } me { id } }",
            None,
            "query punches",
        );
        check(
            "query A { me { id } } mutation B { employeeCreate }",
            Some("B"),
            "mutation employeeCreate",
        );
        check(
            "{ __schema { types { name } } }",
            None,
            "query introspection",
        );
        check("query A { sites { nodes { id } } }", None, "query sites");
        check("{ madeUp }", None, "invalid");
        check("{ me", None, "invalid");
        check(
            "query A { me { id } } query B { me { id } }",
            None,
            "invalid",
        );
        check(
            "query A { me { id } } query B { me { id } }",
            Some("C"),
            "invalid",
        );
    }

    #[test]
    fn operation_names_are_cut() {
        let mut request = Request::new("{ me { id } }").operation_name("Bad\nName \u{1b}[31m");
        let operation = describe(&mut request, &HashSet::new());
        assert_eq!(operation.name.as_deref(), Some("BadName31m"));
    }
}
