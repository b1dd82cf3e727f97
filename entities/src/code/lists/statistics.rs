//! Lists of what is delivered to CBS (Beleidsinformatie Jeugd) that no field uses yet.

use super::{CodeList, code};

/// Why care ended, as delivered to CBS.
pub static CARE_END_REASON_CBS: CodeList = CodeList {
    name: "CareEndReasonCbs",
    doc: "Why care ended, as delivered to CBS; 03 is 32 in the list of municipalities (Dutch: reden beëindiging jeugdhulp).",
    origin: Some("CBS-BJ-EINDE"),
    codes: &[
        code("01", "AS_PLANNED", "Ended as planned", "Beëindigd volgens plan"),
        code("02", "STOPPED_IN_AGREEMENT", "Ended early in agreement", "Voortijdig afgesloten: in overeenstemming"),
        code("03", "STOPPED_BY_CLIENT", "Ended early by the client", "Voortijdig afgesloten: eenzijdig door de cliënt"),
        code(
            "04",
            "STOPPED_BY_PROVIDER",
            "Ended early by the provider",
            "Voortijdig afgesloten: eenzijdig door de aanbieder",
        ),
        code(
            "05",
            "EXTERNAL_CIRCUMSTANCES",
            "Ended early by circumstances",
            "Voortijdig afgesloten: wegens externe omstandigheden",
        ),
    ],
};

/// Why a measure ended.
pub static MEASURE_END_REASON: CodeList = CodeList {
    name: "MeasureEndReason",
    doc: "Why a measure of child protection or youth probation ended (Dutch: reden beëindiging maatregel).",
    origin: Some("CBS-BJ-EINDE-MAATREGEL"),
    codes: &[
        code(
            "01",
            "SUPERVISION_COMING_OF_AGE",
            "Supervision order: the youth came of age",
            "OTS: bereiken meerderjarigheid",
        ),
        code("02", "SUPERVISION_LIFTED", "Supervision order: lifted early", "OTS: tussentijdse opheffing"),
        code("03", "SUPERVISION_NOT_EXTENDED", "Supervision order: not extended", "OTS: niet verlengd"),
        code("04", "SUPERVISION_AS_PLANNED", "Supervision order: ended as planned", "OTS: beëindiging volgens plan"),
        code(
            "05",
            "SUPERVISION_AUTHORITY_ENDED",
            "Supervision order: parental authority was ended",
            "OTS: gezagsbeëindigende maatregel",
        ),
        code("06", "SUPERVISION_DECEASED", "Supervision order: death", "OTS: overlijden"),
        code(
            "11",
            "GUARDIANSHIP_COMING_OF_AGE",
            "Guardianship: the youth came of age",
            "Voogdij: bereiken meerderjarigheid",
        ),
        code("12", "GUARDIANSHIP_TO_FOSTER_PARENT", "Guardianship went to a foster parent", "Voogdij naar pleegouder"),
        code("13", "GUARDIANSHIP_TO_CITIZEN", "Guardianship went to a citizen", "Voogdij naar burgervoogd"),
        code(
            "14",
            "GUARDIANSHIP_AUTHORITY_RESTORED",
            "Guardianship: parental authority was restored",
            "Voogdij: herstel gezag",
        ),
        code("15", "GUARDIANSHIP_DECEASED", "Guardianship: death", "Voogdij: overlijden"),
        code("21", "PROBATION_AS_PLANNED", "Youth probation: ended as planned", "JR: beëindiging volgens plan"),
        code("22", "PROBATION_LIFTED", "Youth probation: lifted early", "JR: tussentijdse opheffing"),
        code(
            "23",
            "PROBATION_TO_ADULT",
            "Youth probation: passed on to probation of adults",
            "JR: overgang naar volwassen reclassering",
        ),
        code("24", "PROBATION_REPORTED_BACK", "Youth probation: reported back", "JR: terugmelding"),
        code(
            "25",
            "PROBATION_COURT_DECISION",
            "Youth probation: further decision of the court",
            "JR: nader besluit rechter",
        ),
        code("26", "PROBATION_DECEASED", "Youth probation: death", "JR: overlijden"),
        code("31", "PREVENTIVE_ENDED", "Preventive activities ended", "Einde preventieve activiteiten"),
    ],
};

