//! The example operations of `graphql/operations`, and the worlds that their placeholders stand for.
//!
//! An example begins with `# A sentence.`, then `# variables: {…}` on one line. In its variables a text
//! that is a placeholder (`$employee`) becomes that of the world, and `$unique` within a text becomes
//! something that no other world has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, OperationType, Selection};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rollcall_domain::id::{EmployeeId, OrganizationId, SiteId, UserId};
use rollcall_store::Scope;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::second_factor;
use crate::support::{Api, PASSWORD};
use crate::upload::{PICTURE, SHEET};

/// Of the second factor that was begun.
const TOTP_SECRET: &[u8] = b"12345678901234567890";

/// An example of the cookbook.
pub struct Operation {
    /// Name of its file.
    pub name: String,
    /// The document.
    pub text: String,
    /// Variables with placeholders.
    pub variables: Value,
    /// `Query`, `Mutation` or `Subscription`.
    pub kind: &'static str,
    /// Names of the root fields, without aliases.
    pub root_fields: BTreeSet<String>,
}

/// All examples by name.
pub fn operations() -> Vec<Operation> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../graphql/operations");
    let mut operations: Vec<Operation> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "graphql")
        })
        .map(|path| operation(&path))
        .collect();
    operations.sort_by(|a, b| a.name.cmp(&b.name));
    operations
}

fn operation(path: &Path) -> Operation {
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.starts_with("# "), "{name}: begins with a sentence");
    let variables = text
        .lines()
        .find_map(|line| line.strip_prefix("# variables:"))
        .unwrap_or_else(|| panic!("{name}: has no line `# variables: {{…}}`"));
    let variables = serde_json::from_str(variables)
        .unwrap_or_else(|error| panic!("{name}: its variables are not JSON: {error}"));
    let document =
        parse_query(&text).unwrap_or_else(|error| panic!("{name}: cannot be parsed: {error}"));
    let operation = match &document.operations {
        DocumentOperations::Single(operation) => operation,
        DocumentOperations::Multiple(operations) => {
            assert_eq!(operations.len(), 1, "{name}: one operation a file");
            operations.values().next().unwrap()
        }
    };
    let kind = match operation.node.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    let root_fields = operation
        .node
        .selection_set
        .node
        .items
        .iter()
        .map(|item| match &item.node {
            Selection::Field(field) => field.node.name.node.to_string(),
            _ => panic!("{name}: root fields are written without fragments"),
        })
        .collect();
    Operation {
        name,
        text,
        variables,
        kind,
        root_fields,
    }
}

impl Operation {
    /// Whether its variables name something of a world.
    pub fn has_placeholders(&self) -> bool {
        fn any(value: &Value) -> bool {
            match value {
                // A date is nobody's.
                Value::String(text) => {
                    let is_thing = !["$unique", "$date", "$periodFrom"]
                        .iter()
                        .any(|other| text.starts_with(other));
                    text.starts_with('$') && is_thing
                }
                Value::Array(values) => values.iter().any(any),
                Value::Object(fields) => fields.values().any(any),
                _ => false,
            }
        }
        any(&self.variables)
    }

    /// The variables for a world.
    pub fn variables(&self, world: &World) -> Value {
        self.fill(&self.variables, world)
    }

    fn fill(&self, value: &Value, world: &World) -> Value {
        match value {
            Value::String(text) if text.starts_with('$') && !text.contains("$unique") => world
                .0
                .get(text.as_str())
                .unwrap_or_else(|| panic!("{}: no world has `{text}`", self.name))
                .clone(),
            Value::String(text) => {
                let unique = world.0["$unique"].as_str().unwrap();
                json!(text.replace("$unique", unique))
            }
            Value::Array(values) => values.iter().map(|value| self.fill(value, world)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| (name.clone(), self.fill(value, world)))
                .collect::<Map<_, _>>()
                .into(),
            other => other.clone(),
        }
    }
}

