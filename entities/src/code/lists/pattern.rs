//! Lists about patterns that recur in cases.

use super::{CodeList, code};

/// Who takes up a recurring pattern.
pub static ADDRESSEE: CodeList = CodeList {
    name: "Addressee",
    doc: "Who takes up a recurring pattern; our own list (Dutch: opgepakt door).",
    origin: None,
    codes: &[
        code("MUNICIPALITIES", "MUNICIPALITIES", "The municipalities of the region", "Gemeenten van de regio"),
        code("EXPERT_TEAM", "EXPERT_TEAM", "The regional expert team", "Regionaal expertteam"),
        code("EXPERTISE_NETWORK", "EXPERTISE_NETWORK", "The expertise network", "Expertisenetwerk"),
        code("PROVIDERS", "PROVIDERS", "The providers", "Jeugdhulpaanbieders"),
        code("EDUCATION", "EDUCATION", "The education partnerships", "Samenwerkingsverbanden"),
        code("STATE", "STATE", "The state", "Rijk"),
    ],
};

/// Where a recurring pattern stands.
pub static PATTERN_STATUS: CodeList = CodeList {
    name: "PatternStatus",
    doc: "Where a recurring pattern stands; our own list (Dutch: status).",
    origin: None,
    codes: &[
        code("NOTED", "NOTED", "Noted", "Gesignaleerd"),
        code("TAKEN_UP", "TAKEN_UP", "Taken up", "Opgepakt"),
        code("ESCALATED", "ESCALATED", "Passed on", "Opgeschaald"),
        code("RESOLVED", "RESOLVED", "Resolved", "Opgelost"),
    ],
};
