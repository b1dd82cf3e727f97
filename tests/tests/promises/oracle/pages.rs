//! A list asked for page by page.

use regiograph_tests::{
    caller::As,
    listing,
    oracle::{Names, View},
    question::Question,
};
use serde_json::{Map, Value, json};

use super::Both;

/// One page after another, from whichever end.
pub(super) struct Pages<'a> {
    both: &'a Both,
    caller: &'a As,
    view: &'a View,
    question: &'a Question,
    variables: Map<String, Value>,
    pub(super) page: usize,
}

impl<'a> Pages<'a> {
    pub(super) fn new(both: &'a Both, place: usize, question: &'a Question, names: &Names) -> Self {
        let (caller, view) = &both.views[place];
        let mut variables = Map::new();
        if let Some(condition) = &question.condition {
            variables.insert("filter".to_owned(), condition.to_json(view.dataset, names));
        }
        let order =
            question.order.iter().map(|key| listing::order(view.dataset.fields[key.field].name, key.descending));
        variables.insert("orderBy".to_owned(), order.collect());
        if question.order.is_empty() {
            variables.remove("orderBy");
        }
        Self { both, caller, view, question, variables, page: 0 }
    }

    /// The next page's list; nothing after the last.
    pub(super) async fn next(&mut self) -> Option<Value> {
        let size = self.question.sizes[self.page % self.question.sizes.len()];
        let (size_name, cursor_name, more, cursor) = if self.question.backward {
            ("last", "before", "hasPreviousPage", "startCursor")
        } else {
            ("first", "after", "hasNextPage", "endCursor")
        };
        if self.variables.get(cursor_name).is_some_and(Value::is_null) {
            return None;
        }
        self.page += 1;
        self.variables.insert(size_name.to_owned(), size.into());
        let variables = Value::Object(self.variables.clone());
        let reply = self.both.gateway.ask_with(self.caller, &listing::query(self.view), variables).await;
        let list = reply.data()["list"].clone();
        let info = &list["pageInfo"];
        let next = if info[more] == json!(true) { info[cursor].clone() } else { Value::Null };
        self.variables.insert(cursor_name.to_owned(), next);
        Some(list)
    }
}
