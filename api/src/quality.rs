//! What is implausible about a row. Rows are served as their holders keep them, never dropped and never mended; a note
//! says which rule a row breaks and at which field, and never the value.

use entities::{Dataset, Date, Datum, FieldId, Kind};

use crate::reference::Reference;

/// A rule that rows are to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A value that must be there is not, such as the youth.
    ValueMissing,
    /// A code or key that its list does not know.
    CodeUnknown,
    /// A number that no Int can show.
    OutOfRange,
    /// The row ends before it starts.
    EndsBeforeStart,
    /// The municipality was not in the region on the row's first day.
    NotAMember,
}

/// A rule that a row breaks, and the field at which it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Note {
    /// The rule.
    pub rule: Rule,
    /// The field.
    pub field: FieldId,
}

impl Rule {
    /// All rules, each with what it says.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::ValueMissing, "A value that must be there is not, such as the youth."),
        (Self::CodeUnknown, "A code or key that its list does not know; it is shown as null."),
        (Self::OutOfRange, "A number of more than 32 bits; it is shown as null."),
        (Self::EndsBeforeStart, "The row ends before it starts."),
        (Self::NotAMember, "The municipality was not in the region on the row's first day."),
    ];

    /// The rule's name, as clients see it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ValueMissing => "VALUE_MISSING",
            Self::CodeUnknown => "CODE_UNKNOWN",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::EndsBeforeStart => "ENDS_BEFORE_START",
            Self::NotAMember => "NOT_A_MEMBER",
        }
    }
}

/// The fields that notes on rows of a dataset may rest on.
pub fn fields(dataset: &Dataset) -> impl Iterator<Item = FieldId> {
    (0..dataset.fields.len()).filter(|field| dataset.fields[*field].kind != Kind::Id)
}

/// The notes on one row. `value` gives a field as it is shown, null where it is not; `must` says of which fields a null
/// means that the row has no value.
pub fn notes<'r>(
    dataset: &Dataset,
    reference: &Reference,
    value: impl Fn(FieldId) -> &'r Datum,
    must: impl Fn(FieldId) -> bool,
) -> Vec<Note> {
    let mut notes = Vec::new();
    for field in fields(dataset) {
        let broken = match value(field) {
            Datum::Null => (!dataset.fields[field].nullable && must(field)).then_some(Rule::ValueMissing),
            datum => wrong(dataset.fields[field].kind, datum, reference),
        };
        notes.extend(broken.map(|rule| Note { rule, field }));
    }
    let first = dataset.period.map(|period| value(period.from));
    if let Some((Datum::Date(from), until)) = first.zip(dataset.period.and_then(|period| period.until))
        && matches!(value(until), Datum::Date(until) if until < from)
    {
        notes.push(Note { rule: Rule::EndsBeforeStart, field: until });
    }
    if let Some(Datum::Date(from)) = first
        && let Some((municipality, region)) = dataset.field("municipality").zip(dataset.field("region"))
        && let Some((municipality_code, code)) = value(municipality).as_text().zip(value(region).as_text())
        && !is_member((municipality_code, code), *from, reference)
    {
        notes.push(Note { rule: Rule::NotAMember, field: municipality });
    }
    notes
}

/// The rule that a value breaks by itself.
fn wrong(kind: Kind, datum: &Datum, reference: &Reference) -> Option<Rule> {
    let is_known = match (kind, datum) {
        (Kind::Int, Datum::Int(number)) => return i32::try_from(*number).is_err().then_some(Rule::OutOfRange),
        (Kind::Code(list), Datum::Text(code)) => list.by_code(code).is_some(),
        (Kind::Codes(list), Datum::Text(array)) => serde_json::from_str::<Vec<&str>>(array)
            .is_ok_and(|codes| codes.iter().all(|code| list.by_code(code).is_some())),
        (Kind::Reference(target), Datum::Text(key)) => {
            reference.table(target).is_some_and(|table| table.place(key).is_some())
        }
        _ => true,
    };
    (!is_known).then_some(Rule::CodeUnknown)
}

/// Was the municipality in the region on that day? Where reference data do not know the one or the other, another rule
/// is broken.
fn is_member((municipality, region): (&str, &str), on: Date, reference: &Reference) -> bool {
    let known = |table: &str, key: &str| reference.table(table).is_some_and(|it| it.place(key).is_some());
    if !known("Municipality", municipality) || !known("Region", region) {
        return true;
    }
    reference.table("Membership").is_none_or(|membership| {
        let field = |name: &str| membership.dataset.field(name);
        let Some((of, to)) = field("municipality").zip(field("region")) else { return true };
        let mut rows = membership.linked(of, municipality);
        rows.any(|row| row[to].as_text() == Some(region) && membership.stands(row, on))
    })
}

#[cfg(test)]
mod tests;
