//! The policy as people read it: the matrix of roles by datasets. Knows no rows.

use super::{PUBLIC, Policy, Role, column};

impl Policy {
    /// The matrix as Markdown: roles by datasets, and what a role may write. Datasets whose columns are alike share one,
    /// and so do roles without a claim whose lines are. Says `later` of datasets that do not exist yet.
    #[must_use]
    pub fn matrix(&self) -> String {
        let mut columns: Vec<(Vec<String>, Vec<String>)> = Vec::new();
        for name in &self.datasets {
            let cells: Vec<_> = self.roles.iter().map(|role| cell(role, name)).collect();
            match columns.iter_mut().find(|(_, known)| *known == cells) {
                Some((titles, _)) => titles.push(title(name)),
                None => columns.push((vec![title(name)], cells)),
            }
        }
        let titles = columns.iter().map(|(titles, _)| titles.join(", "));
        let header: Vec<_> =
            ["role (claim)".to_owned()].into_iter().chain(titles).chain(["writes".to_owned()]).collect();
        let mut lines: Vec<(bool, String, Vec<String>)> = Vec::new();
        for (place, role) in self.roles.iter().enumerate() {
            let shares = role.claim.is_none() && *role.name != *PUBLIC;
            let cells = columns.iter().map(|(_, cells)| cells[place].clone());
            let cells: Vec<_> = cells.chain([role.writes.as_deref().unwrap_or("–").to_owned()]).collect();
            match lines.last_mut().filter(|(alike, _, known)| *alike && shares && *known == cells) {
                Some((_, names, _)) => *names = format!("{names}, {}", role.name),
                None => lines.push((shares, name(role), cells)),
            }
        }
        let lines = lines.into_iter().map(|(_, name, cells)| format!("| {name} | {} |\n", cells.join(" | ")));
        format!("| {} |\n|{}\n{}", header.join(" | "), "---|".repeat(header.len()), lines.collect::<String>())
    }
}

fn title(name: &str) -> String {
    let exists = entities::datasets().iter().any(|it| column(it) == name);
    if exists { name.to_owned() } else { format!("{name} (later)") }
}

fn name(role: &Role) -> String {
    let claim = role.claim.map_or(String::new(), |claim| format!(" ({})", claim.name().replace('_', "-")));
    format!("{}{claim}", role.name)
}

/// The cell as the file has it: parts that state a tier stand behind commas, others behind semicolons.
fn cell(role: &Role, dataset: &str) -> String {
    let parts = role.cell(dataset);
    let rules: Vec<_> = parts.iter().map(|it| &*it.rule).collect();
    match rules.as_slice() {
        [] => "–".to_owned(),
        rules if rules.iter().any(|it| it.contains('/')) => rules.join(", "),
        rules => rules.join("; "),
    }
}
