//! A source in an SQLite file, read by blocking readers on threads of their own: one hop per question, no channel per
//! row. A file that is missing or no database makes the source unavailable, and is tried again at the next question.

mod breadth;
mod check;
mod decode;
mod readers;
mod table;
#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc, time::Duration};

use entities::{Dataset, Datum, FieldId};
use futures_util::{FutureExt, future::BoxFuture};
use rusqlite::Connection;

use self::{
    breadth::Breadth,
    readers::{Readers, Running},
};
use super::{
    Failure, Inspected, Partial, Record, Select, Source, Tabulate, resilient,
    sql::{self, Dialect, Parameter, Statement},
};
use crate::{
    query::{Facts, Holder},
    telemetry::SourceLoad,
};

/// How to open one SQLite source.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The configured name, unique.
    pub name: Box<str>,
    /// Who holds it.
    pub holder: Holder,
    /// The database's file.
    pub path: PathBuf,
    /// The datasets that it holds.
    pub datasets: Vec<&'static Dataset>,
    /// How long it may take to answer.
    pub deadline: Duration,
    /// The most questions that it answers at the same time.
    pub readers: usize,
    /// How much patience it is given.
    pub patience: resilient::Limits,
    /// What is known of all its rows: per dataset (by type name) its facts.
    pub facts: Vec<(&'static str, Facts)>,
}

/// A source in an SQLite file.
pub struct SqliteSource {
    name: Box<str>,
    holder: Holder,
    deadline: Duration,
    datasets: Vec<(&'static Dataset, Facts)>,
    readers: Readers,
    breadth: Arc<Breadth>,
}

impl Settings {
    /// The usual: five seconds, four readers, nothing known beforehand.
    #[must_use]
    pub fn new(name: &str, holder: Holder, path: impl Into<PathBuf>, datasets: Vec<&'static Dataset>) -> Self {
        Self {
            name: name.into(),
            holder,
            path: path.into(),
            datasets,
            deadline: Duration::from_secs(5),
            readers: 4,
            patience: resilient::Limits::default(),
            facts: Vec::new(),
        }
    }
}

impl SqliteSource {
    /// Takes the settings in. Opens nothing yet, so that it cannot fail: see [`Source::check`].
    #[must_use]
    pub fn open(settings: Settings) -> Self {
        let mut facts = settings.facts;
        let mut known = |name: &str| {
            let place = facts.iter().position(|(dataset, _)| *dataset == name);
            place.map(|place| facts.swap_remove(place).1).unwrap_or_default()
        };
        Self {
            name: settings.name,
            holder: settings.holder,
            deadline: settings.deadline,
            datasets: settings.datasets.into_iter().map(|dataset| (dataset, known(dataset.name))).collect(),
            readers: Readers::new(settings.path, settings.readers, settings.deadline),
            breadth: Arc::default(),
        }
    }
}

impl Source for SqliteSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn holder(&self) -> &Holder {
        &self.holder
    }

    fn deadline(&self) -> Duration {
        self.deadline
    }

    fn holds(&self, dataset: &Dataset) -> bool {
        self.datasets.iter().any(|(held, _)| held.name == dataset.name)
    }

    fn facts(&self, dataset: &Dataset) -> &Facts {
        const NOTHING: &Facts = &Facts { values: Vec::new() };
        self.datasets.iter().find(|(held, _)| held.name == dataset.name).map_or(NOTHING, |(_, facts)| facts)
    }

