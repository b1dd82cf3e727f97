//! What the sources cover: per dataset and source its rows, their first and last day, the fields that are null on all of
//! them, and the codes that mean nothing by the mapping. Says no value that stands on few rows.

use std::{fmt::Write as _, sync::Arc};

use entities::{Date, Datum};
use tokio::time::timeout;

use super::THOROUGH;
use crate::{
    policy::OnBehalf,
    query::{Direction, Operand, Predicate, Test},
    source::{Inspected, Meaningless, Select, Source},
};

/// One dataset of one source.
pub(super) struct Covered {
    source: Box<str>,
    inspected: Inspected,
    /// The fields that are null on every row.
    absent: Vec<&'static str>,
    /// The first and the last day on which a row begins.
    days: Option<(Date, Date)>,
}

/// What a source covers, given how it compares with the contract.
pub(super) async fn of(source: &dyn Source, inspected: Vec<Inspected>) -> Vec<Covered> {
    let mut covered = Vec::new();
    for it in inspected {
        let dataset = it.dataset;
        let absent = source.facts(dataset).values.iter().filter(|(_, values)| values.is_empty());
        let absent = absent.map(|(field, _)| dataset.fields[*field].column).collect();
        let first = end(source, &it, Direction::Ascending).await;
        let last = end(source, &it, Direction::Descending).await;
        covered.push(Covered { source: source.name().into(), absent, days: first.zip(last), inspected: it });
    }
    covered
}

/// The first or the last day on which a row begins.
async fn end(source: &dyn Source, inspected: &Inspected, direction: Direction) -> Option<Date> {
    let dataset = inspected.dataset;
    let from = dataset.period?.from;
    let select = Select {
        columns: vec![Some(Operand::Field(from))],
        filter: Predicate::is(from, Test::Null).negated(),
        order: vec![(0, direction)],
        id_direction: direction,
        on_behalf: OnBehalf::inspection(),
        ..Select::whole(dataset, 1)
    };
    let records = timeout(THOROUGH, source.rows(Arc::new(select))).await.ok()?.ok()?;
    match records.first()?.values.first()? {
        Datum::Date(day) => Some(*day),
        _ => None,
    }
}

/// The matrix, in the order of datasets and then of sources; nothing where there is nothing to say.
pub(super) fn matrix(covered: &[Covered]) -> String {
    if covered.is_empty() {
        return String::new();
    }
    let mut text =
        "coverage:\n| dataset | source | rows | oldest | newest | fields missing | values without a meaning |\n\
                    |---|---|---|---|---|---|---|\n"
            .to_owned();
    for dataset in entities::datasets() {
        for it in covered.iter().filter(|it| it.inspected.dataset == dataset) {
            let [oldest, newest] = match it.days {
                Some((oldest, newest)) => [oldest.to_string(), newest.to_string()],
                None => ["-".to_owned(), "-".to_owned()],
            };
            let missing = if it.absent.is_empty() { "-".to_owned() } else { it.absent.join(", ") };
            let lost: Vec<_> = it.inspected.meaningless.iter().map(|lost| say(&it.inspected, lost)).collect();
            let lost = if lost.is_empty() { "-".to_owned() } else { lost.join("; ") };
            let (source, rows) = (&it.source, it.inspected.rows);
            let _ =
                writeln!(text, "| {} | {source} | {rows} | {oldest} | {newest} | {missing} | {lost} |", dataset.name);
        }
    }
    text
}

/// `referrer: 14 rows (07: 12)`
fn say(inspected: &Inspected, lost: &Meaningless) -> String {
    let codes: Vec<_> = lost.codes.iter().map(|(code, rows)| format!("{code}: {rows}")).collect();
    let codes = if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
    let rows = format!("{} row{}", lost.rows, if lost.rows == 1 { "" } else { "s" });
    format!("{}: {rows}{codes}", inspected.dataset.fields[lost.field].column)
}
