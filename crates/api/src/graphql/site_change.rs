//! Making and changing sites. What a site says about time is derived again for everybody concerned.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use rollcall_domain::id::SiteId;
use rollcall_store::audit::Event;
use rollcall_store::site::{Site as Record, SiteLocation};
use rollcall_store::site_change::{
    SitePolicies, site_deactivate, site_policies_set, site_time_zone_set,
};
use rollcall_store::site_put::{self as store, SitePut};
use rollcall_store::{StoreError, Transaction};
use serde_json::{Value, json};

use super::id::{self, Kind};
use super::problem::{Problem, ProblemCode, payload, refusal, text};
use super::punch::in_bounds;
use super::scalar::DateTime;
use super::site::{DirectionPolicy, Site};
use super::viewer;
use crate::failure::Failure;

/// Longest name, in characters; the same limit as constraint `site_name_check`.
const MAX_NAME: usize = 200;

/// Where a site is on the earth (WGS 84).
#[derive(InputObject, Clone, Copy)]
pub struct SiteLocationInput {
    /// Degrees north, -90 to 90.
    latitude: f64,
    /// Degrees east, -180 to 180.
    longitude: f64,
    /// How far the site reaches from there, in metres, 10 to 100000.
    radius_meters: i32,
}

/// A new site.
#[derive(InputObject)]
pub struct SiteCreateInput {
    /// Name, unique in the organisation, at most 200 characters; space around it is removed.
    name: String,
    /// IANA name, for example `Europe/Berlin`.
    time_zone: String,
    /// Local time at which the work date changes for people without a shift, `HH:MM`; 04:00 when absent.
    day_boundary: Option<String>,
    /// Of punches closer together than this the first counts, 0 to 86400; 150 when absent.
    cool_down_seconds: Option<i32>,
    /// How ways in and ways out are told apart; by the camera when absent.
    direction_policy: Option<DirectionPolicy>,
    /// Where it is on the earth.
    location: Option<SiteLocationInput>,
}

/// What to change of a site; what is absent stays.
#[derive(InputObject)]
pub struct SiteUpdateInput {
    /// Which site.
    site_id: ID,
    /// Name, unique in the organisation, at most 200 characters; space around it is removed.
    name: Option<String>,
    /// IANA name of the zone that the site is in since `timeZoneSince`; before, it was in the one it has now.
    time_zone: Option<String>,
    /// Since when; now when absent.
    time_zone_since: Option<DateTime>,
    /// Local time at which the work date changes, `HH:MM`. Holds for the past too.
    day_boundary: Option<String>,
    /// Of punches closer together than this the first counts, 0 to 86400. Holds for the past too.
    cool_down_seconds: Option<i32>,
    /// How ways in and ways out are told apart. Holds for the past too.
    direction_policy: Option<DirectionPolicy>,
    /// For how many hours without the hub its devices may greet from an encrypted copy of its gallery, 0 to 168; 0: they
    /// hold no copy, and delete the one they have when they hear of it.
    offline_greeting_hours: Option<i32>,
    /// Where it is on the earth; null takes it away.
    location: MaybeUndefined<SiteLocationInput>,
}

/// Which site goes out of use.
#[derive(InputObject)]
pub struct SiteDeactivateInput {
    /// Which site.
    site_id: ID,
    /// Since when; now when absent.
    since: Option<DateTime>,
}

payload! {
    /// What became of a site.
    SitePayload {
        /// The site as it is now; null when refused.
        site: Site
    }
}

#[derive(Default)]
pub struct SiteMutation;

