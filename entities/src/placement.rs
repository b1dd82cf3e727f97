//! Placements in residential and closed youth care, as providers register them.

use sea_orm::entity::prelude::*;

use crate::{
    code::{AGE_BAND, AUTHORISATION, LIVING_SITUATION},
    dataset::{Dataset, Held, Told},
    kind::Tier::{Indirect, Open},
};

/// One stay of one youth with one provider (Dutch: plaatsing), from the day after the first night to the day after the last.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "placement")]
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
    /// Certified institution (gecertificeerde instelling) that is the youth's guardian.
    pub institution: Option<String>,
    /// Unit of the stay.
    pub unit: String,
    /// Municipality of origin.
    pub municipality: Option<String>,
    /// Age at the start, in bands.
    pub age_band: Option<String>,
    /// Legal ground of a closed stay.
    pub authorisation: Option<String>,
    /// Placed without waiting.
    pub urgent: bool,
    /// First day of the stay.
    pub started_on: Date,
    /// Day on which the youth was no longer there.
    pub ended_on: Option<Date>,
    /// Whole days behind closed doors.
    pub closed_days: Option<i32>,
    /// Where the youth lived before.
    pub previous_placement: Option<String>,
    /// Where the youth went.
    pub outflow: Option<String>,
    /// Was a consultation (CTB) held before the placement?
    pub consultation_held: Option<bool>,
    /// Is the unit outside the youth's region of origin?
    pub outside_region: bool,
    /// Has the youth a mentor of its own (JIM)?
    pub mentor_present: Option<bool>,
    /// Day on which a lasting home was known.
    pub housing_perspective_on: Option<Date>,
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
    Dataset::of::<Entity>("Placement", "One stay of one youth with one provider (Dutch: plaatsing).", Held::Provider)
        .id(Column::Id)
        .youth(Column::Youth, Told { dutch: "een plaatsing: een verblijf bij een zorgaanbieder", english: "a placement: a stay with a care provider" })
        .hidden(Column::YouthKey)
        .link(Column::Region, "Region", Open, "Region of origin (Dutch: jeugdhulpregio).")
        .link(Column::Institution, "Institution", Open, "Certified institution that is the guardian; null where there is none (Dutch: gecertificeerde instelling).")
        .link(Column::Unit, "Unit", Open, "Unit of the stay.")
        .link(Column::Municipality, "Municipality", Indirect, "Municipality of origin; null where the source does not know it.")
        .field(Column::AgeBand, "Age at the start, in bands of years.", |it| it.tier(Indirect).code(&AGE_BAND).groups())
        .field(Column::Authorisation, "Legal ground of a closed stay; null for an open one (Dutch: machtiging).", |it| it.tier(Open).code(&AUTHORISATION).groups())
        .field(Column::Urgent, "Placed without waiting (Dutch: spoed).", |it| it.tier(Open).groups())
        .field(Column::StartedOn, "First day of the stay: the day after the first night.", |it| it.tier(Indirect).sorts())
        .field(Column::EndedOn, "Day on which the youth was no longer there; null while the stay lasts.", |it| it.tier(Indirect).sorts())
        .field(Column::ClosedDays, "Whole days behind closed doors, from the first night; null while the stay lasts.", |it| it.tier(Indirect).sorts())
        .field(Column::PreviousPlacement, "Where the youth lived before the stay.", |it| it.tier(Open).code(&LIVING_SITUATION).groups())
        .field(Column::Outflow, "Where the youth went after the stay; null while it lasts (Dutch: uitstroom).", |it| it.tier(Open).code(&LIVING_SITUATION).groups())
        .field(Column::ConsultationHeld, "Was a consultation held before the placement? Null where not registered (Dutch: civiel trajectberaad, CTB).", |it| it.tier(Open).groups())
        .field(Column::OutsideRegion, "Is the unit outside the region of origin?", |it| it.tier(Open).groups())
        .field(Column::MentorPresent, "Has the youth brought a mentor along? Null where not registered (Dutch: JIM).", |it| it.tier(Open).groups())
        .field(Column::HousingPerspectiveOn, "Day on which a lasting home was known; null while it is not (Dutch: woonperspectief).", |it| it.tier(Indirect).sorts())
        .period(Column::StartedOn, Column::EndedOn)
        .updated(Column::UpdatedAt, Column::UpdatedOn)
        .done()
}
