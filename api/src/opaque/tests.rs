//! What leaves the gateway opens for the consumer it was made for, as what it was made, and not otherwise.

use chrono::DateTime;
use proptest::prelude::*;

use super::*;

fn keys() -> Keys {
    Keys::new(&Master::from_text(&"0123456789abcdef".repeat(4), "test").unwrap(), Clock::fixed(DateTime::UNIX_EPOCH))
}

fn consumer<'a>(organisation: &'a str, role: &'a str) -> Consumer<'a> {
    Consumer { organisation, role, purpose: Some("monitoring") }
}

fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

fn datum() -> impl Strategy<Value = Datum> {
    prop_oneof![
        Just(Datum::Null),
        any::<bool>().prop_map(Datum::Bool),
        any::<i64>().prop_map(Datum::Int),
        any::<u64>().prop_map(|bits| Datum::Float(f64::from_bits(bits))),
        (1900..2200_i32, 1..13_u32, 1..29_u32)
            .prop_map(|(year, month, day)| Datum::Date(format!("{year}-{month:02}-{day:02}").parse::<Date>().unwrap())),
        any::<String>().prop_map(Datum::text),
    ]
}

fn position() -> impl Strategy<Value = Position> {
    let names = proptest::collection::vec(any::<String>().prop_map(String::into_boxed_str), 0..4);
    (proptest::collection::vec(datum(), 0..4), any::<String>(), datum(), names)
        .prop_map(|(keys, source, id, missed)| Position { keys, source: source.into(), id, missed })
}

proptest! {
    #[test]
    fn what_was_made_opens_again(dataset: String, source: String, id in datum(), youth: String, position in position()) {
        let keys = keys();
        let opaque = keys.consumer(&consumer("JZ36", "region_analyst"));
        let row = text(|out| opaque.row_id(&dataset, &source, &id, out));
        prop_assert_eq!(opaque.open_row_id(&row), Some(RowId { dataset, source, id }));
        let pseudonym = text(|out| opaque.youth(&youth, out));
        prop_assert_eq!(opaque.open_youth(&pseudonym), Some(youth));
        let cursor = text(|out| opaque.cursor("Placement startedOn", &position, out));
        prop_assert_eq!(opaque.open_cursor("Placement startedOn", &cursor), Some(position));
        prop_assert_eq!(opaque.open_cursor("Placement endedOn", &cursor), None);
        prop_assert_eq!(opaque.open_youth(&cursor), None);
        prop_assert_eq!(opaque.open_row_id(&pseudonym), None);
        prop_assert_eq!(opaque.open_cursor("", &row), None);
    }

    #[test]
    fn garbage_opens_as_nothing(garbage: String, bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let opaque = keys().consumer(&consumer("JZ36", "region_analyst"));
        for text in [garbage, URL_SAFE_NO_PAD.encode(bytes)] {
            prop_assert_eq!(opaque.open_row_id(&text), None);
            prop_assert_eq!(opaque.open_youth(&text), None);
            prop_assert_eq!(opaque.open_cursor("Placement", &text), None);
        }
    }

    #[test]
    fn one_flipped_bit_is_enough(youth in "[a-z0-9]{1,40}", place: prop::sample::Index, bit in 0..8_u32) {
        let opaque = keys().consumer(&consumer("JZ36", "region_analyst"));
        let mut bytes = URL_SAFE_NO_PAD.decode(text(|out| opaque.youth(&youth, out))).unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        prop_assert_eq!(opaque.open_youth(&URL_SAFE_NO_PAD.encode(bytes)), None);
    }

    #[test]
    fn equally_long_pseudonyms_stay_equally_long(a in "[ -~]{24}", b in "[ -~]{24}") {
        let opaque = keys().consumer(&consumer("JZ36", "region_analyst"));
        let (a, b) = (text(|out| opaque.youth(&a, out)), text(|out| opaque.youth(&b, out)));
        prop_assert_eq!(a.len(), b.len());
    }
}

#[test]
fn consumers_cannot_join_by_identifier() {
    let keys = keys();
    let public = Consumer { organisation: "", role: "public", purpose: None };
    let consumers = [
        public,
        Consumer { purpose: Some(""), ..public },
        consumer("JZ36", "region_analyst"),
        consumer("JZ36r", "egion_analyst"),
        consumer("JZ36", "ret_member"),
        consumer("JZ34", "region_analyst"),
        Consumer { purpose: Some("investigation:7"), ..consumer("JZ36", "region_analyst") },
    ];
    let made: Vec<_> = consumers.map(|it| text(|out| keys.consumer(&it).youth("Y-1", out))).into();
    let again: Vec<_> = consumers.map(|it| text(|out| keys.consumer(&it).youth("Y-1", out))).into();
    assert_eq!(made, again);
    let distinct: std::collections::HashSet<_> = made.iter().collect();
    assert_eq!(distinct.len(), consumers.len());
    for (place, consumer) in consumers.iter().enumerate() {
        let opened = made.iter().map(|text| keys.consumer(consumer).open_youth(text).is_some());
        assert_eq!(opened.collect::<Vec<_>>(), (0..made.len()).map(|it| it == place).collect::<Vec<_>>());
    }
}

#[test]
fn a_consumer_is_given_the_same_text_always() {
    let made =
        || text(|out| keys().consumer(&consumer("JZ36", "ret_member")).row_id("Placement", "almata", &7.into(), out));
    assert_eq!(made(), made());
    let opaque = keys().consumer(&consumer("JZ36", "ret_member"));
    let first = text(|out| opaque.youth("Y-1", out));
    assert_eq!(text(|out| opaque.youth("Y-1", out)), first, "remembered");
    let opaque = keys().consumer(&consumer("JZ36", "ret_member"));
    let held = opaque.ready.lock().unwrap();
    assert_eq!(text(|out| opaque.youth("Y-1", out)), first, "also when the ready cipher is taken");
    drop(held);
    assert!(first.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
}

#[test]
fn text_is_appended_and_overlong_text_is_not_tried() {
    let opaque = keys().consumer(&consumer("JZ36", "ret_member"));
    let mut out = b"\"".to_vec();
    opaque.youth("Y-1", &mut out);
    assert_eq!(opaque.open_youth(std::str::from_utf8(&out[1..]).unwrap()).as_deref(), Some("Y-1"));
    assert_eq!(opaque.open_youth(&"A".repeat(LONGEST + 4)), None);
    assert_eq!(format!("{opaque:?} {:?}", keys()), "Opaque(..) Keys(..)");
}
