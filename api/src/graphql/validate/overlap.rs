//! "Field Selection Merging" of the specification: fields of one response key must be alike wherever they can meet, and
//! of one shape even where they cannot.

use std::collections::HashSet;

use async_graphql::{Positioned, ServerError, dynamic::TypeRef};
use async_graphql_parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use indexmap::IndexMap;

use super::{condition, error};
use crate::graphql::model::{Model, Object, Type};

/// A field, of the type that it was selected of; of none inside introspection.
#[derive(Clone, Copy)]
struct Member<'d, 'm> {
    parent: Option<&'m Object>,
    field: &'d Positioned<Field>,
}

type Sets<'d, 'm> = Vec<(Option<&'m Object>, &'d SelectionSet)>;
type ByKey<'d, 'm> = IndexMap<&'d str, Vec<Member<'d, 'm>>>;

struct Overlap<'d, 'm> {
    model: &'m Model,
    document: &'d ExecutableDocument,
}

/// Checks an operation with its fragments spread.
pub(super) fn check(model: &Model, document: &ExecutableDocument, set: &SelectionSet, errors: &mut Vec<ServerError>) {
    let overlap = Overlap { model, document };
    let sets = vec![(model.object("Query"), set)];
    if let Err(conflict) = overlap.shapes(&sets).and_then(|()| overlap.fields(&sets)) {
        errors.push(conflict);
    }
}

impl<'d, 'm> Overlap<'d, 'm> {
    /// Can a client read each key in one way, whatever the types turn out to be?
    fn shapes(&self, sets: &Sets<'d, 'm>) -> Result<(), ServerError> {
        for (key, members) in self.by_key(sets) {
            // As in graphql-js, `__typename` is never in the way.
            let mut types = members.iter().filter_map(|member| Some(&member.known()?.ty));
            if let Some(first) = types.next()
                && let Some(other) = types.find(|other| !self.alike(first, other))
            {
                let message = format!("\"{key}\" is {first} in one place and {other} in another; use aliases");
                return Err(conflict(&message, &members));
            }
            self.shapes(&self.below(&members))?;
        }
        Ok(())
    }

    /// Do the fields of each key that can meet in one object ask the same?
    fn fields(&self, sets: &Sets<'d, 'm>) -> Result<(), ServerError> {
        for (key, members) in self.by_key(sets) {
            for group in self.meeting(members) {
                let differs = |member: &Member<'_, '_>| !same(&group[0].field.node, &member.field.node);
                if group.iter().any(differs) {
                    return Err(conflict(&format!("\"{key}\" stands for different fields; use aliases"), &group));
                }
                self.fields(&self.below(&group))?;
            }
        }
        Ok(())
    }

    fn by_key(&self, sets: &Sets<'d, 'm>) -> ByKey<'d, 'm> {
        let (mut grouped, mut spread) = (ByKey::new(), HashSet::new());
        for (parent, set) in sets {
            self.group(*parent, set, &mut grouped, &mut spread);
        }
        grouped
    }

    fn group(
        &self,
        parent: Option<&'m Object>,
        set: &'d SelectionSet,
        grouped: &mut ByKey<'d, 'm>,
        spread: &mut HashSet<&'d str>,
    ) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    grouped.entry(key).or_default().push(Member { parent, field });
                }
                Selection::InlineFragment(fragment) => {
                    let parent = condition(self.model, parent, fragment);
                    self.group(parent, &fragment.node.selection_set.node, grouped, spread);
                }
                Selection::FragmentSpread(it) => {
                    let name = &it.node.fragment_name.node;
                    let Some(fragment) = self.document.fragments.get(name).filter(|_| spread.insert(name)) else {
                        continue;
                    };
                    let parent = self.model.object(&fragment.node.type_condition.node.on.node);
                    self.group(parent, &fragment.node.selection_set.node, grouped, spread);
                }
            }
        }
    }

    /// What is selected of the fields.
    fn below(&self, members: &[Member<'d, 'm>]) -> Sets<'d, 'm> {
        let below = members.iter().map(|member| {
            let ty = member.known().and_then(|field| self.model.object(field.ty.type_name()));
            (ty, &member.field.node.selection_set.node)
        });
        below.collect()
    }

    /// The fields that can meet in one object: those of one object type, and with each of them those of the interface
    /// and of the union.
    fn meeting(&self, members: Vec<Member<'d, 'm>>) -> Vec<Vec<Member<'d, 'm>>> {
        let (interface, objects): (Vec<_>, Vec<_>) = members.into_iter().partition(|it| {
            matches!(self.model.types.get(it.parent_name()), Some(Type::Interface(_) | Type::Union(_)))
        });
        let mut groups: IndexMap<&str, Vec<_>> = IndexMap::new();
        for member in objects {
            groups.entry(member.parent_name()).or_insert_with(|| interface.clone()).push(member);
        }
        if groups.is_empty() { vec![interface] } else { groups.into_values().collect() }
    }

    fn alike(&self, one: &TypeRef, other: &TypeRef) -> bool {
        match (one, other) {
            (TypeRef::NonNull(one), TypeRef::NonNull(other)) | (TypeRef::List(one), TypeRef::List(other)) => {
                self.alike(one, other)
            }
            (TypeRef::Named(one), TypeRef::Named(other)) => {
                one == other || (self.model.object(one).is_some() && self.model.object(other).is_some())
            }
            _ => false,
        }
    }
}

impl<'m> Member<'_, 'm> {
    fn known(&self) -> Option<&'m crate::graphql::model::Field> {
        self.parent?.fields.get(self.field.node.name.node.as_str())
    }

    fn parent_name(&self) -> &'m str {
        self.parent.map_or("", |parent| &parent.name)
    }
}

/// Do two fields ask the same?
fn same(one: &Field, other: &Field) -> bool {
    let argument = |(name, value): &(Positioned<async_graphql::Name>, Positioned<async_graphql_value::Value>)| {
        other.get_argument(&name.node).is_some_and(|other| other.node == value.node)
    };
    one.name.node == other.name.node
        && one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(argument)
}

fn conflict(message: &str, members: &[Member<'_, '_>]) -> ServerError {
    let mut conflict = error(message, members[0].field.pos);
    conflict.locations = members.iter().map(|member| member.field.pos).collect();
    conflict
}
