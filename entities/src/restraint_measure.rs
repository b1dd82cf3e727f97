//! Measures that restrain a youth in closed care, as providers register them.

use sea_orm::entity::prelude::*;

use crate::{
    code::RESTRAINT_KIND,
    dataset::{Dataset, Held, Told},
    kind::{
        Bucket,
        Tier::{Indirect, Open, Sensitive},
    },
};

/// One measure that restrained one youth (Dutch: vrijheidsbeperkende maatregel, VBM).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "restraint_measure")]
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
    /// The stay during which it was applied: row id at the same source.
    pub placement: Option<i64>,
    /// Unit where it was applied.
    pub unit: String,
    /// Which measure.
    pub kind: String,
    /// Moment at which it began, UTC.
    pub applied_at: DateTimeUtc,
    /// Amsterdam day on which it began.
    pub applied_on: Date,
    /// How long it lasted, in whole minutes.
    pub duration_minutes: Option<i32>,
    /// Did the care plan allow for it?
    pub in_plan: Option<bool>,
    /// Why it was applied.
    pub reason: Option<String>,
    /// What came of it.
    pub effect: Option<String>,
    /// Day on which it was talked over with the youth.
    pub evaluated_on: Option<Date>,
    /// Moment of the last change, UTC.
    pub updated_at: DateTimeUtc,
    /// Amsterdam day of the last change.
    pub updated_on: Date,
}

/// None: rows link by code, or by id within their source.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn dataset() -> Dataset {
    Dataset::of::<Entity>(
        "RestraintMeasure",
        "One measure that restrained one youth in closed care (Dutch: vrijheidsbeperkende maatregel, VBM).",
        Held::Provider,
    )
    .id(Column::Id)
    .youth(
        Column::Youth,
        Told {
            dutch: "een vrijheidsbeperkende maatregel, zoals afzondering",
            english: "a measure that restricts freedom, such as seclusion",
        },
    )
    .hidden(Column::YouthKey)
    .link(Column::Region, "Region", Open, "Region of origin (Dutch: jeugdhulpregio).")
    .row(
        Column::Placement,
        "Placement",
        Sensitive,
        "The stay during which it was applied; null where not registered (Dutch: plaatsing).",
    )
    .link(Column::Unit, "Unit", Sensitive, "Unit where it was applied.")
    .field(Column::Kind, "Which measure, by article of the Jeugdwet.", |it| {
        it.tier(Open).code(&RESTRAINT_KIND).groups()
    })
    .hidden(Column::AppliedAt)
    .field(Column::AppliedOn, "Day on which it began.", |it| {
        it.named("applied_at").tier(Sensitive).bucket(Bucket::Year, Indirect).sorts()
    })
    .field(Column::DurationMinutes, "How long it lasted, in whole minutes; null where not registered.", |it| {
        it.tier(Sensitive).sorts()
    })
    .field(
        Column::InPlan,
        "Did the care plan allow for it? Null where not registered (Dutch: hulpverleningsplan).",
        |it| it.tier(Sensitive),
    )
    .field(Column::Reason, "Why it was applied, in free text; null where not registered.", |it| it.tier(Sensitive))
    .field(Column::Effect, "What came of it, in free text; null where not registered.", |it| it.tier(Sensitive))
    .field(Column::EvaluatedOn, "Day on which it was talked over with the youth; null while it was not.", |it| {
        it.tier(Sensitive).sorts()
    })
    .dated(Column::AppliedOn)
    .updated(Column::UpdatedAt, Column::UpdatedOn)
    .done()
}
