//! `[[issuer]]`: whose tokens are accepted, by which keys, for which roles, and where in them stands what.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    ops::Range,
    path::{Path, PathBuf},
    time::Duration,
};

use axum::http::Uri;
use serde::{Deserialize, Deserializer, de::Error};
use toml::Spanned;

use super::bounds::{text, within_time};
use crate::place::Place;

/// `[[issuer]]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// What `iss` must be in every token of it.
    pub name: Box<str>,
    /// What `aud` must be, or hold.
    pub audience: Box<str>,
    /// Where its keys come from.
    pub keys: IssuerKeys,
    /// The roles that it may give; none for all, which only an issuer without another beside it may.
    pub roles: Option<Vec<Box<str>>>,
    /// What it may sign with.
    pub algorithms: Vec<Algorithm>,
    /// The clients whose tokens are accepted; none for all.
    pub clients: Option<Vec<Box<str>>>,
    /// The longest time from `iat` to `exp`.
    pub lifetime_max: Duration,
    /// By how much its clock may differ from ours.
    pub leeway: Duration,
    /// Where in its tokens stands what.
    pub claims: Claims,
    /// Where its section stands.
    pub section: Place,
    /// Where its key `public_key_file` or `ca_file` stands; its section, where there is neither.
    pub file: Place,
}

/// Where the keys of an issuer come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssuerKeys {
    /// One public key in a file, PEM.
    File(PathBuf),
    /// The issuer shows them itself, as OpenID Connect Discovery has it.
    Discovery {
        /// The file of the authorities whose certificates are taken; public ones where there is none.
        ca_file: Option<PathBuf>,
        /// For how long keys hold that could not be asked for again.
        max_age: Duration,
    },
}

/// What tokens may be signed with: never a secret that two share (HS256 and its like).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    /// RSA with PKCS #1 v1.5 and SHA-256.
    RS256,
    /// RSA with PSS and SHA-256.
    PS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

/// `[issuer.claims]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Claims {
    /// The role.
    pub role: Option<ClaimRule>,
    /// What the rows are used for.
    pub purpose: Option<ClaimRule>,
    /// The organisation of a role without a scope.
    pub organisation: Option<ClaimRule>,
    /// The region.
    pub region: Option<ClaimRule>,
    /// The supra-region.
    pub supra_region: Option<ClaimRule>,
    /// The expertise network.
    pub network: Option<ClaimRule>,
    /// The provider.
    pub provider: Option<ClaimRule>,
    /// The education partnership.
    pub partnership: Option<ClaimRule>,
    /// The municipality.
    pub municipality: Option<ClaimRule>,
    /// The certified institution.
    pub institution: Option<ClaimRule>,
    /// How sure the issuer is of who it is.
    pub acr: Option<ClaimRule>,
    /// The program that asked for the token.
    pub client: Option<ClaimRule>,
    /// The token's own number.
    pub id: Option<ClaimRule>,
}

/// Where a value stands in a token, or what it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a path such as \"realm_access.roles\", { path = \"roles\", values = { there = \"here\" } } or \
                 { constant = \"monitoring\" }"
)]
pub enum ClaimRule {
    /// The names of the members on the way, outermost first.
    At(ClaimPath),
    /// The same, with what its values mean.
    Named {
        /// The names of the members on the way.
        path: ClaimPath,
        /// What the issuer's values mean here; all others mean nothing.
        #[serde(default)]
        values: Option<BTreeMap<Box<str>, Box<str>>>,
    },
    /// The same in every token.
    Constant {
        /// What.
        constant: Box<str>,
    },
}

/// The names of the members on the way to a value: `"realm_access.roles"`, or as a list where a name has a dot in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath(pub Vec<Box<str>>);

/// An issuer as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    #[serde(deserialize_with = "text")]
    issuer: Box<str>,
    #[serde(deserialize_with = "text")]
    audience: Box<str>,
    public_key_file: Option<Spanned<PathBuf>>,
    ca_file: Option<Spanned<PathBuf>>,
    #[serde(default = "default_keys_max_age", deserialize_with = "within_time::<3_600_000, 2_592_000_000, _>")]
    keys_max_age: Duration,
    roles: Option<Vec<Box<str>>>,
    #[serde(default = "all_algorithms", deserialize_with = "some")]
    algorithms: Vec<Algorithm>,
    clients: Option<Vec<Box<str>>>,
    #[serde(default = "default_lifetime_max", deserialize_with = "within_time::<60_000, 21_600_000, _>")]
    lifetime_max: Duration,
    #[serde(default = "default_leeway", deserialize_with = "within_time::<0, 30_000, _>")]
    leeway: Duration,
    #[serde(default)]
    claims: Claims,
}

