//! `[[source.mapping]]`: how a source's own tables and columns say what a dataset's do. Checked against the dataset where
//! it is read; what is wrong is said with the key that it stands at.

mod column;

use std::{collections::BTreeMap, ops::Range};

use entities::Dataset;
use serde::Deserialize;
use toml::Spanned;

use self::column::{Said, column};
use crate::mapping::{Column, FIRST, Join, Mapping, Part, Raw, Table};

/// The key of a youth's key; a column that no field of a dataset describes.
const YOUTH_KEY: &str = "youth_key";

/// What is wrong, and where in the text.
type Wrong = (Range<usize>, String);

/// `[[source.mapping]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    /// Which dataset, by type name; several sections of one dataset are put together.
    dataset: Spanned<String>,
    /// The table; `schema.table` where it stands in another schema.
    from: Spanned<String>,
    /// What is joined to it: `{ table = "client", as = "c", on = { client_id = "c.id" } }`.
    #[serde(default)]
    join: Vec<Spanned<JoinSection>>,
    /// Where each column of the contract comes from.
    columns: BTreeMap<Spanned<String>, Spanned<Said>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JoinSection {
    table: Spanned<String>,
    r#as: Spanned<String>,
    on: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// The mappings of a source that holds these datasets.
pub(super) fn resolve(sections: &[Spanned<Section>], held: &[&'static Dataset]) -> Result<Vec<Mapping>, Wrong> {
    let mut mappings: Vec<Mapping> = Vec::new();
    for section in sections {
        let it = section.get_ref();
        let name = it.dataset.get_ref();
        let Some(dataset) = held.iter().find(|held| held.name == name) else {
            return Err((it.dataset.span(), format!("mapping: dataset: the source does not hold `{name}`")));
        };
        let part =
            part(it, section.span(), dataset).map_err(|(span, said)| (span, format!("mapping of {name}: {said}")))?;
        match mappings.iter_mut().find(|mapping| mapping.dataset == *dataset) {
            Some(mapping) => mapping.parts.push(part),
            None => mappings.push(Mapping { dataset, parts: vec![part] }),
        }
    }
    Ok(mappings)
}

fn part(section: &Section, span: Range<usize>, dataset: &'static Dataset) -> Result<Part, Wrong> {
    let mut aliases = vec![FIRST];
    aliases.extend(section.join.iter().map(|join| join.get_ref().r#as.get_ref().as_str()));
    let joins = section.join.iter().map(|join| joined(join.get_ref(), &aliases)).collect::<Result<Vec<_>, _>>()?;
    let mut columns = vec![Column::Nothing; dataset.fields.len()];
    let mut youth_key = None;
    for (key, said) in &section.columns {
        let name = key.get_ref().as_str();
        let wrong = |reason: String| (said.span(), format!("columns.{name}: {reason}"));
        if name == YOUTH_KEY && dataset.youth().is_some() {
            let Said { column: Some(column), .. } = said.get_ref() else {
                return Err(wrong("it names a column, and nothing else".to_owned()));
            };
            youth_key = Some(raw(column, &aliases).map_err(wrong)?);
            continue;
        }
        let Some(field) = dataset.fields.iter().position(|field| field.column == name) else {
            let known: Vec<_> = dataset.fields.iter().map(|field| field.column).collect();
            return Err((key.span(), format!("columns.{name}: no such column; there are {}", known.join(", "))));
        };
        columns[field] = column(said.get_ref(), dataset.fields[field].kind, &aliases).map_err(wrong)?;
    }
    let lacking = dataset.fields.iter().zip(&columns).filter(|(field, it)| !field.nullable && **it == Column::Nothing);
    let lacking: Vec<_> = lacking.map(|(field, _)| field.column).collect();
    if !lacking.is_empty() {
        return Err((span, format!("columns: nothing is said of {}, which may not be null", lacking.join(", "))));
    }
    Ok(Part { table: table(&section.from)?, joins, columns, youth_key })
}

fn joined(join: &JoinSection, aliases: &[&str]) -> Result<Join, Wrong> {
    let alias = join.r#as.get_ref();
    let is_word = |text: &str| !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    if !is_word(alias) || aliases.iter().filter(|it| **it == alias).count() > 1 {
        return Err((
            join.r#as.span(),
            "join: as: it is a word that names no other table here; `m` is the first".to_owned(),
        ));
    }
    let column = |text: &Spanned<String>| {
        raw(text.get_ref(), aliases).map_err(|said| (text.span(), format!("join: on: {said}")))
    };
    let on =
        join.on.iter().map(|(left, right)| Ok((column(left)?, column(right)?))).collect::<Result<Vec<_>, Wrong>>()?;
    if on.is_empty() {
        return Err((join.table.span(), "join: on: no columns are equal".to_owned()));
    }
    Ok(Join { table: table(&join.table)?, alias: alias.as_str().into(), on })
}

/// A table, perhaps with its schema.
fn table(text: &Spanned<String>) -> Result<Table, Wrong> {
    let (schema, name) = match text.get_ref().split_once('.') {
        Some((schema, name)) => (Some(schema), name),
        None => (None, text.get_ref().as_str()),
    };
    let is_name = |name: &str| !name.is_empty() && !name.contains(['\0', '.']);
    if !is_name(name) || schema.is_some_and(|schema| !is_name(schema)) {
        return Err((
            text.span(),
            format!("`{}` is no table, such as \"jeugdhulp\" or \"iv3.jeugdhulp\"", text.get_ref()),
        ));
    }
    Ok(Table { schema: schema.map(Into::into), name: name.into() })
}

/// A column of the source: `started`, or `c.born` of a joined table.
fn raw(text: &str, aliases: &[&str]) -> Result<Raw, String> {
    let (alias, column) = text.split_once('.').unwrap_or((FIRST, text));
    if !aliases.contains(&alias) {
        return Err(format!("no table here is called `{alias}`"));
    }
    if column.is_empty() || column.contains('\0') {
        return Err(format!("`{text}` is no column"));
    }
    Ok(Raw { alias: alias.into(), column: column.into() })
}
