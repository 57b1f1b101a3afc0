//! What was typed at kiosks instead of a face: above all what was refused, which somebody must put right. Must not know
//! how codes are compared.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use rollcall_domain::Direction as Way;
use rollcall_store::code_entry::{self as store, CodeEntryFilter as Filter, CodeEntryRow};

use super::device::Device;
use super::employee::Employee;
use super::id::{self, Kind};
use super::page::{self, Connection, PageRequest};
use super::punch::{self, Direction};
use super::scalar::{self, DateTime};
use super::site::Site;
use super::{loader, viewer};
use crate::failure::Failure;

/// What somebody used at a kiosk.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum CodeMethod {
    /// A personnel number and PIN.
    Pin,
    /// A badge.
    Badge,
}

/// Why something that was typed was refused; the kiosk is not told.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_store::code_entry::CodeRefusal")]
pub enum CodeRefusalReason {
    /// No employee has the code.
    UnknownCode,
    /// No employee has the badge.
    UnknownBadge,
    /// The employee has no PIN.
    NoPin,
    /// The PIN was wrong.
    WrongPin,
    /// Too many wrong PINs: this one was not tried.
    Locked,
    /// The employee is not in use.
    Inactive,
    /// The employee does not belong to the site.
    OtherSite,
    /// Nobody knows when it was typed.
    ClockUnknown,
    /// It was typed in the future.
    ClockAhead,
}

/// What became of something that was typed.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum CodeOutcome {
    /// It is a punch.
    Punched,
    /// It is a punch within the cool-down.
    Repeat,
    /// Nothing was recorded.
    Refused,
}

/// Why something was refused.
pub struct CodeRefusal(store::CodeRefusal);

/// Why something was refused.
#[Object]
impl CodeRefusal {
    /// The reason, for programs.
    async fn reason(&self) -> CodeRefusalReason {
        self.0.into()
    }

    /// What happened, as a sentence.
    async fn sentence(&self) -> &str {
        self.0.sentence()
    }

    /// What can be done about it, as a sentence.
    async fn hint(&self) -> &str {
        self.0.hint()
    }
}

/// What somebody typed at a kiosk, or a badge that was read there.
pub struct CodeEntry(CodeEntryRow);

/// What somebody typed at a kiosk, or a badge that was read there.
#[Object]
impl CodeEntry {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::CodeEntry, self.0.entry_id)
    }

    /// What was used.
    async fn method(&self) -> CodeMethod {
        match self.0.is_badge {
            true => CodeMethod::Badge,
            false => CodeMethod::Pin,
        }
    }

    /// Where.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        punch::site(context, self.0.site_id).await
    }

    /// At which device; null when you do not see it.
    async fn device(&self, context: &Context<'_>) -> Result<Option<Device>, Failure> {
        Ok(loader(context)?
            .load_one(self.0.device_id)
            .await?
            .map(Device))
    }

    /// The personnel number as it was typed; null for a badge. Digits that named nobody and may be a PIN are covered but
    /// for the first two. PINs and badges are never kept.
    async fn employee_code(&self) -> Option<&str> {
        self.0.employee_code.as_deref()
    }

    /// Whom it named, also when it was refused; null for nobody, and when you do not see the employee.
    async fn employee(&self, context: &Context<'_>) -> Result<Option<Employee>, Failure> {
        let Some(employee_id) = self.0.employee_id else {
            return Ok(None);
        };
        Ok(loader(context)?.load_one(employee_id).await?.map(Employee))
    }

    /// Which way, where the person or the camera said so.
    async fn direction(&self) -> Option<Direction> {
        let direction = self.0.direction.as_deref().and_then(Way::parse);
        direction.map(Into::into)
    }

    /// When it was typed, by the device's clock.
    async fn captured_at(&self) -> DateTime {
        DateTime(self.0.captured_at)
    }

    /// What the clock on the site's wall said, with its offset: `2026-11-22T08:58:03+01:00`.
    async fn local_time(&self) -> Result<String, Failure> {
        scalar::local_time(self.0.captured_at, &self.0.time_zone)
    }

    /// When the hub got it: much later after a time without a network, and then nobody at the kiosk was told.
    async fn received_at(&self) -> DateTime {
        DateTime(self.0.received_at)
    }

    /// What became of it.
    async fn outcome(&self) -> CodeOutcome {
        match &*self.0.outcome {
            "punched" => CodeOutcome::Punched,
            "repeat" => CodeOutcome::Repeat,
            _ => CodeOutcome::Refused,
        }
    }

    /// Why it was refused; null when it was not.
    async fn refusal(&self) -> Option<CodeRefusal> {
        self.0.reason.map(CodeRefusal)
    }
}

/// Which entries; conditions hold together.
#[derive(InputObject, Default)]
pub struct CodeEntryFilter {
    /// Only at this site.
    site_id: Option<ID>,
    /// Only at this device.
    device_id: Option<ID>,
    /// Only those that named this employee.
    employee_id: Option<ID>,
    /// Not typed earlier than this.
    from: Option<DateTime>,
    /// Typed earlier than this.
    to: Option<DateTime>,
    /// Only what was refused; false when absent.
    refused_only: Option<bool>,
}

#[derive(Default)]
pub struct CodeEntryQuery;

#[Object]
impl CodeEntryQuery {
    /// What was typed at kiosks and badges that were read there, newest first. What is refused of an outage's backlog is
    /// only seen here: the person at the kiosk was told that it is saved.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn code_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which entries; all when absent.")] filter: Option<CodeEntryFilter>,
    ) -> Result<Connection<CodeEntry>, Failure> {
        let request = PageRequest::new("codeEntries", (first, after), (last, before))?;
        let filter = filter.unwrap_or_default();
        let filter = Filter {
            site_id: id::argument(Kind::Site, "filter.siteId", filter.site_id.as_ref())?,
            device_id: id::argument(Kind::Device, "filter.deviceId", filter.device_id.as_ref())?,
            employee_id: id::argument(
                Kind::Employee,
                "filter.employeeId",
                filter.employee_id.as_ref(),
            )?,
            from: filter.from.map(punch::clamped),
            to: filter.to.map(punch::clamped),
            refused_only: filter.refused_only.unwrap_or(false),
        };
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) =
            store::code_entry_page(&transaction, &filter, request.page(), wants_total).await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, CodeEntry))
    }
}
