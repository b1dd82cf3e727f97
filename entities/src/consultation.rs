//! Consultations before a closed placement, as the regional expert teams register them.

use sea_orm::entity::prelude::*;

use crate::{
    code::{CARE_FORM, CONSULTATION_OUTCOME, NOT_HELD_REASON},
    dataset::{Dataset, Held, Told},
    kind::Tier::{Indirect, Open},
};

/// One consultation on one youth, to be held before every closed placement (Dutch: civiel trajectberaad, CTB).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation")]
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
    /// Certified institution (gecertificeerde instelling) that is the youth's guardian.
    pub institution: Option<String>,
    /// Day on which it was asked for.
    pub requested_on: Date,
    /// Day on which it was held.
    pub held_on: Option<Date>,
    /// Why it was not held.
    pub not_held_reason: Option<String>,
    /// Did the youth take part?
    pub youth_present: Option<bool>,
    /// Did a parent take part?
    pub parents_present: Option<bool>,
    /// Did the school take part?
    pub school_present: Option<bool>,
    /// Did an expert by experience take part?
    pub experience_expert_present: Option<bool>,
    /// What came of it.
    pub outcome: Option<String>,
    /// Care form that was chosen instead of a closed placement.
    pub alternative: Option<String>,
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
        "Consultation",
        "One consultation on one youth, to be held before every closed placement (Dutch: civiel trajectberaad, CTB).",
        Held::Region,
    )
    .id(Column::Id)
    .youth(Column::Youth, Told { dutch: "een overleg voordat iemand gesloten geplaatst wordt (civiel trajectberaad)", english: "a consultation before a closed placement" })
    .hidden(Column::YouthKey)
    .link(Column::Region, "Region", Open, "Region of origin (Dutch: jeugdhulpregio).")
    .link(
        Column::Institution,
        "Institution",
        Open,
        "Certified institution that is the guardian; null where there is none (Dutch: gecertificeerde instelling).",
    )
    .field(Column::RequestedOn, "Day on which the consultation was asked for.", |it| it.tier(Indirect).sorts())
    .field(Column::HeldOn, "Day on which it was held; null where it was not, or not yet.", |it| {
        it.tier(Indirect).sorts()
    })
    .field(Column::NotHeldReason, "Why it was not held; null where it was, or is still to be.", |it| {
        it.tier(Open).code(&NOT_HELD_REASON).groups()
    })
    .field(Column::YouthPresent, "Did the youth take part? Null where it was not held, or not registered.", |it| {
        it.tier(Open).groups()
    })
    .field(Column::ParentsPresent, "Did a parent take part? Null where it was not held, or not registered.", |it| {
        it.tier(Open).groups()
    })
    .field(Column::SchoolPresent, "Did the school take part? Null where it was not held, or not registered.", |it| {
        it.tier(Open).groups()
    })
    .field(
        Column::ExperienceExpertPresent,
        "Did an expert by experience take part? Null where it was not held, or not registered (Dutch: ervaringsdeskundige).",
        |it| it.tier(Open).groups(),
    )
    .field(Column::Outcome, "What came of it; null where it was not held (Dutch: uitkomst).", |it| {
        it.tier(Open).code(&CONSULTATION_OUTCOME).groups()
    })
    .field(
        Column::Alternative,
        "Care form that was chosen instead of a closed placement; null where none was (Dutch: alternatief).",
        |it| it.tier(Open).code(&CARE_FORM).groups(),
    )
    .period(Column::RequestedOn, Column::HeldOn)
    .closed_by_any(Column::NotHeldReason)
        .updated(Column::UpdatedAt, Column::UpdatedOn)
    .done()
}
