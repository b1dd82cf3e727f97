//! Turns the embedded files of plans into rows: targets, actions, milestones, budget, and what contradicts itself. Does
//! no IO; what no source states stays empty.

use std::collections::HashMap;

use super::{
    LoadError, budget_line, contradiction, figure,
    figures::{self, day},
    milestone, plan, plan_action, plan_action_year, plan_part,
    printed::{self, Days},
    rows::{File, Row},
    target,
};

const PLANS: File = File { name: "plans.csv", text: include_str!("../../data/plans.csv") };
const TARGETS: File = File { name: "targets.csv", text: include_str!("../../data/targets.csv") };
const ACTIONS: File =
    File { name: "plan_planning_zuidwest.csv", text: include_str!("../../data/plan_planning_zuidwest.csv") };
const MILESTONES: File =
    File { name: "plan_mijlpalen_landelijk.csv", text: include_str!("../../data/plan_mijlpalen_landelijk.csv") };
const BUDGET: File =
    File { name: "plan_begroting_zuidwest.csv", text: include_str!("../../data/plan_begroting_zuidwest.csv") };
const CONTRADICTIONS: File = File { name: "contradictions.csv", text: include_str!("../../data/contradictions.csv") };

/// The supra-region whose planning and budget the files hold.
const PLANNED: &str = "ZW";
/// The document that the planning and the budget stand in.
const PLANNED_IN: &str = "Bovenregionaal plan Zuidwest, actualisatie 2024";
/// The document of the milestones, and its year.
const NATIONAL: (&str, &str) = ("De best passende zorg voor kwetsbare jongeren, 2019", "2019");
/// The years of the planning table.
const YEARS: [(i32, &str); 5] = [(2024, "2024"), (2025, "2025"), (2026, "2026"), (2027, "2027"), (2028, "2028")];

/// All rows about plans and published figures.
#[derive(Clone, Debug)]
pub struct Plans {
    /// Published figures.
    pub figures: Vec<figure::Model>,
    /// Plans of supra-regions.
    pub plans: Vec<plan::Model>,
    /// Targets.
    pub targets: Vec<target::Model>,
    /// Actions.
    pub actions: Vec<plan_action::Model>,
    /// What an action is in a year.
    pub action_years: Vec<plan_action_year::Model>,
    /// Milestones of the national action plan.
    pub milestones: Vec<milestone::Model>,
    /// Lines of budgets.
    pub budget_lines: Vec<budget_line::Model>,
    /// What a plan shows of figures, targets and milestones.
    pub parts: Vec<plan_part::Model>,
    /// Where sources contradict themselves.
    pub contradictions: Vec<contradiction::Model>,
}

/// Reads them; `supra_regions` gives the code of each supra-region's name.
pub(super) fn load(supra_regions: &HashMap<String, String>) -> Result<Plans, LoadError> {
    let mut figures = figures::cited(supra_regions)?;
    let cited = figures.len();
    figures.extend(figures::of_cbs()?);
    let (actions, action_years) = actions()?.into_iter().unzip::<_, _, _, Vec<_>>();
    let budget_lines = budget_lines()?;
    let (targets, milestones) = (targets(&figures)?, milestones()?);
    let plans = plans(&budget_lines)?;
    let mut parts = Vec::new();
    for plan in &plans {
        let code = &plan.supra_region;
        let shows = |of: &Option<String>| of.as_ref().is_none_or(|it| it == code);
        let part = |kind: &str, part: &str| plan_part::Model {
            code: format!("{code}-{kind}-{part}"),
            plan: code.clone(),
            figure: None,
            target: None,
            milestone: None,
        };
        let own = figures[..cited].iter().filter(|it| shows(&it.supra_region));
        parts.extend(own.map(|it| plan_part::Model { figure: Some(it.code.clone()), ..part("figure", &it.code) }));
        let own = targets.iter().filter(|it| shows(&it.supra_region));
        parts.extend(own.map(|it| plan_part::Model { target: Some(it.code.clone()), ..part("target", &it.code) }));
        let all = milestones.iter();
        parts
            .extend(all.map(|it| plan_part::Model { milestone: Some(it.code.clone()), ..part("milestone", &it.code) }));
    }
    let action_years = action_years.into_iter().flatten().collect();
    let contradictions = contradictions()?;
    Ok(Plans { figures, plans, targets, actions, action_years, milestones, budget_lines, parts, contradictions })
}

fn plans(budget: &[budget_line::Model]) -> Result<Vec<plan::Model>, LoadError> {
    PLANS.read(|row| {
        let (supra_region, published) = (row.text("supra_region")?, row.text("published")?);
        let total = budget.iter().find(|it| it.plan == supra_region && it.kind == "TOTAL");
        Ok(plan::Model {
            title: row.text("title")?,
            citation: row.text("citation")?,
            published_on: day(&published),
            published,
            budget_total: total.and_then(|it| it.amount),
            supra_region,
        })
    })
}

