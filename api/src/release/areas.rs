//! The areas of a release: regions and municipalities as they are on the last day of its period when it is made, kept in
//! it. Of reference data that have changed since, a release has the names alone.

use std::sync::Arc;

use entities::{Dataset, Datum, FieldId};

use super::{Geography, Period, Released};
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

impl Geography {
    /// Is it the code of a region, supra-region or municipality?
    #[must_use]
    pub fn has(&self, code: &Datum) -> bool {
        let Some(code) = code.as_text() else { return false };
        let is_supra_region = || self.regions.values().any(|it| it.as_deref() == Some(code));
        self.regions.contains_key(code) || self.municipalities.contains_key(code) || is_supra_region()
    }
}

/// The areas that a release was made with; of one that kept none, those of the reference data.
#[must_use]
pub fn geography_of(release: &Released, reference: &Reference) -> Arc<Geography> {
    release.areas.clone().unwrap_or_else(|| geography(reference, release.period).into())
}

/// The reference data with the areas of a release: what a filter over its tables is read by. Those that are given
/// wherever they say the same.
#[must_use]
pub fn reference_of<'r>(release: &'r Released, reference: &'r Reference) -> &'r Reference {
    let Some(areas) = &release.areas else { return reference };
    release.amended.get_or_init(|| amended(areas, reference)).as_ref().unwrap_or(reference)
}

/// None where the reference data say of these areas what they say.
fn amended(areas: &Geography, reference: &Reference) -> Option<Reference> {
    let mut is_other = false;
    let mut of = |dataset: &'static Dataset| {
        let table = reference.table(dataset.name)?;
        let mut rows = table.rows().to_vec();
        let mut with = |code: &str| -> usize {
            table.place(code).unwrap_or_else(|| {
                is_other = true;
                rows.push(row_of(dataset, code));
                rows.len() - 1
            })
        };
        match dataset.name {
            "Region" => {
                let field = dataset.field("supra_region")?;
                let places: Vec<_> = areas.regions.iter().map(|(code, of)| (with(code), of)).collect();
                for (place, of) in places {
                    let now = of.as_deref().map_or(Datum::Null, Datum::from);
                    is_other |= rows[place][field] != now;
                    rows[place][field] = now;
                }
            }
            "SupraRegion" => areas.regions.values().flatten().for_each(|code| {
                let _ = with(code);
            }),
            "Municipality" => areas.municipalities.keys().for_each(|code| {
                let _ = with(code);
            }),
            _ => {}
        }
        Some((dataset, rows))
    };
    let tables: Vec<_> = entities::reference::tables().iter().filter_map(&mut of).collect();
    is_other.then(|| Reference::new(tables))
}

/// What is known of an area that the reference data no longer have: its code.
fn row_of(dataset: &Dataset, code: &str) -> Box<[Datum]> {
    let mut row = vec![Datum::Null; dataset.fields.len()];
    row[dataset.key()] = Datum::from(code);
    row.into()
}
