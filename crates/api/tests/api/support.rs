//! A running API on its own database with a clock that the test sets, and a client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{COOKIE, HOST, SET_COOKIE};
use reqwest::{Client, Response};
use rollcall_api::{ApiError, ApiOptions, HttpOptions, LoginOptions, OidcOptions, Running};
use rollcall_domain::id::{OrganizationId, UserId};
use rollcall_store::Database;
use rollcall_store::provision::{self, UserSpec};
use rollcall_store::user::UserRole;
use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture::{self, Fixture};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::upload;

/// 11:00 in Berlin, 05:00 in New York, both on the 22nd.
pub const NOW: &str = "2026-11-22T10:00:00Z";
pub const PASSWORD: &str = "correct horse battery staple";

pub struct Api {
    pub database: Arc<TestDatabase>,
    pub fixture: Fixture,
    pub running: Running,
    pub stop: CancellationToken,
    pub client: Client,
    now: Arc<Mutex<Timestamp>>,
}

impl Api {
    pub async fn start() -> Self {
        Self::start_with(HttpOptions::default(), None).await
    }

    /// With other ways to log in.
    pub async fn start_with_login(login: LoginOptions) -> Self {
        let database = Arc::new(TestDatabase::create().await);
        let fixture = fixture::organization(&database).await;
        let now = Arc::new(Mutex::new(NOW.parse().unwrap()));
        Self::on(
            database,
            fixture,
            now,
            (HttpOptions::default(), None, login),
        )
        .await
    }

    /// With other options, and perhaps a limit on how long a statement may run.
    pub async fn start_with(http: HttpOptions, statement_timeout: Option<Duration>) -> Self {
        let database = Arc::new(TestDatabase::create().await);
        let fixture = fixture::organization(&database).await;
        let now = Arc::new(Mutex::new(NOW.parse().unwrap()));
        Self::on(
            database,
            fixture,
            now,
            (http, statement_timeout, LoginOptions::default()),
        )
        .await
    }

    /// Another hub on the same database.
    pub async fn another(&self) -> Self {
        Self::on(
            self.database.clone(),
            self.fixture.clone(),
            self.now.clone(),
            (HttpOptions::default(), None, LoginOptions::default()),
        )
        .await
    }

    async fn on(
        database: Arc<TestDatabase>,
        fixture: Fixture,
        now: Arc<Mutex<Timestamp>>,
        (http, statement_timeout, login): (HttpOptions, Option<Duration>, LoginOptions),
    ) -> Self {
        let url = database.url_for("rollcall_api");
        let pool = Database::with_statement_timeout(&url, 10, statement_timeout).unwrap();
        let stop = CancellationToken::new();
        let options = ApiOptions {
            listen: "127.0.0.1:0".parse().unwrap(),
            database: pool,
            listener_url: url,
            secure_cookie: false,
            login,
            http,
            allow_private_webhooks: false,
            device_access: None,
        };
        let clock = now.clone();
        let clock = Arc::new(move || *clock.lock().unwrap());
        let running = rollcall_api::serve_with_clock(options, clock, stop.clone())
            .await
            .unwrap();
        Self {
            database,
            fixture,
            running,
            stop,
            client: Client::new(),
            now,
        }
    }

    /// Another hub at the same database, with single sign-on.
    pub async fn start_another(&self, oidc: OidcOptions) -> Result<Running, ApiError> {
        let options = ApiOptions {
            listen: "127.0.0.1:0".parse().unwrap(),
            database: self.database.api.clone(),
            listener_url: self.database.url_for("rollcall_api"),
            secure_cookie: false,
            login: LoginOptions {
                oidc: Some(oidc),
                ..LoginOptions::default()
            },
            http: HttpOptions::default(),
            allow_private_webhooks: false,
            device_access: None,
        };
        rollcall_api::serve(options, self.stop.clone()).await
    }

    pub fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub fn advance(&self, duration: SignedDuration) {
        *self.now.lock().unwrap() += duration;
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }

    pub async fn user(
        &self,
        organization_id: OrganizationId,
        email: &str,
        role: UserRole,
    ) -> UserId {
        let user = UserSpec {
            email,
            display_name: "Uma User",
            role,
            password_hash: &rollcall_api::hash_password(PASSWORD),
            password_is_one_time: false,
        };
        provision::user_create(&self.database.admin, organization_id, &user)
            .await
            .unwrap()
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Response {
        self.client
            .post(self.url("/session"))
            .json(&json!({ "email": email, "password": password }))
            .send()
            .await
            .unwrap()
    }

    /// Logs a new user with this role in and returns the cookie.
    pub async fn viewer(&self, role: UserRole) -> Viewer<'_> {
        let email = format!("{}@example.org", role.as_str());
        self.user(self.fixture.organization_id, &email, role).await;
        self.logged_in(&email).await
    }

    /// Logs a user in that exists.
    pub async fn logged_in(&self, email: &str) -> Viewer<'_> {
        let response = self.log_in(email, PASSWORD).await;
        assert_eq!(response.status(), 204);
        Viewer {
            api: self,
            cookie: cookie(&response),
        }
    }

    pub async fn owner(&self) -> Viewer<'_> {
        self.viewer(UserRole::Owner).await
    }

    /// Logs an owner of another organisation in.
    pub async fn other_owner(&self, other: &Fixture) -> Viewer<'_> {
        let email = "other@example.org";
        self.user(other.organization_id, email, UserRole::Owner)
            .await;
        self.logged_in(email).await
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }
}

/// `name=value` of the cookie in an answer.
pub fn cookie(response: &Response) -> String {
    let line = response.headers()[SET_COOKIE].to_str().unwrap();
    line.split(';').next().unwrap().to_owned()
}

/// A logged-in client.
pub struct Viewer<'a> {
    pub api: &'a Api,
    pub cookie: String,
}

impl Viewer<'_> {
    pub async fn post(&self, body: &Value) -> Response {
        // The cookbook's way to say that a file goes there.
        if upload::has_files(body) {
            return upload::send_placed(self, body).await;
        }
        self.api
            .client
            .post(self.api.url("/graphql"))
            .header(COOKIE, &self.cookie)
            .header(HOST, self.api.running.address.to_string())
            .json(body)
            .send()
            .await
            .unwrap()
    }

    /// A picture of an address that GraphQL gave.
    pub async fn picture(&self, path: &str) -> Response {
        let request = self.api.client.get(self.api.url(path));
        request.header(COOKIE, &self.cookie).send().await.unwrap()
    }

    /// The whole answer.
    pub async fn answer(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let response = self.post(&body).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// The data of an answer without errors.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.answer(query, variables).await;
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"].take()
    }

    /// Ids of the sites Berlin and New York of the viewer's organisation.
    pub async fn site_ids(&self) -> (String, String) {
        let data = self.data("{ sites { nodes { id } } }", json!({})).await;
        let id = |n: usize| data["sites"]["nodes"][n]["id"].as_str().unwrap().to_owned();
        (id(0), id(1))
    }

    /// Code and message of the only error.
    pub async fn error(&self, query: &str, variables: Value) -> (String, String) {
        let answer = self.answer(query, variables).await;
        let errors = answer["errors"].as_array().expect("an error was expected");
        assert_eq!(errors.len(), 1, "{answer}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            text(&errors[0]["extensions"]["code"]),
            text(&errors[0]["message"]),
        )
    }
}
