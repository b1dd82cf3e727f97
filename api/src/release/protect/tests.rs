//! What a release promises of its cells.

mod cbs;
mod magnitudes;
mod properties;
mod twelve_cells;

use entities::{Datum, FieldId, by_name};

use super::*;

/// A vocabulary with an observation's form.
pub(super) struct Table {
    pub(super) vocabulary: Vocabulary,
    pub(super) geography: Geography,
    pub(super) period: Period,
}

impl Table {
    /// Five regions, of which three are in a supra-region.
    pub(super) fn of(dataset: &str, period: &str) -> Self {
        let regions =
            [("JZ01", Some("NO")), ("JZ02", Some("NO")), ("JZ03", Some("NO")), ("JZ10", None), ("JZ11", None)];
        let regions = regions.map(|(region, supra_region)| (region.into(), supra_region.map(Into::into)));
        let municipalities = [("GM01", "JZ01"), ("GM02", "JZ01"), ("GM03", "JZ02"), ("GM10", "JZ10")];
        let municipalities = municipalities.map(|(municipality, region)| (municipality.into(), region.into()));
        Self {
            vocabulary: Vocabulary::of(by_name(dataset).unwrap()),
            geography: Geography { regions: regions.into(), municipalities: municipalities.into() },
            period: period.parse().unwrap(),
        }
    }

    pub(super) fn row(&self, youth: i64, region: &str, day: &str) -> Observation {
        Observation {
            youth,
            source: 0,
            region: region.into(),
            municipality: None,
            from: day.parse().unwrap(),
            until: None,
            values: self.vocabulary.dimensions.iter().map(|_| Datum::Null).collect(),
            measures: self.vocabulary.measures.iter().map(|_| None).collect(),
        }
    }

    /// The field's number, and the place of its values in an observation.
    pub(super) fn dimension(&self, name: &str) -> (FieldId, usize) {
        let field = self.vocabulary.dataset.field(name).unwrap();
        (field, self.vocabulary.dimensions.iter().position(|(it, _)| *it == field).unwrap())
    }

    pub(super) fn protect(&self, rows: &[Observation], rules: Rules) -> Cells {
        protect(rows, &self.vocabulary, &self.geography, self.period, &secret(), rules)
    }
}

pub(super) fn secret() -> Secret {
    Secret::new(&[1; 32])
}

/// All that begin in an area.
pub(super) fn begun(area: Area) -> CellId {
    CellId { counted: Counted::Begun, area, month: None, by: None }
}

#[test]
fn rows_of_a_region_unknown_to_the_geography_count_for_the_country_alone() {
    let table = Table::of("Referral", "2025Q1");
    let rows: Vec<_> = (0..30).map(|youth| table.row(youth, "JZ99", "2025-02-03")).collect();
    let cells = table.protect(&rows, Rules::none());
    assert!(cells.keys().all(|it| it.area == Area::Country));
    assert_eq!(cells[&begun(Area::Country)].as_ref().map(|it| it.youths), Ok(30));
}

#[test]
fn a_municipality_is_one_of_its_fixed_region_and_has_cells_in_years_only() {
    let rows = |table: &Table| -> Vec<_> {
        let row = |youth, municipality: &str| Observation {
            municipality: Some(municipality.into()),
            ..table.row(youth, "JZ01", "2025-02-03")
        };
        vec![row(1, "GM01"), row(2, "GM03"), row(3, "GM99")]
    };
    for (period, expected) in [("2025", vec!["GM01"]), ("2025Q1", vec![])] {
        let table = Table::of("Referral", period);
        let cells = table.protect(&rows(&table), Rules::none());
        let municipality = |cell: &CellId| match (&cell.area, &cell.by, cell.counted) {
            (Area::Municipality(code), None, Counted::Begun) => Some(code.to_string()),
            _ => None,
        };
        assert_eq!(cells.keys().filter_map(municipality).collect::<Vec<_>>(), expected, "{period}");
    }
}

#[test]
fn stock_is_open_on_the_last_day_and_a_row_that_ends_on_it_is_not() {
    let table = Table::of("Placement", "2025Q1");
    let row = |youth, from: &str, until: Option<&str>| Observation {
        until: until.map(|it| it.parse().unwrap()),
        ..table.row(youth, "JZ01", from)
    };
    let rows = [
        row(1, "2024-05-01", None),
        row(2, "2025-03-31", Some("2025-04-01")),
        row(3, "2025-01-01", Some("2025-03-31")),
        row(4, "2025-04-01", None),
    ];
    let cells = table.protect(&rows, Rules::none());
    let youths = |counted| cells[&CellId { counted, ..begun(Area::Country) }].as_ref().map(|it| it.youths);
    assert_eq!((youths(Counted::Open), youths(Counted::Begun)), (Ok(2), Ok(2)));
    let of_a_day = Vocabulary::of(by_name("RestraintMeasure").unwrap());
    assert_eq!(of_a_day.counted(), [Counted::Begun]);
}

#[test]
fn a_quarter_that_is_nearly_all_of_its_year_hides_it_and_so_does_a_quarter_a_month() {
    let of = |period: &str, month: Option<&str>| {
        let table = Table::of("Referral", period);
        let rows = (0..60).map(|youth| {
            let region = ["JZ10", "JZ11", "JZ01"][youth as usize % 3];
            table.row(youth, region, if youth < 55 { "2025-01-20" } else { "2025-02-03" })
        });
        let cells = table.protect(&rows.collect::<Vec<_>>(), Rules::all());
        let month = month.map(|it| it.parse().unwrap());
        cells[&CellId { month, ..begun(Area::Country) }].clone().map(|it| it.youths > 0)
    };
    assert_eq!(of("2025Q1", None), Ok(true));
    assert_eq!(of("2025Q1", Some("2025-01-01")), Err(Hidden::Complement));
    assert_eq!(of("2025", Some("2025-01-01")), Err(Hidden::Complement), "as the quarter's release has it");
    assert_eq!(of("2025", None), Err(Hidden::Complement));
}

#[test]
fn what_one_holder_does_not_know_of_a_shown_cell_is_a_crowd() {
    let of = |dataset: &str, others: i64| {
        let table = Table::of(dataset, "2025Q1");
        let rows = (0..30 + others)
            .map(|youth| Observation { source: usize::from(youth >= 30), ..table.row(youth, "JZ01", "2025-01-20") });
        let cells = table.protect(&rows.collect::<Vec<_>>(), Rules::all());
        cells[&begun(Area::Region("JZ01".into()))].as_ref().err().copied()
    };
    for (others, hidden) in [(0, Some(Hidden::Neighbour)), (9, Some(Hidden::Neighbour)), (10, None)] {
        assert_eq!(of("Placement", others), hidden, "{others}");
        assert_eq!(of("EducationArrangement", others), hidden, "{others}");
        assert_eq!(of("Referral", others), None, "regions hold referrals, and their own cells are theirs");
    }
}
