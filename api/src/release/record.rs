//! A release as it is stored and signed: every value a text or a number, in one order. What is signed does not depend on
//! the datasets that a later program knows. Knows no database.

use std::borrow::Cow;

use entities::{Dataset, Date, Datum, FieldId, by_name};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{Area, CellId, Counted, Geography, Published, PublishedMeasure, Vocabulary, sign::Digest};
use crate::query::Holder;

/// What the digest of each format begins with, so that no other use of the key and no other format signs the same.
const USES: [&str; 2] = ["regiograph release v1", "regiograph release v2"];

/// The format that releases are made in. In the first there were no versions, no areas and no code lists.
pub(super) const FORMAT: i64 = 2;

/// What is told of a release as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// How it is digested: by what is signed it cannot be said to be another.
    pub(super) format: i64,
    pub(super) id: String,
    pub(super) period: String,
    /// Which release of its period, from 1 on.
    pub(super) version: i64,
    pub(super) first_day: String,
    pub(super) last_day: String,
    pub(super) cut_off: String,
    /// UTC, as RFC 3339 has it.
    pub(super) made_at: String,
    pub(super) program_version: String,
    /// JSON: name, holder and datasets of each source.
    pub(super) sources: String,
    /// JSON: the names of the datasets.
    pub(super) datasets: String,
    pub(super) key_id: String,
    /// JSON: which municipality is in which region, and which region in which supra-region.
    pub(super) areas: Option<String>,
    /// JSON: for each dataset the values of each dimension, in order.
    pub(super) code_lists: Option<String>,
}

/// One cell that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) dataset: &'a str,
    pub(super) counted: &'a str,
    pub(super) area_kind: &'a str,
    /// Empty for the country.
    pub(super) area_code: &'a str,
    pub(super) month: Option<Cow<'a, str>>,
    /// The field's name, where the cell is of one value of it.
    pub(super) dimension: Option<&'a str>,
    /// JSON: the value.
    pub(super) value: Option<Cow<'a, str>>,
    pub(super) youths: i64,
    pub(super) rows: Option<i64>,
    /// JSON: average, median and ninth decile by the field's name.
    pub(super) measures: Cow<'a, str>,
}

/// A source that a release was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contributor {
    /// Its configured name.
    pub name: Box<str>,
    /// Who holds it.
    pub holder: Holder,
    /// The datasets that it gave rows of, by type name.
    pub datasets: Vec<Box<str>>,
}

/// Digests a release, part by part.
pub(super) struct Digesting(Sha256);

impl Digesting {
    /// None where the header is of no format: what a format does not sign is not in it.
    pub(super) fn new(header: &Header) -> Option<Self> {
        let Header { id, period, first_day, last_day, cut_off, made_at, program_version, sources, datasets, .. } =
            header;
        let days = [first_day, last_day, cut_off, made_at];
        let texts = [id, period].into_iter().chain(days).chain([program_version, sources, datasets, &header.key_id]);
        let (used, version, more) = match (header.format, header.version, &header.areas, &header.code_lists) {
            (1, 1, None, None) => (USES[0], None, None),
            (2, version @ 1.., Some(areas), Some(code_lists)) => (USES[1], Some(version), Some([areas, code_lists])),
            _ => return None,
        };
        let mut digesting = Self(Sha256::new());
        digesting.text(used);
        texts.for_each(|text| digesting.text(text));
        version.into_iter().for_each(|version| digesting.0.update(version.to_be_bytes()));
        more.into_iter().flatten().for_each(|text| digesting.text(text));
        Some(digesting)
    }

    /// The next cell.
    pub(super) fn line(&mut self, line: &Line<'_>) {
        for text in [line.dataset, line.counted, line.area_kind, line.area_code, &line.measures] {
            self.text(text);
        }
        for text in [line.month.as_deref(), line.dimension, line.value.as_deref()] {
            self.0.update([u8::from(text.is_some())]);
            self.text(text.unwrap_or_default());
        }
        self.0.update([u8::from(line.rows.is_some())]);
        self.0.update(line.rows.unwrap_or_default().to_be_bytes());
        self.0.update(line.youths.to_be_bytes());
    }

