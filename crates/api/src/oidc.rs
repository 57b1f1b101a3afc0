//! OpenID Connect towards the identity provider: discovery, the authorization code flow with PKCE (RFC 7636), and
//! the checks of the ID token. Must not know users, sessions or cookies.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use url::Url;

use crate::failure::chain;
use crate::secret::random;

/// Longest time for an answer of the provider.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Largest answer of the provider.
const MAX_ANSWER_BYTES: usize = 512 * 1024;
/// How long what the provider says of itself is believed.
const PROVIDER_LASTS: SignedDuration = SignedDuration::from_hours(1);
/// How soon its keys are read again for a key that is not known.
const KEYS_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// How much the clocks may differ.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// Signatures with a public key: never `none`, never a shared secret.
const ALGORITHMS: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::ES256,
    Algorithm::ES384,
];

/// The identity provider, and who may come from it.
#[derive(Clone, Debug)]
pub struct OidcOptions {
    /// The provider's name for itself, for example `https://login.example.org/realms/staff`.
    pub issuer: String,
    /// What the provider calls this installation.
    pub client_id: String,
    /// Known to the provider and this installation; none for a public client, which PKCE alone protects.
    pub client_secret: Option<ClientSecret>,
    /// Where browsers find this installation, for example `https://rollcall.example.org`.
    pub public_url: String,
    /// Only addresses of these domains, in lower case; empty: those of all users.
    pub email_domains: Vec<String>,
}

impl OidcOptions {
    /// Where the provider sends browsers back to.
    pub fn redirect_uri(&self) -> String {
        format!("{}/oidc/callback", self.public_url.trim_end_matches('/'))
    }

    fn check(&self) -> Result<(), String> {
        let url = |name: &str, text: &str| {
            Url::parse(text).map_err(|error| format!("`{name}` is not a URL: {error}"))
        };
        let issuer = url("issuer", &self.issuer)?;
        let is_here = issuer
            .host_str()
            .is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host));
        if issuer.scheme() != "https" && !(issuer.scheme() == "http" && is_here) {
            return Err("`issuer` must begin with https:".to_owned());
        }
        let public_url = url("public_url", &self.public_url)?;
        if !["http", "https"].contains(&public_url.scheme()) {
            return Err("`public_url` must begin with https: or http:".to_owned());
        }
        match self.client_id.is_empty() {
            true => Err("`client_id` is empty".to_owned()),
            false => Ok(()),
        }
    }
}

/// A secret that is printed nowhere.
#[derive(Clone)]
pub struct ClientSecret(pub String);

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

/// Why nobody is logged in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// The provider does not answer, or not as it should.
    #[error("the identity provider does not answer as it should: {0}")]
    Provider(String),
    /// What came back is not to be believed.
    #[error("the identity provider's answer cannot be accepted: {0}")]
    Token(&'static str),
    /// The provider did not confirm the address.
    #[error("the identity provider has not verified the e-mail address")]
    Email,
}

/// What is kept between leaving for the provider and coming back, in the browser that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flight {
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

impl Flight {
    /// A new one.
    pub fn new() -> Result<Self, crate::failure::Failure> {
        let text = || random::<32>().map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        Ok(Self {
            state: text()?,
            nonce: text()?,
            verifier: text()?,
        })
    }
}

/// What the provider says of itself (OpenID Connect Discovery 1.0, 3).
#[derive(Clone, Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Clone)]
struct Provider {
    metadata: Metadata,
    keys: JwkSet,
    read_at: Timestamp,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

#[derive(Deserialize)]
struct Claims {
    exp: i64,
    iat: Option<i64>,
    nonce: Option<String>,
    aud: Audience,
    azp: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: Verified,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Some providers write the truth as a text.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Verified {
    #[default]
    Missing,
    Flag(bool),
    Text(String),
}

/// The provider that people log in with.
pub(crate) struct Oidc {
    options: OidcOptions,
    client: reqwest_tls::Client,
    provider: Mutex<Option<Provider>>,
}

impl Oidc {
    /// Nothing is asked yet: the provider may come later than the hub.
    ///
    /// Errors: what is wrong with the options, or that TLS cannot be set up.
    pub fn new(options: OidcOptions) -> Result<Self, String> {
        options.check()?;
        // Fails when another part of the process chose the same before, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest_tls::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest_tls::redirect::Policy::none())
            .build()
            .map_err(|error| chain(&error))?;
        Ok(Self {
            options,
            client,
            provider: Mutex::new(None),
        })
    }

