//! What roles spend of their budgets, and how often there was not enough. Roles are those of the policy: a closed list.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

/// The measures of all budgets; copies count together.
#[derive(Clone, Debug, Default)]
pub struct Budgets {
    points: Family<Role, Counter>,
    refusals: Family<Refused, Counter>,
}

/// The budget that was not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Of one operation.
    Operation,
    /// Of a minute.
    Minute,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Role {
    role: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refused {
    role: String,
    budget: &'static str,
}

impl Budgets {
    /// So many points were taken from a budget of this role.
    pub fn spent(&self, role: &str, points: u64) {
        self.points.get_or_create(&Role { role: role.to_owned() }).inc_by(points);
    }

    /// A request of this role was refused, because this budget was not enough.
    pub fn refused(&self, role: &str, budget: Budget) {
        let budget = match budget {
            Budget::Operation => "operation",
            Budget::Minute => "minute",
        };
        self.refusals.get_or_create(&Refused { role: role.to_owned(), budget }).inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("points", "Points of cost that were taken from budgets, by role", self.points.clone());
        let words = "Requests that cost more than was left or allowed, by role and budget";
        registry.register("refusals", words, self.refusals.clone());
    }
}
