//! Where a source under test has its rows: in a SQLite file, or in a database of the tests' own PostgreSQL server; in the
//! contract's tables, or in tables of its own.

use std::{fmt::Write, path::PathBuf, thread};

use entities::{Dataset, Kind};
use rusqlite::types::Value;
use sea_orm_migration::sea_orm;

use crate::{
    postgres::{self, Server},
    row::{self, Row},
    warehouse::Shape,
};

/// Where rows are, to change them.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a file.
    Sqlite(PathBuf),
    /// In a database of that name.
    Postgres(String),
    /// In tables of its own.
    Mapped(Box<Place>, Shape),
}

impl Place {
    /// Puts rows beside those that stand there.
    pub fn insert(&self, rows: &[Row]) {
        match self {
            Self::Sqlite(path) => row::insert(path, rows),
            Self::Postgres(database) => execute(database, statements(rows)),
            Self::Mapped(place, shape) => place.execute(shape.insert(rows, place.is_postgres())),
        }
    }

    /// Changes it by statements, all or none.
    pub(crate) fn execute(&self, statements: String) {
        match self {
            Self::Sqlite(path) => row::execute(path, &format!("BEGIN;\n{statements}COMMIT;")),
            Self::Postgres(database) => execute(database, statements),
            Self::Mapped(place, _) => place.execute(statements),
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(_) => true,
            Self::Mapped(place, _) => place.is_postgres(),
        }
    }

    /// Takes all rows of these datasets away and puts others there.
    pub fn replace(&self, datasets: &[&Dataset], rows: &[Row]) {
        match self {
            Self::Sqlite(path) => {
                datasets.iter().for_each(|dataset| row::clear(path, dataset));
                row::insert(path, rows);
            }
            Self::Postgres(database) => {
                let mut statements: String =
                    datasets.iter().map(|dataset| format!("DELETE FROM {};\n", dataset.table)).collect();
                statements.extend(rows.iter().map(statement));
                execute(database, statements);
            }
            Self::Mapped(place, shape) => {
                let cleared: String = datasets.iter().map(|dataset| shape.clear(dataset)).collect();
                place.execute(cleared + &shape.insert(rows, place.is_postgres()));
            }
        }
    }
}

/// A database with all tables of the contract, as its migrations make them; none where PostgreSQL is not installed.
pub async fn database() -> Option<String> {
    Some(database_on(postgres::server()?).await)
}

/// The same, on this server.
pub async fn database_on(server: &Server) -> String {
    let name = server.database().await;
    let connection = sea_orm::Database::connect(server.address(&name)).await.expect("the server takes connections");
    let all: Vec<_> = entities::datasets().iter().collect();
    migration::create_tables(&connection, &all).await.expect("migrations run");
    connection.close().await.expect("connections can be closed");
    name
}

/// Statements that put rows into a PostgreSQL database.
#[must_use]
pub fn statements(rows: &[Row]) -> String {
    rows.iter().map(statement).collect()
}

/// On a thread of its own, as what calls it may stand in a runtime already.
fn execute(database: &str, statements: String) {
    if statements.is_empty() {
        return;
    }
    let database = database.to_owned();
    let done = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("there is a runtime");
        let server = postgres::server().expect("who has a database has a server");
        runtime.block_on(server.execute(&database, statements));
    });
    done.join().expect("the database takes the rows");
}

fn statement(row: &Row) -> String {
    let columns: Vec<_> = row.values.keys().copied().collect();
    let mut statement = format!("INSERT INTO {} ({}) VALUES (", row.dataset.table, columns.join(", "));
    for (place, (column, value)) in row.values.iter().enumerate() {
        let field = row.dataset.fields.iter().find(|field| field.column == *column);
        let is_boolean = field.is_some_and(|field| field.kind == Kind::Boolean);
        let _ = match value {
            Value::Null => write!(statement, "NULL"),
            Value::Integer(number) if is_boolean => write!(statement, "{}", *number != 0),
            Value::Integer(number) => write!(statement, "{number}"),
            Value::Real(number) => write!(statement, "{number}"),
            Value::Text(text) => write!(statement, "'{}'", text.replace('\'', "''")),
            Value::Blob(_) => write!(statement, "NULL"),
        };
        statement.push_str(if place + 1 < columns.len() { ", " } else { ");\n" });
    }
    statement
}
