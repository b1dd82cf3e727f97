//! What the cases are asked of: the made-up rows of `rows.json` in three sources, one of which cannot be opened, and one
//! caller.

use entities::{Dataset, Kind, Tier};
use regiograph::graphql::schema::{Tabled, Visible, model, sdl};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    row::{Row, dataset},
    trouble,
};
use rusqlite::types::Value as Stored;
use serde::Deserialize;
use serde_json::{Map, Value, json};

const ROLE: &str = "certified_institution";
const INSTITUTION: &str = "GI01";

/// What `rows.json` holds.
#[derive(Deserialize)]
pub(super) struct Rows {
    sources: Vec<Source>,
    rows: Map<String, Value>,
}

#[derive(Deserialize)]
struct Source {
    name: String,
    holder: String,
    datasets: Vec<String>,
    #[serde(default)]
    unavailable: bool,
}

/// A gateway over the rows, asked in the cases' own names for ids.
pub(super) struct Fixture {
    gateway: Gateway,
    caller: As,
    /// What the cases call an id, and the id that the caller is given.
    ids: Vec<(String, String)>,
}

impl Fixture {
    /// Starts a gateway over the rows.
    pub(super) async fn start(rows: &Rows) -> Self {
        let gateway = Gateway::over(rows.sources.iter().map(|source| setup(source, rows))).await;
        for source in &rows.sources {
            for row in stored(source, rows).filter(|row| !fits(row)) {
                trouble::insert_loosely(&gateway.file(&source.name), &row);
            }
            if source.unavailable {
                trouble::take_away(&gateway.file(&source.name));
            }
        }
        let mut fixture = Self { gateway, caller: As::role(ROLE).of(INSTITUTION), ids: Vec::new() };
        fixture.ids = fixture.learn_ids(rows).await;
        fixture
    }

    /// The reply to a request, as text.
    pub(super) async fn ask(&self, request: &Value) -> String {
        let body = self.ids.iter().fold(request.to_string(), |body, (name, id)| body.replace(name, id));
        let post = self.gateway.post(&self.caller).header("Content-Type", "application/json").body(body);
        let reply = self.gateway.send(post).await.text;
        self.ids.iter().fold(reply, |reply, (name, id)| reply.replace(id, name))
    }

    /// The caller's schema.
    pub(super) async fn sdl(&self) -> String {
        let viewer = self.ask(&json!({ "query": "{ viewer { grants { dataset tier } } }" })).await;
        let viewer: Value = serde_json::from_str(&viewer).expect("the viewer is JSON");
        let grants = viewer["data"]["viewer"]["grants"].as_array().expect("grants are a list").clone();
        let tier = |dataset: &Dataset| {
            let grant = grants.iter().find(|grant| grant["dataset"] == dataset.name)?;
            let tier = grant["tier"].as_str().unwrap_or_default().to_lowercase();
            Tier::ALL.into_iter().find(|it| it.name() == tier)
        };
        let tables = |dataset: &Dataset| Some(Tabled { tier: tier(dataset)?, months: false });
        let visible = Visible::new(tier, tables, true);
        sdl(&model(&visible)).expect("the model is whole")
    }

    /// Ids of rows and youths are the caller's own: they are asked for.
    async fn learn_ids(&self, rows: &Rows) -> Vec<(String, String)> {
        let query =
            "{ Placement: placements { nodes { id youth { id } } } CapacityReport: capacityReports { nodes { id } } }";
        let reply: Value = serde_json::from_str(&self.ask(&json!({ "query": query })).await).expect("ids are JSON");
        let text = |value: &Value| value.as_str().expect("ids and names are text").to_owned();
        let mut ids = Vec::new();
        for (dataset, rows) in &rows.rows {
            let visible = rows.as_array().into_iter().flatten();
            let visible = visible.filter(|row| row.get("institution").is_none_or(|it| it == INSTITUTION));
            let nodes = reply["data"][dataset]["nodes"].as_array().expect("all rows have ids");
            for (row, node) in visible.zip(nodes) {
                ids.push((format!("{dataset}:{}:{}", text(&row["source"]), row["id"]), text(&node["id"])));
                if let Some(youth) = row.get("youth") {
                    ids.push((format!("youth:{}", text(youth)), text(&node["youth"]["id"])));
                }
            }
        }
        ids
    }
}

fn setup(source: &Source, rows: &Rows) -> SourceSetup {
    let datasets: Vec<_> = source.datasets.iter().map(|name| dataset(name)).collect();
    let rows = stored(source, rows).filter(fits);
    SourceSetup::of_provider(&source.name, &source.holder).holding(&datasets).rows(rows)
}

/// Has the row a value wherever one must be?
fn fits(row: &Row) -> bool {
    let fields = row.dataset.fields.iter();
    fields.filter(|field| !field.nullable).all(|field| row.values.get(field.column) != Some(&Stored::Null))
}

fn stored<'r>(source: &'r Source, rows: &'r Rows) -> impl Iterator<Item = Row> + 'r {
    source.datasets.iter().flat_map(move |name| {
        let rows = rows.rows[name].as_array().into_iter().flatten();
        rows.filter(|row| row["source"] == source.name.as_str()).map(|row| to_stored(dataset(name), row))
    })
}

/// From the schema's words to a source's.
fn to_stored(dataset: &'static Dataset, row: &Value) -> Row {
    dataset.fields.iter().fold(Row::of(dataset), |stored, field| {
        let value = match (field.kind, &row[camel(field.name)]) {
            (Kind::Code(list), Value::String(value)) => {
                Stored::Text(list.by_value(value).expect("the code is of its list").code.to_owned())
            }
            (_, Value::String(text)) => Stored::Text(text.clone()),
            (_, Value::Bool(value)) => Stored::Integer((*value).into()),
            (_, Value::Number(number)) => Stored::Integer(number.as_i64().expect("numbers are whole")),
            _ => Stored::Null,
        };
        stored.with(field.column, value)
    })
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| camel + &word[..1].to_uppercase() + &word[1..])
}
