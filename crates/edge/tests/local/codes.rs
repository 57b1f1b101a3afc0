//! Codes typed at the kiosk, with a real hub that is there or away.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::StatusCode;
use rollcall_domain::id::EmployeeId;
use rollcall_store::device_put::device_revoke;
use rollcall_store::employee_code::{employee_badge_set, employee_pin_set};
use rollcall_testkit::fixture::{self, Fixture};
use rollcall_testkit::{TestDatabase, wait_until};
use serde_json::{Value, json};

use crate::door::{Door, answer, away};

const DEADLINE: Duration = Duration::from_secs(60);
const PIN: &str = "482915";

/// A kiosk of a device whose hub knows one employee.
pub struct Desk {
    database: TestDatabase,
    fixture: Fixture,
    pub door: Door,
}

impl Desk {
    pub async fn new(settings: &str, direction: &str) -> Self {
        let database = TestDatabase::create().await;
        let fixture = fixture::organization(&database).await;
        let employee_id: EmployeeId = fixture::employee(&database.admin, &fixture, "A-17").await;
        let transaction = database.api.begin(&fixture.scope()).await.unwrap();
        employee_pin_set(&transaction, employee_id, PIN)
            .await
            .unwrap();
        employee_badge_set(&transaction, employee_id, "04A2B9C1")
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let url = database.device_url(&fixture.device);
        let door = Door::open_for(settings, (direction, fixture.entry_camera_id), &url).await;
        Self {
            database,
            fixture,
            door,
        }
    }

