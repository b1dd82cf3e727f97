//! Which indexes a table has: read off its descriptor, so that what may order or scope rows is never without one.

use entities::{Dataset, Field, Kind};
use sea_orm_migration::sea_orm::DbBackend;

/// Links that say whose rows they are: holders and guardians filter by them.
const SCOPES: [&str; 4] = ["Region", "Unit", "Partnership", "Institution"];

/// One `CREATE INDEX IF NOT EXISTS` for each index of the dataset that lies on these columns alone.
///
/// - `(column, key)` for every field that sorts. On PostgreSQL nulls come first, as they sort lowest.
/// - `(month of column, key)` for every date that sorts where rows are about persons: some roles are shown months, and
///   order by what they are shown.
/// - `(column, key)` for the youth, for links to rows and for the links that say whose rows they are; for all links of
///   reference data.
#[must_use]
pub fn statements(dataset: &Dataset, columns: &[&str], backend: DbBackend) -> Vec<String> {
    let fields = || dataset.fields.iter().skip(1).filter(|it| columns.contains(&it.column));
    let months = |it: &&Field| it.sorts && it.kind == Kind::Date && dataset.youth().is_some();
    let plain = fields().filter(|it| it.sorts || scopes(dataset, it)).map(|it| (it.column.to_owned(), quoted(it)));
    let monthly = fields().filter(months).map(|it| (format!("{}_month", it.column), month(it, backend)));
    plain.chain(monthly).map(|(name, on)| statement(dataset, &name, &on, backend)).collect()
}

fn scopes(dataset: &Dataset, field: &Field) -> bool {
    match field.kind {
        Kind::Youth | Kind::Row(_) => true,
        Kind::Reference(target) => dataset.is_reference() || SCOPES.contains(&target),
        _ => false,
    }
}

fn statement(dataset: &Dataset, name: &str, on: &str, backend: DbBackend) -> String {
    let table = dataset.table;
    let key = dataset.fields[dataset.key()].column;
    let nulls = if backend == DbBackend::Postgres { " NULLS FIRST" } else { "" };
    format!(r#"CREATE INDEX IF NOT EXISTS "{table}_by_{name}" ON "{table}" ({on}{nulls}, "{key}")"#)
}

fn quoted(field: &Field) -> String {
    format!("\"{}\"", field.column)
}

/// The first day of the month, by an expression that an index may hold.
fn month(field: &Field, backend: DbBackend) -> String {
    let column = quoted(field);
    match backend {
        DbBackend::Postgres => format!("({column} - (extract(day from {column})::int - 1))"),
        _ => format!("(substr({column},1,7)||'-01')"),
    }
}