fn targets(figures: &[figure::Model]) -> Result<Vec<target::Model>, LoadError> {
    TARGETS.read(|row| {
        let code = row.text("figure")?;
        let figure = figures.iter().find(|it| it.code == code).cloned();
        let figure = figure.ok_or_else(|| row.misfit("figure", "the code of a figure"))?;
        Ok(target::Model {
            code: code.clone(),
            indicator: figure.indicator,
            supra_region: figure.supra_region,
            value: figure.value,
            lower: figure.lower,
            upper: figure.upper,
            unit: figure.unit,
            period: figure.period,
            due_on: figure.period_end,
            figure: code,
        })
    })
}

/// Each action with its years.
fn actions() -> Result<Vec<(plan_action::Model, Vec<plan_action_year::Model>)>, LoadError> {
    let mut all = ACTIONS.read(|row| {
        let certainty = row.text("zekerheid_reconstructie")?;
        let (certainty, note) = match certainty.split_once(' ') {
            Some((certainty, note)) => (certainty.to_owned(), Some(note.trim_matches(['(', ')']).to_owned())),
            None => (certainty, None),
        };
        let (cluster, title) = (row.text("cluster")?, row.text("actie")?);
        let action =
            plan_action::Model { code: String::new(), plan: PLANNED.to_owned(), cluster, title, certainty, note };
        let years = YEARS.map(|(year, column)| {
            let status = row.option(column)?;
            Ok(plan_action_year::Model { code: String::new(), action: String::new(), year, status })
        });
        Ok((action, years.into_iter().collect::<Result<Vec<_>, _>>()?))
    })?;
    for ((action, years), place) in all.iter_mut().zip(1..) {
        action.code = in_place(place);
        for year in years {
            year.code = format!("{}-{}", action.code, year.year);
            year.action.clone_from(&action.code);
        }
    }
    Ok(all)
}

/// The code of what stands at a place of a table of the planned supra-region.
fn in_place(place: usize) -> String {
    format!("{PLANNED}-{place:02}")
}

fn milestones() -> Result<Vec<milestone::Model>, LoadError> {
    let mut all = MILESTONES.read(|row| {
        let period = row.text("wanneer")?;
        let Days { start, end } = printed::days(&period);
        Ok(milestone::Model {
            code: String::new(),
            challenge: row.text("veranderopgave")?,
            title: row.text("mijlpaal")?,
            period,
            period_start: start,
            due_on: end,
            citation: NATIONAL.0.to_owned(),
            published: NATIONAL.1.to_owned(),
        })
    })?;
    for (milestone, place) in all.iter_mut().zip(1..) {
        milestone.code = format!("M{place:02}");
    }
    Ok(all)
}

fn budget_lines() -> Result<Vec<budget_line::Model>, LoadError> {
    let mut all = BUDGET.read(|row| {
        let (title, printed, period) = (row.text("actie")?, row.text("kosten_eur")?, row.option("periode")?);
        let Days { start, end } = period.as_deref().map(printed::days).unwrap_or_default();
        let kind = match title.as_str() {
            "Totaal" => "TOTAL",
            // Specifieke uitkering: money of the state for one purpose.
            it if it.starts_with("SPUK ") => "FUNDING",
            _ => "COST",
        };
        Ok(budget_line::Model {
            code: String::new(),
            plan: PLANNED.to_owned(),
            kind: kind.to_owned(),
            title,
            part: row.option("onderdeel")?,
            amount: amount(row, &printed)?,
            printed,
            period,
            period_start: start,
            period_end: end,
            paragraph: row.option("paragraaf")?,
            citation: PLANNED_IN.to_owned(),
        })
    })?;
    for (line, place) in all.iter_mut().zip(1..) {
        line.code = in_place(place);
    }
    Ok(all)
}

fn amount(row: &Row<'_>, printed: &str) -> Result<Option<i32>, LoadError> {
    if printed == "p.m." {
        return Ok(None);
    }
    printed.parse().map(Some).map_err(|_| row.misfit("kosten_eur", "whole euros or p.m."))
}

fn contradictions() -> Result<Vec<contradiction::Model>, LoadError> {
    CONTRADICTIONS.read(|row| {
        Ok(contradiction::Model {
            code: row.text("code")?,
            title: row.text("title")?,
            stated: row.text("stated")?,
            recomputed: row.text("recomputed")?,
            note: row.text("note")?,
            plan: row.option("plan")?,
            figure: row.option("figure")?,
            budget_line: row.option("budget_line")?,
        })
    })
}
