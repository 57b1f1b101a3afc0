//! Corrections of punches, to be read. Must not change anything.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use rollcall_domain::id::CorrectionId;
use rollcall_store::StoreError;
use rollcall_store::correction as store;

use super::employee::Employee;
use super::id::{self, Kind};
use super::page::{self, Connection, OrderDirection, PageRequest};
use super::punch::{self, Direction};
use super::scalar::{self, Date, DateTime};
use super::site::Site;
use super::{day, viewer};
use crate::failure::Failure;

/// What a correction does when it is approved.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::CorrectionKind")]
pub enum CorrectionKind {
    /// A new punch.
    AddPunch,
    /// A punch counts no longer.
    VoidPunch,
    /// A punch is voided and added again with the direction stated.
    ChangeDirection,
}

/// How far a correction is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::CorrectionState")]
pub enum CorrectionState {
    /// Waits for a decision.
    Requested,
    /// Took effect.
    Approved,
    /// Was refused by a person.
    Rejected,
    /// Was taken back by who requested it.
    Withdrawn,
}

/// A request to add a punch, to void one, or to turn one round. Punches are never edited.
pub struct Correction(pub(super) store::Correction);

/// A request to add a punch, to void one, or to turn one round. Punches are never edited.
#[Object]
impl Correction {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Correction, self.0.correction_id)
    }

    /// Whose punch it is about.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        punch::employee(context, self.0.employee_id).await
    }

    /// What it does when it is approved.
    async fn kind(&self) -> CorrectionKind {
        self.0.kind.into()
    }

    /// Id of the punch that it is about; null when it adds one.
    async fn punch_id(&self) -> Option<ID> {
        let punch_id = self.0.punch_id?;
        Some(id::encode(Kind::Punch, punch_id))
    }

    /// Site of the punch.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        punch::site(context, self.0.site_id).await
    }

    /// When the punch happened.
    async fn occurred_at(&self) -> DateTime {
        DateTime(self.0.occurred_at)
    }

    /// What the clock on the site's wall said then, with its offset: `2026-11-22T08:58:03+01:00`.
    async fn local_time(&self) -> Result<String, Failure> {
        scalar::local_time(self.0.occurred_at, &self.0.time_zone)
    }

    /// The local day of the punch by the site's day boundary; the derivation may count it for another.
    async fn local_date(&self) -> Date {
        Date(self.0.work_date)
    }

    /// The direction stated; null when none is.
    async fn direction(&self) -> Option<Direction> {
        self.0.direction.map(Direction::from)
    }

    /// Why it was requested.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Text that proves it; null without one.
    async fn attachment(&self) -> Option<&str> {
        self.0.attachment.as_deref()
    }

    /// When it was requested.
    async fn requested_at(&self) -> DateTime {
        DateTime(self.0.requested_at)
    }

    /// Name of who requested it; null when not known.
    async fn requested_by_name(&self) -> Option<&str> {
        self.0.requested_by_name.as_deref()
    }

    /// How far it is.
    async fn state(&self) -> CorrectionState {
        self.0.state.into()
    }

    /// When it was decided or withdrawn; null before.
    async fn decided_at(&self) -> Option<DateTime> {
        self.0.decided_at.map(DateTime)
    }

    /// Name of who decided; null before, and when not known.
    async fn decided_by_name(&self) -> Option<&str> {
        self.0.decided_by_name.as_deref()
    }

    /// What they said.
    async fn decision_comment(&self) -> Option<&str> {
        self.0.decision_comment.as_deref()
    }

    /// Id of the punch that the approval added; null when it added none.
    async fn new_punch_id(&self) -> Option<ID> {
        let punch_id = self.0.new_punch_id?;
        Some(id::encode(Kind::Punch, punch_id))
    }
}

/// Which corrections.
#[derive(InputObject, Default)]
pub struct CorrectionFilter {
    /// Only in this state.
    state: Option<CorrectionState>,
    /// Only of this employee.
    employee_id: Option<ID>,
    /// Only of punches at this site.
    site_id: Option<ID>,
    /// Only of punches from this local date on.
    from: Option<Date>,
    /// Only of punches up to this local date.
    to: Option<Date>,
}

#[derive(Default)]
pub struct CorrectionQuery;

#[Object]
impl CorrectionQuery {
    /// Corrections by the time of the request.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn corrections(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which; all when absent.")] filter: Option<CorrectionFilter>,
        #[graphql(desc = "From the newest request on when absent.")] direction: Option<
            OrderDirection,
        >,
    ) -> Result<Connection<Correction>, Failure> {
        let direction = direction.unwrap_or(OrderDirection::Desc);
        let list = format!("corrections/{}", direction.as_str());
        let request = PageRequest::new(list, (first, after), (last, before))?;
        let filter = filter.unwrap_or_default();
        let (from, to) = (filter.from.map(|from| from.0), filter.to.map(|to| to.0));
        day::check_order(from, to)?;
        let filter = store::CorrectionFilter {
            state: filter.state.map(store::CorrectionState::from),
            employee_id: id::argument(Kind::Employee, "employeeId", filter.employee_id.as_ref())?,
            site_id: id::argument(Kind::Site, "siteId", filter.site_id.as_ref())?,
            from,
            to,
        };
        let is_descending = direction.is_descending();
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) = store::correction_page(
            &transaction,
            &filter,
            is_descending,
            request.page(),
            wants_total,
        )
        .await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, Correction))
    }

    /// One correction; null when there is no such.
    async fn correction(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] id: ID,
    ) -> Result<Option<Correction>, Failure> {
        let Some(correction_id) = id::decode(Kind::Correction, &id).map(CorrectionId) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let found = match store::correction_find(&transaction, correction_id).await {
            Ok(found) => Some(found),
            Err(StoreError::Missing { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        transaction.commit().await?;
        Ok(found.map(Correction))
    }
}
