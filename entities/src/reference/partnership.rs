//! Education partnerships.

use sea_orm::entity::prelude::*;

use crate::{
    code::PARTNERSHIP_SECTOR,
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// Schools that give every pupil of an area a fitting place together (Dutch: samenwerkingsverband passend onderwijs).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership")]
pub struct Model {
    /// Legal code, such as `VO3001`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Primary or secondary education.
    pub sector: String,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>("Partnership", "Schools that give every pupil of an area a fitting place together (Dutch: samenwerkingsverband passend onderwijs).", Held::Reference)
        .key(Column::Code, "Legal code, such as VO3001; its letters are the sector.")
        .field(Column::Sector, "Primary or secondary education.", |it| it.tier(Open).code(&PARTNERSHIP_SECTOR))
        .list_through("municipalities", ("Coverage", "partnership", "municipality"), "Municipalities with postcodes of the partnership, within the nine regions of the three supra-regions.")
        .list("coverages", "Coverage", "partnership", "The same municipalities, with the number of postcodes.")
        .list("primary_postcodes", "Postcode", "primary_partnership", "Postcodes of a partnership of primary education; none for a secondary one.")
        .list("secondary_postcodes", "Postcode", "secondary_partnership", "Postcodes of a partnership of secondary education; none for a primary one.")
        .list("schools", "School", "partnership", "Schools that take part, as far as known.")
        .done()
}
