//! What is shown is at most 9 beside the true number, and what has fewer than 10 youths is hidden: held against the exact
//! tables of a role that is granted every row.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use regiograph::{
    app::{
        App, Foundation, World as Surroundings,
        commands::{self, Who},
    },
    clock::Clock,
    config::Config,
    http,
    policy::Policy,
    release::Secret,
};
use regiograph_tests::{caller::As, gateway::Setup, matrix::POLICY, selection::camel};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime};

use super::{World, dimensions, placement, sources, world};

/// A policy that grants a ministry every placement, exact.
fn policy() -> String {
    let (before, after) = POLICY.split_once("name = \"ministry\"").expect("there is a ministry");
    let after = after.replacen("[role.cells]\n", "[role.cells]\nplacement = \"A/indirect\"\n", 1);
    format!("{before}name = \"ministry\"{after}")
}

/// By the text of a group's key, its rows and youths.
fn by_key(groups: &Value, key: &[String]) -> BTreeMap<String, (Option<i64>, Option<i64>)> {
    let text = |group: &Value| key.iter().map(|it| group[it].to_string()).collect::<Vec<_>>().join(" ");
    let numbers = |group: &Value| (group["rows"].as_i64(), group["youths"].as_i64());
    groups.as_array().into_iter().flatten().map(|it| (text(it), numbers(it))).collect()
}

/// Asks as the ministry, for the data of an answer.
type Ask<'a> = &'a dyn Fn(&str) -> Value;

/// A release, by its id, and the first and the last day of its period.
type Days = (&'static str, &'static str, &'static str);

/// Which cells are compared: the period, and by what they are grouped.
struct Compared {
    period: Days,
    by: Vec<(String, String)>,
    is_open: bool,
}

fn assert_close(
    exact: Ask<'_>,
    released: Ask<'_>,
    Compared { period: (id, from, until), by, is_open }: &Compared,
) -> (usize, usize) {
    let axes: Vec<_> = by.iter().map(|(axis, _)| axis.as_str()).collect();
    let key: Vec<_> = by.iter().map(|(_, shown)| shown.clone()).collect();
    let (axes, fields) = (axes.join(" "), key.join(" "));
    let of = |ask: Ask<'_>, view: &str, which: String| {
        let asked = format!(
            "{{ table: placementStatistics(view: {view}, groupBy: [{axes}], {which}) {{ groups {{ {fields} rows youths }} }} }}"
        );
        by_key(&ask(&asked)["table"]["groups"], &key)
    };
    let truth = match is_open {
        true => of(exact, "OWN", format!("openOn: \"{until}\"")),
        false => of(exact, "OWN", format!("filter: {{ startedOn: {{ gte: \"{from}\", lte: \"{until}\" }} }}")),
    };
    let open = if *is_open { format!(", openOn: \"{until}\"") } else { String::new() };
    let shown = of(released, "RELEASED", format!("release: \"{id}\"{open}"));
    let (mut cells, mut hidden) = (0, 0);
    for (key, (rows, youths)) in &shown {
        let (true_rows, true_youths) = truth.get(key).copied().unwrap_or_default();
        let Some(youths) = youths else {
            hidden += 1;
            continue;
        };
        cells += 1;
        let true_youths = true_youths.unwrap_or(0);
        assert!(true_youths >= 10, "{axes} {id} {key}: {youths} shown of {true_youths}");
        assert!(youths.abs_diff(true_youths) <= 9, "{axes} {id} {key}: {youths} of {true_youths}");
        // Rows are perturbed in proportion to the youth with most of them: nobody has more than a few.
        let far = rows.map_or(0, |it| it.abs_diff(true_rows.unwrap_or_default()));
        assert!(far <= 9 * 12, "{axes} {id} {key}: {rows:?} of {true_rows:?}");
    }
    for (key, (_, youths)) in &truth {
        let is_null = key.contains("null") && !shown.contains_key(key);
        assert!(is_null || shown.contains_key(key), "{axes} {id}: no cell {key} of {youths:?}");
    }
    (cells, hidden)
}

