//! How long youths wait for care, as the dashboards of the regions measure it.

use sea_orm::entity::prelude::*;

use crate::{
    code::CARE_FORM,
    dataset::{Dataset, Held},
    kind::Tier::{Indirect, Open},
};

/// How many youths waited, and how long, for one form of care of one provider on one day (Dutch: wachttijd).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "waiting_time")]
pub struct Model {
    /// Row id at the source.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Region that measured (jeugdhulpregio), such as `JZ36`.
    pub region: String,
    /// Who is waited for.
    pub provider: String,
    /// Form of the care that is waited for.
    pub care_form: String,
    /// Day of the measurement.
    pub measured_on: Date,
    /// Youths waiting on that day.
    pub waiting_youths: Option<i32>,
    /// Half of those whose care began lately waited longer.
    pub median_days: Option<i32>,
    /// One in ten of those whose care began lately waited longer.
    pub p90_days: Option<i32>,
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
        "WaitingTime",
        "How many youths waited, and how long, for one form of care of one provider on one day (Dutch: wachttijd).",
        Held::Region,
    )
    .id(Column::Id)
    .link(Column::Region, "Region", Open, "Region that measured, whose youths wait (Dutch: jeugdhulpregio).")
    .link(Column::Provider, "Provider", Open, "Who is waited for.")
    .field(Column::CareForm, "Form of the care that is waited for (Dutch: hulpvorm).", |it| {
        it.tier(Open).code(&CARE_FORM)
    })
    .field(Column::MeasuredOn, "Day of the measurement.", |it| it.tier(Open).sorts())
    .field(Column::WaitingYouths, "Youths waiting on that day; null where not counted (Dutch: wachtenden).", |it| {
        it.tier(Indirect).sorts()
    })
    .field(
        Column::MedianDays,
        "Median of the days waited by those whose care began in the quarter before; null where none did.",
        |it| it.tier(Indirect).sorts(),
    )
    .field(
        Column::P90Days,
        "Nine in ten of those whose care began in the quarter before waited at most so many days; null where none did.",
        |it| it.tier(Indirect).sorts(),
    )
    .dated(Column::MeasuredOn)
    .updated(Column::UpdatedAt, Column::UpdatedOn)
    .done()
}
