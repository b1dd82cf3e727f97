//! Where a node is, and how it knows this gateway: the keys of a source with `kind = "node"`.

use std::{
    net::IpAddr,
    ops::Range,
    path::{Path, PathBuf},
};

use axum::http::Uri;
use serde::{Deserialize, Deserializer, de::Error};
use toml::Spanned;

use super::{bounds::text, database::Hidden, issuer_address};

/// Where a node is, and how it knows this gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The address of its endpoint.
    pub endpoint: Uri,
    /// The source's name at the node, where it has another one there.
    pub remote: Option<Box<str>>,
    /// How this gateway is called there.
    pub gateway: Box<str>,
    /// The file of the key that both share.
    pub key_file: PathBuf,
    /// The file of the authorities whose certificates are taken; public ones where there is none.
    pub ca_file: Option<PathBuf>,
    /// How callers' tokens are exchanged for ones that are for the node; none where it is shown them as they came.
    pub token_exchange: Option<Box<TokenExchange>>,
}

/// How callers' tokens are exchanged for ones that are for a node (RFC 8693).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenExchange {
    /// The file of the authorities one of which must vouch for that address; public ones where there is none.
    pub ca_file: Option<PathBuf>,
    /// The address of the issuer's token endpoint.
    #[serde(deserialize_with = "token_endpoint", rename = "endpoint")]
    pub address: Box<str>,
    /// How this gateway is called there.
    #[serde(deserialize_with = "text")]
    pub client_id: Box<str>,
    /// The file of what it proves that with.
    pub client_secret_file: PathBuf,
    /// Whom the new token is for.
    pub audience: Option<Box<str>>,
    /// What it is to be good for.
    pub scope: Option<Box<str>>,
}

/// The keys of a node as they stand in the file, but for `url`.
#[derive(Clone, Default)]
pub(super) struct NodeKeys {
    pub(super) remote: Option<Spanned<Called>>,
    pub(super) gateway: Option<Spanned<Called>>,
    pub(super) key_file: Option<Spanned<PathBuf>>,
    pub(super) ca_file: Option<Spanned<PathBuf>>,
    pub(super) token_exchange: Option<Spanned<TokenExchange>>,
}

/// The name of a source or a gateway.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct Called(#[serde(deserialize_with = "called")] Box<str>);

impl NodeKeys {
    /// The keys that are there, and where their values stand.
    pub(super) fn stand(&self) -> [(&'static str, Option<Range<usize>>); 5] {
        [
            ("remote", self.remote.as_ref().map(Spanned::span)),
            ("gateway", self.gateway.as_ref().map(Spanned::span)),
            ("key_file", self.key_file.as_ref().map(Spanned::span)),
            ("ca_file", self.ca_file.as_ref().map(Spanned::span)),
            ("token_exchange", self.token_exchange.as_ref().map(Spanned::span)),
        ]
    }

    /// What is missing or wrong of a node's keys: where that stands, and why.
    pub(super) fn check(
        &self,
        url: Option<&Spanned<Hidden>>,
        section: Range<usize>,
    ) -> Result<(), (Range<usize>, String)> {
        let is_there =
            [("url", url.is_some()), ("gateway", self.gateway.is_some()), ("key_file", self.key_file.is_some())];
        if let Some((name, _)) = is_there.into_iter().find(|(_, is_there)| !is_there) {
            return Err((section, format!("kind = \"node\" needs {name}")));
        }
        let Some(url) = url else { return Ok(()) };
        endpoint(url.get_ref().reveal()).map(|_| ()).map_err(|reason| (url.span(), format!("url: {reason}")))
    }

    /// Where the node is, of keys that are right; files are relative to the folder.
    pub(super) fn into_node(self, url: Option<&Spanned<Hidden>>, folder: &Path) -> Node {
        let name = |it: Option<Spanned<Called>>| it.map(|it| it.into_inner().0);
        let file = |it: Option<Spanned<PathBuf>>| it.map(|it| folder.join(it.into_inner()));
        Node {
            endpoint: url.and_then(|url| endpoint(url.get_ref().reveal()).ok()).unwrap_or_default(),
            remote: name(self.remote),
            gateway: name(self.gateway).unwrap_or_default(),
            key_file: file(self.key_file).unwrap_or_default(),
            ca_file: file(self.ca_file),
            token_exchange: self.token_exchange.map(|it| {
                let it = it.into_inner();
                Box::new(TokenExchange {
                    client_secret_file: folder.join(&it.client_secret_file),
                    ca_file: it.ca_file.map(|file| folder.join(file)),
                    ..it
                })
            }),
        }
    }
}

/// The address of the endpoint below that of a node. Tokens and rows travel there: without encryption only within this machine.
fn endpoint(url: &str) -> Result<Uri, &'static str> {
    const NONE: &str = "it is no address such as https://regiograph.example.org";
    let base: Uri = url.trim_end_matches('/').parse().map_err(|_| NONE)?;
    let (scheme, authority) = base.scheme_str().zip(base.authority()).ok_or(NONE)?;
    if authority.as_str().contains('@') || base.query().is_some() || authority.host().is_empty() {
        return Err("it holds more than scheme, host, port and path");
    }
    let host = authority.host();
    let is_here =
        host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|it| it.is_loopback());
    match scheme {
        "https" => {}
        "http" if is_here => {}
        "http" => return Err("without TLS (http) a node is asked on this machine alone; use https"),
        _ => return Err(NONE),
    }
    format!("{}/node", url.trim_end_matches('/')).parse().map_err(|_| NONE)
}

/// Tokens and a secret travel there.
fn token_endpoint<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    let address = <Box<str>>::deserialize(deserializer)?;
    issuer_address(&address).map_err(D::Error::custom)?;
    Ok(address)
}

fn called<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    let name = <Box<str>>::deserialize(deserializer)?;
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(is_plain) {
        return Err(D::Error::custom("only lower-case letters, digits and hyphens, 64 at most, make a name"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encrypted_or_on_this_machine() {
        let at = |url: &str| endpoint(url).map(|it| it.to_string());
        assert_eq!(at("https://node.example.org").as_deref(), Ok("https://node.example.org/node"));
        assert_eq!(at("https://node.example.org:8443/care/").as_deref(), Ok("https://node.example.org:8443/care/node"));
        for here in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"] {
            assert_eq!(at(here), Ok(format!("{here}/node")));
        }
        for refused in [
            "http://node.example.org",
            "http://10.0.0.1",
            "http://localhost.example.org",
            "https://user:secret@node.example.org",
            "https://node.example.org/?x=1",
            "ftp://localhost",
            "node.example.org",
            "/node",
            "",
        ] {
            let reason = at(refused).unwrap_err();
            assert!(!reason.contains("secret"), "{refused}: {reason}");
        }
    }
}
