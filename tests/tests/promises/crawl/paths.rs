//! How a role gets to each type: by which selections to an object, by which argument to a filter or an order.

use std::collections::{HashMap, VecDeque};

use regiograph::graphql::model::{Field, Input, Model};
use regiograph_tests::{matrix::Role, visible};

/// The ways to all types that the role can get to.
pub(super) struct Paths<'m> {
    model: &'m Model,
    by_type: HashMap<String, Path<'m>>,
}

/// The way to one type.
#[derive(Clone)]
pub(super) struct Path<'m> {
    model: &'m Model,
    ty: String,
    /// The fields to select on the way, with the arguments that they need.
    steps: Vec<String>,
    /// The argument of the last of them that takes the type, where it is an input.
    argument: Option<String>,
}

impl<'m> Paths<'m> {
    /// The ways from the query type, through what the role is to see, the shortest to each type.
    pub(super) fn of(model: &'m Model, role: &Role) -> Self {
        let root = Path { model, ty: "Query".to_owned(), steps: Vec::new(), argument: None };
        let mut by_type = HashMap::from([("Query".to_owned(), root.clone())]);
        let mut next = VecDeque::from([root]);
        while let Some(path) = next.pop_front() {
            let Some(object) = model.object(&path.ty) else { continue };
            for field in object.fields.values().filter(|it| visible::is_visible(role, &path.ty, &it.name)) {
                let mut steps = path.steps.clone();
                steps.push(format!("{}{}", field.name, needed(field)));
                let to = field.ty.type_name();
                if model.object(to).is_some() && !by_type.contains_key(to) {
                    let path = Path { model, ty: to.to_owned(), steps, argument: None };
                    by_type.insert(to.to_owned(), path.clone());
                    next.push_back(path);
                }
                for (to, argument) in inputs(model, field) {
                    let mut steps = path.steps.clone();
                    steps.push(field.name.clone());
                    by_type.entry(to.clone()).or_insert(Path { model, ty: to, steps, argument: Some(argument) });
                }
            }
        }
        Self { model, by_type }
    }

    /// The way to a type. Filters of single values are reached only through filters of rows, which try them.
    pub(super) fn to(&self, ty: &str) -> Option<&Path<'m>> {
        debug_assert!(self.model.types.contains_key(ty));
        self.by_type.get(ty)
    }
}

/// The inputs about rows that a field takes, and by which argument.
fn inputs(model: &Model, field: &Field) -> Vec<(String, String)> {
    let of_rows = |to: &str| model.input(to).is_some_and(|input| input.about.is_some());
    let args = field.args.iter().map(|arg| (arg.ty.type_name().to_owned(), arg.name.clone()));
    args.filter(|(to, _)| of_rows(to)).collect()
}

/// The arguments without which a field cannot be asked for.
fn needed(field: &Field) -> String {
    let needed = field.args.iter().filter(|arg| arg.ty.to_string().ends_with('!') && arg.default.is_none());
    let written = needed.map(|arg| match arg.ty.type_name() {
        "Language" => format!("{}: EN", arg.name),
        "_Any" => format!("{}: []", arg.name),
        _ => format!("{}: \"x\"", arg.name),
    });
    let written: Vec<_> = written.collect();
    if written.is_empty() { String::new() } else { format!("({})", written.join(", ")) }
}

impl Path<'_> {
    /// A query that asks for these members of the type: selects the fields, or gives the input's fields a value.
    pub(super) fn asking(&self, members: &[&str]) -> String {
        let last = match (&self.argument, self.model.input(&self.ty)) {
            (Some(argument), Some(input)) => {
                let given = members.iter().map(|member| given(input, member));
                let value = if input.one_of {
                    format!("[{}]", given.map(|it| format!("{{ {it} }}")).collect::<Vec<_>>().join(", "))
                } else {
                    format!("{{ {} }}", given.collect::<Vec<_>>().join(", "))
                };
                format!("({argument}: {value}) {{ __typename }}")
            }
            _ => {
                let fields = members.iter().map(|member| self.selected(member)).collect::<Vec<_>>();
                format!(" {{ __typename {} }}", fields.join(" "))
            }
        };
        let mut out = String::from("{ ");
        out.push_str(&self.steps.join(" { "));
        out.push_str(&last);
        out.push_str(&" }".repeat(self.steps.len().max(1)));
        if self.steps.is_empty() { last } else { out }
    }

    fn selected(&self, member: &str) -> String {
        let Some(field) = self.model.object(&self.ty).and_then(|object| object.fields.get(member)) else {
            return member.to_owned();
        };
        let below = if self.model.object(field.ty.type_name()).is_some() { " { __typename }" } else { "" };
        format!("{member}{}{below}", needed(field))
    }
}

/// A field of an input with a value that says nothing.
fn given(input: &Input, member: &str) -> String {
    let value = match input.fields.get(member).map(|field| field.ty.to_string()) {
        _ if input.one_of => "ASC",
        Some(ty) if ty.starts_with('[') => "[]",
        Some(ty) if ty == "Boolean" => "true",
        _ => "{}",
    };
    format!("{member}: {value}")
}