/// What the placeholders stand for: things of one site that nobody else uses.
pub struct World(BTreeMap<&'static str, Value>);

impl World {
    /// The value of a placeholder.
    pub fn get(&self, placeholder: &str) -> &Value {
        &self.0[placeholder]
    }

    fn set(&mut self, placeholder: &'static str, kind: &str, key: impl std::fmt::Display) {
        self.0.insert(placeholder, json!(opaque(kind, key)));
    }
}

/// An id as the API writes it.
pub fn opaque(kind: &str, key: impl std::fmt::Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{kind}:{key}"))
}

/// Where a world is made, and for whom.
#[derive(Clone, Copy)]
pub struct Place {
    pub organization_id: OrganizationId,
    pub site_id: SiteId,
    /// Who requested the correction.
    pub user_id: Option<UserId>,
    /// Whose days, punches and corrections; none: a new employee's.
    pub employee_id: Option<EmployeeId>,
}

/// Makes a world: in one transaction of the superuser, because tests make thousands.
pub async fn world(api: &Api, place: Place) -> World {
    static N_WORLDS: AtomicU32 = AtomicU32::new(1);
    let n = N_WORLDS.fetch_add(1, Ordering::Relaxed);
    let unique = format!("u{n}");
    let org = place.organization_id.0;
    let site = place.site_id.0;
    let new = Uuid::now_v7;
    let (employee, other) = (place.employee_id.map_or_else(new, |id| id.0), new());
    let (device, camera, punch, correction) = (new(), new(), new(), new());
    let (webhook, delivery, export) = (new(), new(), new());
    let user = place.user_id.map(|id| id.0);
    // A date of its own, for a day with a punch and two exceptions.
    let work_date =
        jiff::civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(i64::from(n) % 300));
    let occurred_at = work_date
        .at(8, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap()
        .timestamp();

    let scope = Scope::organization(place.organization_id);
    let transaction = api.database.admin.begin(&scope).await.unwrap();
    macro_rules! run {
        ($sql:expr, $parameters:expr $(,)?) => {
            transaction
                .execute("make a world", $sql, $parameters)
                .await
                .unwrap()
        };
    }
    for (id, suffix) in [(employee, "a"), (other, "b")] {
        let (code, name) = (
            format!("{unique}-{suffix}"),
            format!("Person {unique} {suffix}"),
        );
        run!(
            "insert into app.employee (organization_id, employee_id, code, display_name) values ($1, $2, $3, $4)
             on conflict do nothing",
            &[&org, &id, &code, &name],
        );
        run!(
            "insert into app.employee_site (organization_id, employee_id, site_id) values ($1, $2, $3) on conflict do nothing",
            &[&org, &id, &site],
        );
    }
    let (department, other_department) = (new(), new());
    for (id, name) in [(department, "One"), (other_department, "Two")] {
        run!(
            "insert into app.department (organization_id, department_id, name) values ($1, $2, $3)",
            &[&org, &id, &format!("{name} {unique}")],
        );
    }
    run!(
        "insert into biometric.consent (organization_id, employee_id, text_version, evidence) values ($1, $2, 'v1', 'form 17')",
        &[&org, &employee],
    );
    run!(
        "insert into app.device (organization_id, device_id, site_id, name, database_role) values ($1, $2, $3, $4, $5)",
        &[
            &org,
            &device,
            &site,
            &format!("Door {unique}"),
            &format!("rollcall_device_{}", device.simple())
        ],
    );
    run!(
        "insert into app.camera (organization_id, camera_id, device_id, name, direction) values ($1, $2, $3, 'entry', 'entry')",
        &[&org, &camera, &device],
    );
    run!(
        "insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source, direction, camera_id, similarity)
         values ($1, $2, $3, $4, $5, 'face', 'in', $6, 0.75)",
        &[&org, &punch, &employee, &site, &occurred_at, &camera],
    );
    run!(
        "insert into attendance.day (organization_id, employee_id, work_date, site_id, time_zone, status,
           first_in_at, last_out_at, worked_minutes, n_punches, n_repeats, exceptions, why, rule_version,
           kind, rule_set_name, rule_set_version, is_open, presence_minutes, payable_minutes, unpaid_break_minutes,
           unpayable_minutes, overtime_daily_minutes, overtime_weekly_minutes, overtime_rest_day_minutes,
           overtime_holiday_minutes, overtime_unapproved_minutes, expected_minutes, late_minutes, early_out_minutes,
           leave_paid_minutes, leave_unpaid_minutes, digest)
         select $1, $2, $3, $4, s.time_zone, 'present', $5, null, 480, 1, 0, '{missing_out,missing_in}',
           '[{\"text\": \"one\"}]', '2', 'work', 'Standard', 1, false, 510, 470, 30, 10, 1, 2, 3, 4, 5, 460, 6, 7, 8, 9, '\\x00'
         from app.site s where s.organization_id = $1 and s.site_id = $4
         on conflict do nothing",
        &[&org, &employee, &work_date, &site, &occurred_at],
    );
    run!(
        "insert into attendance.day_punch (organization_id, employee_id, work_date, punch_id, is_counted, direction, direction_reason)
         values ($1, $2, $3, $4, true, 'in', 'camera')",
        &[&org, &employee, &work_date, &punch],
    );
    run!(
        "insert into attendance.day_exception (organization_id, employee_id, work_date, kind, punch_ids, sentence)
         select $1, $2, $3, kind, '{}', 'Something happened.' from unnest(array['missing_out', 'missing_in']) as kind
         on conflict do nothing",
        &[&org, &employee, &work_date],
    );
    run!(
        "insert into attendance.exception_waiver (organization_id, employee_id, work_date, kind, note)
         values ($1, $2, $3, 'missing_in', 'Agreed.') on conflict do nothing",
        &[&org, &employee, &work_date],
    );
    run!(
        "insert into attendance.correction (organization_id, correction_id, employee_id, kind, site_id, occurred_at, reason, requested_by)
         values ($1, $2, $3, 'add_punch', $4, $5::timestamptz + interval '9 hours', 'Late train.', $6)",
        &[&org, &correction, &employee, &site, &occurred_at, &user],
    );
    run!(
        "insert into app.employee_pin (organization_id, employee_id, salt, pin_sha256)
         values ($1, $2, substring($3::bytea for 16), $3::bytea) on conflict do nothing",
        &[&org, &employee, &[7_u8; 32].as_slice()],
    );
    run!(
        "insert into app.employee_badge (organization_id, employee_id, badge_sha256)
         values ($1, $2, sha256($3::text::bytea)) on conflict do nothing",
        &[&org, &employee, &unique],
    );
    run!(
        "insert into attendance.code_entry (organization_id, entry_id, site_id, device_id, method, employee_code, employee_id,
           captured_at, outcome, reason)
         values ($1, $2, $3, $4, 'pin', $5, $6, $7, 'refused', 'wrong_pin')",
        &[&org, &new(), &site, &device, &format!("Door {unique}"), &employee, &occurred_at],
    );
    // Somebody else, and what lets in: that of whom the place is for, or else of somebody else.
    let (somebody, token, session) = (new(), new(), new());
    run!(
        "insert into app.user_account (organization_id, user_id, email, display_name, role, password_hash)
         values ($1, $2, $3, $4, 'viewer', '')",
        &[
            &org,
            &somebody,
            &format!("{unique}@example.org"),
            &format!("Person {unique} c")
        ],
    );
    let inside = user.unwrap_or(somebody);
    // A user may have so many tokens only.
    run!(
        "delete from app.api_token where organization_id = $1 and user_id = $2",
        &[&org, &inside],
    );
    run!(
        "insert into app.api_token (organization_id, token_id, user_id, name, token_sha256, scopes, created_at, expires_at)
         values ($1, $2, $3, $4, sha256($4::text::bytea), '{attendance:read}', '2026-01-01', '2100-01-01')",
        &[&org, &token, &inside, &format!("Door {unique}")],
    );
    run!(
        "insert into app.user_session (organization_id, session_id, user_id, session_sha256, created_at, last_used_at, expires_at, user_agent)
         values ($1, $2, $3, sha256($4::text::bytea), $5, $5, '2100-01-01', $4)",
        &[&org, &session, &inside, &format!("Door {unique}"), &api.now()],
    );
    run!(
        "insert into app.user_totp (organization_id, user_id, secret) values ($1, $2, $3)
         on conflict (organization_id, user_id) do update set confirmed_at = null, last_step = 0, secret = $3",
        &[&org, &inside, &TOTP_SECRET],
    );
    if user.is_some() {
        // An example may have set another password.
        static HASH: LazyLock<String> = LazyLock::new(|| rollcall_api::hash_password(PASSWORD));
        run!(
            "update app.user_account set password_hash = $3 where organization_id = $1 and user_id = $2",
            &[&org, &inside, &*HASH],
        );
    }
    let (photo, sighting, reviewed_sighting) = (new(), new(), new());
    run!(
        "with photo as (
           insert into biometric.photo (organization_id, photo_id, employee_id, sha256, content)
           values ($1, $2, $3, sha256($4), $4) returning organization_id, photo_id
         )
         insert into biometric.enrolment_job (organization_id, photo_id) select organization_id, photo_id from photo",
        &[&org, &photo, &employee, &crate::photo::jpeg(8, 8, &unique)],
    );
    for sighting in [sighting, reviewed_sighting] {
        run!(
            "insert into attendance.sighting (organization_id, sighting_id, site_id, device_id, camera_id, captured_at, sent_at,
               space_id, quality, pad, n_frames, decision, reason, employee_id, similarity, margin, outcome)
             values ($1, $2, $3, $4, $5, $6, $6, gen_random_uuid(), 0.9, 'live', 5, 'review', 'ambiguous', $7, 0.58, 0.01, 'review')",
            &[&org, &sighting, &site, &device, &camera, &occurred_at, &other],
        );
    }
    run!(
        "insert into attendance.sighting_review (organization_id, sighting_id, site_id, verdict, reviewed_by)
         values ($1, $2, $3, 'rejected', $4)",
        &[&org, &reviewed_sighting, &site, &user],
    );
    let (shift, retired_shift, roster, holiday, leave) = (new(), new(), new(), new(), new());
    for (id, name) in [(shift, "Early"), (retired_shift, "Old")] {
        run!(
            "insert into attendance.shift (organization_id, shift_id, name, kind, begin_minutes, end_minutes,
               window_before_minutes, window_after_minutes)
             values ($1, $2, $3, 'fixed', '{360}', '{840}', 60, 120)",
            &[&org, &id, &format!("{name} {unique}")],
        );
    }
    // Far from the dates of the examples, for the other person.
    run!(
        "insert into attendance.roster (organization_id, roster_id, employee_id, site_id, valid, anchored_on, cycle_days)
         values ($1, $2, $3, $4, '[2024-01-01,2024-01-08)', '2024-01-01', 7)",
        &[&org, &roster, &other, &site],
    );
    run!(
        "insert into attendance.roster_day (organization_id, roster_id, ordinal, shift_id) values ($1, $2, 0, $3)",
        &[&org, &roster, &shift],
    );
    run!(
        "insert into attendance.holiday (organization_id, holiday_id, site_id, holiday_date, name)
         values ($1, $2, $3, '1950-01-01'::date + $4::integer, 'Holiday')",
        &[&org, &holiday, &site, &i32::try_from(n).unwrap()],
    );
    run!(
        "insert into attendance.leave (organization_id, leave_id, employee_id, first_date, last_date, is_paid, kind)
         values ($1, $2, $3, '1990-01-01'::date + $4::integer, '1990-01-01'::date + $4::integer, true, 'annual')",
        &[&org, &leave, &employee, &i32::try_from(n).unwrap()],
    );
    run!(
        "insert into attendance.overtime_approval (organization_id, employee_id, work_date, minutes) values ($1, $2, '2024-01-02', 30)",
        &[&org, &other],
    );
    // Periods of one date in the past, where there are no days; one is reviewed and can be closed.
    let period_from =
        jiff::civil::date(1980, 1, 1).saturating_add(jiff::Span::new().days(i64::from(n) * 3));
    let (period, reviewed) = (new(), new());
    for (id, state, offset) in [(period, "open", 1_i32), (reviewed, "review", 2)] {
        run!(
            "insert into attendance.period (organization_id, period_id, valid, state)
             values ($1, $2, daterange($3::date + $5::integer, $3::date + $5::integer, '[]'), $4)",
            &[&org, &id, &period_from, &state, &offset],
        );
    }
    // Otherwise the dates of the reviewed one do not exist yet.
    run!(
        "insert into attendance.day_opening (organization_id, opened_through) values ($1, '2026-11-22')
         on conflict (organization_id) do update set opened_through = excluded.opened_through",
        &[&org],
    );
    // One of a site.
    run!(
        "insert into attendance.rule_set (organization_id, name, site_id) values ($1, $2, $3) on conflict do nothing",
        &[&org, &format!("Rules {unique}"), &site],
    );
    let rule_set: Uuid = transaction
        .query_one(
            "find the rule set",
            "select rule_set_id from attendance.rule_set where organization_id = $1 and site_id = $2",
            &[&org, &site],
        )
        .await
        .unwrap()
        .get(0);
    run!(
        "insert into app.webhook (organization_id, webhook_id, description, url, events, secret, is_active)
         values ($1, $2, 'Payroll', $3, '{punch.recorded}', 'whsec_0123456789abcdef0123456789abcdef', false)",
        &[&org, &webhook, &format!("https://{unique}.example.org/hook")],
    );
    run!(
        "insert into app.webhook_delivery (organization_id, delivery_id, webhook_id, event_id, kind, subject, payload, state, next_attempt_at)
         values ($1, $2, $3, $2, 'punch.recorded', $4, '{}', 'dead', null)",
        &[&org, &delivery, &webhook, &unique],
    );
    if let Some(user) = user {
        run!(
            "insert into app.export (organization_id, export_id, kind, format, requested_by, state, problem)
             values ($1, $2, 'employees', 'csv', $3, 'failed', 'made by a test')",
            &[&org, &export, &user],
        );
    }
    transaction.commit().await.unwrap();

    let mut world = World(BTreeMap::new());
    world.0.insert("$unique", json!(unique));
    // Replaced when they are sent: each time another picture, another file.
    world.0.insert(PICTURE, json!(PICTURE));
    world.0.insert(SHEET, json!(SHEET));
    world.0.insert("$date", json!(work_date.to_string()));
    let code = second_factor::code(TOTP_SECRET, api.now());
    world.0.insert("$totpCode", json!(code));
    world.set("$user", "user", somebody);
    world.set("$token", "token", token);
    world.set("$session", "session", session);
    world.set("$site", "site", site);
    world.set("$employee", "employee", employee);
    world.set("$otherEmployee", "employee", other);
    world.set("$department", "department", department);
    world.set("$otherDepartment", "department", other_department);
    world.set("$device", "device", device);
    world.set("$camera", "camera", camera);
    world.set("$punch", "punch", punch);
    world.set("$day", "day", format!("{employee}:{work_date}"));
    world.set(
        "$exception",
        "exception",
        format!("{employee}:{work_date}:missing_out"),
    );
    world.set(
        "$waivedException",
        "exception",
        format!("{employee}:{work_date}:missing_in"),
    );
    world.set("$shift", "shift", shift);
    world.set("$retiredShift", "shift", retired_shift);
    world.set("$roster", "roster", roster);
    world.set("$holiday", "holiday", holiday);
    world.set("$leave", "leave", leave);
    world
        .0
        .insert("$periodFrom", json!(period_from.to_string()));
    world.set("$period", "period", period);
    world.set("$reviewedPeriod", "period", reviewed);
    world.set("$ruleSet", "rule_set", rule_set);
    world.set("$correction", "correction", correction);
    world.set("$photo", "photo", photo);
    world.set("$sighting", "sighting", sighting);
    world.set("$reviewedSighting", "sighting", reviewed_sighting);
    world.set("$export", "export", export);
    world.set("$webhook", "webhook", webhook);
    world.set("$delivery", "webhook_delivery", delivery);
    world
}
