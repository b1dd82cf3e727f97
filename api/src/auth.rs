//! Who asks: exchanges a bearer token for a [`Caller`], once per request. Knows no dataset; a token that is not good in
//! every respect is refused, and never becomes the role `public`.

mod certificate;
mod claims;
mod demo_issuer;
mod discovery;
mod dpop;
mod exchange;
mod found;
mod issuer;
mod jose;
mod key;
mod keyring;
mod proofs;
mod unauthenticated;
mod web;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

pub(crate) use self::dpop::is_same_host;
pub use self::{
    certificate::Thumbprint,
    demo_issuer::{BadIssuer, DEMO_AUDIENCE, DEMO_ISSUER, DemoIssuer, RefusedToken, Wanted, flag},
    dpop::Proof,
    exchange::{Terms as ExchangeTerms, TokenExchange},
    issuer::{BadIssuerFile, Issuer, Keys},
    key::{BadKey, BadKeyFile, IssuerKey},
    unauthenticated::Unauthenticated,
    web::Silence,
};
use self::{
    claims::{Claims, Held},
    jose::Parts,
    key::Fingerprint,
    keyring::Keyring,
    proofs::Proofs,
};
use crate::{
    clock::Clock,
    policy::{Caller, Policy, Token},
    telemetry::IssuerLoad,
};

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;

/// The most tokens whose signatures are remembered.
const REMEMBERED: usize = 4096;

/// Checks tokens of the issuers that there are. A signature is checked once per token and key, everything else in every
/// request.
#[derive(Debug)]
pub struct Authenticator {
    issuers: Box<[Trusted]>,
    clock: Clock,
    /// The proofs of possession that were shown; whoever comes after this goes on with them.
    proofs: Arc<Proofs>,
    /// What tokens with a good signature say, by the token's SHA-256.
    signed: Cache<[u8; 32], Arc<Signed>>,
}

#[derive(Debug)]
struct Trusted {
    issuer: Issuer,
    keys: Keyring,
}

/// A token whose signature was found good.
#[derive(Debug)]
struct Signed {
    /// Which issuer's it is.
    issuer: usize,
    /// With which key it was found good.
    key: Fingerprint,
    claims: Claims,
}

/// What a request shows to prove that its token is its own.
#[derive(Clone, Copy)]
pub enum Possession<'p> {
    /// A proof by a key, beside `Authorization: DPoP TOKEN`.
    Key(Proof<'p>),
    /// A certificate that was shown when the connection was made, beside `Authorization: Bearer TOKEN`.
    Certificate(Thumbprint),
}

impl Authenticator {
    /// Accepts tokens of these issuers, by this clock. Keys that issuers have shown before are taken over. Where an issuer
    /// shows its keys, it is asked for them from now on: that takes a runtime. So are the proofs that were shown before.
    #[must_use]
    pub fn new(issuers: Vec<Issuer>, clock: Clock, before: Option<&Self>) -> Self {
        let old = || before.into_iter().flat_map(|it| &it.issuers).map(|it| &it.keys);
        let trusted = |issuer| Trusted { keys: Keyring::new(&issuer, &clock, old()), issuer };
        Self {
            issuers: issuers.into_iter().map(trusted).collect(),
            clock,
            proofs: before.map(|before| Arc::clone(&before.proofs)).unwrap_or_default(),
            signed: Cache::new(REMEMBERED),
        }
    }

    /// Who sends this `Authorization` header. Without one it is the role `public`; with a bad one it is nobody.
    pub fn authenticate(&self, authorization: Option<&str>, policy: &Policy) -> Result<Caller, Unauthenticated> {
        let Some(authorization) = authorization else {
            return Ok(Caller::public());
        };
        let token = bearer(authorization).ok_or(Unauthenticated::NoBearer)?;
        self.caller(token, None, policy)
    }

    /// The same, of a request that proves that the token is its own. A proof by a key comes with the scheme `DPoP`.
    pub fn prove(
        &self,
        authorization: &str,
        possession: &Possession<'_>,
        policy: &Policy,
    ) -> Result<Caller, Unauthenticated> {
        let scheme = match possession {
            Possession::Key(_) => "DPoP",
            Possession::Certificate(_) => "Bearer",
        };
        let token = of_scheme(authorization, scheme).ok_or(Unauthenticated::NoBearer)?;
        self.caller(token, Some(possession), policy)
    }

