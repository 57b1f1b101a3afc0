//! The header by which a receiver knows that a delivery is from here and fresh.

use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

/// `t=<unix seconds>,v1=<hex>`, with one `v1` for each secret: HMAC-SHA-256 with the secret's text as key over
/// the seconds, a full stop and the body.
pub fn signature(at: Timestamp, body: &str, secrets: &[String]) -> String {
    let seconds = at.as_second();
    let mut header = format!("t={seconds}");
    for secret in secrets {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(format!("{seconds}.").as_bytes());
        mac.update(body.as_bytes());
        header += &format!(",v1={}", hex::encode(mac.finalize().into_bytes()));
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values by `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac <secret>`.
    #[test]
    fn signatures_are_what_openssl_makes() {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        let one = "3c2a43f6f69d57ddfe8e506b006b338393c7a8c400e77c5f191ba17e15763c74";
        let two = "a80e630a9bbb756763ae24b15708f6ef71b45a4c060b6ec64409d78544ed0f70";
        let header = |secrets: &[&str]| {
            let secrets: Vec<String> = secrets.iter().map(|text| (*text).to_owned()).collect();
            signature(at, r#"{"a":1}"#, &secrets)
        };
        assert_eq!(header(&["whsec_one"]), format!("t=1700000000,v1={one}"));
        assert_eq!(
            header(&["whsec_one", "whsec_two"]),
            format!("t=1700000000,v1={one},v1={two}")
        );
    }
}
