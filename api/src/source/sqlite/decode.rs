//! Reads values of SQLite straight into [`Datum`]s, each by its field's kind. A value of another kind is an error that
//! names the field and never the value; a null is passed on, also where the contract knows none.

use entities::{Dataset, Datum, FieldId, Kind};
use rusqlite::{Row, types::ValueRef};

use super::Problem;
use crate::source::{Record, Select};

/// What to read from each row of a statement.
pub(super) struct Decoder {
    id: FieldId,
    id_kind: Kind,
    columns: Vec<Option<(FieldId, Kind)>>,
}

impl Decoder {
    pub(super) fn new(select: &Select) -> Self {
        let fields = &select.dataset.fields;
        let id = select.dataset.key();
        let column = |field: FieldId| (field, fields[field].kind);
        let columns = select.columns.iter().map(|it| it.as_ref().map(|operand| column(operand.field()))).collect();
        Self { id, id_kind: fields[id].kind, columns }
    }

    /// One row: the id, then the columns that the source has.
    pub(super) fn record(&self, row: &Row<'_>) -> Result<Record, Problem> {
        let id = decode(row.get_ref(0)?, self.id_kind).filter(|id| !id.is_null()).ok_or(Problem::Value(self.id))?;
        let mut values = Vec::with_capacity(self.columns.len());
        let mut place = 0;
        for column in &self.columns {
            let Some((field, kind)) = column else {
                values.push(Datum::Null);
                continue;
            };
            place += 1;
            values.push(decode(row.get_ref(place)?, *kind).ok_or(Problem::Value(*field))?);
        }
        Ok(Record { id, values: values.into_boxed_slice() })
    }
}

/// One value of a field.
pub(super) fn value(value: ValueRef<'_>, dataset: &Dataset, field: FieldId) -> Result<Datum, Problem> {
    decode(value, dataset.fields[field].kind).ok_or(Problem::Value(field))
}

/// Would this be read as the same value? Where a part of a group comes again, this spares reading it.
pub(super) fn is(value: ValueRef<'_>, datum: &Datum) -> bool {
    match (value, datum) {
        (ValueRef::Null, Datum::Null) => true,
        (ValueRef::Integer(number), Datum::Int(other)) => number == *other,
        (ValueRef::Integer(number), Datum::Bool(other)) => number == i64::from(*other),
        (ValueRef::Text(bytes), Datum::Text(other)) => bytes == other.as_bytes(),
        (ValueRef::Text(bytes), Datum::Date(other)) => bytes == other.ascii(),
        _ => false,
    }
}

fn decode(value: ValueRef<'_>, kind: Kind) -> Option<Datum> {
    Some(match (value, kind) {
        (ValueRef::Null, _) => Datum::Null,
        (ValueRef::Integer(0), Kind::Boolean) => Datum::Bool(false),
        (ValueRef::Integer(1), Kind::Boolean) => Datum::Bool(true),
        (ValueRef::Integer(number), Kind::Int | Kind::Row(_) | Kind::Id) => Datum::Int(number),
        (ValueRef::Real(number), Kind::Float) => Datum::Float(number),
        #[expect(clippy::cast_precision_loss, reason = "SQLite stores whole decimals as integers of at most 48 bits")]
        (ValueRef::Integer(number), Kind::Float) => Datum::Float(number as f64),
        (ValueRef::Text(bytes), Kind::Date) => Datum::Date(std::str::from_utf8(bytes).ok()?.parse().ok()?),
        (
            ValueRef::Text(bytes),
            Kind::Text | Kind::Code(_) | Kind::Codes(_) | Kind::Reference(_) | Kind::Row(_) | Kind::Youth | Kind::Id,
        ) => Datum::text(std::str::from_utf8(bytes).ok()?),
        _ => return None,
    })
}
