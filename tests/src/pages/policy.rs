//! The page of the policy: the matrix as the command `policy` prints it, and what its words mean.

use std::collections::BTreeSet;

use entities::{Tier, datasets};
use regiograph::policy::{Policy, Scope};

use super::{codes, head, row};

pub(super) fn page(policy: &Policy) -> String {
    let mut text = format!("# Who may see what\n\nAs `regiograph policy` prints it, version {}. ", policy.version());
    text += "A cell holds parts of the form rows/highest tier; `–` is nothing, not even in the schema. \
             `regiograph policy --diff OTHER` says what another policy file would open and close.\n\n";
    text += &policy.matrix();
    text += "\n## Whose rows\n\n";
    text += &head(&["part", "means"]);
    for scope in scopes(policy) {
        text += &row(&[&format!("`{}`", scope.word()), scope.words()]);
    }
    let tiers = codes(Tier::ALL.map(Tier::name));
    text += &format!("\nTiers, each with those before it: {tiers}. A field that nobody described is sensitive.\n");
    text += "\n## Agreements on exact tables\n\n";
    for it in policy.agreements() {
        let datasets = codes(it.datasets.iter().map(|it| &**it));
        text += &format!("- {}: `{}` over {datasets}\n", it.name, it.role);
    }
    text += "\n## Investigations\n\n";
    for it in policy.investigations() {
        text += &format!("- `investigation:{}`: rows of {} from {} to {}\n", it.number, it.provider, it.from, it.until);
    }
    text
}

/// The scopes that the policy uses, in the order of their first use.
fn scopes(policy: &Policy) -> Vec<Scope> {
    let parts = policy.roles().iter().flat_map(|role| datasets().iter().flat_map(|it| role.parts(it)));
    let mut known = BTreeSet::new();
    parts.map(|part| part.scope).filter(|scope| known.insert(scope.word())).collect()
}
