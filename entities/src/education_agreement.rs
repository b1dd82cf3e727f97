//! Agreements between education partnerships and municipalities, as the partnerships register them.

use sea_orm::entity::prelude::*;

use crate::{
    code::{AGREEMENT_STATUS, AGREEMENT_TOPIC},
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// One agreement of a partnership with a municipality on school and care (Dutch: OOGO-afspraak).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "education_agreement")]
pub struct Model {
    /// Row id at the source.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Region of the municipality (jeugdhulpregio), such as `JZ36`.
    pub region: String,
    /// Partnership that agreed.
    pub partnership: String,
    /// Municipality that agreed.
    pub municipality: String,
    /// What it is about.
    pub topic: String,
    /// Day of the agreement.
    pub agreed_on: Option<Date>,
    /// Last day on which it holds.
    pub valid_until: Option<Date>,
    /// Places that it provides for.
    pub places: Option<i32>,
    /// Where it stands.
    pub status: String,
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
        "EducationAgreement",
        "One agreement of a partnership with a municipality on school and care (Dutch: OOGO-afspraak).",
        Held::Partnership,
    )
    .id(Column::Id)
    .link(Column::Region, "Region", Open, "Region of the municipality (Dutch: jeugdhulpregio).")
    .link(
        Column::Partnership,
        "Partnership",
        Open,
        "Partnership that agreed (Dutch: samenwerkingsverband passend onderwijs).",
    )
    .link(Column::Municipality, "Municipality", Open, "Municipality that agreed.")
    .field(Column::Topic, "What the agreement is about (Dutch: onderwerp).", |it| it.tier(Open).code(&AGREEMENT_TOPIC))
    .field(Column::AgreedOn, "Day of the agreement; null while it is only proposed.", |it| it.tier(Open).sorts())
    .field(Column::ValidUntil, "Last day on which it holds; null where none is set.", |it| it.tier(Open).sorts())
    .field(Column::Places, "Places that it provides for; null where it is not about places.", |it| {
        it.tier(Open).sorts()
    })
    .field(Column::Status, "Where the agreement stands.", |it| it.tier(Open).code(&AGREEMENT_STATUS))
    .period(Column::AgreedOn, Column::ValidUntil)
    .updated(Column::UpdatedAt, Column::UpdatedOn)
    .done()
}
