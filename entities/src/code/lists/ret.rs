//! Lists about the cases of the regional expert teams (RET).

use super::{CodeList, code};

/// Who brought a case.
pub static APPLICANT: CodeList = CodeList {
    name: "Applicant",
    doc: "Who brought a case to the expert team; our own list (Dutch: aanmelder).",
    origin: None,
    codes: &[
        code("LOCAL_TEAM", "LOCAL_TEAM", "Local team of a municipality", "Lokaal team"),
        code("CERTIFIED_INSTITUTION", "CERTIFIED_INSTITUTION", "Certified institution", "Gecertificeerde instelling"),
        code("PROVIDER", "PROVIDER", "Provider of youth care", "Jeugdhulpaanbieder"),
        code(
            "CHILD_PROTECTION_BOARD",
            "CHILD_PROTECTION_BOARD",
            "Child Care and Protection Board",
            "Raad voor de Kinderbescherming",
        ),
        code("EDUCATION", "EDUCATION", "School or education partnership", "Onderwijs"),
        code("FAMILY", "FAMILY", "Youth, parent or guardian", "Jeugdige, ouder of voogd"),
        code("OTHER", "OTHER", "Someone else", "Anders"),
    ],
};

/// What a case is stuck on.
pub static BOTTLENECK: CodeList = CodeList {
    name: "Bottleneck",
    doc: "What a case is stuck on; our own list (Dutch: knelpunt).",
    origin: None,
    codes: &[
        code("NO_FITTING_OFFER", "NO_FITTING_OFFER", "No fitting offer", "Geen passend aanbod"),
        code("WAITING_TIME", "WAITING_TIME", "Waiting time too long", "Te lange wachttijd"),
        code("REFUSED", "REFUSED", "Refused by providers", "Afgewezen door aanbieders"),
        code("NO_DIRECTION", "NO_DIRECTION", "No one takes the lead", "Ontbreken van regie"),
        code(
            "NO_SHARED_ANALYSIS",
            "NO_SHARED_ANALYSIS",
            "No shared view of what is going on",
            "Geen gedeelde verklarende analyse",
        ),
        code("CO_OPERATION", "CO_OPERATION", "Co-operation fails", "Samenwerking stokt"),
        code("FUNDING", "FUNDING", "Who pays is not settled", "Financiering niet geregeld"),
        code("EDUCATION", "EDUCATION", "No fitting education", "Geen passend onderwijs"),
        code("HOUSING", "HOUSING", "No place to live afterwards", "Geen woonperspectief"),
        code("COMING_OF_AGE", "COMING_OF_AGE", "Care ends at 18", "Overgang naar 18 jaar"),
    ],
};

/// What a youth struggles with.
pub static PROBLEM_AREA: CodeList = CodeList {
    name: "ProblemArea",
    doc: "What a youth struggles with; our own list (Dutch: problematiek).",
    origin: None,
    codes: &[
        code("TRAUMA", "TRAUMA", "Trauma", "Trauma"),
        code("ATTACHMENT", "ATTACHMENT", "Attachment", "Hechting"),
        code("AUTISM", "AUTISM", "Autism", "Autisme"),
        code(
            "MILD_INTELLECTUAL_DISABILITY",
            "MILD_INTELLECTUAL_DISABILITY",
            "Mild intellectual disability",
            "Licht verstandelijke beperking",
        ),
        code("ADDICTION", "ADDICTION", "Addiction", "Verslaving"),
        code("SUICIDAL_BEHAVIOUR", "SUICIDAL_BEHAVIOUR", "Suicidal behaviour", "Suïcidaal gedrag"),
        code("SELF_HARM", "SELF_HARM", "Self-harm", "Zelfbeschadiging"),
        code("EATING_DISORDER", "EATING_DISORDER", "Eating disorder", "Eetstoornis"),
        code("AGGRESSION", "AGGRESSION", "Aggression", "Agressie"),
        code("RUNNING_AWAY", "RUNNING_AWAY", "Running away", "Weglopen"),
        code("EXPLOITATION", "EXPLOITATION", "Exploitation", "Uitbuiting"),
        code("OFFENDING", "OFFENDING", "Offending", "Delictgedrag"),
        code("FAMILY_CONFLICT", "FAMILY_CONFLICT", "Conflict in the family", "Gezinsconflict"),
        code("OTHER", "OTHER", "Something else", "Anders"),
    ],
};

