//! Documents that bytes choose out of a caller's own schema: mostly valid, so that they come to run, and now and then not.

use std::collections::HashMap;

use async_graphql_parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
};
use serde_json::{Map, Value, json};

/// How deep selections and values may lie in each other before they end as shortly as they can.
const DEEP: usize = 6;
const NUMBERS: [i64; 12] =
    [0, 1, 2, 5, 50, 1_000, 1_001, -1, i32::MAX as i64, i32::MAX as i64 + 1, i32::MIN as i64, i64::MIN];
const TEXTS: [&str; 14] = [
    "",
    "JZ36",
    "GM0748",
    "ALMATA",
    "2025-01-01",
    "2025-12-31",
    "2024-02-30",
    "9999-12-31",
    "0000-01-01",
    "2025Q4",
    "2025-01-01T00:00:00Z",
    "a\0b",
    "é\u{202e}\"\\",
    "8",
];

/// The types of a schema by their names.
pub(crate) struct Grammar(HashMap<String, TypeKind>);

/// A document, and the values of its variables.
pub(crate) struct Made {
    pub(crate) document: String,
    pub(crate) variables: Value,
}

impl Grammar {
    pub(crate) fn of(sdl: &str) -> Self {
        let schema = parse_schema(sdl).expect("the program prints schemas that can be read");
        let types = schema.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.to_string(), ty.node.kind)),
            _ => None,
        });
        Self(types.collect())
    }

    /// The document that these bytes choose; `given` are ids, cursors and pseudonyms that there are.
    pub(crate) fn document(&self, bytes: &[u8], given: &[String]) -> Made {
        let mut maker = Maker { grammar: self, bytes, given, declared: Vec::new(), variables: Map::new() };
        let selection = maker.selection("Query", 0);
        let fragment = maker.selection("Placement", DEEP - 2);
        let declared = maker.declared.join(", ");
        let declared = if declared.is_empty() { declared } else { format!("query({declared}) ") };
        let used =
            if selection.contains("...of") { format!(" fragment of on Placement {fragment}") } else { String::new() };
        Made { document: format!("{declared}{selection}{used}"), variables: Value::Object(maker.variables) }
    }

    fn fields(&self, name: &str) -> Vec<&FieldDefinition> {
        match self.0.get(name) {
            Some(TypeKind::Object(object)) => object.fields.iter().map(|field| &field.node).collect(),
            Some(TypeKind::Interface(interface)) => interface.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    fn has_fields(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)))
    }
}

struct Maker<'a> {
    grammar: &'a Grammar,
    bytes: &'a [u8],
    given: &'a [String],
    declared: Vec<String>,
    variables: Map<String, Value>,
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named(inner),
    }
}

impl Maker<'_> {
    /// The next choice; the first one of all where no more is said.
    fn choose(&mut self, most: usize) -> usize {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        if most <= 256 || rest.is_empty() { usize::from(*first) % most.max(1) } else { self.wide(*first, most) }
    }

    fn wide(&mut self, first: u8, most: usize) -> usize {
        let Some((second, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        (usize::from(first) * 256 + usize::from(*second)) % most
    }

    /// One in so many times, and never where no more is said.
    fn happens(&mut self, rarely: usize) -> bool {
        self.choose(rarely) == rarely - 1
    }

    fn selection(&mut self, on: &str, depth: usize) -> String {
        let grammar = self.grammar;
        let fields = grammar.fields(on);
        if fields.is_empty() || depth > DEEP {
            return "{ __typename }".to_owned();
        }
        let count = 1 + self.choose(4);
        let items: Vec<_> = (0..count).map(|_| self.item(on, &fields, depth)).collect();
        format!("{{ {} }}", items.join(" "))
    }

    fn item(&mut self, on: &str, fields: &[&FieldDefinition], depth: usize) -> String {
        match self.choose(24) {
            20 => "__typename".to_owned(),
            21 => format!("... on {on} {}", self.selection(on, depth + 1)),
            22 => "...of".to_owned(),
            23 => "... @include(if: true) { __typename }".to_owned(),
            _ => {
                let at = self.choose(fields.len());
                self.field(fields[at], depth)
            }
        }
    }

    fn field(&mut self, field: &FieldDefinition, depth: usize) -> String {
        let alias = if self.happens(6) { format!("a{}: ", self.choose(4)) } else { String::new() };
        let mut args = Vec::new();
        for argument in &field.arguments {
            if !argument.node.ty.node.nullable || self.happens(3) {
                args.push(self.argument(&argument.node));
            }
        }
        let args = if args.is_empty() { String::new() } else { format!("({})", args.join(", ")) };
        let directive = if self.happens(16) { " @skip(if: false)" } else { "" };
        let ty = named(&field.ty.node).to_owned();
        let below = if self.grammar.has_fields(&ty) { self.selection(&ty, depth + 1) } else { String::new() };
        format!("{alias}{}{args}{directive} {below}", field.name.node)
    }

    fn argument(&mut self, argument: &InputValueDefinition) -> String {
        let ty = &argument.ty.node;
        let (written, value) = self.value(ty, 0);
        if !self.happens(3) {
            return format!("{}: {written}", argument.name.node);
        }
        let name = format!("v{}", self.declared.len());
        self.declared.push(format!("${name}: {ty}"));
        self.variables.insert(name.clone(), value);
        format!("{}: ${name}", argument.name.node)
    }

    /// A value as it is written, and as JSON.
    fn value(&mut self, ty: &Type, depth: usize) -> (String, Value) {
        if self.happens(12) {
            return ("null".to_owned(), Value::Null);
        }
        match &ty.base {
            BaseType::List(inner) => {
                let items: Vec<_> = (0..self.choose(4)).map(|_| self.value(inner, depth + 1)).collect();
                let (written, values): (Vec<_>, Vec<_>) = items.into_iter().unzip();
                (format!("[{}]", written.join(", ")), Value::Array(values))
            }
            BaseType::Named(name) => self.named(name.as_str(), depth),
        }
    }

    fn named(&mut self, name: &str, depth: usize) -> (String, Value) {
        let grammar = self.grammar;
        match grammar.0.get(name) {
            Some(TypeKind::Enum(list)) if !list.values.is_empty() => {
                let at = self.choose(list.values.len());
                let value = list.values[at].node.value.node.to_string();
                (value.clone(), Value::String(value))
            }
            Some(TypeKind::InputObject(input)) => {
                let (mut written, mut members) = (Vec::new(), Map::new());
                let count = if depth > DEEP { 0 } else { self.choose(4) };
                for _ in 0..count {
                    let at = self.choose(input.fields.len());
                    let field = &input.fields[at].node;
                    let (text, value) = self.value(&field.ty.node, depth + 1);
                    if members.insert(field.name.node.to_string(), value).is_none() {
                        written.push(format!("{}: {text}", field.name.node));
                    }
                }
                (format!("{{ {} }}", written.join(", ")), Value::Object(members))
            }
            _ => self.scalar(name),
        }
    }

    fn scalar(&mut self, name: &str) -> (String, Value) {
        let value = match name {
            "Int" => json!(NUMBERS[self.choose(NUMBERS.len())]),
            "Float" => json!(NUMBERS[self.choose(NUMBERS.len())] as f64 / 4.0),
            "Boolean" => json!(self.choose(2) == 1),
            _ => {
                let at = self.choose(TEXTS.len() + self.given.len());
                let text = TEXTS.get(at).copied().or_else(|| self.given.get(at - TEXTS.len()).map(String::as_str));
                json!(text.unwrap_or_default())
            }
        };
        (value.to_string(), value)
    }
}
