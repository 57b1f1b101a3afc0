//! Single sign-on with a real provider: who gets in, and what is not believed.

use jiff::SignedDuration;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use rollcall_api::{ApiError, ClientSecret, LoginOptions, OidcOptions};
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::json;

use crate::oidc_provider::{CLIENT_ID, CLIENT_SECRET, Provider, Twist};
use crate::seed;
use crate::support::{Api, Viewer};

const EMAIL: &str = "uma@example.org";

fn options(provider: &Provider) -> OidcOptions {
    OidcOptions {
        issuer: provider.issuer(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(ClientSecret(CLIENT_SECRET.to_owned())),
        public_url: "https://rollcall.example.org/".to_owned(),
        email_domains: Vec::new(),
    }
}

async fn start(provider: &Provider) -> Api {
    start_with(options(provider)).await
}

async fn start_with(oidc: OidcOptions) -> Api {
    let login = LoginOptions {
        oidc: Some(oidc),
        ..LoginOptions::default()
    };
    let api = Api::start_with_login(login).await;
    api.user(api.fixture.organization_id, EMAIL, UserRole::Viewer)
        .await;
    api
}

fn browser() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

fn location(response: &Response) -> String {
    response.headers()[LOCATION].to_str().unwrap().to_owned()
}

/// `name=value` of a cookie in an answer.
fn cookie(response: &Response, name: &str) -> Option<String> {
    response
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .map(|line| line.to_str().unwrap())
        .find(|line| line.starts_with(&format!("{name}=")) && !line.contains("Max-Age=0"))
        .map(|line| line.split(';').next().unwrap().to_owned())
}

/// A browser that left for the provider: its cookie, and where the provider sends it back to.
async fn leave(api: &Api) -> (String, Url) {
    let response = browser().get(api.url("/oidc/login")).send().await.unwrap();
    assert_eq!(response.status(), 303);
    let flight = cookie(&response, "rollcall_oidc").unwrap();
    let answer = browser().get(location(&response)).send().await.unwrap();
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    (flight, location(&answer).parse().unwrap())
}

/// Comes back as the provider says, to where the hub really is.
async fn come_back(api: &Api, flight: &str, back: &Url) -> Response {
    assert!(
        back.as_str()
            .starts_with("https://rollcall.example.org/oidc/callback?")
    );
    let query = back.query().unwrap();
    browser()
        .get(api.url(&format!("/oidc/callback?{query}")))
        .header(COOKIE, flight)
        .header("sec-fetch-site", "cross-site")
        .send()
        .await
        .unwrap()
}

async fn log_in(api: &Api) -> Response {
    let (flight, back) = leave(api).await;
    come_back(api, &flight, &back).await
}

async fn refused(response: Response, status: u16, text: &str) {
    assert!(cookie(&response, "rollcall_session").is_none());
    assert_eq!(response.status(), status);
    let page = response.text().await.unwrap();
    assert!(page.contains(text), "{page}");
}

#[tokio::test]
async fn a_verified_address_logs_its_user_in() {
    let provider = Provider::start().await;
    let api = start(&provider).await;
    provider.set(api.now(), "Uma@Example.org", Twist::None);
    let response = log_in(&api).await;
    assert_eq!(response.status(), 303);
    assert_eq!(location(&response), "/");
    let viewer = Viewer {
        api: &api,
        cookie: cookie(&response, "rollcall_session").unwrap(),
    };
    let data = viewer
        .data("{ me { email } sessions { method } }", json!({}))
        .await;
    assert_eq!(
        data,
        json!({ "me": { "email": EMAIL }, "sessions": [{ "method": "SSO" }] })
    );
    let methods: serde_json::Value = api.get("/session/methods").await.json().await.unwrap();
    assert_eq!(methods, json!({ "password": true, "sso": true }));
}

#[tokio::test]
async fn a_one_time_password_is_no_matter_to_who_does_not_use_it() {
    let provider = Provider::start().await;
    let api = start(&provider).await;
    provider.set(api.now(), EMAIL, Twist::None);
    let one_time = "update app.user_account set password_is_one_time = true";
    seed::execute!(&api, api.fixture.organization_id, one_time, &[]).await;
    let response = log_in(&api).await;
    let viewer = Viewer {
        api: &api,
        cookie: cookie(&response, "rollcall_session").unwrap(),
    };
    viewer.data("{ sites { nodes { name } } }", json!({})).await;
}

#[tokio::test]
async fn what_is_not_as_it_should_be_is_not_believed() {
    let provider = Provider::start().await;
    let api = start(&provider).await;
    for (twist, status, text) in [
        (Twist::Nonce, 401, "nonce is not the one"),
        (Twist::NoNonce, 401, "nonce is not the one"),
        (Twist::Expired, 401, "has expired"),
        (Twist::Future, 401, "from the future"),
        (Twist::Audience, 401, "for another client"),
        (Twist::ManyAudiences, 401, "for another client"),
        (Twist::Issuer, 401, "of another issuer"),
        (Twist::Unsigned, 401, "not signed as it should be"),
        (Twist::SharedSecret, 401, "not signed as it should be"),
        (Twist::ForeignKey, 401, "the signature is wrong"),
        (Twist::UnknownKey, 401, "an unknown key"),
        (Twist::Changed, 401, "the signature is wrong"),
        (
            Twist::Unverified,
            403,
            "has not verified the e-mail address",
        ),
        (Twist::NoEmail, 403, "has not verified the e-mail address"),
        (Twist::NoToken, 502, "does not answer as it should"),
    ] {
        provider.set(api.now(), EMAIL, twist);
        let (flight, back) = leave(&api).await;
        println!("{twist:?}");
        refused(come_back(&api, &flight, &back).await, status, text).await;
    }
    provider.set(api.now(), EMAIL, Twist::None);
    assert_eq!(log_in(&api).await.status(), 303);
}

#[tokio::test]
async fn only_the_browser_that_left_comes_back_and_only_once() {
    let provider = Provider::start().await;
    let api = start(&provider).await;
    provider.set(api.now(), EMAIL, Twist::None);
    let (flight, back) = leave(&api).await;
    // Another browser, or one with another state: somebody else's code is of no use.
    refused(
        come_back(&api, "other=1", &back).await,
        400,
        "did not begin a log-in",
    )
    .await;
    refused(
        come_back(&api, "rollcall_oidc=a.b.c", &back).await,
        400,
        "did not begin a log-in",
    )
    .await;
    let (other_flight, _) = leave(&api).await;
    refused(
        come_back(&api, &other_flight, &back).await,
        400,
        "not to the log-in that this browser began",
    )
    .await;
    let mut wrong = back.clone();
    wrong.set_query(Some("code=x&state=wrong"));
    refused(
        come_back(&api, &flight, &wrong).await,
        400,
        "not to the log-in that this browser began",
    )
    .await;
    let state = flight["rollcall_oidc=".len()..].split('.').next().unwrap();
    wrong.set_query(Some(&format!("state={state}")));
    refused(come_back(&api, &flight, &wrong).await, 400, "sent no code").await;
    wrong.set_query(Some(&format!("state={state}&error=access_denied")));
    refused(
        come_back(&api, &flight, &wrong).await,
        401,
        "did not log you in",
    )
    .await;
    assert_eq!(come_back(&api, &flight, &back).await.status(), 303);
    refused(
        come_back(&api, &flight, &back).await,
        502,
        "does not answer as it should",
    )
    .await;
}

#[tokio::test]
async fn only_one_active_user_with_the_address_gets_in() {
    let provider = Provider::start().await;
    let api = start(&provider).await;
    provider.set(api.now(), "nobody@example.org", Twist::None);
    let unknown = "no active user of Rollcall has this e-mail address";
    refused(log_in(&api).await, 403, unknown).await;
    provider.set(api.now(), EMAIL, Twist::None);
    assert_eq!(log_in(&api).await.status(), 303);
    let other = fixture::organization(&api.database).await;
    api.user(other.organization_id, EMAIL, UserRole::Viewer)
        .await;
    refused(log_in(&api).await, 403, unknown).await;
    let shut = "update app.user_account set deactivated_at = now() where email = 'uma@example.org' and organization_id = $1";
    seed::execute!(
        &api,
        other.organization_id,
        shut,
        &[&other.organization_id.0]
    )
    .await;
    assert_eq!(log_in(&api).await.status(), 303);
    let ours = api.fixture.organization_id;
    seed::execute!(&api, ours, shut, &[&ours.0]).await;
    refused(log_in(&api).await, 403, unknown).await;
}

#[tokio::test]
async fn only_configured_domains_get_in() {
    let provider = Provider::start().await;
    let mut oidc = options(&provider);
    oidc.email_domains = vec!["example.com".to_owned()];
    let api = start_with(oidc).await;
    provider.set(api.now(), EMAIL, Twist::None);
    refused(log_in(&api).await, 403, "no active user").await;
}

#[tokio::test]
async fn new_keys_of_the_provider_are_found() {
    let provider = Provider::start().await;
    let api = start(&provider).await;
    provider.set(api.now(), EMAIL, Twist::None);
    assert_eq!(log_in(&api).await.status(), 303);
    provider.change_key();
    api.advance(SignedDuration::from_mins(2));
    provider.set(api.now(), EMAIL, Twist::None);
    assert_eq!(log_in(&api).await.status(), 303);
}

#[tokio::test]
async fn a_provider_that_is_away_breaks_nothing_else() {
    let provider = Provider::start().await;
    let mut oidc = options(&provider);
    oidc.issuer = "http://127.0.0.1:9".to_owned();
    let api = start_with(oidc).await;
    let response = browser().get(api.url("/oidc/login")).send().await.unwrap();
    refused(response, 502, "does not answer as it should").await;
    let plain = Api::start().await;
    assert_eq!(plain.get("/oidc/login").await.status(), 404);
    assert_eq!(plain.get("/oidc/callback?code=x").await.status(), 404);
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_at_the_start() {
    let provider = Provider::start().await;
    let api = Api::start().await;
    for (issuer, public_url, problem) in [
        (
            "login.example.org",
            "https://r.example",
            "`issuer` is not a URL",
        ),
        (
            "http://login.example.org",
            "https://r.example",
            "`issuer` must begin with https:",
        ),
        (
            "https://login.example.org",
            "r.example",
            "`public_url` is not a URL",
        ),
        (
            "https://login.example.org",
            "ftp://r.example",
            "`public_url` must begin",
        ),
    ] {
        let mut oidc = options(&provider);
        (oidc.issuer, oidc.public_url) = (issuer.to_owned(), public_url.to_owned());
        let error = api.start_another(oidc).await.unwrap_err();
        assert!(matches!(error, ApiError::Oidc { .. }));
        assert!(error.to_string().contains(problem), "{error}");
    }
}
