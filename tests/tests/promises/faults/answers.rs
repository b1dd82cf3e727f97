//! Answers that are none, of sources that no database is: each takes its own rows alone, and no page repeats a row.

use regiograph::source::{Failure, Record, Select};
use regiograph_tests::{
    fault::{Kind, Sqlite},
    gateway::{Gateway, Setup},
    leaks::Quiet,
    row::{self, dataset},
    scripted::{Scripted, answer, record},
    trouble,
};
use serde_json::{Value, json};

use super::{LIST, guardian, of, others, source, told};

/// Three days a month, long before all others.
const EARLY: [(i64, &str); 6] =
    [(1, "2024-01-01"), (2, "2024-01-02"), (3, "2024-01-03"), (4, "2024-02-01"), (5, "2024-02-02"), (6, "2024-02-03")];

async fn beside(
    script: impl Fn(&Select, usize) -> Option<Result<Vec<Record>, Failure>> + Send + Sync + 'static,
) -> Gateway {
    Setup::of(others()).beside(Scripted::source("beta", script)).start().await
}

#[tokio::test]
async fn of_a_source_that_is_killed_in_the_middle_the_rows_that_came_stay_and_later_ones_are_missing() {
    let gateway = beside(|select, _| {
        let many: Vec<_> = (1..=30).map(|it| (it, format!("2024-01-{it:02}"))).collect();
        let many: Vec<_> = many.iter().map(|(id, day)| (*id, day.as_str())).collect();
        Some(if select.after.is_none() { Ok(answer(select, &many)) } else { Err(Failure::Unreachable) })
    })
    .await;
    gateway.ask(&guardian(), "{ viewer { role } }").await;
    let quiet = Quiet::now();
    // So many that the page takes more of it than comes first.
    let first = gateway.ask_with(&guardian(), LIST, json!({ "first": 16 })).await;
    let list = &first.data()["placements"];
    let came = of(list).iter().take_while(|it| **it == "beta").count();
    assert!((1..16).contains(&came), "{}", first.text);
    assert_eq!(of(list)[came..], ["alpha", "gamma", "alpha", "gamma", "alpha", "gamma"]);
    assert_eq!((&told(list, "beta")["status"], &list["totalCount"]), (&json!("UNREACHABLE"), &Value::Null));
    let after = &list["pageInfo"]["endCursor"];
    let second = gateway.ask_with(&guardian(), LIST, json!({ "first": 16, "after": after })).await;
    let list = &second.data()["placements"];
    assert_eq!((of(list).len(), &told(list, "beta")["status"]), (0, &json!("MISSED")), "{}", second.text);
    quiet.returns(&gateway).await;
}

#[tokio::test]
async fn rows_out_of_order_are_cut_where_the_order_ends() {
    let gateway = beside(|select, _| {
        let days = [(1, "2024-01-01"), (2, "2024-01-02"), (3, "2023-12-31"), (4, "2024-02-01")];
        Some(Ok(days.map(|(id, day)| record(select, id, day)).to_vec()))
    })
    .await;
    let reply = gateway.ask(&guardian(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!(of(list)[..3], ["beta", "beta", "alpha"]);
    assert_eq!(told(list, "beta")["status"], "MALFORMED");
    assert!(!reply.text.contains("2023-12-31"));
}

#[tokio::test]
async fn a_row_that_comes_twice_is_shown_once_and_said() {
    let gateway = beside(|select, _| {
        Some(Ok([(1, "2024-01-01"), (1, "2024-01-01"), (2, "2024-01-02")]
            .map(|(id, day)| record(select, id, day))
            .into()))
    })
    .await;
    let reply = gateway.ask(&guardian(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!(of(list).iter().filter(|it| **it == "beta").count(), 1, "{}", reply.text);
    assert_eq!(told(list, "beta")["status"], "MALFORMED");
}

#[tokio::test]
async fn rows_of_another_form_than_was_asked_for_are_malformed() {
    let gateway = beside(|select, _| {
        let whole = record(select, 1, "2024-01-01");
        Some(Ok(vec![Record { values: Box::default(), ..whole }]))
    })
    .await;
    let reply = gateway.ask(&guardian(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!((of(list).len(), &told(list, "beta")["status"]), (6, &json!("MALFORMED")));
}

#[tokio::test]
async fn the_same_rows_again_and_again_end_with_the_first_time() {
    // It does not know what "after" means.
    let gateway = beside(|select, _| Some(Ok(answer(&Select { after: None, ..select.clone() }, &EARLY)))).await;
    let reply = gateway.ask_with(&guardian(), LIST, json!({ "first": 8 })).await;
    let list = &reply.data()["placements"];
    let days: Vec<_> = list["nodes"].as_array().into_iter().flatten().map(|it| it["startedOn"].as_str()).collect();
    assert!(days.windows(2).all(|pair| pair[0] < pair[1]), "{days:?}");
    assert_eq!(told(list, "beta")["status"], "MALFORMED");
}

#[tokio::test]
async fn a_null_in_a_key_of_the_order_is_lowest_and_one_in_the_id_is_malformed() {
    let gateway = Gateway::over([source(&Sqlite, "beta", 2), source(&Sqlite as &dyn Kind, "gamma", 3)]).await;
    let row = row::Row::of(dataset("Placement")).with("institution", "GI01".to_owned());
    trouble::insert_loosely(&gateway.file("beta"), &row.clone().with("id", 9_i64).with("started_on", row::null()));
    let reply = gateway.ask(&guardian(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!((&told(list, "beta")["status"], of(list).len()), (&json!("ANSWERED"), 7), "{}", reply.text);
    assert_eq!(list["nodes"][0], json!({ "startedOn": null, "source": { "name": "beta" } }));
    row::execute(&gateway.file("beta"), "UPDATE placement SET id = NULL WHERE id = 9");
    let reply = gateway.ask(&guardian(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!((&told(list, "beta")["status"], of(list).len()), (&json!("MALFORMED"), 3), "{}", reply.text);
}