    fn rows(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Vec<Record>, Failure>> {
        let breadth = Arc::clone(&self.breadth);
        self.readers.run(move |connection, running| rows((connection, running), &breadth, &select)).boxed()
    }

    fn count(&self, select: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>> {
        self.readers
            .run(move |connection, running| {
                let counted = count(connection, running, &sql::count(Dialect::Sqlite, &select));
                counted.map_err(|error| check::failure(connection, (select.dataset, &select.columns), &error))
            })
            .boxed()
    }

    fn counts(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>> {
        self.readers.run(move |connection, running| counts((connection, running), &select)).boxed()
    }

    fn table(&self, tabulate: Arc<Tabulate>) -> BoxFuture<'_, Result<Partial, Failure>> {
        self.readers.run(move |connection, running| table::table((connection, running), &tabulate)).boxed()
    }

    fn explain(&self, select: &Select) -> String {
        sql::rows(Dialect::Sqlite, select, &[]).map(|statement| statement.text).collect::<Vec<_>>().join(";\n")
    }

    fn explain_table(&self, tabulate: &Tabulate) -> String {
        let text = |stream| sql::table(Dialect::Sqlite, tabulate, stream).text;
        sql::streams(tabulate).map(text).collect::<Vec<_>>().join(";\n")
    }

    fn check(&self) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>> {
        let datasets = self.datasets.clone();
        self.readers
            .run(move |connection, running| {
                datasets.iter().map(|(dataset, facts)| check::inspect((connection, running), dataset, facts)).collect()
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
    breadth: &Breadth,
    select: &Select,
) -> Result<Vec<Record>, Failure> {
    let mut records = Vec::with_capacity(select.limit.min(1024));
    let decoder = decode::Decoder::new(select);
    let mut read = || -> Result<(), Problem> {
        let broad = breadth.broad((connection, running), select)?;
        let mut statements = sql::rows(Dialect::Sqlite, select, &broad);
        while records.len() < select.limit
            && let Some(statement) = statements.next()
        {
            let mut prepared = readers::prepare(connection, &statement.text)?;
            bind(&mut prepared, &statement, select.limit - records.len())?;
            running.continues()?;
            let mut rows = prepared.raw_query();
            while let Some(row) = rows.next()? {
                records.push(decoder.record(row)?);
            }
        }
        Ok(())
    };
    match read() {
        Ok(()) => Ok(records),
        Err(problem) => Err(failure(connection, select, problem)),
    }
}

/// How many rows each value of the link has that rows are taken apart by.
fn counts((connection, running): (&Connection, &Running), select: &Select) -> Result<Vec<(Datum, u64)>, Failure> {
    let Some(links) = &select.per else { return Ok(Vec::new()) };
    let Some(link) = &select.columns[links.place] else { return Ok(Vec::new()) };
    let read = || -> Result<_, Problem> {
        let statement = sql::counts(Dialect::Sqlite, select, links);
        let mut prepared = readers::prepare(connection, &statement.text)?;
        bind(&mut prepared, &statement, 0)?;
        running.continues()?;
        let (mut rows, mut counts) = (prepared.raw_query(), Vec::new());
        while let Some(row) = rows.next()? {
            let value = decode::value(row.get_ref(0)?, select.dataset, link.field())?;
            counts.push((value, row.get::<_, i64>(1)?.unsigned_abs()));
        }
        Ok(counts)
    };
    read().map_err(|problem| failure(connection, select, problem))
}

/// What may go wrong while rows are read.
enum Problem {
    Sqlite(rusqlite::Error),
    Value(FieldId),
}

fn failure(connection: &Connection, select: &Select, problem: Problem) -> Failure {
    match problem {
        Problem::Sqlite(error) => check::failure(connection, (select.dataset, &select.columns), &error),
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
            Parameter::Datum(Datum::Null) => prepared.raw_bind_parameter(place, rusqlite::types::Null),
            Parameter::Datum(Datum::Bool(value)) => prepared.raw_bind_parameter(place, value),
            Parameter::Datum(Datum::Int(number)) | Parameter::Number(number) => {
                prepared.raw_bind_parameter(place, number)
            }
            Parameter::Datum(Datum::Float(number)) => prepared.raw_bind_parameter(place, number),
            Parameter::Datum(Datum::Date(date)) => prepared.raw_bind_parameter(place, date.to_string()),
            Parameter::Datum(Datum::Text(text)) => prepared.raw_bind_parameter(place, &**text),
            Parameter::Text(text) => prepared.raw_bind_parameter(place, text),
            Parameter::List(json) => prepared.raw_bind_parameter(place, json),
            Parameter::Limit => prepared.raw_bind_parameter(place, i64::try_from(limit).unwrap_or(i64::MAX)),
        }?;
    }
    Ok(())
}
