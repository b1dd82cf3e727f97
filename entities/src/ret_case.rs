//! Complex cases, as the regional expert teams register them.

use sea_orm::entity::prelude::*;

use crate::{
    code::{
        AGE_BAND, APPLICANT, BOTTLENECK, CARE_FORM, CASE_OUTCOME, CASE_STATUS, EXPERTISE, PROBLEM_AREA,
        SCHOOL_ATTENDANCE,
    },
    dataset::{Dataset, Held, Told},
    kind::Tier::{Indirect, Open, Sensitive},
};

/// One case that a regional expert team took up (Dutch: casus van het regionaal expertteam, RET).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ret_case")]
pub struct Model {
    /// Row id at the source.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Pseudonym of the youth, as its holder knows it.
    pub youth: String,
    /// 64-bit keyed hash of the pseudonym.
    pub youth_key: i64,
    /// Region of origin (jeugdhulpregio), such as `JZ36`.
    pub region: String,
    /// Age on registration, in bands.
    pub age_band: Option<String>,
    /// Day of registration.
    pub registered_on: Date,
    /// Who brought the case.
    pub applicant: Option<String>,
    /// What the case is stuck on.
    pub bottleneck: Option<String>,
    /// JSON array of codes: what the youth struggles with.
    pub problem_areas: String,
    /// Expertise that was asked for.
    pub expertise_needed: Option<String>,
    /// Does the youth go to school?
    pub school_attendance: Option<String>,
    /// Is there an explanatory analysis (GVA)?
    pub analysis_present: Option<bool>,
    /// Does a closed placement threaten?
    pub closed_risk: Option<bool>,
    /// Where the case stands.
    pub status: String,
    /// Day on which the team closed the case.
    pub closed_on: Option<Date>,
    /// How the case ended.
    pub outcome: Option<String>,
    /// Care form that the team advised.
    pub advised_care_form: Option<String>,
    /// Summary in free text.
    pub summary: Option<String>,
    /// Moment of the last change, UTC.
    pub updated_at: DateTimeUtc,
    /// Amsterdam day of the last change.
    pub updated_on: Date,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

const TOLD: Told = Told {
    dutch: "een casus van het regionaal expertteam, dat meedenkt als hulp vastloopt",
    english: "a case of the regional expert team, which helps when care gets stuck",
};

/// What the columns mean.
#[must_use]
pub fn dataset() -> Dataset {
    Dataset::of::<Entity>(
        "RetCase",
        "One case that a regional expert team took up (Dutch: casus van het regionaal expertteam, RET).",
        Held::Region,
    )
    .id(Column::Id)
    .youth(Column::Youth, TOLD)
    .hidden(Column::YouthKey)
    .link(Column::Region, "Region", Open, "Region of origin (Dutch: jeugdhulpregio).")
    .field(Column::AgeBand, "Age on registration, in bands of years.", |it| it.tier(Indirect).code(&AGE_BAND).groups())
    .field(Column::RegisteredOn, "Day on which the team registered the case.", |it| it.tier(Indirect).sorts())
    .field(Column::Applicant, "Who brought the case; null where not registered (Dutch: aanmelder).", |it| {
        it.tier(Open).code(&APPLICANT).groups()
    })
    .field(Column::Bottleneck, "What the case is stuck on; null where not registered (Dutch: knelpunt).", |it| {
        it.tier(Open).code(&BOTTLENECK).groups()
    })
    .field(
        Column::ProblemAreas,
        "What the youth struggles with; several, and empty where not registered (Dutch: problematiek).",
        |it| it.tier(Sensitive).codes(&PROBLEM_AREA),
    )
    .field(Column::ExpertiseNeeded, "Expertise that was asked for; null where not registered.", |it| {
        it.tier(Open).code(&EXPERTISE).groups()
    })
    .field(
        Column::SchoolAttendance,
        "Does the youth go to school? Null where not registered (Dutch: schoolgang).",
        |it| it.tier(Indirect).code(&SCHOOL_ATTENDANCE).groups(),
    )
    .field(
        Column::AnalysisPresent,
        "Is there an explanatory analysis? Null where not registered (Dutch: gedeelde verklarende analyse, GVA).",
        |it| it.tier(Open).groups(),
    )
    .field(Column::ClosedRisk, "Does a closed placement threaten? Null where not judged.", |it| {
        it.tier(Indirect).groups()
    })
    .field(Column::Status, "Where the case stands.", |it| it.tier(Open).code(&CASE_STATUS).groups())
    .field(Column::ClosedOn, "Day on which the team closed the case; null while it is open.", |it| {
        it.tier(Indirect).sorts()
    })
    .field(Column::Outcome, "How the case ended; null while it is open.", |it| {
        it.tier(Open).code(&CASE_OUTCOME).groups()
    })
    .field(
        Column::AdvisedCareForm,
        "Care form that the team advised; null where it advised none (Dutch: hulpvorm).",
        |it| it.tier(Open).code(&CARE_FORM).groups(),
    )
    .field(Column::Summary, "Summary of the case in free text; null where there is none.", |it| it.tier(Sensitive))
    .period(Column::RegisteredOn, Column::ClosedOn)
    .closed_by(Column::Status, "CLOSED")
    .updated(Column::UpdatedAt, Column::UpdatedOn)
    .done()
}
