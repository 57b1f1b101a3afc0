//! Sightings, the queue of those that somebody must look at, and what follows from a review.

use rollcall_domain::id::EmployeeId;
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture::{self, Fixture};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cookbook::opaque;
use crate::photo::jpeg;
use crate::seed::{self, Punch, execute};
use crate::support::{Api, Viewer};

/// A sighting at 09:00 of Berlin with a thumbnail, as a device leaves it; accepted, it has its punch.
async fn sighting(
    api: &Api,
    fixture: &Fixture,
    decision: &str,
    employee_id: Option<EmployeeId>,
) -> Uuid {
    let org = fixture.organization_id;
    let at: jiff::Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
    let sighting_id = match (decision, employee_id) {
        ("accept", Some(employee_id)) => Punch::new(fixture, employee_id, at).store(api).await,
        _ => Uuid::now_v7(),
    };
    let outcome = if decision == "accept" {
        "punched"
    } else {
        decision
    };
    execute!(
        api,
        org,
        "insert into attendance.sighting (organization_id, sighting_id, site_id, device_id, camera_id, captured_at, sent_at,
           space_id, quality, pad, n_frames, decision, reason, employee_id, similarity, margin, outcome)
         values ($1, $2, $3, $4, $5, $6, $6, $7, 0.75, 'live', 5, $8, case $8 when 'review' then 'ambiguous' end, $9, 0.5, 0.25, $10)",
        &[
            &org.0,
            &sighting_id,
            &fixture.site_id.0,
            &fixture.device.device_id.0,
            &fixture.entry_camera_id.0,
            &at,
            &fixture.space_id.0,
            &decision,
            &employee_id.map(|id| id.0),
            &outcome,
        ],
    )
    .await;
    execute!(
        api,
        org,
        "insert into attendance.sighting_thumbnail (organization_id, sighting_id, jpeg) values ($1, $2, $3)",
        &[&org.0, &sighting_id, &jpeg(112, 112, "thumbnail")],
    )
    .await;
    sighting_id
}

async fn queue(viewer: &Viewer<'_>) -> Vec<String> {
    let query = "{ reviewQueue { totalCount nodes { id } } }";
    let data = viewer.data(query, json!({})).await;
    let nodes = data["reviewQueue"]["nodes"].as_array().unwrap();
    assert_eq!(data["reviewQueue"]["totalCount"], nodes.len());
    let id = |node: &Value| node["id"].as_str().unwrap().to_owned();
    nodes.iter().map(id).collect()
}

const REVIEWED: &str = "status problems { field code message }
    sighting { review { verdict employee { code } reviewerName punchId voidedPunchId } }";

async fn confirm(viewer: &Viewer<'_>, sighting: Uuid, employee: EmployeeId) -> Value {
    let query = format!(
        "mutation($s: ID!, $e: ID!) {{ sightingConfirm(input: {{ sightingId: $s, employeeId: $e }}) {{ {REVIEWED} }} }}"
    );
    let variables = json!({ "s": opaque("sighting", sighting), "e": opaque("employee", employee) });
    viewer.data(&query, variables).await["sightingConfirm"].take()
}

async fn review(viewer: &Viewer<'_>, field: &str, sighting: Uuid) -> Value {
    let query =
        format!("mutation($s: ID!) {{ {field}(input: {{ sightingId: $s }}) {{ {REVIEWED} }} }}");
    let variables = json!({ "s": opaque("sighting", sighting) });
    viewer.data(&query, variables).await[field].take()
}

/// Personnel numbers of punches that are not voided, and the number of marks.
async fn punches(api: &Api, viewer: &Viewer<'_>) -> (Vec<String>, i64) {
    let data = viewer
        .data(
            "{ punches { nodes { employee { code } source localTime } } }",
            json!({}),
        )
        .await;
    let nodes = data["punches"]["nodes"].as_array().unwrap();
    let mut codes: Vec<String> = nodes
        .iter()
        .map(|punch| {
            assert_eq!(punch["source"], "FACE");
            assert_eq!(punch["localTime"], "2026-11-22T09:00:00+01:00");
            punch["employee"]["code"].as_str().unwrap().to_owned()
        })
        .collect();
    codes.sort();
    let client = api.database.admin.client().await.unwrap();
    let row = client
        .query_one("select count(*) from attendance.dirty_day", &[])
        .await
        .unwrap();
    (codes, row.get(0))
}

