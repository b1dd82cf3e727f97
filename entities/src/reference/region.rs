//! Youth care regions.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// Municipalities that buy youth care together (Dutch: jeugdhulpregio).
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "region")]
pub struct Model {
    /// Code of CBS, such as `JZ36`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Name.
    pub name: String,
    /// Supra-region of closed care.
    pub supra_region: Option<String>,
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
    Dataset::of::<Entity>(
        "Region",
        "Municipalities that buy youth care together (Dutch: jeugdhulpregio).",
        Held::Reference,
    )
    .key(Column::Code, "Code of CBS: JZ01 to JZ43, without JZ40.")
    .field(Column::Name, "Name as CBS printed it in 2023.", |it| it.tier(Open).sorts())
    .link(
        Column::SupraRegion,
        "SupraRegion",
        Open,
        "Supra-region of closed care; null where the shared plans name none (Dutch: landsdeel).",
    )
    .field(Column::Latitude, "Latitude of the centroid, degrees north, WGS84.", |it| it.tier(Open))
    .field(Column::Longitude, "Longitude of the centroid, degrees east, WGS84.", |it| it.tier(Open))
    .list_through("municipalities", ("Membership", "region", "municipality"), "The municipalities of the region.")
    .list(
        "memberships",
        "Membership",
        "region",
        "The same municipalities, with the dates between which they belong to the region.",
    )
    .list_through("networks", ("NetworkRegion", "region", "network"), "Expertise networks that support the region.")
    .done()
}
