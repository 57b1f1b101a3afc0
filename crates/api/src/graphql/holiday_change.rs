//! Making and deleting public holidays.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::{HolidayId, SiteId};
use rollcall_store::audit::Event;
use rollcall_store::holiday::{self as store, HolidaySpec};
use serde_json::{Value, json};

use super::day_part::{DayPartKind, MinuteSpanInput, read_day_part};
use super::holiday::Holiday;
use super::id::{self, Kind};
use super::plan_problem::{missing, plan_problem};
use super::problem::{payload, text};
use super::scalar::Date;
use super::viewer;
use crate::failure::Failure;

/// Longest name, in characters; the same limit as constraint `holiday_name_check`.
const MAX_NAME: usize = 100;

/// A new public holiday.
#[derive(InputObject)]
pub struct HolidayCreateInput {
    /// The site; all sites when absent, which only users who see all sites may.
    site_id: Option<ID>,
    /// The date.
    date: Date,
    /// Name for people, at most 100 characters.
    name: String,
    /// How much of the date.
    #[graphql(default_with = "DayPartKind::Whole")]
    part: DayPartKind,
    /// From when to when, if the part is hours.
    hours: Option<MinuteSpanInput>,
}

/// A public holiday to be deleted.
#[derive(InputObject)]
pub struct HolidayDeleteInput {
    /// The holiday.
    holiday_id: ID,
}

payload! {
    /// What became of a public holiday.
    HolidayPayload {
        /// The holiday, as it was when it is deleted; null when refused.
        holiday: Holiday
    }
}

#[derive(Default)]
pub struct HolidayMutation;

#[Object]
impl HolidayMutation {
    /// Makes a public holiday of a site or of all sites.
    async fn holiday_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The new holiday.")] input: HolidayCreateInput,
    ) -> Result<HolidayPayload, Failure> {
        let mut problems = Vec::new();
        let name = text(&mut problems, "name", &input.name, MAX_NAME);
        let part = read_day_part(&mut problems, input.part, input.hours);
        let site_id = input
            .site_id
            .as_ref()
            .map(|id| id::decode(Kind::Site, id).map(SiteId));
        if site_id == Some(None) {
            problems.push(missing("site"));
        }
        let (Some(part), true) = (part, problems.is_empty()) else {
            return Ok(HolidayPayload::refused(problems));
        };
        let spec = HolidaySpec {
            site_id: site_id.flatten(),
            date: input.date.0,
            name,
            part,
        };
        let change = viewer(context)?.change().await?;
        let holiday = match store::holiday_create(&change, &spec).await {
            Ok(holiday) => holiday,
            // The transaction is dropped, so nothing was written.
            Err(error) => return Ok(HolidayPayload::refused(vec![plan_problem(error)?])),
        };
        let event = Event::new("holiday.create", "holiday")
            .of(holiday.holiday_id)
            .after(said(&holiday));
        change.commit(&event).await?;
        Ok(HolidayPayload::done(Holiday(holiday)))
    }

    /// Deletes a public holiday.
    async fn holiday_delete(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The holiday.")] input: HolidayDeleteInput,
    ) -> Result<HolidayPayload, Failure> {
        let Some(holiday_id) = id::decode(Kind::Holiday, &input.holiday_id).map(HolidayId) else {
            return Ok(HolidayPayload::refused(vec![missing("holiday")]));
        };
        let change = viewer(context)?.change().await?;
        let holiday = match store::holiday_delete(&change, holiday_id).await {
            Ok(holiday) => holiday,
            Err(error) => return Ok(HolidayPayload::refused(vec![plan_problem(error)?])),
        };
        let event = Event::new("holiday.delete", "holiday")
            .of(holiday_id)
            .before(said(&holiday));
        change.commit(&event).await?;
        Ok(HolidayPayload::done(Holiday(holiday)))
    }
}

fn said(holiday: &rollcall_domain::Holiday) -> Value {
    json!({ "site_id": holiday.site_id.map(|id| id.0), "date": holiday.date, "name": holiday.name })
}
