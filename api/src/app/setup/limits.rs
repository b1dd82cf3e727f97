//! What the configuration says of roles: only of those that the policy has.

use super::SetupError;
use crate::{
    config::{Config, Limits, RoleLimits},
    policy::{PUBLIC, Policy},
};

/// The demonstration's: everyone may look around in it, and nothing in it is true.
pub(super) fn open(limits: &mut Limits) {
    let public = RoleLimits { introspection: Some(true), ..RoleLimits::default() };
    limits.roles.insert(PUBLIC.into(), public);
}

/// A role that is misspelt would be held to other limits than were meant.
pub(super) fn check_roles(config: &Config, policy: &Policy) -> Result<(), SetupError> {
    let limited = config.limits.roles.keys().map(|role| ("limits.roles", role));
    let required = config.documents.required_for.iter().map(|role| ("documents.required_for", role));
    let unknown = limited.chain(required).find(|(_, role)| policy.role(role).is_none());
    unknown.map_or(Ok(()), |(key, role)| Err(SetupError::UnknownRole { key, role: role.clone() }))
}
