//! Says how an operation would be answered, in words: which rule grants each list, which sources are asked and how.

use std::{fmt::Write, sync::Arc};

use super::{Task, collect::Selected, fetch::query};
use crate::{
    federation,
    graphql::{error::Problem, model::Resolve},
    policy::{Clause, Rows},
};

/// The plan of each field of the query.
pub(super) fn explain(task: &Task, selected: &[Selected<'_>]) -> String {
    let mut out = String::new();
    for field in selected {
        let _ = writeln!(out, "# {}", field.key);
        match one(task, field) {
            Ok(text) => out.push_str(&text),
            Err(problem) => {
                let _ = writeln!(out, "refused: {}", problem.message);
            }
        }
        out.push('\n');
    }
    out
}

fn one(task: &Task, field: &Selected<'_>) -> Result<String, Problem> {
    let args = field.args.as_ref().map_err(Clone::clone)?;
    let Some(Resolve::Rows(dataset)) = field.resolve() else {
        return Ok(match field.resolve() {
            Some(resolve) if resolve.asks_sources() => {
                "asked by id: one statement to the source that the id names, under the same grant\n".to_owned()
            }
            _ => "answered without asking a source\n".to_owned(),
        });
    };
    let query = query(task, dataset, field, args)?;
    let Some(grant) = task.access.grant(dataset) else { return Ok("not granted\n".to_owned()) };
    let mut out = String::new();
    for clause in grant.clauses() {
        let months = if clause.months { ", dates as months" } else { "" };
        let _ = writeln!(out, "granted by rule: {}{}{months}", clause.rule, about(clause));
    }
    let sources = &task.gateway.parts().sources;
    for relation in grant.relations() {
        out.push_str(&federation::explain(relation, task.today, sources));
    }
    // Whoever stands in a relation: the statements are the same.
    let grant = grant.resolved(|_| Arc::default());
    let _ = write!(out, "{}", federation::plan(&query, &grant, sources));
    Ok(out)
}

/// Of whom, where the clause rests on a care relation.
fn about(clause: &Clause) -> String {
    match &clause.rows {
        Rows::AboutYouthsOf(relation) => format!(", rows about {}", relation.name),
        Rows::All | Rows::Where(_) => String::new(),
    }
}
