//! What is said arrives as it was said, whatever is asked; what is not known is named, and garbage is no panic.

use std::collections::BTreeSet;

use entities::FieldId;
use proptest::{prelude::*, sample::Index};

use super::*;
use crate::{
    policy::OnBehalf,
    query::{Direction, Facts, Holder, Linked, Operand, Predicate, Shown, Test},
    source::{
        Bound, Links, OpenOn, Record, Sum, Ties,
        fixture::{self, dataset, datum, field, operand, shown_predicate},
        node::link::Link,
    },
};

fn link() -> Link {
    Link::from_key(&[b"0123456789abcdef".as_slice(); 2].concat().try_into().unwrap())
}

/// Conditions on sources are settled before a source is asked.
fn here<T>(settle: impl FnOnce((&str, &Holder), &Facts) -> T) -> T {
    settle((fixture::NAMES[0], &fixture::holder(0)), &Facts::default())
}

fn kind_at(columns: &[Option<Operand>], place: usize) -> entities::Kind {
    dataset().fields[columns[place].as_ref().map_or(0, Operand::field)].kind
}

fn bound(columns: &[Option<Operand>], order: &[(usize, Direction)]) -> BoxedStrategy<Option<Bound>> {
    let keys: Vec<_> = order
        .iter()
        .map(|(place, _)| match columns[*place] {
            Some(_) => datum(kind_at(columns, *place)),
            None => prop_oneof![Just(Datum::Null), Just(Datum::Bool(true))].boxed(),
        })
        .collect();
    let ties =
        prop_oneof![Just(Ties::Within), Just(Ties::Without), any::<i64>().prop_map(|it| Ties::Beyond(it.into()))];
    prop::option::of((keys, ties).prop_map(|(keys, ties)| Bound { keys, ties })).boxed()
}

fn question() -> impl Strategy<Value = Select> {
    let columns = prop::collection::vec(operand(), 1..5);
    let ordered = prop::collection::vec((any::<Index>(), any::<bool>()), 0..3);
    (columns, shown_predicate(), ordered, 0..50_usize, any::<Option<Index>>()).prop_flat_map(
        |(columns, filter, ordered, limit, per)| {
            let columns: Vec<_> = columns.iter().map(|it| here(|source, facts| it.for_source(source, facts))).collect();
            let way = |down| if down { Direction::Descending } else { Direction::Ascending };
            let order: Vec<_> = ordered.iter().map(|(it, down)| (it.index(columns.len()), way(*down))).collect();
            let place = per.map(|it| it.index(columns.len())).filter(|place| columns[*place].is_some());
            let keys = prop::collection::vec(datum(kind_at(&columns, place.unwrap_or(0))), 0..3);
            // None twice.
            let keys = keys.prop_map(|keys| keys.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>());
            let bounds = (bound(&columns, &order), bound(&columns, &order));
            (bounds, keys).prop_map(move |((after, before), keys)| Select {
                columns: columns.clone(),
                filter: here(|source, facts| filter.for_source(source, facts)),
                order: order.clone(),
                id_direction: Direction::Descending,
                after,
                before,
                limit,
                per: place.map(|place| Links { place, keys: keys.into() }),
                dataset: dataset(),
                on_behalf: OnBehalf::default(),
            })
        },
    )
}

fn asked(ask: Ask) -> Question {
    let vouched = vec![("care".into(), [Datum::from("Y-1"), Datum::from("Y-2")].into())];
    Question { source: "monitor".into(), ask, relates: true, vouched, within: Duration::from_millis(1_500) }
}

fn table(select: Select) -> Tabulate {
    let (from, until) = (Operand::Field(field("started_on")), Some(Operand::Field(field("ended_on"))));
    let days = ["2025-01-01".parse().unwrap(), "2025-02-01".parse().unwrap()].into();
    Tabulate {
        groups: select.columns.len(),
        open_on: Some(OpenOn { days, from, until }),
        youths: true,
        values: Vec::new(),
        groups_most: 10,
        entries_most: 20,
        select,
    }
}

fn written(ask: Ask) -> String {
    String::from_utf8(asked(ask).write(link().youths()).unwrap()).unwrap()
}

