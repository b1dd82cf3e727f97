//! A source that keeps failing is left alone for a while, says so, and comes back by itself.

use std::time::Duration;

use regiograph::source::resilient::{Kind as Failed, Limits, State};
use regiograph_tests::{fault::Sqlite, gateway::Gateway, leaks::Quiet, trouble};

use super::{LIST, guardian, of, others, source, told};

#[tokio::test]
async fn a_source_that_keeps_failing_is_not_asked_until_its_pause_is_over_and_then_comes_back() {
    let [alpha, gamma] = others();
    let patience = Limits { breaker_failures: 4, breaker_pause: Duration::from_secs(10), ..Limits::default() };
    let gateway = Gateway::over([alpha, source(&Sqlite, "beta", 2).patience(patience), gamma]).await;
    let health = |of: &str| {
        let health = gateway.sources().by_name(of).and_then(|(_, source)| source.health());
        health.expect("configured sources are borne with")
    };
    gateway.ask(&guardian(), LIST).await;
    let quiet = Quiet::now();
    trouble::take_away(&gateway.file("beta"));
    for _ in 0..2 {
        // Rows and their number are two questions.
        let reply = gateway.ask(&guardian(), LIST).await;
        assert_eq!(told(&reply.data()["placements"], "beta")["reason"], "could not be reached");
    }
    assert_eq!((health("beta").state(), health("alpha").state()), (State::Open, State::Closed));
    trouble::bring_back(&gateway.file("beta"));
    let resting = gateway.ask(&guardian(), LIST).await;
    let told_of = told(&resting.data()["placements"], "beta");
    assert_eq!(told_of["status"], "UNREACHABLE");
    let reason = told_of["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("did not answer several times, and is not asked until 20"), "{reason}");
    assert_eq!(of(&resting.data()["placements"]).len(), 6);
    assert_eq!((health("beta").failures(Failed::Unreachable), health("beta").failures(Failed::Resting)), (4, 2));

    gateway.wait(11);
    let probed = gateway.ask(&guardian(), &LIST.replace("totalCount ", "")).await;
    assert_eq!(probed.data()["placements"]["completeness"]["complete"], true, "{}", probed.text);
    let whole = gateway.ask(&guardian(), LIST).await;
    assert_eq!((&whole.data()["placements"]["totalCount"], health("beta").opened()), (&9.into(), 1));
    quiet.returns(&gateway).await;
}

#[tokio::test]
async fn drift_never_keeps_the_other_datasets_of_a_source_away() {
    let gateway = Gateway::over(others()).await;
    trouble::drop_column(&gateway.file("alpha"), regiograph_tests::row::dataset("Placement"), "started_on");
    for _ in 0..10 {
        let reply = gateway.ask(&guardian(), LIST).await;
        assert_eq!(told(&reply.data()["placements"], "alpha")["status"], "DRIFTED");
    }
    let others = gateway.ask(&guardian(), "{ capacityReports { totalCount completeness { complete } } }").await;
    assert_eq!(others.data()["capacityReports"]["completeness"]["complete"], true, "{}", others.text);
}
