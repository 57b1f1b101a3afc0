//! Changes of rosters: never two for one date, only usable shifts, for many people at once.

use rollcall_domain::id::EmployeeId;
use serde_json::{Value, json};

use crate::cookbook::opaque;
use crate::plan_change::{count, done, id, refused, shift, site};
use crate::seed::{self, execute};
use crate::support::Api;

#[tokio::test]
async fn rosters_never_overlap_and_keep_to_usable_shifts() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let berlin = api.fixture.site_id;
    let ada = seed::employee(&api, "1", "Ada", &[berlin]).await;
    let (early, old) = (shift(&owner, "Early").await, shift(&owner, "Old").await);
    done(&owner, "shiftRetire", "", json!({ "shiftId": old })).await;
    let roster = |change: Value| {
        let mut input = json!({ "employeeIds": [id(ada)], "siteId": site(berlin), "from": "2026-11-02",
            "to": "2026-11-29", "cycle": [early, null] });
        for (name, value) in change.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    for (change, expected) in [
        (json!({ "cycle": [old] }), "REFUSED"),
        (json!({ "cycle": [] }), "REFUSED"),
        (json!({ "cycle": [id(ada)] }), "NOT_FOUND"),
        (json!({ "to": "2026-11-01" }), "REFUSED"),
        (json!({ "employeeIds": [] }), "REFUSED"),
        (json!({ "employeeIds": [early] }), "NOT_FOUND"),
        (
            json!({ "employeeIds": [opaque("employee", uuid::Uuid::now_v7())] }),
            "NOT_FOUND",
        ),
        (json!({ "siteId": id(ada) }), "UNKNOWN_SITE"),
        (
            json!({ "siteId": opaque("site", uuid::Uuid::now_v7()) }),
            "UNKNOWN_SITE",
        ),
    ] {
        assert_eq!(
            refused(&owner, "rosterAssign", roster(change.clone())).await,
            [expected],
            "{change}"
        );
    }
    done(&owner, "rosterAssign", "", roster(json!({}))).await;
    // The same once more, by a double click: the dates are taken.
    assert_eq!(
        refused(&owner, "rosterAssign", roster(json!({}))).await,
        ["REFUSED"]
    );
    let marks = count(&api, "select count(*) from attendance.dirty_day").await;
    assert!(marks > 0);

    let copy = |mode: Value| {
        let mut input =
            json!({ "employeeIds": [id(ada)], "fromWeek": "2026-11-09", "toWeek": "2026-11-23" });
        input
            .as_object_mut()
            .unwrap()
            .extend(mode.as_object().unwrap().clone());
        input
    };
    let figures = "copy { nEmployees nDays nReplaced nKept isDryRun }";
    let preview = json!({ "replace": true, "dryRun": true });
    let payload = done(&owner, "rosterCopyWeek", figures, copy(preview)).await;
    let expected =
        json!({ "nEmployees": 1, "nDays": 7, "nReplaced": 7, "nKept": 0, "isDryRun": true });
    assert_eq!(payload["copy"], expected);
    assert_eq!(
        count(&api, "select count(*) from attendance.roster").await,
        1,
        "a preview writes nothing"
    );
    let later = json!({ "toWeek": "2026-11-25" });
    let payload = done(&owner, "rosterCopyWeek", figures, copy(later)).await;
    // From the 25th to the 29th the first roster holds, and stays.
    let expected =
        json!({ "nEmployees": 1, "nDays": 2, "nReplaced": 0, "nKept": 5, "isDryRun": false });
    assert_eq!(payload["copy"], expected);
    for (mode, expected) in [
        (json!({ "toWeek": "2026-11-12" }), "REFUSED"),
        (json!({ "fromWeek": "2025-11-10" }), "REFUSED"),
        (json!({ "employeeIds": ["x"] }), "NOT_FOUND"),
    ] {
        assert_eq!(
            refused(&owner, "rosterCopyWeek", copy(mode)).await,
            [expected]
        );
    }

    let clear = json!({ "employeeIds": [id(ada)], "from": "2026-11-11", "to": "2026-11-12" });
    let payload = done(&owner, "rosterClear", "change { nCut }", clear.clone()).await;
    assert_eq!(payload["change"]["nCut"], 1);
    assert_eq!(refused(&owner, "rosterClear", clear).await, ["REFUSED"]);
    let list = "query($id: ID!) { rosters(filter: { employeeId: $id }, orderBy: { field: FROM }) { nodes { from to } } }";
    let data = owner.data(list, json!({ "id": id(ada) })).await;
    let expected = json!([
        { "from": "2026-11-02", "to": "2026-11-10" },
        { "from": "2026-11-13", "to": "2026-11-29" },
        { "from": "2026-11-30", "to": "2026-12-01" },
    ]);
    assert_eq!(data["rosters"]["nodes"], expected);
}

#[tokio::test]
async fn ten_thousand_people_get_a_roster_at_once() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let berlin = api.fixture.site_id;
    let organization_id = api.fixture.organization_id;
    let early = shift(&owner, "Early").await;
    execute!(
        &api,
        organization_id,
        "insert into app.employee (organization_id, employee_id, code, display_name)
         select $1, lpad(to_hex(n), 32, '0')::uuid, n::text, 'Person ' || n from generate_series(1, 10000) as n",
        &[&organization_id.0],
    )
    .await;
    let people: Vec<String> = (1..=10_000_u128)
        .map(|n| id(EmployeeId(uuid::Uuid::from_u128(n))))
        .collect();
    let input = json!({ "employeeIds": people, "siteId": site(berlin), "from": "2026-11-02", "cycle": [early, null] });
    let payload = done(
        &owner,
        "rosterAssign",
        "change { nEmployees nCut }",
        input.clone(),
    )
    .await;
    assert_eq!(
        payload["change"],
        json!({ "nEmployees": 10_000, "nCut": 0 })
    );
    let mut again = input;
    again["replace"] = json!(true);
    let payload = done(&owner, "rosterAssign", "change { nEmployees nCut }", again).await;
    assert_eq!(
        payload["change"],
        json!({ "nEmployees": 10_000, "nCut": 10_000 })
    );
    assert_eq!(
        count(&api, "select count(*) from attendance.roster").await,
        10_000
    );
}
