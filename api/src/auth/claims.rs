//! What a signed token says, checked claim by claim: first that it is meant for us and now, then who it makes the caller.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Issuer, Unauthenticated};
use crate::policy::{Caller, Claim, PUBLIC, Policy, Subject};

/// The claims of a token whose signature is good.
#[derive(Debug)]
pub(super) struct Claims(Map<String, Value>);

/// The longest text of a claim, in bytes.
const LONGEST: usize = 256;

impl Claims {
    pub(super) fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    /// Is the token this issuer's, for us, and valid now?
    pub(super) fn check(&self, issuer: &Issuer, now: DateTime<Utc>) -> Result<(), Unauthenticated> {
        if self.text("iss")? != &*issuer.name {
            return Err(Unauthenticated::Issuer);
        }
        let audience = |value: &Value| value.as_str() == Some(&issuer.audience);
        match self.0.get("aud") {
            Some(Value::Array(several)) if several.iter().any(audience) => {}
            Some(one) if audience(one) => {}
            Some(Value::Array(_) | Value::String(_)) => return Err(Unauthenticated::Audience),
            _ => return Err(Unauthenticated::Claim("aud")),
        }
        self.text("sub")?;
        self.text("jti")?;
        self.check_times(issuer.leeway, now)
    }

    fn check_times(&self, leeway: Duration, now: DateTime<Utc>) -> Result<(), Unauthenticated> {
        let (now, leeway) = (now.timestamp_micros() as f64 / 1e6, leeway.as_secs_f64());
        if now >= self.seconds("exp")? + leeway {
            return Err(Unauthenticated::Expired);
        }
        let starts = if self.0.contains_key("nbf") { self.seconds("nbf")? } else { 0.0 };
        if self.seconds("iat")?.max(starts) > now + leeway {
            return Err(Unauthenticated::NotYet);
        }
        Ok(())
    }

    /// Whom the token makes the caller, where the policy has its role and allows its purpose.
    pub(super) fn caller(&self, policy: &Policy) -> Result<Caller, Unauthenticated> {
        let role = self.text("role")?;
        let role = policy.role(role).filter(|role| *role.name != *PUBLIC).ok_or(Unauthenticated::Role)?;
        let purpose = self.text("purpose")?;
        if !role.admits(Some(purpose)) {
            return Err(Unauthenticated::Purpose);
        }
        if !role.acr.is_empty() && !self.text("acr").is_ok_and(|acr| role.acr.iter().any(|it| **it == *acr)) {
            return Err(Unauthenticated::Acr);
        }
        let scope = role.claim.map(|claim| self.code(claim)).transpose()?;
        let organisation = scope.map_or_else(|| self.text("organisation"), Ok)?;
        Ok(Caller {
            role: role.name.clone(),
            scope: scope.map(Into::into),
            organisation: organisation.into(),
            purpose: Some(purpose.into()),
            subject: self.subject()?,
        })
    }

    /// Who the issuer says it is, and which program asked for the token.
    fn subject(&self) -> Result<Subject, Unauthenticated> {
        let client = ["azp", "client_id", "appid"].into_iter().find(|name| self.0.contains_key(*name));
        Ok(Subject::new(self.text("sub")?, client.map(|name| self.text(name)).transpose()?))
    }

    /// One text that is there, with something in it, and nothing that could not be printed.
    fn text(&self, name: &'static str) -> Result<&str, Unauthenticated> {
        let text = self.0.get(name).and_then(Value::as_str);
        let is_sane = |text: &&str| (1..=LONGEST).contains(&text.len()) && !text.contains(char::is_control);
        text.filter(is_sane).ok_or(Unauthenticated::Claim(name))
    }

    fn code(&self, claim: Claim) -> Result<&str, Unauthenticated> {
        let is_code =
            |text: &&str| text.len() <= 64 && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"._-".contains(&it));
        Some(self.text(claim.name())?).filter(is_code).ok_or(Unauthenticated::Claim(claim.name()))
    }

    /// Seconds from 1970-01-01, perhaps with a fraction.
    fn seconds(&self, name: &'static str) -> Result<f64, Unauthenticated> {
        let seconds = self.0.get(name).and_then(Value::as_f64);
        seconds.filter(|it| it.is_finite() && *it >= 0.0).ok_or(Unauthenticated::Claim(name))
    }
}
