//! What a release has cells of: the closed list, made from the contract and the geography alone. Knows no row.

use std::collections::BTreeSet;

use entities::{Bucket, Dataset, Datum, FieldId, Kind, Tier};

use super::{Area, CellId, Counted, Geography, Period, Vocabulary};

impl Vocabulary {
    /// The dimensions and the measures of a dataset's tables.
    #[must_use]
    pub fn of(dataset: &'static Dataset) -> Self {
        let fields = || dataset.fields.iter().enumerate();
        let dimensions = fields().filter(|(_, it)| it.groups).map(|(field, it)| {
            let mut values = values(it.kind);
            if it.nullable {
                values.push(Datum::Null);
            }
            (field, values)
        });
        let measures = fields().filter(|(_, it)| it.kind == Kind::Int && it.tier <= Tier::Indirect);
        Self { dataset, dimensions: dimensions.collect(), measures: measures.map(|(field, _)| field).collect() }
    }

    /// Which rows are counted: those that begin, and those that are open where rows have an end.
    #[must_use]
    pub fn counted(&self) -> &'static [Counted] {
        let ends = self.dataset.period.is_some_and(|it| it.until.is_some());
        if ends { &[Counted::Begun, Counted::Open] } else { &[Counted::Begun] }
    }

    /// All cells of a period, whatever the rows.
    pub fn cells(&self, geography: &Geography, period: Period) -> impl Iterator<Item = CellId> {
        let areas = areas(geography, period);
        let whole = self.counted().iter().flat_map(move |counted| {
            areas.clone().into_iter().map(move |area| CellId { counted: *counted, area, month: None, by: None })
        });
        let months = period.months().map(|month| CellId {
            counted: Counted::Begun,
            area: Area::Country,
            month: Some(month),
            by: None,
        });
        whole.chain(months).flat_map(|cell| {
            let broken_down = self.values().map({
                let cell = cell.clone();
                move |by| CellId { by: Some(by), ..cell.clone() }
            });
            std::iter::once(cell).chain(broken_down)
        })
    }

    fn values(&self) -> impl Iterator<Item = (FieldId, Datum)> {
        self.dimensions.iter().flat_map(|(field, values)| values.iter().map(|value| (*field, value.clone())))
    }
}

fn values(kind: Kind) -> Vec<Datum> {
    match kind {
        Kind::Boolean => vec![Datum::Bool(true), Datum::Bool(false)],
        Kind::Code(list) => list.codes.iter().map(|it| Datum::from(it.code)).collect(),
        _ => Vec::new(),
    }
}

/// The widest areas first; municipalities in releases of a year only.
fn areas(geography: &Geography, period: Period) -> Vec<Area> {
    let supra_regions: BTreeSet<_> = geography.regions.values().flatten().cloned().collect();
    let mut areas = vec![Area::Country];
    areas.extend(supra_regions.into_iter().map(Area::SupraRegion));
    areas.extend(geography.regions.keys().cloned().map(Area::Region));
    if period.kind() == Bucket::Year {
        areas.extend(geography.municipalities.keys().cloned().map(Area::Municipality));
    }
    areas
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geography() -> Geography {
        let regions = [("JZ01", Some("NO")), ("JZ02", Some("NO")), ("JZ10", None)];
        let regions = regions.map(|(region, supra_region)| (region.into(), supra_region.map(Into::into)));
        Geography { regions: regions.into(), municipalities: [("GM01".into(), "JZ01".into())].into() }
    }

    #[test]
    fn a_dimension_has_all_codes_and_null_where_a_row_may_have_none() {
        for dataset in entities::datasets().iter().filter(|it| it.youth().is_some()) {
            for (field, values) in Vocabulary::of(dataset).dimensions {
                let field = &dataset.fields[field];
                let codes = field.kind.codes().map_or(2, |it| it.codes.len());
                assert_eq!(values.len(), codes + usize::from(field.nullable), "{}.{}", dataset.name, field.name);
                assert_eq!(values.iter().position(Datum::is_null), field.nullable.then_some(codes));
            }
        }
    }

    #[test]
    fn what_is_sensitive_is_not_measured() {
        let measured = |name| {
            let dataset = entities::by_name(name).unwrap();
            Vocabulary::of(dataset).measures.into_iter().map(|it| dataset.fields[it].name).collect::<Vec<_>>()
        };
        assert_eq!(measured("Placement"), ["closed_days"]);
        assert_eq!(measured("EducationArrangement"), ["hours_per_week", "interrupted_days"]);
        assert!(measured("RestraintMeasure").is_empty());
    }

    #[test]
    fn cells_are_areas_by_values_and_the_countrys_months() {
        for (name, period, areas, months, counted) in [
            ("RestraintMeasure", "2025Q1", 5, 3, 1),
            ("RestraintMeasure", "2025", 6, 12, 1),
            ("Placement", "2025Q1", 5, 3, 2),
            ("Placement", "2025", 6, 12, 2),
        ] {
            let vocabulary = Vocabulary::of(entities::by_name(name).unwrap());
            let cells: Vec<_> = vocabulary.cells(&geography(), period.parse().unwrap()).collect();
            let values = 1 + vocabulary.dimensions.iter().map(|(_, values)| values.len()).sum::<usize>();
            assert_eq!(cells.len(), (areas * counted + months) * values, "{name} {period}");
            assert_eq!(cells.iter().collect::<BTreeSet<_>>().len(), cells.len(), "none stands twice");
            let of_months = cells.iter().filter(|it| it.month.is_some());
            assert!(of_months.into_iter().all(|it| it.area == Area::Country && it.counted == Counted::Begun));
        }
    }
}