    async fn enter(&self, entry: Value) -> Value {
        let request = self.door.post("/kiosk/entries").json(&entry);
        let (status, text) = answer(request).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// One text a row.
    async fn texts(&self, sql: &str) -> Vec<String> {
        let client = self.database.admin.client().await.unwrap();
        let rows = client.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Keeps the device out of the hub, or lets it in again.
    pub async fn let_in(&self, is_in: bool) {
        // Not its log-in: that would be a refusal for good.
        let (role, n) = (&self.fixture.device.role, if is_in { 16 } else { 0 });
        let client = self.database.admin.client().await.unwrap();
        client
            .batch_execute(&format!("alter role {role} connection limit {n}"))
            .await
            .unwrap();
    }

    /// Switches the device off at the hub, as `rollcall device revoke` does.
    pub async fn revoke(&self) {
        let scope = self.fixture.scope();
        let device_id = self.fixture.device.device_id;
        assert!(
            device_revoke(&self.database.api, &scope, device_id)
                .await
                .unwrap()
        );
    }

    async fn wait_for(&self, what: &str, sql: &str, expected: &[&str]) {
        wait_until(what, DEADLINE, || async {
            (self.texts(sql).await == expected).then_some(())
        })
        .await;
    }

    /// Codes that wait, as the status page says.
    async fn n_waiting(&self) -> i64 {
        let request = self.door.get("/status.json").bearer_auth(&self.door.token);
        let page: Value = serde_json::from_str(&answer(request).await.1).unwrap();
        page["n_codes"].as_i64().unwrap()
    }
}

const OUTCOMES: &str = "select method || ' ' || outcome || coalesce(' ' || reason, '') from attendance.code_entry order by captured_at";

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_is_greeted_and_a_wrong_one_refused() {
    let desk = Desk::new("[kiosk]", "entry").await;
    desk.door.clock.hear(Timestamp::now(), Instant::now());
    let wrong = desk
        .enter(json!({"employee_code": "A-17", "pin": "111222"}))
        .await;
    assert_eq!(wrong, json!({"result": "refused"}));
    let nobody = desk
        .enter(json!({"employee_code": "B-99", "pin": PIN}))
        .await;
    assert_eq!(nobody, wrong, "whether a code exists is not said");
    let right = desk
        .enter(json!({"employee_code": "A-17", "pin": PIN}))
        .await;
    assert_eq!(
        (&right["result"], &right["name"]),
        (&json!("punched"), &json!("Person A-17"))
    );
    assert_eq!(right["direction"], "in", "as its camera looks");
    // Nobody was asked, so nobody said that.
    let again = desk
        .enter(json!({"badge": "04A2B9C1", "direction": "out"}))
        .await;
    assert_eq!(
        (&again["result"], &again["direction"]),
        (&json!("repeat"), &json!("in"))
    );
    let expected = [
        "pin refused wrong_pin",
        "pin refused unknown_code",
        "pin punched",
        "badge repeat",
    ];
    assert_eq!(desk.texts(OUTCOMES).await, expected);
    assert_eq!(desk.n_waiting().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_it_gets_the_direction_that_people_choose() {
    let desk = Desk::new("[kiosk]\nask_direction = true", "both").await;
    desk.door.clock.hear(Timestamp::now(), Instant::now());
    let entry = json!({"employee_code": "a-17", "pin": PIN, "direction": "out"});
    assert_eq!(desk.enter(entry).await["direction"], "out");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_while_the_hub_is_away_is_kept_sealed_and_counts_when_it_is_back() {
    let desk = Desk::new("[kiosk]", "entry").await;
    desk.door.clock.hear(Timestamp::now(), Instant::now());
    desk.let_in(false).await;
    let before = Timestamp::now();
    let saved = desk
        .enter(json!({"employee_code": "A-17", "pin": PIN}))
        .await;
    assert_eq!(saved["result"], "saved");
    // A mistake that nobody can be told of any more.
    let late = desk
        .enter(json!({"employee_code": "A-17", "pin": "111222"}))
        .await;
    assert_eq!(late["result"], "saved");
    assert_eq!(desk.n_waiting().await, 2);
    let bytes = desk.door.spooled();
    assert!(bytes.len() > 1000 && !bytes.windows(6).any(|bytes| bytes == PIN.as_bytes()));
    assert!(desk.texts(OUTCOMES).await.is_empty());

    desk.let_in(true).await;
    let expected = ["pin punched", "pin refused wrong_pin"];
    desk.wait_for("both are answered", OUTCOMES, &expected)
        .await;
    wait_until("nothing waits", DEADLINE, || async {
        (desk.n_waiting().await == 0).then_some(())
    })
    .await;
    let punched = desk
        .texts("select occurred_at::text from attendance.punch")
        .await;
    assert_eq!(punched.len(), 1);
    let at = desk.texts("select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') from attendance.punch").await;
    let at: Timestamp = at[0].parse().unwrap();
    assert!(
        at.duration_since(before).abs().as_secs() < 5,
        "when it was typed"
    );
    let said: Timestamp = saved["at"].as_str().unwrap().parse().unwrap();
    assert_eq!(said.as_millisecond(), at.as_millisecond());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kiosk_of_a_revoked_box_says_that_it_is_switched_off_and_keeps_what_was_typed() {
    let desk = Desk::new("[kiosk]", "entry").await;
    desk.door.clock.hear(Timestamp::now(), Instant::now());
    desk.door.contact.answered();
    let entry = json!({"employee_code": "A-17", "pin": PIN});
    assert_eq!(desk.enter(entry.clone()).await["result"], "punched");
    desk.revoke().await;
    // Of this entry the agent learns that it was revoked, and of the next it knows.
    for _ in 0..2 {
        let off = desk.enter(entry.clone()).await;
        assert_eq!(off["result"], "off", "{off}");
        assert!(off["at"].is_string());
    }
    let request = desk.door.get("/status.json").bearer_auth(&desk.door.token);
    let page: Value = serde_json::from_str(&answer(request).await.1).unwrap();
    assert_eq!(page["hub"]["state"], "refused");
    let hint = page["hub"]["hint"].as_str().unwrap();
    assert!(hint.contains("rollcall device code"), "{page}");
    assert_eq!(
        desk.n_waiting().await,
        2,
        "whoever was refused by mistake loses nothing"
    );
    // That the network fails too takes nothing back.
    desk.door.contact.failed(&away());
    let request = desk.door.get("/status.json").bearer_auth(&desk.door.token);
    let page: Value = serde_json::from_str(&answer(request).await.1).unwrap();
    assert_eq!(page["hub"]["state"], "refused");
    assert_eq!(desk.texts(OUTCOMES).await, ["pin punched"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_before_the_hub_was_heard_of_gets_its_time_from_it() {
    let desk = Desk::new("[kiosk]", "entry").await;
    let saved = desk.enter(json!({"badge": "04A2B9C1"})).await;
    assert_eq!(saved["result"], "saved", "nobody knows what time it is");
    assert_eq!(desk.n_waiting().await, 1);
    // The hub's clock is an hour behind this machine's.
    let hub_at = Timestamp::now() - jiff::SignedDuration::from_hours(1);
    desk.door.clock.hear(hub_at, Instant::now());
    desk.wait_for("it is sent", OUTCOMES, &["badge punched"])
        .await;
    let sql = "select (occurred_at between now() - interval '62 minutes' and now() - interval '58 minutes')::text from attendance.punch";
    assert_eq!(desk.texts(sql).await, ["true"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_screen_of_this_box_can_enter_and_only_what_a_screen_sends() {
    let desk = Desk::new("[kiosk]", "entry").await;
    let door = &desk.door;
    let good = json!({"badge": "04A2B9C1"});
    let elsewhere = door
        .post("/kiosk/entries")
        .header("x-forwarded-for", "10.0.0.9");
    assert_eq!(answer(elsewhere.json(&good)).await.0, 401);
    let other_site = door
        .post("/kiosk/entries")
        .header("origin", "http://evil.example");
    assert_eq!(answer(other_site.json(&good)).await.0, 403);
    let form = door
        .post("/kiosk/entries")
        .body("{\"badge\": \"04A2B9C1\"}");
    assert_eq!(
        answer(form.header("content-type", "text/plain")).await.0,
        415
    );
    for (entry, status) in [
        (json!({}), 400),
        (json!({"badge": ""}), 400),
        (json!({"badge": "x".repeat(129)}), 400),
        (json!({"badge": "a\u{0}b"}), 400),
        (json!({"employee_code": "A-17"}), 400),
        (
            json!({"employee_code": "A-17", "pin": PIN, "badge": "04A2B9C1"}),
            400,
        ),
        (json!({"badge": "04A2B9C1", "direction": "up"}), 400),
        (json!({"badge": "04A2B9C1", "site": "x"}), 422),
        (json!({"badge": "x".repeat(10_000)}), 413),
    ] {
        let (found, text) = answer(door.post("/kiosk/entries").json(&entry)).await;
        assert_eq!(found, status, "{entry}: {text}");
        assert!(!text.contains("04A2B9C1"), "{text}");
    }
    assert_eq!(desk.n_waiting().await, 0);
}
