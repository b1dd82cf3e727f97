//! Turns the embedded files of published figures into rows: one figure for each printed value. Does no IO.

use std::collections::HashMap;

use sea_orm::prelude::Date;

use super::{
    LoadError, figure,
    printed::{self, Days},
    rows::{File, Row},
};

const FIGURES: File = File { name: "figures.csv", text: include_str!("../../data/figures.csv") };
const STOCKS: File = File {
    name: "cbs_jeugdbescherming_stand_2019_2022.csv",
    text: include_str!("../../data/cbs_jeugdbescherming_stand_2019_2022.csv"),
};

/// A table of CBS with one area per row, as it is read: a figure for each cell.
struct Table {
    file: File,
    number: &'static str,
    /// The one period of the table, or the column that has it.
    period: Result<&'static str, &'static str>,
    unit: Option<&'static str>,
    note: Option<&'static str>,
    columns: &'static [&'static str],
}

const TABLES: [Table; 4] = [
    Table {
        file: File {
            name: "cbs_82968NED_2020-12-31_voogdij.csv",
            text: include_str!("../../data/cbs_82968NED_2020-12-31_voogdij.csv"),
        },
        number: "82968NED",
        period: Ok("2020-12-31"),
        unit: None,
        note: None,
        columns: &["totaal_voogdij", "reguliere_voogdij", "voorlopige_voogdij", "tijdelijke_voogdij"],
    },
    Table {
        file: File {
            name: "cbs_82975NED_2023_ots_beeindigd_volgens_plan.csv",
            text: include_str!("../../data/cbs_82975NED_2023_ots_beeindigd_volgens_plan.csv"),
        },
        number: "82975NED",
        period: Ok("2023"),
        unit: None,
        note: Some("ondertoezichtstelling, beëindigd volgens plan; niet alle gebieden van de tabel"),
        columns: &["aantal"],
    },
    Table {
        file: File {
            name: "cbs_85094NED_2023-06-30_provincies.csv",
            text: include_str!("../../data/cbs_85094NED_2023-06-30_provincies.csv"),
        },
        number: "85094NED",
        period: Ok("2023-06-30"),
        unit: Some("trajecten"),
        note: Some("voorlopig (*)"),
        columns: &[
            "totaal_jeugdzorgtrajecten",
            "totaal_jeugdhulptrajecten",
            "pleegzorgtrajecten",
            "jeugdbeschermingstrajecten",
            "jeugdreclasseringstrajecten",
            "jr_gedwongen",
            "jr_vrijwillig",
        ],
    },
    Table {
        file: File {
            name: "cbs_85098NED_2023_indicatoren.csv",
            text: include_str!("../../data/cbs_85098NED_2023_indicatoren.csv"),
        },
        number: "85098NED",
        period: Err("periode"),
        unit: Some("%"),
        note: Some("niet alle gebieden van de tabel"),
        columns: &[
            "jeugdhulp_pct",
            "verblijf_pct",
            "jeugdbescherming_pct",
            "jb_met_verblijf_pct",
            "jeugdreclassering_pct",
        ],
    },
];

/// The cells of CBS.
pub(super) fn of_cbs() -> Result<Vec<figure::Model>, LoadError> {
    let mut all = Vec::new();
    for table in &TABLES {
        all.extend(table.figures()?);
    }
    all.extend(stocks()?);
    Ok(all)
}

/// The figures of the plans and of the publications that they name, a citation with each.
pub(super) fn cited(supra_regions: &HashMap<String, String>) -> Result<Vec<figure::Model>, LoadError> {
    FIGURES.read(|row| {
        let (indicator, area, period) = (row.text("indicator")?, row.text("gebied")?, row.text("periode")?);
        let supra_region = supra_regions.get(&area).cloned();
        let area_code = match &supra_region {
            Some(code) => code,
            None if area == "Nederland" => "NL",
            None => return Err(row.misfit("gebied", "the country or a known supra-region")),
        };
        let published = row.option("gepubliceerd")?;
        Ok(figure::Model {
            code: format!("{area_code}-{}-{}", slug(&indicator), slug(&period)),
            area_kind: if supra_region.is_some() { "SR" } else { "NL" }.to_owned(),
            supra_region,
            unit: row.option("eenheid")?,
            citation: row.text("bron")?,
            published_on: published.as_deref().and_then(day),
            published,
            note: row.option("noot")?,
            ..printed_figure(indicator, area, period, row.option("waarde")?)
        })
    })
}

/// The day of a publication, where more than its year or month is known.
pub(super) fn day(published: &str) -> Option<Date> {
    published.parse().ok()
}

