//! Values as databases give them, read straight into [`Datum`]s, each by its field's kind. A value of another kind is an
//! error that names the field and never the value; a null is passed on, also where the contract knows none.

use entities::{Date, Datum, FieldId, Kind};

use crate::source::{Record, Select};

/// One value as a database gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::source) enum Cell<'r> {
    /// No value.
    Null,
    /// A truth.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A decimal number.
    Float(f64),
    /// A calendar day.
    Date(Date),
    /// A text.
    Text(&'r [u8]),
    /// What the contract knows no kind for.
    Other,
}

/// A row of which values are read by their places.
pub(in crate::source) trait Cells {
    /// The value at a place.
    fn cell(&self, place: usize) -> Cell<'_>;
}

/// What to read from each row of a statement.
pub(in crate::source) struct Decoder {
    id: FieldId,
    id_kind: Kind,
    columns: Vec<Option<(FieldId, Kind)>>,
}

impl Decoder {
    pub(in crate::source) fn new(select: &Select) -> Self {
        let fields = &select.dataset.fields;
        let id = select.dataset.key();
        let column = |field: FieldId| (field, fields[field].kind);
        let columns = select.columns.iter().map(|it| it.as_ref().map(|operand| column(operand.field()))).collect();
        Self { id, id_kind: fields[id].kind, columns }
    }

    /// One row: the id, then the columns that the source has. Or the field whose value is of another kind.
    pub(in crate::source) fn record(&self, row: &impl Cells) -> Result<Record, FieldId> {
        let id = row.cell(0).decode(self.id_kind).filter(|id| !id.is_null()).ok_or(self.id)?;
        let mut values = Vec::with_capacity(self.columns.len());
        let mut place = 0;
        for column in &self.columns {
            let Some((field, kind)) = column else {
                values.push(Datum::Null);
                continue;
            };
            place += 1;
            values.push(row.cell(place).decode(*kind).ok_or(*field)?);
        }
        Ok(Record { id, values: values.into_boxed_slice() })
    }
}

impl Cell<'_> {
    /// The value of a field of this kind, if it is one.
    pub(in crate::source) fn decode(self, kind: Kind) -> Option<Datum> {
        Some(match (self, kind) {
            (Cell::Null, _) => Datum::Null,
            (Cell::Bool(value), Kind::Boolean) => Datum::Bool(value),
            (Cell::Int(0), Kind::Boolean) => Datum::Bool(false),
            (Cell::Int(1), Kind::Boolean) => Datum::Bool(true),
            (Cell::Int(number), Kind::Int | Kind::Row(_) | Kind::Id) => Datum::Int(number),
            (Cell::Float(number), Kind::Float) => Datum::Float(number),
            #[expect(
                clippy::cast_precision_loss,
                reason = "SQLite stores whole decimals as integers of at most 48 bits"
            )]
            (Cell::Int(number), Kind::Float) => Datum::Float(number as f64),
            (Cell::Date(date), Kind::Date) => Datum::Date(date),
            (Cell::Text(bytes), Kind::Date) => Datum::Date(std::str::from_utf8(bytes).ok()?.parse().ok()?),
            (
                Cell::Text(bytes),
                Kind::Text
                | Kind::Code(_)
                | Kind::Codes(_)
                | Kind::Reference(_)
                | Kind::Row(_)
                | Kind::Youth
                | Kind::Id,
            ) => Datum::text(std::str::from_utf8(bytes).ok()?),
            _ => return None,
        })
    }

    /// Would this be read as the same value? Where a part of a group comes again, this spares reading it.
    pub(super) fn is(self, datum: &Datum) -> bool {
        match (self, datum) {
            (Cell::Null, Datum::Null) => true,
            (Cell::Bool(value), Datum::Bool(other)) => value == *other,
            (Cell::Int(number), Datum::Int(other)) => number == *other,
            (Cell::Int(number), Datum::Bool(other)) => number == i64::from(*other),
            (Cell::Date(date), Datum::Date(other)) => date == *other,
            (Cell::Text(bytes), Datum::Text(other)) => bytes == other.as_bytes(),
            (Cell::Text(bytes), Datum::Date(other)) => bytes == other.ascii(),
            _ => false,
        }
    }

    /// A count.
    pub(in crate::source) fn count(self) -> u64 {
        if let Cell::Int(number) = self { number.unsigned_abs() } else { 0 }
    }
}
