//! Who may ask for the schema: every role but the public, unless it is said.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
};

fn sources() -> [SourceSetup; 1] {
    [SourceSetup::of_provider("almata", "ALMATA")]
}

const SHOWING: [&str; 5] = [
    "{ __schema { types { name } } }",
    "{ __type(name: \"Query\") { name fields { name } } }",
    "{ viewer { role } ...S } fragment S on Query { __schema { queryType { name } } }",
    "{ _service { sdl } }",
    "{ viewer { role } again: _service { sdl } }",
];

#[tokio::test]
async fn the_public_is_not_shown_the_schema_and_is_answered_what_it_asks() {
    let gateway = Gateway::over(sources()).await;
    for query in SHOWING {
        let reply = gateway.ask(&As::public(), query).await;
        assert_eq!((reply.status, reply.code()), (400, "FORBIDDEN"), "{query}: {}", reply.text);
        assert!(!reply.text.contains("Placement") && reply.body.get("data").is_none(), "{}", reply.text);
    }
    let reply = gateway.ask(&As::public(), "{ __typename viewer { __typename role } }").await;
    assert_eq!(reply.data()["__typename"], "Query");
    let region = As::role("region_analyst").of("JZ36");
    for query in SHOWING {
        assert!(gateway.ask(&region, query).await.errors().is_empty(), "{query}");
        // What another role has asked is not given away by what is kept ready.
        assert_eq!(gateway.ask(&As::public(), query).await.code(), "FORBIDDEN", "{query}");
    }
    let open = Setup::of(sources()).shown_to_the_public().start().await;
    for query in SHOWING {
        assert!(open.ask(&As::public(), query).await.errors().is_empty(), "{query}");
    }
}

#[tokio::test]
async fn no_error_proposes_a_name_that_was_not_asked_for() {
    let gateway = Gateway::over(sources()).await;
    for query in [
        "{ placement }",
        "{ capacityReport }",
        "{ capacityReports { node } }",
        "{ capacityReports(frist: 1) { totalCount } }",
        "{ capacityReports(orderBy: [{ contractedPlace: ASC }]) { totalCount } }",
        "query($f: CapacityReportFiltre) { capacityReports(filter: $f) { totalCount } }",
        "{ capacityReportStatistics(groupBy: [REGIO]) { groups { rows } } }",
    ] {
        let reply = gateway.ask(&As::public(), query).await;
        assert!(!reply.message().is_empty() && !reply.message().contains("mean"), "{}", reply.message());
        for name in
            ["capacityReportStatistics", "first", "nodes", "contractedPlaces", "CapacityReportFilter\"", "REGION"]
        {
            assert!(query.contains(name) || !reply.message().contains(name), "{query}: {}", reply.message());
        }
    }
}
