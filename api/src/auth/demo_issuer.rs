//! The demonstration's own issuer of tokens. Stands aside where a real issuer is configured.

use std::{io, path::Path, time::Duration};

use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};

use super::{Issuer, IssuerKey};
use crate::{
    clock::Clock,
    policy::{Claim, PUBLIC, Policy, Role},
    secret_file::{Random, SecretFile, read_or_create_signing_key},
};

/// What `iss` says in the demonstration's tokens.
pub const DEMO_ISSUER: &str = "https://demo.regiograph.invalid";

/// What `aud` says in the demonstration's tokens.
pub const DEMO_AUDIENCE: &str = "regiograph";

/// The longest time that a token of the demonstration may live.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Signs the demonstration's tokens with a key of its own.
pub struct DemoIssuer {
    key: SigningKey,
    clock: Clock,
}

/// The token that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The role's name in the policy.
    pub role: &'a str,
    /// What the role is to be held for, as far as it was said.
    pub scopes: &'a [(Claim, &'a str)],
    /// The organisation, for a role that has no claim; `demonstration` where nobody says.
    pub organisation: Option<&'a str>,
    /// What the rows are used for.
    pub purpose: &'a str,
    /// How long the token lives.
    pub ttl: Duration,
}

/// Why the demonstration's key could not be had.
#[derive(Debug, thiserror::Error)]
pub enum BadIssuer {
    /// Its file.
    #[error(transparent)]
    File(#[from] SecretFile),
    /// The file holds something else.
    #[error("{} does not hold an Ed25519 private key in PKCS #8 PEM", .0.display())]
    Malformed(std::path::PathBuf),
}

/// Why there is no such token. Says which flag of the command `token` is missing or wrong.
#[derive(Debug, thiserror::Error)]
pub enum RefusedToken {
    /// No such role.
    #[error("unknown role `{role}`, expected one of {known}")]
    Role {
        /// The role that was asked for.
        role: String,
        /// The policy's roles.
        known: String,
    },
    /// Everyone is `public`.
    #[error("the role `public` needs no token: ask without one")]
    Public,
    /// The role's claim was not said.
    #[error("role `{role}` needs `{}`, such as `{} {}`", flag(*claim), flag(*claim), example(*claim))]
    Missing {
        /// The role.
        role: String,
        /// Its claim.
        claim: Claim,
    },
    /// A claim was said that the role does not have.
    #[error("role `{role}` takes no `{}`", flag(*claim))]
    Superfluous {
        /// The role.
        role: String,
        /// The claim.
        claim: Claim,
    },
    /// The reference data do not have the code.
    #[error("`{} {code}`: the reference data know no such {}", flag(*claim), claim.name().replace('_', "-"))]
    Unknown {
        /// The claim.
        claim: Claim,
        /// The code that was said.
        code: String,
    },
    /// The policy does not allow the purpose.
    #[error("role `{role}` may not be used for `--purpose {purpose}`, only for {known}")]
    Purpose {
        /// The role.
        role: String,
        /// The purpose that was asked for.
        purpose: String,
        /// The role's purposes.
        known: String,
    },
    /// Too short or too long a life.
    #[error("`--ttl` is to be from 1s to 366d")]
    Ttl,
    /// The organisation is no usable text.
    #[error("`--organisation` is to be 1 to 256 bytes of printable text")]
    Organisation,
    /// No randomness, or the signature failed.
    #[error("cannot sign the token: {0}")]
    Unsigned(io::Error),
}

impl std::fmt::Debug for DemoIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DemoIssuer(..)")
    }
}

/// The flag of the command `token` that says the claim: `--supra-region`.
#[must_use]
pub fn flag(claim: Claim) -> String {
    format!("--{}", claim.name().replace('_', "-"))
}

fn example(claim: Claim) -> &'static str {
    match claim {
        Claim::Region => "JZ36",
        Claim::SupraRegion => "ZW",
        Claim::Network => "BEN",
        Claim::Provider => "ALMATA",
        Claim::Partnership => "VO3001",
        Claim::Municipality => "GM0748",
        Claim::Institution => "GI01",
    }
}

impl DemoIssuer {
    /// The issuer whose key is in a file; made on first start, with owner-only rights.
    pub fn from_file_or_create(path: &Path, clock: Clock, random: Random<'_>) -> Result<Self, BadIssuer> {
        let key = read_or_create_signing_key(path, random)?.ok_or_else(|| BadIssuer::Malformed(path.to_owned()))?;
        Ok(Self { key, clock })
    }

