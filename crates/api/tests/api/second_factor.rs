//! Second factors: set up, asked for at log-in, good once, and lost.

use jiff::SignedDuration;
use reqwest::Response;
use ring::hmac;
use rollcall_store::user::UserRole;
use serde_json::{Value, json};

use crate::seed;
use crate::support::{Api, PASSWORD, Viewer, cookie};

const BEGIN: &str = "mutation { totpBegin { status secret uri problems { code message } } }";
const CONFIRM: &str = "mutation($code: String!) { totpConfirm(code: $code) { status recoveryCodes problems { field message } } }";
const DISABLE: &str =
    "mutation($p: String!) { totpDisable(password: $p) { status problems { field message } } }";
const EMAIL: &str = "viewer@example.org";

/// What an authenticator shows for a secret in base32 (RFC 6238).
pub fn code(secret: &[u8], at: jiff::Timestamp) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &(at.as_second() / 30).to_be_bytes());
    let offset = usize::from(tag.as_ref()[19] & 15);
    let four: [u8; 4] = tag.as_ref()[offset..offset + 4].try_into().unwrap();
    let number = (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000;
    format!("{number:06}")
}

fn from_base32(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = text
        .chars()
        .map(|letter| format!("{:05b}", alphabet.find(letter).unwrap()))
        .collect();
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}

async fn log_in(api: &Api, code: Option<&str>) -> Response {
    let body = json!({ "email": EMAIL, "password": PASSWORD, "code": code });
    api.client
        .post(api.url("/session"))
        .json(&body)
        .send()
        .await
        .unwrap()
}

/// Sets a second factor up; its secret and recovery codes.
async fn set_up(viewer: &Viewer<'_>) -> (Vec<u8>, Vec<String>) {
    let begun = viewer.data(BEGIN, json!({})).await["totpBegin"].take();
    let text = begun["secret"].as_str().unwrap();
    let uri = begun["uri"].as_str().unwrap();
    assert!(
        uri.starts_with("otpauth://totp/Example%20Works:viewer%40example.org?secret="),
        "{uri}"
    );
    assert!(uri.contains(text));
    let secret = from_base32(text);
    let confirm = json!({ "code": code(&secret, viewer.api.now()) });
    let done = viewer.data(CONFIRM, confirm).await["totpConfirm"].take();
    assert_eq!(done["status"], "DONE", "{done}");
    let codes: Vec<String> = serde_json::from_value(done["recoveryCodes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    viewer.api.advance(SignedDuration::from_secs(30));
    (secret, codes)
}

async fn refused(response: Response) -> Value {
    assert_eq!(response.status(), 401);
    assert!(!response.headers().contains_key("set-cookie"));
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_code_is_asked_for_and_good_once() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::Viewer).await;
    let (secret, _) = set_up(&viewer).await;
    let body = refused(log_in(&api, None).await).await;
    assert_eq!(
        body,
        json!({ "code": "RC410", "message": "a code of the second factor is needed" })
    );
    let wrong = refused(log_in(&api, Some("000000")).await).await;
    assert_eq!(wrong["message"], "the code is wrong, or was used already");
    let good = code(&secret, api.now());
    assert_eq!(log_in(&api, Some(&good)).await.status(), 204);
    refused(log_in(&api, Some(&good)).await).await;
    // Neither is the code of the step before, which its tolerance would allow.
    let earlier = code(&secret, api.now() - SignedDuration::from_secs(30));
    refused(log_in(&api, Some(&earlier)).await).await;
    api.advance(SignedDuration::from_secs(30));
    let next = code(&secret, api.now());
    assert_eq!(log_in(&api, Some(&next)).await.status(), 204);
    // The password alone says nothing of the second factor.
    let response = api.log_in(EMAIL, "wrong").await;
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        body,
        json!({ "code": "RC401", "message": "email or password is wrong" })
    );
}

#[tokio::test]
async fn guessing_codes_must_wait() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::Viewer).await;
    set_up(&viewer).await;
    for n in 0..5 {
        refused(log_in(&api, Some(&format!("00000{n}"))).await).await;
        if n < 4 {
            // Asking without a code clears nothing.
            refused(log_in(&api, None).await).await;
        }
    }
    assert_eq!(log_in(&api, None).await.status(), 429);
}

#[tokio::test]
async fn a_recovery_code_is_good_once() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::Viewer).await;
    let (_, codes) = set_up(&viewer).await;
    let typed = codes[0].to_uppercase().replace('-', " ");
    let response = log_in(&api, Some(&typed)).await;
    assert_eq!(response.status(), 204);
    refused(log_in(&api, Some(&codes[0])).await).await;
    assert_eq!(log_in(&api, Some(&codes[1])).await.status(), 204);
    let later = Viewer {
        api: &api,
        cookie: cookie(&response),
    };
    let data = later
        .data("{ sessions { method isCurrent } }", json!({}))
        .await;
    let current = data["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|session| session["isCurrent"] == true);
    assert_eq!(current.unwrap()["method"], "RECOVERY_CODE");
    // Only hashes are stored.
    let found = seed::execute!(
        &api,
        api.fixture.organization_id,
        "select from app.user_recovery_code where code_sha256 = sha256($1::text::bytea)",
        &[&codes[2]],
    )
    .await;
    assert_eq!(found, 1);
}

#[tokio::test]
async fn a_second_factor_is_confirmed_before_it_counts_and_removed_with_the_password() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::Viewer).await;
    let early = viewer.data(CONFIRM, json!({ "code": "123456" })).await;
    assert_eq!(
        early["totpConfirm"]["problems"][0]["message"],
        "no second factor was begun"
    );
    viewer.data(BEGIN, json!({})).await;
    for bad in ["", "000000", "12345678", "abcdef", "\u{0}"] {
        let answer = viewer.data(CONFIRM, json!({ "code": bad })).await;
        assert_eq!(
            answer["totpConfirm"]["problems"][0]["message"],
            "the code is wrong"
        );
    }
    // Begun only: nothing is asked for.
    assert_eq!(log_in(&api, None).await.status(), 204);
    set_up(&viewer).await;
    let again = viewer.data(BEGIN, json!({})).await;
    assert_eq!(
        again["totpBegin"]["problems"][0]["message"],
        "there is a second factor already"
    );
    let me = viewer.data("{ me { hasSecondFactor } }", json!({})).await;
    assert_eq!(me["me"]["hasSecondFactor"], true);
    let kept = viewer.data(DISABLE, json!({ "p": "wrong" })).await;
    assert_eq!(
        kept["totpDisable"]["problems"][0]["message"],
        "this is not the present password"
    );
    let gone = viewer.data(DISABLE, json!({ "p": PASSWORD })).await;
    assert_eq!(gone["totpDisable"]["status"], "DONE");
    let none = viewer.data(DISABLE, json!({ "p": PASSWORD })).await;
    assert_eq!(
        none["totpDisable"]["problems"][0]["message"],
        "there is no second factor"
    );
    assert_eq!(log_in(&api, None).await.status(), 204);
}
