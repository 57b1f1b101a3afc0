//! Sightings as people look at them: with the evidence of the decision and what a reviewer said. Must not
//! know embeddings; a thumbnail's content is only in [`thumbnail_read`].

use jiff::Timestamp;
use rollcall_domain::id::{
    CameraId, EmployeeId, OrganizationId, PunchId, SightingId, SiteId, UserId,
};
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::error::Result;
use crate::pad::PadEvidence;
use crate::page::{Listing, Page, Paged, SortColumn};
use crate::row::word;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// As stored.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            fn parse(text: &str) -> Option<Self> {
                Some(match text {
                    $($text => Self::$variant,)*
                    _ => return None,
                })
            }
        }
    };
}

words! {
    /// What the hub decided when the sighting came.
    Decision {
        /// One person, clearly.
        Accept = "accept",
        /// A person must look.
        Review = "review",
        /// Nobody who is enrolled.
        Unknown = "unknown",
        /// Not good enough, or not a living face.
        Rejected = "rejected",
    }
}

words! {
    /// What the device was told.
    Outcome {
        /// It is a punch.
        Punched = "punched",
        /// It is a punch within the cool-down.
        Repeat = "repeat",
        /// A person must look.
        Review = "review",
        /// Nobody who is enrolled.
        Unknown = "unknown",
        /// Not used.
        Rejected = "rejected",
    }
}

words! {
    /// Whether the face was a living one.
    Pad {
        /// Yes.
        Live = "live",
        /// A picture or a mask.
        Attack = "attack",
        /// There was nothing to tell by, or the device does not check.
        NotChecked = "not_checked",
    }
}

words! {
    /// What a person said of a sighting.
    Verdict {
        /// Nothing, or it was taken back.
        Open = "open",
        /// It is the employee named.
        Confirmed = "confirmed",
        /// It is not whom it was taken for, or a stranger.
        Rejected = "rejected",
    }
}

/// What a reviewer said.
#[derive(Clone, Debug)]
pub struct Review {
    /// What.
    pub verdict: Verdict,
    /// Who it is, when confirmed.
    pub employee_id: Option<EmployeeId>,
    /// The punch that the confirmation added, or that taking a review back added again.
    pub punch_id: Option<PunchId>,
    /// The punch that was voided.
    pub voided_punch_id: Option<PunchId>,
    /// Who said so; none: no user.
    pub reviewed_by: Option<UserId>,
    /// Their name.
    pub reviewer_name: Option<String>,
    /// When.
    pub updated_at: Timestamp,
}

/// A sighting with its evidence.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// Its id; has the time of capture.
    pub sighting_id: SightingId,
    /// Where.
    pub site_id: SiteId,
    /// IANA zone of the site.
    pub time_zone: String,
    /// Which camera.
    pub camera_id: CameraId,
    /// When, by the device.
    pub captured_at: Timestamp,
    /// When it came to the hub.
    pub received_at: Timestamp,
    /// 0 to 1.
    pub quality: f32,
    /// Whether it was a living face.
    pub pad: Pad,
    /// What that rests on; none when the device did not say, or in words of a later version.
    pub pad_evidence: Option<PadEvidence>,
    /// Frames that were averaged.
    pub n_frames: i16,
    /// What was decided.
    pub decision: Decision,
    /// Why, in a word, for example `ambiguous`.
    pub reason: Option<String>,
    /// The best person, also for a review.
    pub employee_id: Option<EmployeeId>,
    /// Whom the device greeted while the hub did not answer.
    pub greeted_employee_id: Option<EmployeeId>,
    /// Where the device had greeted somebody else: the hub's decision or the reason of it, in a word.
    pub own_verdict: Option<String>,
    /// Cosine to the best template.
    pub similarity: Option<f32>,
    /// Best minus second-best person.
    pub margin: Option<f32>,
    /// What the device was told.
    pub outcome: Outcome,
    /// There is a thumbnail.
    pub has_thumbnail: bool,
    /// What a reviewer said; none when nobody ever did.
    pub review: Option<Review>,
}

/// Which sightings to list.
#[derive(Clone, Debug, Default)]
pub struct SightingFilter {
    /// Only at this site.
    pub site_id: Option<SiteId>,
    /// Only by this camera.
    pub camera_id: Option<CameraId>,
    /// Only those taken for this employee.
    pub employee_id: Option<EmployeeId>,
    /// Only with one of these decisions.
    pub decisions: Option<Vec<Decision>>,
    /// Not captured earlier.
    pub from: Option<Timestamp>,
    /// Captured earlier than this.
    pub to: Option<Timestamp>,
    /// Only those for review or unknown that nobody has reviewed.
    pub is_waiting: bool,
}

const COLUMNS: &str = "s.sighting_id, s.site_id, t.time_zone, s.camera_id, s.captured_at, s.received_at, s.quality,
  s.pad, s.pad_evidence, s.n_frames, s.decision, s.reason, s.employee_id, s.similarity, s.margin, s.outcome,
  s.greeted_employee_id, s.own_verdict,
  exists (select from attendance.sighting_thumbnail n
          where n.organization_id = s.organization_id and n.sighting_id = s.sighting_id) as has_thumbnail,
  r.verdict, r.employee_id as reviewed_employee_id, r.punch_id as review_punch_id, r.voided_punch_id, r.reviewed_by,
  u.display_name as reviewer_name, r.updated_at";

const FROM: &str = "attendance.sighting s
  join app.site t on t.organization_id = s.organization_id and t.site_id = s.site_id
  left join attendance.sighting_review r on r.organization_id = s.organization_id and r.sighting_id = s.sighting_id
  left join app.user_account u on u.organization_id = r.organization_id and u.user_id = r.reviewed_by";

