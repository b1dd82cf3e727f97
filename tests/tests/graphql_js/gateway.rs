//! The gateway that the cases are asked of: made-up rows in SQLite files, one source that cannot be opened, one caller.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use chrono::DateTime;
use entities::{Dataset, Kind};
use migration::create_tables;
use regiograph::{
    app::{App, Setup, World},
    auth::{DemoIssuer, Wanted},
    clock::Clock,
    graphql::schema::Limits,
    http,
    opaque::Master,
    policy::{Claim, Policy},
    query::Holder,
    source::sqlite::Settings,
};
use sea_orm_migration::sea_orm::Database;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

const ROLE: &str = "certified_institution";
const INSTITUTION: &str = "GI01";
/// Keys of a test protect nothing; a fixed one keeps ids alike from run to run.
const MASTER: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// As of 2025-07-01.
const NOW: i64 = 1_751_328_000;

/// What `rows.json` holds.
#[derive(Deserialize)]
struct Fixture {
    sources: Vec<FixtureSource>,
    rows: Map<String, Value>,
}

#[derive(Deserialize)]
struct FixtureSource {
    name: String,
    holder: String,
    datasets: Vec<String>,
    #[serde(default)]
    unavailable: bool,
}

/// A gateway that listens.
pub(crate) struct Gateway {
    /// Its schema for the caller.
    pub(crate) sdl: String,
    address: String,
    token: String,
    client: reqwest::Client,
    /// What the cases call an id, and the id that the caller was given.
    ids: Vec<(String, String)>,
    _files: tempfile::TempDir,
}

impl Gateway {
    /// Starts one over the rows of `rows.json`.
    pub(crate) async fn start(rows: &str) -> Result<Self> {
        let fixture: Fixture = serde_json::from_str(rows)?;
        let files = tempfile::tempdir()?;
        let world =
            World { clock: Clock::fixed(DateTime::from_timestamp(NOW, 0).context("a moment")?), ..World::real() };
        let demo =
            DemoIssuer::from_file_or_create(&files.path().join("issuer.pem"), world.clock.clone(), &world.random)?;
        let policy = Policy::embedded();
        let wanted = Wanted {
            role: ROLE,
            scopes: &[(Claim::Institution, INSTITUTION)],
            organisation: None,
            purpose: "monitoring",
            ttl: Duration::from_secs(3600),
        };
        let token = demo.token(&wanted, &policy, &|_, _| true, &world.random)?;
        let setup = Setup {
            store: files.path().join("store.sqlite"),
            sources: sources(&fixture, files.path()).await?,
            policy,
            master: Master::from_text(MASTER, "the test")?,
            issuer: demo.issuer(Duration::ZERO),
            limits: Limits { depth: 20, aliases: 100, directives: 10 },
            personas: None,
            world,
        };
        let app = App::start(setup).await?;
        let caller =
            http::Gateway::authenticate(&*app, Some(&format!("Bearer {token}"))).map_err(anyhow::Error::msg)?;
        let sdl = app.gateway().access(&caller).map_err(|it| anyhow::anyhow!(it.message))?.schema.schema.sdl();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}/graphql", listener.local_addr()?);
        tokio::spawn(http::serve(listener, http::router(Arc::clone(&app) as _), std::future::pending()));
        let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build()?;
        let mut gateway = Self { sdl, address, token, client, ids: Vec::new(), _files: files };
        gateway.ids = gateway.learn_ids(&fixture).await?;
        Ok(gateway)
    }

    /// Asks, in the cases' own names for ids, and gives the reply in them.
    pub(crate) async fn ask(&self, request: &Value) -> Result<String> {
        let mut body = request.to_string();
        for (name, id) in &self.ids {
            body = body.replace(name, id);
        }
        let request = self.client.post(&self.address).bearer_auth(&self.token);
        let request = request.header("Content-Type", "application/json").header("Accept", "application/json");
        let mut reply = request.body(body).send().await?.text().await?;
        for (name, id) in &self.ids {
            reply = reply.replace(id, name);
        }
        Ok(reply)
    }

    /// Asks for the ids of all rows and youths, which are the caller's own.
    async fn learn_ids(&self, fixture: &Fixture) -> Result<Vec<(String, String)>> {
        let query =
            "{ Placement: placements { nodes { id youth { id } } } CapacityReport: capacityReports { nodes { id } } }";
        let reply: Value = serde_json::from_str(&self.ask(&json!({ "query": query })).await?)?;
        let mut ids = Vec::new();
        for (dataset, rows) in &fixture.rows {
            let visible = rows.as_array().into_iter().flatten();
            let visible = visible.filter(|row| row.get("institution").is_none_or(|it| it == INSTITUTION));
            let nodes = reply["data"][dataset]["nodes"].as_array().with_context(|| reply.to_string())?;
            for (row, node) in visible.zip(nodes) {
                let id = |value: &Value| value.as_str().map(str::to_owned).context("an id is a string");
                ids.push((format!("{dataset}:{}:{}", id(&row["source"])?, row["id"]), id(&node["id"])?));
                if let Some(youth) = row.get("youth") {
                    ids.push((format!("youth:{}", id(youth)?), id(&node["youth"]["id"])?));
                }
            }
        }
        Ok(ids)
    }
}

