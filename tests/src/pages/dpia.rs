//! The annex to a data protection impact assessment (DPIA): which data on youths, to whom, why, by which law and how long.
//! What the policy does not say is an open point of the page, and never made up.

use entities::{Dataset, Tier, datasets};
use regiograph::{
    config::LEAST_YEARS,
    policy::{Part, Policy, Purpose, Role, Scope},
};

use super::{codes, head, path_of, row};
use crate::selection::camel;

pub(super) fn page(policy: &Policy) -> String {
    let sections = [purposes(policy), data(), people(policy), tables(policy), retention(policy), open_points(policy)];
    format!(
        "# Annex to a DPIA\n\nWhich data on youths Regiograph shows, to whom, why and how long, by policy version {}. \
         For the data protection impact assessments (Dutch: gegevensbeschermingseffectbeoordeling) of those who hold rows \
         and of those who ask for them; it replaces none of these. Pseudonymised rows are personal data. What stops someone \
         from seeing more is in the [threat model](threat-model.md).\n\n{}",
        policy.version(),
        sections.join("\n")
    )
}

/// The datasets whose rows are about youths.
fn about_youths() -> impl Iterator<Item = &'static Dataset> {
    datasets().iter().filter(|it| it.youth().is_some())
}

fn roles_for<'p>(policy: &'p Policy, purpose: &Purpose) -> impl Iterator<Item = &'p Role> {
    policy.roles().iter().filter(move |role| role.purposes().any(|it| *it == *purpose.name))
}

fn purposes(policy: &Policy) -> String {
    let mut text =
        "## Why\n\nEvery request but those of `public`, who sees no row about a youth, names one purpose; a \
                    role may name those that the policy lists for it.\n\n"
            .to_owned();
    text += &head(&["purpose", "what for", "law", "roles"]);
    for purpose in policy.purposes() {
        let roles = codes(roles_for(policy, purpose).map(|it| &*it.name));
        text += &row(&[&format!("`{}`", purpose.name), &purpose.why, &purpose.ground, &roles]);
    }
    text
}

fn data() -> String {
    let mut text = "## Which data\n\nOf one youth each; the fields by tier. A youth is a pseudonym, which is another for \
                    every consumer (organisation, role and purpose); never a citizen service number (Dutch: BSN), a name \
                    or an address. `sensitive` holds health, safety and free text: special categories (AVG 9).\n\n"
        .to_owned();
    let tiers = Tier::ALL.map(Tier::name);
    text += &head(&[&["dataset", "held by"][..], &tiers].concat());
    for dataset in about_youths() {
        let name = format!("[{}]({})", dataset.name, path_of(dataset));
        let fields = Tier::ALL.map(|tier| {
            let of_tier = dataset.fields.iter().filter(|field| field.tier == tier).map(|field| camel(field.name));
            of_tier.collect::<Vec<_>>().join(", ")
        });
        let fields = fields.each_ref().map(String::as_str);
        text += &row(&[&[name.as_str(), super::dataset::holders(dataset)][..], &fields].concat());
    }
    text
}

fn people(policy: &Policy) -> String {
    let mut text = "## To whom\n\nRows about single youths, by role. A role that is not here sees none.\n\n".to_owned();
    text += &head(&["role", "dataset", "whose rows", "up to", "dates"]);
    for role in policy.roles() {
        for dataset in about_youths() {
            for part in role.parts(dataset).iter().filter(|part| role.reads_by(part, dataset)) {
                let dates = if part.months(dataset) { "months" } else { "days" };
                let name = format!("`{}`", role.name);
                text += &row(&[&name, dataset.name, part.whose(dataset), part.tier.name(), dates]);
            }
        }
    }
    text
}

fn tables(policy: &Policy) -> String {
    let mut text =
        "## Tables\n\nExact tables without rows, by agreement; a table with a cell of 1 to 9 youths says that it \
                    is not publishable.\n\n"
            .to_owned();
    text += &head(&["agreement", "role", "datasets"]);
    for it in policy.agreements() {
        text += &row(&[&it.name, &format!("`{}`", it.role), &codes(it.datasets.iter().map(|it| &**it))]);
    }
    let releases = policy.roles().iter().filter(|it| it.releases).count();
    text += &format!(
        "\nProtected tables (releases) are the same for all {releases} roles that see them, `public` among them: no count \
         of 1 to 9 youths is shown, and what is stored is protected already.\n"
    );
    text
}

fn retention(policy: &Policy) -> String {
    let mut text = "## How long\n\n".to_owned();
    text += &head(&["what", "how long"]);
    text += &row(&["rows about youths", "as long as their holders keep them; Regiograph keeps none"]);
    for role in policy.roles() {
        if let Some(age) = role.stale {
            let what = format!("what a source last gave to `{}`, in memory, while the source is away", role.name);
            text += &row(&[&what, &format!("{} s at most", age.as_secs())]);
        }
    }
    for it in policy.investigations() {
        let what = format!("access for `investigation:{}`, to rows of {}", it.number, it.provider);
        text += &row(&[&what, &format!("rows that hold from {} to {}, until it leaves the policy", it.from, it.until)]);
    }
    for purpose in policy.purposes() {
        let kept = purpose.kept.as_deref().map_or("the policy does not say".to_owned(), |kept| {
            format!("{kept} (the policy's own rule, from no law: to be confirmed by the controllers)")
        });
        text += &row(&[&format!("rows that were shown for `{}`, by whoever asked", purpose.name), &kept]);
    }
    text += &row(&["protected tables", "for good: they hold nothing that leads to a youth"]);
    let log = format!("as [its retention](audit.md) says: {LEAST_YEARS} years at least, less is refused");
    text += &row(&["who saw whom (the audit log)", &log]);
    text
}

/// What whoever puts this policy in force has still to settle.
fn open_points(policy: &Policy) -> String {
    let mut points = vec![
        "The law cited is the text of 2017: a lawyer checks it before use.".to_owned(),
        "Two consumers cannot join by identifier; with exact dates and a municipality they still can. Days are shown to \
         those whom the table above gives days."
            .to_owned(),
    ];
    for purpose in policy.purposes() {
        let name = &purpose.name;
        points.push(match &purpose.kept {
            None => format!("How long rows that were shown for `{name}` may be kept is not said (`kept`)."),
            Some(_) => format!(
                "How long rows that were shown for `{name}` may be kept is this policy's own rule: the controllers confirm it, \
                 or write their own."
            ),
        });
    }
    for (role, dataset) in widest(policy) {
        points.push(format!("`{role}` sees rows of {dataset} whoever they are about (`A`): is that necessary?"));
    }
    let points: String = points.iter().map(|it| format!("- {it}\n")).collect();
    format!("## Open points\n\n{points}")
}

/// Roles that see rows about youths of no one in particular.
fn widest(policy: &Policy) -> Vec<(&str, &'static str)> {
    let is_wide = |part: &Part| part.scope == Scope::All;
    let pairs = policy.roles().iter().flat_map(|role| about_youths().map(move |dataset| (role, dataset)));
    let wide = pairs.filter(|(role, dataset)| role.parts(dataset).iter().any(is_wide));
    wide.map(|(role, dataset)| (&*role.name, dataset.name)).collect()
}