/// A figure of the country with what can be read off the print, and nothing else yet.
fn printed_figure(indicator: String, area: String, period: String, value: Option<String>) -> figure::Model {
    let bounds = value.as_deref().map(printed::bounds).unwrap_or_default();
    let Days { start, end } = printed::days(&period);
    figure::Model {
        code: String::new(),
        indicator,
        area,
        area_kind: "NL".to_owned(),
        supra_region: None,
        period,
        period_start: start,
        period_end: end,
        value,
        lower: bounds.lower,
        upper: bounds.upper,
        approximate: bounds.approximate,
        unit: None,
        citation: String::new(),
        published: None,
        published_on: None,
        note: None,
        revises: None,
    }
}

impl Table {
    /// One figure for each cell; a cell that the extract leaves empty is no printed value.
    fn figures(&self) -> Result<Vec<figure::Model>, LoadError> {
        let rows = self.file.read(|row| {
            let cells = self.columns.iter().map(|column| self.figure(row, column));
            cells.collect::<Result<Vec<_>, _>>()
        })?;
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    fn figure(&self, row: &Row<'_>, column: &'static str) -> Result<Option<figure::Model>, LoadError> {
        let Some(value) = row.option(column)? else { return Ok(None) };
        let area = row.text("regio")?;
        let period = match self.period {
            Ok(period) => period.to_owned(),
            Err(column) => row.text(column)?,
        };
        Ok(Some(figure::Model {
            code: format!("CBS-{}-{}-{}-{}", self.number, slug(column), slug(&area), slug(&period)),
            area_kind: area_kind(&area).to_owned(),
            unit: self.unit.map(ToOwned::to_owned),
            citation: format!("CBS StatLine {}", self.number),
            note: self.note.map(ToOwned::to_owned),
            ..printed_figure(column.replace('_', " "), area, period, Some(value))
        }))
    }
}

/// CBS prints the kind behind a name: `Groningen (PV)`; municipalities have none.
fn area_kind(area: &str) -> &'static str {
    match area.rsplit_once(" (").map(|(_, kind)| kind) {
        Some("LD)") => "LD",
        Some("PV)") => "PV",
        Some("CR)") => "CR",
        _ if area == "Nederland" => "NL",
        _ => "GM",
    }
}

/// Stocks and flows of child protection, each year from a publication of its own. What one publication gives as the
/// stock at the beginning, an earlier one may have given as the stock at the end of the period before: the later figure
/// revises it.
fn stocks() -> Result<Vec<figure::Model>, LoadError> {
    let rows = STOCKS.read(|row| {
        let (measure, period) = (row.text("maatregel")?, row.text("jaar")?);
        let columns = ["beginstand", "instroom", "uitstroom", "eindstand"];
        let cells = columns.into_iter().map(|column| stock(row, &measure, &period, column));
        Ok((measure.clone(), cells.collect::<Result<Vec<_>, _>>()?))
    })?;
    let mut ends: HashMap<(String, Option<Date>), (String, Option<String>)> = HashMap::new();
    let mut all = Vec::new();
    for (measure, figures) in rows {
        for mut figure in figures {
            let key = (measure.clone(), figure.period_end);
            if figure.code.ends_with("-eindstand") {
                ends.insert(key, (figure.code.clone(), figure.value.clone()));
            } else if figure.code.ends_with("-beginstand") {
                let earlier = ends.get(&key).filter(|(_, value)| *value != figure.value);
                figure.revises = earlier.map(|(code, _)| code.clone());
            }
            all.push(figure);
        }
    }
    Ok(all)
}

fn stock(row: &Row<'_>, measure: &str, period: &str, column: &'static str) -> Result<figure::Model, LoadError> {
    let plain = period.trim_end_matches('*');
    let mut figure =
        printed_figure(format!("{measure}, {column}"), "Nederland".to_owned(), period.to_owned(), row.option(column)?);
    let Days { start, end } = printed::days(period);
    let days = match column {
        "beginstand" => [start.and_then(|it| it.pred_opt()); 2],
        "eindstand" => [end; 2],
        _ => [start, end],
    };
    [figure.period_start, figure.period_end] = days;
    figure.code = format!("CBS-jeugdbescherming-{}-{}-{column}", slug(plain), slug(measure));
    figure.unit = Some("maatregelen".to_owned());
    figure.citation = format!("CBS longread jeugdbescherming {plain}");
    figure.note = period.ends_with('*').then(|| "voorlopig (*)".to_owned());
    Ok(figure)
}

/// A part of a code: small letters and digits, joined by `-`.
fn slug(text: &str) -> String {
    let words = text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
