//! The policy as people read it: the matrix, and what a change of it opens and closes.

use entities::Dataset;

use super::{Policy, Role, cell::Part, column};

impl Policy {
    /// The matrix as Markdown: roles by datasets; datasets whose columns are alike share one. Says `later` of
    /// datasets that do not exist yet.
    #[must_use]
    pub fn matrix(&self) -> String {
        self.matrix_of(&entities::datasets().iter().collect::<Vec<_>>())
    }

    pub(super) fn matrix_of(&self, known: &[&Dataset]) -> String {
        let mut columns: Vec<(Vec<String>, Vec<String>)> = Vec::new();
        for dataset in &self.datasets {
            let (title, cells) = self.column(dataset, known);
            match columns.iter_mut().find(|(_, known)| *known == cells) {
                Some((titles, _)) => titles.push(title),
                None => columns.push((vec![title], cells)),
            }
        }
        let line = |first: &str, cells: &[&str]| format!("| {first} | {} |\n", cells.join(" | "));
        let titles: Vec<_> = columns.iter().map(|(titles, _)| titles.join(", ")).collect();
        let mut text = line("role (claim)", &titles.iter().map(String::as_str).collect::<Vec<_>>());
        text.push_str(&format!("|{}\n", "---|".repeat(columns.len() + 1)));
        for (place, role) in self.roles.iter().enumerate() {
            let claim = role.claim.map_or(String::new(), |claim| format!(" ({})", claim.name()));
            let cells: Vec<_> = columns.iter().map(|(_, cells)| cells[place].as_str()).collect();
            text.push_str(&line(&format!("{}{claim}", role.name), &cells));
        }
        text
    }

    /// A dataset's title, and its cell for every role.
    fn column(&self, name: &str, known: &[&Dataset]) -> (String, Vec<String>) {
        let dataset = known.iter().copied().find(|it| column(it) == name);
        let cell = |role: &Role| match role.cell(name) {
            [] => "–".to_owned(),
            parts => parts.iter().map(|it| it.rule.to_string()).collect::<Vec<_>>().join(", "),
        };
        let title = if dataset.is_some() { name.to_owned() } else { format!("{name} (later)") };
        (title, self.roles.iter().map(cell).collect())
    }

    /// What a change to `other` opens and closes, one line each; empty where it changes nothing.
    #[must_use]
    pub fn diff(&self, other: &Self) -> String {
        let mut lines = Vec::new();
        for role in &self.roles {
            match other.role(&role.name) {
                Some(after) => compare_roles(role, after, &mut lines),
                None => lines.push(format!("closes {}: the whole role", role.name)),
            }
        }
        for role in &other.roles {
            if self.role(&role.name).is_none() {
                lines.push(format!("opens {}: a new role", role.name));
                let cells = role.cells.iter().flat_map(|(dataset, parts)| parts.iter().map(move |it| (dataset, it)));
                lines.extend(cells.map(|(dataset, part)| format!("opens {}: {dataset}: {}", role.name, part.rule)));
            }
        }
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

fn compare_roles(before: &Role, after: &Role, lines: &mut Vec<String>) {
    let name = &before.name;
    if before.claim != after.claim {
        lines.push(format!("changes {name}: its claim"));
    }
    if before.acr != after.acr {
        lines.push(format!("changes {name}: what its `acr` must be"));
    }
    for purpose in before.purposes().filter(|it| !after.purposes().any(|other| other == *it)) {
        lines.push(format!("closes {name}: the purpose {purpose}"));
    }
    for purpose in after.purposes().filter(|it| !before.purposes().any(|other| other == *it)) {
        lines.push(format!("opens {name}: the purpose {purpose}"));
    }
    let mut datasets: Vec<_> = before.cells.keys().chain(after.cells.keys()).collect();
    datasets.sort_unstable();
    datasets.dedup();
    for dataset in datasets {
        compare_cells(&format!("{name}: {dataset}"), before.cell(dataset), after.cell(dataset), lines);
    }
}

fn compare_cells(what: &str, before: &[Part], after: &[Part], lines: &mut Vec<String>) {
    for part in before {
        match after.iter().find(|it| it.scope == part.scope) {
            None => lines.push(format!("closes {what}: {}", part.rule)),
            Some(now) if now.tier < part.tier => lines.push(format!("closes {what}: {}, was {}", now.rule, part.rule)),
            Some(now) if now.tier > part.tier => lines.push(format!("opens {what}: {}, was {}", now.rule, part.rule)),
            Some(_) => {}
        }
    }
    let new = after.iter().filter(|part| !before.iter().any(|it| it.scope == part.scope));
    lines.extend(new.map(|part| format!("opens {what}: {}", part.rule)));
}
