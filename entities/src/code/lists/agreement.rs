//! Lists about agreements of education partnerships with municipalities (OOGO).

use super::{CodeList, code};

/// Where an agreement stands.
pub static AGREEMENT_STATUS: CodeList = CodeList {
    name: "AgreementStatus",
    doc: "Where an agreement stands; our own list (Dutch: status).",
    origin: None,
    codes: &[
        code("PROPOSED", "PROPOSED", "Proposed", "Voorgesteld"),
        code("IN_FORCE", "IN_FORCE", "In force", "Van kracht"),
        code("EXPIRED", "EXPIRED", "Expired", "Verlopen"),
        code("ENDED", "ENDED", "Ended early", "Voortijdig beëindigd"),
    ],
};

/// What an agreement is about.
pub static AGREEMENT_TOPIC: CodeList = CodeList {
    name: "AgreementTopic",
    doc: "What an agreement is about; our own list (Dutch: onderwerp).",
    origin: None,
    codes: &[
        code(
            "PLACES_ON_SITE",
            "PLACES_ON_SITE",
            "Places at a school on the site",
            "Plaatsen op de school van een instelling",
        ),
        code("RETURN_TO_SCHOOL", "RETURN_TO_SCHOOL", "Return to the school of origin", "Terugkeer naar de stamschool"),
        code("CARE_IN_SCHOOL", "CARE_IN_SCHOOL", "Youth care in school", "Jeugdhulp op school"),
        code("ABSENCE", "ABSENCE", "Youths who do not go to school", "Thuiszitters"),
        code("TRANSPORT", "TRANSPORT", "Transport to school", "Leerlingenvervoer"),
        code("SHARED_FUNDING", "SHARED_FUNDING", "Who pays what", "Gezamenlijke bekostiging"),
    ],
};
