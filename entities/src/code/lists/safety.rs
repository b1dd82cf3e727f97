//! Lists about safety: measures that restrain a youth, and incidents.

use super::{CodeList, code};

/// Measure that restrains a youth.
pub static RESTRAINT_KIND: CodeList = CodeList {
    name: "RestraintKind",
    doc: "Measure that restrains a youth in closed care, by article of the Jeugdwet (Dutch: vrijheidsbeperkende maatregel, VBM).",
    origin: Some("JW6-VBM"),
    codes: &[
        code(
            "6.3.1-2a",
            "PLACE_OR_TIME_BAN",
            "Ban on a place or at a time within the accommodation",
            "Plaats-/tijdsverbod binnen de accommodatie",
        ),
        code("6.3.1-2b", "ISOLATION", "Isolation for a time", "Tijdelijke plaatsing in afzondering"),
        code(
            "6.3.1-2c",
            "TEMPORARY_TRANSFER",
            "Transfer for a time, within this closed accommodation or to another",
            "Tijdelijke overplaatsing (binnen of naar andere gesloten accommodatie)",
        ),
        code("6.3.1-2d", "HOLDING", "Seizing and holding", "Vastpakken en vasthouden"),
        code(
            "6.3.2-1a",
            "PROGRAMME_AGAINST_WILL",
            "Youth care programme against the will",
            "Jeugdhulpverleningsprogramma tegen de wil",
        ),
        code(
            "6.3.2-1b",
            "TREATMENT_AGAINST_WILL",
            "Medical treatment against the will, medication included",
            "Geneeskundige behandeling incl. medicatie tegen de wil",
        ),
        code(
            "6.3.3-1a",
            "RESTRICTED_COMMUNICATION",
            "Restriction of letters, telephone and means of communication",
            "Beperking brief-/telefoonverkeer en communicatiemiddelen",
        ),
        code(
            "6.3.3-1b",
            "RESTRICTED_VISITS",
            "Restriction or supervision of visits",
            "Beperking of toezicht op bezoek",
        ),
        code("6.3.4-2a", "BODY_SEARCH", "Search of body and clothes", "Onderzoek aan lichaam en kleding"),
        code("6.3.4-2b", "URINE_TEST", "Urine test", "Urineonderzoek"),
        code("6.3.4-2c", "ROOM_SEARCH", "Search of the room", "Kameronderzoek"),
        code("6.3.4-2d", "MAIL_SEARCH", "Search of mail", "Onderzoek van poststukken"),
        code("6.3.5-1a", "TRANSPORT_HOLDING", "Transport: seizing and holding", "Vervoer: vastpakken en vasthouden"),
        code("6.3.5-1b", "TRANSPORT_CLOTHES_SEARCH", "Transport: search of clothes", "Vervoer: onderzoek aan kleding"),
        code(
            "6.3.5-1c",
            "TRANSPORT_LOCKED_SPACE",
            "Transport: locked in for a time",
            "Vervoer: tijdelijke plaatsing in afgesloten ruimte",
        ),
    ],
};

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
