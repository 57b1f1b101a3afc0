//! Codes of authenticators (TOTP, RFC 6238, with the values that all authenticators know: SHA-1, six digits,
//! thirty seconds) and recovery codes. Must not know who logs in.

use jiff::Timestamp;
use ring::hmac;

use crate::failure::Failure;
use crate::secret::{base32, grouped, random};

/// Bytes of a secret: the output length of SHA-1 (RFC 4226, 4, R6).
const SECRET_BYTES: usize = 20;
/// Seconds that a code is shown.
const STEP_S: i64 = 30;
/// Steps around the present one whose codes are good as well, for clocks that differ.
const TOLERATED_STEPS: i64 = 1;
/// Recovery codes that a user gets.
pub(crate) const N_RECOVERY_CODES: usize = 10;

/// A new secret.
pub(crate) fn secret() -> Result<[u8; SECRET_BYTES], Failure> {
    random()
}

/// New recovery codes: 80 random bits each, as `abcd-efgh-ijkl-mnop`.
pub(crate) fn recovery_codes() -> Result<Vec<String>, Failure> {
    (0..N_RECOVERY_CODES)
        .map(|_| Ok(grouped(&random::<10>()?)))
        .collect()
}

/// A recovery code as it was given out, however it was typed.
pub(crate) fn recovery_code(typed: &str) -> String {
    let letters: Vec<char> = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let groups: Vec<String> = letters.chunks(4).map(String::from_iter).collect();
    groups.join("-")
}

/// What authenticators read as a QR code.
pub(crate) fn uri(secret: &[u8], organization: &str, email: &str) -> String {
    let (organization, email) = (percent_encoded(organization), percent_encoded(email));
    format!(
        "otpauth://totp/{organization}:{email}?secret={}&issuer={organization}&algorithm=SHA1&digits=6&period={STEP_S}",
        base32(secret)
    )
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// The time step whose code this is, when it is good at `now`; the caller sees to it that a step is good once.
/// Spaces in the code are ignored.
pub(crate) fn step(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let present = now.as_second() / STEP_S;
    (present - TOLERATED_STEPS..=present + TOLERATED_STEPS)
        .find(|step| code_of(secret, *step) == code)
}

/// The code of a time step (RFC 4226, 5.3).
fn code_of(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[tag.len() - 1] & 15);
    let number = tag[offset..offset + 4]
        .iter()
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte))
        & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, the last six of eight digits.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_of(SECRET, second / 30), code);
        }
    }

    #[test]
    fn a_code_is_good_in_its_step_and_the_neighbours() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let code = code_of(SECRET, 100);
        for (second, expected) in [
            (2969, None),
            (2970, Some(100)),
            (3000, Some(100)),
            (3059, Some(100)),
            (3060, None),
        ] {
            assert_eq!(step(SECRET, &code, at(second)), expected, "{second}");
        }
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        assert_eq!(step(SECRET, &spaced, at(3000)), Some(100));
        for bad in ["", "12345", "1234567", "abcdef", "१२३४५६", "12 34"] {
            assert_eq!(step(SECRET, bad, at(3000)), None, "`{bad}`");
        }
    }

    #[test]
    fn recovery_codes_are_read_however_they_are_typed() {
        let codes = recovery_codes().unwrap();
        assert_eq!(codes.len(), N_RECOVERY_CODES);
        for code in codes {
            assert_eq!(code.len(), 19);
            assert_eq!(recovery_code(&code), code);
            assert_eq!(
                recovery_code(&format!(" {} ", code.to_uppercase().replace('-', " "))),
                code
            );
        }
    }

    #[test]
    fn names_in_the_uri_cannot_add_to_it() {
        assert_eq!(
            uri(b"foobar", "A&B: C", "a+b@example.org"),
            "otpauth://totp/A%26B%3A%20C:a%2Bb%40example.org?secret=MZXW6YTBOI&issuer=A%26B%3A%20C&algorithm=SHA1&digits=6&period=30"
        );
    }
}
