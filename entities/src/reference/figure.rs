//! Published figures.

use sea_orm::entity::prelude::*;

use crate::{
    code::AREA_KIND,
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A figure as a document printed it, with the citation (Dutch: gepubliceerd cijfer).
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "figure")]
pub struct Model {
    /// Our own code, such as `ZW-inkoop-plaatsen-2025`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// What is counted.
    pub indicator: String,
    /// Area as printed.
    pub area: String,
    /// What kind of area.
    pub area_kind: String,
    /// The supra-region, where the area is one.
    pub supra_region: Option<String>,
    /// Period as printed.
    pub period: String,
    /// First day.
    pub period_start: Option<Date>,
    /// Last day.
    pub period_end: Option<Date>,
    /// Value as printed.
    pub value: Option<String>,
    /// Lower bound.
    pub lower: Option<f64>,
    /// Upper bound.
    pub upper: Option<f64>,
    /// Is the number about right only?
    pub approximate: bool,
    /// Unit.
    pub unit: Option<String>,
    /// The document.
    pub citation: String,
    /// When it was published.
    pub published: Option<String>,
    /// The day on which it was published.
    pub published_on: Option<Date>,
    /// What to mind.
    pub note: Option<String>,
    /// The earlier figure.
    pub revises: Option<String>,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>(
        "Figure",
        "A figure as a document printed it, with the citation (Dutch: gepubliceerd cijfer).",
        Held::Reference,
    )
    .key(Column::Code, "Our own code, such as ZW-inkoop-plaatsen-2025.")
    .field(Column::Indicator, "What is counted, in Dutch as the source names it.", |it| it.tier(Open).sorts())
    .field(Column::Area, "The area that it is about, as printed (Dutch: gebied).", |it| it.tier(Open).sorts())
    .field(Column::AreaKind, "What kind of area that is; COUNTRY marks what is national.", |it| {
        it.tier(Open).code(&AREA_KIND)
    })
    .link(Column::SupraRegion, "SupraRegion", Open, "The supra-region, where the area is one; null where not.")
    .field(Column::Period, "The period, as printed; `*` marks provisional figures.", |it| it.tier(Open))
    .field(
        Column::PeriodStart,
        "First day of the period, or the day of a stock; null where the print gives none.",
        |it| it.tier(Open).sorts(),
    )
    .field(Column::PeriodEnd, "Last day of the period, or the day of a stock; null where the print gives none.", |it| {
        it.tier(Open).sorts()
    })
    .field(
        Column::Value,
        "The value as printed, such as 57, >900, 2-3 or ca. 800; `.` where CBS prints nothing; null where the source \
             leaves it open.",
        |it| it.tier(Open),
    )
    .field(Column::Lower, "No lower than this; null where the print says nothing.", |it| it.tier(Open).sorts())
    .field(Column::Upper, "No higher than this; null where the print says nothing.", |it| it.tier(Open).sorts())
    .field(Column::Approximate, "Is the number about right only (Dutch: ca.)?", |it| it.tier(Open))
    .field(Column::Unit, "The unit in Dutch; null where the source names none (Dutch: eenheid).", |it| it.tier(Open))
    .field(Column::Citation, "The document that printed it (Dutch: bron).", |it| it.tier(Open).sorts())
    .field(
        Column::Published,
        "When that was published, as precise as the citation says (year, month, day); null where it says none.",
        |it| it.tier(Open).sorts(),
    )
    .field(Column::PublishedOn, "The day on which that was published; null where the citation states none.", |it| {
        it.tier(Open).sorts()
    })
    .field(Column::Note, "What to mind, in Dutch as it was noted with the figure.", |it| it.tier(Open))
    .link(
        Column::Revises,
        "Figure",
        Open,
        "The figure that an earlier publication gave for the same thing, whose value this one takes the place of; null \
             where this is the first.",
    )
    .list("revisions", "Figure", "revises", "Figures of later publications that take this one's place.")
    .list("contradictions", "Contradiction", "figure", "What does not agree with it: shown, not repaired.")
    .done()
}
