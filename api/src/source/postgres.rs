//! A source in a PostgreSQL database, read over connections that can only read. A question that nobody waits for any
//! more is broken off there too. A server that is absent makes the source unavailable, and is tried at the next question.

mod bind;
mod check;
mod decode;
mod pool;
mod server;
mod table;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use entities::{Dataset, Datum, FieldId};
use futures_util::{FutureExt, TryStreamExt, future::BoxFuture};
use sqlx::{Connection, PgConnection};

use self::pool::{Lease, Pool};
pub use self::server::{BadServer, Refused, Server};
use super::{
    Failure, Inspected, Partial, Record, Records, Select, Source, Tabulate, Terms,
    sql::{self, Cells, Decoder, Dialect, Layout, Mappings},
};
use crate::{
    policy::OnBehalf,
    query::{Facts, Operand},
    telemetry::SourceLoad,
};

/// How much longer than the gateway the server works on a statement before it gives up.
const LONGER: Duration = Duration::from_millis(500);

/// How long a statement may take by which the database is compared with the contract.
const THOROUGH: &str = "SET LOCAL statement_timeout = '60s'";

/// A source in a PostgreSQL database.
pub(crate) struct PostgresSource {
    terms: Terms,
    pool: Pool,
}

/// What may go wrong while rows are read.
#[derive(Debug)]
enum Problem {
    Sqlx(sqlx::Error),
    Failure(Failure),
}

/// What is asked of which dataset, for what is found to be wrong with it.
struct Asked {
    dataset: &'static Dataset,
    columns: Vec<&'static str>,
}

impl PostgresSource {
    /// Takes the settings in; opens nothing.
    pub(super) fn open(terms: Terms, server: Server) -> Self {
        let pool = Pool::new(server, terms.concurrency, terms.deadline() + LONGER);
        Self { terms, pool }
    }

    fn mappings(&self) -> Arc<Mappings> {
        Arc::clone(&self.terms.mappings)
    }

    /// Answers a question over a connection. Where the server has closed it since it was last used, or has changed what
    /// it had prepared, over another one.
    async fn ask<T>(
        &self,
        asked: Asked,
        work: impl for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Problem>> + Send + Sync,
    ) -> Result<T, Failure> {
        loop {
            let mut lease = self.pool.lease().await?;
            match work(lease.connection()).await {
                Ok(answer) => {
                    lease.give_back();
                    return Ok(answer);
                }
                Err(Problem::Sqlx(error)) if !lease.is_fresh && is_stale(&error) => self.pool.clear(),
                Err(problem) => return Err(self.failure(lease, &asked, problem).await),
            }
        }
    }

    /// What a problem says of the source. Its connection is kept where it is as good as before.
    async fn failure(&self, mut lease: Lease<'_>, asked: &Asked, problem: Problem) -> Failure {
        let failure = match problem {
            Problem::Failure(failure) => failure,
            Problem::Sqlx(error) => match pool::code(&error).as_deref() {
                // Interrupted by the server itself, or not given a lock.
                Some("57014" | "55P03") => Failure::TimedOut(self.terms.deadline()),
                Some("42P01" | "42703" | "42883" | "42804" | "42846" | "42501" | "42P18" | "22P02" | "0A000") => {
                    check::drift(lease.connection(), layout(&self.terms.mappings), asked).await
                }
                Some("22003") => Failure::Malformed(format!("a sum over {} is beyond 64 bits", asked.dataset.table)),
                Some(code) if ["42", "54", "22", "08P"].iter().any(|class| code.starts_with(class)) => {
                    let dataset = asked.dataset.name;
                    tracing::error!(code, dataset, "the gateway wrote a statement that PostgreSQL refuses");
                    wrongly_asked()
                }
                code => {
                    tracing::debug!(code, "PostgreSQL refuses");
                    return Failure::Unreachable;
                }
            },
        };
        if lease.connection().ping().await.is_ok() {
            lease.give_back();
        }
        failure
    }
}

/// How statements are written for a database.
fn layout(mappings: &Mappings) -> Layout<'_> {
    Layout { dialect: Dialect::Postgres, mappings }
}

/// The gateway's own mistake.
fn wrongly_asked() -> Failure {
    Failure::Malformed("the gateway asked for what it cannot do".to_owned())
}

/// Was the connection lost before it was used, or does it know tables as they were?
fn is_stale(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        error => matches!(pool::code(error).as_deref(), Some("0A000" | "57P01" | "57P02" | "57P05")),
    }
}

impl Asked {
    fn of(select: &Select) -> Self {
        Self { dataset: select.dataset, columns: select.asked().collect() }
    }
}

