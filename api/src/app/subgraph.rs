//! The subgraph that routers compose: what any role of the policy sees, and whose tokens carry the scope for it.

use std::sync::Arc;

use crate::{
    app::personas,
    graphql::{
        Gateway,
        access::Access,
        schema::{Audience, Visible, model, union_sdl},
    },
    policy::{PUBLIC, Policy, Role},
};

/// The SDL of the union of all roles, as the policy stands.
///
/// # Errors
/// Where a schema cannot be made: a fault of the program.
pub fn subgraph_sdl(gateway: &Arc<Gateway>) -> anyhow::Result<String> {
    let policy = &gateway.parts().policy;
    let mut seen = Vec::new();
    for role in policy.roles() {
        seen.push((role, accesses(gateway, policy, role)?));
    }
    let audiences = seen.iter().map(|(role, accesses)| {
        let schemas = accesses.iter().map(|access| &access.schema.model).collect();
        Audience { scope: role.token_scope(), schemas }
    });
    Ok(union_sdl(model(&Visible::everything()), &audiences.collect::<Vec<_>>())?)
}

/// What a role can do here, for each of its purposes. Whatever code it is held for, its schema is the same.
fn accesses(gateway: &Arc<Gateway>, policy: &Policy, role: &Role) -> anyhow::Result<Vec<Arc<Access>>> {
    let investigations = policy.investigations().iter().map(|it| format!("investigation:{}", it.number));
    let mut purposes: Vec<String> = role.purposes().map(ToOwned::to_owned).chain(investigations).collect();
    purposes.retain(|purpose| role.admits(Some(purpose)));
    if *role.name == *PUBLIC {
        purposes.push(String::new());
    }
    let accesses = purposes.iter().map(|purpose| {
        let caller = personas::caller_for(role, purpose);
        gateway.access(&caller).map_err(|problem| anyhow::anyhow!(problem.message))
    });
    accesses.collect()
}