/// Compares all cells of placements in these releases: how many are shown, and how many are hidden.
fn assert_all_close(exact: Ask<'_>, released: Ask<'_>, periods: &[Days]) -> (usize, usize) {
    let axis = |name: &str, shown: &str| (name.to_owned(), shown.to_owned());
    let areas = [
        None,
        Some(axis("REGION", "regionCode")),
        Some(axis("SUPRA_REGION", "supraRegionCode")),
        Some(axis("MUNICIPALITY", "municipalityCode")),
    ];
    let dimensions: Vec<_> = dimensions(placement()).map(|it| Some((it.name.to_uppercase(), camel(it.name)))).collect();
    let (mut cells, mut hidden) = (0, 0);
    let mut compare = |period: Days, by: Vec<(String, String)>, is_open: bool| {
        let (shown, not) = assert_close(exact, released, &Compared { period, by, is_open });
        cells += shown;
        hidden += not;
    };
    for period in periods {
        let has_municipalities = period.0.len() == 4;
        let areas = areas.iter().filter(|it| has_municipalities || it.as_ref().is_none_or(|it| it.0 != "MUNICIPALITY"));
        for area in areas {
            for dimension in std::iter::once(&None).chain(&dimensions) {
                for is_open in [false, true] {
                    compare(*period, area.iter().chain(dimension).cloned().collect(), is_open);
                }
            }
        }
        compare(*period, vec![axis("STARTED_ON_MONTH", "startedOnMonth")], false);
    }
    (cells, hidden)
}

#[test]
fn every_shown_number_is_at_most_nine_beside_the_true_one_and_none_of_fewer_than_ten_is_shown() {
    let released = world();
    let exact = {
        let runtime = Runtime::new().expect("there is a runtime");
        let gateway = runtime.block_on(Setup::of(sources()).policy(policy()).start());
        World { runtime, gateway }
    };
    let ministry = As::role("ministry");
    let periods = [("2025Q4", "2025-10-01", "2025-12-31"), ("2025", "2025-01-01", "2025-12-31")];
    let (cells, hidden) = assert_all_close(
        &|query| exact.ask(&ministry, query).data().clone(),
        &|query| released.ask(&ministry, query).data().clone(),
        &periods,
    );
    assert!(cells > 200 && hidden > cells, "{cells} shown, {hidden} hidden");
}

/// The demonstration in a folder, under the policy that shows a ministry every placement.
fn demonstration(folder: &std::path::Path) -> Foundation {
    let moment = "2026-11-22T12:00:00Z".parse().expect("a moment");
    let world = Surroundings { clock: Clock::fixed(moment), ..Surroundings::real() };
    let config = Config::within(folder);
    let policy = Policy::parse(&policy(), "policy.toml").expect("the test's policy holds");
    Foundation { file: None, config, demonstration: true, policy, world }
}

#[test]
fn a_release_of_the_demonstration_is_as_close_to_its_rows() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let foundation = demonstration(folder.path());
    let runtime = Runtime::new().expect("there is a runtime");
    let (address, token) = runtime.block_on(async {
        let app = App::start(foundation.setup().expect("the demonstration can be made")).await;
        let app = app.expect("the demonstration starts");
        let periods = ["2024".parse().expect("a period")];
        app.release(&periods, &Arc::new(Secret::new(&[7; 32])), 31).await.expect("all sources answer");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        tokio::spawn(http::serve(listener, http::router(app as Arc<dyn http::Gateway>), std::future::pending()));
        let who = Who { organisation: Some("VWS".to_owned()), ..Who::new("ministry") };
        let token =
            commands::token(&foundation, &who, Duration::from_secs(600)).await.expect("the role is one of tokens");
        (format!("http://{address}/graphql"), token)
    });
    let client = Client::builder().timeout(Duration::from_secs(60)).build().expect("there is an HTTP client");
    let ask = |query: &str| {
        let request = client.post(&address).bearer_auth(&token).json(&json!({ "query": query }));
        let answer = runtime.block_on(async { request.send().await.expect("it answers").json::<Value>().await });
        let answer = answer.expect("answers are JSON");
        assert!(answer["errors"].is_null(), "{query}: {:.300}", answer.to_string());
        answer["data"].clone()
    };
    let (cells, hidden) = assert_all_close(&ask, &ask, &[("2024", "2024-01-01", "2024-12-31")]);
    assert!(cells > 20 && hidden > cells, "{cells} shown, {hidden} hidden");
}
