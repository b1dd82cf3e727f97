//! What an operation costs, in points, from its form alone: the document, page sizes, filters and lists in its arguments,
//! written there or sent as variables. Never from data, from who asks or from what is granted, so that it tells nothing.
//! `docs/limits.md` has the formula.

use async_graphql_value::ConstValue;
use entities::Dataset;

use super::{
    collect::{Selected, What},
    page::wanted,
};
use crate::graphql::model::{ConnectionPart, GroupPart, Resolve};

/// To put a question to one source.
const QUESTION: u64 = 10;
/// To count the rows of a list at one source.
const COUNT: u64 = 100;
/// To make a table at one source, or to read a released one.
const TABLE: u64 = 500;
/// To look for events in the audit log.
const LOG: u64 = 10_000;
/// To list the releases.
const RELEASES: u64 = 100;
/// To show the schema, or a part of it.
const SCHEMA: u64 = 1_000;
/// The rows that a list of reference data is taken to have.
const REFERENCE_ROWS: u64 = 100;
/// The items that a list within reference data, or of codes, is taken to have.
const ITEMS: u64 = 20;

/// What stays the same for all operations of a gateway.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    /// How many sources are configured.
    pub(super) sources: u64,
    /// The rows of a page where nothing is said.
    pub(super) page: u64,
    /// The most rows of a page.
    pub(super) page_max: u64,
}

/// What an operation's fields cost.
pub(super) fn cost(selected: &[Selected<'_>], scale: Scale) -> u64 {
    scale.fields(selected, 1)
}

impl Scale {
    /// What fields of so many objects cost.
    fn fields(self, selected: &[Selected<'_>], objects: u64) -> u64 {
        selected.iter().map(|field| self.field(field, objects)).fold(0, u64::saturating_add)
    }

    fn field(self, field: &Selected<'_>, objects: u64) -> u64 {
        let resolve = match field.what {
            What::Typename => return objects,
            What::Introspection => return SCHEMA,
            What::Field(field) => field.resolve,
        };
        let each = |objects: u64| objects.saturating_add(self.below(field, objects));
        match resolve {
            Resolve::Rows(dataset) | Resolve::Each(dataset, _) => self.list(dataset, field, objects),
            Resolve::Link(..) | Resolve::Youth => QUESTION.saturating_mul(self.sources).saturating_add(each(objects)),
            Resolve::Row(_) | Resolve::Node => QUESTION.saturating_add(each(objects)),
            Resolve::Nodes | Resolve::Entities => {
                let asked = items(field, "ids").max(items(field, "representations")).max(1);
                QUESTION.saturating_mul(asked).saturating_add(each(asked))
            }
            Resolve::Statistics(_) => self.table(field).saturating_add(each(objects)),
            Resolve::AuditEvents => self.log(field),
            Resolve::Releases => RELEASES.saturating_add(each(objects)),
            Resolve::Service => SCHEMA,
            Resolve::Sources => each(self.sources),
            Resolve::ReferenceRows(_) => {
                let rows = objects.saturating_mul(REFERENCE_ROWS);
                each(rows).saturating_add(terms(field).saturating_mul(rows))
            }
            Resolve::List(_) | Resolve::CodeLists | Resolve::Codes => each(objects.saturating_mul(ITEMS)),
            _ => each(objects),
        }
    }

    /// What is selected below a field, of so many objects; where they can be of several types, the dearest one.
    fn below(self, field: &Selected<'_>, objects: u64) -> u64 {
        field.children.iter().map(|(_, fields)| self.fields(fields, objects)).max().unwrap_or(0)
    }

    /// A list of each of so many parents: rows × fields × sources.
    fn list(self, dataset: &Dataset, field: &Selected<'_>, parents: u64) -> u64 {
        let sources = self.sources;
        let page = number(field, "first").or_else(|| number(field, "last")).unwrap_or(self.page).min(self.page_max);
        let rows = parents.saturating_mul(page);
        let parts = field.children.iter().flat_map(|(_, parts)| parts).map(|part| match part.resolve() {
            Some(Resolve::Connection(ConnectionPart::Edges | ConnectionPart::Nodes)) => {
                // Every source may give a whole page; what rows link to is asked for once they are one page.
                let own = rows.saturating_mul(own_fields(part).saturating_add(1)).saturating_mul(sources);
                own.saturating_add(self.linked(part, rows))
            }
            Some(Resolve::Connection(ConnectionPart::TotalCount)) => {
                COUNT.saturating_add(parents).saturating_mul(sources)
            }
            _ => parents.saturating_add(self.below(part, parents)),
        });
        // Where a page begins and ends its rows say, also where none of them is shown.
        let is_unshown = wanted(dataset, field, &|_| false).rows && !shows_rows(field);
        let unshown = if is_unshown { rows.saturating_mul(sources) } else { 0 };
        // Every source looks at every condition, for the rows of every parent.
        let filter = terms(field).saturating_mul(sources).saturating_mul(parents);
        let asked = QUESTION.saturating_mul(sources).saturating_add(filter).saturating_add(unshown);
        parts.fold(asked, u64::saturating_add)
    }

    /// What rows lead to: links, and what is made of a row here.
    fn linked(self, part: &Selected<'_>, rows: u64) -> u64 {
        let fields = part.children.iter().map(|(_, fields)| {
            let of = |field: &Selected<'_>| match field.resolve() {
                Some(Resolve::Connection(ConnectionPart::Node)) => self.linked(field, rows),
                _ if field.children.is_empty() => 0,
                _ => self.field(field, rows),
            };
            fields.iter().map(of).fold(0, u64::saturating_add)
        });
        fields.max().unwrap_or(0)
    }

    /// A page of the audit log: one reader goes through it, past whatever it does not look for.
    fn log(self, field: &Selected<'_>) -> u64 {
        let page = number(field, "first").unwrap_or(self.page).min(self.page_max);
        LOG.saturating_add(page).saturating_add(self.below(field, page))
    }

    /// A table: made at every source, for each dimension and measure, on each day; a released one is read here.
    fn table(self, field: &Selected<'_>) -> u64 {
        let sources = if is_released(field) { 1 } else { self.sources };
        let days = items(field, "openOn").max(1);
        let parts = 1 + items(field, "groupBy") + measures(field);
        let made = TABLE.saturating_mul(sources).saturating_mul(parts).saturating_mul(days);
        made.saturating_add(terms(field).saturating_mul(sources).saturating_mul(parts))
    }
}

/// Are rows of a list selected? Then they are priced by their fields.
fn shows_rows(list: &Selected<'_>) -> bool {
    let mut parts = list.children.iter().flat_map(|(_, parts)| parts);
    parts.any(|part| matches!(part.resolve(), Some(Resolve::Connection(ConnectionPart::Nodes | ConnectionPart::Edges))))
}

/// How many fields of a row itself are selected.
fn own_fields(part: &Selected<'_>) -> u64 {
    let fields = part.children.iter().map(|(_, fields)| {
        let of = |field: &Selected<'_>| match field.resolve() {
            Some(Resolve::Connection(ConnectionPart::Node)) => own_fields(field),
            _ => u64::from(field.children.is_empty()),
        };
        fields.iter().map(of).fold(0, u64::saturating_add)
    });
    fields.max().unwrap_or(0)
}

