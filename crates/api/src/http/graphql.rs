//! GraphQL over HTTP: one operation per request, always for a logged-in viewer.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use async_graphql::parser::types::{DocumentOperations, OperationType, Selection};
use async_graphql::{Request, Response as GraphQlResponse, ServerError, Value};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::request_log::Operation;
use super::{Hub, session, sse, upload};
use crate::failure::Failure;
use crate::graphql::with_viewer;
use crate::metric::{self, Counter, Histogram};
use crate::viewer::Viewer;

/// `POST /graphql`, as JSON or with files. Without a session nothing is executed, introspection included.
pub(super) async fn execute(
    State(hub): State<Arc<Hub>>,
    request: axum::http::Request<Body>,
) -> Response {
    let began = Instant::now();
    let headers = request.headers().clone();
    if !upload::is_multipart(&headers) {
        let request = match read_json(request, &hub).await {
            Ok(request) => request,
            Err(response) => return response,
        };
        if sse::is_wanted(&headers) {
            return sse::answer(hub, &headers, request).await;
        }
        let viewer = viewer(&hub, &headers).await;
        return answer(&hub, began, request, viewer).await;
    }
    // Nobody unknown makes us hold files.
    let viewer = match viewer(&hub, &headers).await {
        Ok(viewer) => viewer,
        Err(failure) => return Json(refusal(&failure)).into_response(),
    };
    let _slot = hub
        .upload_slots
        .acquire()
        .await
        .expect("the semaphore is never closed");
    match upload::read(&headers, request.into_body()).await {
        Ok(request) => answer(&hub, began, request, Ok(viewer)).await,
        Err(unreadable) => {
            let answer = refusal(&unreadable.failure);
            (unreadable.status, Json(answer)).into_response()
        }
    }
}

async fn read_json(
    request: axum::http::Request<Body>,
    hub: &Arc<Hub>,
) -> Result<Request, Response> {
    let body = Bytes::from_request(request, hub)
        .await
        .map_err(IntoResponse::into_response)?;
    // The parser would also read a list as the fields of a request in order.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    match serde_json::from_slice(&body) {
        Ok(request) if is_object => Ok(request),
        _ => {
            let text = "the body must be one JSON object with `query` and perhaps `operationName` and `variables`";
            let answer = refusal(&Failure::Argument(text.to_owned()));
            Err((StatusCode::BAD_REQUEST, Json(answer)).into_response())
        }
    }
}

/// Who asks.
///
/// Errors: [`Failure::Unauthenticated`] for nobody.
pub(super) async fn viewer(hub: &Hub, headers: &HeaderMap) -> Result<Viewer, Failure> {
    let viewer = match session::digest(headers) {
        Some(digest) => session::viewer(hub, &digest).await?,
        None => None,
    };
    viewer.ok_or(Failure::Unauthenticated)
}

async fn answer(
    hub: &Hub,
    began: Instant,
    mut request: Request,
    viewer: Result<Viewer, Failure>,
) -> Response {
    let mut operation = describe(&mut request, &hub.schema_names);
    let answer = match viewer {
        Ok(viewer) => {
            let n_transactions = viewer.n_transactions.clone();
            let answer = match with_viewer(request, viewer) {
                Ok(request) => hub.schema.execute(request).await,
                Err(failure) => refusal(&failure),
            };
            operation.n_transactions = n_transactions.load(Ordering::Relaxed);
            with_codes(answer)
        }
        Err(failure) => refusal(&failure),
    };
    operation.n_errors = answer.errors.len();
    record(&operation, began);
    let mut response = Json(answer).into_response();
    response.extensions_mut().insert(operation);
    response
}

/// Counts and times an operation.
pub(super) fn record(operation: &Operation, began: Instant) {
    let field = ("operation", operation.field.clone());
    Histogram::Operation.record(began.elapsed(), std::slice::from_ref(&field));
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

/// Gives `RC400` to errors without a code: the ones that the schema itself found in the operation.
pub(super) fn with_codes(mut answer: GraphQlResponse) -> GraphQlResponse {
    for error in &mut answer.errors {
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            extensions.set("code", Value::from("RC400"));
        }
    }
    answer
}

/// What the operation is, in words that may become labels.
pub(super) fn describe(request: &mut Request, schema_names: &HashSet<String>) -> Operation {
    let wanted = request.operation_name.clone();
    let name = wanted.as_deref().map(safe_name);
    let field = root_field(request, wanted.as_deref(), schema_names);
    Operation {
        name,
        field: field.unwrap_or_else(|| "invalid".to_owned()),
        ..Operation::default()
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