    fn caller(
        &self,
        token: &str,
        possession: Option<&Possession<'_>>,
        policy: &Policy,
    ) -> Result<Caller, Unauthenticated> {
        let now = self.clock.now();
        let signed = self.signed(token, now)?;
        let by = &self.issuers.get(signed.issuer).ok_or(Unauthenticated::Issuer)?.issuer;
        match possession {
            None => signed.claims.check(by, Held::Nothing, now)?,
            Some(Possession::Certificate(shown)) => signed.claims.check(by, Held::Certificate(shown), now)?,
            Some(Possession::Key(proof)) => {
                let proved = dpop::check(proof, token, now)?;
                signed.claims.check(by, Held::Key(&proved.print), now)?;
                // Remembered only of the key that the token is bound to: else anyone with any key could fill the room.
                self.proofs.take(&proved, now.timestamp())?;
            }
        }
        signed.claims.caller(policy, by)
    }

    /// Asks the issuer of this header's token for its keys, if it is time, and waits for what it shows.
    pub async fn learn(&self, authorization: Option<&str>) {
        let token = authorization.and_then(any).filter(|token| token.len() <= LONGEST);
        let Some(Ok(parts)) = token.map(Parts::parse) else { return };
        if let Ok((_, by)) = self.issuer_of(&parts) {
            by.keys.learn(self.clock.now()).await;
        }
    }

    /// How many issuers there are, and of how many the keys are known.
    #[must_use]
    pub fn count_issuers(&self) -> (usize, usize) {
        let now = self.clock.now();
        (self.issuers.len(), self.issuers.iter().filter(|it| it.keys.has_keys(now)).count())
    }

    /// How it stands with the keys of every issuer, by its name.
    pub fn loads(&self) -> impl Iterator<Item = (&str, IssuerLoad)> {
        let now = self.clock.now();
        self.issuers.iter().map(move |it| (&*it.issuer.name, it.keys.load(now)))
    }

    /// Asks every issuer that shows its keys for them, and tells of how many, or why of none.
    pub async fn inspect(&self) -> Vec<(&str, Result<usize, Silence>)> {
        let shown = self.issuers.iter().filter(|it| matches!(it.keys, Keyring::Kept(_)));
        join_all(shown.map(async |it| (&*it.issuer.name, keyring::inspect(&it.issuer).await))).await
    }

    fn signed(&self, token: &str, now: DateTime<Utc>) -> Result<Arc<Signed>, Unauthenticated> {
        if token.len() > LONGEST {
            return Err(Unauthenticated::TooLong);
        }
        let digest: [u8; 32] = Sha256::digest(token).into();
        if let Some(signed) = self.signed.get(&digest) {
            let by = self.issuers.get(signed.issuer);
            if by.is_some_and(|by| by.keys.holds(&signed.key, now)) {
                return Ok(signed);
            }
        }
        let parts = Parts::parse(token)?;
        let (issuer, by) = self.issuer_of(&parts)?;
        if !by.issuer.algorithms.contains(&parts.algorithm) {
            return Err(Unauthenticated::Algorithm);
        }
        let key = by.keys.find(parts.key.as_deref(), parts.algorithm, now)?;
        if !key.has_signed(&parts) {
            return Err(Unauthenticated::Signature);
        }
        let signed = Arc::new(Signed { issuer, key: *key.print(), claims: Claims::new(parts.claims) });
        self.signed.insert(digest, Arc::clone(&signed));
        Ok(signed)
    }

    /// The issuer that a token says it is of.
    fn issuer_of(&self, parts: &Parts<'_>) -> Result<(usize, &Trusted), Unauthenticated> {
        let name = claims::issuer(&parts.claims)?;
        let mut all = self.issuers.iter().enumerate();
        all.find(|(_, it)| *it.issuer.name == *name).ok_or(Unauthenticated::Issuer)
    }
}

/// The token of an `Authorization` header that was found good, to be shown to others who ask for it.
#[must_use]
pub fn token(authorization: Option<&str>) -> Option<Token> {
    authorization.and_then(any).map(Token::new)
}

/// Does the header say that the token in it is bound to a key (`DPoP TOKEN`)?
#[must_use]
pub fn is_bound(authorization: &str) -> bool {
    of_scheme(authorization, "DPoP").is_some()
}

/// The token in `Bearer TOKEN`.
fn bearer(authorization: &str) -> Option<&str> {
    of_scheme(authorization, "Bearer")
}

fn any(authorization: &str) -> Option<&str> {
    bearer(authorization).or_else(|| of_scheme(authorization, "DPoP"))
}

/// The token after this scheme, which may be written in any case (RFC 9110).
fn of_scheme<'a>(authorization: &'a str, wanted: &str) -> Option<&'a str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim_start();
    (scheme.eq_ignore_ascii_case(wanted) && !token.is_empty() && !token.contains([' ', ','])).then_some(token)
}

#[cfg(test)]
mod tests;
