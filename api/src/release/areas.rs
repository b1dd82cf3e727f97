//! The areas of a release: regions and municipalities as they are on the last day of its period.

use entities::{Datum, FieldId};

use super::{Geography, Period};
use crate::reference::{Reference, Table};

/// The areas of a period's release: one fixed membership, that of its last day.
#[must_use]
pub fn geography(reference: &Reference, period: Period) -> Geography {
    let text = |row: &[Datum], field: Option<FieldId>| row[field?].as_text().map(Box::<str>::from);
    let rows = |name: &str| {
        reference.table(name).into_iter().flat_map(|table| table.rows().iter().map(move |row| (table, row)))
    };
    let field = |table: &Table, name: &str| table.dataset.field(name);
    let regions = rows("Region").filter_map(|(table, row)| {
        Some((text(row, Some(table.dataset.key()))?, text(row, field(table, "supra_region"))))
    });
    let members = rows("Membership").filter(|(table, row)| table.stands(row, period.until));
    let municipalities = members.filter_map(|(table, row)| {
        Some((text(row, field(table, "municipality"))?, text(row, field(table, "region"))?))
    });
    Geography { regions: regions.collect(), municipalities: municipalities.collect() }
}
