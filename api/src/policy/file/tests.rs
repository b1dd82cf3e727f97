//! What the file says wrongly is said with its place; what a change of it opens and closes is said too.

use super::*;

const SMALL: &str = r#"
version = "1"
datasets = ["placement", "referral"]

[[purpose]]
name = "monitoring"
why = "To look after the plan"
ground = "Jeugdwet 7.4.4"

[[role]]
name = "public"

[[role]]
name = "region_analyst"
claim = "region"
purposes = ["monitoring"]

[role.cells]
placement = "R/indirect, A/open"
"#;

#[test]
fn a_wrong_file_is_refused_with_place_and_key() {
    let refused = |from: &str, to: &str| {
        assert!(SMALL.contains(from), "{from}");
        Policy::parse(&SMALL.replacen(from, to, 1), "policy.toml").unwrap_err().to_string()
    };
    insta::assert_snapshot!(
        [
            refused("placement = ", "placment = "),
            refused("R/indirect", "Q/indirect"),
            refused("R/indirect", "R/secret"),
            refused("R/indirect", "R"),
            refused("R/indirect", "L/indirect"),
            refused("R/indirect", "own/indirect"),
            refused("A/open", "R/open"),
            refused("A/open", "x! A/open"),
            refused("\"region\"", "\"planet\""),
            refused("claim = ", "clam = "),
            refused("\"public\"", "\"everyone\""),
            refused("\"region_analyst\"", "\"public\""),
            refused("[\"monitoring\"]", "[]"),
            refused("[\"monitoring\"]", "[\"mon itoring\"]"),
            refused("[\"monitoring\"]", "[\"research\"]"),
            refused("name = \"monitoring\"", "name = \"mon itoring\""),
            refused("\"Jeugdwet 7.4.4\"", "\" \""),
            refused("ground = \"Jeugdwet 7.4.4\"\n", ""),
            refused("\"Jeugdwet 7.4.4\"\n", "\"Jeugdwet 7.4.4\"\nkept = \"a\\nb\"\n"),
            refused("[\"monitoring\"]", "[\"monitoring\"]\nstale = \"2d\""),
            refused("[\"monitoring\"]", "[\"monitoring\"]\nstale = \"a while\""),
            refused("\"referral\"", "\"placement\""),
            refused("\"referral\"", "\"Referral\""),
            refused("version = \"1\"\n", ""),
            refused("version = \"1\"", "version = \"1"),
        ]
        .join("\n")
    );
}

const INSPECTORATE: &str = r#"
[[purpose]]
name = "investigation:<number>"
why = "To investigate"
ground = "Besluit Jeugdwet 7.5.2"

[[role]]
name = "inspectorate"
purposes = ["investigation:<number>"]

[role.cells]
placement = "x! A; inquiry"

[[agreement]]
name = "Supervision"
role = "inspectorate"
datasets = ["placement"]

[[investigation]]
number = "17"
provider = "ALMATA"
from = "2026-01-01"
until = "2026-06-30"
"#;

#[test]
fn a_wrong_agreement_or_investigation_is_refused_with_place_and_key() {
    let text = SMALL.to_owned() + INSPECTORATE;
    let policy = Policy::parse(&text, "policy.toml").unwrap();
    assert_eq!((policy.agreements().len(), policy.investigations().len()), (1, 1));
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        Policy::parse(&text.replacen(from, to, 1), "policy.toml").unwrap_err().to_string()
    };
    insta::assert_snapshot!(
        [
            refused("role = \"inspectorate\"", "role = \"ministry\""),
            refused("datasets = [\"placement\"]", "datasets = [\"referral\"]"),
            refused("datasets = [\"placement\"]\n\n[[inv", "datasets = []\n\n[[inv"),
            refused("name = \"Supervision\"", "name = \" \""),
            refused("number = \"17\"", "number = \"x17\""),
            refused("until = \"2026-06-30\"", "until = \"2026-07-01\""),
            refused("until = \"2026-06-30\"", "until = \"2025-12-31\""),
            refused("from = \"2026-01-01\"", "from = \"2026-01-00\""),
            refused("provider = \"ALMATA\"", "provider = \"ALMATA\"\nregion = \"JZ36\""),
        ]
        .join("\n")
    );
}

fn name(field: &entities::Field) -> String {
    field.name.to_owned()
}

#[test]
fn a_change_is_said_as_what_it_opens_and_closes() {
    let before = Policy::parse(SMALL, "policy.toml").unwrap();
    assert_eq!(before.diff(&before, &name), "");
    let after = SMALL.replace("R/indirect, A/open\"", "R/pseudonymous\"\nreferral = \"R/open\"");
    let after = after + "\n[[purpose]]\nname = \"research\"\nwhy = \"To learn\"\nground = \"AVG 89\"\n";
    let after = after.replace("[\"monitoring\"]", "[\"research\"]\nstale = \"15m\"\nwrites = \"placement of R\"");
    let after =
        after + "\n[[role]]\nname = \"ministry\"\npurposes = [\"monitoring\"]\n[role.cells]\nreferral = \"A/open\"\n";
    let after = Policy::parse(&after, "policy.toml").unwrap();
    insta::assert_snapshot!(before.diff(&after, &name));
    insta::assert_snapshot!(after.diff(&before, &name));
}

#[test]
fn a_change_of_what_is_investigated_is_said() {
    let of = |text: &str| Policy::parse(&(SMALL.to_owned() + text), "policy.toml").unwrap();
    let longer = INSPECTORATE.replace("2026-06-30", "2026-05-31").replace("x! A; inquiry", "x! A");
    insta::assert_snapshot!(of(&longer).diff(&of(INSPECTORATE), &name));
}

#[test]
fn a_matrix_says_what_does_not_exist_yet() {
    let text = SMALL.replace("\"referral\"]", "\"referral\", \"weather\"]");
    let matrix = Policy::parse(&text, "policy.toml").unwrap().matrix();
    let expected = "| role (claim) | placement | referral, weather (later) | writes |\n|---|---|---|---|\n\
                    | public | – | – | – |\n| region_analyst (region) | R/indirect, A/open | – | – |\n";
    assert_eq!(matrix, expected);
}