    pub(super) fn done(self) -> Digest {
        self.0.finalize().into()
    }

    /// After its length, so that no two releases are digested alike.
    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text);
    }
}

impl<'a> Line<'a> {
    /// The stored form of a cell.
    pub(super) fn of(dataset: &'a Dataset, measures: &[FieldId], id: &'a CellId, shown: &Published) -> Self {
        let (area_kind, area_code) = match &id.area {
            Area::Country => ("country", ""),
            Area::SupraRegion(code) => ("supra_region", &**code),
            Area::Region(code) => ("region", &**code),
            Area::Municipality(code) => ("municipality", &**code),
        };
        let measured = measures
            .iter()
            .zip(&shown.measures)
            .map(|(field, it)| (dataset.fields[*field].name.to_owned(), json!([it.average, it.median, it.p90])));
        Self {
            dataset: dataset.name,
            counted: match id.counted {
                Counted::Begun => "begun",
                Counted::Open => "open",
            },
            area_kind,
            area_code,
            month: id.month.map(|it| it.to_string().into()),
            dimension: id.by.as_ref().map(|(field, _)| dataset.fields[*field].name),
            value: id.by.as_ref().map(|(_, value)| to_json(value).to_string().into()),
            youths: shown.youths.into(),
            rows: shown.rows.map(Into::into),
            measures: Value::Object(measured.collect()).to_string().into(),
        }
    }

    /// The cell; none where this program does not know what it is broken down by.
    pub(super) fn cell(&self, dataset: &Dataset, measures: &[FieldId]) -> Option<(CellId, Published)> {
        let code = || Box::from(self.area_code);
        let area = match self.area_kind {
            "country" => Area::Country,
            "supra_region" => Area::SupraRegion(code()),
            "region" => Area::Region(code()),
            "municipality" => Area::Municipality(code()),
            _ => return None,
        };
        let counted = match self.counted {
            "begun" => Counted::Begun,
            "open" => Counted::Open,
            _ => return None,
        };
        let by = match (self.dimension, &self.value) {
            (None, None) => None,
            (Some(name), Some(value)) => Some((dataset.field(name)?, from_json(value)?)),
            _ => return None,
        };
        let month = self.month.as_deref().map(str::parse::<Date>).transpose().ok()?;
        let measured = if measures.is_empty() { Map::new() } else { serde_json::from_str(&self.measures).ok()? };
        let measure = |field: &FieldId| {
            let value = |place| measured.get(dataset.fields[*field].name).and_then(|it| it.get(place)?.as_i64());
            PublishedMeasure { average: value(0), median: value(1), p90: value(2) }
        };
        let rows = self.rows.map(u32::try_from).transpose().ok()?;
        let shown =
            Published { youths: self.youths.try_into().ok()?, rows, measures: measures.iter().map(measure).collect() };
        Some((CellId { counted, area, month, by }, shown))
    }
}

/// The stored form of sources.
pub(super) fn to_sources(sources: &[Contributor]) -> String {
    let source = |it: &Contributor| {
        let (kind, code) = match &it.holder {
            Holder::Region(code) => ("region", code),
            Holder::Provider(code) => ("provider", code),
            Holder::Partnership(code) => ("partnership", code),
            Holder::Network(code) => ("network", code),
        };
        json!({ "name": it.name, "holder": { kind: code }, "datasets": it.datasets })
    };
    Value::Array(sources.iter().map(source).collect()).to_string()
}

/// The sources of their stored form.
pub(super) fn from_sources(text: &str) -> Option<Vec<Contributor>> {
    let source = |it: &Value| {
        let (kind, code) = it.get("holder")?.as_object()?.iter().next()?;
        let code = code.as_str()?.into();
        let holder = match kind.as_str() {
            "region" => Holder::Region(code),
            "provider" => Holder::Provider(code),
            "partnership" => Holder::Partnership(code),
            "network" => Holder::Network(code),
            _ => return None,
        };
        let datasets =
            it.get("datasets")?.as_array()?.iter().map(|it| it.as_str().map(Into::into)).collect::<Option<_>>()?;
        Some(Contributor { name: it.get("name")?.as_str()?.into(), holder, datasets })
    };
    serde_json::from_str::<Vec<Value>>(text).ok()?.iter().map(source).collect()
}

