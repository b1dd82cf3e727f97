//! What a node is asked, in words for people to read: fields and conditions, and no value.

use std::fmt::Write as _;

use entities::{Dataset, FieldId};

use crate::{
    query::{Direction, Operand, Predicate, Test},
    source::{Select, Tabulate},
};

/// The question for rows.
pub(super) fn rows(remote: &str, select: &Select) -> String {
    let dataset = select.dataset;
    let mut text = format!("ask the node's source `{remote}` for rows of {}", dataset.name);
    columns(&mut text, "\nwith ", dataset, &select.columns);
    condition(&mut text, select);
    text.push_str("\nin order of ");
    for (place, direction) in &select.order {
        let name = select.columns.get(*place).map_or_else(String::new, |it| shown(dataset, it.as_ref()));
        let _ = write!(text, "{name}{}, ", way(*direction));
    }
    let _ = write!(text, "{}{}", dataset.fields[dataset.key()].column, way(select.id_direction));
    if select.after.is_some() || select.before.is_some() {
        text.push_str(", from where a cursor stands");
    }
    if let Some(links) = &select.per {
        let link = select.columns.get(links.place).map_or_else(String::new, |it| shown(dataset, it.as_ref()));
        let _ = write!(text, "\nfor each of {} values of {link}", links.keys.len());
    }
    let _ = write!(text, "\nno more than {}", select.limit);
    text
}

/// The question for a partial table.
pub(super) fn table(remote: &str, tabulate: &Tabulate) -> String {
    let select = &tabulate.select;
    let dataset = select.dataset;
    let (groups, measures) = select.columns.split_at(tabulate.groups.min(select.columns.len()));
    let mut text = format!("ask the node's source `{remote}` for a table of {}", dataset.name);
    columns(&mut text, "\nby ", dataset, groups);
    columns(&mut text, "\nmeasuring ", dataset, measures);
    if let Some(open_on) = &tabulate.open_on {
        let _ = write!(text, "\nopen on each of {} days", open_on.days.len());
    }
    if tabulate.youths {
        text.push_str("\nwith the distinct youths of each group");
    }
    condition(&mut text, select);
    text
}

fn columns(text: &mut String, word: &str, dataset: &Dataset, columns: &[Option<Operand>]) {
    if !columns.is_empty() {
        let names: Vec<_> = columns.iter().map(|it| shown(dataset, it.as_ref())).collect();
        let _ = write!(text, "{word}{}", names.join(", "));
    }
}

fn condition(text: &mut String, select: &Select) {
    if select.filter != Predicate::All {
        let _ = write!(text, "\nwhere {}", says(select.dataset, &select.filter));
    }
}

fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "",
        Direction::Descending => " downwards",
    }
}

fn column(dataset: &Dataset, field: FieldId) -> &'static str {
    dataset.fields[field].column
}

fn shown(dataset: &Dataset, operand: Option<&Operand>) -> String {
    match operand {
        None => "null".to_owned(),
        Some(Operand::Field(field)) => column(dataset, *field).to_owned(),
        Some(Operand::Shown(it)) => {
            let mut text = column(dataset, it.field).to_owned();
            if let Some(bucket) = it.bucket {
                let _ = write!(text, " by {}", bucket.name());
            }
            if it.when == Predicate::All { text } else { format!("({text} where {})", says(dataset, &it.when)) }
        }
    }
}

fn says(dataset: &Dataset, predicate: &Predicate) -> String {
    let all = |parts: &[Predicate], word: &str| {
        let parts: Vec<_> = parts.iter().map(|part| says(dataset, part)).collect();
        format!("({})", parts.join(word))
    };
    match predicate {
        Predicate::All => "always".to_owned(),
        Predicate::None => "never".to_owned(),
        Predicate::And(parts) => all(parts, " and "),
        Predicate::Or(parts) => all(parts, " or "),
        Predicate::Not(inner) => format!("not {}", says(dataset, inner)),
        Predicate::Is(operand, test) => format!("{} {}", shown(dataset, Some(operand)), tested(test)),
        Predicate::Source(_) | Predicate::HeldBy(_) => "of this source".to_owned(),
        Predicate::Linked(linked) => {
            let rows = says(linked.dataset, &linked.rows);
            format!("{} is a {} where {rows}", column(dataset, linked.field), linked.dataset.name)
        }
    }
}

fn tested(test: &Test) -> String {
    match test {
        Test::Null => "is null",
        Test::Eq(_) => "= ?",
        Test::In(data) => return format!("is one of {} values", data.len()),
        Test::Lt(_) => "< ?",
        Test::Lte(_) => "<= ?",
        Test::Gt(_) => "> ?",
        Test::Gte(_) => ">= ?",
        Test::Contains(_) => "contains ?",
        Test::StartsWith(_) => "starts with ?",
        Test::Has(_) => "has ?",
    }
    .to_owned()
}
