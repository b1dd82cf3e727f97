//! What an action is in a year.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// The status of an action in one year (Dutch: planning).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_action_year")]
pub struct Model {
    /// Both codes, such as `ZW-01-2024`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The action.
    pub action: String,
    /// The year.
    pub year: i32,
    /// Status as printed.
    pub status: Option<String>,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>("PlanActionYear", "The status of an action in one year (Dutch: planning).", Held::Reference)
        .key(Column::Code, "The action's code and the year, such as ZW-01-2024.")
        .link(Column::Action, "PlanAction", Open, "The action.")
        .field(Column::Year, "The year.", |it| it.tier(Open).sorts())
        .field(
            Column::Status,
            "What is planned for that year, in Dutch as printed; `-` where the plan prints a dash, null where the printed \
             text cannot be told.",
            |it| it.tier(Open),
        )
        .done()
}
