//! What a filter leaves of each dimension of a release, and which one cell it names where nothing is grouped by.

use entities::{Bucket, Datum, FieldId, Kind};

use super::is_area;
use crate::{
    graphql::{axis::Axis, error::Problem, name},
    query::{Operand, Predicate, Test},
    release::{Area, CellId, Counted, Geography, Period, Vocabulary},
};

/// What the filter leaves of each dimension.
pub(super) struct Left<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) geography: &'a Geography,
    pub(super) period: Period,
    values: Vec<(FieldId, Vec<Datum>)>,
}

impl<'a> Left<'a> {
    /// A filter is values of dimensions that all hold; nothing else stands in the vocabulary of a release.
    pub(super) fn new(
        vocabulary: &'a Vocabulary,
        filter: &Predicate,
        (geography, period): (&'a Geography, Period),
    ) -> Result<Self, Problem> {
        let dataset = vocabulary.dataset;
        let parts = match filter {
            Predicate::All => &[],
            Predicate::And(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        let mut values: Vec<(FieldId, Vec<Datum>)> = Vec::new();
        for part in parts {
            let (field, mut said) = match part {
                Predicate::Is(Operand::Field(field), Test::Eq(value)) => (*field, vec![value.clone()]),
                Predicate::Is(Operand::Field(field), Test::In(values)) => (*field, values.to_vec()),
                Predicate::Is(Operand::Field(field), Test::Null) => (*field, vec![Datum::Null]),
                _ => return Err(no_value("holds what is no value of a dimension")),
            };
            let described = &dataset.fields[field];
            if !described.groups && !is_area(described.kind) {
                return Err(no_value(&format!("names \"{}\", which is no dimension", name::field(described))));
            }
            said.retain(|value| !is_area(described.kind) || geography.has(value));
            said.sort();
            said.dedup();
            match values.iter_mut().find(|(known, _)| *known == field) {
                Some((_, known)) => known.retain(|value| said.contains(value)),
                None => values.push((field, said)),
            }
        }
        Ok(Self { vocabulary, geography, period, values })
    }

    pub(super) fn of(&self, field: FieldId) -> Option<&[Datum]> {
        self.values.iter().find(|(known, _)| *known == field).map(|(_, values)| values.as_slice())
    }

    /// Does the filter leave this key of an area's field?
    pub(super) fn leaves(&self, field: Option<FieldId>, key: &str) -> bool {
        let left = field.and_then(|field| self.of(field));
        left.is_none_or(|values| values.iter().any(|value| value.as_text() == Some(key)))
    }

    pub(super) fn area_field(&self, table: &'static str) -> Option<FieldId> {
        let mut fields = self.vocabulary.dataset.fields.iter();
        fields.position(|it| it.kind == Kind::Reference(table) && it.name == table.to_lowercase())
    }

    /// Does the filter say anything of municipalities?
    pub(super) fn names_municipalities(&self) -> bool {
        self.area_field("Municipality").and_then(|field| self.of(field)).is_some()
    }

    /// The cell of what is not grouped by.
    pub(super) fn whole(&self, axes: &[&Axis], counted: Counted) -> Result<CellId, Problem> {
        let fields = &self.vocabulary.dataset.fields;
        let grouped = |field: FieldId| axes.iter().any(|axis| axis.field == field && axis.bucket.is_none());
        let is_by = |axis: &&&Axis| axis.bucket.is_none() && !is_area(axis.kind);
        let areas = axes.iter().filter(|axis| is_area(axis.kind)).count();
        let mut bys: Vec<FieldId> = axes.iter().filter(is_by).map(|axis| axis.field).collect();
        let mut by = None;
        for (field, values) in self.values.iter().filter(|(field, _)| !is_area(fields[*field].kind)) {
            if grouped(*field) {
                continue;
            }
            by = Some((*field, self.one(*field, values)?));
            bys.push(*field);
        }
        if bys.len() > 1 || areas > 1 {
            return Err(Problem::input(
                "a released table has one area, one period and at most one dimension more, in \"groupBy\" and \"filter\" \
                 together; leave the others out",
            ));
        }
        let area = if areas == 0 { self.area()? } else { Area::Country };
        Ok(CellId { counted, area, month: None, by })
    }

    /// The one value that the filter leaves of a dimension.
    fn one(&self, field: FieldId, values: &[Datum]) -> Result<Datum, Problem> {
        let name = name::field(&self.vocabulary.dataset.fields[field]);
        let [value] = values else {
            return Err(no_value(&format!("leaves several values of \"{name}\", or none, and it is not grouped by")));
        };
        let known = self.vocabulary.dimensions.iter().find(|(known, _)| *known == field);
        if known.is_none_or(|(_, values)| !values.contains(value)) {
            return Err(no_value(&format!("asks for a value that \"{name}\" does not have")));
        }
        Ok(value.clone())
    }

    /// The one area that the filter leaves.
    pub(super) fn area(&self) -> Result<Area, Problem> {
        let left = |table| self.area_field(table).and_then(|field| self.of(field));
        match (left("Municipality"), left("Region")) {
            (None, None) => Ok(Area::Country),
            (Some([Datum::Text(code)]), None) => match self.period.kind() {
                Bucket::Year => Ok(Area::Municipality(code.clone())),
                _ => Err(no_value("names a municipality, which releases of a year have only: name one in \"release\"")),
            },
            (None, Some([Datum::Text(code)])) => Ok(Area::Region(code.clone())),
            (None, Some(regions)) => {
                self.supra_region(regions).ok_or_else(|| no_value("leaves regions that are no supra-region together"))
            }
            _ => Err(no_value("leaves several municipalities, or names regions beside them")),
        }
    }

    /// The supra-region that has exactly these regions.
    fn supra_region(&self, regions: &[Datum]) -> Option<Area> {
        let keys: Option<Vec<&str>> = regions.iter().map(Datum::as_text).collect();
        let keys = keys?;
        let supra_region = self.geography.regions.get(*keys.first()?)?.as_ref()?;
        let of = self.geography.regions.iter().filter(|(_, it)| it.as_ref() == Some(supra_region));
        let of: Vec<&str> = of.map(|(region, _)| &**region).collect();
        let is_whole = of.len() == keys.len() && of.iter().all(|region| keys.contains(region));
        is_whole.then(|| Area::SupraRegion(supra_region.clone()))
    }
}

pub(super) fn no_value(what: &str) -> Problem {
    Problem::input(format!(
        "argument \"filter\" {what}; in a released table it takes values of dimensions: a region, a supra-region's regions, \
         a municipality, or a value that releases are broken down by"
    ))
}
