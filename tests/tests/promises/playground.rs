//! The playground's roles, each with its scope and examples that run.

use super::calibration::demonstration::Demonstration;

#[test]
fn every_example_of_every_role_runs_and_says_that_it_is_whole() {
    let demo = Demonstration::start("playground");
    demo.release(&["2025Q4", "2025"]);
    let personas = demo.personas();
    let labels: Vec<_> = personas.iter().filter_map(|persona| persona["label"].as_str()).collect();
    assert!(labels.contains(&"public") && labels.contains(&"inspectorate, investigation:20260001"), "{labels:?}");
    for persona in &personas {
        assert!(persona["scope"].as_str().is_some_and(|scope| !scope.is_empty()), "{}", persona["label"]);
        let examples = persona["examples"].as_array().cloned().unwrap_or_default();
        assert!(examples.len() >= 3, "{}", persona["label"]);
        let mut tables = 0;
        for example in &examples {
            let answer = demo.ask_as(persona, example["query"].as_str().unwrap_or_default());
            let is_whole = answer["errors"].is_null() && answer["extensions"]["partial"].is_null();
            assert!(is_whole && answer["data"].is_object(), "{}: {}: {answer}", persona["label"], example["name"]);
            let name = example["name"].as_str().unwrap_or_default();
            if name.starts_with("Table: ") || name.starts_with("Released: ") {
                let groups = answer["data"].as_object().and_then(|data| data.values().next()?["groups"].as_array());
                assert!(groups.is_some_and(|groups| !groups.is_empty()), "{}: {name}", persona["label"]);
                tables += 1;
            }
        }
        // Who may read the audit log alone has none.
        let has_tables = persona["role"] != "privacy_officer";
        assert_eq!(tables > 0, has_tables, "{}", persona["label"]);
    }
}