    /// As configured.
    pub fn options(&self) -> &OidcOptions {
        &self.options
    }

    /// Where the browser is sent to.
    pub async fn authorization_url(
        &self,
        flight: &Flight,
        now: Timestamp,
    ) -> Result<Url, OidcError> {
        let metadata = self.provider(now).await?.metadata;
        let mut url = Url::parse(&metadata.authorization_endpoint)
            .map_err(|error| OidcError::Provider(error.to_string()))?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&flight.verifier));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.options.client_id)
            .append_pair("redirect_uri", &self.options.redirect_uri())
            .append_pair("scope", "openid email")
            .append_pair("state", &flight.state)
            .append_pair("nonce", &flight.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// The verified address, in lower case, of who came back with this code.
    pub async fn email(
        &self,
        flight: &Flight,
        code: &str,
        now: Timestamp,
    ) -> Result<String, OidcError> {
        let provider = self.provider(now).await?;
        let id_token = self.exchange(&provider.metadata, flight, code).await?;
        let claims = self.claims(&id_token, now).await?;
        let OidcOptions { client_id, .. } = &self.options;
        let at = |second| Timestamp::from_second(second).map_err(|_| OidcError::Token("its times"));
        if at(claims.exp)? <= now - LEEWAY {
            return Err(OidcError::Token("the ID token has expired"));
        }
        if claims
            .iat
            .map(at)
            .transpose()?
            .is_some_and(|at| at > now + LEEWAY)
        {
            return Err(OidcError::Token("the ID token is from the future"));
        }
        if claims.nonce.as_deref() != Some(flight.nonce.as_str()) {
            return Err(OidcError::Token("the nonce is not the one that was sent"));
        }
        // OpenID Connect Core 1.0, 3.1.3.7: who else it is for must be clear.
        let is_for_others = matches!(&claims.aud, Audience::Several(all) if all.len() > 1);
        if claims
            .azp
            .as_ref()
            .map_or(is_for_others, |azp| azp != client_id)
        {
            return Err(OidcError::Token("the ID token is for another client"));
        }
        if let Audience::One(audience) = &claims.aud
            && audience != client_id
        {
            return Err(OidcError::Token("the ID token is for another client"));
        }
        let is_verified = match claims.email_verified {
            Verified::Flag(flag) => flag,
            Verified::Text(text) => text == "true",
            Verified::Missing => false,
        };
        let email = claims.email.unwrap_or_default().trim().to_lowercase();
        if !is_verified || email.is_empty() || email.contains('\0') || email.len() > 254 {
            return Err(OidcError::Email);
        }
        Ok(email)
    }

    async fn provider(&self, now: Timestamp) -> Result<Provider, OidcError> {
        let mut known = self.provider.lock().await;
        if let Some(provider) = &*known
            && now.duration_since(provider.read_at) < PROVIDER_LASTS
        {
            return Ok(provider.clone());
        }
        let issuer = self.options.issuer.trim_end_matches('/');
        let url = format!("{issuer}/.well-known/openid-configuration");
        let metadata: Metadata = self.get(&url).await?;
        if metadata.issuer != self.options.issuer {
            let text = format!("it calls itself `{}`", metadata.issuer);
            return Err(OidcError::Provider(text));
        }
        let is_plain = |url: &String| !url.starts_with("https:");
        let endpoints = [
            &metadata.authorization_endpoint,
            &metadata.token_endpoint,
            &metadata.jwks_uri,
        ];
        if issuer.starts_with("https:") && endpoints.into_iter().any(is_plain) {
            return Err(OidcError::Provider("an endpoint is not HTTPS".to_owned()));
        }
        let keys = self.get(&metadata.jwks_uri).await?;
        let provider = Provider {
            metadata,
            keys,
            read_at: now,
        };
        *known = Some(provider.clone());
        Ok(provider)
    }

    /// The key with this id; keys are read again when it is not known, since providers change them.
    async fn key(&self, id: Option<&str>, now: Timestamp) -> Result<Jwk, OidcError> {
        let find = |keys: &JwkSet| match (id, keys.keys.as_slice()) {
            (Some(id), _) => keys.find(id).cloned(),
            (None, [only]) => Some(only.clone()),
            (None, _) => None,
        };
        let provider = self.provider(now).await?;
        if let Some(key) = find(&provider.keys) {
            return Ok(key);
        }
        let unknown = OidcError::Token("it is signed with an unknown key");
        if now.duration_since(provider.read_at) < KEYS_AGAIN_AFTER {
            return Err(unknown);
        }
        *self.provider.lock().await = None;
        find(&self.provider(now).await?.keys).ok_or(unknown)
    }

    async fn exchange(
        &self,
        metadata: &Metadata,
        flight: &Flight,
        code: &str,
    ) -> Result<String, OidcError> {
        let redirect_uri = self.options.redirect_uri();
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", &flight.verifier),
        ];
        let mut request = self
            .client
            .post(&metadata.token_endpoint)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json");
        match &self.options.client_secret {
            // RFC 6749, 2.3.1: both are form-encoded before they are put into the header.
            Some(secret) => {
                let encoded = |text: &str| {
                    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
                };
                let id = encoded(&self.options.client_id);
                request = request.basic_auth(id, Some(encoded(&secret.0)));
            }
            None => fields.push(("client_id", &self.options.client_id)),
        }
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let answer = self.read(request.body(body)).await?;
        let answer: TokenAnswer = serde_json::from_slice(&answer)
            .map_err(|_| OidcError::Provider("it gave no ID token".to_owned()))?;
        Ok(answer.id_token)
    }

