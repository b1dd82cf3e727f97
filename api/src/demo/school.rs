//! A youth's schooling during and after its stays. Knows no rows.

use super::{
    areas::{Areas, Unit},
    calendar::{Day, LAST, come},
    care::{Care, Stay},
    random::Random,
    youth::Youth,
};

/// One arrangement of school and care.
#[derive(Debug)]
pub(crate) struct Schooling<'a> {
    /// Who made it.
    pub(crate) partnership: &'a str,
    /// Code.
    pub(crate) form: &'static str,
    /// School before the stay.
    pub(crate) origin: Option<&'a str>,
    /// School that teaches now.
    pub(crate) school: Option<&'a str>,
    /// Code.
    pub(crate) level: Option<&'static str>,
    pub(crate) start: Day,
    /// The day on which it no longer held; none while it does.
    pub(crate) end: Option<Day>,
    /// Did the youth come from another region for it?
    pub(crate) moved: bool,
}

/// Arrangements that begin with the stays, and often one after the last of them.
pub(crate) fn schooling<'a>(
    areas: &'a Areas<'a>,
    youth: &Youth<'a>,
    stays: &[Stay<'a>],
    random: &mut Random,
) -> Vec<Schooling<'a>> {
    let Some(partnership) = youth.partnership else {
        return Vec::new();
    };
    let own: Vec<_> = areas.schools.iter().filter(|it| it.partnership == Some(partnership)).map(|it| it.code).collect();
    let origin = random.one(&own).copied().filter(|_| random.chance(85));
    let level = level(random);
    let mut all = Vec::new();
    let mut at = youth.region.code;
    for stay in stays.iter().filter(|it| it.care != Care::Ambulatory && youth.age(it.start) >= 12) {
        let start = stay.start + random.between(0, 8);
        if start < stay.end.unwrap_or(LAST + 1) && random.chance(84) {
            let form = random.weighted(&forms(stay.care, start));
            let school = school(areas, (form, stay.unit), origin, random);
            let moved = stay.unit.region != at;
            all.push(Schooling { partnership, form, origin, school, level, start, end: stay.end, moved });
        }
        at = stay.unit.region;
    }
    let after = stays.last().and_then(|it| come(it.end? + random.between(0, 21)));
    if let Some(start) = after.filter(|day| (12..18).contains(&youth.age(*day)) && random.chance(60)) {
        let form =
            random.weighted(&[("SCHOOL_OF_ORIGIN", 64), ("WORK_PLACEMENT", 16), ("DAY_PROGRAMME", 9), ("NONE", 11)]);
        let school = origin.filter(|_| form == "SCHOOL_OF_ORIGIN");
        all.push(Schooling {
            partnership,
            form,
            origin,
            school,
            level,
            start,
            end: come(start + random.between(60, 300)),
            moved: false,
        });
    }
    all
}

/// From year to year fewer youths in closed care are taught on the site, and more at their own school.
fn forms(care: Care, start: Day) -> [(&'static str, u64); 6] {
    let years = u64::from(start.max(0).unsigned_abs() / 365);
    match care {
        Care::Closed => [
            ("ON_SITE", 82 - 8 * years.min(8)),
            ("SCHOOL_OF_ORIGIN", 4 + 7 * years),
            ("DIGITAL", 9),
            ("WORK_PLACEMENT", 5),
            ("DAY_PROGRAMME", 9),
            ("NONE", 7),
        ],
        Care::Open | Care::Ambulatory => [
            ("SCHOOL_OF_ORIGIN", 47),
            ("ON_SITE", 19),
            ("DIGITAL", 7),
            ("WORK_PLACEMENT", 13),
            ("DAY_PROGRAMME", 9),
            ("NONE", 5),
        ],
    }
}

/// Who teaches: the school of origin, or one in the unit's municipality.
fn school<'a>(
    areas: &'a Areas<'a>,
    (form, unit): (&str, &Unit<'_>),
    origin: Option<&'a str>,
    random: &mut Random,
) -> Option<&'a str> {
    match form {
        "SCHOOL_OF_ORIGIN" | "DIGITAL" => origin,
        "ON_SITE" => {
            let near = areas.schools.iter().filter(|it| it.municipality == unit.municipality);
            random.one(&near.map(|it| it.code).collect::<Vec<_>>()).copied()
        }
        _ => None,
    }
}

fn level(random: &mut Random) -> Option<&'static str> {
    random.weighted(&[
        (Some("SPECIAL_SECONDARY"), 38),
        (Some("PRACTICAL"), 12),
        (Some("VMBO"), 26),
        (Some("HAVO"), 8),
        (Some("VWO"), 3),
        (Some("MBO"), 8),
        (None, 5),
    ])
}
