//! Who asks: exchanges a bearer token for a [`Caller`], once per request. Knows no dataset and no HTTP; a token that is
//! not good in every respect is refused, and never becomes the role `public`.

mod claims;
mod demo_issuer;
mod key;

use std::{sync::Arc, time::Duration};

use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use self::claims::Claims;
pub use self::{
    demo_issuer::{BadIssuer, DEMO_AUDIENCE, DEMO_ISSUER, DemoIssuer, RefusedToken, Wanted, flag},
    key::{BadKey, BadKeyFile, IssuerKey},
};
use crate::{
    clock::Clock,
    config,
    policy::{Caller, Policy, Token},
};

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;

/// The most tokens whose signatures are remembered.
const REMEMBERED: usize = 4096;

/// Whose tokens are accepted.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// What `iss` must be.
    pub name: Box<str>,
    /// What `aud` must be, or hold.
    pub audience: Box<str>,
    /// What the issuer signs with.
    pub key: IssuerKey,
    /// By how much the issuer's clock may differ from ours.
    pub leeway: Duration,
}

/// Checks tokens of one issuer. A signature is checked once per token, everything else in every request.
#[derive(Debug)]
pub struct Authenticator {
    issuer: Issuer,
    clock: Clock,
    /// What tokens with a good signature say, by the token's SHA-256.
    signed: Cache<[u8; 32], Arc<Claims>>,
}

/// Why a token is refused. Says what is wrong with it, and nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// The header has another form.
    #[error("the Authorization header is not of the form `Bearer TOKEN`")]
    NoBearer,
    /// Longer than 8 kB.
    #[error("the token is longer than 8 kB")]
    TooLong,
    /// Not three parts of base64url with JSON in them, or of an algorithm that nobody uses (`none`).
    #[error("the token cannot be read as a signed JSON Web Token")]
    Unreadable,
    /// The header says where a key is to be found, or asks for what is not understood here.
    #[error("the token's header holds `{0}`, which is not accepted")]
    Header(&'static str),
    /// Another algorithm than the issuer's key is for.
    #[error("the token is signed with an algorithm that is not accepted")]
    Algorithm,
    /// The signature is of another key or of another token.
    #[error("the token's signature does not match")]
    Signature,
    /// A claim is not there, or not of its form.
    #[error("the token has no usable claim `{0}`")]
    Claim(&'static str),
    /// Another `iss`.
    #[error("the token is of another issuer")]
    Issuer,
    /// Another `aud`.
    #[error("the token is for another audience")]
    Audience,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` is still to come.
    #[error("the token is not valid yet")]
    NotYet,
    /// The policy has no such role, or nobody needs a token for it.
    #[error("the token's role is not one that tokens are for")]
    Role,
    /// The policy does not allow the role this purpose.
    #[error("the token's purpose is not one that the policy allows its role")]
    Purpose,
    /// The policy asks for two factors.
    #[error("the token's claim `acr` does not say what the policy asks of its role")]
    Acr,
}

impl Issuer {
    /// The issuer that the configuration names; reads its public key.
    pub fn from_config(auth: &config::Auth) -> Result<Self, BadKeyFile> {
        let path = &auth.public_key_file;
        let pem =
            std::fs::read_to_string(path).map_err(|reason| BadKeyFile::Unreadable { path: path.clone(), reason })?;
        let key = IssuerKey::from_pem(&pem).map_err(|reason| BadKeyFile::Bad { path: path.clone(), reason })?;
        Ok(Self { name: auth.issuer.clone(), audience: auth.audience.clone(), key, leeway: auth.leeway })
    }
}

impl Unauthenticated {
    /// The value of the response header `WWW-Authenticate`.
    #[must_use]
    pub fn challenge(&self) -> String {
        format!("Bearer realm=\"regiograph\", error=\"invalid_token\", error_description=\"{self}\"").replace('`', "'")
    }
}

impl Authenticator {
    /// Accepts tokens of this issuer, by this clock.
    #[must_use]
    pub fn new(issuer: Issuer, clock: Clock) -> Self {
        Self { issuer, clock, signed: Cache::new(REMEMBERED) }
    }

    /// Who sends this `Authorization` header. Without one it is the role `public`; with a bad one it is nobody.
    pub fn authenticate(&self, authorization: Option<&str>, policy: &Policy) -> Result<Caller, Unauthenticated> {
        let Some(authorization) = authorization else {
            return Ok(Caller::public());
        };
        let token = bearer(authorization).ok_or(Unauthenticated::NoBearer)?;
        let claims = self.signed_claims(token)?;
        claims.check(&self.issuer, self.clock.now())?;
        claims.caller(policy)
    }

    fn signed_claims(&self, token: &str) -> Result<Arc<Claims>, Unauthenticated> {
        if token.len() > LONGEST {
            return Err(Unauthenticated::TooLong);
        }
        let digest: [u8; 32] = Sha256::digest(token).into();
        if let Some(claims) = self.signed.get(&digest) {
            return Ok(claims);
        }
        let claims = Arc::new(Claims::new(self.issuer.key.verify(token)?));
        self.signed.insert(digest, Arc::clone(&claims));
        Ok(claims)
    }
}

/// The token of an `Authorization` header that was found good, to be shown to others who ask for it.
#[must_use]
pub fn token(authorization: Option<&str>) -> Option<Token> {
    authorization.and_then(bearer).map(Token::new)
}

/// The token in `Bearer TOKEN`; the scheme in any case, after RFC 9110.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim_start();
    (scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty() && !token.contains([' ', ','])).then_some(token)
}

#[cfg(test)]
mod tests;
