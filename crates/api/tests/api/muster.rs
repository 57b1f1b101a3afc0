//! Who is on site.

use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::seed::{self, Punch};
use crate::support::Api;

const MUSTER: &str = "query($siteId: ID) { muster(siteId: $siteId) { at sites {
    site { name } nPeople
    people { employee { code } inAt lastSeenAt lastSource lastCameraName lastDeviceName isDerived }
    uncertainty { isUncertain nDevices silentDevices { name lastHeardAt } nUnknown nUnderived nLastElsewhere countedFrom }
} } }";

/// A person who came to Berlin at seven, whose session is open.
async fn came(api: &Api, code: &str) {
    let berlin = api.fixture.site_id;
    let person = seed::employee(api, code, &format!("Person {code}"), &[berlin]).await;
    let at = "2026-11-22T07:00:00Z";
    let date = jiff::civil::date(2026, 11, 22);
    seed::day(api, person, berlin, date, &[(berlin, Some(at), None)]).await;
    let open = "update attendance.day set is_open = true where employee_id = $1";
    seed::execute!(api, api.fixture.organization_id, open, &[&person.0]).await;
    Punch::new(&api.fixture, person, at.parse().unwrap())
        .store_derived(api)
        .await;
}

#[tokio::test]
async fn every_role_sees_who_is_here_and_what_is_uncertain() {
    let api = Api::start().await;
    came(&api, "1").await;
    // Went an hour later.
    let berlin = api.fixture.site_id;
    let gone = seed::employee(&api, "2", "Gone", &[berlin]).await;
    let (from, to) = (Some("2026-11-22T07:00:00Z"), Some("2026-11-22T08:00:00Z"));
    let date = jiff::civil::date(2026, 11, 22);
    seed::day(&api, gone, berlin, date, &[(berlin, from, to)]).await;
    let silent = "update app.device_activity set seen_at = '2026-11-22T09:57:59Z'";
    seed::execute!(&api, api.fixture.organization_id, silent, &[]).await;
    for role in [UserRole::Owner, UserRole::Viewer] {
        let viewer = api.viewer(role).await;
        let data = viewer.data(MUSTER, json!({})).await;
        let expected = json!({ "at": "2026-11-22T10:00:00Z", "sites": [
            {
                "site": { "name": "Berlin" }, "nPeople": 1,
                "people": [{
                    "employee": { "code": "1" }, "inAt": "2026-11-22T07:00:00Z",
                    "lastSeenAt": "2026-11-22T07:00:00Z", "lastSource": "FACE",
                    "lastCameraName": "entry", "lastDeviceName": "door", "isDerived": true,
                }],
                "uncertainty": {
                    "isUncertain": true, "nDevices": 1, "silentDevices": [
                        { "name": "door", "lastHeardAt": "2026-11-22T09:57:59Z" }
                    ],
                    "nUnknown": 0, "nUnderived": 0, "nLastElsewhere": 0, "countedFrom": "2026-11-22T03:00:00Z",
                },
            },
            {
                "site": { "name": "New York" }, "nPeople": 0, "people": [],
                "uncertainty": {
                    "isUncertain": false, "nDevices": 0, "silentDevices": [],
                    "nUnknown": 0, "nUnderived": 0, "nLastElsewhere": 0, "countedFrom": "2026-11-22T09:00:00Z",
                },
            },
        ] });
        assert_eq!(data["muster"], expected, "{role:?}");
    }
}

#[tokio::test]
async fn one_site_is_asked_for_and_nothing_of_others_is_seen() {
    let api = Api::start().await;
    came(&api, "1").await;
    let viewer = api.owner().await;
    let (berlin, york) = viewer.site_ids().await;
    let names = async |id: &str| -> Vec<Value> {
        let data = viewer.data(MUSTER, json!({ "siteId": id })).await;
        let sites = data["muster"]["sites"].as_array().unwrap().iter();
        sites
            .map(|site| json!([site["site"]["name"], site["nPeople"]]))
            .collect()
    };
    assert_eq!(names(&berlin).await, [json!(["Berlin", 1])]);
    assert_eq!(names(&york).await, [json!(["New York", 0])]);

    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    let data = theirs.data(MUSTER, json!({ "siteId": berlin })).await;
    assert_eq!(data["muster"]["sites"], json!([]), "looks like not found");
    let data = theirs.data(MUSTER, json!({})).await;
    for site in data["muster"]["sites"].as_array().unwrap() {
        assert_eq!(site["people"], json!([]));
    }

    let (code, message) = viewer.error(MUSTER, json!({ "siteId": "nonsense" })).await;
    assert_eq!(code, "RC400");
    assert!(message.contains("`siteId`"), "{message}");
    let nobody = crate::support::Viewer {
        api: &api,
        cookie: String::new(),
    };
    assert_eq!(nobody.error(MUSTER, json!({})).await.0, "RC401");
}
