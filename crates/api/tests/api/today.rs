//! Who is present, left, absent.

use jiff::SignedDuration;
use serde_json::json;

use crate::seed;
use crate::support::Api;

const TODAY: &str =
    "{ sites { nodes { name today { workDate nEmployees nPresent nLeft nAbsent } } } }";

#[tokio::test]
async fn everybody_is_counted_once() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let (berlin, york) = (api.fixture.site_id, api.fixture.second_site_id);
    let both = [berlin, york];
    let today = jiff::civil::date(2026, 11, 22);
    let (seven, eight, nine) = (
        Some("2026-11-22T07:00:00Z"),
        Some("2026-11-22T08:00:00Z"),
        Some("2026-11-22T09:00:00Z"),
    );
    // Present in Berlin, absent in New York.
    let here = seed::employee(&api, "1", "Here", &both).await;
    seed::day(&api, here, berlin, today, &[(berlin, seven, None)]).await;
    // Left Berlin, present in New York.
    let moved = seed::employee(&api, "2", "Moved", &both).await;
    let sessions = [(berlin, seven, eight), (york, nine, None)];
    seed::day(&api, moved, berlin, today, &sessions).await;
    // An old session without an end, then one with both: left.
    let left = seed::employee(&api, "3", "Left", &[berlin]).await;
    let sessions = [(berlin, seven, None), (berlin, eight, nine)];
    seed::day(&api, left, berlin, today, &sessions).await;
    // Only a way out: left.
    let out = seed::employee(&api, "4", "Out", &[berlin]).await;
    seed::day(&api, out, berlin, today, &[(berlin, None, eight)]).await;
    // Yesterday only: absent.
    let yesterday = seed::employee(&api, "5", "Yesterday", &[berlin]).await;
    let date = jiff::civil::date(2026, 11, 21);
    let sessions = [(berlin, Some("2026-11-21T07:00:00Z"), None)];
    seed::day(&api, yesterday, berlin, date, &sessions).await;
    // Deactivated: not counted.
    let gone = seed::employee(&api, "6", "Gone", &[berlin]).await;
    let deactivate = "update app.employee set deactivated_at = now() where employee_id = $1";
    seed::execute!(&api, api.fixture.organization_id, deactivate, &[&gone.0]).await;
    // Not of this site: a visitor is not one of the site's employees.
    let visitor = seed::employee(&api, "7", "Visitor", &[york]).await;
    seed::day(&api, visitor, berlin, today, &[(berlin, seven, None)]).await;

    let data = viewer.data(TODAY, json!({})).await;
    let expected = json!([
        { "name": "Berlin", "today":
            { "workDate": "2026-11-22", "nEmployees": 5, "nPresent": 1, "nLeft": 3, "nAbsent": 1 } },
        { "name": "New York", "today":
            { "workDate": "2026-11-22", "nEmployees": 3, "nPresent": 1, "nLeft": 0, "nAbsent": 2 } },
    ]);
    assert_eq!(data["sites"]["nodes"], expected);
}

#[tokio::test]
async fn the_work_date_changes_at_four_in_the_morning_of_the_site() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let check = async |hours: i64, berlin: &str, york: &str| {
        api.advance(SignedDuration::from_hours(hours));
        let data = viewer.data(TODAY, json!({})).await;
        let dates = [0, 1].map(|n| data["sites"]["nodes"][n]["today"]["workDate"].clone());
        assert_eq!(json!(dates), json!([berlin, york]), "at {}", api.now());
    };
    check(0, "2026-11-22", "2026-11-22").await;
    // 03:59 in New York.
    api.advance(-SignedDuration::from_mins(61));
    check(0, "2026-11-22", "2026-11-21").await;
    api.advance(SignedDuration::from_mins(1));
    check(0, "2026-11-22", "2026-11-22").await;
}
