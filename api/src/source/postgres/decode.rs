//! Rows of PostgreSQL, cell by cell, from their binary form; and which types of columns are of which kind.

use chrono::{Datelike, NaiveDate};
use entities::{Date, FieldId, Kind};
use sqlx::{
    Column, Row, ValueRef,
    postgres::{PgRow, types::Oid},
};

use super::Problem;
use crate::source::{
    Failure, Select,
    sql::{Cell, Cells},
};

const BOOL: u32 = 16;
const INT8: u32 = 20;
const INT2: u32 = 21;
const INT4: u32 = 23;
const TEXT: u32 = 25;
const JSON: u32 = 114;
const FLOAT4: u32 = 700;
const FLOAT8: u32 = 701;
const VARCHAR: u32 = 1043;
const DATE: u32 = 1082;
const JSONB: u32 = 3802;

/// Days from 0001-01-01 (chrono's day 1) to 2000-01-01, which PostgreSQL counts from.
const EPOCH: i32 = 730_120;

impl Cells for PgRow {
    fn cell(&self, place: usize) -> Cell<'_> {
        let Ok(value) = self.try_get_raw(place) else { return Cell::Other };
        if value.is_null() {
            return Cell::Null;
        }
        let oid = value.type_info().oid().map_or(0, |Oid(oid)| oid);
        value.as_bytes().ok().and_then(|bytes| read(oid, bytes)).unwrap_or(Cell::Other)
    }
}

fn read(oid: u32, bytes: &[u8]) -> Option<Cell<'_>> {
    Some(match oid {
        BOOL => Cell::Bool(*bytes.first()? != 0),
        INT2 => Cell::Int(i16::from_be_bytes(bytes.try_into().ok()?).into()),
        INT4 => Cell::Int(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        INT8 => Cell::Int(i64::from_be_bytes(bytes.try_into().ok()?)),
        FLOAT4 => Cell::Float(f32::from_be_bytes(bytes.try_into().ok()?).into()),
        FLOAT8 => Cell::Float(f64::from_be_bytes(bytes.try_into().ok()?)),
        TEXT | VARCHAR | JSON => Cell::Text(bytes),
        // The first byte is the version of its form.
        JSONB => Cell::Text(bytes.get(1..)?),
        DATE => {
            let days = i32::from_be_bytes(bytes.try_into().ok()?).checked_add(EPOCH)?;
            let date = NaiveDate::from_num_days_from_ce_opt(days).filter(|date| (0..=9999).contains(&date.year()))?;
            Cell::Date(Date::from_chrono(date))
        }
        _ => return None,
    })
}

/// Can a column of this type be one of this kind: read, compared and ordered as the contract says?
pub(super) fn is_of(kind: Kind, oid: u32) -> bool {
    match kind {
        Kind::Boolean => oid == BOOL,
        Kind::Int | Kind::Row(_) | Kind::Id => matches!(oid, INT2 | INT4 | INT8),
        Kind::Float => matches!(oid, FLOAT4 | FLOAT8),
        Kind::Date => oid == DATE,
        Kind::Codes(_) => matches!(oid, TEXT | VARCHAR | JSON | JSONB),
        Kind::Text | Kind::Code(_) | Kind::Reference(_) | Kind::Youth => matches!(oid, TEXT | VARCHAR),
    }
}

/// Are the first columns of a row of their fields' types?
pub(super) fn fits(row: &PgRow, select: &Select, fields: impl Iterator<Item = FieldId>) -> Result<(), Problem> {
    for (column, field) in row.columns().iter().zip(fields) {
        let described = &select.dataset.fields[field];
        if !column.type_info().oid().is_some_and(|Oid(oid)| is_of(described.kind, oid)) {
            return Err(Failure::Drifted(format!("{}.{}", select.dataset.table, described.column)).into());
        }
    }
    Ok(())
}
