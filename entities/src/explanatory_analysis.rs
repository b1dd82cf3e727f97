//! Explanatory analyses, as the regional expert teams register them.

use sea_orm::entity::prelude::*;

use crate::{
    code::PROBLEM_AREA,
    dataset::{Dataset, Held, Told},
    kind::Tier::{Indirect, Open, Sensitive},
};

/// One analysis of what is going on with a youth, shared by all who help (Dutch: gedeelde verklarende analyse, GVA).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "explanatory_analysis")]
pub struct Model {
    /// Row id at the source.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Pseudonym of the youth, as its holder knows it.
    pub youth: String,
    /// 64-bit keyed hash of the pseudonym.
    pub youth_key: i64,
    /// Region of origin (jeugdhulpregio), such as `JZ36`.
    pub region: String,
    /// Day on which it was begun.
    pub started_on: Date,
    /// Day on which it was done.
    pub completed_on: Option<Date>,
    /// Made together with the youth?
    pub with_youth: Option<bool>,
    /// Made together with a parent?
    pub with_parents: Option<bool>,
    /// Does it say where the youth is to live and grow up?
    pub perspective_described: Option<bool>,
    /// What it is about above all.
    pub theme: Option<String>,
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
        "ExplanatoryAnalysis",
        "One analysis of what is going on with a youth, shared by all who help (Dutch: gedeelde verklarende analyse, GVA).",
        Held::Region,
    )
    .id(Column::Id)
    .youth(Column::Youth, Told { dutch: "een gedeelde verklarende analyse: wat er aan de hand is en waardoor", english: "an analysis of what is going on and why, shared by all who help" })
    .hidden(Column::YouthKey)
    .link(Column::Region, "Region", Open, "Region of origin (Dutch: jeugdhulpregio).")
    .field(Column::StartedOn, "Day on which the analysis was begun.", |it| it.tier(Indirect).sorts())
    .field(Column::CompletedOn, "Day on which it was done; null while it is made.", |it| it.tier(Indirect).sorts())
    .field(Column::WithYouth, "Was it made together with the youth? Null where not registered.", |it| it.tier(Open).groups())
    .field(Column::WithParents, "Was it made together with a parent? Null where not registered.", |it| it.tier(Open).groups())
    .field(
        Column::PerspectiveDescribed,
        "Does it say where the youth is to live and grow up? Null where not registered (Dutch: perspectief).",
        |it| it.tier(Open).groups(),
    )
    .field(Column::Theme, "What it is about above all; null where not registered (Dutch: thema).", |it| {
        it.tier(Sensitive).code(&PROBLEM_AREA)
    })
    .period(Column::StartedOn, Column::CompletedOn)
        .updated(Column::UpdatedAt, Column::UpdatedOn)
    .done()
}
