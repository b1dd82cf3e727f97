//! Reference data in memory: the rows of the gateway's own store, read once at start. Knows no source and no role.

use std::collections::HashMap;

use entities::{Dataset, Date, Datum, FieldId, List};

/// All reference tables.
#[derive(Debug, Default)]
pub struct Reference {
    tables: HashMap<&'static str, Table>,
}

/// One reference table: its rows in the order of their keys.
#[derive(Debug)]
pub struct Table {
    /// What the columns mean.
    pub dataset: &'static Dataset,
    rows: Vec<Box<[Datum]>>,
    by_key: HashMap<Box<str>, usize>,
    /// Per linking field: the rows that link to a key.
    linking: HashMap<FieldId, HashMap<Box<str>, Vec<usize>>>,
}

impl Reference {
    /// Takes in the tables, each with its rows (all fields, in the descriptor's order).
    #[must_use]
    pub fn new(tables: impl IntoIterator<Item = (&'static Dataset, Vec<Box<[Datum]>>)>) -> Self {
        Self { tables: tables.into_iter().map(|(dataset, rows)| (dataset.name, Table::new(dataset, rows))).collect() }
    }

    /// The table of that type.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// What a to-many link lists for a key on a day: the table, and the places of its rows. The day matters where a joining
    /// type is dated (`from` inclusive, `until` exclusive, null without limit).
    #[must_use]
    pub fn list(&self, list: &List, key: &str, on: Date) -> Option<(&Table, Vec<usize>)> {
        let target = self.table(list.target)?;
        let back = target.dataset.field(list.back)?;
        let rows = target.linking.get(&back).and_then(|keys| keys.get(key)).map_or(&[][..], Vec::as_slice);
        let Some(through) = list.through else {
            return Some((target, rows.to_vec()));
        };
        let through = target.dataset.field(through)?;
        let entities::Kind::Reference(name) = target.dataset.fields[through].kind else {
            return None;
        };
        let beyond = self.table(name)?;
        let standing = rows.iter().map(|row| &target.rows[*row]).filter(|row| target.stands(row, on));
        let mut places: Vec<_> = standing.filter_map(|row| beyond.place(row[through].as_text()?)).collect();
        places.sort_unstable();
        places.dedup();
        Some((beyond, places))
    }
}

impl Table {
    fn new(dataset: &'static Dataset, mut rows: Vec<Box<[Datum]>>) -> Self {
        let key = dataset.key();
        rows.sort_by(|a, b| a[key].cmp(&b[key]));
        let text = |row: &[Datum], field: FieldId| row[field].as_text().map(Box::<str>::from);
        let by_key = rows.iter().enumerate().filter_map(|(place, row)| Some((text(row, key)?, place))).collect();
        let links = dataset.fields.iter().enumerate();
        let links = links.filter(|(_, field)| matches!(field.kind, entities::Kind::Reference(_)));
        let linking = links
            .map(|(field, _)| {
                let mut keys: HashMap<Box<str>, Vec<usize>> = HashMap::new();
                for (place, row) in rows.iter().enumerate() {
                    if let Some(key) = text(row, field) {
                        keys.entry(key).or_default().push(place);
                    }
                }
                (field, keys)
            })
            .collect();
        Self { dataset, rows, by_key, linking }
    }

    /// Does a dated row stand on a day? One without dates always does.
    pub(crate) fn stands(&self, row: &[Datum], on: Date) -> bool {
        let date = |name: &str| self.dataset.field(name).map_or(&Datum::Null, |field| &row[field]);
        let began = !matches!(date("from"), Datum::Date(from) if *from > on);
        let ended = matches!(date("until"), Datum::Date(until) if *until <= on);
        began && !ended
    }

    /// The rows whose field links to a key.
    pub(crate) fn linked(&self, field: FieldId, key: &str) -> impl Iterator<Item = &[Datum]> {
        let places = self.linking.get(&field).and_then(|keys| keys.get(key));
        places.into_iter().flatten().map(|place| &*self.rows[*place])
    }

    /// All rows, in the order of their keys.
    #[must_use]
    pub fn rows(&self) -> &[Box<[Datum]>] {
        &self.rows
    }

    /// The row at a place.
    #[must_use]
    pub fn row(&self, place: usize) -> &[Datum] {
        &self.rows[place]
    }

    /// The place of the row with this key.
    #[must_use]
    pub fn place(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }
}
