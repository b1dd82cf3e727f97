//! `[limits]`: what one request may ask, and what a role may ask in a minute.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::bounds::within;

/// The role of everyone without a token, as policies name it: what goes for it goes without saying.
const PUBLIC: &str = "public";

/// The highest cost that can be allowed.
const COST_MOST: usize = 1_000_000_000_000;

/// `[limits]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The most rows of a page: the highest `first` and `last`.
    #[serde(deserialize_with = "within::<1, 1_000, _>")]
    pub page_max: usize,
    /// The rows of a page where neither `first` nor `last` is given.
    #[serde(deserialize_with = "within::<1, 1_000, _>")]
    pub page_default: usize,
    /// The longest query, in bytes.
    #[serde(deserialize_with = "within::<1_000, 1_000_000, _>")]
    pub query_bytes: usize,
    /// The most words and signs of a query: its lexical tokens.
    #[serde(deserialize_with = "within::<100, 100_000, _>")]
    pub tokens: usize,
    /// How deep fields may stand in fields.
    #[serde(deserialize_with = "within::<3, 100, _>")]
    pub depth: usize,
    /// The most aliases in a query.
    #[serde(deserialize_with = "within::<0, 10_000, _>")]
    pub aliases: usize,
    /// The most directives on one field.
    #[serde(deserialize_with = "within::<1, 100, _>")]
    pub directives: usize,
    /// The most ids in one `nodes(ids:)`.
    #[serde(deserialize_with = "within::<1, 1_000, _>")]
    pub nodes: usize,
    /// The most that one operation may cost.
    #[serde(deserialize_with = "within::<1_000, COST_MOST, _>")]
    pub operation_cost: usize,
    /// The most that the operations of one consumer may cost in a minute.
    #[serde(deserialize_with = "within::<1_000, COST_MOST, _>")]
    pub minute_cost: usize,
    /// What goes for single roles instead.
    pub roles: BTreeMap<Box<str>, RoleLimits>,
}

/// `[limits.roles.<role>]`; what it does not say is as for every role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoleLimits {
    /// The most that one operation may cost.
    #[serde(deserialize_with = "cost")]
    pub operation_cost: Option<usize>,
    /// The most that the operations of one consumer may cost in a minute.
    #[serde(deserialize_with = "cost")]
    pub minute_cost: Option<usize>,
    /// May the schema be asked for?
    pub introspection: Option<bool>,
}

/// What a role may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The most that one operation may cost.
    pub operation: u64,
    /// The most that the operations of one consumer may cost in a minute.
    pub minute: u64,
    /// May the schema be asked for?
    pub introspection: bool,
}

fn cost<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    within::<1_000, COST_MOST, _>(deserializer).map(Some)
}

impl Limits {
    /// What a role may ask. Whoever shows no token is allowed a fifth, and not to ask for the schema, unless it is said.
    #[must_use]
    pub fn allowance(&self, role: &str) -> Allowance {
        let (own, is_public) = (self.roles.get(role).copied().unwrap_or_default(), role == PUBLIC);
        let share = |cost: usize| if is_public { cost / 5 } else { cost };
        let operation = own.operation_cost.unwrap_or_else(|| share(self.operation_cost));
        let minute = own.minute_cost.unwrap_or_else(|| share(self.minute_cost));
        let whole = |cost: usize| u64::try_from(cost).unwrap_or(u64::MAX);
        Allowance {
            operation: whole(operation.min(minute)),
            minute: whole(minute),
            introspection: own.introspection.unwrap_or(!is_public),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            page_max: 1_000,
            page_default: 50,
            query_bytes: 65_536,
            tokens: 10_000,
            depth: 20,
            aliases: 100,
            directives: 10,
            nodes: 100,
            operation_cost: 5_000_000,
            minute_cost: 50_000_000,
            roles: BTreeMap::new(),
        }
    }
}
