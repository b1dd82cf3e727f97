//! A schema of a source's own, made of the contract's: other names, codes, units and ways of writing days, a table that
//! is joined, and where wanted rows in two tables. Rows of the contract are written there as the mapping reads them.

mod write;

use entities::{Dataset, Datum, FieldId, Kind, code::CodeList};
use regiograph::{
    mapping::{Codes, Column, Day, FIRST, Form, Format, Join, Mapping, Number, Part, Raw, Stored, Table, Truth},
    source::Mappings,
    youth_key::YouthKey,
};

/// What all sources make keys of youths with.
const YOUTH_KEY: &[u8] = b"the key that holders share";

/// The key of a youth, as every source has it or as the gateway makes it.
#[must_use]
pub fn youth_key(youth: &str) -> i64 {
    YouthKey::new(YOUTH_KEY).of(youth.as_bytes())
}

/// How a source holds its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// In how many tables those of a dataset stand.
    pub tables: usize,
    /// Does it know the keys of youths?
    pub has_youth_key: bool,
}

impl Shape {
    /// What is said of it in the configuration.
    pub(crate) fn mappings(self, datasets: &[&'static Dataset]) -> Mappings {
        let datasets = datasets.iter().map(|dataset| self.mapping(dataset)).collect();
        Mappings { datasets, youth_key: (!self.has_youth_key).then(|| YouthKey::new(YOUTH_KEY)) }
    }

    fn mapping(self, dataset: &'static Dataset) -> Mapping {
        Mapping { dataset, parts: (0..self.tables).map(|part| self.part(dataset, part)).collect() }
    }

    fn part(self, dataset: &'static Dataset, part: usize) -> Part {
        let has_youth = dataset.youth().is_some();
        let client = Join {
            table: table(CLIENT.to_owned()),
            alias: "c".into(),
            on: vec![(raw(FIRST, CLIENT_NR), raw("c", "nr"))],
        };
        let column = |field: FieldId| match dataset.fields[field].kind {
            Kind::Youth => Column::Of(raw("c", "pseudonym"), Form::Same),
            _ => Column::Of(raw(FIRST, &own_column(dataset, field)), self.form(dataset, field, part)),
        };
        Part {
            table: table(own_table(dataset, part)),
            joins: has_youth.then_some(client).into_iter().collect(),
            columns: (0..dataset.fields.len()).map(column).collect(),
            youth_key: (has_youth && self.has_youth_key).then(|| raw("c", "nr")),
        }
    }

    /// The form of a field's values: one of those that its kind can have.
    fn form(self, dataset: &Dataset, field: FieldId, part: usize) -> Form {
        let turn = field + part;
        let number =
            |times, divided_by, plus| Form::Number(Number { stored: Stored::Integer, times, divided_by, plus });
        match dataset.fields[field].kind {
            Kind::Id if self.tables == 1 => number(1, 1, 1000),
            Kind::Id => number(i64::try_from(self.tables).unwrap_or(1), 1, i64::try_from(part).unwrap_or(0)),
            Kind::Row(_) => number(1, 1, -7),
            Kind::Int if turn.is_multiple_of(2) => number(1, 60, 0),
            Kind::Int => number(1, 1, 3),
            Kind::Boolean => boolean(turn),
            Kind::Date => day(turn),
            Kind::Code(list) => codes(list, turn),
            Kind::Reference("Municipality") => Form::Prefix("GM".into()),
            Kind::Reference("Region") => Form::Prefix("JZ".into()),
            _ => Form::Same,
        }
    }
}

/// The table of youths, which all others are joined with.
const CLIENT: &str = "Clients of all";

/// The column that says which youth a row is about.
const CLIENT_NR: &str = "client nr";

fn own_table(dataset: &Dataset, part: usize) -> String {
    format!("own_{}_{part}", dataset.table)
}

fn own_column(dataset: &Dataset, field: FieldId) -> String {
    format!("{} \"{field}\"", dataset.fields[field].column.to_uppercase())
}

fn table(name: String) -> Table {
    Table { schema: None, name: name.into() }
}

fn raw(alias: &str, column: &str) -> Raw {
    Raw { alias: alias.into(), column: column.into() }
}

fn boolean(turn: usize) -> Form {
    let (stored, yes, no): (_, &[Datum], &[Datum]) = match turn % 3 {
        0 => return Form::Same,
        1 => (Stored::Text, &["J".into(), "1".into()], &["N".into()]),
        _ => (Stored::Integer, &[1.into()], &[2.into(), 0.into()]),
    };
    Form::Boolean(Truth { stored, yes: yes.to_vec(), no: no.to_vec() })
}

fn day(turn: usize) -> Form {
    let (format, stored, unknown_is_first) = match turn % 7 {
        0 => (Format::Compact, Stored::Text, true),
        1 => (Format::Compact, Stored::Integer, true),
        2 => (Format::Dutch, Stored::Text, true),
        3 => (Format::Timestamp, Stored::Text, false),
        4 => (Format::Iso, Stored::Text, false),
        5 => (Format::Utc, Stored::Text, false),
        _ => return Form::Same,
    };
    Form::Date(Day { stored, format, unknown_is_first })
}

/// Two codes for each of the contract's, and where that is wanted any other for the first.
fn codes(list: &CodeList, turn: usize) -> Form {
    let stored = if turn.is_multiple_of(2) { Stored::Text } else { Stored::Integer };
    let own = |number: i64| match stored {
        Stored::Integer => Datum::Int(number),
        _ => Datum::text(format!("c{number}")),
    };
    let pairs = (1..)
        .zip(list.codes)
        .flat_map(|(place, code)| [10 * place, 10 * place + 1].map(|it| (own(it), code.code.into())));
    let default = list.codes.first().filter(|_| turn.is_multiple_of(3)).map(|it| it.code.into());
    Form::Codes(Codes { stored, pairs: pairs.collect(), default })
}
