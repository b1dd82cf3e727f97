//! A source in an SQLite file, read by blocking readers on threads of their own: one hop per question, no channel per
//! row. A file that is missing or no database makes the source unavailable, and is tried again at the next question.

mod breadth;
mod check;
mod decode;
mod readers;
mod table;
#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc};

use entities::{Datum, FieldId};
use futures_util::{FutureExt, future::BoxFuture};
use rusqlite::Connection;

use self::{
    breadth::Breadth,
    readers::{Readers, Running},
};
use super::{
    Failure, Inspected, Partial, Record, Records, Select, Source, Tabulate, Terms,
    sql::{self, Cells, Decoder, Dialect, Layout, Mappings, Parameter, Statement},
};
use crate::{policy::OnBehalf, telemetry::SourceLoad};

/// A source in an SQLite file.
pub(crate) struct SqliteSource {
    terms: Terms,
    readers: Readers,
    breadth: Arc<Breadth>,
}

impl SqliteSource {
    /// Takes the settings in; opens nothing.
    pub(super) fn open(terms: Terms, path: PathBuf) -> Self {
        let readers = Readers::new(path, terms.concurrency, terms.deadline());
        Self { terms, readers, breadth: Arc::default() }
    }

    fn mappings(&self) -> Arc<Mappings> {
        Arc::clone(&self.terms.mappings)
    }
}

/// How statements are written for a file.
fn layout(mappings: &Mappings) -> Layout<'_> {
    Layout { dialect: Dialect::Sqlite, mappings }
}

impl Source for SqliteSource {
    fn terms(&self) -> &Terms {
        &self.terms
    }