impl Problem {
    fn wrongly_asked() -> Self {
        Self::Failure(wrongly_asked())
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Self::Sqlx(error)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Source for PostgresSource {
    fn terms(&self) -> &Terms {
        &self.terms
    }

    fn rows(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Records, Failure>> {
        let asked = Asked::of(&select);
        let mappings = self.mappings();
        self.ask(asked, move |connection| {
            let (select, mappings) = (Arc::clone(&select), Arc::clone(&mappings));
            async move { rows(connection, layout(&mappings), &select).await.map(Records::from) }.boxed()
        })
        .boxed()
    }

    fn count(&self, select: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>> {
        let asked = Asked::of(&select);
        let mappings = self.mappings();
        self.ask(asked, move |connection| {
            let (select, mappings) = (Arc::clone(&select), Arc::clone(&mappings));
            async move {
                let query = bind::query(sql::count(layout(&mappings), &select), 0)?;
                Ok(query.fetch_one(connection).await?.cell(0).count())
            }
            .boxed()
        })
        .boxed()
    }

    fn counts(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>> {
        let asked = Asked::of(&select);
        let mappings = self.mappings();
        self.ask(asked, move |connection| {
            let (select, mappings) = (Arc::clone(&select), Arc::clone(&mappings));
            async move { counts(connection, layout(&mappings), &select).await }.boxed()
        })
        .boxed()
    }

    fn table(&self, tabulate: Arc<Tabulate>) -> BoxFuture<'_, Result<Partial, Failure>> {
        let asked = Asked { dataset: tabulate.select.dataset, columns: tabulate.asked().collect() };
        let mappings = self.mappings();
        self.ask(asked, move |connection| {
            let (tabulate, mappings) = (Arc::clone(&tabulate), Arc::clone(&mappings));
            async move { table::table(connection, layout(&mappings), &tabulate).await }.boxed()
        })
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

    fn load(&self) -> SourceLoad {
        let (in_use, most) = self.pool.load();
        SourceLoad { in_use: Some(in_use), most: Some(most), ..SourceLoad::default() }
    }

    fn check(&self, _: OnBehalf) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>> {
        async move {
            let mut all = Vec::with_capacity(self.terms.datasets.len());
            for (dataset, facts) in &self.terms.datasets {
                let (dataset, facts, mappings) = (*dataset, Arc::new(facts.clone()), self.mappings());
                let inspected = self.ask(Asked { dataset, columns: Vec::new() }, move |connection| {
                    let (facts, mappings) = (Arc::clone(&facts), Arc::clone(&mappings));
                    async move { inspect(connection, layout(&mappings), (dataset, &facts)).await }.boxed()
                });
                all.push(inspected.await?);
            }
            Ok(all)
        }
        .boxed()
    }
}

/// Compares a dataset of one state of the database, with more patience than a question has.
async fn inspect(
    connection: &mut PgConnection,
    layout: Layout<'_>,
    (dataset, facts): (&'static Dataset, &Facts),
) -> Result<Inspected, Problem> {
    sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut *connection).await?;
    sqlx::raw_sql(THOROUGH).execute(&mut *connection).await?;
    let inspected = check::inspect(connection, layout, (dataset, facts)).await;
    sqlx::raw_sql("ROLLBACK").execute(connection).await?;
    inspected
}

/// Runs the statements of a question one after another until its limit is reached.
async fn rows(connection: &mut PgConnection, layout: Layout<'_>, select: &Select) -> Result<Vec<Record>, Problem> {
    let decoder = Decoder::new(select);
    let mut records = Vec::with_capacity(select.limit.min(1024));
    for statement in sql::rows(layout, select, &[]) {
        if records.len() >= select.limit {
            break;
        }
        let mut rows = bind::query(statement, select.limit - records.len())?.fetch(&mut *connection);
        let mut is_first = true;
        while let Some(row) = rows.try_next().await? {
            if std::mem::take(&mut is_first) {
                let columns = select.columns.iter().flatten().map(Operand::field);
                decode::fits(&row, select, std::iter::once(select.dataset.key()).chain(columns))?;
            }
            records.push(decoder.record(&row).map_err(|field| malformed(select, field))?);
        }
    }
    Ok(records)
}

fn malformed(select: &Select, field: FieldId) -> Problem {
    Failure::malformed(select.dataset, field).into()
}

/// How many rows each value of the link has that rows are taken apart by.
async fn counts(
    connection: &mut PgConnection,
    layout: Layout<'_>,
    select: &Select,
) -> Result<Vec<(Datum, u64)>, Problem> {
    let Some(links) = &select.per else { return Ok(Vec::new()) };
    let Some(link) = &select.columns[links.place] else { return Ok(Vec::new()) };
    let mut rows = bind::query(sql::counts(layout, select, links), 0)?.fetch(connection);
    let mut counts = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let value = row.cell(0).decode(select.dataset.fields[link.field()].kind);
        counts.push((value.ok_or_else(|| malformed(select, link.field()))?, row.cell(1).count()));
    }
    Ok(counts)
}