#[tokio::test]
async fn what_the_verdict_of_attack_detection_rests_on_is_told_in_words_and_numbers() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::SiteManager).await;
    let query = "query($id: ID!) { sighting(id: $id) { attackDetection attackEvidence {
        signs nLooks eyeDistancePx relief flatTurn blink surround moireDb } } }";
    for (pad, evidence, expected) in [
        (
            "attack",
            json!({ "n_looks": 12, "eye_distance_px": 64.5, "relief": 0.0, "flat_turn": 0.125, "blink": null,
                "surround": 0.9375, "moire_db": 3.5 }),
            json!({ "signs": ["FLAT_TURN", "MOVING_SURROUND", "NO_RELIEF"], "nLooks": 12, "eyeDistancePx": 64.5,
                "relief": 0.0, "flatTurn": 0.125, "blink": null, "surround": 0.9375, "moireDb": 3.5 }),
        ),
        // What an agent does not know of is not measured.
        (
            "live",
            json!({ "n_looks": 3, "eye_distance_px": 50.0, "blink": 0.5, "later_measure": 1 }),
            json!({ "signs": ["BLINK"], "nLooks": 3, "eyeDistancePx": 50.0, "relief": null, "flatTurn": null,
                "blink": 0.5, "surround": null, "moireDb": null }),
        ),
        ("not_checked", Value::Null, Value::Null),
    ] {
        let id = sighting(&api, &api.fixture, "review", None).await;
        let org = api.fixture.organization_id;
        let stored = Some(&evidence).filter(|evidence| !evidence.is_null());
        execute!(
            api,
            org,
            "update attendance.sighting set pad = $3, pad_evidence = $4 where organization_id = $1 and sighting_id = $2",
            &[&org.0, &id, &pad, &stored],
        )
        .await;
        let variables = json!({ "id": opaque("sighting", id) });
        let found = viewer.data(query, variables).await["sighting"].take();
        assert_eq!(found["attackDetection"], pad.to_uppercase());
        assert_eq!(found["attackEvidence"], expected);
    }
}

#[tokio::test]
async fn confirming_an_unknown_face_adds_the_punch_and_undoing_voids_it() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::SiteManager).await;
    let ada = seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let ben = seed::employee(&api, "2", "Ben", &[api.fixture.site_id]).await;
    let unknown = sighting(&api, &api.fixture, "unknown", None).await;
    let ambiguous = sighting(&api, &api.fixture, "review", Some(ada)).await;
    let rejected = sighting(&api, &api.fixture, "rejected", None).await;
    let ids = [ambiguous, unknown].map(|id| opaque("sighting", id));
    assert_eq!(queue(&viewer).await, ids);
    let (_, n_before) = punches(&api, &viewer).await;

    let payload = confirm(&viewer, unknown, ada).await;
    assert_eq!(payload["status"], "DONE", "{payload}");
    let said = &payload["sighting"]["review"];
    assert_eq!(said["verdict"], "CONFIRMED");
    assert_eq!(said["employee"]["code"], "1");
    // A face punch has the id of its sighting.
    assert_eq!(said["punchId"], opaque("punch", unknown));
    assert_eq!(
        punches(&api, &viewer).await,
        (vec!["1".to_owned()], n_before + 1)
    );
    assert_eq!(queue(&viewer).await, ids[..1]);

    // The same again changes nothing; something else, or somebody else, is too late.
    assert_eq!(confirm(&viewer, unknown, ada).await["status"], "DONE");
    assert_eq!(
        punches(&api, &viewer).await,
        (vec!["1".to_owned()], n_before + 1)
    );
    let late = confirm(&viewer, unknown, ben).await;
    assert_eq!(late["problems"][0]["code"], "ALREADY_DECIDED");
    let other = api.viewer(UserRole::Owner).await;
    for late in [
        confirm(&other, unknown, ada).await,
        review(&other, "sightingReject", unknown).await,
    ] {
        assert_eq!(late["status"], "REFUSED");
        assert_eq!(late["problems"][0]["code"], "ALREADY_DECIDED");
        let message = late["problems"][0]["message"].as_str().unwrap();
        assert!(message.contains("by Uma User"), "{message}");
    }

    let undone = review(&other, "reviewUndo", unknown).await;
    assert_eq!(undone["sighting"]["review"]["verdict"], "OPEN");
    assert_eq!(punches(&api, &viewer).await, (vec![], n_before + 2));
    assert_eq!(queue(&viewer).await, ids);
    assert_eq!(
        review(&other, "reviewUndo", unknown).await["problems"][0]["code"],
        "UNCHANGED"
    );
    // A voided punch stays voided: the next confirmation adds another.
    let payload = confirm(&viewer, unknown, ben).await;
    assert_ne!(
        payload["sighting"]["review"]["punchId"],
        opaque("punch", unknown)
    );
    assert_eq!(punches(&api, &viewer).await.0, ["2"]);
    assert_eq!(
        review(&viewer, "sightingReject", rejected).await["status"],
        "DONE"
    );
    assert_eq!(
        review(&viewer, "reviewUndo", rejected).await["status"],
        "DONE"
    );
}