async fn sources(fixture: &Fixture, folder: &Path) -> Result<Vec<Settings>> {
    let mut sources = Vec::new();
    for source in &fixture.sources {
        let datasets = source.datasets.iter().map(|name| entities::by_name(name).context("no such dataset"));
        let datasets = datasets.collect::<Result<Vec<_>>>()?;
        let path = folder.join(format!("{}.sqlite", source.name));
        if !source.unavailable {
            let connection = Database::connect(format!("sqlite://{}?mode=rwc", path.display())).await?;
            create_tables(&connection, &datasets).await?;
            connection.close().await?;
            fill(&path, &source.name, &datasets, fixture)?;
        }
        sources.push(Settings::new(&source.name, Holder::Provider(source.holder.as_str().into()), path, datasets));
    }
    Ok(sources)
}

fn fill(path: &Path, source: &str, datasets: &[&'static Dataset], fixture: &Fixture) -> Result<()> {
    // Sources are others' databases: one may hold a NULL where the contract has none.
    rusqlite::Connection::open(path)?.execute_batch(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL', '') WHERE type = 'table';",
    )?;
    let connection = rusqlite::Connection::open(path)?;
    for dataset in datasets {
        let rows = fixture.rows[dataset.name].as_array().context("rows are a list")?;
        for row in rows.iter().filter(|row| row["source"] == source) {
            insert(&connection, dataset, row)?;
        }
    }
    Ok(())
}

/// Inserts a row that is written in the schema's words.
fn insert(connection: &rusqlite::Connection, dataset: &Dataset, row: &Value) -> Result<()> {
    let mut columns = vec!["updated_at"];
    let mut values = vec![Value::from("2025-06-01 00:00:00")];
    if dataset.youth().is_some() {
        columns.push("youth_key");
        values.push(Value::from(0));
    }
    for field in &dataset.fields {
        let value = &row[camel(field.name)];
        let code = field.kind.codes().zip(value.as_str()).and_then(|(list, value)| list.by_value(value));
        columns.push(field.column);
        values.push(match (field.kind, value) {
            (Kind::Code(_), Value::String(_)) => Value::from(code.context("no such code")?.code),
            _ => value.clone(),
        });
    }
    let places = vec!["?"; columns.len()].join(", ");
    let statement = format!("INSERT INTO {} ({}) VALUES ({places})", dataset.table, columns.join(", "));
    let values = values.into_iter().map(|value| match value {
        Value::Bool(value) => value.into(),
        Value::Number(number) => number.as_i64().into(),
        Value::String(text) => text.into(),
        _ => rusqlite::types::Value::Null,
    });
    connection.execute(&statement, rusqlite::params_from_iter(values))?;
    Ok(())
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| camel + &word[..1].to_uppercase() + &word[1..])
}
