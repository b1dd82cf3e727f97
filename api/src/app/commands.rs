//! The commands of the program, each from its arguments to the text that it prints.

use std::{fmt::Write as _, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, bail};

use super::{
    App, World,
    personas::{self, code_for},
    setup::Foundation,
};
pub use super::{
    auditing::{Of, Verified, expire, subject, verify},
    backup::backup,
    check::{Checked, check, warn},
    keys::{Rotating, keys, rotate},
    release::{demonstrate, release},
    subgraph::subgraph_sdl,
};
use crate::{
    auth::Wanted,
    demo::{self, Generate},
    graphql::{Request, name},
    opaque::Master,
    policy::{Caller, Claim, PUBLIC, Policy, Subject, Token},
    reference::Reference,
};

/// Stands in for the master key where nothing is encrypted.
const SCHEMAS_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// How long the token of an explanation is good.
const EXPLAINING: Duration = Duration::from_secs(300);

/// Whom a command acts as.
#[derive(Clone, Debug, clap::Args)]
pub struct Who {
    /// The role, as the policy names it; `regiograph policy` lists them.
    #[arg(long)]
    pub role: String,
    /// The region of a role that has one, such as JZ36.
    #[arg(long)]
    pub region: Option<String>,
    /// The supra-region, such as ZW.
    #[arg(long)]
    pub supra_region: Option<String>,
    /// The provider, such as ALMATA.
    #[arg(long)]
    pub provider: Option<String>,
    /// The education partnership, such as VO3001.
    #[arg(long)]
    pub partnership: Option<String>,
    /// The expertise network, such as BEN.
    #[arg(long)]
    pub network: Option<String>,
    /// The municipality, such as GM0748.
    #[arg(long)]
    pub municipality: Option<String>,
    /// The certified institution, such as GI01.
    #[arg(long)]
    pub institution: Option<String>,
    /// The organisation, for a role without any of these.
    #[arg(long)]
    pub organisation: Option<String>,
    /// What the rows are used for; the policy lists the purposes of each role.
    #[arg(long, default_value = "monitoring")]
    pub purpose: String,
}

impl Who {
    /// A role, without a code.
    #[must_use]
    pub fn new(role: &str) -> Self {
        Self {
            role: role.to_owned(),
            region: None,
            supra_region: None,
            provider: None,
            partnership: None,
            network: None,
            municipality: None,
            institution: None,
            organisation: None,
            purpose: "monitoring".to_owned(),
        }
    }

    fn scopes(&self) -> Vec<(Claim, &str)> {
        let all = [
            (Claim::Region, &self.region),
            (Claim::SupraRegion, &self.supra_region),
            (Claim::Network, &self.network),
            (Claim::Provider, &self.provider),
            (Claim::Partnership, &self.partnership),
            (Claim::Municipality, &self.municipality),
            (Claim::Institution, &self.institution),
        ];
        all.into_iter().filter_map(|(claim, code)| Some((claim, code.as_deref()?))).collect()
    }
}

fn knows(reference: &Reference, claim: Claim, code: &str) -> bool {
    reference.table(claim.table()).is_some_and(|table| table.place(code).is_some())
}

/// `token`: a token of the demonstration's own issuer.
///
/// # Errors
/// Where a real issuer is configured, or the role cannot have such a token.
pub async fn token(foundation: &Foundation, who: &Who, ttl: Duration) -> anyhow::Result<String> {
    let Some(issuer) = foundation.issuer()? else {
        bail!("a real issuer is configured (`[[issuer]]`): ask it for a token");
    };
    let reference = super::store::prepare(&foundation.store()?).await?;
    let scopes = who.scopes();
    let wanted = Wanted {
        role: &who.role,
        scopes: &scopes,
        organisation: who.organisation.as_deref(),
        purpose: &who.purpose,
        ttl,
    };
    let known = |claim, code: &str| knows(&reference, claim, code);
    Ok(issuer.token(&wanted, &foundation.policy, &known, &foundation.world.random)?)
}

/// `sdl`: the schema of a role that is used for some purpose, or the union of all as a subgraph.
///
/// # Errors
/// Where there is no such role, or it may not be used for that.
pub async fn sdl(foundation: &Foundation, role: Option<&str>, purpose: &str) -> anyhow::Result<String> {
    // A schema holds no row and no id: it takes no source, and any key does.
    let master = Master::from_text(SCHEMAS_KEY, "the program")?;
    let gateway = foundation.ground(Vec::new(), master)?.gateway().await?;
    let Some(role) = role else {
        return subgraph_sdl(&gateway);
    };
    let Some(role) = foundation.policy.role(role) else {
        bail!("unknown role `{role}`, expected one of {}", role_names(&foundation.policy));
    };
    if *role.name != *PUBLIC && !role.admits(Some(purpose)) {
        let purposes: Vec<_> = role.purposes().collect();
        bail!("role `{}` may not be used for `--purpose {purpose}`; it is for {}", role.name, purposes.join(", "));
    }
    let access =
        gateway.access(&personas::caller_for(role, purpose)).map_err(|problem| anyhow::anyhow!(problem.message))?;
    Ok(access.schema.schema.sdl())
}

fn role_names(policy: &Policy) -> String {
    policy.roles().iter().map(|role| &*role.name).collect::<Vec<_>>().join(", ")
}

