//! From a host to addresses that may be connected to. What was checked here is connected to, so a name that
//! resolves to something else a moment later changes nothing.

use std::net::SocketAddr;

use rollcall_store::webhook::{Target, is_public};

/// Why there is no address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressError {
    /// The name is not known, or the resolver does not answer.
    #[error("the name of the host cannot be resolved")]
    Unknown,
    /// The name leads into a network that is not public.
    #[error("the host resolves to an address that is not public")]
    Private,
}

/// Addresses of the target, all of them public unless private ones are allowed: a name with one private
/// address among public ones is refused as a whole.
pub(crate) async fn resolve(
    target: &Target,
    allow_private: bool,
) -> Result<Vec<SocketAddr>, AddressError> {
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host((target.host.as_str(), target.port))
        .await
        .map_err(|_| AddressError::Unknown)?
        .collect();
    allowed(addresses, allow_private)
}

fn allowed(
    addresses: Vec<SocketAddr>,
    allow_private: bool,
) -> Result<Vec<SocketAddr>, AddressError> {
    if addresses.is_empty() {
        return Err(AddressError::Unknown);
    }
    if !allow_private && !addresses.iter().all(|address| is_public(address.ip())) {
        return Err(AddressError::Private);
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(host: &str) -> Target {
        Target {
            is_https: true,
            host: host.to_owned(),
            port: 443,
            path: "/".to_owned(),
            authority: host.to_owned(),
        }
    }

    #[tokio::test]
    async fn spellings_of_the_own_machine_are_seen_through() {
        // What no URL parser takes for an address, the system's resolver may.
        for host in [
            "localhost",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "0",
            "::1",
        ] {
            let refused = resolve(&target(host), false).await;
            assert!(refused.is_err(), "{host}: {refused:?}");
        }
        assert!(
            !resolve(&target("localhost"), true)
                .await
                .unwrap()
                .is_empty()
        );
        let unknown = resolve(&target("does-not-exist.invalid"), false).await;
        assert!(matches!(unknown, Err(AddressError::Unknown)), "{unknown:?}");
    }

    #[test]
    fn one_private_address_among_public_ones_is_enough() {
        let addresses = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| text.parse().unwrap())
                .collect::<Vec<SocketAddr>>()
        };
        assert!(allowed(addresses(&["1.1.1.1:443", "[2606:4700::1]:443"]), false).is_ok());
        for private in [
            &["1.1.1.1:443", "10.0.0.1:443"][..],
            &["[::ffff:10.0.0.1]:443"],
            &["169.254.169.254:443"],
        ] {
            assert!(
                matches!(
                    allowed(addresses(private), false),
                    Err(AddressError::Private)
                ),
                "{private:?}"
            );
            assert!(allowed(addresses(private), true).is_ok());
        }
    }
}
