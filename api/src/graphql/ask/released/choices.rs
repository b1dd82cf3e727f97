//! The values of what a released table is grouped by: from code lists and areas alone.

use std::collections::BTreeMap;

use entities::{Bucket, Dataset, Date, Datum, FieldId, Kind};

use super::{
    is_area,
    left::{Left, no_value},
};
use crate::{
    graphql::{axis::Axis, error::Problem},
    release::{Area, CellId, Counted},
};

/// One value of a dimension that is grouped by, and what it says of the cell.
pub(super) struct Choice {
    pub(super) key: Datum,
    says: Says,
}

enum Says {
    Area(Area),
    Month(Date),
    By(FieldId, Datum),
    /// The whole period.
    Nothing,
}

impl Choice {
    fn new(key: Datum, says: Says) -> Self {
        Self { key, says }
    }

    /// The cell with this value.
    pub(super) fn of(&self, mut cell: CellId) -> CellId {
        match &self.says {
            Says::Area(area) => cell.area = area.clone(),
            Says::Month(month) => cell.month = Some(*month),
            Says::By(field, value) => cell.by = Some((*field, value.clone())),
            Says::Nothing => {}
        }
        cell
    }
}

/// Refuses what no release is grouped by.
pub(super) fn is_released(axis: &Axis, dataset: &Dataset) -> Result<(), Problem> {
    if axis.is_released(dataset) {
        return Ok(());
    }
    Err(refused(axis, "which no release has; it is a dimension of tables over your own rows"))
}

fn refused(axis: &Axis, why: &str) -> Problem {
    Problem::input(format!("argument \"groupBy\" names {}, {why}", axis.value()))
}

impl Left<'_> {
    /// The values of a dimension that is grouped by.
    pub(super) fn choices(&self, axis: &Axis, axes: &[&Axis], counted: Counted) -> Result<Vec<Choice>, Problem> {
        match (axis.bucket, axis.kind) {
            (Some(bucket), _) => self.time(axis, bucket, (axes, counted)),
            (None, Kind::Reference(_)) => self.areas(axis),
            _ => {
                let known = self.vocabulary.dimensions.iter().find(|(field, _)| *field == axis.field);
                let (_, values) =
                    known.ok_or_else(|| refused(axis, &format!("which release \"{}\" does not have", self.period)))?;
                let left = self.of(axis.field);
                let values = values.iter().filter(|value| left.is_none_or(|left| left.contains(value)));
                Ok(values.map(|value| Choice::new(value.clone(), Says::By(axis.field, value.clone()))).collect())
            }
        }
    }

    fn time(&self, axis: &Axis, bucket: Bucket, (axes, counted): (&[&Axis], Counted)) -> Result<Vec<Choice>, Problem> {
        let period = self.period;
        let is_country = !axes.iter().any(|it| is_area(it.kind)) && self.area()? == Area::Country;
        match bucket {
            _ if counted == Counted::Open => Err(refused(axis, "by which rows that are open are not counted")),
            Bucket::Month if !is_country => Err(refused(axis, "which releases have for the whole country only")),
            Bucket::Month => {
                Ok(period.months().map(|month| Choice::new(Datum::Date(month), Says::Month(month))).collect())
            }
            bucket if bucket == period.kind() => Ok(vec![Choice::new(Datum::Date(period.from), Says::Nothing)]),
            _ => {
                let why = format!("which release \"{period}\" does not have; name a release of that length");
                Err(refused(axis, &why))
            }
        }
    }

    fn areas(&self, axis: &Axis) -> Result<Vec<Choice>, Problem> {
        let (region, municipality) = (self.area_field("Region"), self.area_field("Municipality"));
        let of = |key: &str, area: fn(Box<str>) -> Area| Choice::new(key.into(), Says::Area(area(key.into())));
        if axis.kind == Kind::Reference("Municipality") {
            if self.period.kind() != Bucket::Year {
                return Err(refused(axis, "which releases of a year have only; name one in \"release\""));
            }
            let all = self.geography.municipalities.iter();
            let left = all.filter(|(key, of)| self.leaves(municipality, key) && self.leaves(region, of));
            return Ok(left.map(|(key, _)| of(key, Area::Municipality)).collect());
        }
        if self.names_municipalities() {
            return Err(no_value("names municipalities beside the wider areas that are grouped by"));
        }
        if axis.kind == Kind::Reference("SupraRegion") {
            return Ok(self.supra_regions()?.into_iter().map(|key| of(key, Area::SupraRegion)).collect());
        }
        let left = self.geography.regions.keys().filter(|key| self.leaves(region, key));
        Ok(left.map(|key| of(key, Area::Region)).collect())
    }

    /// The supra-regions that the filter leaves; one of which it leaves a part is no cell.
    fn supra_regions(&self) -> Result<Vec<&str>, Problem> {
        let region = self.area_field("Region");
        let mut left: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
        for (key, supra_region) in &self.geography.regions {
            if let Some(supra_region) = supra_region {
                let (any, all) = left.entry(supra_region).or_insert((false, true));
                let is_left = self.leaves(region, key);
                *any |= is_left;
                *all &= is_left;
            }
        }
        if left.values().any(|(any, all)| *any && !*all) {
            return Err(no_value("leaves a part of a supra-region, and supra-regions are grouped by"));
        }
        Ok(left.into_iter().filter(|(_, (any, _))| *any).map(|(key, _)| key).collect())
    }
}
