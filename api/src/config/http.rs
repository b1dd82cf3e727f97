//! `[http]`: how the gateway is called outside, how many connections there may be, which pages of other sites may ask, and
//! whose word is taken for where a client is and which certificate it showed.

use std::{net::IpAddr, str::FromStr, time::Duration};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};

use super::bounds::{within, within_time};

/// `[http]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// How clients call this gateway: the origins that a proof of possession (DPoP) may be for. Without one no such proof
    /// is taken.
    pub public_origins: Vec<Origin>,
    /// The origins whose pages may ask and read answers; none where none is named.
    pub cors: Vec<Origin>,
    /// The proxies whose `X-Forwarded-For` says where a client is.
    pub trusted_proxies: Vec<Network>,
    /// Do those proxies say in `Client-Cert` (RFC 9440) which certificate a client has shown them, and take out what
    /// clients write there themselves?
    pub client_certificates: bool,
    /// For how long browsers come back by HTTPS alone; not said where it is zero.
    #[serde(deserialize_with = "within_time::<0, 63_072_000_000, _>")]
    pub hsts: Duration,
    /// The most connections at a time, WebSockets among them: keep it below the file descriptors of the process.
    #[serde(deserialize_with = "within::<16, 1_000_000, _>")]
    pub connections: usize,
    /// The most connections of one client address (of IPv6 its /64) at a time; for trusted proxies it does not go.
    #[serde(deserialize_with = "within::<4, 1_000_000, _>")]
    pub connections_per_address: usize,
}

/// An origin, as browsers name it: `https://portal.example.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Box<str>);

/// A network, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

impl Default for Http {
    fn default() -> Self {
        Self {
            public_origins: Vec::new(),
            cors: Vec::new(),
            trusted_proxies: Vec::new(),
            client_certificates: false,
            hsts: Duration::ZERO,
            connections: 4_096,
            connections_per_address: 256,
        }
    }
}

impl Origin {
    /// As it stands in the header `Origin`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its scheme, and its host with the port where one is said.
    #[must_use]
    pub fn parts(&self) -> (&str, &str) {
        self.0.split_once("://").unwrap_or_default()
    }

    fn parse(text: &str) -> Option<Self> {
        let (scheme, host) = text.split_once("://")?;
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
        let is_origin = ["https", "http"].contains(&scheme) && !host.is_empty() && host.bytes().all(is_part);
        is_origin.then(|| Self(text.into()))
    }
}

impl Network {
    /// Is this address in it?
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl Http {
    /// What is wrong with the keys together.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if self.client_certificates && self.trusted_proxies.is_empty() {
            return Err("http: client_certificates: nobody is believed without trusted_proxies");
        }
        Ok(())
    }
}

impl FromStr for Origin {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::parse(text).ok_or(())
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let one = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse().or_else(|_| one()).map(Self).map_err(|_| ())
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Box<str>>::deserialize(deserializer)?;
        let wrong = || D::Error::custom("an origin is a scheme and a host, such as \"https://portal.example.org\"");
        Self::parse(&text).ok_or_else(wrong)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Box<str>>::deserialize(deserializer)?;
        text.parse().map_err(|()| D::Error::custom("it is neither an address nor a network, such as \"10.0.0.0/8\""))
    }
}
