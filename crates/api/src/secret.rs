//! Random secrets and how they are written for people. Must not know what they open.

use rand::TryRngCore as _;

use crate::failure::Failure;

/// RFC 4648, 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Random bytes.
///
/// Errors: [`Failure::Unexpected`] when the system has none.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    rand::rngs::OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Failure::unexpected(&error))?;
    Ok(bytes)
}

/// RFC 4648 without padding, as authenticators read it.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let bits = chunk
            .iter()
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte))
            << (8 * (5 - chunk.len()));
        let n_letters = (chunk.len() * 8).div_ceil(5);
        for n in 0..n_letters {
            let index = (bits >> (35 - 5 * n)) & 31;
            text.push(char::from(BASE32[index as usize]));
        }
    }
    text
}

/// Bytes as people copy them: `abcd-efgh-…`, letters and digits that are not mistaken for each other.
pub(crate) fn grouped(bytes: &[u8]) -> String {
    let letters: Vec<char> = base32(bytes).to_lowercase().chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(String::from_iter).collect();
    groups.join("-")
}

/// A password to be given out: 120 random bits.
pub(crate) fn one_time_password() -> Result<String, Failure> {
    Ok(grouped(&random::<15>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn passwords_that_are_given_out_differ() {
        let password = one_time_password().unwrap();
        assert_eq!(password.len(), 24 + 5);
        assert_ne!(password, one_time_password().unwrap());
    }
}
