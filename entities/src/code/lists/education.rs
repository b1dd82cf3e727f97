//! Lists about education.

use super::{CodeList, code};

/// Where and how a youth is taught.
pub static EDUCATION_FORM: CodeList = CodeList {
    name: "EducationForm",
    doc: "Where and how a youth is taught; our own list (Dutch: onderwijsvorm).",
    origin: None,
    codes: &[
        code("SCHOOL_OF_ORIGIN", "SCHOOL_OF_ORIGIN", "At the school of origin", "Op de stamschool"),
        code("ON_SITE", "ON_SITE", "At the school on the site", "Op de school van de instelling"),
        code("DIGITAL", "DIGITAL", "At a distance", "Digitaal"),
        code("WORK_PLACEMENT", "WORK_PLACEMENT", "In a work placement", "Stage"),
        code("DAY_PROGRAMME", "DAY_PROGRAMME", "In a day programme", "Dagprogramma"),
        code("NONE", "NONE", "Not at all", "Geen onderwijs"),
    ],
};

/// Level of education.
pub static EDUCATION_LEVEL: CodeList = CodeList {
    name: "EducationLevel",
    doc: "Level of education; our own list (Dutch: onderwijsniveau).",
    origin: None,
    codes: &[
        code("PRIMARY", "PRIMARY", "Primary", "Primair onderwijs"),
        code("SPECIAL_SECONDARY", "SPECIAL_SECONDARY", "Secondary special", "Voortgezet speciaal onderwijs"),
        code("PRACTICAL", "PRACTICAL", "Practical training", "Praktijkonderwijs"),
        code("VMBO", "VMBO", "Pre-vocational", "Vmbo"),
        code("HAVO", "HAVO", "Senior general", "Havo"),
        code("VWO", "VWO", "Pre-university", "Vwo"),
        code("MBO", "MBO", "Vocational", "Mbo"),
    ],
};

/// Who pays for an arrangement of school and care.
pub static EDUCATION_FUNDING: CodeList = CodeList {
    name: "EducationFunding",
    doc: "Who pays for an arrangement of school and care; our own list (Dutch: bekostiging).",
    origin: None,
    codes: &[
        code("SCHOOL", "SCHOOL", "The school, from its ordinary budget", "School"),
        code("PARTNERSHIP", "PARTNERSHIP", "The education partnership", "Samenwerkingsverband"),
        code("MUNICIPALITY", "MUNICIPALITY", "The municipality", "Gemeente"),
        code("SHARED", "SHARED", "Partnership and municipality together", "Samenwerkingsverband en gemeente samen"),
    ],
};

/// Sector of an education partnership.
pub static PARTNERSHIP_SECTOR: CodeList = CodeList {
    name: "PartnershipSector",
    doc: "Sector of an education partnership, after the letters of its legal code (Dutch: onderwijssector).",
    origin: None,
    codes: &[
        code("PO", "PO", "Primary education", "Primair onderwijs"),
        code("VO", "VO", "Secondary education", "Voortgezet onderwijs"),
    ],
};
