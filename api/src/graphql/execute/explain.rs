//! Says how an operation would be answered, in words: which rule grants each list, which sources are asked and how.

mod released;

use std::{fmt::Write, sync::Arc};

use super::{Task, collect::Selected, fetch::query, table};
use crate::{
    federation::{self, Sources},
    graphql::{error::Problem, model::Resolve},
    policy::{Clause, Grant, Rows},
    release::Secret,
};

/// The plan of each field of the query.
pub(super) async fn explain(task: &Task, selected: &[Selected<'_>], secret: Option<&Arc<Secret>>) -> String {
    let mut out = String::new();
    for field in selected {
        let _ = writeln!(out, "# {}", field.key);
        match one(task, field, secret).await {
            Ok(text) => out.push_str(&text),
            Err(problem) => {
                let _ = writeln!(out, "refused: {}", problem.message);
            }
        }
        out.push('\n');
    }
    out
}

async fn one(task: &Task, field: &Selected<'_>, secret: Option<&Arc<Secret>>) -> Result<String, Problem> {
    let args = field.args.as_ref().map_err(Clone::clone)?;
    match field.resolve() {
        Some(Resolve::Rows(dataset)) => {
            let query = query(task, dataset, field, args)?;
            let planned = |grant: &Grant, sources: &Sources| federation::plan(&query, grant, sources).to_string();
            Ok(task.access.grant(dataset).map_or_else(not_granted, |grant| granted(task, grant, planned)))
        }
        Some(Resolve::Statistics(dataset)) if table::is_released(task, dataset, args) => {
            released::released(task, dataset, args, secret).await
        }
        Some(Resolve::Statistics(dataset)) => {
            let asked = table::asked(task, dataset, field, args)?;
            let Some((asked, grant)) = asked.zip(task.access.table(dataset)) else { return Ok(not_granted()) };
            let planned =
                |grant: &Grant, sources: &Sources| federation::plan_table(&asked.table, grant, sources).to_string();
            Ok(granted(task, grant, planned))
        }
        Some(resolve) if resolve.asks_sources() => {
            Ok("asked by id: one statement to the source that the id names, under the same grant\n".to_owned())
        }
        _ => Ok("answered without asking a source\n".to_owned()),
    }
}

fn not_granted() -> String {
    "not granted\n".to_owned()
}

/// The rules, what their care relations ask, and the plan.
fn granted(task: &Task, grant: &Grant, planned: impl FnOnce(&Grant, &Sources) -> String) -> String {
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
    out + &planned(&grant, sources)
}

/// Of whom, where the clause rests on a care relation.
fn about(clause: &Clause) -> String {
    match &clause.rows {
        Rows::AboutYouthsOf(relation) => format!(", rows about {}", relation.name),
        Rows::All | Rows::Where(_) => String::new(),
    }
}