    /// The claims of a token whose signature, issuer and audience are right.
    async fn claims(&self, id_token: &str, now: Timestamp) -> Result<Claims, OidcError> {
        let header = jsonwebtoken::decode_header(id_token)
            .map_err(|_| OidcError::Token("the ID token is not signed as it should be"))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(OidcError::Token(
                "the ID token is not signed as it should be",
            ));
        }
        let key = self.key(header.kid.as_deref(), now).await?;
        let key =
            DecodingKey::from_jwk(&key).map_err(|_| OidcError::Token("its key cannot be used"))?;
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.options.issuer]);
        validation.set_audience(&[&self.options.client_id]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        // By the hub's clock, below.
        validation.validate_exp = false;
        use jsonwebtoken::errors::ErrorKind;
        let decoded =
            jsonwebtoken::decode::<Claims>(id_token, &key, &validation).map_err(|error| {
                OidcError::Token(match error.kind() {
                    ErrorKind::InvalidIssuer => "the ID token is of another issuer",
                    ErrorKind::InvalidAudience => "the ID token is for another client",
                    ErrorKind::InvalidSignature => "the signature is wrong",
                    _ => "the ID token cannot be read",
                })
            })?;
        Ok(decoded.claims)
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, url: &str) -> Result<T, OidcError> {
        let answer = self.read(self.client.get(url)).await?;
        serde_json::from_slice(&answer)
            .map_err(|error| OidcError::Provider(format!("`{url}` cannot be read: {error}")))
    }

    async fn read(&self, request: reqwest_tls::RequestBuilder) -> Result<Vec<u8>, OidcError> {
        let failed = |error: reqwest_tls::Error| OidcError::Provider(chain(&error));
        let mut response = request.send().await.map_err(failed)?;
        if !response.status().is_success() {
            let status = response.status().as_u16();
            return Err(OidcError::Provider(format!("it answered {status}")));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(OidcError::Provider("its answer is too long".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}