/// What no key can be checked for alone.
pub(super) fn check(issuers: &[Spanned<Section>]) -> Result<(), (Range<usize>, String)> {
    for (place, issuer) in issuers.iter().enumerate() {
        let it = issuer.get_ref();
        let wrong = |reason: String| (issuer.span(), format!("issuer `{}`: {reason}", it.issuer));
        if issuers[..place].iter().any(|other| other.get_ref().issuer == it.issuer) {
            return Err(wrong("issuer: another section is about it too".to_owned()));
        }
        match (&it.public_key_file, &it.ca_file) {
            (Some(_), Some(_)) => return Err(wrong("ca_file: does not go with public_key_file".to_owned())),
            (Some(_), None) => {}
            (None, _) => {
                address(&it.issuer).map_err(|reason| wrong(format!("issuer: {reason}")))?;
            }
        }
        if it.roles.is_none() && issuers.len() > 1 {
            return Err(wrong("roles: needed where there is another issuer".to_owned()));
        }
        let never = [("role", &it.claims.role), ("acr", &it.claims.acr), ("client", &it.claims.client)];
        let is_constant = |rule: &Option<ClaimRule>| matches!(rule, Some(ClaimRule::Constant { .. }));
        if let Some((name, _)) = never.into_iter().chain([("id", &it.claims.id)]).find(|(_, rule)| is_constant(rule)) {
            return Err(wrong(format!("claims.{name}: it is each token that says it, no constant")));
        }
    }
    Ok(())
}

impl Section {
    /// The issuer of a section that was checked. Its files are relative to the folder; `place` says where a byte of the
    /// text stands.
    pub(super) fn into_issuer(section: Spanned<Self>, folder: &Path, place: impl Fn(usize) -> Place) -> Issuer {
        let start = section.span().start;
        let it = section.into_inner();
        let file = it.public_key_file.as_ref().or(it.ca_file.as_ref()).map_or(start, |file| file.span().start);
        let keys = match it.public_key_file {
            Some(file) => IssuerKeys::File(folder.join(file.into_inner())),
            None => IssuerKeys::Discovery {
                ca_file: it.ca_file.map(|file| folder.join(file.into_inner())),
                max_age: it.keys_max_age,
            },
        };
        Issuer {
            name: it.issuer,
            audience: it.audience,
            keys,
            roles: it.roles,
            algorithms: it.algorithms,
            clients: it.clients,
            lifetime_max: it.lifetime_max,
            leeway: it.leeway,
            claims: it.claims,
            section: place(start),
            file: place(file),
        }
    }
}

/// The address of an issuer, or of the keys that it names: encrypted, or on this machine.
///
/// # Errors
/// Why it is none.
pub fn address(url: &str) -> Result<Uri, &'static str> {
    const NONE: &str = "it is no address such as https://login.example.org, which is needed without public_key_file";
    let address: Uri = url.parse().map_err(|_| NONE)?;
    let (scheme, authority) = address.scheme_str().zip(address.authority()).ok_or(NONE)?;
    let host = authority.host();
    if authority.as_str().contains('@') || host.is_empty() || url.contains(['?', '#']) {
        return Err("it holds more than scheme, host, port and path");
    }
    let is_here =
        host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|it| it.is_loopback());
    match scheme {
        "https" => Ok(address),
        "http" if is_here => Ok(address),
        "http" => Err("without TLS (http) an issuer is asked on this machine alone; use https"),
        _ => Err(NONE),
    }
}

impl<'de> Deserialize<'de> for ClaimPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Dotted(String),
            List(Vec<Box<str>>),
        }
        let names: Vec<Box<str>> = match Written::deserialize(deserializer)? {
            Written::Dotted(path) => path.split('.').map(Into::into).collect(),
            Written::List(names) => names,
        };
        if names.is_empty() || names.iter().any(|name| name.is_empty()) {
            return Err(D::Error::custom("a path names a member at each step"));
        }
        Ok(Self(names))
    }
}

fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Algorithm>, D::Error> {
    let algorithms = Vec::deserialize(deserializer)?;
    if algorithms.is_empty() { Err(D::Error::custom("it names none")) } else { Ok(algorithms) }
}

fn all_algorithms() -> Vec<Algorithm> {
    vec![Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA]
}

fn default_lifetime_max() -> Duration {
    Duration::from_secs(60 * 60)
}

fn default_keys_max_age() -> Duration {
    Duration::from_secs(24 * 60 * 60)
}

fn default_leeway() -> Duration {
    Duration::from_secs(5)
}
