//! Which addresses may be called (S6). Pure: names are resolved by `courier.rs`, which asks here about every address
//! that a name leads to, at every attempt.
//!
//! Whoever makes an endpoint chooses where this server connects to. So nothing but the public internet may be reached:
//! no loopback, private, link-local or metadata address, in none of the spellings that a URL or a resolver has for it.
//! What is not known to be public is refused.

use reqwest::Url;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url_host::Host;

/// How far this server may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Also http, and other ports than 443.
    pub(super) plain: bool,
    /// Also this very machine.
    pub(super) loopback: bool,
}

impl Reach {
    /// https to public addresses on port 443; in a sandbox also whatever runs beside it.
    pub(crate) const fn of(sandbox: bool) -> Self {
        Self {
            plain: sandbox,
            loopback: sandbox,
        }
    }
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is no URL.
    #[error("this is not a web address")]
    NotAnAddress,
    /// It is longer than 2,048 characters.
    #[error("the address is too long")]
    TooLong,
    /// The scheme is another one.
    #[error("only https addresses are called")]
    NotHttps,
    /// There is a user name or a password in it.
    #[error("the address must not have a user name or password in it")]
    Credentials,
    /// The port is another one.
    #[error("only port 443 is called")]
    Port,
    /// There is a `#` in it.
    #[error("the address must not have a fragment")]
    Fragment,
    /// The name is one of a machine or network of its own.
    #[error("this name is not one of the public internet")]
    PrivateName,
    /// The address, or one of those that its name leads to, is not public.
    #[error("this leads to an address that is not public")]
    NotPublic,
}

/// Reads a URL that events shall be sent to. What is left to check is where its name leads to.
pub(crate) fn parse(text: &str, reach: Reach) -> Result<Url, Refusal> {
    if text.len() > 2048 {
        return Err(Refusal::TooLong);
    }
    // The parser takes these away silently, so that people and the parser would see two addresses.
    if text.trim() != text || text.contains(|c: char| c.is_control() || c == '\\') {
        return Err(Refusal::NotAnAddress);
    }
    let url = Url::parse(text).map_err(|_| Refusal::NotAnAddress)?;
    match url.scheme() {
        "https" => {}
        "http" if reach.plain => {}
        _ => return Err(Refusal::NotHttps),
    }
    if !url.username().is_empty() || url.password().is_some() || authority_of(text).contains('@') {
        return Err(Refusal::Credentials);
    }
    if url.port().is_some_and(|port| port != 443) && !reach.plain {
        return Err(Refusal::Port);
    }
    if url.fragment().is_some() {
        return Err(Refusal::Fragment);
    }
    match Host::of(&url).ok_or(Refusal::NotAnAddress)? {
        Host::Name(name) => check_name(name, reach)?,
        Host::Address(address) => check(address, reach)?,
    }
    Ok(url)
}

/// What stands between the scheme and the path, as it was written.
fn authority_of(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Names that the public internet does not have. Others are judged by where they lead to.
fn check_name(name: &str, reach: Reach) -> Result<(), Refusal> {
    const PRIVATE: &[&str] = &[
        "localhost",
        "local",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "private",
        "localdomain",
        "home.arpa",
        "onion",
        "test",
        "invalid",
        "example",
    ];
    let name = name.trim_end_matches('.');
    if name == "localhost" && reach.loopback {
        return Ok(());
    }
    let is_below = |top: &&str| {
        name.strip_suffix(*top)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    if !name.contains('.') || PRIVATE.iter().any(is_below) {
        return Err(Refusal::PrivateName);
    }
    Ok(())
}

/// Whether an address that a name led to may be called.
pub(crate) fn check(address: IpAddr, reach: Reach) -> Result<(), Refusal> {
    let allowed = match address {
        IpAddr::V4(address) => is_public_v4(address) || (reach.loopback && address.is_loopback()),
        IpAddr::V6(address) => is_public_v6(address) || (reach.loopback && address.is_loopback()),
    };
    if allowed { Ok(()) } else { Err(Refusal::NotPublic) }
}

const fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        // This network, private, shared (carrier-grade NAT), loopback, link-local with the metadata of clouds, private.
        (0 | 10 | 127, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            // Protocol assignments, documentation, anycast of AS112 and AMT, relays of 6to4, private.
            | (192, 0, 0 | 2)
            | (192, 31, 196)
            | (192, 52, 193)
            | (192, 88, 99)
            | (192, 168, _)
            | (192, 175, 48)
            // Benchmarks, documentation, multicast, reserved and broadcast. 168.63.129.16 is a cloud's own.
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, _, _)
            | (168, 63, 129)
    )
}

const fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Only 2000::/3 is given out to the public. That leaves out loopback, mapped and translated addresses of version 4,
    // NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), the discard prefix, SRv6, unique local, link-local and multicast ones.
    if a & 0xe000 != 0x2000 {
        return false;
    }
    // Protocol assignments with Teredo and ORCHID; documentation; 6to4, which holds an address of version 4.
    !(matches!((a, b), (0x2001, 0..=0x01ff | 0x0db8)) || a == 0x2002 || (a == 0x3fff && b <= 0x0fff) || a == 0x3ffe)
}

/// The host of a URL, as its parser read it: 0x7f.1, 2130706433 and 127.0.0.1 are one address.
mod url_host {
    use super::{IpAddr, Url};

    pub(super) enum Host<'a> {
        Name(&'a str),
        Address(IpAddr),
    }

    impl<'a> Host<'a> {
        pub(super) fn of(url: &'a Url) -> Option<Self> {
            let text = url.host_str().filter(|text| !text.is_empty())?;
            let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            Some(match bare.unwrap_or(text).parse() {
                Ok(address) => Self::Address(address),
                Err(_) => Self::Name(text),
            })
        }
    }
}

#[cfg(test)]
mod tests;
