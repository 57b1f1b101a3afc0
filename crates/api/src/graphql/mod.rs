//! The GraphQL schema, one file per noun. Resolvers call `store` inside the viewer's transactions and
//! nothing else; they know neither HTTP nor SQL.

#![expect(
    clippy::too_many_arguments,
    reason = "GraphQL arguments are written one by one"
)]

mod audit;
mod batch;
mod camera;
mod code_entry;
mod consent;
mod correction;
mod correction_decide;
mod correction_problem;
mod correction_request;
mod cursor;
mod day;
mod day_part;
mod department;
mod device;
mod device_change;
mod device_code;
mod employee;
mod employee_code;
mod employee_create;
mod employee_import;
mod employee_list;
mod employee_update;
mod exception;
mod exception_waive;
mod export;
mod holiday;
mod holiday_change;
mod id;
mod leave;
mod leave_change;
pub(crate) mod limit;
mod live;
mod live_device;
mod live_enrolment;
mod live_review;
mod live_view;
mod loader;
mod login_session;
mod muster;
mod organization;
mod overtime;
mod page;
mod password;
mod period;
mod period_change;
pub(crate) mod persisted;
mod photo;
mod photo_add;
mod photo_delete;
mod plan_problem;
mod problem;
mod punch;
mod punch_manual;
mod roster;
mod roster_change;
mod rule_set;
mod rule_set_apply;
mod rules;
mod rules_input;
mod scalar;
mod shift;
mod shift_change;
mod sighting;
mod sighting_evidence;
mod sighting_review;
mod site;
mod site_change;
pub(crate) mod source;
mod system;
mod token;
mod upload;
mod user;
mod user_change;
mod user_load;
mod webhook;
mod webhook_change;
mod webhook_delivery;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, MergedObject, MergedSubscription};
use rollcall_domain::id::{PhotoId, SightingId};

use crate::access;
use crate::failure::Failure;
use crate::options::HttpOptions;
pub(crate) use batch::Batches;
pub(crate) use export::export_id;
pub(crate) use punch::Punch;
pub(crate) use upload::{UploadedFile, Uploads};

use crate::viewer::Viewer;

/// Reads.
#[derive(MergedObject, Default)]
pub struct Query(
    user::UserQuery,
    site::SiteQuery,
    employee_list::EmployeeQuery,
    department::DepartmentQuery,
    organization::OrganizationQuery,
    system::SystemQuery,
    device::DeviceQuery,
    punch::PunchQuery,
    day::DayQuery,
    muster::MusterQuery,
    exception::ExceptionQuery,
    correction::CorrectionQuery,
    shift::ShiftQuery,
    roster::RosterQuery,
    rule_set::RuleSetQuery,
    holiday::HolidayQuery,
    leave::LeaveQuery,
    token::TokenQuery,
    login_session::SessionQuery,
    audit::AuditQuery,
    sighting::SightingQuery,
    code_entry::CodeEntryQuery,
    period::PeriodQuery,
    export::ExportQuery,
    webhook::WebhookQuery,
    webhook_delivery::WebhookDeliveryQuery,
);

/// Changes.
#[derive(MergedObject, Default)]
pub struct Mutation(
    AccessMutation,
    PeopleMutation,
    organization::OrganizationMutation,
    device_change::DeviceMutation,
    device_code::DeviceCodeMutation,
    site_change::SiteMutation,
    exception_waive::ExceptionMutation,
    correction_request::CorrectionRequestMutation,
    correction_decide::CorrectionDecideMutation,
    BiometricMutation,
    PlanMutation,
    punch_manual::PunchMutation,
    period_change::PeriodMutation,
    export::ExportMutation,
    webhook_change::WebhookMutation,
    webhook_delivery::WebhookDeliveryMutation,
);

/// Changes of who may log in. In groups, because each member of a list makes the types of all of it deeper, and the
/// compiler follows them only so far.
#[derive(MergedObject, Default)]
pub struct AccessMutation(
    user_change::UserMutation,
    token::TokenMutation,
    login_session::SessionMutation,
    password::PasswordMutation,
);