/// The datasets of their names; those that this program does not know are left out.
pub(super) fn from_datasets(text: &str) -> Option<Vec<&'static Dataset>> {
    let names = serde_json::from_str::<Vec<String>>(text).ok()?;
    Some(names.iter().filter_map(|name| by_name(name)).collect())
}

/// The stored form of areas.
pub(super) fn to_areas(geography: &Geography) -> String {
    json!({ "regions": geography.regions, "municipalities": geography.municipalities }).to_string()
}

/// The areas of their stored form.
pub(super) fn from_areas(text: &str) -> Option<Geography> {
    let Value::Object(whole) = serde_json::from_str(text).ok()? else { return None };
    let members = |name: &str| Some(whole.get(name)?.as_object()?.iter());
    let region = |(code, of): (&String, &Value)| match of {
        Value::Null => Some((code.as_str().into(), None)),
        of => Some((code.as_str().into(), Some(of.as_str()?.into()))),
    };
    let municipality = |(code, of): (&String, &Value)| Some((code.as_str().into(), of.as_str()?.into()));
    Some(Geography {
        regions: members("regions")?.map(region).collect::<Option<_>>()?,
        municipalities: members("municipalities")?.map(municipality).collect::<Option<_>>()?,
    })
}

/// The stored form of what the tables are broken down by.
pub(super) fn to_code_lists<'v>(vocabularies: impl Iterator<Item = &'v Vocabulary>) -> String {
    let lists = vocabularies.map(|it| {
        let values = |values: &[Datum]| values.iter().map(to_json).collect::<Vec<_>>();
        let dimensions = it.dimensions.iter().map(|(field, all)| json!([it.dataset.fields[*field].name, values(all)]));
        (it.dataset.name.to_owned(), Value::Array(dimensions.collect()))
    });
    Value::Object(lists.collect()).to_string()
}

/// What the tables are broken down by, of its stored form. A dimension or a value that this program has no words for is
/// left out.
pub(super) fn from_code_lists(text: &str) -> Option<Vec<Vocabulary>> {
    let Value::Object(lists) = serde_json::from_str(text).ok()? else { return None };
    let vocabulary = |(name, dimensions): (&String, &Value)| {
        let known = by_name(name).map(Vocabulary::of)?;
        let dimension = |it: &Value| {
            let (field, values) = (known.dataset.field(it.get(0)?.as_str()?)?, it.get(1)?.as_array()?);
            let (_, words) = known.dimensions.iter().find(|(known, _)| *known == field)?;
            Some((field, values.iter().filter_map(to_datum).filter(|value| words.contains(value)).collect()))
        };
        let dimensions = dimensions.as_array()?.iter().filter_map(dimension).collect();
        Some(Vocabulary { dimensions, ..known })
    };
    Some(lists.iter().filter_map(vocabulary).collect())
}

fn to_json(value: &Datum) -> Value {
    match value {
        Datum::Null => Value::Null,
        Datum::Bool(truth) => (*truth).into(),
        Datum::Int(number) => (*number).into(),
        Datum::Float(number) => (*number).into(),
        Datum::Date(date) => date.to_string().into(),
        Datum::Text(text) => (&**text).into(),
    }
}

/// Dimensions are codes, truths and numbers.
fn from_json(text: &str) -> Option<Datum> {
    to_datum(&serde_json::from_str(text).ok()?)
}

fn to_datum(value: &Value) -> Option<Datum> {
    Some(match value {
        Value::Null => Datum::Null,
        Value::Bool(truth) => Datum::Bool(*truth),
        Value::Number(number) => Datum::Int(number.as_i64()?),
        Value::String(text) => Datum::text(text.as_str()),
        _ => return None,
    })
}