/// Expertise that a case needs.
pub static EXPERTISE: CodeList = CodeList {
    name: "Expertise",
    doc: "Expertise that a case needs; our own list (Dutch: benodigde expertise).",
    origin: None,
    codes: &[
        code("TRAUMA_TREATMENT", "TRAUMA_TREATMENT", "Treatment of trauma", "Traumabehandeling"),
        code("PSYCHIATRY", "PSYCHIATRY", "Psychiatry", "Psychiatrie"),
        code(
            "INTELLECTUAL_DISABILITY",
            "INTELLECTUAL_DISABILITY",
            "Intellectual disability",
            "Verstandelijke beperking",
        ),
        code("ADDICTION_CARE", "ADDICTION_CARE", "Addiction care", "Verslavingszorg"),
        code("SYSTEMIC_THERAPY", "SYSTEMIC_THERAPY", "Therapy with the family", "Systeemtherapie"),
        code("EXPLOITATION", "EXPLOITATION", "Exploitation", "Uitbuiting"),
        code("EDUCATION", "EDUCATION", "Education", "Onderwijs"),
        code("LEGAL", "LEGAL", "Law and authorisations", "Juridisch"),
        code("LIVED_EXPERIENCE", "LIVED_EXPERIENCE", "Lived experience", "Ervaringsdeskundigheid"),
        code("OTHER", "OTHER", "Other expertise", "Anders"),
    ],
};

/// Does a youth go to school?
pub static SCHOOL_ATTENDANCE: CodeList = CodeList {
    name: "SchoolAttendance",
    doc: "Does a youth go to school; our own list (Dutch: schoolgang).",
    origin: None,
    codes: &[
        code("FULL", "FULL", "In full", "Volledig"),
        code("PARTIAL", "PARTIAL", "In part", "Gedeeltelijk"),
        code("NONE", "NONE", "Enrolled, but at home", "Thuiszitter"),
        code("NOT_ENROLLED", "NOT_ENROLLED", "Not enrolled", "Niet ingeschreven"),
        code("EXEMPTED", "EXEMPTED", "Exempted", "Vrijgesteld"),
        code("UNKNOWN", "UNKNOWN", "Unknown", "Onbekend"),
    ],
};

/// Where a case stands.
pub static CASE_STATUS: CodeList = CodeList {
    name: "CaseStatus",
    doc: "Where a case of an expert team stands; all but CLOSED are open; our own list (Dutch: status).",
    origin: None,
    codes: &[
        code("REGISTERED", "REGISTERED", "Registered, not yet taken up", "Aangemeld"),
        code("IN_PROGRESS", "IN_PROGRESS", "Taken up", "In behandeling"),
        code("ADVISED", "ADVISED", "Advice given, followed until it works out", "Advies gegeven"),
        code("CLOSED", "CLOSED", "Closed", "Afgesloten"),
    ],
};

/// How a case ended.
pub static CASE_OUTCOME: CodeList = CodeList {
    name: "CaseOutcome",
    doc: "How a case of an expert team ended; our own list (Dutch: uitkomst).",
    origin: None,
    codes: &[
        code("CARE_STARTED", "CARE_STARTED", "The advised care started", "Geadviseerde hulp gestart"),
        code("OTHER_CARE_STARTED", "OTHER_CARE_STARTED", "Other care started", "Andere hulp gestart"),
        code("CLOSED_PLACEMENT", "CLOSED_PLACEMENT", "A closed placement", "Gesloten plaatsing"),
        code("ESCALATED", "ESCALATED", "Passed on to the expertise network", "Opgeschaald naar het expertisenetwerk"),
        code("WITHDRAWN", "WITHDRAWN", "Withdrawn", "Ingetrokken"),
        code("UNRESOLVED", "UNRESOLVED", "Closed without a solution", "Zonder oplossing afgesloten"),
    ],
};