fn rows_of(columns: &[&str]) -> Select {
    let columns = columns.iter().map(|name| Some(Operand::Field(field(name)))).collect();
    Select { columns, ..Select::whole(dataset(), 10) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_question_arrives_as_it_was_asked(select in question()) {
        let (sent, link) = (Arc::new(select), link());
        let table = Arc::new(table(Select { per: None, after: None, before: None, ..Select::clone(&sent) }));
        for ask in [Ask::Rows(Arc::clone(&sent)), Ask::Count(Arc::clone(&sent)), Ask::Counts(sent), Ask::Table(table)] {
            let question = asked(ask);
            let heard = Question::read(&question.write(link.youths()).unwrap(), link.youths()).unwrap();
            let again = heard.question.write(link.youths()).unwrap();
            prop_assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(question.write(link.youths()).unwrap()).unwrap());
            prop_assert!(heard.lacking.is_empty());
        }
    }

    #[test]
    fn rows_arrive_as_they_were_given(rows in fixture::stored(8)) {
        let (ask, link) = (Ask::Rows(Arc::new(Select::whole(dataset(), 8))), link());
        let record = |row: &fixture::Stored| Record { id: row[0].clone(), values: row.clone().into() };
        let all: Vec<_> = rows.iter().map(record).collect();
        let told = Ok(Told::Rows(Records { all, lacking: vec!["placement.unit".into()] }));
        let body = Answer { told: told.clone() }.write(&ask, link.youths());
        let again = Answer::read(&body, &ask, link.youths()).write(&ask, link.youths());
        prop_assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(body).unwrap());
    }

    #[test]
    fn garbage_is_no_question_and_no_answer(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let (ask, link) = (Ask::Rows(Arc::new(Select::whole(dataset(), 8))), link());
        prop_assert_eq!(Question::read(&bytes, link.youths()).unwrap_err(), Unheard::Unreadable);
        prop_assert!(matches!(Answer::read(&bytes, &ask, link.youths()).told, Err(Failure::Malformed(_))));
    }
}

#[test]
fn numbers_tables_and_failures_arrive_too() {
    let link = link();
    let youth = Arc::new(Select { per: Some(Links { place: 0, keys: [].into() }), ..rows_of(&["youth"]) });
    let sum = Sum { count: 2, sum: -3, range: Some((-4, 1)) };
    let partial = Partial {
        groups: vec![Box::new(["2025-01-01".parse::<entities::Date>().unwrap().into(), Datum::from("Y-1")])],
        rows: vec![3],
        sums: vec![sum],
        youths: vec![(0, i64::MIN)],
        values: vec![vec![(0, 5, 2)]],
    };
    let measured = Tabulate { groups: 1, values: vec![true], ..table(rows_of(&["youth", "closed_days"])) };
    let inspected = Inspected {
        rows: 5,
        missing: vec!["placement.ended_on".to_owned()],
        mistyped: vec![field("urgent")],
        of_another_type: vec![(field("closed_days"), 2)],
        against_facts: vec![(field("unit"), 1)],
        ..Inspected::new(dataset())
    };
    let moment = chrono::DateTime::from_timestamp(1_760_000_000, 0);
    let count = Ask::Count(Arc::clone(&youth));
    for (ask, told) in [
        (count.clone(), Ok(Told::Count(u64::MAX))),
        (Ask::Counts(youth), Ok(Told::Counts(vec![(Datum::from("Y-1"), 2), (Datum::Null, 1)]))),
        (Ask::Table(Arc::new(measured)), Ok(Told::Table(partial))),
        (Ask::Check(vec![dataset()]), Ok(Told::Check(vec![inspected]))),
        (count.clone(), Err(Failure::TimedOut(Duration::from_millis(20)))),
        (count.clone(), Err(Failure::Drifted("placement.ended_on, placement.unit".into()))),
        (count.clone(), Err(Failure::TooMany(7))),
        (count.clone(), Err(Failure::Malformed("rows out of order".into()))),
        (count.clone(), Err(Failure::Resting(moment))),
        (count.clone(), Err(Failure::Resting(None))),
        (count.clone(), Err(Failure::Busy)),
        (count.clone(), Err(Failure::Refused)),
        (count.clone(), Err(Failure::Looped)),
        (count, Err(Failure::Unreachable)),
    ] {
        let body = Answer { told: told.clone() }.write(&ask, link.youths());
        assert!(!String::from_utf8_lossy(&body).contains("Y-1"), "no pseudonym travels");
        let read = Answer::read(&body, &ask, link.youths());
        assert_eq!((format!("{:?}", read.told), read.write(&ask, link.youths())), (format!("{told:?}"), body));
    }
}

