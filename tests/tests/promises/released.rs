//! Tables of releases, as they are asked for: the same for everyone, all codes there, nothing told beside them.

mod beside;
mod cells;
mod close;
mod order;
mod same;
mod versions;
mod wrong;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use entities::{Dataset, Field, Kind, Tier, datasets};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, Setup, SourceSetup},
    row::{Row, dataset},
    selection::{camel, one},
};
use rusqlite::types::Value as Stored;
use serde_json::Value;
use tokio::runtime::Runtime;

/// Regions with some of their municipalities, and of 16 youths how many come from there: JZ10 has very few.
const REGIONS: [(&str, &[&str], u64); 5] = [
    ("JZ36", &["GM0748", "GM1674"], 8),
    ("JZ34", &["GM0758", "GM0826"], 4),
    ("JZ38", &["GM0654", "GM0664"], 2),
    ("JZ01", &["GM0014", "GM0037"], 1),
    ("JZ10", &["GM0375"], 1),
];

/// The periods that releases are made of.
const PERIODS: [&str; 3] = ["2025Q3", "2025Q4", "2025"];

/// A gateway with its releases, for all tests that change nothing of it.
struct World {
    runtime: Runtime,
    gateway: Gateway,
}

/// The one of this run, while any test has it: a test asks for it once.
fn world() -> Arc<World> {
    static WORLD: Mutex<Weak<World>> = Mutex::new(Weak::new());
    let mut known = WORLD.lock().unwrap_or_else(PoisonError::into_inner);
    known.upgrade().unwrap_or_else(|| {
        let runtime = Runtime::new().expect("there is a runtime");
        let gateway = runtime.block_on(async {
            let gateway = Setup::of(sources()).start().await;
            gateway.release(&PERIODS).await.expect("all sources answer");
            gateway
        });
        let made = Arc::new(World { runtime, gateway });
        *known = Arc::downgrade(&made);
        made
    })
}

impl World {
    fn ask(&self, caller: &As, query: &str) -> Reply {
        self.runtime.block_on(self.gateway.ask(caller, query))
    }

    /// The table that everyone is shown.
    fn table(&self, dataset: &Dataset, arguments: &str, fields: &str) -> Value {
        self.ask(&As::public(), &query(dataset, arguments, fields)).data()["table"].clone()
    }

    fn groups(&self, dataset: &Dataset, arguments: &str, fields: &str) -> Vec<Value> {
        self.table(dataset, arguments, fields)["groups"].as_array().cloned().unwrap_or_default()
    }
}

/// A released table with these fields of its groups.
fn query(dataset: &Dataset, arguments: &str, fields: &str) -> String {
    format!(
        "{{ table: {}Statistics(view: RELEASED, {arguments}) \
           {{ groups {{ {fields} }} publishable completeness {{ complete }} release {{ id period }} }} }}",
        one(dataset)
    )
}

/// The datasets that are released.
fn persons() -> impl Iterator<Item = &'static Dataset> {
    datasets().iter().filter(|it| it.youth().is_some())
}

/// What released tables are broken down by.
fn dimensions(dataset: &'static Dataset) -> impl Iterator<Item = &'static Field> {
    dataset.fields.iter().filter(|it| it.groups)
}

/// The numbers of a group, all of them.
fn numbers(dataset: &Dataset) -> String {
    let measures = measured(dataset).map(|it| format!("{} {{ sum average median p90 min max }}", camel(it.name)));
    format!("rows youths suppressed {}", measures.collect::<Vec<_>>().join(" "))
}

/// The fields that releases measure.
fn measured(dataset: &Dataset) -> impl Iterator<Item = &Field> {
    dataset.fields.iter().filter(|it| it.kind == Kind::Int && it.tier <= Tier::Indirect)
}

/// A number that looks drawn and is the same in every run.
fn drawn(seed: u64, most: u64) -> u64 {
    let mixed = (seed.wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 32)) % most
}

/// Three holders, over which youths recur.
fn sources() -> [SourceSetup; 3] {
    let rows = |place: u64| {
        persons().flat_map(move |it| {
            let many = if it.name == "Placement" { 1_500 } else { 300 };
            (0..many).map(move |number| row(it, place * 10_000 + number, many))
        })
    };
    let of = |(name, code), place| SourceSetup::of_provider(name, code).rows(rows(place));
    [of(("almata", "ALMATA"), 0), of(("horizon", "HORIZON"), 1), of(("jhf", "JHF"), 2)]
}

/// A row of 2025, about one of so many youths.
fn row(dataset: &'static Dataset, id: u64, youths: u64) -> Row {
    let youth = drawn(id, youths);
    let draw = |what: usize, most: u64| drawn(id * 1_000 + what as u64, most);
    let (region, municipalities) = region(youth);
    let mut row = Row::of(dataset)
        .with("id", id as i64)
        .with("youth", format!("youth-{youth}"))
        .with("youth_key", (youth * 7_919) as i64)
        .with("region", region.to_owned());
    for (place, field) in dataset.fields.iter().enumerate() {
        let column = field.column;
        if field.nullable && draw(place, 6) == 0 {
            continue;
        }
        match field.kind {
            Kind::Reference("Municipality") => {
                let code = municipalities[(youth % 2) as usize % municipalities.len()];
                row = row.with(column, code.to_owned());
            }
            Kind::Boolean if field.groups => row = row.with(column, draw(place, 2) as i64),
            Kind::Code(list) if field.groups => {
                let code = list.codes[draw(place, list.codes.len().min(4) as u64) as usize].code;
                row = row.with(column, code.to_owned());
            }
            Kind::Int => row = row.with(column, draw(place, 200) as i64),
            _ => {}
        }
    }
    dated(row, draw(900, 365), draw(901, 200))
}

fn region(youth: u64) -> (&'static str, &'static [&'static str]) {
    let mut place = youth % 16;
    for (region, municipalities, share) in REGIONS {
        if place < share {
            return (region, municipalities);
        }
        place -= share;
    }
    (REGIONS[0].0, REGIONS[0].1)
}

/// From a day of 2025 on, for so many days; for good, where they are many.
fn dated(row: Row, from: u64, days: u64) -> Row {
    let day =
        |number: u64| chrono::NaiveDate::from_yo_opt(2025, 1).map(|it| (it + chrono::Days::new(number)).to_string());
    let Some(period) = row.dataset.period else { return row };
    let column = |field: usize| row.dataset.fields[field].column;
    let (begins, ends) = (column(period.from), period.until.map(column));
    let row = row.with(begins, day(from).unwrap_or_default());
    let until = if days > 150 { Stored::Null } else { day(from + days + 1).map_or(Stored::Null, Stored::Text) };
    match ends {
        Some(ends) => row.with(ends, until),
        None => row,
    }
}

/// Placements: what most tests ask for.
fn placement() -> &'static Dataset {
    dataset("Placement")
}