#[Object]
impl SiteMutation {
    /// Makes a site.
    async fn site_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The new site.")] input: SiteCreateInput,
    ) -> Result<SitePayload, Failure> {
        let mut problems = Vec::new();
        let new = SitePut {
            name: text(&mut problems, "name", &input.name, MAX_NAME),
            time_zone: time_zone(&mut problems, &input.time_zone),
            day_boundary: time(&mut problems, input.day_boundary.as_deref()),
            cool_down_seconds: cool_down(&mut problems, input.cool_down_seconds),
            direction_policy: input.direction_policy.map(Into::into),
            location: location(&mut problems, input.location.as_ref()),
        };
        if !problems.is_empty() {
            return Ok(SitePayload::refused(problems));
        }
        let change = viewer(context)?.change().await?;
        match store::site_put(&change, &new).await {
            Ok(site) => {
                let event = Event::new("site.create", "site")
                    .of(site.site_id)
                    .after(described(&site));
                change.commit(&event).await?;
                Ok(SitePayload::done(Site(site)))
            }
            Err(error) => {
                change.undo().await?;
                refused(error, "name")
            }
        }
    }

    /// Changes a site; days of everybody whom it concerns are derived again.
    async fn site_update(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which site, and what to change.")] input: SiteUpdateInput,
    ) -> Result<SitePayload, Failure> {
        let mut problems = Vec::new();
        let site_id = reference(&mut problems, &input.site_id);
        let viewer = viewer(context)?;
        let update = Update {
            name: input
                .name
                .map(|name| text(&mut problems, "name", &name, MAX_NAME)),
            time_zone: input.time_zone.map(|name| time_zone(&mut problems, &name)),
            since: instant(
                &mut problems,
                "timeZoneSince",
                input.time_zone_since,
                viewer.now(),
            ),
            policies: SitePolicies {
                day_boundary: time(&mut problems, input.day_boundary.as_deref()),
                cool_down_seconds: cool_down(&mut problems, input.cool_down_seconds),
                direction_policy: input.direction_policy.map(Into::into),
            },
            offline_greeting_hours: offline_greeting(&mut problems, input.offline_greeting_hours),
            location: (!input.location.is_undefined())
                .then_some(location(&mut problems, input.location.value())),
        };
        if input.time_zone_since.is_some() && update.time_zone.is_none() {
            let message = "`timeZoneSince` says nothing without `timeZone`".to_owned();
            problems.push(Problem::new("timeZoneSince", ProblemCode::Refused, message));
        }
        let Some(site_id) = site_id.filter(|_| problems.is_empty()) else {
            return Ok(SitePayload::refused(problems));
        };
        let change = viewer.change().await?;
        match update.run(&change, site_id).await {
            Ok((before, after)) => {
                let event = Event::new("site.update", "site")
                    .of(site_id)
                    .before(described(&before))
                    .after(described(&after));
                change.commit(&event).await?;
                Ok(SitePayload::done(Site(after)))
            }
            Err((error, field)) => {
                change.undo().await?;
                refused(error, field)
            }
        }
    }

    /// Takes a site out of use: later punches are kept and raise an exception.
    async fn site_deactivate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which site, and since when.")] input: SiteDeactivateInput,
    ) -> Result<SitePayload, Failure> {
        let now = viewer(context)?.now();
        let mut problems = Vec::new();
        let at = instant(&mut problems, "since", input.since, now);
        if !problems.is_empty() {
            return Ok(SitePayload::refused(problems));
        }
        switch(context, &input.site_id, "site.deactivate", Some(at)).await
    }

    /// Takes a site back into use, as if it had never been out of it.
    async fn site_reactivate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which site.")] site_id: ID,
    ) -> Result<SitePayload, Failure> {
        switch(context, &site_id, "site.reactivate", None).await
    }
}

struct Update {
    name: Option<String>,
    time_zone: Option<String>,
    since: jiff::Timestamp,
    policies: SitePolicies,
    offline_greeting_hours: Option<i32>,
    location: Option<Option<SiteLocation>>,
}

impl Update {
    /// The site before and after; or what was refused, and the field at fault.
    async fn run(
        &self,
        change: &Transaction,
        site_id: SiteId,
    ) -> Result<(Record, Record), (StoreError, &'static str)> {
        let at = |field: &'static str| move |error: StoreError| (error, field);
        let before = store::site_read(change, site_id)
            .await
            .map_err(at("siteId"))?;
        if let Some(name) = &self.name {
            let renamed = store::site_rename(change, site_id, name).await;
            renamed.map_err(at("name"))?;
        }
        if let Some(location) = self.location {
            let placed = store::site_location_set(change, site_id, location).await;
            placed.map_err(at("location"))?;
        }
        if let Some(hours) = self.offline_greeting_hours {
            let set = store::site_offline_greeting_set(change, site_id, hours).await;
            set.map_err(at("offlineGreetingHours"))?;
        }
        let policies = &self.policies;
        if policies.day_boundary.is_some()
            || policies.cool_down_seconds.is_some()
            || policies.direction_policy.is_some()
        {
            let set = site_policies_set(change, site_id, policies).await;
            set.map_err(at("coolDownSeconds"))?;
        }
        if let Some(time_zone) = &self.time_zone {
            let moved = site_time_zone_set(change, site_id, time_zone, self.since).await;
            moved.map_err(at("timeZone"))?;
        }
        let after = store::site_read(change, site_id)
            .await
            .map_err(at("siteId"))?;
        Ok((before, after))
    }
}

async fn switch(
    context: &Context<'_>,
    id: &ID,
    action: &'static str,
    at: Option<jiff::Timestamp>,
) -> Result<SitePayload, Failure> {
    let mut problems = Vec::new();
    let Some(site_id) = reference(&mut problems, id) else {
        return Ok(SitePayload::refused(problems));
    };
    let change = viewer(context)?.change().await?;
    let changed = async {
        let before = store::site_read(&change, site_id).await?;
        site_deactivate(&change, site_id, at).await?;
        Ok((before, store::site_read(&change, site_id).await?))
    };
    match changed.await {
        Ok((before, after)) => {
            let event = Event::new(action, "site")
                .of(site_id)
                .before(described(&before))
                .after(described(&after));
            change.commit(&event).await?;
            Ok(SitePayload::done(Site(after)))
        }
        Err(error) => {
            change.undo().await?;
            refused(error, "siteId")
        }
    }
}