/// `explain`: how a query would be answered, and why cells of a release are hidden, to whoever may read their rows.
///
/// # Errors
/// Where the role cannot ask, or the query does not fit its schema.
pub async fn explain(foundation: &Foundation, who: &Who, query: String) -> anyhow::Result<String> {
    // Without releases no source is asked, so that the demonstration's need not be there yet.
    let mut ground = foundation.ground(foundation.described()?, foundation.master()?)?;
    ground.releases = Some(foundation.shelf()?);
    let gateway = ground.gateway().await?;
    let caller = caller(foundation, &gateway.parts().reference, who)?;
    // Reasons are asked of nodes in the name of the caller, which only an issuer of our own can give here.
    let own = foundation.issuer()?.is_some() && who.role != PUBLIC;
    let token = if own { Some(Token::new(&token(foundation, who, EXPLAINING).await?)) } else { None };
    let request = Request { query, token, ..Request::default() };
    let secret = foundation.standing_disclosure()?.map(Arc::new);
    let reply = gateway.explain(&caller, request, foundation.world.clock.now(), secret).await;
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    if reply.executed() { Ok(text) } else { bail!("the query does not fit the schema of {}: {text}", who.role) }
}

/// The caller that a token for `who` would make.
fn caller(foundation: &Foundation, reference: &Reference, who: &Who) -> anyhow::Result<Caller> {
    if who.role == PUBLIC {
        return Ok(Caller::public());
    }
    let Some(role) = foundation.policy.role(&who.role) else {
        bail!("unknown role `{}`, expected one of {}", who.role, role_names(&foundation.policy));
    };
    let scopes = who.scopes();
    let scope = match (role.claim, scopes.as_slice()) {
        (Some(claim), [(given, code)]) if claim == *given && knows(reference, claim, code) => Some((*code).into()),
        (None, []) => None,
        (Some(claim), _) => {
            let flag = claim.name().replace('_', "-");
            bail!(
                "role `{}` needs exactly `--{flag}` with a known code, such as `--{flag} {}`",
                who.role,
                code_for(claim)
            );
        }
        (None, _) => bail!("role `{}` takes no code", who.role),
    };
    if !role.admits(Some(&who.purpose)) {
        bail!("role `{}` may not be used for `--purpose {}`", who.role, who.purpose);
    }
    let organisation = who.organisation.as_deref().map_or_else(|| "demonstration".into(), Into::into);
    Ok(Caller {
        role: role.name.clone(),
        organisation: scope.clone().unwrap_or(organisation),
        scope,
        purpose: Some(who.purpose.as_str().into()),
        subject: Subject::default(),
    })
}

/// `policy`: the matrix, or what another policy file would change.
///
/// # Errors
/// Where the other file cannot be read or is no policy.
pub fn policy(policy: &Policy, other: Option<&Path>) -> anyhow::Result<String> {
    let Some(path) = other else {
        return Ok(policy.matrix());
    };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let other = Policy::parse(&text, &path.display().to_string())?;
    let changes = policy.diff(&other, &name::field);
    Ok(if changes.is_empty() { format!("{} opens and closes nothing\n", path.display()) } else { changes })
}

/// Reads what every command needs.
///
/// # Errors
/// What is wrong with the configuration, with file, line and key.
pub fn foundation(config: Option<&Path>) -> anyhow::Result<Foundation> {
    Ok(Foundation::read(config, World::real())?)
}

/// What `serve` says once it listens: the address, and a query that is ready to run.
#[must_use]
pub fn welcome(foundation: &Foundation, app: &App, address: SocketAddr) -> String {
    let mut out = format!("Regiograph listens on http://{address}/ (GraphQL at http://{address}/graphql)\n");
    let sources = app.gateway().parts().sources.len();
    let _ = writeln!(out, "{sources} sources, policy version {}", foundation.policy.version());
    let Some(issuer) = &app.demonstration else {
        return out;
    };
    let scopes = [(Claim::Region, code_for(Claim::Region))];
    let ttl = Duration::from_secs(8 * 3_600);
    let wanted = Wanted { role: "region_analyst", scopes: &scopes, organisation: None, purpose: "monitoring", ttl };
    let token = issuer.token(&wanted, &foundation.policy, &|_, _| true, &foundation.world.random);
    if let Ok(token) = token {
        let _ = write!(
            out,
            "\nThe demonstration: all rows about youths are made up. Open http://{address}/ in a browser, or run\n\n\
             curl http://{address}/graphql -H 'Authorization: Bearer {token}' \\\n  \
             -H 'Content-Type: application/json' \\\n  \
             -d '{{\"query\":\"{{ placements(first: 5, orderBy: {{ startedOn: DESC }}) {{ totalCount nodes {{ startedOn \
             authorisation unit {{ name location {{ provider {{ name }} }} }} }} completeness {{ complete }} }} }}\"}}'\n"
        );
    }
    out
}

/// `generate`: sources of any size, the same every time.
///
/// # Errors
/// Where the folder cannot be written.
pub fn generate(wanted: Generate<'_>) -> anyhow::Result<String> {
    let made = demo::generate(wanted)?;
    let mut out = String::new();
    for source in made.sources.iter().chain(&made.whole) {
        let _ = writeln!(out, "{}", source.display());
    }
    let _ = writeln!(out, "serve them with: regiograph --config {}", made.config.display());
    Ok(out)
}
