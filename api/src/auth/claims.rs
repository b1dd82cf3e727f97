//! What a signed token says, checked claim by claim: first that it is meant for us and now, then who it makes the caller.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Issuer, Thumbprint, Unauthenticated, found};
use crate::{
    config::ClaimRule,
    policy::{Caller, Claim, PUBLIC, Policy, Role, Subject},
};

/// The claims of a token whose signature is good.
#[derive(Debug)]
pub(super) struct Claims(Map<String, Value>);

/// What whoever shows a token has proved to have.
#[derive(Clone, Copy)]
pub(super) enum Held<'h> {
    Nothing,
    /// The key with this thumbprint.
    Key(&'h str),
    /// The key of the certificate with this thumbprint.
    Certificate(&'h Thumbprint),
}

/// The issuer that a token says it is of, yet to be believed.
pub(super) fn issuer(claims: &Map<String, Value>) -> Result<&str, Unauthenticated> {
    found::one(claims, None, "iss")
}

impl Claims {
    pub(super) fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    /// Is the token this issuer's, for us, and valid now?
    /// And bound to what the request proves to have, if to anything.
    pub(super) fn check(&self, by: &Issuer, held: Held<'_>, now: DateTime<Utc>) -> Result<(), Unauthenticated> {
        if issuer(&self.0)? != &*by.name {
            return Err(Unauthenticated::Issuer);
        }
        let audience = |value: &Value| value.as_str() == Some(&by.audience);
        match self.0.get("aud") {
            Some(Value::Array(several)) if several.iter().any(audience) => {}
            Some(one) if audience(one) => {}
            Some(Value::Array(_) | Value::String(_)) => return Err(Unauthenticated::Audience),
            _ => return Err(Unauthenticated::Claim("aud")),
        }
        self.check_bond(held)?;
        self.text("sub")?;
        self.one(by.claims.id.as_ref(), "jti")?;
        match (self.client(by)?, &by.clients) {
            (None, clients) if by.names_client || clients.is_some() => return Err(Unauthenticated::Claim("azp")),
            (Some(client), Some(clients)) if !clients.iter().any(|it| **it == *client) => {
                return Err(Unauthenticated::Client);
            }
            _ => {}
        }
        self.check_times(by, now)
    }

    /// A token that is bound is good with the proof of that bond alone. A proof for a token that is bound to nothing is an
    /// error of whoever made it; a certificate may be shown with any.
    fn check_bond(&self, held: Held<'_>) -> Result<(), Unauthenticated> {
        let bond = match (self.0.get("cnf"), held) {
            (None, Held::Nothing | Held::Certificate(_)) => return Ok(()),
            (None, Held::Key(_)) => return Err(Unauthenticated::Proof),
            (Some(bond), _) => bond.as_object().filter(|bond| bond.len() == 1),
        };
        let text = |name: &str| bond.and_then(|bond| bond.get(name)).and_then(Value::as_str);
        match held {
            Held::Key(key) if text("jkt") == Some(key) => Ok(()),
            Held::Key(_) => Err(Unauthenticated::Proof),
            Held::Certificate(shown) if text("x5t#S256").is_some_and(|named| shown.is(named)) => Ok(()),
            Held::Nothing | Held::Certificate(_) => Err(Unauthenticated::Bound),
        }
    }

    fn check_times(&self, by: &Issuer, now: DateTime<Utc>) -> Result<(), Unauthenticated> {
        let (now, leeway) = (now.timestamp_micros() as f64 / 1e6, by.leeway.as_secs_f64());
        let (until, issued) = (self.seconds("exp")?, self.seconds("iat")?);
        if now >= until + leeway {
            return Err(Unauthenticated::Expired);
        }
        let starts = if self.0.contains_key("nbf") { self.seconds("nbf")? } else { 0.0 };
        if issued.max(starts) > now + leeway {
            return Err(Unauthenticated::NotYet);
        }
        match by.lifetime_max.as_ref().map(Duration::as_secs_f64) {
            Some(most) if until - issued > most => Err(Unauthenticated::Lifetime),
            _ => Ok(()),
        }
    }

    /// Whom the token makes the caller, where the policy has its role and allows its purpose, and its issuer may give it.
    pub(super) fn caller(&self, policy: &Policy, by: &Issuer) -> Result<Caller, Unauthenticated> {
        let role = self.role(policy, by)?;
        let purpose = self.one(by.claims.purpose.as_ref(), "purpose")?;
        if !role.admits(Some(purpose)) {
            return Err(Unauthenticated::Purpose);
        }
        let acr = || self.one(by.claims.acr.as_ref(), "acr").ok();
        if !role.acr.is_empty() && !acr().is_some_and(|acr| role.acr.iter().any(|it| **it == *acr)) {
            return Err(Unauthenticated::Acr);
        }
        let scope = role.claim.map(|claim| self.code(claim, by)).transpose()?;
        let organisation = scope.map_or_else(|| self.one(by.claims.organisation.as_ref(), "organisation"), Ok)?;
        Ok(Caller {
            role: role.name.clone(),
            scope: scope.map(Into::into),
            organisation: organisation.into(),
            purpose: Some(purpose.into()),
            subject: Subject::new(&by.name, self.text("sub")?, self.client(by)?),
        })
    }

    /// The one role: two that mean something are none.
    fn role<'p>(&self, policy: &'p Policy, by: &Issuer) -> Result<&'p Role, Unauthenticated> {
        let known = |name: &str| policy.role(name).filter(|role| *role.name != *PUBLIC);
        let names = found::of(&self.0, by.claims.role.as_ref(), "role", |name| known(name).is_some())?;
        let role = match names.as_slice() {
            [name] => known(name).ok_or(Unauthenticated::Role)?,
            [] => return Err(Unauthenticated::Role),
            _ => return Err(Unauthenticated::Roles),
        };
        let may_give = by.roles.as_ref().is_none_or(|roles| roles.contains(&role.name));
        if may_give { Ok(role) } else { Err(Unauthenticated::RoleOfIssuer) }
    }

    /// The program that asked for the token, where it says which; what a rule names is in every token.
    fn client<'c>(&'c self, by: &'c Issuer) -> Result<Option<&'c str>, Unauthenticated> {
        if let Some(rule) = &by.claims.client {
            return self.one(Some(rule), "azp").map(Some);
        }
        let name = ["azp", "client_id", "appid"].into_iter().find(|name| self.0.contains_key(*name));
        name.map(|name| self.text(name)).transpose()
    }

    fn text(&self, name: &'static str) -> Result<&str, Unauthenticated> {
        found::one(&self.0, None, name)
    }

    fn one<'c>(&'c self, rule: Option<&'c ClaimRule>, name: &'static str) -> Result<&'c str, Unauthenticated> {
        found::one(&self.0, rule, name)
    }

    fn code<'c>(&'c self, claim: Claim, by: &'c Issuer) -> Result<&'c str, Unauthenticated> {
        let rules = &by.claims;
        let rule = match claim {
            Claim::Region => &rules.region,
            Claim::SupraRegion => &rules.supra_region,
            Claim::Network => &rules.network,
            Claim::Provider => &rules.provider,
            Claim::Partnership => &rules.partnership,
            Claim::Municipality => &rules.municipality,
            Claim::Institution => &rules.institution,
        };
        let is_code =
            |text: &&str| text.len() <= 64 && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"._-".contains(&it));
        Some(self.one(rule.as_ref(), claim.name())?).filter(is_code).ok_or(Unauthenticated::Claim(claim.name()))
    }

    /// Seconds from 1970-01-01, perhaps with a fraction.
    fn seconds(&self, name: &'static str) -> Result<f64, Unauthenticated> {
        let seconds = self.0.get(name).and_then(Value::as_f64);
        seconds.filter(|it| it.is_finite() && *it >= 0.0).ok_or(Unauthenticated::Claim(name))
    }
}
