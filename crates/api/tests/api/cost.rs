//! What a request costs the database: in the log line, in the metrics, and the same for few rows and many.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use jiff::civil::date;
use rollcall_testkit::wait_until;
use serde_json::{Value, json};
use tracing::Dispatch;
use tracing::level_filters::LevelFilter;

use crate::seed::{self, Punch};
use crate::support::{Api, Viewer};

/// Lines of the log of this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A second subscriber, in nobody's way. While there is one only, tracing lets the thread that first comes by a line
/// decide whether anybody wants it, and that may be the thread of another test.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| {
    let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::ERROR);
    Dispatch::new(subscriber.with_writer(std::io::sink).finish())
});

impl Log {
    /// Catches what this test's runtime, which has one thread, logs from here on.
    fn catch() -> (Self, tracing::subscriber::DefaultGuard) {
        LazyLock::force(&SECOND);
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// The fields of the last line about an operation of this name.
    fn request(&self, operation: &str) -> Value {
        let text = self.0.lock().unwrap().clone();
        let lines = String::from_utf8(text).unwrap();
        lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .map(|mut line| line["fields"].take())
            .rfind(|fields| fields["graphql.operation"] == operation)
            .unwrap_or_else(|| panic!("{operation} is not in the log:\n{lines}"))
    }
}

#[tokio::test]
async fn a_request_is_one_line_that_says_what_it_cost() {
    let (log, _guard) = Log::catch();
    let api = Api::start().await;
    let viewer = api.owner().await;
    let query = "query Places { sites { nodes { id name } } }";
    let body = json!({ "query": query, "operationName": "Places" });
    let response = viewer.post(&body).await;
    let answer = response.text().await.unwrap();
    assert!(answer.contains("Berlin"), "{answer}");
    let n_bytes = answer.len();
    let line = log.request("Places");
    assert_eq!(line["http.method"], "POST");
    assert_eq!(line["http.status"], 200);
    assert_eq!(line["graphql.field"], "query sites");
    assert_eq!(line["database.n_statements"], 1);
    assert_eq!(line["database.n_transactions"], 1);
    assert_eq!(line["database.n_rows"], 2);
    assert_eq!(line["n_bytes"], n_bytes);
    assert_eq!(line["client.address"], "127.0.0.1");
    assert!(line["database.elapsed_ms"].as_f64().unwrap() > 0.0);
    assert!(line["elapsed_ms"].as_f64() >= line["database.elapsed_ms"].as_f64());
    assert!(
        line["user.id"]
            .as_str()
            .unwrap()
            .parse::<uuid::Uuid>()
            .is_ok()
    );
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for secret in [
        "example.org",
        "Uma",
        "correct horse",
        "Berlin",
        "rollcall_session",
    ] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
    let metrics = api.get("/metrics").await.text().await.unwrap();
    for line in [
        r#"rollcall_api_database_statements_total{operation="query sites"}"#,
        r#"rollcall_api_database_rows_total{operation="query sites"}"#,
        r#"rollcall_api_database_duration_seconds_bucket{operation="query sites","#,
        r#"rollcall_api_graphql_answer_bytes_total{operation="query sites"}"#,
        "rollcall_api_database_connections_max 10",
    ] {
        assert!(metrics.contains(line), "{line} is missing in\n{metrics}");
    }
    // The maker of exports looks at its queue twice a second, over the same pool.
    let api = &api;
    let is_idle = || async move {
        let metrics = api.get("/metrics").await.text().await.unwrap();
        metrics
            .contains("rollcall_api_database_connections_in_use 0")
            .then_some(())
    };
    let deadline = Duration::from_secs(10);
    wait_until("no connection is in use", deadline, is_idle).await;
}

/// Everything that hangs together, through every object that needs rows of its own.
const DEEP: &str = "query Deep {
    sites(first: 10) { totalCount nodes { id name localTime today { nEmployees } } }
    employees(first: 70) { totalCount edges { node { id code sites { id name today { nEmployees } } enrolment { state nPhotos } } } }
    attendanceDays(first: 70, filter: { from: \"2026-11-01\", to: \"2026-11-30\" }) { totalCount nodes {
        id site { name today { nEmployees } } sessions { inAt outAt } exceptionDetails { kind sentence } whySteps { text }
        employee { code enrolment { state } sites { name } }
        punches { id camera { name } site { name } employee { code sites { id } } } } }
    punches(first: 70) { totalCount nodes { id camera { name } site { name }
        employee { code enrolment { state } sites { name today { nEmployees } } } } }
    muster { sites { site { name today { nEmployees } } people { employee { code sites { name } } } } }
    exceptions(first: 70, filter: { from: \"2026-11-01\", to: \"2026-11-30\" }) { nodes { kind employee { code sites { name } } } }
}";

async fn people(api: &Api, codes: std::ops::Range<u32>) {
    let (berlin, york) = (api.fixture.site_id, api.fixture.second_site_id);
    let day = date(2026, 11, 20);
    for code in codes {
        let code = code.to_string();
        let employee_id = seed::employee(api, &code, &code, &[berlin, york]).await;
        let at = "2026-11-20T08:00:00Z";
        let sessions = [(berlin, Some(at), Some("2026-11-20T16:00:00Z"))];
        seed::day(api, employee_id, berlin, day, &sessions).await;
        seed::exception(api, employee_id, day, "short_rest").await;
        let punch = Punch::new(&api.fixture, employee_id, at.parse().unwrap());
        punch.store_derived(api).await;
    }
}

async fn n_statements(log: &Log, viewer: &Viewer<'_>) -> (u64, u64) {
    let body = json!({ "query": DEEP, "operationName": "Deep" });
    let answer: Value = viewer.post(&body).await.json().await.unwrap();
    assert_eq!(answer.get("errors"), None, "{answer}");
    let line = log.request("Deep");
    let number = |name: &str| line[name].as_u64().unwrap();
    (number("database.n_statements"), number("database.n_rows"))
}

#[tokio::test]
async fn no_row_of_a_deep_query_takes_a_statement_of_its_own() {
    let (log, _guard) = Log::catch();
    let api = Api::start().await;
    let viewer = api.owner().await;
    people(&api, 100..103).await;
    let few = n_statements(&log, &viewer).await;
    people(&api, 103..160).await;
    let many = n_statements(&log, &viewer).await;
    // One statement a row anywhere would add 57 at least. A batch that is gathered on a busy machine may come in
    // two parts, which adds a few.
    assert!(
        many.0 < few.0 + 57,
        "statements grow with rows: {few:?}, {many:?}"
    );
    assert!(many.1 > few.1 + 500, "{few:?}, {many:?}");
}
