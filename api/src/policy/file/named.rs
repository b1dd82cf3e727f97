//! The purposes, agreements and investigations of a policy file.

use entities::Date;
use serde::Deserialize;
use toml::Spanned;

use super::{Wrong, check_name, check_new, is_word};
use crate::policy::{Agreement, Investigation, Purpose, Role, investigation::MONTHS, role::NUMBER};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PurposeEntry {
    name: Spanned<Box<str>>,
    why: Spanned<Box<str>>,
    why_nl: Option<Spanned<Box<str>>>,
    ground: Spanned<Box<str>>,
    kept: Option<Spanned<Box<str>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgreementEntry {
    name: Spanned<Box<str>>,
    role: Spanned<Box<str>>,
    datasets: Vec<Spanned<Box<str>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InvestigationEntry {
    number: Spanned<Box<str>>,
    provider: Spanned<Box<str>>,
    from: Spanned<Box<str>>,
    until: Spanned<Box<str>>,
}

/// The purposes: each says what for and by which law, in words of one line.
pub(super) fn purposes(entries: &[PurposeEntry]) -> Result<Vec<Purpose>, Wrong> {
    let is_purpose = |it: &str| it.strip_suffix(NUMBER).unwrap_or(it).split(':').all(|it| it.is_empty() || is_word(it));
    let mut names: Vec<Box<str>> = Vec::new();
    let purpose = |entry: &PurposeEntry| {
        check_name("purpose.name", &entry.name, |it| !it.is_empty() && is_purpose(it))?;
        check_new("purpose.name", &entry.name, &names)?;
        names.push(entry.name.get_ref().clone());
        let texts = [
            ("why", Some(&entry.why)),
            ("why_nl", entry.why_nl.as_ref()),
            ("ground", Some(&entry.ground)),
            ("kept", entry.kept.as_ref()),
        ];
        for (key, text) in texts {
            let Some(text) = text.filter(|it| it.get_ref().trim().is_empty() || it.get_ref().contains(['|', '\n']))
            else {
                continue;
            };
            return Err((text.span(), format!("purpose.{key}: one line of words is needed, without `|`")));
        }
        let text = |it: &Spanned<Box<str>>| it.get_ref().clone();
        let (why_nl, kept) = (entry.why_nl.as_ref().map(text), entry.kept.as_ref().map(text));
        Ok(Purpose { name: text(&entry.name), why: text(&entry.why), why_nl, ground: text(&entry.ground), kept })
    };
    entries.iter().map(purpose).collect()
}

/// The agreements: each names cells that say `x!`, and every such cell stands in one.
pub(super) fn agreements(entries: &[AgreementEntry], roles: &[Role]) -> Result<Vec<Agreement>, Wrong> {
    let mut agreements = Vec::new();
    for entry in entries {
        check_name("agreement.name", &entry.name, |it| !it.trim().is_empty())?;
        let role = roles.iter().find(|role| role.name == *entry.role.get_ref());
        let role = role.ok_or_else(|| {
            (entry.role.span(), format!("agreement.role: there is no role `{}`", entry.role.get_ref()))
        })?;
        for dataset in &entry.datasets {
            if !role.cell(dataset.get_ref()).iter().any(super::Part::is_for_tables) {
                let (name, dataset_name) = (&role.name, dataset.get_ref());
                let reason = format!("agreement.datasets: role {name} has no `x!` for `{dataset_name}`");
                return Err((dataset.span(), reason));
            }
        }
        agreements.push(Agreement {
            name: entry.name.get_ref().clone(),
            role: entry.role.get_ref().clone(),
            datasets: entry.datasets.iter().map(|it| it.get_ref().clone()).collect(),
        });
    }
    let is_agreed = |role: &Role, dataset: &str| {
        agreements.iter().any(|it| it.role == role.name && it.datasets.iter().any(|known| **known == *dataset))
    };
    for role in roles {
        let tables = role.cells.iter().filter(|(_, parts)| parts.iter().any(super::Part::is_for_tables));
        if let Some((dataset, _)) = tables.into_iter().find(|(dataset, _)| !is_agreed(role, dataset)) {
            let name = &role.name;
            return Err((0..0, format!("role {name}: cells.{dataset}: `x!` needs an agreement that names both")));
        }
    }
    Ok(agreements)
}

/// The investigations: numbers are unlike, periods are of six months at most.
pub(super) fn investigations(entries: &[InvestigationEntry]) -> Result<Vec<Investigation>, Wrong> {
    let mut all: Vec<Investigation> = Vec::new();
    for entry in entries {
        let number = entry.number.get_ref();
        check_name("investigation.number", &entry.number, |it| {
            (1..=18).contains(&it.len()) && it.bytes().all(|digit| digit.is_ascii_digit())
        })?;
        if all.iter().any(|it| it.number == *number) {
            return Err((entry.number.span(), format!("investigation.number: `{number}` stands there twice")));
        }
        check_name("investigation.provider", &entry.provider, |it| !it.trim().is_empty())?;
        let (from, until) = (date("from", &entry.from)?, date("until", &entry.until)?);
        let most = from.to_chrono().checked_add_months(chrono::Months::new(MONTHS)).map(Date::from_chrono);
        if until < from || most.is_none_or(|most| until >= most) {
            let reason = format!("investigation.until: not within {MONTHS} months from `from`");
            return Err((entry.until.span(), reason));
        }
        all.push(Investigation { number: number.clone(), provider: entry.provider.get_ref().clone(), from, until });
    }
    Ok(all)
}

fn date(key: &str, text: &Spanned<Box<str>>) -> Result<Date, Wrong> {
    let wrong = |error: entities::datum::NotADate| (text.span(), format!("investigation.{key}: {error}"));
    text.get_ref().parse().map_err(wrong)
}
