//! Reports of free and occupied places per unit, as providers make them.

use sea_orm::entity::prelude::*;

use crate::{
    code::SETTING,
    dataset::{Dataset, Held},
    kind::Tier::{Indirect, Open},
};

/// What one unit had free and occupied on one day (Dutch: beschikbaarheid en bezetting).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "capacity_report")]
pub struct Model {
    /// Row id at the source.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Region of the place (jeugdhulpregio), such as `JZ36`.
    pub region: String,
    /// Unit reported on.
    pub unit: String,
    /// Location of the unit.
    pub location: String,
    /// How closed the unit was on that day.
    pub setting: String,
    /// Day that the report is about.
    pub reported_on: Date,
    /// Places that municipalities bought.
    pub contracted_places: i32,
    /// Places that a youth could take that day.
    pub available_places: i32,
    /// Places with a youth in them.
    pub occupied_places: i32,
    /// Free places kept for a known youth.
    pub reserved_places: Option<i32>,
    /// Youths waiting for this unit.
    pub waiting_youths: Option<i32>,
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
        "CapacityReport",
        "What one unit had free and occupied on one day (Dutch: beschikbaarheid en bezetting).",
        Held::Provider,
    )
    .id(Column::Id)
    .link(Column::Region, "Region", Open, "Region of the place, not of the youths in it (Dutch: jeugdhulpregio).")
    .link(Column::Unit, "Unit", Open, "Unit reported on.")
    .link(Column::Location, "Location", Open, "Location of the unit on that day.")
    .field(Column::Setting, "How closed the unit was on that day.", |it| it.tier(Open).code(&SETTING))
    .field(Column::ReportedOn, "Day that the report is about.", |it| it.tier(Open).sorts())
    .field(Column::ContractedPlaces, "Places that municipalities bought (Dutch: ingekochte plaatsen).", |it| {
        it.tier(Open).sorts()
    })
    .field(Column::AvailablePlaces, "Places that a youth could take that day.", |it| it.tier(Indirect).sorts())
    .field(Column::OccupiedPlaces, "Places with a youth in them (Dutch: bezetting).", |it| it.tier(Indirect).sorts())
    .field(Column::ReservedPlaces, "Free places kept for a known youth; null where not registered.", |it| {
        it.tier(Indirect).sorts()
    })
    .field(
        Column::WaitingYouths,
        "Youths waiting for this unit; null where not registered (Dutch: wachtenden).",
        |it| it.tier(Indirect).sorts(),
    )
    .dated(Column::ReportedOn)
    .updated(Column::UpdatedAt, Column::UpdatedOn)
    .done()
}
