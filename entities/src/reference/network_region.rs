//! Which expertise network supports which region.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A region that a network supports.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "network_region")]
pub struct Model {
    /// Both codes, such as `BEN-JZ36`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The network.
    pub network: String,
    /// The region.
    pub region: String,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>("NetworkRegion", "A region that a network supports.", Held::Reference)
        .key(Column::Code, "Both codes, such as BEN-JZ36.")
        .link(Column::Network, "ExpertiseNetwork", Open, "The network.")
        .link(Column::Region, "Region", Open, "The region.")
        .done()
}
