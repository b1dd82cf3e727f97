//! Lists about a youth and its stay: age, legal ground, where it lives.

use super::{CodeList, code};

/// Legal ground of a closed stay.
pub static AUTHORISATION: CodeList = CodeList {
    name: "Authorisation",
    doc: "Legal ground of a closed stay (Dutch: machtiging gesloten jeugdhulp).",
    origin: Some("JW6-MACHTIGING"),
    codes: &[
        code("6.1.2", "CLOSED", "Authorisation, 1 year at most", "Machtiging gesloten jeugdhulp (max. 1 jaar)"),
        code("6.1.3", "URGENT", "Urgent authorisation, 4 weeks at most", "Spoedmachtiging (max. 4 weken)"),
        code(
            "6.1.4",
            "CONDITIONAL",
            "Conditional authorisation, first 6 months at most, then 1 year at most",
            "Voorwaardelijke machtiging (eerste max. 6 maanden, verlenging max. 1 jaar)",
        ),
        code(
            "6.1.12-5",
            "SUSPENDED",
            "Execution suspended by the provider",
            "Schorsing van de tenuitvoerlegging (door aanbieder)",
        ),
    ],
};

/// Age, in bands of years.
pub static AGE_BAND: CodeList = CodeList {
    name: "AgeBand",
    doc: "Age in bands of years; our own list (Dutch: leeftijdsgroep).",
    origin: None,
    codes: &[
        code("0-11", "AGE_0_TO_11", "Up to 11 years", "Tot en met 11 jaar"),
        code("12-13", "AGE_12_TO_13", "12 and 13 years", "12 en 13 jaar"),
        code("14-15", "AGE_14_TO_15", "14 and 15 years", "14 en 15 jaar"),
        code("16-17", "AGE_16_TO_17", "16 and 17 years", "16 en 17 jaar"),
        code("18+", "AGE_18_AND_OVER", "18 years and over", "18 jaar en ouder"),
    ],
};

/// Where a youth lives before or after a stay.
pub static LIVING_SITUATION: CodeList = CodeList {
    name: "LivingSituation",
    doc: "Where a youth lives before or after a stay; our own list (Dutch: verblijfssituatie).",
    origin: None,
    codes: &[
        code("HOME", "HOME", "With a parent", "Bij een ouder"),
        code("FAMILY", "FAMILY", "With family or friends", "In het eigen netwerk"),
        code("FOSTER_CARE", "FOSTER_CARE", "Foster care", "Pleegzorg"),
        code("FAMILY_HOME", "FAMILY_HOME", "Family home", "Gezinshuis"),
        code("OPEN_RESIDENTIAL", "OPEN_RESIDENTIAL", "Open residential care", "Open residentiële jeugdhulp"),
        code("CLOSED", "CLOSED", "Closed care elsewhere", "Gesloten jeugdhulp elders"),
        code("SUPPORTED_LIVING", "SUPPORTED_LIVING", "Supported living", "Begeleid wonen"),
        code("PSYCHIATRY", "PSYCHIATRY", "Psychiatric ward", "GGZ-kliniek"),
        code("DETENTION", "DETENTION", "Youth detention", "Justitiële jeugdinrichting"),
        code("UNKNOWN", "UNKNOWN", "Unknown", "Onbekend"),
    ],
};
