//! Lists about care: its category, its form and how closed it is.

use super::{CodeList, code};

/// Category of care.
pub static CARE_CATEGORY: CodeList = CodeList {
    name: "CareCategory",
    doc: "Category of care that is asked for or given; codes 31 to 38 are of 2015 (Dutch: productcategorie).",
    origin: Some("JZ020"),
    codes: &[
        code(
            "31",
            "OUTPATIENT_NEIGHBOURHOOD_TEAM",
            "(2015) Without stay: by a neighbourhood team",
            "(2015) Zonder verblijf: uitgevoerd door wijk- of buurtteam",
        ),
        code(
            "32",
            "OUTPATIENT_AT_PROVIDER",
            "(2015) Without stay: ambulatory, at the provider",
            "(2015) Zonder verblijf: ambulante jeugdhulp op locatie van de aanbieder",
        ),
        code(
            "33",
            "OUTPATIENT_DAY_CARE",
            "(2015) Without stay: day care, at the provider",
            "(2015) Zonder verblijf: daghulp op locatie van de aanbieder",
        ),
        code(
            "34",
            "OUTPATIENT_IN_NETWORK",
            "(2015) Without stay: in the youth's own surroundings",
            "(2015) Zonder verblijf: jeugdhulp in het netwerk van de jeugdige",
        ),
        code("35", "FOSTER_CARE", "(2015) With stay: foster care", "(2015) Met verblijf: pleegzorg"),
        code("36", "FAMILY_BASED", "(2015) With stay: in a family home", "(2015) Met verblijf: gezinsgericht"),
        code("37", "CLOSED_PLACEMENT", "(2015) With stay: closed placement", "(2015) Met verblijf: gesloten plaatsing"),
        code(
            "38",
            "OTHER_RESIDENTIAL",
            "(2015) With stay: other residential care",
            "(2015) Met verblijf: overig residentieel",
        ),
        code("40", "PERSONAL_CARE", "Personal care", "Persoonlijke verzorging"),
        code("41", "DAY_TREATMENT", "Day treatment", "Dagbehandeling"),
        code("42", "TRANSPORT", "Transport", "Vervoerdiensten"),
        code("43", "STAY_WITH_TREATMENT", "Stay, treatment included", "Jeugdhulp verblijf (incl. behandeling)"),
        code("44", "STAY_WITHOUT_TREATMENT", "Stay, treatment not included", "Jeugdhulp verblijf (excl. behandeling)"),
        code("45", "AMBULATORY", "Ambulatory youth care", "Jeugdhulp ambulant"),
        code("46", "CRISIS", "Youth care in a crisis", "Jeugdhulp crisis"),
        code("47", "YOUTH_PROBATION", "Youth probation", "Jeugdreclassering"),
        code("48", "CHILD_PROTECTION", "Child protection", "Jeugdbescherming"),
        code(
            "49",
            "PREVENTIVE_JUDICIAL",
            "Activities in the preventive judicial framework",
            "Activiteiten in het preventief justitieel kader",
        ),
        code("50", "TAILORED_ARRANGEMENT", "Tailored arrangements", "Maatwerkarrangementen jeugd"),
        code("51", "BASIC_MENTAL_HEALTH", "Basic mental health care", "Generalistische basis-ggz"),
        code("52", "SPECIALIST_MENTAL_HEALTH", "Specialist mental health care", "Specialistische ggz"),
        code("53", "PAEDIATRICS", "Paediatrics", "Kindergeneeskunde"),
        code("54", "YOUTH_MENTAL_HEALTH", "Youth mental health care", "Jeugd-ggz"),
        code("55", "NATIONALLY_PURCHASED", "Care that is purchased nationally", "Landelijk ingekochte zorg"),
    ],
};

/// Form of care.
pub static CARE_FORM: CodeList = CodeList {
    name: "CareForm",
    doc: "Form of care, as delivered to CBS (Dutch: hulpvorm).",
    origin: Some("CBS-BJ-HULPVORM"),
    codes: &[
        code(
            "01",
            "NEIGHBOURHOOD_TEAM",
            "Without stay: by a neighbourhood team",
            "Zonder verblijf: uitgevoerd door het wijk- of buurtteam",
        ),
        code(
            "02",
            "AMBULATORY_AT_PROVIDER",
            "Without stay: ambulatory, at the provider",
            "Zonder verblijf: ambulante jeugdhulp op locatie van de aanbieder",
        ),
        code(
            "03",
            "DAY_CARE",
            "Without stay: day care, at the provider",
            "Zonder verblijf: daghulp op locatie van de aanbieder",
        ),
        code(
            "04",
            "IN_NETWORK",
            "Without stay: in the youth's own surroundings",
            "Zonder verblijf: jeugdhulp in het netwerk van de jeugdige",
        ),
        code("11", "FOSTER_CARE", "With stay: foster care", "Met verblijf: pleegzorg"),
        code("12", "FAMILY_BASED", "With stay: in a family home", "Met verblijf: gezinsgericht"),
        code("13", "CLOSED_PLACEMENT", "With stay: closed placement", "Met verblijf: gesloten plaatsing"),
        code(
            "14",
            "OTHER_RESIDENTIAL",
            "With stay at a provider, other than the above",
            "Met verblijf: verblijf bij een jeugdhulpaanbieder anders dan bovenstaand",
        ),
    ],
};

/// How closed a unit is.
pub static SETTING: CodeList = CodeList {
    name: "Setting",
    doc: "How closed a unit is; the steps of the waterfall; our own list (Dutch: setting).",
    origin: None,
    codes: &[
        code("CLOSED", "CLOSED", "Closed", "Gesloten"),
        code("HYBRID", "HYBRID", "Hybrid: closed only where it must be", "Hybride: alleen gesloten waar het moet"),
        code("OPEN", "OPEN", "Open residential", "Open residentieel"),
        code("AMBULATORY", "AMBULATORY", "Ambulatory: the care comes to the home", "Ambulant: de hulp komt thuis"),
    ],
};