/// The id has the time of capture, so this is by time and uses the primary key.
const ORDER: &[SortColumn] = &[("s.sighting_id", "uuid")];

fn sighting(operation: &'static str, row: &Row) -> Result<Sighting> {
    let punch = |column| row.get::<_, Option<Uuid>>(column).map(PunchId);
    let review = match row.get::<_, Option<&str>>("verdict") {
        None => None,
        Some(_) => Some(Review {
            verdict: word(row, operation, "verdict", Verdict::parse)?,
            employee_id: row
                .get::<_, Option<Uuid>>("reviewed_employee_id")
                .map(EmployeeId),
            punch_id: punch("review_punch_id"),
            voided_punch_id: punch("voided_punch_id"),
            reviewed_by: row.get::<_, Option<Uuid>>("reviewed_by").map(UserId),
            reviewer_name: row.get("reviewer_name"),
            updated_at: row.get("updated_at"),
        }),
    };
    Ok(Sighting {
        sighting_id: SightingId(row.get("sighting_id")),
        site_id: SiteId(row.get("site_id")),
        time_zone: row.get("time_zone"),
        camera_id: CameraId(row.get("camera_id")),
        captured_at: row.get("captured_at"),
        received_at: row.get("received_at"),
        quality: row.get("quality"),
        pad: word(row, operation, "pad", Pad::parse)?,
        pad_evidence: row
            .get::<_, Option<Value>>("pad_evidence")
            .and_then(|evidence| serde_json::from_value(evidence).ok()),
        n_frames: row.get("n_frames"),
        decision: word(row, operation, "decision", Decision::parse)?,
        reason: row.get("reason"),
        employee_id: row.get::<_, Option<Uuid>>("employee_id").map(EmployeeId),
        greeted_employee_id: row
            .get::<_, Option<Uuid>>("greeted_employee_id")
            .map(EmployeeId),
        own_verdict: row.get("own_verdict"),
        similarity: row.get("similarity"),
        margin: row.get("margin"),
        outcome: word(row, operation, "outcome", Outcome::parse)?,
        has_thumbnail: row.get("has_thumbnail"),
        review,
    })
}

/// Sightings, newest first, and their number when `with_count`.
///
/// Errors: [`StoreError::Cursor`](crate::StoreError::Cursor).
pub async fn sighting_list(
    transaction: &Transaction,
    filter: &SightingFilter,
    page: &Page,
    with_count: bool,
) -> Result<(Paged<Sighting>, Option<i64>)> {
    const OPERATION: &str = "list sightings";
    let decisions: Option<Vec<&str>> = filter
        .decisions
        .as_ref()
        .map(|decisions| decisions.iter().map(|decision| decision.as_str()).collect());
    // The id is at most ten minutes from the time of capture, so it bounds what is read.
    let from = format!(
        "{FROM}
         where s.organization_id = app.current_organization_id()
           and ($1::uuid is null or s.site_id = $1)
           and ($2::uuid is null or s.camera_id = $2)
           and ($3::uuid is null or s.employee_id = $3)
           and ($4::text[] is null or s.decision = any ($4))
           and ($5::timestamptz is null or (s.captured_at >= $5 and s.sighting_id >= app.uuid_at($5 - interval '10 minutes')))
           and ($6::timestamptz is null or (s.captured_at < $6 and s.sighting_id <= app.uuid_at($6 + interval '11 minutes')))
           {}",
        match filter.is_waiting {
            true => "and s.decision in ('review', 'unknown') and coalesce(r.verdict, 'open') = 'open'",
            false => "",
        }
    );
    let parameters: [&(dyn ToSql + Sync); 6] = [
        &filter.site_id.map(|id| id.0),
        &filter.camera_id.map(|id| id.0),
        &filter.employee_id.map(|id| id.0),
        &decisions,
        &filter.from,
        &filter.to,
    ];
    let listing = Listing {
        operation: OPERATION,
        plan: Plan::Auto,
        columns: COLUMNS,
        from: &from,
        order: ORDER,
        is_descending: true,
        parameters: &parameters,
    };
    let paged = listing
        .page(transaction, page, |row| sighting(OPERATION, row))
        .await?;
    let count = match with_count {
        true => Some(listing.count(transaction).await?),
        false => None,
    };
    Ok((paged, count))
}

/// One sighting, if the scope sees it.
pub async fn sighting_find(
    transaction: &Transaction,
    sighting_id: SightingId,
) -> Result<Option<Sighting>> {
    const OPERATION: &str = "find sighting";
    let sql = format!(
        "select {COLUMNS} from {FROM}
         where s.organization_id = app.current_organization_id() and s.sighting_id = $1"
    );
    let row = transaction
        .query_opt(OPERATION, &sql, &[&sighting_id.0])
        .await?;
    row.map(|row| sighting(OPERATION, &row)).transpose()
}

/// The thumbnail of a sighting, a JPEG, with its event in the audit log; none when there is none for the
/// user.
pub async fn thumbnail_read(
    transaction: &Transaction,
    organization_id: OrganizationId,
    sighting_id: SightingId,
) -> Result<Option<Vec<u8>>> {
    let row = transaction
        .query_opt(
            "read thumbnail",
            "select jpeg from attendance.thumbnail_read(p_organization_id => $1, p_sighting_id => $2)",
            &[&organization_id.0, &sighting_id.0],
        )
        .await?;
    Ok(row.map(|row| row.get(0)))
}
