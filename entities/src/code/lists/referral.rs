//! Lists about referrals: who referred, and what was decided.

use super::{CodeList, code};

/// Who referred.
pub static REFERRER: CodeList = CodeList {
    name: "Referrer",
    doc: "Who referred a youth to youth care; 08 is the court here and means something else in other lists (Dutch: verwijzer).",
    origin: Some("COD327"),
    codes: &[
        code("01", "MUNICIPALITY", "Municipality", "Gemeente"),
        code("02", "GENERAL_PRACTITIONER", "General practitioner", "Huisarts"),
        code("03", "YOUTH_DOCTOR", "Youth doctor", "Jeugdarts"),
        code("04", "CERTIFIED_INSTITUTION", "Certified institution", "Gecertificeerde instelling"),
        code("05", "MEDICAL_SPECIALIST", "Medical specialist", "Medisch specialist"),
        code("06", "SELF", "Self-referral, or no referrer", "Zelfverwijzer/geen verwijzer"),
        code(
            "08",
            "COURT",
            "Court, public prosecutor, or officer of a youth detention centre",
            "Rechter, Officier van Justitie, functionaris Justitiële jeugdinrichting",
        ),
    ],
};

/// What was decided on a referral.
pub static REFERRAL_DECISION: CodeList = CodeList {
    name: "ReferralDecision",
    doc: "What a region decided on a referral; our own list (Dutch: besluit).",
    origin: None,
    codes: &[
        code("GRANTED", "GRANTED", "Care granted as asked", "Toegekend"),
        code("GRANTED_OTHERWISE", "GRANTED_OTHERWISE", "Other care granted than asked", "Andere jeugdhulp toegekend"),
        code("REDIRECTED", "REDIRECTED", "Redirected to another law or region", "Doorverwezen"),
        code("DECLINED", "DECLINED", "Declined", "Afgewezen"),
        code("WITHDRAWN", "WITHDRAWN", "Withdrawn by the applicant", "Ingetrokken"),
    ],
};
