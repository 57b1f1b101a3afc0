//! `GET /exports/<id>`: the file of an export, a piece at a time, for who asked for it and as long as they may
//! see what is in it. Must not know what is in the file.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rollcall_domain::id::ExportId;
use rollcall_store::audit::Event;
use rollcall_store::export::{self as store, Export, ExportFormat, ExportState};

use super::{Hub, graphql, message, session};
use crate::access::check_field;
use crate::failure::Failure;
use crate::graphql::export_id;
use crate::viewer::Viewer;

/// Who has no session, or no right, or no such export learns no more than that.
pub(super) async fn download(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match find(&hub, &id, &headers).await {
        Ok(Some((viewer, export, first))) => answer(viewer, &export, first),
        Ok(None) => {
            let text =
                "there is no such file; it may have expired, or your rights may have changed";
            message(StatusCode::NOT_FOUND, text).into_response()
        }
        Err(failure) => session::failed(failure),
    }
}

type Found = (Viewer, Export, Bytes);

/// The export with its first piece, which is there only when the rights still reach as far as the file.
async fn find(hub: &Hub, id: &str, headers: &HeaderMap) -> Result<Option<Found>, Failure> {
    let viewer = graphql::viewer(hub, headers).await?;
    check_field(&viewer, "Query.export")?;
    let Some(export_id) = export_id(id) else {
        return Ok(None);
    };
    let change = viewer.change().await?;
    let export = store::export_find(&change, export_id).await?;
    let first = store::export_chunk(&change, export_id, 0).await?;
    let (Some(export), Some(first)) = (export, first) else {
        change.undo().await?;
        return Ok(None);
    };
    if export.state != ExportState::Done {
        change.undo().await?;
        return Ok(None);
    }
    let event = Event::new("export.download", "export").of(export_id);
    change.commit(&event).await?;
    Ok(Some((viewer, export, Bytes::from(first))))
}

fn answer(viewer: Viewer, export: &Export, first: Bytes) -> Response {
    let content_type = match export.spec.format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Parquet => "application/vnd.apache.parquet",
    };
    let disposition = format!("attachment; filename=\"{}\"", file_name(export));
    let etag = format!(
        "\"{}\"",
        hex::encode(export.sha256.as_deref().unwrap_or_default())
    );
    let text =
        |text: &str| HeaderValue::from_str(text).expect("words and digits are fit for headers");
    let headers = [
        (header::CONTENT_TYPE, text(content_type)),
        (header::CONTENT_DISPOSITION, text(&disposition)),
        (header::CONTENT_LENGTH, HeaderValue::from(export.n_bytes)),
        (header::ETAG, text(&etag)),
    ];
    let pieces = pieces(viewer, export.export_id, first);
    (headers, Body::from_stream(pieces)).into_response()
}

/// The pieces, each read when the client wants it and under the rights of that moment. A file that ends before
/// its length is one that was removed, or whose rights were.
fn pieces(
    viewer: Viewer,
    export_id: ExportId,
    first: Bytes,
) -> impl futures_util::Stream<Item = Result<Bytes, Failure>> {
    let state = (viewer, Some(first), 0);
    futures_util::stream::try_unfold(state, move |(viewer, ready, ordinal)| async move {
        let piece = match ready {
            Some(piece) => Some(piece),
            None => {
                let transaction = viewer.reading().await?;
                let piece = store::export_chunk(&transaction, export_id, ordinal).await?;
                transaction.commit().await?;
                piece.map(Bytes::from)
            }
        };
        Ok(piece.map(|piece| (piece, (viewer, None, ordinal + 1))))
    })
}

fn file_name(export: &Export) -> String {
    let kind = export.spec.kind.as_str();
    let format = export.spec.format.as_str();
    match export.spec.dates {
        Some((first, last)) => format!("{kind}-{first}-{last}.{format}"),
        None => format!("{kind}.{format}"),
    }
}
