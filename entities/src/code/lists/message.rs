//! Lists of the messages between municipalities and providers (iJw) that no field uses yet.

use super::{CodeList, code};

/// Why an assignment of care was changed.
pub static ASSIGNMENT_CHANGE_REASON: CodeList = CodeList {
    name: "AssignmentChangeReason",
    doc: "Why an assignment of care was changed (Dutch: reden wijziging toewijzing).",
    origin: Some("JZ002"),
    codes: &[
        code(
            "01",
            "ADMINISTRATIVE_CORRECTION_OBSOLETE",
            "Administrative correction (no longer used)",
            "Administratieve correctie (vervallen)",
        ),
        code("02", "DECEASED", "The client died", "Cliënt overleden"),
        code("03", "CONTRACT_CHANGED", "Change of the contract", "Contractwijziging"),
        code("04", "EXTENDED", "Judged again: made longer", "Herbeoordeling: verlenging toewijzing"),
        code("05", "SHORTENED", "Judged again: made shorter", "Herbeoordeling: verkorting toewijzing"),
        code("06", "OTHER_DOMAIN", "Goes on under another law", "Uitstroom naar ander domein"),
        code("07", "MOVED", "Moved to another municipality", "Verhuizing naar een andere gemeente"),
        code("08", "OTHER_FORM_OF_DELIVERY", "Change of the form of delivery", "Wijziging leveringsvorm"),
        code("09", "OTHER_PROVIDER", "Goes on with another provider", "Overstap naar andere aanbieder"),
        code(
            "10",
            "OTHER_FUNDING_SYSTEM",
            "Change to another system of funding",
            "Overgang naar nieuwe bekostigingssystematiek",
        ),
        code("11", "MUNICIPALITIES_MERGED", "Municipalities were redivided", "Gemeentelijke herindeling"),
        code("12", "BY_PROVIDER", "At the provider's request", "Geïnitieerd door de aanbieder"),
        code("13", "REMOVED", "Removed", "Verwijderd"),
        code("14", "ADMINISTRATIVE_CORRECTION", "Administrative correction", "Administratieve correctie"),
    ],
};

/// Per what time a volume of care is meant.
pub static FREQUENCY: CodeList = CodeList {
    name: "Frequency",
    doc: "Per what time a volume of care is meant (Dutch: frequentie).",
    origin: Some("WMO757"),
    codes: &[
        code("1", "PER_DAY", "Per day", "Per dag"),
        code("2", "PER_WEEK", "Per week", "Per week"),
        code("4", "PER_MONTH", "Per month", "Per maand"),
        code("6", "IN_TOTAL", "In total, while the assignment holds", "Totaal binnen geldigheidsduur toewijzing"),
    ],
};

/// Legal status of a client.
pub static LEGAL_STATUS: CodeList = CodeList {
    name: "LegalStatus",
    doc: "Legal status of a client (Dutch: juridische status).",
    origin: Some("WJ232"),
    codes: &[
        code(
            "01",
            "COURT_AUTHORISATION",
            "Authorisation by a court, provisional or continued",
            "Rechterlijke machtiging (rm) voorlopig / voortgezette machtiging",
        ),
        code(
            "02",
            "COURT_AUTHORISATION_OWN_REQUEST",
            "Authorisation by a court, at the own request",
            "RM op eigen verzoek",
        ),
        code(
            "03",
            "COURT_AUTHORISATION_CONDITIONAL",
            "Authorisation by a court, with conditional discharge",
            "RM met voorwaardelijk ontslag",
        ),
        code("04", "SUPERVISION_ORDER", "Supervision order", "Ondertoezichtstelling (ots)"),
        code("05", "EMERGENCY_DETENTION", "Emergency detention", "In bewaring stelling (ibs)"),
        code(
            "11",
            "CRIMINAL_HOSPITAL_ORDER",
            "Criminal law: hospital order",
            "Strafrechtelijke justitiële contacten: tbs",
        ),
        code("12", "CRIMINAL_OTHER", "Criminal law: other", "Strafrechtelijke justitiële contacten: overig"),
    ],
};

/// Type of a message between municipality and provider.
pub static MESSAGE_TYPE: CodeList = CodeList {
    name: "MessageType",
    doc: "Type of a message between municipality and provider (Dutch: berichtcode).",
    origin: Some("COD002-VEKT"),
    codes: &[
        code("436", "JW301", "Assignment (JW301)", "JW301"),
        code("437", "JW302", "Return of an assignment (JW302)", "JW302"),
        code("438", "JW305", "Start of care (JW305)", "JW305"),
        code("439", "JW306", "Return of a start of care (JW306)", "JW306"),
        code("440", "JW307", "End of care (JW307)", "JW307"),
        code("441", "JW308", "Return of an end of care (JW308)", "JW308"),
        code("446", "JW315", "Request for an assignment (JW315)", "JW315"),
        code("447", "JW316", "Return of a request for an assignment (JW316)", "JW316"),
        code("486", "JW317", "Request for a change (JW317)", "JW317"),
        code("487", "JW318", "Return of a request for a change (JW318)", "JW318"),
        code("488", "JW319", "Answer to a request (JW319)", "JW319"),
        code("489", "JW320", "Return of an answer to a request (JW320)", "JW320"),
        code("490", "JW323", "Declaration (JW323)", "JW323"),
        code("491", "JW325", "Answer to a declaration (JW325)", "JW325"),
    ],
};

/// Why a request of a provider was turned down.
pub static REQUEST_REJECTION_REASON: CodeList = CodeList {
    name: "RequestRejectionReason",
    doc: "Why a request of a provider was turned down (Dutch: reden afwijzing verzoek).",
    origin: Some("WJ759"),
    codes: &[
        code("1", "NEW_REQUEST", "Not a change but a new request", "Geen wijziging, maar nieuwe aanvraag"),
        code("2", "BUDGET", "Does not fit the budget", "Past niet binnen budget"),
        code("3", "NO_CONTRACT", "No contract", "Geen contract"),
        code("4", "OUTSIDE_CONTRACT", "Does not fit the contract", "Past niet binnen contract"),
        code("5", "OTHER_MUNICIPALITY", "Another municipality", "Andere gemeente"),
        code("6", "STACKING", "Comes on top of other care", "Stapeling"),
        code("7", "CONTENT", "Turned down on its content", "Zorginhoudelijke afkeur"),
        code("8", "RESIDENCE", "Another municipality is responsible by residence", "Woonplaatsbeginsel"),
        code("9", "AGE_LIMIT", "The age limit is reached", "Leeftijdsgrens is bereikt"),
    ],
};

/// Sex, in messages between municipality and provider.
pub static SEX: CodeList = CodeList {
    name: "Sex",
    doc: "Sex, in messages between municipality and provider (Dutch: geslacht).",
    origin: Some("COD046"),
    codes: &[
        code("0", "UNKNOWN", "Unknown", "Onbekend"),
        code("1", "MALE", "Male", "Mannelijk"),
        code("2", "FEMALE", "Female", "Vrouwelijk"),
    ],
};
