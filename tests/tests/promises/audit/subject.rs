//! A youth, or whoever asks for it, is told who saw its data, when and for what, in plain words.

use regiograph::audit::{Language, say, seen};

use super::{analyst, answered, follower, gateway};

#[tokio::test]
async fn who_saw_a_youth_is_told_in_dutch_and_in_english() {
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
    let (dutch, english) = (say(&bo, Language::Nl), say(&bo, Language::En));
    assert!(
        dutch
            .contains("Op 22-11-2026 om 13:00 raadpleegde JZ36 (rol region_analyst) gegevens van het soort Placement."),
        "{dutch}"
    );
    assert!(
        english.contains("On 2026-11-22 at 13:00 JZ36 (role region_analyst) consulted data of the kind Placement."),
        "{english}"
    );
    assert!(dutch.contains("Doel: monitoring") && english.contains("Rule of the access policy: Placement: R/indirect"));
    assert!(!dutch.contains("raw-bo") && say(&[], Language::En).contains("does not say"));
}