    fn rows(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Records, Failure>> {
        let (breadth, mappings) = (Arc::clone(&self.breadth), self.mappings());
        self.readers
            .run(move |connection, running| {
                rows((connection, running), (layout(&mappings), &breadth), &select).map(Records::from)
            })
            .boxed()
    }

    fn count(&self, select: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>> {
        let mappings = self.mappings();
        self.readers
            .run(move |connection, running| {
                let layout = layout(&mappings);
                let counted = count(connection, running, &sql::count(layout, &select));
                counted.map_err(|error| check::failure((connection, layout), (select.dataset, select.asked()), &error))
            })
            .boxed()
    }

    fn counts(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>> {
        let mappings = self.mappings();
        self.readers.run(move |connection, running| counts((connection, running), layout(&mappings), &select)).boxed()
    }

    fn table(&self, tabulate: Arc<Tabulate>) -> BoxFuture<'_, Result<Partial, Failure>> {
        let mappings = self.mappings();
        self.readers
            .run(move |connection, running| table::table((connection, running), layout(&mappings), &tabulate))
            .boxed()
    }

    fn explain(&self, select: &Select) -> String {
        sql::rows(layout(&self.terms.mappings), select, &[])
            .map(|statement| statement.text)
            .collect::<Vec<_>>()
            .join(";\n")
    }

    fn explain_table(&self, tabulate: &Tabulate) -> String {
        let text = |stream| sql::table(layout(&self.terms.mappings), tabulate, stream).text;
        sql::streams(tabulate).map(text).collect::<Vec<_>>().join(";\n")
    }

    fn check(&self, _: OnBehalf) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>> {
        let (datasets, mappings) = (self.terms.datasets.clone(), self.mappings());
        self.readers
            .run(move |connection, running| {
                let known = ((connection, running), layout(&mappings));
                datasets.iter().map(|(dataset, facts)| check::inspect(known, dataset, facts)).collect()
            })
            .boxed()
    }

    fn load(&self) -> SourceLoad {
        let (in_use, most) = self.readers.load();
        SourceLoad { in_use: Some(in_use), most: Some(most), ..SourceLoad::default() }
    }
}

/// Runs the statements of a question one after another until its limit is reached.
fn rows(
    (connection, running): (&Connection, &Running),
    (layout, breadth): (Layout<'_>, &Breadth),
    select: &Select,
) -> Result<Vec<Record>, Failure> {
    let mut records = Vec::with_capacity(select.limit.min(1024));
    let decoder = Decoder::new(select);
    let mut read = || -> Result<(), Problem> {
        let broad = breadth.broad((connection, running), layout, select)?;
        let mut statements = sql::rows(layout, select, &broad);
        while records.len() < select.limit
            && let Some(statement) = statements.next()
        {
            let mut prepared = readers::prepare(connection, &statement.text)?;
            bind(&mut prepared, &statement, select.limit - records.len())?;
            running.continues()?;
            let mut rows = prepared.raw_query();
            while let Some(row) = rows.next()? {
                records.push(decoder.record(row).map_err(Problem::Value)?);
            }
        }
        Ok(())
    };
    match read() {
        Ok(()) => Ok(records),
        Err(problem) => Err(failure((connection, layout), select, problem)),
    }
}

/// How many rows each value of the link has that rows are taken apart by.
fn counts(
    (connection, running): (&Connection, &Running),
    layout: Layout<'_>,
    select: &Select,
) -> Result<Vec<(Datum, u64)>, Failure> {
    let Some(links) = &select.per else { return Ok(Vec::new()) };
    let Some(link) = &select.columns[links.place] else { return Ok(Vec::new()) };
    let read = || -> Result<_, Problem> {
        let statement = sql::counts(layout, select, links);
        let mut prepared = readers::prepare(connection, &statement.text)?;
        bind(&mut prepared, &statement, 0)?;
        running.continues()?;
        let (mut rows, mut counts) = (prepared.raw_query(), Vec::new());
        while let Some(row) = rows.next()? {
            let value = row.cell(0).decode(select.dataset.fields[link.field()].kind);
            counts.push((value.ok_or(Problem::Value(link.field()))?, row.cell(1).count()));
        }
        Ok(counts)
    };
    read().map_err(|problem| failure((connection, layout), select, problem))
}

/// What may go wrong while rows are read.
enum Problem {
    Sqlite(rusqlite::Error),
    Value(FieldId),
}

fn failure(known: (&Connection, Layout<'_>), select: &Select, problem: Problem) -> Failure {
    match problem {
        Problem::Sqlite(error) => check::failure(known, (select.dataset, select.asked()), &error),
        Problem::Value(field) => Failure::malformed(select.dataset, field),
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn count(connection: &Connection, running: &Running, statement: &Statement<'_>) -> rusqlite::Result<u64> {
    let mut prepared = readers::prepare(connection, &statement.text)?;
    bind(&mut prepared, statement, 0)?;
    running.continues()?;
    let mut rows = prepared.raw_query();
    let number = rows.next()?.map_or(Ok(0), |row| row.get::<_, i64>(0))?;
    Ok(number.unsigned_abs())
}

fn bind(
    prepared: &mut rusqlite::Statement<'_>,
    statement: &Statement<'_>,
    limit: usize,
) -> Result<(), rusqlite::Error> {
    for (place, parameter) in (1..).zip(&statement.parameters) {
        match parameter {
            Parameter::Datum(datum) => bind_datum(prepared, place, datum),
            Parameter::Own(datum) => bind_datum(prepared, place, datum),
            Parameter::Number(number) => prepared.raw_bind_parameter(place, number),
            Parameter::Text(text) => prepared.raw_bind_parameter(place, text),
            Parameter::List(list) => prepared.raw_bind_parameter(place, json(&list.data)),
            Parameter::Limit => prepared.raw_bind_parameter(place, i64::try_from(limit).unwrap_or(i64::MAX)),
        }?;
    }
    Ok(())
}

fn bind_datum(prepared: &mut rusqlite::Statement<'_>, place: usize, datum: &Datum) -> Result<(), rusqlite::Error> {
    match datum {
        Datum::Null => prepared.raw_bind_parameter(place, rusqlite::types::Null),
        Datum::Bool(value) => prepared.raw_bind_parameter(place, value),
        Datum::Int(number) => prepared.raw_bind_parameter(place, number),
        Datum::Float(number) => prepared.raw_bind_parameter(place, number),
        Datum::Date(date) => prepared.raw_bind_parameter(place, date.to_string()),
        Datum::Text(text) => prepared.raw_bind_parameter(place, &**text),
    }
}

/// A list of values as a JSON array: dates as texts, booleans as JSON has them.
fn json(data: &[Datum]) -> String {
    use serde_json::Value;
    let value = |datum: &Datum| match datum {
        Datum::Null => Value::Null,
        Datum::Bool(value) => (*value).into(),
        Datum::Int(number) => (*number).into(),
        Datum::Float(number) => (*number).into(),
        Datum::Date(date) => date.to_string().into(),
        Datum::Text(text) => Value::String(text.to_string()),
    };
    Value::Array(data.iter().map(value).collect()).to_string()
}
