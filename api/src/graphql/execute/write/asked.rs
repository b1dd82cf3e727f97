//! Writes what sources were asked for: pages with their parts, rows by id, youths; and notes what is partial.

use std::{fmt::Write as _, io::Write as _};

use async_graphql::dynamic::TypeRef;
use serde_json::Value as Json;

use super::{Value, Writer, Written};
use crate::{
    federation::{Outcome, Status},
    graphql::{
        error::{Problem, Segment, path_json},
        execute::{
            below::Of,
            collect::Selected,
            fetch::{Found, too_much},
            made,
            page::Page,
        },
        model::{ConnectionPart, Field},
    },
    query::Row,
    source::Source,
};

impl<'a> Writer<'a> {
    /// What was asked of sources.
    pub(super) fn asked(&mut self, selected: &'a Selected<'a>, field: &'a Field, of: Of) -> Written {
        let found = self.found;
        match found.get(&(selected.id, of)) {
            Some(Ok(Found::List(items))) => {
                self.out.push(b'[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        self.out.push(b',');
                    }
                    self.path.push(Segment::Index(place));
                    let start = self.out.len();
                    let written = self.one(selected, field, item);
                    self.path.pop();
                    if written.is_err() {
                        self.null_or_bubble(start, &TypeRef::named("Node"))?;
                    }
                }
                self.out.push(b']');
                Ok(())
            }
            Some(found) => self.one(selected, field, found),
            None => Err(self.fail(&too_much(), selected)),
        }
    }

    fn one(&mut self, selected: &'a Selected<'a>, field: &'a Field, found: &'a Result<Found, Problem>) -> Written {
        match found {
            Err(problem) => Err(self.fail(problem, selected)),
            Ok(Found::Page(page)) => {
                self.note_partial(&page.answer.outcomes);
                self.object(&selected.children, Value::Connection(page))
            }
            Ok(Found::Table(table)) => {
                self.note_partial(table.outcomes.as_deref().unwrap_or_default());
                self.object(&selected.children, Value::Table(table))
            }
            Ok(Found::Row(page, place)) => match page.answer.rows.get(*place) {
                Some(row) => self.object(&selected.children, Value::Row(page, row)),
                None => self.null(selected, field),
            },
            Ok(Found::Reference(dataset, place)) => match self.task.gateway.parts().reference.table(dataset.name) {
                Some(table) => self.object(&selected.children, Value::Reference(table, *place)),
                None => self.null(selected, field),
            },
            Ok(Found::Source(place)) => self.made(selected, &TypeRef::named("Source"), made::source(self.task, *place)),
            Ok(Found::Youth(pseudonym)) => self.object(&selected.children, Value::Youth(pseudonym)),
            Ok(Found::Made(made)) => self.made(selected, &field.ty, made),
            Ok(Found::Failed(outcome)) => {
                self.note_failed(outcome);
                self.null(selected, field)
            }
            Ok(Found::Nothing | Found::List(_)) => {
                self.out.extend_from_slice(b"null");
                Ok(())
            }
        }
    }

    fn note_partial(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes.iter().filter(|outcome| outcome.status != Status::Answered) {
            self.note_failed(outcome);
        }
    }

    fn note_failed(&mut self, outcome: &Outcome) {
        let source = Json::from(self.task.gateway.parts().sources.get(outcome.source).map(Source::name));
        let (path, status) = (path_json(&self.path), made::status(&outcome.status));
        let comma = if self.partial.is_empty() { "" } else { "," };
        let _ = write!(self.partial, r#"{comma}{{"path":{path},"source":{source},"status":"{status}"}}"#);
    }

    pub(super) fn connection(
        &mut self,
        selected: &'a Selected<'a>,
        field: &'a Field,
        part: ConnectionPart,
        value: Value<'_>,
    ) -> Written {
        match (part, value) {
            (ConnectionPart::Nodes, Value::Connection(page)) => self.rows(selected, page, Value::Row),
            (ConnectionPart::Edges, Value::Connection(page)) => self.rows(selected, page, Value::Edge),
            (ConnectionPart::Node, Value::Edge(page, row)) => self.object(&selected.children, Value::Row(page, row)),
            (ConnectionPart::Cursor, Value::Edge(page, row)) => {
                let position = page.position(row, &self.task.gateway.parts().sources);
                self.sealed(|writer| writer.task.access.opaque.cursor(&page.list, &position, &mut writer.out))
            }
            (ConnectionPart::PageInfo, Value::Connection(page)) => {
                self.made(selected, &field.ty, made::page_info(self.task, page))
            }
            (ConnectionPart::Completeness, Value::Connection(page)) => {
                self.made(selected, &field.ty, made::completeness(self.task, page))
            }
            (ConnectionPart::TotalCount, Value::Connection(page)) => match page.answer.total {
                Some(total) if i32::try_from(total).is_ok() => {
                    let _ = write!(self.out, "{total}");
                    Ok(())
                }
                _ => self.null(selected, field),
            },
            _ => self.null(selected, field),
        }
    }

    fn rows<'v>(
        &mut self,
        selected: &'a Selected<'a>,
        page: &'v Page,
        value: fn(&'v Page, &'v Row) -> Value<'v>,
    ) -> Written {
        self.out.push(b'[');
        for (place, row) in page.answer.rows.iter().enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            self.path.push(Segment::Index(place));
            let written = self.object(&selected.children, value(page, row));
            self.path.pop();
            written?;
        }
        self.out.push(b']');
        Ok(())
    }
}
