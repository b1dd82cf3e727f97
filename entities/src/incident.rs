//! Incidents in residential and closed youth care, as providers register them.

use sea_orm::entity::prelude::*;

use crate::{
    code::{INCIDENT_KIND, INCIDENT_SEVERITY},
    dataset::{Dataset, Held, Told},
    kind::Tier::{Open, Sensitive},
};

/// One incident with one youth (Dutch: incident).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incident")]
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
    /// The stay during which it happened: row id at the same source.
    pub placement: Option<i64>,
    /// Unit of the youth.
    pub unit: String,
    /// What happened.
    pub kind: String,
    /// Moment at which it happened, UTC.
    pub occurred_at: DateTimeUtc,
    /// Amsterdam day on which it happened.
    pub occurred_on: Date,
    /// How grave it was.
    pub severity: Option<String>,
    /// Moment of the last change, UTC.
    pub updated_at: DateTimeUtc,
    /// Amsterdam day of the last change.
    pub updated_on: Date,
}

/// None: rows link by code, or by id within their source.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn dataset() -> Dataset {
    Dataset::of::<Entity>("Incident", "One incident with one youth (Dutch: incident).", Held::Provider)
        .id(Column::Id)
        .youth(
            Column::Youth,
            Told {
                dutch: "een incident: iets ernstigs dat is gebeurd",
                english: "an incident: something grave that happened",
            },
        )
        .hidden(Column::YouthKey)
        .link(Column::Region, "Region", Open, "Region of origin (Dutch: jeugdhulpregio).")
        .row(
            Column::Placement,
            "Placement",
            Sensitive,
            "The stay during which it happened; null where not registered (Dutch: plaatsing).",
        )
        .link(Column::Unit, "Unit", Sensitive, "Unit of the youth.")
        .field(Column::Kind, "What happened.", |it| it.tier(Sensitive).code(&INCIDENT_KIND))
        .moment((Column::OccurredAt, Column::OccurredOn), Sensitive, "Day on which it happened.")
        .field(Column::Severity, "How grave it was; null where not registered (Dutch: ernst).", |it| {
            it.tier(Sensitive).code(&INCIDENT_SEVERITY)
        })
        .dated(Column::OccurredOn)
        .updated(Column::UpdatedAt, Column::UpdatedOn)
        .done()
}
