//! What another policy would open and close, in plain words: one line each, per role and dataset.

use std::collections::BTreeMap;

use entities::{Dataset, Field};

use super::{Investigation, Policy, Role, cell::Part, column};

/// How a field is named to whoever reads the words.
type Name<'a> = &'a dyn Fn(&Field) -> String;

impl Policy {
    /// What a change to `other` opens and closes; empty where it changes nothing. `name` says what clients call a field.
    #[must_use]
    pub fn diff(&self, other: &Self, name: Name<'_>) -> String {
        let mut lines = Vec::new();
        for role in &self.roles {
            match other.role(&role.name) {
                Some(after) => compare_roles(role, after, name, &mut lines),
                None => {
                    lines.push(format!("closes {}: the whole role", role.name));
                    compare_cells(role, &nobody(role), name, &mut lines);
                }
            }
        }
        for role in other.roles.iter().filter(|role| self.role(&role.name).is_none()) {
            lines.push(format!("opens {}: a new role", role.name));
            compare_cells(&nobody(role), role, name, &mut lines);
        }
        compare_investigations(&self.investigations, &other.investigations, &mut lines);
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// The role without its cells.
fn nobody(role: &Role) -> Role {
    Role { cells: BTreeMap::new(), ..role.clone() }
}

fn compare_roles(before: &Role, after: &Role, name: Name<'_>, lines: &mut Vec<String>) {
    let role = &before.name;
    if before.claim != after.claim {
        let claim = |it: &Role| it.claim.map_or("none", super::Claim::name);
        lines.push(format!("changes {role}: its claim is {}, was {}", claim(after), claim(before)));
    }
    if before.acr != after.acr {
        lines.push(format!("changes {role}: what its `acr` must be"));
    }
    for purpose in before.purposes().filter(|it| !after.purposes().any(|other| other == *it)) {
        lines.push(format!("closes {role}: the purpose {purpose}"));
    }
    for purpose in after.purposes().filter(|it| !before.purposes().any(|other| other == *it)) {
        lines.push(format!("opens {role}: the purpose {purpose}"));
    }
    if before.releases != after.releases {
        let verb = if after.releases { "opens" } else { "closes" };
        lines.push(format!("{verb} {role}: releases, the protected tables"));
    }
    if before.stale != after.stale {
        let verb = if after.stale > before.stale { "opens" } else { "closes" };
        let age =
            |it: &Role| it.stale.map_or("none".to_owned(), |age| format!("up to {}", humantime::format_duration(age)));
        lines.push(format!("{verb} {role}: stale answers, {}, was {}", age(after), age(before)));
    }
    if before.writes != after.writes {
        let writes = |it: &Role| it.writes.as_deref().unwrap_or("nothing").to_owned();
        lines.push(format!("changes {role}: it may write {}, was {}", writes(after), writes(before)));
    }
    compare_cells(before, after, name, lines);
}

fn compare_cells(before: &Role, after: &Role, name: Name<'_>, lines: &mut Vec<String>) {
    let mut datasets: Vec<_> = before.cells.keys().chain(after.cells.keys()).collect();
    datasets.sort_unstable();
    datasets.dedup();
    for dataset in datasets {
        let what = format!("{}: {dataset}", before.name);
        let known = entities::datasets().iter().find(|it| column(it) == **dataset);
        compare_parts(&what, known, (before.cell(dataset), after.cell(dataset)), lines);
        if let Some(known) = known {
            compare_fields(&what, known, (before, after), name, lines);
        }
    }
}

fn compare_parts(what: &str, dataset: Option<&Dataset>, (before, after): (&[Part], &[Part]), lines: &mut Vec<String>) {
    let words = |part: &Part| dataset.map_or_else(|| part.scope.words().to_owned(), |it| part.words(it));
    for part in before {
        match after.iter().find(|it| it.scope == part.scope) {
            None => lines.push(format!("closes {what}: {} ({})", words(part), part.rule)),
            Some(now) if now.tier != part.tier => {
                let verb = if now.tier < part.tier { "closes" } else { "opens" };
                let was = part.tier.name();
                lines.push(format!("{verb} {what}: {}, was up to {was} ({}, was {})", words(now), now.rule, part.rule));
            }
            Some(_) => {}
        }
    }
    let new = after.iter().filter(|part| !before.iter().any(|it| it.scope == part.scope));
    lines.extend(new.map(|part| format!("opens {what}: {} ({})", words(part), part.rule)));
}

/// The fields that come into the role's schema, and those that go.
fn compare_fields(
    what: &str,
    dataset: &'static Dataset,
    (before, after): (&Role, &Role),
    name: Name<'_>,
    lines: &mut Vec<String>,
) {
    let (before, after) = (before.tier(dataset), after.tier(dataset));
    for (verb, less, more) in [("closes", after, before), ("opens", before, after)] {
        let fields = dataset.fields.iter().filter(|field| Some(field.tier) <= more && Some(field.tier) > less);
        let fields: Vec<_> = fields.map(name).collect();
        match fields.as_slice() {
            [] => {}
            [one] => lines.push(format!("{verb} {what}: the field {one}")),
            several => lines.push(format!("{verb} {what}: the fields {}", several.join(", "))),
        }
    }
}

fn compare_investigations(before: &[Investigation], after: &[Investigation], lines: &mut Vec<String>) {
    let words = |it: &Investigation| {
        format!("investigation {}: rows of {} from {} to {}", it.number, it.provider, it.from, it.until)
    };
    lines.extend(before.iter().filter(|it| !after.contains(it)).map(|it| format!("closes {}", words(it))));
    lines.extend(after.iter().filter(|it| !before.contains(it)).map(|it| format!("opens {}", words(it))));
}