/// An instant that PostgreSQL can hold; `now` when none is given, or after a problem.
fn instant(
    problems: &mut Vec<Problem>,
    field: &str,
    at: Option<DateTime>,
    now: jiff::Timestamp,
) -> jiff::Timestamp {
    let Some(DateTime(at)) = at else {
        return now;
    };
    in_bounds(at).unwrap_or_else(|| {
        let message = format!("`{at}` is in no year that can be kept\nhint: check the year");
        problems.push(Problem::new(field, ProblemCode::Malformed, message));
        now
    })
}

fn reference(problems: &mut Vec<Problem>, id: &ID) -> Option<SiteId> {
    let site_id = id::decode(Kind::Site, id).map(SiteId);
    if site_id.is_none() {
        problems.push(unknown());
    }
    site_id
}

fn unknown() -> Problem {
    let message = "there is no such site".to_owned();
    Problem::new("siteId", ProblemCode::NotFound, message)
}

fn refused(error: StoreError, field: &str) -> Result<SitePayload, Failure> {
    let problem = match error {
        StoreError::Missing { .. } => unknown(),
        error => refusal(error, Some(field))?,
    };
    Ok(SitePayload::refused(vec![problem]))
}

fn time_zone(problems: &mut Vec<Problem>, name: &str) -> String {
    let name = name.trim();
    if TimeZone::get(name).is_err() {
        let message = "that is not a known time zone\nhint: use an IANA name such as Europe/Berlin";
        let problem = Problem::new("timeZone", ProblemCode::Malformed, message.to_owned());
        problems.push(problem);
    }
    name.to_owned()
}

fn time(problems: &mut Vec<Problem>, text: Option<&str>) -> Option<Time> {
    let text = text?;
    let time = Time::strptime("%H:%M", text).ok();
    if time.is_none() {
        let message = "that is not a time of day\nhint: write it like 04:00";
        let problem = Problem::new("dayBoundary", ProblemCode::Malformed, message.to_owned());
        problems.push(problem);
    }
    time
}

fn cool_down(problems: &mut Vec<Problem>, seconds: Option<i32>) -> Option<i32> {
    if let Some(seconds) = seconds.filter(|seconds| !(0..=86_400).contains(seconds)) {
        let message = format!("a cool-down of {seconds} s cannot be\nhint: use 0 to 86400 seconds");
        problems.push(Problem::new(
            "coolDownSeconds",
            ProblemCode::Refused,
            message,
        ));
    }
    seconds
}

fn offline_greeting(problems: &mut Vec<Problem>, hours: Option<i32>) -> Option<i32> {
    if let Some(hours) = hours.filter(|hours| !(0..=168).contains(hours)) {
        let message = format!(
            "devices cannot greet for {hours} hours without the hub\nhint: use 1 to 168 hours, or 0 for no copy of the gallery"
        );
        problems.push(Problem::new(
            "offlineGreetingHours",
            ProblemCode::Refused,
            message,
        ));
    }
    hours
}

fn location(
    problems: &mut Vec<Problem>,
    input: Option<&SiteLocationInput>,
) -> Option<SiteLocation> {
    let input = input?;
    if !(-90.0..=90.0).contains(&input.latitude)
        || !(-180.0..=180.0).contains(&input.longitude)
        || !(10..=100_000).contains(&input.radius_meters)
    {
        let message = "there is no such place\nhint: latitude -90 to 90, longitude -180 to 180, radius 10 to 100000 metres";
        let problem = Problem::new("location", ProblemCode::Refused, message.to_owned());
        problems.push(problem);
    }
    Some(SiteLocation {
        latitude: input.latitude,
        longitude: input.longitude,
        radius_meters: input.radius_meters,
    })
}

/// A site for the audit log.
fn described(site: &Record) -> Value {
    json!({
        "name": site.name,
        "time_zone": site.time_zone,
        "day_boundary": site.day_boundary.strftime("%H:%M").to_string(),
        "cool_down_seconds": site.cool_down_seconds,
        "direction_policy": site.direction_policy.as_str(),
        "offline_greeting_hours": site.offline_greeting_hours,
        "location": site.location.map(|location| json!({
            "latitude": location.latitude,
            "longitude": location.longitude,
            "radius_meters": location.radius_meters,
        })),
        "deactivated_at": site.deactivated_at,
    })
}
