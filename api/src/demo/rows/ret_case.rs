//! Rows of the expert teams' cases.

use entities::{
    code::{BOTTLENECK, PROBLEM_AREA},
    ret_case::Model,
};

use crate::demo::{
    calendar::{LAST, changed, date},
    random::Random,
    story::Case,
    youth::Youth,
};

/// The monitor's row of a case, not yet numbered.
pub(crate) fn row(youth: &Youth<'_>, case: &Case, random: &mut Random) -> Model {
    let bottleneck = random.one(BOTTLENECK.codes).filter(|_| random.chance(94));
    let last = case.closed.or(case.advised.map(|(day, _)| (day, ""))).map_or(case.registered, |(day, _)| day);
    let (updated_at, updated_on) = changed(last, random);
    Model {
        id: 0,
        youth: youth.pseudonym.clone(),
        youth_key: youth.key,
        region: youth.region.code.to_owned(),
        age_band: random.known(98, youth.age_band(case.registered)),
        registered_on: date(case.registered),
        applicant: applicant(random).map(str::to_owned),
        bottleneck: bottleneck.map(|it| it.code.to_owned()),
        problem_areas: problem_areas(random),
        expertise_needed: expertise(random).map(str::to_owned),
        school_attendance: attendance(random).map(str::to_owned),
        analysis_present: random.known(90, case.analysis.is_some()),
        closed_risk: case.closed_risk,
        status: status(case, random).to_owned(),
        closed_on: case.closed.map(|(day, _)| date(day)),
        outcome: case.closed.map(|(_, outcome)| outcome.to_owned()),
        advised_care_form: case.advised.and_then(|(_, form)| form).map(str::to_owned),
        summary: random.chance(88).then(|| summary(youth, case, bottleneck.map(|it| it.dutch), random)),
        updated_at,
        updated_on,
    }
}

fn status(case: &Case, random: &mut Random) -> &'static str {
    match case {
        Case { closed: Some(_), .. } => "CLOSED",
        Case { advised: Some(_), .. } => "ADVISED",
        Case { registered, .. } if *registered + random.between(1, 14) <= LAST => "IN_PROGRESS",
        Case { .. } => "REGISTERED",
    }
}

fn applicant(random: &mut Random) -> Option<&'static str> {
    random.weighted(&[
        (Some("LOCAL_TEAM"), 36),
        (Some("CERTIFIED_INSTITUTION"), 30),
        (Some("PROVIDER"), 13),
        (Some("CHILD_PROTECTION_BOARD"), 5),
        (Some("EDUCATION"), 5),
        (Some("FAMILY"), 4),
        (Some("OTHER"), 3),
        (None, 4),
    ])
}

fn expertise(random: &mut Random) -> Option<&'static str> {
    random.weighted(&[
        (Some("TRAUMA_TREATMENT"), 24),
        (Some("PSYCHIATRY"), 18),
        (Some("INTELLECTUAL_DISABILITY"), 13),
        (Some("ADDICTION_CARE"), 7),
        (Some("SYSTEMIC_THERAPY"), 12),
        (Some("EXPLOITATION"), 5),
        (Some("EDUCATION"), 4),
        (Some("LEGAL"), 3),
        (Some("LIVED_EXPERIENCE"), 2),
        (Some("OTHER"), 2),
        (None, 10),
    ])
}

fn attendance(random: &mut Random) -> Option<&'static str> {
    random.weighted(&[
        (Some("FULL"), 24),
        (Some("PARTIAL"), 29),
        (Some("NONE"), 26),
        (Some("NOT_ENROLLED"), 6),
        (Some("EXEMPTED"), 4),
        (Some("UNKNOWN"), 4),
        (None, 7),
    ])
}

/// A JSON array of up to three codes, in the list's order.
fn problem_areas(random: &mut Random) -> String {
    let number = random.weighted(&[(0, 5), (1, 25), (2, 43), (3, 27)]);
    let mut places: Vec<_> = (0..number).map(|_| random.below(PROBLEM_AREA.codes.len() as u64)).collect();
    places.sort_unstable();
    places.dedup();
    let codes = PROBLEM_AREA.codes.iter().zip(0..).filter(|(_, place)| places.contains(place));
    let codes: Vec<_> = codes.map(|(it, _)| format!("\"{}\"", it.code)).collect();
    format!("[{}]", codes.join(","))
}

/// Says of itself that it is made up.
fn summary(youth: &Youth<'_>, case: &Case, bottleneck: Option<&str>, random: &mut Random) -> String {
    let who = random.weighted(&[("Jongere", 60), ("Meisje", 20), ("Jongen", 20)]);
    let (age, town) = (youth.age(case.registered), youth.municipality.name);
    let stuck = bottleneck.map_or_else(|| "knelpunt nog onduidelijk".to_owned(), str::to_lowercase);
    let home = random.weighted(&[
        ("Moeder vraagt hulp; vader is buiten beeld.", 1),
        ("Ouders zijn het oneens – coördinatie ligt bij het lokale team.", 1),
        ("Grootouders bieden één weekend per maand opvang.", 1),
        ("Eerdere hulp is drieëntwintig weken na de start gestopt.", 1),
        ("School denkt mee; de mentor belt elke maandagmorgen.", 1),
        ("Verblijft beurtelings bij een tante en in een crisisgroep.", 1),
    ]);
    let team = random.weighted(&[
        ("Het team zoekt één passende plek dicht bij huis.", 1),
        ("Gedeelde verklarende analyse wordt geüpdatet.", 1),
        ("Advies: geïntegreerde hulp thuis, gesloten plaatsing vóór alles voorkomen.", 1),
        ("Financiële afspraken met de gemeente zijn gemaakt, € 0 eigen bijdrage.", 1),
        ("Afgesproken is dat de regie bij één persoon ligt.", 1),
    ]);
    format!("Fictieve casus. {who} ({age}) uit {town}: {stuck}. {home} {team}")
}