    /// What an [`super::Authenticator`] accepts its tokens by.
    #[must_use]
    pub fn issuer(&self, leeway: Duration) -> Issuer {
        let key = IssuerKey::from_ed25519(&self.key.verifying_key());
        Issuer { leeway, ..Issuer::with_key(DEMO_ISSUER, DEMO_AUDIENCE, key) }
    }

    /// A token for a role of the policy. `is_known` says whether the reference data have a code.
    pub fn token(
        &self,
        wanted: &Wanted<'_>,
        policy: &Policy,
        is_known: &dyn Fn(Claim, &str) -> bool,
        random: Random<'_>,
    ) -> Result<String, RefusedToken> {
        let role = find_role(wanted.role, policy)?;
        let scope = find_scope(role, wanted, is_known)?;
        if !role.admits(Some(wanted.purpose)) {
            let known = role.purposes().collect::<Vec<_>>().join(", ");
            return Err(RefusedToken::Purpose { role: wanted.role.into(), purpose: wanted.purpose.into(), known });
        }
        if wanted.ttl < Duration::from_secs(1) || wanted.ttl > LONGEST {
            return Err(RefusedToken::Ttl);
        }
        let organisation = wanted.organisation.unwrap_or("demonstration");
        if !(1..=256).contains(&organisation.len()) || organisation.contains(char::is_control) {
            return Err(RefusedToken::Organisation);
        }
        let mut claims = Map::new();
        claims.insert("role".into(), role.name.as_ref().into());
        claims.insert("purpose".into(), wanted.purpose.into());
        claims.extend(role.token_scope().map(|scope| ("scope".into(), scope.into())));
        match scope {
            Some((claim, code)) => claims.insert(claim.name().into(), code.into()),
            None => claims.insert("organisation".into(), organisation.into()),
        };
        if let Some(acr) = role.acr.first() {
            claims.insert("acr".into(), acr.as_ref().into());
        }
        self.issue(claims, wanted.ttl, random)
    }

    /// Signs claims, and says of them who, for whom and until when.
    pub fn issue(
        &self,
        mut claims: Map<String, Value>,
        ttl: Duration,
        random: Random<'_>,
    ) -> Result<String, RefusedToken> {
        let mut id = [0_u8; 16];
        random(&mut id).map_err(RefusedToken::Unsigned)?;
        let now = self.clock.now().timestamp();
        let until = now.saturating_add_unsigned(ttl.as_secs());
        let common = json!({
            "iss": DEMO_ISSUER, "aud": DEMO_AUDIENCE, "sub": "demonstration", "jti": format!("{:032x}", u128::from_be_bytes(id)),
            "iat": now, "nbf": now, "exp": until,
        });
        if let Value::Object(common) = common {
            claims.extend(common);
        }
        let key = self.key.to_pkcs8_der().map_err(|error| RefusedToken::Unsigned(io::Error::other(error)))?;
        let key = EncodingKey::from_ed_der(key.as_bytes());
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &key)
            .map_err(|error| RefusedToken::Unsigned(io::Error::other(error)))
    }
}

fn find_role<'p>(name: &str, policy: &'p Policy) -> Result<&'p Role, RefusedToken> {
    if name == PUBLIC {
        return Err(RefusedToken::Public);
    }
    policy.role(name).ok_or_else(|| {
        let known = policy.roles().iter().map(|role| &*role.name).filter(|name| *name != PUBLIC);
        RefusedToken::Role { role: name.to_owned(), known: known.collect::<Vec<_>>().join(", ") }
    })
}

fn find_scope<'a>(
    role: &Role,
    wanted: &Wanted<'a>,
    is_known: &dyn Fn(Claim, &str) -> bool,
) -> Result<Option<(Claim, &'a str)>, RefusedToken> {
    let name = || role.name.to_string();
    if let Some((claim, _)) = wanted.scopes.iter().find(|(claim, _)| Some(*claim) != role.claim) {
        return Err(RefusedToken::Superfluous { role: name(), claim: *claim });
    }
    let Some(claim) = role.claim else {
        return Ok(None);
    };
    let Some((_, code)) = wanted.scopes.first() else {
        return Err(RefusedToken::Missing { role: name(), claim });
    };
    if !is_known(claim, code) {
        return Err(RefusedToken::Unknown { claim, code: (*code).to_owned() });
    }
    Ok(Some((claim, code)))
}
