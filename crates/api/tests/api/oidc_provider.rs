//! A small identity provider: it keeps what it was asked for, checks client, code, redirect and PKCE, and signs ID
//! tokens with a key made here. What it is told to get wrong, it gets wrong.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use ring::{digest, hmac};
use serde_json::{Value, json};

pub const CLIENT_ID: &str = "rollcall";
pub const CLIENT_SECRET: &str = "a secret: with +/signs";

/// What the provider gets wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twist {
    None,
    Nonce,
    NoNonce,
    Expired,
    Future,
    Audience,
    ManyAudiences,
    Issuer,
    Unsigned,
    SharedSecret,
    ForeignKey,
    UnknownKey,
    Changed,
    Unverified,
    NoEmail,
    NoToken,
}

/// What came with a log-in that got a code.
struct Begun {
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

struct Inner {
    issuer: String,
    key: EcdsaKeyPair,
    key_id: u32,
    now: Timestamp,
    email: String,
    twist: Twist,
    codes: HashMap<String, Begun>,
}

#[derive(Clone)]
pub struct Provider(Arc<Mutex<Inner>>);

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap()
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self(Arc::new(Mutex::new(Inner {
            issuer: format!("http://{}/realms/staff", listener.local_addr().unwrap()),
            key: new_key(),
            key_id: 1,
            now: Timestamp::UNIX_EPOCH,
            email: String::new(),
            twist: Twist::None,
            codes: HashMap::new(),
        })));
        let realm = axum::Router::new()
            .route("/.well-known/openid-configuration", get(discover))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(provider.clone());
        let app = axum::Router::new().nest("/realms/staff", realm);
        tokio::spawn(axum::serve(listener, app).into_future());
        provider
    }

    pub fn issuer(&self) -> String {
        self.0.lock().unwrap().issuer.clone()
    }

    /// Who logs in next, when, and what goes wrong.
    pub fn set(&self, now: Timestamp, email: &str, twist: Twist) {
        let mut inner = self.0.lock().unwrap();
        (inner.now, inner.email, inner.twist) = (now, email.to_owned(), twist);
    }

    pub fn change_key(&self) {
        let mut inner = self.0.lock().unwrap();
        inner.key = new_key();
        inner.key_id += 1;
    }
}

async fn discover(State(provider): State<Provider>) -> Json<Value> {
    let issuer = provider.issuer();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
    }))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let inner = provider.0.lock().unwrap();
    let point = inner.key.public_key().as_ref();
    Json(json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": inner.key_id.to_string(),
        "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65]),
    }] }))
}

async fn authorize(
    State(provider): State<Provider>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let mut inner = provider.0.lock().unwrap();
    let is_right = query.get("response_type").map(String::as_str) == Some("code")
        && query.get("client_id").map(String::as_str) == Some(CLIENT_ID)
        && query.get("code_challenge_method").map(String::as_str) == Some("S256")
        && query
            .get("scope")
            .is_some_and(|scope| scope.split(' ').any(|word| word == "openid"));
    if !is_right {
        return (StatusCode::BAD_REQUEST, format!("{query:?}")).into_response();
    }
    let code = format!("code-{}", inner.codes.len());
    let begun = Begun {
        nonce: query["nonce"].clone(),
        challenge: query["code_challenge"].clone(),
        redirect_uri: query["redirect_uri"].clone(),
    };
    let back = format!(
        "{}?code={code}&state={}",
        begun.redirect_uri, query["state"]
    );
    inner.codes.insert(code, begun);
    (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response()
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let mut inner = provider.0.lock().unwrap();
    // RFC 6749, 2.3.1: form-encoded, then Basic.
    let expected = STANDARD.encode(format!("{CLIENT_ID}:a+secret%3A+with+%2B%2Fsigns"));
    if headers[header::AUTHORIZATION] != format!("Basic {expected}") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    // A code is good once.
    let Some(begun) = inner
        .codes
        .get_mut(&form["code"])
        .filter(|begun| !begun.nonce.is_empty())
    else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let nonce = std::mem::take(&mut begun.nonce);
    let digest = digest::digest(&digest::SHA256, form["code_verifier"].as_bytes());
    let is_right = form["grant_type"] == "authorization_code"
        && form["redirect_uri"] == begun.redirect_uri
        && URL_SAFE_NO_PAD.encode(digest) == begun.challenge;
    if !is_right {
        return StatusCode::BAD_REQUEST.into_response();
    }
    if inner.twist == Twist::NoToken {
        return Json(json!({ "access_token": "x" })).into_response();
    }
    let id_token = inner.id_token(&nonce);
    Json(json!({ "access_token": "x", "token_type": "Bearer", "id_token": id_token }))
        .into_response()
}

impl Inner {
    fn id_token(&self, nonce: &str) -> String {
        let now = self.now.as_second();
        let mut claims = json!({
            "iss": self.issuer, "sub": "1", "aud": CLIENT_ID, "nonce": nonce,
            "iat": now, "exp": now + 300, "email": self.email, "email_verified": true,
        });
        let mut header = json!({ "typ": "JWT", "alg": "ES256", "kid": self.key_id.to_string() });
        match self.twist {
            Twist::Nonce => claims["nonce"] = json!("another"),
            Twist::NoNonce => drop(claims.as_object_mut().unwrap().remove("nonce")),
            Twist::Expired => claims["exp"] = json!(now - 61),
            Twist::Future => claims["iat"] = json!(now + 120),
            Twist::Audience => claims["aud"] = json!("another"),
            Twist::ManyAudiences => claims["aud"] = json!([CLIENT_ID, "another"]),
            Twist::Issuer => claims["iss"] = json!("http://another.example"),
            Twist::Unverified => claims["email_verified"] = json!(false),
            Twist::NoEmail => drop(claims.as_object_mut().unwrap().remove("email")),
            Twist::Unsigned => header["alg"] = json!("none"),
            Twist::SharedSecret => header["alg"] = json!("HS256"),
            Twist::UnknownKey => header["kid"] = json!("another"),
            Twist::None | Twist::ForeignKey | Twist::Changed | Twist::NoToken => {}
        }
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = match self.twist {
            Twist::Unsigned => String::new(),
            // With the public key as the shared secret: the classic confusion.
            Twist::SharedSecret => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.key.public_key().as_ref());
                URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()))
            }
            Twist::ForeignKey => sign(&new_key(), &signed),
            _ => sign(&self.key, &signed),
        };
        match self.twist {
            Twist::Changed => {
                claims["email"] = json!("owner@example.org");
                format!("{}.{}.{signature}", encode(&header), encode(&claims))
            }
            _ => format!("{signed}.{signature}"),
        }
    }
}

fn sign(key: &EcdsaKeyPair, text: &str) -> String {
    let signature = key.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
    URL_SAFE_NO_PAD.encode(signature)
}
