//! HTTPS, and the word of proxies.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rollcall_api::{HttpOptions, TlsFiles};
use rollcall_store::user::UserRole;
use rollcall_testkit::wait_until;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use crate::support::{Api, PASSWORD};

fn make_certificate(folder: &Path) -> String {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.pem();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.join("certificate.pem"), &certificate).unwrap();
    certificate
}

/// One request, trusting this certificate only; the whole answer.
async fn exchange(api: &Api, certificate: &str, request: &str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(api.running.address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8(answer).unwrap())
}

#[tokio::test]
async fn https_is_served_with_secure_cookies_and_a_fresh_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = make_certificate(folder.path());
    let api = Api::start_with(
        HttpOptions {
            tls: Some(TlsFiles {
                certificate: folder.path().join("certificate.pem"),
                key: folder.path().join("key.pem"),
            }),
            ..HttpOptions::default()
        },
        None,
    )
    .await;
    let organization_id = api.fixture.organization_id;
    api.user(organization_id, "a@example.org", UserRole::Owner)
        .await;
    let body = json!({ "email": "a@example.org", "password": PASSWORD }).to_string();
    let log_in = format!(
        "POST /session HTTP/1.1\r\nHost: localhost\r\nOrigin: https://localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(&api, &certificate, &log_in).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let cookie = answer
        .lines()
        .find(|line| line.starts_with("set-cookie:"))
        .unwrap();
    assert!(
        cookie.contains("; Secure") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    let plain_origin = log_in.replace("Origin: https", "Origin: http");
    let answer = exchange(&api, &certificate, &plain_origin).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");

    let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let fresh = make_certificate(folder.path());
    wait_until(
        "the new certificate is served",
        Duration::from_secs(20),
        async || {
            exchange(&api, &fresh, health)
                .await
                .ok()
                .filter(|answer| answer.contains("200 OK"))
        },
    )
    .await;
    assert!(exchange(&api, &certificate, health).await.is_err());
    // Somebody who speaks plain HTTP is turned away and disturbs nobody.
    assert!(api.client.get(api.url("/healthz")).send().await.is_err());
    assert!(exchange(&api, &fresh, health).await.is_ok());
}

#[tokio::test]
async fn a_trusted_proxy_says_who_asks_and_how() {
    let options = |trusted: &str| HttpOptions {
        trusted_proxies: vec![trusted.parse().unwrap()],
        ..HttpOptions::default()
    };
    for (trusted, is_believed) in [("127.0.0.0/8", true), ("10.0.0.0/8", false)] {
        let api = Api::start_with(options(trusted), None).await;
        let organization_id = api.fixture.organization_id;
        api.user(organization_id, "a@example.org", UserRole::Owner)
            .await;
        let log_in = async |client: &str, password: &str| {
            api.client
                .post(api.url("/session"))
                .header("x-forwarded-for", client)
                .header("x-forwarded-proto", "https")
                .json(&json!({ "email": "a@example.org", "password": password }))
                .send()
                .await
                .unwrap()
        };
        let response = log_in("192.0.2.1", PASSWORD).await;
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        assert_eq!(cookie.contains("Secure"), is_believed, "{cookie}");
        while log_in("192.0.2.1", "wrong").await.status() != 429 {}
        let of_other = log_in("192.0.2.2", "wrong").await.status();
        assert_eq!(of_other, if is_believed { 401 } else { 429 });
    }
}
