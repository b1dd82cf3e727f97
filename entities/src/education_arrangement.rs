//! School during and after a placement, as the education partnerships register it.

use sea_orm::entity::prelude::*;

use crate::{
    code::{EDUCATION_FORM, EDUCATION_FUNDING, EDUCATION_LEVEL},
    dataset::{Dataset, Held, Told},
    kind::Tier::{Indirect, Open},
};

/// One arrangement of school and care for one youth (Dutch: onderwijszorgarrangement).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "education_arrangement")]
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
    /// Partnership that made the arrangement.
    pub partnership: String,
    /// School before the placement.
    pub school_of_origin: Option<String>,
    /// School that teaches now.
    pub school: Option<String>,
    /// Level of education.
    pub level: Option<String>,
    /// Where and how the youth is taught.
    pub form: String,
    /// First day of the arrangement.
    pub started_on: Date,
    /// Day on which it no longer held.
    pub ended_on: Option<Date>,
    /// Hours of education a week.
    pub hours_per_week: Option<i32>,
    /// School days without education.
    pub interrupted_days: Option<i32>,
    /// Who pays.
    pub funding: Option<String>,
    /// Did school go on without a break?
    pub continuous: Option<bool>,
    /// Moment of the last change, UTC.
    pub updated_at: DateTimeUtc,
    /// Amsterdam day of the last change.
    pub updated_on: Date,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn dataset() -> Dataset {
    Dataset::of::<Entity>(
        "EducationArrangement",
        "One arrangement of school and care for one youth (Dutch: onderwijszorgarrangement).",
        Held::Partnership,
    )
    .id(Column::Id)
    .youth(
        Column::Youth,
        Told {
            dutch: "een onderwijszorgarrangement: afspraken over school en hulp samen",
            english: "an arrangement of school and care together",
        },
    )
    .hidden(Column::YouthKey)
    .link(Column::Region, "Region", Open, "Region of origin (Dutch: jeugdhulpregio).")
    .link(
        Column::Partnership,
        "Partnership",
        Open,
        "Partnership that made the arrangement (Dutch: samenwerkingsverband passend onderwijs).",
    )
    .link(
        Column::SchoolOfOrigin,
        "School",
        Indirect,
        "School before the placement; null where the source does not know it (Dutch: stamschool).",
    )
    .link(Column::School, "School", Indirect, "School that teaches now; null where none does.")
    .field(Column::Level, "Level of education; null where not registered (Dutch: onderwijsniveau).", |it| {
        it.tier(Open).code(&EDUCATION_LEVEL).groups()
    })
    .field(Column::Form, "Where and how the youth is taught.", |it| it.tier(Open).code(&EDUCATION_FORM).groups())
    .field(Column::StartedOn, "First day of the arrangement.", |it| it.tier(Indirect).sorts())
    .field(Column::EndedOn, "Day on which the arrangement no longer held; null while it does.", |it| {
        it.tier(Indirect).sorts()
    })
    .field(Column::HoursPerWeek, "Hours of education a week; null where not registered.", |it| {
        it.tier(Indirect).sorts()
    })
    .field(Column::InterruptedDays, "School days without education since the start; null where not registered.", |it| {
        it.tier(Indirect).sorts()
    })
    .field(Column::Funding, "Who pays; null where not registered (Dutch: bekostiging).", |it| {
        it.tier(Open).code(&EDUCATION_FUNDING).groups()
    })
    .field(
        Column::Continuous,
        "Did school go on without a break? Null where not registered (Dutch: doorlopend onderwijs).",
        |it| it.tier(Open).groups(),
    )
    .period(Column::StartedOn, Column::EndedOn)
    .updated(Column::UpdatedAt, Column::UpdatedOn)
    .done()
}
