//! Every row is read once, and says who holds it.

use std::collections::BTreeSet;

use entities::by_name;

use super::*;
use crate::{
    demo::{Generate, generate},
    query::Holder,
    source::{self, Settings},
};

#[tokio::test]
async fn every_row_is_read_once_in_however_many_parts() {
    let folder = tempfile::tempdir().unwrap();
    let made = generate(Generate { dir: folder.path(), sources: 1, rows: 300, whole: false }).unwrap();
    let placement = by_name("Placement").unwrap();
    let settings = Settings::new("one", Holder::Provider("ALMATA".into()), &made.sources[0], vec![placement]);
    let sources = Sources::new(vec![source::open(settings)]);
    let periods = ["2021", "2022"].map(|it| it.parse().unwrap());
    let read = observe(&Vocabulary::of(placement), &periods, &sources, &Grant::for_release(placement)).await.unwrap();
    let file = rusqlite::Connection::open(&made.sources[0]).unwrap();
    let mut statement = file
        .prepare(
            "SELECT youth_key, started_on, ended_on FROM placement WHERE started_on <= '2022-12-31' \
             AND (started_on >= '2021-01-01' OR ended_on IS NULL OR ended_on > '2021-12-31')",
        )
        .unwrap();
    let date = |text: String| text.parse::<Date>().unwrap();
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, i64>(0)?, date(row.get(1)?), row.get::<_, Option<String>>(2)?.map(date)))
    });
    let mut expected: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
    let mut seen: Vec<_> = read.iter().map(|it| (it.youth, it.from, it.until)).collect();
    expected.sort_unstable();
    seen.sort_unstable();
    assert!(seen.len() > 2 * ROWS_MOST && seen == expected, "{} of {}", seen.len(), expected.len());
    assert!(read.iter().map(|it| &it.region).collect::<BTreeSet<_>>().len() > 1);
}

#[tokio::test]
async fn a_holder_of_several_sources_is_one_holder() {
    let folder = tempfile::tempdir().unwrap();
    let made = generate(Generate { dir: folder.path(), sources: 1, rows: 20, whole: false }).unwrap();
    let placement = by_name("Placement").unwrap();
    let source = |(name, holder): (&str, &str)| -> Arc<dyn Source> {
        let holder = Holder::Provider(holder.into());
        source::open(Settings::new(name, holder, &made.sources[0], vec![placement]))
    };
    let sources = [("a", "ELKER"), ("b", "ALMATA"), ("c", "HORIZON"), ("d", "ALMATA")].map(source);
    let sources = Sources::new(sources.into());
    let periods = ["2021", "2022"].map(|it| it.parse().unwrap());
    let read = observe(&Vocabulary::of(placement), &periods, &sources, &Grant::for_release(placement)).await.unwrap();
    let mut rows = std::collections::BTreeMap::new();
    read.iter().for_each(|it| *rows.entry(it.source).or_insert(0) += 1);
    let [elker, almata, horizon] = [0, 1, 2].map(|number| rows.get(&number).copied().unwrap_or_default());
    assert!(elker > 0 && elker == horizon && almata == 2 * elker, "{rows:?}");
}
