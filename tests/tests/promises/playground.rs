//! The playground's roles, each with its scope and examples that run.

use super::calibration::demonstration::DEMONSTRATION as DEMO;

#[test]
fn every_example_of_every_role_runs_and_says_that_it_is_whole() {
    let personas = DEMO.personas();
    let labels: Vec<_> = personas.iter().filter_map(|persona| persona["label"].as_str()).collect();
    assert!(labels.contains(&"public") && labels.contains(&"inspectorate, investigation:20260001"), "{labels:?}");
    for persona in &personas {
        assert!(persona["scope"].as_str().is_some_and(|scope| !scope.is_empty()), "{}", persona["label"]);
        let examples = persona["examples"].as_array().cloned().unwrap_or_default();
        assert!(examples.len() >= 3, "{}", persona["label"]);
        for example in &examples {
            let answer = DEMO.ask_as(persona, example["query"].as_str().unwrap_or_default());
            let is_whole = answer["errors"].is_null() && answer["extensions"]["partial"].is_null();
            assert!(is_whole && answer["data"].is_object(), "{}: {}: {answer}", persona["label"], example["name"]);
        }
    }
}
