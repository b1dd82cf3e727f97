//! Who saw a youth, when and for what, is found in the log. What is said of it is tested where the command is.

use regiograph::audit::seen;

use super::{analyst, answered, follower, gateway};

#[tokio::test]
async fn who_saw_a_youth_is_found_by_the_pseudonym_of_its_source() {
    let gateway = gateway().await;
    answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    gateway.wait(3_600);
    answered(&gateway.ask(&follower(), "{ retCases { nodes { youth { pseudonym } } } }").await);
    let of = |youth: &'static str, sources: &'static [&'static str]| {
        let (log, sources): (_, Vec<String>) = (gateway.log(), sources.iter().map(|it| (*it).to_owned()).collect());
        async move { seen(log, youth, &sources).await.expect("the log can be read") }
    };
    let bo = of("raw-bo", &[]).await;
    assert_eq!(bo.iter().map(|it| &*it.dataset).collect::<Vec<_>>(), ["Placement", "RetCase"]);
    assert_eq!(of("raw-anna", &[]).await.len(), 1);
    assert_eq!(of("raw-anna", &["nowhere"]).await, []);
    assert_eq!(of("raw-an", &[]).await, [], "part of a pseudonym is nobody's");
    assert_eq!(of("raw-bo", &["almata"]).await.len(), 1);
    let first = bo.first().expect("it was seen");
    let who = (first.organisation.as_deref(), first.role.as_deref(), first.purpose.as_deref(), first.rules.as_deref());
    assert_eq!(who, (Some("JZ36"), Some("region_analyst"), Some("monitoring"), Some("Placement: R/indirect")));
    assert_ne!(first.operation, bo[1].operation);
}
