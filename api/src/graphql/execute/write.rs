//! Writes an operation's JSON in request order, straight from rows. Where a value that must be there is not, the nearest
//! field that may be null is null, with an error that bears the path.

mod asked;
mod column;
mod leaf;
mod reference;
mod table;

use std::io::Write as _;

use async_graphql::dynamic::TypeRef;
use async_graphql_value::ConstValue;
use bytes::Bytes;
use entities::{Datum, Kind};
use serde_json::Value as Json;

use super::{
    Task,
    below::Of,
    coerce::Values,
    collect::{Selected, What},
    fetch::AllFound,
    lookup::{self, global_id},
    made,
    page::Page,
    table::{Comes, Line, Statistics},
};
use crate::{
    graphql::{
        error::{Code, Problem, Segment, path_json, write_error},
        model::{Field, Object, Resolve},
    },
    query::Row,
    reference::Table,
};

/// The most objects of an answer.
const OBJECTS_MOST: usize = 500_000;
/// The most bytes of an answer.
const BYTES_MOST: usize = 64 * 1024 * 1024;

/// A value that must be there is not: the object around it becomes null.
struct Bubble;

type Written = Result<(), Bubble>;

/// The value of an object, whose fields are written.
#[derive(Clone, Copy)]
enum Value<'a> {
    Query,
    Row(&'a Page, &'a Row),
    Reference(&'a Table, usize),
    Connection(&'a Page),
    Edge(&'a Page, &'a Row),
    Youth(&'a str),
    Made(&'a Json),
    Table(&'a Statistics),
    Group(&'a Statistics, &'a Line),
    Measure(&'a Comes),
}

/// Writes one response.
pub(super) struct Writer<'a> {
    task: &'a Task,
    found: &'a AllFound,
    introspected: &'a Values,
    out: Vec<u8>,
    path: Vec<Segment<'a>>,
    errors: String,
    /// What is partial: JSON objects with commas between.
    partial: String,
    /// How many objects were written.
    objects: usize,
    /// Is the answer larger than one may be? Then nothing of it is given.
    is_spent: bool,
}

impl<'a> Writer<'a> {
    pub(super) fn new(task: &'a Task, found: &'a AllFound, introspected: &'a Values) -> Self {
        Self {
            task,
            found,
            introspected,
            out: Vec::with_capacity(16 * 1024),
            path: Vec::new(),
            errors: String::new(),
            partial: String::new(),
            objects: 0,
            is_spent: false,
        }
    }

    /// The whole response, with what it costs where that is to be told.
    pub(super) fn response(mut self, selected: &'a [Selected<'a>], cost: Option<&str>) -> Bytes {
        self.out.extend_from_slice(b"{\"data\":");
        let start = self.out.len();
        if self.fields(selected, "Query", Value::Query).is_err() {
            self.out.truncate(start);
            self.out.extend_from_slice(b"null");
        }
        if self.is_spent {
            let message = format!(
                "the answer would have more than {OBJECTS_MOST} objects or {BYTES_MOST} bytes; ask for less at a time"
            );
            self.errors.clear();
            self.partial.clear();
            write_error(&mut self.errors, &Problem { code: Code::CostLimit, message }, &[], None);
        }
        if !self.errors.is_empty() {
            self.out.extend_from_slice(b",\"errors\":[");
            self.out.extend_from_slice(self.errors.as_bytes());
            self.out.push(b']');
        }
        let partial = Some(format!("\"partial\":[{}]", self.partial)).filter(|_| !self.partial.is_empty());
        let cost = cost.map(|cost| format!("\"cost\":{cost}"));
        let extensions: Vec<_> = partial.into_iter().chain(cost).collect();
        if !extensions.is_empty() {
            let _ = write!(self.out, ",\"extensions\":{{{}}}", extensions.join(","));
        }
        self.out.push(b'}');
        self.out.into()
    }

    fn object(&mut self, children: &'a [(&'a Object, Vec<Selected<'a>>)], value: Value<'_>) -> Written {
        let ty = match value {
            Value::Row(page, _) => page.dataset.name,
            Value::Reference(table, _) => table.dataset.name,
            Value::Youth(_) => "Youth",
            // Of the small made objects only sources and releases have an id.
            Value::Made(json) => json["type"].as_str().unwrap_or(lookup::SOURCE),
            _ => "",
        };
        let branch = match children {
            [only] => Some(only),
            several => several.iter().find(|(object, _)| object.name == ty),
        };
        let Some((object, fields)) = branch else {
            tracing::error!(ty, "a value is of a type that its field does not have");
            return Err(Bubble);
        };
        self.fields(fields, &object.name, value)
    }

    fn fields(&mut self, fields: &'a [Selected<'a>], ty: &str, value: Value<'_>) -> Written {
        self.objects += 1;
        self.is_spent |= self.objects > OBJECTS_MOST || self.size() > BYTES_MOST;
        if self.is_spent {
            return Err(Bubble);
        }
        self.out.push(b'{');
        for (place, selected) in fields.iter().enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            self.out.extend_from_slice(selected.json_key.as_bytes());
            match selected.what {
                What::Typename => leaf::text(&mut self.out, ty),
                What::Introspection => self.introspection(selected),
                What::Field(field) => {
                    self.path.push(Segment::Key(selected.key));
                    let start = self.out.len();
                    let written = self.field(selected, field, value);
                    self.path.pop();
                    if written.is_err() {
                        self.null_or_bubble(start, &field.ty)?;
                    }
                }
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// How many bytes there are, errors and what is partial included: one fault may show on every parent of a link.
    fn size(&self) -> usize {
        self.out.len() + self.errors.len() + self.partial.len()
    }

    fn null_or_bubble(&mut self, start: usize, ty: &TypeRef) -> Written {
        if self.is_spent || matches!(ty, TypeRef::NonNull(_)) {
            return Err(Bubble);
        }
        self.out.truncate(start);
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn fail(&mut self, problem: &Problem, selected: &Selected<'_>) -> Bubble {
        if !self.errors.is_empty() {
            self.errors.push(',');
        }
        write_error(&mut self.errors, problem, &[selected.position], Some(&path_json(&self.path)));
        Bubble
    }

    /// Null, or an error where the type says that there is always a value: a fault of the program.
    fn null(&mut self, selected: &Selected<'_>, field: &Field) -> Written {
        if !matches!(field.ty, TypeRef::NonNull(_)) {
            self.out.extend_from_slice(b"null");
            return Ok(());
        }
        let message = format!("there is no value for \"{}\", which always has one", field.name);
        tracing::error!("{message}");
        Err(self.fail(&Problem { code: Code::Internal, message }, selected))
    }

    fn introspection(&mut self, selected: &Selected<'_>) {
        let value = self.introspected.get(selected.key).unwrap_or(&ConstValue::Null);
        if serde_json::to_writer(&mut self.out, value).is_err() {
            self.out.extend_from_slice(b"null");
        }
    }

    fn field(&mut self, selected: &'a Selected<'a>, field: &'a Field, value: Value<'_>) -> Written {
        let args = match &selected.args {
            Ok(args) => args,
            Err(problem) => return Err(self.fail(problem, selected)),
        };
        match (field.resolve, value) {
            (Resolve::Column(id), Value::Row(page, row)) => self.column(selected, field, (page, row), id),
            (Resolve::Column(id), Value::Reference(table, place)) => {
                let kind = table.dataset.fields[id].kind;
                self.datum(selected, field, kind, &table.row(place)[id])
            }
            (Resolve::RowSource, Value::Row(_, row)) => {
                let source = made::source(self.task, row.source);
                self.made(selected, &field.ty, source)
            }
            (Resolve::Quality, Value::Row(page, row)) => {
                self.made(selected, &field.ty, &made::quality(self.task, page, row))
            }
            (Resolve::NodeId, Value::Reference(table, place)) => {
                let key = table.row(place)[table.dataset.key()].as_text().unwrap_or_default();
                leaf::text(&mut self.out, &global_id(table.dataset.name, key));
                Ok(())
            }
            (Resolve::NodeId, Value::Made(json)) => self.made(selected, &field.ty, &json["id"]),
            (Resolve::List(list), Value::Reference(table, place)) => self.list_of(selected, (list, args), table, place),
            (Resolve::Connection(part), value) => self.connection(selected, field, part, value),
            (Resolve::Member(member), Value::Made(json)) => self.made(selected, &field.ty, &json[member]),
            (Resolve::MemberLink(member, target), Value::Made(json)) => {
                let key = json[member].as_str().map_or(Datum::Null, Datum::text);
                self.datum(selected, field, Kind::Reference(target), &key)
            }
            (Resolve::Label, Value::Made(json)) => {
                let language = match args.get("language") {
                    Some(ConstValue::Enum(language)) => language.as_str(),
                    _ => "EN",
                };
                self.made(selected, &field.ty, &json[language])
            }
            (Resolve::Pseudonym, Value::Youth(pseudonym)) => {
                self.sealed(|writer| writer.task.access.opaque.youth(pseudonym, &mut writer.out))
            }
            (Resolve::Table(part), Value::Table(table)) => self.table(selected, field, part, table),
            (Resolve::Group(part), Value::Group(table, group)) => {
                self.group(selected, field, (part, args), (table, group))
            }
            (Resolve::Measure(part), Value::Measure(spread)) => self.measure(selected, field, part, spread),
            (Resolve::Each(..) | Resolve::Link(..), value) => self.linked(selected, field, value),
            (resolve, Value::Query) => self.root(selected, field, resolve, args),
            _ => self.null(selected, field),
        }
    }

    fn root(&mut self, selected: &'a Selected<'a>, field: &'a Field, resolve: Resolve, args: &Values) -> Written {
        match resolve {
            Resolve::ReferenceRow(dataset) => {
                let key = match args.values().next() {
                    Some(ConstValue::String(key)) => Datum::text(key.as_str()),
                    _ => Datum::Null,
                };
                self.datum(selected, field, Kind::Reference(dataset.name), &key)
            }
            Resolve::ReferenceRows(dataset) => self.reference_rows(selected, dataset, args),
            Resolve::Service => self.made(selected, &field.ty, &made::service(self.task)),
            Resolve::Viewer => self.made(selected, &field.ty, &made::viewer(self.task)),
            Resolve::Sources => self.made(selected, &field.ty, &made::sources(self.task)),
            Resolve::CodeLists => self.made(selected, &field.ty, &made::lists(self.task)),
            _ => self.asked(selected, field, Of::Query),
        }
    }
}
