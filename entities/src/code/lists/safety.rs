//! Lists about safety: measures that restrain a youth, and incidents.

use super::{CodeList, code};

/// What happened.
pub static INCIDENT_KIND: CodeList = CodeList {
    name: "IncidentKind",
    doc: "What happened in an incident; our own list (Dutch: soort incident).",
    origin: None,
    codes: &[
        code("RUNNING_AWAY", "RUNNING_AWAY", "Running away", "Weglopen"),
        code("SUICIDAL_BEHAVIOUR", "SUICIDAL_BEHAVIOUR", "Suicidal behaviour", "Suïcidaal gedrag"),
        code("SELF_HARM", "SELF_HARM", "Self-harm", "Zelfbeschadiging"),
        code("AGGRESSION", "AGGRESSION", "Aggression", "Agressie"),
    ],
};

/// How grave an incident was.
pub static INCIDENT_SEVERITY: CodeList = CodeList {
    name: "IncidentSeverity",
    doc: "How grave an incident was; our own list (Dutch: ernst).",
    origin: None,
    codes: &[
        code("MINOR", "MINOR", "Without injury or damage", "Zonder letsel of schade"),
        code("MODERATE", "MODERATE", "Slight injury or damage", "Licht letsel of lichte schade"),
        code("SERIOUS", "SERIOUS", "Injury that needs care", "Letsel dat zorg vraagt"),
        code(
            "CALAMITY",
            "CALAMITY",
            "Calamity: death or grave, lasting harm",
            "Calamiteit: overlijden of ernstig, blijvend letsel",
        ),
    ],
};
