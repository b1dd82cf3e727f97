//! Plans of supra-regions.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// The shared plan of a supra-region, with what it rests on of the country's (Dutch: bovenregionaal plan).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan")]
pub struct Model {
    /// The supra-region whose plan it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub supra_region: String,
    /// Title.
    pub title: String,
    /// The document.
    pub citation: String,
    /// When it was published, as precise as the document says.
    pub published: String,
    /// The day on which it was published.
    pub published_on: Option<Date>,
    /// The total that it prints, in euros.
    pub budget_total: Option<i32>,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>(
        "Plan",
        "The shared plan of a supra-region, with what it rests on of the country's (Dutch: bovenregionaal plan).",
        Held::Reference,
    )
    .key_link(Column::SupraRegion, "SupraRegion", "Whose plan it is; asked for by its code (Dutch: landsdeel).")
    .field(Column::Title, "Title in Dutch.", |it| it.tier(Open).sorts())
    .field(Column::Citation, "The document, as other texts cite it (Dutch: bron).", |it| it.tier(Open))
    .field(Column::Published, "When it was published, as precise as the document says: a year or a day.", |it| {
        it.tier(Open)
    })
    .field(Column::PublishedOn, "The day on which it was published; null where the document states none.", |it| {
        it.tier(Open).sorts()
    })
    .field(Column::BudgetTotal, "The total of the budget as printed, in euros; null where it has no budget.", |it| {
        it.tier(Open)
    })
    .list_through(
        "targets",
        ("PlanPart", "plan", "target"),
        "What it wants to reach: its own targets, and those of the country (their supraRegion is null).",
    )
    .list("actions", "PlanAction", "plan", "What it does, with a status per year; none where it prints none.")
    .list_through(
        "milestones",
        ("PlanPart", "plan", "milestone"),
        "The milestones that it rests on: all of the national action plan of 2019, the same for every plan.",
    )
    .list("budget", "BudgetLine", "plan", "Its budget, with the total and the funding; none where it prints none.")
    .list_through(
        "figures",
        ("PlanPart", "plan", "figure"),
        "Published figures about its area, and those about the country (areaKind COUNTRY) that it rests on.",
    )
    .list("contradictions", "Contradiction", "plan", "Where it contradicts itself: shown, not repaired.")
    .done()
}
