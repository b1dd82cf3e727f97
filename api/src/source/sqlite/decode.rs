//! Rows of SQLite, cell by cell.

use rusqlite::{Row, types::ValueRef};

use crate::source::sql::{Cell, Cells};

impl Cells for Row<'_> {
    fn cell(&self, place: usize) -> Cell<'_> {
        match self.get_ref(place) {
            Ok(ValueRef::Null) => Cell::Null,
            Ok(ValueRef::Integer(number)) => Cell::Int(number),
            Ok(ValueRef::Real(number)) => Cell::Float(number),
            Ok(ValueRef::Text(bytes)) => Cell::Text(bytes),
            Ok(ValueRef::Blob(_)) | Err(_) => Cell::Other,
        }
    }
}
