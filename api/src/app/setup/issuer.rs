//! An issuer of the configuration: its files are read, and the roles that it may give are ones of the policy.

use super::SetupError;
use crate::{
    auth::Issuer,
    config,
    policy::{PUBLIC, Policy},
};

/// The issuer of a section.
pub(super) fn issuer(issuer: &config::Issuer, policy: &Policy) -> Result<Issuer, SetupError> {
    let refused = |place: &crate::place::Place, reason: String| SetupError::OfIssuer {
        key: format!("{place}: issuer `{}`", issuer.name),
        reason,
    };
    let is_known = |name: &str| name != PUBLIC && policy.role(name).is_some();
    if let Some(name) = issuer.roles.iter().flatten().find(|name| !is_known(name)) {
        return Err(refused(&issuer.section, format!("roles: the policy has no role `{name}` that tokens are for")));
    }
    Issuer::from_config(issuer).map_err(|reason| refused(&issuer.file, reason.to_string()))
}
