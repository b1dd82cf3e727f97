//! What many cases share, as regions and expertise networks see it.

use sea_orm::entity::prelude::*;

use crate::{
    code::{ADDRESSEE, BOTTLENECK, PATTERN_STATUS},
    dataset::{Dataset, Held},
    kind::Tier::{Indirect, Open, Sensitive},
};

/// One pattern that recurs in the cases of a region or of a network (Dutch: rode draad).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recurring_pattern")]
pub struct Model {
    /// Row id at the source.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Region that saw it (jeugdhulpregio), such as `JZ36`.
    pub region: Option<String>,
    /// What the cases are stuck on.
    pub theme: String,
    /// Day on which it was first noted.
    pub first_seen_on: Date,
    /// Where it stands.
    pub status: String,
    /// Who takes it up.
    pub addressed_by: Option<String>,
    /// Cases in which it was seen.
    pub occurrences: Option<i32>,
    /// The pattern in free text.
    pub description: Option<String>,
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
        "RecurringPattern",
        "One pattern that recurs in the cases of a region or of an expertise network (Dutch: rode draad).",
        Held::RegionOrNetwork,
    )
    .id(Column::Id)
    .link(
        Column::Region,
        "Region",
        Open,
        "Region that saw the pattern; null where an expertise network did (Dutch: jeugdhulpregio).",
    )
    .field(Column::Theme, "What the cases are stuck on (Dutch: thema).", |it| it.tier(Open).code(&BOTTLENECK))
    .field(Column::FirstSeenOn, "Day on which the pattern was first noted.", |it| it.tier(Open).sorts())
    .field(Column::Status, "Where the pattern stands.", |it| it.tier(Open).code(&PATTERN_STATUS))
    .field(Column::AddressedBy, "Who takes it up; null while nobody does (Dutch: opgepakt door).", |it| {
        it.tier(Open).code(&ADDRESSEE)
    })
    .field(Column::Occurrences, "Cases in which it was seen so far; null where not counted.", |it| {
        it.tier(Indirect).sorts()
    })
    .field(Column::Description, "The pattern in free text; null where there is none.", |it| it.tier(Sensitive))
    .dated(Column::FirstSeenOn)
    .updated(Column::UpdatedAt, Column::UpdatedOn)
    .done()
}
