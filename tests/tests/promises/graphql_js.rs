//! The executor answers as graphql-js does: recorded cases over the same schema and rows. `graphql-js/record.mjs`
//! records them; this test needs no Node.

mod fixture;
mod json;

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use self::{fixture::Fixture, json::Json};

/// One request, as a file of `cases` has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Case {
    name: String,
    query: String,
    #[serde(default)]
    variables: Value,
    #[serde(default)]
    operation_name: Value,
}

/// What comes of a request.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Answer {
    /// It does not run: it does not parse, validate, or its variables do not fit.
    Refused(bool),
    /// It runs.
    Ran { data: Json, errors: Vec<Json> },
}

impl Answer {
    /// The order of errors says nothing: fields run at the same time.
    fn sorted(mut self) -> Self {
        if let Self::Ran { errors, .. } = &mut self {
            errors.sort_by_cached_key(ToString::to_string);
        }
        self
    }
}

/// A case that is answered otherwise than by graphql-js, and why that stays so.
#[derive(Deserialize)]
struct Known {
    reason: String,
    answer: Answer,
}

#[tokio::test]
async fn the_executor_answers_as_graphql_js_does() -> Result<()> {
    let gateway = Fixture::start(&parse("rows.json")?).await;
    let recorded: BTreeMap<String, Answer> =
        serde_json::from_str(&fs::read_to_string(cases_in().join("recorded.json"))?)?;
    let known: BTreeMap<String, Known> = parse("known.json")?;
    let mut wrong = Vec::new();
    let mut names = Vec::new();
    for case in cases()? {
        let request = json!({ "query": case.query, "variables": case.variables, "operationName": case.operation_name });
        let reply = gateway.ask(&request).await;
        let found = answer(&reply).with_context(|| format!("{}: {reply}", case.name))?;
        let theirs = recorded.get(&case.name).with_context(|| format!("{} is not recorded", case.name))?;
        let theirs = theirs.clone().sorted();
        let expected = known.get(&case.name).map_or(&theirs, |known| &known.answer);
        if found != *expected {
            wrong.push(format!("{}\n  {}\n  expected {}\n  found    {reply}", case.name, case.query, text(expected)));
        } else if known.contains_key(&case.name) && found == theirs {
            wrong.push(format!("{}: no longer differs; take it out of known.json", case.name));
        }
        names.push(case.name);
    }
    ensure!(wrong.is_empty(), "{} of {} cases:\n\n{}", wrong.len(), names.len(), wrong.join("\n\n"));
    let is_own = cases_in() == folder();
    let stray = recorded.keys().chain(known.keys().filter(|_| is_own)).find(|name| !names.contains(name));
    ensure!(stray.is_none(), "{stray:?} is recorded or known, but no case");
    ensure!(known.values().all(|known| !known.reason.is_empty()), "every known difference has a reason");
    ensure!(names.len() >= 200, "only {} cases", names.len());
    Ok(())
}

/// The recording is made from the files that this test compares; `REGIOGRAPH_RECORD=1` writes them anew.
#[tokio::test]
async fn the_recorded_schema_and_reference_data_are_the_gateways() -> Result<()> {
    let gateway = Fixture::start(&parse("rows.json")?).await;
    let reference = gateway.ask(&json!({ "query": read("reference.graphql")? })).await;
    for (file, content) in [
        ("schema.graphql", without_descriptions(&gateway.sdl().await)),
        ("reference.json", format!("{}\n", reference.replace("},{", "},\n{"))),
    ] {
        if std::env::var_os("REGIOGRAPH_RECORD").is_some() {
            fs::write(folder().join(file), &content)?;
        }
        let hint = "is not the gateway's; run this test with REGIOGRAPH_RECORD=1, then record.mjs";
        ensure!(fs::read_to_string(folder().join(file)).ok() == Some(content), "{file} {hint}");
    }
    Ok(())
}

#[tokio::test]
async fn a_refused_value_is_told_by_its_place_and_not_repeated() -> Result<()> {
    let gateway = Fixture::start(&parse("rows.json")?).await;
    let query = r#"{ placements(filter: { startedOn: { eq: "tomorrow" } }) { totalCount } }"#;
    let reply: Value = serde_json::from_str(&gateway.ask(&json!({ "query": query })).await)?;
    let message = r#"argument "filter", field "startedOn", field "eq" is not of type Date: a day such as "2025-01-31""#;
    ensure!(reply["errors"][0]["message"] == message, "{reply}");
    ensure!(reply["errors"][0]["locations"] == json!([{ "line": 1, "column": 22 }]), "{reply}");
    Ok(())
}

/// Where the cases and what is recorded of them stand: here, or where `REGIOGRAPH_CASES` says.
fn cases_in() -> PathBuf {
    std::env::var_os("REGIOGRAPH_CASES").map_or_else(folder, PathBuf::from)
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("graphql-js")
}

fn read(file: &str) -> Result<String> {
    fs::read_to_string(folder().join(file)).context(file.to_owned())
}

fn parse<T: for<'de> Deserialize<'de>>(file: &str) -> Result<T> {
    serde_json::from_str(&read(file)?).context(file.to_owned())
}

fn cases() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    let mut files = fs::read_dir(cases_in().join("cases"))?.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    for file in files {
        let more: Vec<Case> = serde_json::from_str(&fs::read_to_string(&file)?).context(file.display().to_string())?;
        cases.extend(more);
    }
    Ok(cases)
}

/// The gateway's reply, as far as graphql-js has an opinion on it: of each error its path and first location.
fn answer(reply: &str) -> Result<Answer> {
    let reply: Json = serde_json::from_str(reply)?;
    let errors = reply.member("errors").map_or(&[][..], Json::items);
    let Some(data) = reply.member("data") else {
        ensure!(!errors.is_empty(), "neither data nor errors");
        return Ok(Answer::Refused(true));
    };
    let errors = errors.iter().map(place).collect::<Option<_>>().context("an error without a place")?;
    Ok(Answer::Ran { data: data.clone(), errors }.sorted())
}

fn place(error: &Json) -> Option<Json> {
    let location = error.member("locations")?.items().first()?;
    let path = error.member("path")?;
    Some(Json::Object(vec![
        ("path".to_owned(), path.clone()),
        ("line".to_owned(), location.member("line")?.clone()),
        ("column".to_owned(), location.member("column")?.clone()),
    ]))
}

fn text(answer: &Answer) -> String {
    match answer {
        Answer::Refused(_) => "a refusal".to_owned(),
        Answer::Ran { data, errors } => format!("{data} {}", Json::List(errors.clone())),
    }
}

/// The schema without what says nothing to an executor.
fn without_descriptions(sdl: &str) -> String {
    let mut inside = false;
    let mut out = String::new();
    for line in sdl.lines() {
        let marks = line.matches("\"\"\"").count();
        if marks == 0 && !inside && !line.trim().is_empty() {
            out.push_str(line);
            out.push('\n');
        }
        inside ^= marks == 1;
    }
    out
}
