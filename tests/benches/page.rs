//! The benchmark: a page of 100 placements over several SQLite sources, policy on, against SQL that makes the same JSON
//! inside SQLite on one database with all rows. Both are servers of their own, asked in turn in one run, so that the
//! ratio holds on a noisy machine.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

#[path = "page/client.rs"]
mod client;
#[path = "page/load.rs"]
mod load;
#[path = "page/reference.rs"]
mod reference;
#[path = "page/servers.rs"]
mod servers;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use regiograph::demo::{Generate, generate};

use self::{
    load::{Measured, PAGES, TABLES, measure},
    servers::Server,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rows in all, whatever the number of sources.
const ROWS: u64 = 900_000;
/// The page whose cost is compared with that of the first.
const FAR: usize = 500;
/// Rounds in which every server is asked in turn.
const ROUNDS: usize = 25;
/// Rounds of tables.
const TABLE_ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("serve-gateway") => servers::gateway(Path::new(argument(&arguments)?)).await,
        Some("serve-reference") => reference::serve(Path::new(argument(&arguments)?)).await,
        _ => compare().await,
    }
}

fn argument(arguments: &[String]) -> anyhow::Result<&str> {
    arguments.get(2).map(String::as_str).context("a server needs its file")
}

async fn compare() -> anyhow::Result<()> {
    let few = sources(3)?;
    let many = sources(42)?;
    let whole = few.with_file_name("whole.sqlite");
    // Before the servers start: it makes the keys that they share, and the store that the reference joins with.
    let token = servers::token(&few).await?;
    servers::share_keys(&few, &many)?;
    let three = Server::start("serve-gateway", &few)?;
    let forty_two = Server::start("serve-gateway", &many)?;
    let one_database = Server::start("serve-reference", &whole)?;

    let first = servers::question(None, servers::SINCE);
    let rows = servers::rows(&client::once(three.address, &first, &token).await?)?;
    let same = servers::rows(&client::once(one_database.address, &first, &token).await?)?;
    if let Some(place) = rows.iter().zip(&same).position(|(a, b)| a != b) {
        bail!("the gateway and the reference differ in row {place}: {} and {}", rows[place], same[place]);
    }
    let cursor = servers::cursor_of_page(three.address, FAR, &token).await?;
    let far = servers::question(Some(&cursor), servers::SINCE);

    let table = servers::table();
    let groups = servers::groups(&client::once(three.address, &table, &token).await?)?;
    let same = servers::groups(&client::once(one_database.address, &table, &token).await?)?;
    if groups != same {
        bail!("the gateway's table and the reference's differ: {groups:?} and {same:?}");
    }

    let (mut table_of_three, mut table_of_one) = (Measured::default(), Measured::default());
    let mut of_three = Measured::default();
    let mut of_new = Measured::default();
    let mut of_far = Measured::default();
    let mut of_forty_two = Measured::default();
    let mut of_one = Measured::default();
    for _ in 0..ROUNDS {
        of_three.add(measure(PAGES, three.address, |_| first.clone(), &token).await?);
        of_far.add(measure(PAGES, three.address, |_| far.clone(), &token).await?);
        of_one.add(measure(PAGES, one_database.address, |_| first.clone(), &token).await?);
        of_new
            .add(measure(PAGES, three.address, |number| servers::question(None, &servers::day(number)), &token).await?);
        of_forty_two.add(measure(PAGES, forty_two.address, |_| first.clone(), &token).await?);
    }
    for _ in 0..TABLE_ROUNDS {
        table_of_three.add(measure(TABLES, three.address, |_| table.clone(), &token).await?);
        table_of_one.add(measure(TABLES, one_database.address, |_| table.clone(), &token).await?);
    }
    println!("a page of 100 placements × 14 fields, filter, order, two links; {ROWS} rows in all; 16 connections\n");
    of_three.print("3 sources, page 1", three.memory()?);
    of_new.print("3 sources, always a new question", three.memory()?);
    of_far.print(&format!("3 sources, page {FAR}"), three.memory()?);
    of_forty_two.print("42 sources, page 1", forty_two.memory()?);
    of_one.print("one database, SQL makes the JSON", one_database.memory()?);
    println!("\na table of the same placements by authorisation and year: rows, youths, average; 2 connections\n");
    table_of_three.print("3 sources, table", three.memory()?);
    table_of_one.print("one database, table", one_database.memory()?);
    println!();
    println!("3 sources to one database (at least 1.0): {:.2}", of_three.ratio(&of_one));
    println!("the same, always a new question:          {:.2}", of_new.ratio(&of_one));
    println!("page {FAR} to page 1 (at least 0.9):         {:.2}", of_far.ratio(&of_three));
    println!("42 sources to 3:                          {:.2}", of_forty_two.ratio(&of_three));
    println!("a table, 3 sources to one database:       {:.2}", table_of_three.ratio(&table_of_one));
    Ok(())
}

/// The configuration of so many generated sources; made where they are not there yet.
fn sources(count: usize) -> anyhow::Result<PathBuf> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{count}"));
    let rows = ROWS / count as u64;
    let made = dir.join(format!("{rows}.made"));
    let config = dir.join("regiograph.toml");
    if !made.exists() {
        println!("making {count} sources of {rows} rows in {}", dir.display());
        generate(Generate { dir: &dir, sources: count, rows, whole: count == 3 })?;
        std::fs::write(made, "")?;
    }
    Ok(config)
}
