//! Care that was given, as the dashboards of the regions register it.

use sea_orm::entity::prelude::*;

use crate::{
    code::{AGE_BAND, CARE_CATEGORY, CARE_END_REASON, CARE_FORM, VOLUME_UNIT},
    dataset::{Dataset, Held, Told},
    kind::Tier::{Indirect, Open},
};

/// One stretch of care of one form, given to one youth by one provider (Dutch: zorginzet).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "care_episode")]
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
    /// Municipality of origin.
    pub municipality: Option<String>,
    /// Age at the start, in bands.
    pub age_band: Option<String>,
    /// Form of the care.
    pub care_form: String,
    /// Category of the care.
    pub category: Option<String>,
    /// Who gives the care.
    pub provider: Option<String>,
    /// First day of the care.
    pub started_on: Date,
    /// Day on which it was no longer given.
    pub ended_on: Option<Date>,
    /// Why it ended.
    pub end_reason: Option<String>,
    /// Volume that was granted, in whole units.
    pub planned_volume: Option<i32>,
    /// Volume that was given so far, in whole units.
    pub delivered_volume: Option<i32>,
    /// Unit of both volumes.
    pub volume_unit: Option<String>,
    /// Bought for this youth alone.
    pub tailored_contract: Option<bool>,
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
        "CareEpisode",
        "One stretch of care of one form, given to one youth by one provider (Dutch: zorginzet).",
        Held::Region,
    )
    .id(Column::Id)
    .youth(Column::Youth, Told { dutch: "hulp die is gegeven (zorginzet)", english: "care that was given" })
    .hidden(Column::YouthKey)
    .link(Column::Region, "Region", Open, "Region of origin (Dutch: jeugdhulpregio).")
    .link(
        Column::Municipality,
        "Municipality",
        Indirect,
        "Municipality of origin; null where the source does not know it.",
    )
    .field(Column::AgeBand, "Age at the start, in bands of years.", |it| it.tier(Indirect).code(&AGE_BAND).groups())
    .field(Column::CareForm, "Form of the care (Dutch: hulpvorm).", |it| it.tier(Open).code(&CARE_FORM).groups())
    .field(
        Column::Category,
        "Category of the care; null where the source does not know it (Dutch: productcategorie).",
        |it| it.tier(Open).code(&CARE_CATEGORY).groups(),
    )
    .link(Column::Provider, "Provider", Open, "Who gives the care; null where the source does not know it.")
    .field(Column::StartedOn, "First day of the care.", |it| it.tier(Indirect).sorts())
    .field(Column::EndedOn, "Day on which the care was no longer given; null while it is.", |it| {
        it.tier(Indirect).sorts()
    })
    .field(Column::EndReason, "Why the care ended; null while it is given (Dutch: reden beëindiging).", |it| {
        it.tier(Open).code(&CARE_END_REASON).groups()
    })
    .field(Column::PlannedVolume, "Volume granted, in whole units of `volumeUnit`; null where not registered.", |it| {
        it.tier(Indirect).sorts().in_unit("volume_unit")
    })
    .field(
        Column::DeliveredVolume,
        "Volume given so far, in whole units of `volumeUnit`; null where not registered.",
        |it| it.tier(Indirect).sorts().in_unit("volume_unit"),
    )
    .field(Column::VolumeUnit, "Unit of both volumes; null where neither is registered (Dutch: eenheid).", |it| {
        it.tier(Open).code(&VOLUME_UNIT).groups()
    })
    .field(
        Column::TailoredContract,
        "Was the care bought for this youth alone? Null where not registered (Dutch: maatwerkcontract).",
        |it| it.tier(Open).groups(),
    )
    .period(Column::StartedOn, Column::EndedOn)
    .updated(Column::UpdatedAt, Column::UpdatedOn)
    .done()
}