#[tokio::test]
async fn rejecting_an_accepted_face_voids_its_punch_until_that_is_taken_back() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let ada = seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let ben = seed::employee(&api, "2", "Ben", &[api.fixture.site_id]).await;
    let accepted = sighting(&api, &api.fixture, "accept", Some(ada)).await;
    let (codes, n_marks) = punches(&api, &viewer).await;
    assert_eq!(codes, ["1"]);
    let same = confirm(&viewer, accepted, ada).await;
    assert_eq!(same["problems"][0]["code"], "UNCHANGED");

    let payload = review(&viewer, "sightingReject", accepted).await;
    let said = &payload["sighting"]["review"];
    assert_eq!(said["voidedPunchId"], opaque("punch", accepted));
    assert_eq!(punches(&api, &viewer).await, (vec![], n_marks + 1));
    review(&viewer, "reviewUndo", accepted).await;
    assert_eq!(
        punches(&api, &viewer).await,
        (vec!["1".to_owned()], n_marks + 2)
    );
    // It was somebody else: one punch goes, another comes, both days are marked; and back.
    confirm(&viewer, accepted, ben).await;
    assert_eq!(
        punches(&api, &viewer).await,
        (vec!["2".to_owned()], n_marks + 4)
    );
    review(&viewer, "reviewUndo", accepted).await;
    assert_eq!(
        punches(&api, &viewer).await,
        (vec!["1".to_owned()], n_marks + 6)
    );
}

#[tokio::test]
async fn of_two_reviewers_at_once_one_wins() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let manager = api.viewer(UserRole::SiteManager).await;
    let ada = seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let ben = seed::employee(&api, "2", "Ben", &[api.fixture.site_id]).await;
    for _ in 0..5 {
        let unknown = sighting(&api, &api.fixture, "unknown", None).await;
        let (one, two) = futures_util::join!(
            confirm(&owner, unknown, ada),
            confirm(&manager, unknown, ben)
        );
        let mut statuses = [&one["status"], &two["status"]].map(|status| status.as_str().unwrap());
        statuses.sort_unstable();
        assert_eq!(statuses, ["DONE", "REFUSED"], "{one} {two}");
    }
    assert_eq!(punches(&api, &owner).await.0.len(), 5);
}

#[tokio::test]
async fn thumbnails_are_for_those_who_see_the_site_and_each_reading_is_noted() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let other = fixture::organization(&api.database).await;
    let unknown = sighting(&api, &api.fixture, "unknown", None).await;
    let foreign = sighting(&api, &other, "unknown", None).await;
    let query = "query($id: ID!) { sighting(id: $id) { similarity margin quality attackDetection decision reason
        outcome nFrames camera { name } thumbnailUrl } }";
    let data = owner
        .data(query, json!({ "id": opaque("sighting", unknown) }))
        .await;
    let path = data["sighting"]["thumbnailUrl"].as_str().unwrap();
    let mut expected = json!({ "similarity": 0.5, "margin": 0.25, "quality": 0.75, "attackDetection": "LIVE",
        "decision": "UNKNOWN", "reason": null, "outcome": "UNKNOWN", "nFrames": 5, "camera": { "name": "entry" } });
    expected["thumbnailUrl"] = json!(path);
    assert_eq!(data["sighting"], expected);
    for id in [
        opaque("sighting", foreign),
        opaque("employee", unknown),
        "x".to_owned(),
    ] {
        assert_eq!(
            owner.data(query, json!({ "id": id })).await["sighting"],
            Value::Null
        );
    }

    let response = owner.picture(path).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert_eq!(response.headers()["cache-control"], "private, no-store");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.bytes().await.unwrap(), jpeg(112, 112, "thumbnail"));
    let n_read = async || {
        let client = api.database.admin.client().await.unwrap();
        let sql = "select count(*) from audit.event where action = 'thumbnail.read' and subject_id = $1 and user_id is not null";
        client
            .query_one(sql, &[&unknown])
            .await
            .unwrap()
            .get::<_, i64>(0)
    };
    assert_eq!(n_read().await, 1);

    let foreign = format!("/sightings/{}/thumbnail", opaque("sighting", foreign));
    for path in [foreign.as_str(), "/sightings/x/thumbnail"] {
        assert_eq!(owner.picture(path).await.status(), 404, "{path}");
    }
    assert_eq!(api.get(path).await.status(), 401);
    let viewer = api.viewer(UserRole::Viewer).await;
    assert_eq!(viewer.picture(path).await.status(), 403);
    // Bound to the other site of the organisation.
    let bound = api.viewer(UserRole::SiteManager).await;
    execute!(
        api,
        api.fixture.organization_id,
        "with u as (update app.user_account set all_sites = false where role = 'site_manager' returning organization_id, user_id)
         insert into app.user_site (organization_id, user_id, site_id) select organization_id, user_id, $1 from u",
        &[&api.fixture.second_site_id.0],
    )
    .await;
    assert_eq!(bound.picture(path).await.status(), 404);
    assert_eq!(queue(&bound).await, Vec::<String>::new());
    let payload = review(&bound, "sightingReject", unknown).await;
    assert_eq!(payload["problems"][0]["code"], "NOT_FOUND");
    assert_eq!(n_read().await, 1);
}