#[test]
fn no_pseudonym_of_a_holder_travels() {
    let is = |test| Predicate::is(field("youth"), test);
    let tests = [Test::Eq("Y-1".into()), Test::In(["Y-1".into()].into()), Test::StartsWith("Y-1".into())];
    let filter = Predicate::And(tests.into_iter().map(is).collect());
    let linked = Predicate::Linked(Box::new(Linked { field: 0, dataset: dataset(), rows: filter.clone() }));
    let filter = Predicate::Or(vec![filter, linked]);
    let body = written(Ask::Rows(Arc::new(Select { filter, ..rows_of(&["youth"]) })));
    assert!(body.contains("youth") && !body.contains("Y-1"), "{body}");
}

#[test]
fn what_an_older_node_does_not_know_is_null_where_it_is_only_shown() {
    let link = link();
    let select = |columns: &[&str]| Arc::new(rows_of(columns));
    let renamed = |body: String| body.replace("started_on", "later_field").into_bytes();
    let read = |ask: Ask| Question::read(&renamed(written(ask)), link.youths());
    let heard = read(Ask::Rows(select(&["unit", "started_on"]))).unwrap();
    let lacking: Vec<Box<str>> = vec!["placement.later_field".into()];
    let Ask::Rows(known) = &heard.question.ask else { unreachable!("rows were asked for") };
    assert_eq!((&known.columns, &heard.lacking), (&vec![Some(Operand::Field(field("unit"))), None], &lacking));
    let Ok(Told::Rows(rows)) = heard.answer(Ok(Told::Rows(Records::default()))).told else {
        unreachable!("rows were told")
    };
    assert_eq!(rows.lacking, lacking);
    let unknown = Unheard::Unknown("placement.later_field".into());
    let order = vec![(0, Direction::Ascending)];
    let ordered = Select { order, ..rows_of(&["started_on"]) };
    let date: FieldId = field("started_on");
    let filtered = Select { filter: Predicate::is(date, Test::Null), ..rows_of(&["unit"]) };
    let grouped = Tabulate { open_on: None, ..table(rows_of(&["started_on"])) };
    for ask in [Ask::Rows(ordered.into()), Ask::Rows(filtered.into()), Ask::Table(grouped.into())] {
        assert_eq!(read(ask).unwrap_err(), unknown);
    }
    let heard = read(Ask::Check(vec![dataset()])).unwrap();
    let Ok(Told::Check(all)) = heard.answer(Ok(Told::Check(vec![Inspected::new(dataset())]))).told else {
        unreachable!("a check was told")
    };
    assert_eq!(all[0].missing, ["placement.later_field"]);
}

#[test]
fn other_kinds_and_other_datasets_are_named_and_nothing_else_is() {
    let link = link();
    let read = |from: &str, to: &str| {
        let body = written(Ask::Count(Arc::new(rows_of(&["unit"])))).replacen(from, to, 1);
        Question::read(body.as_bytes(), link.youths()).unwrap_err()
    };
    assert_eq!(read("\"count\"", "\"median\""), Unheard::Unknown("questions.median".into()));
    assert_eq!(read("Placement", "Stay"), Unheard::Unknown("Stay".into()));
    for (from, to) in [("\"count\"", "\"a b\""), ("Placement", "<b>"), ("\"limit\"", "\"most\""), ("monitor\",", "")] {
        assert_eq!(read(from, to), Unheard::Unreadable, "{to}");
    }
}

