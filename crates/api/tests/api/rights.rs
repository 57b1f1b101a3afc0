//! The table of rights: complete, as documented, and as real users find it.

use std::collections::BTreeSet;
use std::path::Path;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use rollcall_api::access::{RIGHTS, Reach, access_markdown};
use rollcall_domain::id::{EmployeeId, UserId};
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture::{self, Fixture};
use serde_json::{Value, json};

use crate::cookbook::{Operation, Place, operations, world};
use crate::seed::{self, execute};
use crate::socket_client::Socket;
use crate::support::{Api, Viewer};

/// `Query.employees` and so on: every root field of the schema.
fn root_fields() -> BTreeSet<String> {
    let document = parse_schema(rollcall_api::schema_sdl()).unwrap();
    let mut fields = BTreeSet::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let name = definition.node.name.node.as_str().to_owned();
        if !["Query", "Mutation", "Subscription"].contains(&name.as_str()) {
            continue;
        }
        if let TypeKind::Object(object) = definition.node.kind {
            fields.extend(
                object
                    .fields
                    .iter()
                    .map(|field| format!("{name}.{}", field.node.name.node)),
            );
        }
    }
    fields
}

#[test]
fn every_root_field_has_a_right_and_every_right_a_field() {
    let is_root = |field: &&str| {
        ["Query.", "Mutation.", "Subscription."]
            .iter()
            .any(|kind| field.starts_with(kind))
    };
    let rights: Vec<&str> = RIGHTS.iter().map(|right| right.field).collect();
    let known: BTreeSet<String> = rights
        .iter()
        .copied()
        .filter(is_root)
        .map(str::to_owned)
        .collect();
    assert_eq!(known, root_fields());
    let distinct: BTreeSet<_> = rights.iter().collect();
    assert_eq!(distinct.len(), rights.len(), "a field has two lines");
}

#[test]
fn the_document_shows_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/access.md");
    let document = access_markdown();
    if std::env::var_os("ROLLCALL_UPDATE").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        document == committed,
        "docs/access.md is not what rights.txt says\nhint: run `make gen`"
    );
}

/// A user of the matrix: a role, bound to Berlin or not.
struct Actor<'a> {
    role: UserRole,
    all_sites: bool,
    user_id: UserId,
    employee_id: Option<EmployeeId>,
    viewer: Viewer<'a>,
}

async fn actor(api: &Api, role: UserRole, all_sites: bool) -> Actor<'_> {
    let organization_id = api.fixture.organization_id;
    let email = format!("{}-{all_sites}@example.org", role.as_str());
    // Made as an owner, then given what is meant: an account of role employee needs its employee first.
    let user_id = api.user(organization_id, &email, UserRole::Owner).await;
    let employee_id = match role {
        UserRole::Employee => {
            Some(seed::employee(api, &email, "Emil Employee", &[api.fixture.site_id]).await)
        }
        _ => None,
    };
    execute!(
        api,
        organization_id,
        "update app.user_account set role = $3, all_sites = $4, employee_id = $5 where organization_id = $1 and user_id = $2",
        &[
            &organization_id.0,
            &user_id.0,
            &role.as_str(),
            &all_sites,
            &employee_id.map(|id| id.0),
        ],
    )
    .await;
    if !all_sites && role != UserRole::Employee {
        execute!(
            api,
            organization_id,
            "insert into app.user_site (organization_id, user_id, site_id) values ($1, $2, $3)",
            &[&organization_id.0, &user_id.0, &api.fixture.site_id.0],
        )
        .await;
    }
    Actor {
        role,
        all_sites,
        user_id,
        employee_id,
        viewer: api.logged_in(&email).await,
    }
}

/// What the table says of an operation: the narrowest of the rights of its root fields.
fn allowed(operation: &Operation, actor: &Actor<'_>) -> bool {
    operation.root_fields.iter().all(|field| {
        let field = format!("{}.{field}", operation.kind);
        let right = RIGHTS.iter().find(|right| right.field == field).unwrap();
        match right.of(actor.role) {
            Reach::Never => false,
            Reach::Own => actor.employee_id.is_some(),
            Reach::Sites => true,
            Reach::AllSites => actor.all_sites,
        }
    })
}

/// Everything that the answer says, without what the client sent.
fn says(answer: &Value) -> String {
    answer["data"].to_string()
}

/// Whether all mutations of the answer were refused, by an error or by problems.
fn is_refused(answer: &Value) -> bool {
    answer.get("errors").is_some()
        || answer["data"]
            .as_object()
            .unwrap()
            .values()
            .all(|value| value["status"] != "DONE")
}

async fn n_audit_events(api: &Api, user_id: UserId) -> i64 {
    let client = api.database.admin.client().await.unwrap();
    let sql = "select count(*) from audit.event where user_id = $1";
    let row = client.query_one(sql, &[&user_id.0]).await.unwrap();
    row.get(0)
}

/// Own place, another site of the organisation, another organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    Own,
    OtherSite,
    OtherOrganization,
}

