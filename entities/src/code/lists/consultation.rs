//! Lists about consultations before a closed placement (CTB).

use super::{CodeList, code};

/// What came of a consultation.
pub static CONSULTATION_OUTCOME: CodeList = CodeList {
    name: "ConsultationOutcome",
    doc: "What came of a consultation; our own list (Dutch: uitkomst van het civiel trajectberaad).",
    origin: None,
    codes: &[
        code("CLOSED_PLACEMENT", "CLOSED_PLACEMENT", "A closed placement", "Gesloten plaatsing"),
        code(
            "CONDITIONAL",
            "CONDITIONAL",
            "A conditional authorisation, at home or elsewhere",
            "Voorwaardelijke machtiging",
        ),
        code(
            "ALTERNATIVE",
            "ALTERNATIVE",
            "Other care instead of a closed placement",
            "Alternatief voor gesloten plaatsing",
        ),
        code("POSTPONED", "POSTPONED", "Put off until more is known", "Aangehouden"),
        code("NO_AGREEMENT", "NO_AGREEMENT", "No agreement", "Geen overeenstemming"),
    ],
};

/// Why a consultation was not held.
pub static NOT_HELD_REASON: CodeList = CodeList {
    name: "ConsultationNotHeldReason",
    doc: "Why a consultation was not held; our own list (Dutch: reden niet gehouden).",
    origin: None,
    codes: &[
        code("URGENT", "URGENT", "No time: an urgent authorisation", "Geen tijd: spoedmachtiging"),
        code("NOT_REQUESTED_IN_TIME", "NOT_REQUESTED_IN_TIME", "Asked for too late", "Te laat aangevraagd"),
        code("NO_QUORUM", "NO_QUORUM", "Those who must be there could not come", "Onvoldoende deelnemers"),
        code(
            "REFUSED_BY_FAMILY",
            "REFUSED_BY_FAMILY",
            "Youth or parents did not want it",
            "Jeugdige of ouders wilden niet",
        ),
        code("PLACEMENT_CANCELLED", "PLACEMENT_CANCELLED", "The placement was called off", "Plaatsing ging niet door"),
        code("OTHER", "OTHER", "Something else", "Anders"),
    ],
};