#[test]
fn an_answer_that_does_not_fit_its_question_is_none() {
    let link = link();
    let one = Ask::Rows(Arc::new(Select { limit: 1, ..rows_of(&["closed_days"]) }));
    for body in [
        r#"{"rows":[[[1,2],[2,2]],[]]}"#,
        r#"{"rows":[[[1]],[]]}"#,
        r#"{"rows":[[[1,2,3]],[]]}"#,
        r#"{"rows":[[[null,2]],[]]}"#,
        r#"{"rows":[[[1,"many"]],[]]}"#,
        r#"{"rows":[[[1,{}]],[]]}"#,
        r#"{"count":1}"#,
        r#"{"failure":"tired"}"#,
    ] {
        let told = Answer::read(body.as_bytes(), &one, link.youths()).told;
        assert!(matches!(told, Err(Failure::Malformed(_))), "{body}: {told:?}");
    }
    let body = r#"{"failure":{"drifted":"<script>placement.unit at 10.0.0.1</script>"}}"#;
    let told = Answer::read(body.as_bytes(), &one, link.youths()).told;
    assert_eq!(told.unwrap_err(), Failure::Drifted("scriptplacement.unit at 10.0.0.1script".into()));
}

#[test]
fn nothing_of_questions_and_answers_is_printed_but_their_kinds() {
    let filter = Predicate::is(field("youth"), Test::Eq("young-anna".into()));
    let question = asked(Ask::Rows(Arc::new(Select { filter, ..rows_of(&["youth"]) })));
    assert_eq!(format!("{question:?}"), "Question { source: \"monitor\", ask: Rows(Placement), .. }");
    let record = Record { id: Datum::Int(1), values: Box::new([Datum::from("young-anna")]) };
    let told = Told::Rows(Records { all: vec![record], lacking: Vec::new() });
    assert_eq!(format!("{:?}", Answer { told: Ok(told) }), "Answer { told: Ok(Rows(..)) }");
}

#[test]
fn what_no_gateway_asks_is_no_question() {
    let link = link();
    let is = |name: &str, test| Arc::new(Select { filter: Predicate::is(field(name), test), ..rows_of(&["unit"]) });
    let month = Shown { field: field("unit"), bucket: Some(entities::Bucket::Month), when: Predicate::All };
    let bucket = Select { columns: vec![Some(Operand::Shown(Arc::new(month)))], ..rows_of(&["unit"]) };
    let per = |keys: Arc<[Datum]>, limit| {
        Arc::new(Select { limit, per: Some(Links { place: 0, keys }), ..rows_of(&["closed_days"]) })
    };
    let numbers = |most: i64| (0..most).map(Datum::Int).collect::<Arc<[Datum]>>();
    let days = |number: usize| {
        let day = |place: usize| {
            format!("{}-{:02}-{:02}", 2020 + place / 336, place / 28 % 12 + 1, place % 28 + 1).parse().unwrap()
        };
        let table = table(rows_of(&["urgent"]));
        let open_on = table.open_on.clone().map(|it| OpenOn { days: (0..number).map(day).collect(), ..it });
        Ask::Table(Arc::new(Tabulate { open_on, ..table }))
    };
    let read = |ask: Ask| Question::read(written(ask).as_bytes(), link.youths()).map(|_| ());
    for ask in [
        Ask::Rows(is("closed_days", Test::Eq("many".into()))),
        Ask::Rows(is("closed_days", Test::Contains("1".into()))),
        Ask::Rows(is("youth", Test::StartsWith("young".into()))),
        Ask::Rows(is("unit", Test::Has("u".into()))),
        Ask::Rows(is("closed_days", Test::In(numbers(10_001)))),
        Ask::Rows(Arc::new(bucket)),
        Ask::Rows(per([1, 1].map(Datum::Int).into(), 10)),
        Ask::Rows(per(numbers(1_001), 101)),
        Ask::Counts(per(numbers(100_001), 0)),
        days(401),
    ] {
        assert_eq!(read(ask.clone()), Err(Unheard::Unreadable), "{ask:?}");
    }
    for ask in [Ask::Rows(per(numbers(1_000), 101)), Ask::Counts(per(numbers(100_000), 0)), days(400)] {
        assert_eq!(read(ask), Ok(()));
    }
}

#[test]
fn a_condition_on_the_source_itself_is_never_put() {
    let filter = Predicate::Not(Box::new(Predicate::Source(vec!["almata".into()])));
    let question = asked(Ask::Count(Arc::new(Select { filter, ..rows_of(&["unit"]) })));
    assert!(matches!(question.write(link().youths()), Err(Failure::Malformed(_))));
}