/// Changes of employees and where they belong.
#[derive(MergedObject, Default)]
pub struct PeopleMutation(
    employee_create::EmployeeMutation,
    employee_import::EmployeeImportMutation,
    employee_update::EmployeeUpdateMutation,
    employee_code::EmployeeCodeMutation,
    department::DepartmentMutation,
);

/// Changes of faces and what was seen of them.
#[derive(MergedObject, Default)]
pub struct BiometricMutation(
    photo_add::PhotoAddMutation,
    photo_delete::PhotoDeleteMutation,
    consent::ConsentMutation,
    sighting_review::SightingReviewMutation,
);

/// Changes of plans.
#[derive(MergedObject, Default)]
pub struct PlanMutation(
    shift_change::ShiftMutation,
    roster_change::RosterMutation,
    rule_set_apply::RuleSetMutation,
    holiday_change::HolidayMutation,
    leave_change::LeaveMutation,
    overtime::OvertimeMutation,
);

/// Events.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    live::LiveSubscription,
    live_device::DeviceSubscription,
    live_enrolment::EnrolmentSubscription,
    live_review::ReviewSubscription,
    live_view::ViewSubscription,
);

/// The schema without data: viewer and loaders come with each request.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// What resolvers know of the hub's configuration.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Settings {
    /// Webhooks may be sent to private addresses, and without TLS.
    pub allow_private_webhooks: bool,
    /// How long one may look through a camera before saying so again; zero: nobody may.
    pub live_view: Duration,
}

/// The schema with the limits that hold unless configured, and the most careful settings.
pub fn schema() -> Schema {
    schema_with(&HttpOptions::default(), Settings::default())
}

/// Builds the schema with its limits.
pub(crate) fn schema_with(options: &HttpOptions, settings: Settings) -> Schema {
    let builder = Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    )
    .data(settings)
    .limit_depth(options.limits.max_depth)
    .limit_complexity(options.limits.max_complexity)
    .limit_recursive_depth(limit::MAX_CHAIN);
    match options.introspection {
        true => builder.finish(),
        false => builder.disable_introspection().finish(),
    }
}

/// The schema in the schema definition language, as committed in `graphql/schema.graphql`.
pub fn schema_sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .use_space_ident()
        .prefer_single_line_descriptions()
        .include_specified_by();
    let sdl = schema().sdl_with_options(options);
    let lines: Vec<&str> = sdl.trim().lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// Checks that the viewer may do what a request asks, and adds the viewer and fresh loaders to it, whose loads run
/// with the batches. What cannot be parsed goes through: execution refuses it.
///
/// Errors: [`Failure::Forbidden`].
pub(crate) fn with_viewer(
    mut request: async_graphql::Request,
    viewer: Viewer,
) -> Result<(async_graphql::Request, Batches), Failure> {
    let wanted = request.operation_name.clone();
    if let Ok(document) = request.parsed_query() {
        access::check_operation(document, wanted.as_deref(), &viewer)?;
    }
    let viewer = Arc::new(viewer);
    let batches = Batches::default();
    let waiting = batches.clone();
    let loader = DataLoader::new(loader::Loader(viewer.clone()), move |load| {
        waiting.add(load)
    });
    let request = request.data(viewer).data(loader.delay(Duration::ZERO));
    Ok((request, batches))
}

/// The photograph that an id of this API stands for.
pub(crate) fn photo_key(id: &str) -> Option<PhotoId> {
    id::decode(id::Kind::Photo, &ID::from(id)).map(PhotoId)
}

/// The sighting that an id of this API stands for.
pub(crate) fn sighting_key(id: &str) -> Option<SightingId> {
    id::decode(id::Kind::Sighting, &ID::from(id)).map(SightingId)
}

pub(crate) fn viewer<'a>(context: &Context<'a>) -> Result<&'a Arc<Viewer>, Failure> {
    context
        .data_opt::<Arc<Viewer>>()
        .ok_or(Failure::Unauthenticated)
}

fn loader<'a>(context: &Context<'a>) -> Result<&'a DataLoader<loader::Loader>, Failure> {
    context
        .data_opt::<DataLoader<loader::Loader>>()
        .ok_or(Failure::Unauthenticated)
}
