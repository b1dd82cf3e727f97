//! Municipalities.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A municipality, as of 2023 (Dutch: gemeente).
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "municipality")]
pub struct Model {
    /// Code of CBS, such as `GM0748`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Name.
    pub name: String,
    /// Province of the municipality.
    pub province: String,
    /// Degrees north, WGS84.
    pub latitude: f64,
    /// Degrees east, WGS84.
    pub longitude: f64,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>("Municipality", "A municipality, as of 2023 (Dutch: gemeente).", Held::Reference)
        .key(Column::Code, "Code of CBS, such as GM0748; names are not unique.")
        .field(Column::Name, "Name in 2023.", |it| it.tier(Open).sorts())
        .link(Column::Province, "Province", Open, "Province of the municipality.")
        .field(Column::Latitude, "Latitude of the centroid, degrees north, WGS84.", |it| it.tier(Open))
        .field(Column::Longitude, "Longitude of the centroid, degrees east, WGS84.", |it| it.tier(Open))
        .list_through(
            "regions",
            ("Membership", "municipality", "region"),
            "The youth care regions that the municipality belongs to.",
        )
        .list(
            "memberships",
            "Membership",
            "municipality",
            "The same regions, with the dates between which the municipality belongs to them.",
        )
        .list_through(
            "partnerships",
            ("Coverage", "municipality", "partnership"),
            "Education partnerships with postcodes in the municipality.",
        )
        .list("coverages", "Coverage", "municipality", "The same partnerships, with the number of postcodes.")
        .list("locations", "Location", "municipality", "Locations of providers in the municipality.")
        .list("schools", "School", "municipality", "Schools in the municipality.")
        .done()
}
