//! Locations of providers.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A place where a provider gives care (Dutch: locatie).
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "location")]
pub struct Model {
    /// Our own code, such as `ALMATA-OSS`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Name.
    pub name: String,
    /// Provider that runs it.
    pub provider: String,
    /// Municipality it lies in.
    pub municipality: String,
    /// Town or village.
    pub town: String,
    /// Degrees north, WGS84.
    pub latitude: f64,
    /// Degrees east, WGS84.
    pub longitude: f64,
    /// Made up for the demonstration.
    pub fictional: bool,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>("Location", "A place where a provider gives care (Dutch: locatie).", Held::Reference)
        .key(Column::Code, "Our own code, such as ALMATA-OSS.")
        .field(Column::Name, "Name.", |it| it.tier(Open).sorts())
        .link(Column::Provider, "Provider", Open, "Provider that runs it.")
        .link(Column::Municipality, "Municipality", Open, "Municipality it lies in.")
        .field(Column::Town, "Town or village.", |it| it.tier(Open).sorts())
        .field(
            Column::Latitude,
            "Latitude of the centroid of the municipality, degrees north, WGS84: no source states the exact place.",
            |it| it.tier(Open),
        )
        .field(
            Column::Longitude,
            "Longitude of the centroid of the municipality, degrees east, WGS84: no source states the exact place.",
            |it| it.tier(Open),
        )
        .field(Column::Fictional, "Is it made up for the demonstration? No public page names it then.", |it| {
            it.tier(Open)
        })
        .list("units", "Unit", "location", "The units of the location.")
        .done()
}
