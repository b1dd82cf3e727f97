//! Statements with their parameters, each of the type that PostgreSQL knows its kind by.

use chrono::NaiveDate;
use entities::{Datum, Kind};
use sqlx::{Arguments, AssertSqlSafe, Postgres, error::BoxDynError, postgres::PgArguments, query::Query};

use super::Problem;
use crate::source::sql::{List, Parameter, Statement};

/// Statements of up to this many bytes are kept. Longer ones are hardly asked twice, and many of them are much memory.
const LONGEST: usize = 8 * 1024;

/// The most parameters of a statement.
const PARAMETERS: usize = 65_535;

/// A statement that can be run.
pub(super) fn query(statement: Statement<'_>, limit: usize) -> Result<Query<'static, Postgres, PgArguments>, Problem> {
    if statement.parameters.len() > PARAMETERS {
        return Err(Problem::wrongly_asked());
    }
    let mut arguments = PgArguments::default();
    for parameter in &statement.parameters {
        let added = match parameter {
            Parameter::Datum(datum) => add(&mut arguments, datum),
            Parameter::Own(datum) => add(&mut arguments, datum),
            Parameter::Text(text) => arguments.add(*text),
            Parameter::List(list) => add_list(&mut arguments, list),
            Parameter::Number(number) => arguments.add(*number),
            Parameter::Limit => arguments.add(i64::try_from(limit).unwrap_or(i64::MAX)),
        };
        added.map_err(|_| Problem::wrongly_asked())?;
    }
    let is_kept = statement.text.len() <= LONGEST;
    Ok(sqlx::query_with(AssertSqlSafe(statement.text), arguments).persistent(is_kept))
}

fn add(arguments: &mut PgArguments, datum: &Datum) -> Result<(), BoxDynError> {
    match datum {
        Datum::Null => arguments.add(None::<&str>),
        Datum::Bool(value) => arguments.add(*value),
        Datum::Int(number) => arguments.add(*number),
        Datum::Float(number) => arguments.add(*number),
        Datum::Date(date) => arguments.add(date.to_chrono()),
        Datum::Text(text) => arguments.add(&**text),
    }
}

/// One array. Null is equal to nothing, as is a value of another kind, and a text that no text of PostgreSQL can be.
fn add_list(arguments: &mut PgArguments, List { kind, data }: &List<'_>) -> Result<(), BoxDynError> {
    match kind {
        Kind::Boolean => {
            let is = |datum: &Datum| if let Datum::Bool(value) = datum { Some(*value) } else { None };
            arguments.add(data.iter().filter_map(is).collect::<Vec<bool>>())
        }
        Kind::Int | Kind::Id | Kind::Row(_) => {
            let is = |datum: &Datum| if let Datum::Int(number) = datum { Some(*number) } else { None };
            arguments.add(data.iter().filter_map(is).collect::<Vec<i64>>())
        }
        Kind::Float => {
            let is = |datum: &Datum| if let Datum::Float(number) = datum { Some(*number) } else { None };
            arguments.add(data.iter().filter_map(is).collect::<Vec<f64>>())
        }
        Kind::Date => {
            let is = |datum: &Datum| if let Datum::Date(date) = datum { Some(date.to_chrono()) } else { None };
            arguments.add(data.iter().filter_map(is).collect::<Vec<NaiveDate>>())
        }
        Kind::Text | Kind::Code(_) | Kind::Codes(_) | Kind::Reference(_) | Kind::Youth => {
            let texts = data.iter().filter_map(Datum::as_text).filter(|text| !text.contains('\0'));
            arguments.add(texts.collect::<Vec<&str>>())
        }
    }
}