/// Walks every example × every role, bound to a site and not × own site, other site, other organisation.
#[tokio::test]
async fn roles_do_what_the_table_says_and_nothing_of_others() {
    let api = Api::start().await;
    let other = fixture::organization(&api.database).await;
    let mut actors = Vec::new();
    for role in UserRole::ALL {
        actors.push(actor(&api, role, false).await);
        if role != UserRole::Employee {
            actors.push(actor(&api, role, true).await);
        }
    }
    let operations = operations();
    // Each actor on its own, all at the same time.
    let walks = actors
        .iter()
        .map(|actor| walk(&api, &other, &operations, actor));
    let (n_checks, wrong): (Vec<usize>, Vec<Vec<String>>) = futures_util::future::join_all(walks)
        .await
        .into_iter()
        .unzip();
    println!("{} checks of rights", n_checks.iter().sum::<usize>());
    let wrong = wrong.concat();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Number of checks, and what was wrong.
async fn walk(
    api: &Api,
    other: &Fixture,
    operations: &[Operation],
    actor: &Actor<'_>,
) -> (usize, Vec<String>) {
    let mut n_checks = 0;
    let mut wrong = Vec::new();
    for operation in operations {
        let is_allowed = allowed(operation, actor);
        if operation.kind == "Subscription" {
            n_checks += 1;
            if let Some(problem) = check_subscription(operation, actor, is_allowed).await {
                let (name, role) = (&operation.name, actor.role.as_str());
                wrong.push(format!("{name} by {role}: {problem}"));
            }
            continue;
        }
        for place in [Where::Own, Where::OtherSite, Where::OtherOrganization] {
            // Whoever sees all sites has no other site; what names nothing has no other place.
            let is_elsewhere = place != Where::Own;
            if is_elsewhere && (!operation.has_placeholders() || !is_allowed) {
                continue;
            }
            if place == Where::OtherSite && actor.all_sites {
                continue;
            }
            n_checks += 1;
            if let Some(problem) = check(api, other, operation, actor, place).await {
                wrong.push(format!(
                    "{} by {} ({}), {place:?}: {problem}",
                    operation.name,
                    actor.role.as_str(),
                    if actor.all_sites {
                        "all sites"
                    } else {
                        "bound"
                    },
                ));
            }
        }
    }
    (n_checks, wrong)
}

/// Whether the subscription begins. A cursor or an id that is none is refused only after the rights were looked at, so there is no
/// event to wait for. Who is sent which events is tested in `live.rs`, `live_kinds.rs` and `live_view.rs`.
async fn check_subscription(
    operation: &Operation,
    actor: &Actor<'_>,
    is_allowed: bool,
) -> Option<String> {
    let mut socket = Socket::open(&actor.viewer).await;
    let variables = json!({ "after": "AAAA", "cameraId": "AAAA" });
    socket.operation("1", &operation.text, variables).await;
    let answer = socket.next().await.unwrap();
    let code = &answer["payload"]["errors"][0]["extensions"]["code"];
    let expected = if is_allowed { "RC400" } else { "RC403" };
    (code != expected).then(|| format!("not {expected}: {answer}"))
}

async fn check(
    api: &Api,
    other: &Fixture,
    operation: &Operation,
    actor: &Actor<'_>,
    place: Where,
) -> Option<String> {
    let fixture = &api.fixture;
    let (organization_id, site_id) = match place {
        Where::Own => (fixture.organization_id, fixture.site_id),
        Where::OtherSite => (fixture.organization_id, fixture.second_site_id),
        Where::OtherOrganization => (other.organization_id, other.site_id),
    };
    let world = world(
        api,
        Place {
            organization_id,
            site_id,
            user_id: (place == Where::Own).then_some(actor.user_id),
            employee_id: actor.employee_id.filter(|_| place == Where::Own),
        },
    )
    .await;
    let before = n_audit_events(api, actor.user_id).await;
    let variables = operation.variables(&world);
    let answer = actor.viewer.answer(&operation.text, variables).await;
    let n_events = n_audit_events(api, actor.user_id).await - before;
    let code = answer["errors"][0]["extensions"]["code"].as_str();
    if code == Some("RC500") {
        return Some(format!("failed: {answer}"));
    }
    let is_mutation = operation.kind == "Mutation";
    if !allowed(operation, actor) {
        return (code != Some("RC403") || n_events > 0)
            .then(|| format!("was not forbidden: {answer}"));
    }
    if place == Where::Own {
        if code.is_some() || (is_mutation && is_refused(&answer)) {
            return Some(format!("was not allowed: {answer}"));
        }
        return (is_mutation && n_events == 0).then(|| "left no audit event".to_owned());
    }
    if is_mutation && (!is_refused(&answer) || n_events > 0) {
        return Some(format!("took effect: {answer}"));
    }
    // Nothing of the other place is told: neither names nor ids.
    let said = says(&answer);
    let unique = world.get("$unique").as_str().unwrap();
    let is_told =
        said.contains(&format!("Person {unique} ")) || said.contains(&format!("Door {unique}"));
    is_told.then(|| format!("tells: {said}"))
}