/// How many measured fields of a table's groups are selected.
fn measures(field: &Selected<'_>) -> u64 {
    let of = |field: &Selected<'_>| match field.resolve() {
        Some(Resolve::Group(GroupPart::Measure(_))) => 1,
        _ => measures(field),
    };
    field.children.iter().flat_map(|(_, fields)| fields).map(of).fold(0, u64::saturating_add)
}

/// Is a released table named? What is said without a view depends on who asks, and costs as if it were made.
fn is_released(field: &Selected<'_>) -> bool {
    let Ok(args) = &field.args else { return false };
    matches!(args.get("view"), Some(ConstValue::Enum(view)) if view == "RELEASED")
        || matches!(args.get("release"), Some(ConstValue::String(_)))
}

fn number(field: &Selected<'_>, name: &str) -> Option<u64> {
    match field.args.as_ref().ok()?.get(name) {
        Some(ConstValue::Number(number)) => number.as_u64(),
        _ => None,
    }
}

/// How many conditions and values a field's filter has. Arguments are coerced by now: what came as a variable counts as
/// if it were written.
fn terms(field: &Selected<'_>) -> u64 {
    fn of(value: &ConstValue) -> u64 {
        let all = |values: &mut dyn Iterator<Item = &ConstValue>| values.map(of).fold(0, u64::saturating_add);
        match value {
            ConstValue::List(items) => all(&mut items.iter()),
            ConstValue::Object(members) => all(&mut members.values()).saturating_add(1),
            _ => 1,
        }
    }
    match field.args.as_ref().ok().and_then(|args| args.get("filter")) {
        None | Some(ConstValue::Null) => 0,
        Some(filter) => of(filter),
    }
}

/// How many items a list among the arguments has.
fn items(field: &Selected<'_>, name: &str) -> u64 {
    match field.args.as_ref().ok().and_then(|args| args.get(name)) {
        Some(ConstValue::List(items)) => u64::try_from(items.len()).unwrap_or(u64::MAX),
        _ => 0,
    }
}