/// What care is meant to bring about.
pub static PERSPECTIVE: CodeList = CodeList {
    name: "Perspective",
    doc: "What care is meant to bring about, as delivered to CBS (Dutch: perspectief).",
    origin: Some("CBS-BJ-PERSPECTIEF"),
    codes: &[
        code("01", "STABILISATION", "Stabilise a crisis", "Stabilisatie van een crisissituatie"),
        code("02", "DIAGNOSIS", "Diagnose", "Diagnostiek"),
        code("03", "GUIDANCE", "Guide", "Begeleiden"),
        code("04", "TREATMENT", "Treat", "Behandelen"),
    ],
};

/// Measure of child protection, youth probation or prevention.
pub static PROTECTION_MEASURE: CodeList = CodeList {
    name: "ProtectionMeasure",
    doc: "Measure of child protection, youth probation or prevention (Dutch: maatregel).",
    origin: Some("CBS-BJ-MAATREGEL"),
    codes: &[
        code("11", "SUPERVISION_ORDER", "Supervision order", "Ondertoezichtstelling"),
        code(
            "12",
            "PROVISIONAL_SUPERVISION_ORDER",
            "Provisional supervision order",
            "Voorlopige ondertoezichtstelling",
        ),
        code("21", "GUARDIANSHIP", "Guardianship", "Voogdij"),
        code("22", "PROVISIONAL_GUARDIANSHIP", "Provisional guardianship", "Voorlopige voogdij"),
        code("23", "TEMPORARY_GUARDIANSHIP", "Temporary guardianship", "Tijdelijke voogdij"),
        code(
            "31",
            "PREVENTIVE_JUDICIAL",
            "Activities in the preventive judicial framework",
            "Activiteiten in het preventief justitieel kader",
        ),
        code(
            "41",
            "PROBATION_COMPULSORY",
            "Supervision and guidance: compulsory",
            "Toezicht en begeleiding: gedwongen kader",
        ),
        code("42", "PROBATION_VOLUNTARY", "Supervision and guidance: voluntary", "Toezicht en begeleiding: vrijwillig"),
        code(
            "50",
            "INDIVIDUAL_GUIDANCE_HARD_CORE",
            "Individual guidance for the hard core (Harde Kern)",
            "Individuele trajectbegeleiding Harde Kern",
        ),
        code("51", "INDIVIDUAL_GUIDANCE_CRIEM", "Individual guidance (Criem)", "Individuele trajectbegeleiding Criem"),
        code("61", "TRAINING_PROGRAMME", "Programme of schooling and training", "Scholings- en trainingsprogramma"),
        code("62", "BEHAVIOURAL_MEASURE", "Measure to influence behaviour", "Gedragsbeïnvloedende maatregel"),
        code(
            "63",
            "BEHAVIOURAL_MEASURE_PREPARATION",
            "Preparation of a measure to influence behaviour, conditional dismissal, suspended remand, conditional release",
            "Voorbereiding gedragsbeïnvloedende maatregel, voorwaardelijk sepot, schorsing voorlopige hechtenis, voorwaardelijke invrijheidstelling",
        ),
    ],
};

/// Who referred, as delivered to CBS.
pub static REFERRER_CBS: CodeList = CodeList {
    name: "ReferrerCbs",
    doc: "Who referred, as delivered to CBS; 07 is unknown here and no code in messages (Dutch: verwijzer).",
    origin: Some("CBS-BJ-VERWIJZER"),
    codes: &[
        code("01", "MUNICIPALITY", "Access by the municipality", "Gemeentelijke toegang"),
        code("02", "GENERAL_PRACTITIONER", "General practitioner", "Huisarts"),
        code("03", "YOUTH_DOCTOR", "Youth doctor", "Jeugdarts"),
        code("04", "CERTIFIED_INSTITUTION", "Certified institution", "Gecertificeerde instelling"),
        code("05", "MEDICAL_SPECIALIST", "Medical specialist", "Medisch specialist"),
        code("06", "NONE", "No referrer", "Geen verwijzer"),
        code("07", "UNKNOWN", "Unknown", "Onbekend"),
    ],
};

/// Sex, as delivered to CBS.
pub static SEX_CBS: CodeList = CodeList {
    name: "SexCbs",
    doc: "Sex, as delivered to CBS (Dutch: geslacht).",
    origin: Some("CBS-BJ-GESLACHT"),
    codes: &[
        code("V", "FEMALE", "Female", "Vrouw"),
        code("M", "MALE", "Male", "Man"),
        code("O", "UNKNOWN", "Unknown", "Onbekend"),
    ],
};
