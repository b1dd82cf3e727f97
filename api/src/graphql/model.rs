//! The schema that one set of visible fields makes: types and, for each field, how its value is found. Both the schema
//! of async-graphql (validation, introspection, SDL) and the executor are made from it. Knows no query and no row.

mod resolve;

use async_graphql::dynamic::TypeRef;
use async_graphql_value::ConstValue;
use entities::{Dataset, FieldId, code::CodeList};
use indexmap::IndexMap;

pub use self::resolve::{ConnectionPart, GroupKey, GroupPart, MeasurePart, Resolve, TablePart};

/// All types that a caller can name.
#[derive(Debug, Default)]
pub struct Model {
    /// By name, in the order in which they were made.
    pub types: IndexMap<String, Type>,
}

/// One type.
#[derive(Debug)]
pub enum Type {
    /// Fields to select from.
    Object(Object),
    /// The one interface: `Node`.
    Interface(Object),
    /// The one union: `_Entity`, of all objects with an id. Has no fields of its own.
    Union(Object),
    /// One of a list of names.
    Enum(Enum),
    /// An input.
    Input(Input),
    /// A scalar beyond the built-in ones.
    Scalar(Scalar),
}

/// An object type or an interface.
#[derive(Debug)]
pub struct Object {
    /// `Placement`.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// By name, in the order that clients see.
    pub fields: IndexMap<String, Field>,
    /// Does it have an id by which `node` finds it?
    pub node: bool,
    /// By what a federation router asks for one of them; the id comes first.
    pub keys: Vec<Key>,
}

/// What tells one object of a type from all others: a field, or where that is an object, a field within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(pub Vec<String>);

/// A field of an object type.
#[derive(Debug)]
pub struct Field {
    /// `startedOn`.
    pub name: String,
    /// What it says.
    pub doc: String,
    /// Its type.
    pub ty: TypeRef,
    /// What it can be asked with.
    pub args: Vec<InputValue>,
    /// How its value is found.
    pub resolve: Resolve,
}

/// An argument, or a field of an input.
#[derive(Debug)]
pub struct InputValue {
    /// `orderBy`.
    pub name: String,
    /// What it does; empty where its name says it.
    pub doc: String,
    /// Its type.
    pub ty: TypeRef,
    /// What stands there when it is left out.
    pub default: Option<ConstValue>,
    /// What it means in a filter or an order; `Plain` anywhere else.
    pub meaning: Meaning,
}

/// What a field of a filter or of an order means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// What its name says.
    Plain,
    /// A field of the dataset that the filter or order is about.
    Field(FieldId),
    /// The source that holds the row.
    Source,
    /// What groups of a table are ordered by.
    Group(GroupKey),
}

/// An enumeration.
#[derive(Debug)]
pub struct Enum {
    /// `AgeBand`.
    pub name: String,
    /// What it lists.
    pub doc: String,
    /// Each value with what it says.
    pub values: IndexMap<String, String>,
}

/// An input object.
#[derive(Debug)]
pub struct Input {
    /// `PlacementFilter`.
    pub name: String,
    /// What it does.
    pub doc: String,
    /// Its fields by name.
    pub fields: IndexMap<String, InputValue>,
    /// Must exactly one field be given?
    pub one_of: bool,
    /// What it filters or orders.
    pub about: Option<&'static Dataset>,
}

/// A scalar of our own.
#[derive(Debug)]
pub struct Scalar {
    /// `Date`.
    pub name: String,
    /// Its form.
    pub doc: String,
    /// Where its form is specified.
    pub specified_by: Option<String>,
}

impl Model {
    /// The object type, interface or union of that name.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<&Object> {
        match self.types.get(name)? {
            Type::Object(object) | Type::Interface(object) | Type::Union(object) => Some(object),
            _ => None,
        }
    }

    /// The input of that name.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<&Input> {
        match self.types.get(name)? {
            Type::Input(input) => Some(input),
            _ => None,
        }
    }

    pub(super) fn add(&mut self, ty: Type) {
        let name = match &ty {
            Type::Object(object) | Type::Interface(object) | Type::Union(object) => &object.name,
            Type::Enum(list) => &list.name,
            Type::Input(input) => &input.name,
            Type::Scalar(scalar) => &scalar.name,
        };
        self.types.insert(name.clone(), ty);
    }

    pub(super) fn add_codes(&mut self, list: &'static CodeList) {
        let values = list.codes.iter();
        let values =
            values.map(|code| (code.value.to_owned(), format!("{} (Dutch: {}).", code.english, code.dutch))).collect();
        self.add(Type::Enum(Enum { name: list.name.to_owned(), doc: list.doc.to_owned(), values }));
    }
}

impl Object {
    pub(super) fn new(name: impl Into<String>, doc: impl Into<String>) -> Self {
        Self { name: name.into(), doc: doc.into(), fields: IndexMap::new(), node: false, keys: Vec::new() }
    }

    pub(super) fn node(self) -> Self {
        Self { node: true, ..self }.key(["id"])
    }

    pub(super) fn key(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.keys.push(Key(fields.into_iter().map(Into::into).collect()));
        self
    }

    pub(super) fn field(self, name: impl Into<String>, ty: TypeRef, resolve: Resolve, doc: impl Into<String>) -> Self {
        self.field_with(name, ty, resolve, doc, Vec::new())
    }

    pub(super) fn field_with(
        mut self,
        name: impl Into<String>,
        ty: TypeRef,
        resolve: Resolve,
        doc: impl Into<String>,
        args: Vec<InputValue>,
    ) -> Self {
        let name = name.into();
        self.fields.insert(name.clone(), Field { name, doc: doc.into(), ty, args, resolve });
        self
    }
}

impl Key {
    /// As a selection: `code`, `supraRegion { code }`.
    #[must_use]
    pub fn selection(&self) -> String {
        self.0.join(" { ") + &" }".repeat(self.0.len().saturating_sub(1))
    }
}

impl Input {
    pub(super) fn new(name: impl Into<String>, doc: impl Into<String>) -> Self {
        Self { name: name.into(), doc: doc.into(), fields: IndexMap::new(), one_of: false, about: None }
    }

    pub(super) fn field(mut self, value: InputValue) -> Self {
        self.fields.insert(value.name.clone(), value);
        self
    }
}

impl InputValue {
    pub(super) fn new(name: impl Into<String>, ty: TypeRef, doc: impl Into<String>) -> Self {
        Self { name: name.into(), doc: doc.into(), ty, default: None, meaning: Meaning::Plain }
    }

    pub(super) fn default(mut self, value: impl Into<ConstValue>) -> Self {
        self.default = Some(value.into());
        self
    }

    pub(super) fn meaning(mut self, meaning: Meaning) -> Self {
        self.meaning = meaning;
        self
    }
}
