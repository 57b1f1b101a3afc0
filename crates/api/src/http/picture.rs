//! Photographs and thumbnails, for those who may see them; each reading is noted in the audit log. Must not
//! decode pictures.

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rollcall_domain::image_header;
use rollcall_store::Transaction;
use rollcall_store::photo::photo_read;
use rollcall_store::sighting_list::thumbnail_read;

use super::{Hub, graphql, message, session};
use crate::access::check_field;
use crate::failure::Failure;
use crate::graphql::{photo_key, sighting_key};

/// `GET /photos/{id}`, with the id that GraphQL gives.
pub(super) async fn photo(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(photo_id) = photo_key(&id) else {
        return unknown();
    };
    read(
        &hub,
        &headers,
        "Employee.photos",
        |transaction, organization_id| async move {
            let found = photo_read(&transaction, organization_id, photo_id).await?;
            transaction.commit().await?;
            Ok(found)
        },
    )
    .await
}

/// `GET /sightings/{id}/thumbnail`, with the id that GraphQL gives.
pub(super) async fn thumbnail(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(sighting_id) = sighting_key(&id) else {
        return unknown();
    };
    read(
        &hub,
        &headers,
        "Sighting.thumbnailUrl",
        |transaction, organization_id| async move {
            let found = thumbnail_read(&transaction, organization_id, sighting_id).await?;
            transaction.commit().await?;
            Ok(found)
        },
    )
    .await
}

/// Reads for those who may use `field`.
async fn read<F>(
    hub: &Hub,
    headers: &HeaderMap,
    field: &str,
    read: impl FnOnce(Transaction, rollcall_domain::id::OrganizationId) -> F,
) -> Response
where
    F: Future<Output = Result<Option<Vec<u8>>, Failure>>,
{
    let found = async {
        let viewer = graphql::viewer(hub, headers).await?;
        check_field(&viewer, field)?;
        // Who looked is written down with it.
        let transaction = viewer.database.begin(&viewer.scope()).await?;
        read(transaction, viewer.session.organization_id).await
    };
    match found.await {
        Ok(Some(content)) => picture(content),
        Ok(None) => unknown(),
        Err(failure) => session::failed(failure),
    }
}

/// The type is that of the content, whatever the file was called; nobody keeps a copy.
fn picture(content: Vec<u8>) -> Response {
    let kind = image_header::read(&content).map_or("application/octet-stream", |header| {
        header.format.media_type()
    });
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_DISPOSITION, "inline"),
    ];
    (headers, Body::from(content)).into_response()
}

/// Also for what is not the viewer's to see.
fn unknown() -> Response {
    message(StatusCode::NOT_FOUND, "there is no such picture").into_response()
}
