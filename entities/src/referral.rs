//! Referrals to youth care, as the dashboards of the regions register them.

use sea_orm::entity::prelude::*;

use crate::{
    code::{AGE_BAND, CARE_CATEGORY, REFERRAL_DECISION, REFERRER},
    dataset::{Dataset, Held, Told},
    kind::Tier::{Indirect, Open},
};

/// One referral of one youth to youth care (Dutch: verwijzing).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral")]
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
    /// Municipality of origin.
    pub municipality: Option<String>,
    /// Age on receipt, in bands.
    pub age_band: Option<String>,
    /// Day of receipt.
    pub received_on: Date,
    /// Who referred.
    pub referrer: Option<String>,
    /// Category of the care asked for.
    pub category: Option<String>,
    /// Asked for without waiting.
    pub urgent: bool,
    /// Day of the decision.
    pub decided_on: Option<Date>,
    /// What was decided.
    pub decision: Option<String>,
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
    Dataset::of::<Entity>("Referral", "One referral of one youth to youth care (Dutch: verwijzing).", Held::Region)
        .id(Column::Id)
        .youth(Column::Youth, Told { dutch: "een verwijzing naar jeugdhulp", english: "a referral to youth care" })
        .hidden(Column::YouthKey)
        .link(Column::Region, "Region", Open, "Region of origin (Dutch: jeugdhulpregio).")
        .link(
            Column::Municipality,
            "Municipality",
            Indirect,
            "Municipality of origin; null where the source does not know it.",
        )
        .field(Column::AgeBand, "Age on receipt, in bands of years.", |it| it.tier(Indirect).code(&AGE_BAND).groups())
        .field(Column::ReceivedOn, "Day on which the region received the referral.", |it| it.tier(Indirect).sorts())
        .field(Column::Referrer, "Who referred; null where the source does not know it (Dutch: verwijzer).", |it| {
            it.tier(Open).code(&REFERRER).groups()
        })
        .field(
            Column::Category,
            "Category of the care asked for; null where the source does not know it (Dutch: productcategorie).",
            |it| it.tier(Open).code(&CARE_CATEGORY).groups(),
        )
        .field(Column::Urgent, "Asked for without waiting (Dutch: spoed).", |it| it.tier(Open).groups())
        .field(Column::DecidedOn, "Day of the decision; null while there is none.", |it| it.tier(Indirect).sorts())
        .field(Column::Decision, "What was decided; null while nothing is (Dutch: besluit).", |it| {
            it.tier(Open).code(&REFERRAL_DECISION).groups()
        })
        .period(Column::ReceivedOn, Column::DecidedOn)
        .updated(Column::UpdatedAt, Column::UpdatedOn)
        .done()
}
