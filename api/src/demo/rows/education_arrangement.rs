//! Rows of arrangements of school and care.

use entities::education_arrangement::Model;

use crate::demo::{
    calendar::{LAST, changed, date},
    random::Random,
    school::Schooling,
    youth::Youth,
};

/// The partnership's row of an arrangement, not yet numbered.
pub(crate) fn row(youth: &Youth<'_>, schooling: &Schooling<'_>, random: &mut Random) -> Model {
    let (updated_at, updated_on) = changed(schooling.end.unwrap_or(schooling.start), random);
    let is_taught = schooling.form != "NONE";
    let hours = if is_taught { random.between(4, 28) } else { 0 };
    let days = schooling.end.unwrap_or(LAST) - schooling.start;
    // Who moves to another region mostly loses school days.
    let interrupted = match (is_taught, random.chance(if schooling.moved { 12 } else { 55 })) {
        (true, true) => 0,
        (true, false) if schooling.moved => (days * 5 / 7).min(random.between(5, 45)),
        (true, false) => days * 5 / 7 * random.between(0, 60) / 100,
        (false, _) => days * 5 / 7,
    };
    let continuous = interrupted == 0 && is_taught;
    Model {
        id: 0,
        youth: youth.pseudonym.clone(),
        youth_key: youth.key,
        region: youth.region.code.to_owned(),
        partnership: schooling.partnership.to_owned(),
        school_of_origin: schooling.origin.map(str::to_owned),
        school: schooling.school.map(str::to_owned),
        level: schooling.level.map(str::to_owned),
        form: schooling.form.to_owned(),
        started_on: date(schooling.start),
        ended_on: schooling.end.map(date),
        hours_per_week: random.known(91, hours),
        interrupted_days: random.known(86, interrupted),
        funding: funding(random).map(str::to_owned),
        continuous: random.known(90, continuous),
        updated_at,
        updated_on,
    }
}

fn funding(random: &mut Random) -> Option<&'static str> {
    random.weighted(&[
        (Some("SCHOOL"), 30),
        (Some("PARTNERSHIP"), 28),
        (Some("MUNICIPALITY"), 12),
        (Some("SHARED"), 20),
        (None, 10),
    ])
}
