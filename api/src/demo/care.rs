//! A youth's stays, one after the other, each in a unit with a place free. Knows no rows.

use super::{
    areas::{Areas, Unit},
    calendar::{Day, LAST, come},
    places::Places,
    random::Random,
    team,
    youth::Youth,
};

/// The most stays in one story.
const MOST: usize = 6;

/// How many times a place is asked for before the care goes another way, and how many days lie between.
const ASKED: (i32, i32) = (6, 12);

/// How finely the length of a stay is chosen.
const PARTS: u64 = 1_000;

/// What care is sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    Closed,
    Open,
    Ambulatory,
}

/// One stay.
#[derive(Clone, Debug)]
pub(crate) struct Stay<'a> {
    pub(crate) unit: &'a Unit<'a>,
    pub(crate) care: Care,
    /// Code; none for stays that are not closed.
    pub(crate) authorisation: Option<&'static str>,
    pub(crate) urgent: bool,
    /// The first day on which it could have begun.
    pub(crate) asked: Day,
    /// The day after the first night.
    pub(crate) start: Day,
    /// The day after the last night; none while the stay lasts.
    pub(crate) end: Option<Day>,
    /// Where the youth lived before.
    pub(crate) previous: &'static str,
    /// Where the youth went; none while the stay lasts.
    pub(crate) outflow: Option<&'static str>,
    /// Was a consultation held before it? None where nobody registered it.
    pub(crate) consulted: Option<bool>,
}

/// A place that is sought: what care, whether urgent, and the first day on which a stay could begin.
pub(crate) type Wanted = (Care, bool, Day);

/// The youth's stays, from the first that is wanted on.
pub(crate) fn stays<'a>(
    areas: &'a Areas<'a>,
    places: &mut Places,
    youth: &Youth<'_>,
    first: Wanted,
    random: &mut Random,
) -> Vec<Stay<'a>> {
    let mut stays: Vec<Stay<'_>> = Vec::new();
    let mut next = Some(first);
    while let Some(wanted) = next.filter(|_| stays.len() < MOST) {
        let Some(mut stay) = admit(areas, places, youth, (wanted, stays.last()), random) else {
            break;
        };
        stay.previous = lived(stays.last_mut(), &stay, random);
        next = stay.end.and_then(|end| Some((follow(&stay, random)?, false, end + 1)));
        stays.push(stay);
    }
    if let Some(last) = stays.last_mut() {
        last.outflow = last.end.map(|_| home(random));
    }
    stays
}

/// A stay in this unit from that day on, with no story around it.
pub(crate) fn alone<'a>(unit: &'a Unit<'a>, start: Day, random: &mut Random) -> Stay<'a> {
    let care = match unit.setting {
        "OPEN" => Care::Open,
        "AMBULATORY" => Care::Ambulatory,
        _ => Care::Closed,
    };
    let urgent = random.chance(16);
    let authorisation = authorisation(care, urgent, random);
    let end = come(start + length(unit, (care, authorisation), random.below(PARTS)));
    let (previous, outflow) = (came_from(random), end.map(|_| home(random)));
    let consulted = team::consulted(care, (urgent, start), random);
    Stay { unit, care, authorisation, urgent, asked: start, start, end, previous, outflow, consulted }
}

/// Finds a place as near home as possible; waits for one where all are taken.
fn admit<'a>(
    areas: &'a Areas<'a>,
    places: &mut Places,
    youth: &Youth<'_>,
    ((care, urgent, wanted), last): (Wanted, Option<&Stay<'a>>),
    random: &mut Random,
) -> Option<Stay<'a>> {
    let authorisation = authorisation(care, urgent, random);
    let part = random.below(PARTS);
    let (asked, between) = ASKED;
    for start in (0..asked).map(|times| wanted + times * between) {
        limit(youth, care, (start, start + 2))?;
        for unit in candidates(areas, youth, (care, last), random) {
            let days = length(unit, (care, authorisation), part);
            let Some(end) = limit(youth, care, (start, start + days)) else { continue };
            if places.take(youth, unit, (start, end)) {
                places.wait(unit, wanted, start);
                let (asked, end, previous) = (wanted, come(end), "UNKNOWN");
                let (outflow, consulted) = (None, None);
                let stay = Stay { unit, care, authorisation, urgent, asked, start, end, previous, outflow, consulted };
                return Some(stay);
            }
        }
    }
    None
}

/// The end of a stay, which for closed care lies half a year after the eighteenth birthday at most; none where the stay
/// cannot be.
fn limit(youth: &Youth<'_>, care: Care, (start, end): (Day, Day)) -> Option<Day> {
    let age = youth.age(start);
    let end = if care == Care::Closed { end.min(youth.birthday(18) + 180) } else { end };
    let fits = if care == Care::Closed { (12..18).contains(&age) } else { age < 19 };
    let may = start <= LAST && end > start + 1 && fits;
    may.then_some(end)
}

/// Units in the order in which they are asked: a stay that goes on stays where it is, then the own region, then the
/// supra-region; a few youths go far away from the start.
fn candidates<'a>(
    areas: &'a Areas<'a>,
    youth: &Youth<'_>,
    (care, last): (Care, Option<&Stay<'a>>),
    random: &mut Random,
) -> Vec<&'a Unit<'a>> {
    let (far, farther) = match youth.region.supra_region {
        "NHN" => (11, 25),
        "NO" => (2, 4),
        _ => (6, 15),
    };
    let goes_far = random.chance(far);
    let may_go_far = goes_far || random.chance(farther);
    let stays = last.filter(|it| it.care == care && it.authorisation == Some("6.1.3")).map(|it| it.unit.number);
    let distance = |unit: &Unit<'_>| match unit {
        _ if stays == Some(unit.number) => 0,
        _ if unit.supra_region != youth.region.supra_region => 3 - 3 * i32::from(goes_far),
        _ if unit.region == youth.region.code => 1,
        _ => 2,
    };
    let fits = |it: &&Unit<'_>| match care {
        Care::Closed => it.is_closed(),
        Care::Open => it.setting == "OPEN",
        Care::Ambulatory => it.setting == "AMBULATORY",
    };
    let mut units: Vec<_> = areas.units.iter().filter(fits).filter(|it| may_go_far || distance(it) < 3).collect();
    units.sort_by_cached_key(|it| (distance(it), random.below(1 << 16)));
    units
}

/// The legal ground, by code.
fn authorisation(care: Care, urgent: bool, random: &mut Random) -> Option<&'static str> {
    match care {
        Care::Closed if urgent => Some("6.1.3"),
        Care::Closed => Some(random.weighted(&[("6.1.2", 82), ("6.1.4", 13), ("6.1.12-5", 5)])),
        Care::Open | Care::Ambulatory => None,
    }
}

/// Days between the first and the last of a stay, within what the law allows (the first night counts): so many parts of
/// the way from the shortest to the longest. Noord-Holland-Noord prints 8 months for its closed stays; Noord, with more
/// children than twice its places in 2020, has short ones.
fn length(unit: &Unit<'_>, (care, authorisation): (Care, Option<&str>), part: u64) -> i32 {
    let (shortest, longest) = match (care, authorisation, unit.supra_region) {
        (_, Some("6.1.3"), _) => (6, 27),
        (_, Some("6.1.4"), _) => (30, 180),
        (_, Some("6.1.12-5"), _) => (14, 120),
        (Care::Closed, _, "NHN") => (150, 340),
        (Care::Closed, _, "NO") => (40, 180),
        (Care::Closed, ..) => (60, 340),
        (Care::Open, ..) => (50, 460),
        (Care::Ambulatory, ..) => (40, 340),
    };
    shortest + (longest - shortest) * i32::try_from(part).unwrap_or(0) / i32::try_from(PARTS).unwrap_or(1)
}

/// The care after a stay, if any.
fn follow(stay: &Stay<'_>, random: &mut Random) -> Option<Care> {
    let then: &[_] = match stay.care {
        Care::Closed if stay.authorisation == Some("6.1.3") => {
            &[(Some(Care::Closed), 64), (Some(Care::Open), 14), (Some(Care::Ambulatory), 10), (None, 12)]
        }
        Care::Closed => &[(Some(Care::Closed), 13), (Some(Care::Open), 37), (Some(Care::Ambulatory), 27), (None, 23)],
        Care::Open => &[(Some(Care::Closed), 4), (Some(Care::Open), 6), (Some(Care::Ambulatory), 40), (None, 50)],
        Care::Ambulatory => &[(Some(Care::Open), 5), (None, 95)],
    };
    random.weighted(then)
}

/// Where the youth lived before a stay; the stay before, if any, learns where the youth went.
fn lived(before: Option<&mut Stay<'_>>, stay: &Stay<'_>, random: &mut Random) -> &'static str {
    let Some(before) = before else {
        return came_from(random);
    };
    let directly = before.end.is_some_and(|end| stay.start <= end + 1);
    let between = home(random);
    before.outflow = Some(if directly { lives(stay.care).unwrap_or(between) } else { between });
    if directly { lives(before.care).unwrap_or(between) } else { between }
}

/// Where a youth lives that has such care; none where the care comes to the home.
fn lives(care: Care) -> Option<&'static str> {
    match care {
        Care::Closed => Some("CLOSED"),
        Care::Open => Some("OPEN_RESIDENTIAL"),
        Care::Ambulatory => None,
    }
}

fn home(random: &mut Random) -> &'static str {
    random.weighted(&[
        ("HOME", 46),
        ("FAMILY", 12),
        ("FOSTER_CARE", 6),
        ("FAMILY_HOME", 12),
        ("SUPPORTED_LIVING", 16),
        ("UNKNOWN", 8),
    ])
}

fn came_from(random: &mut Random) -> &'static str {
    random.weighted(&[
        ("HOME", 48),
        ("FAMILY", 9),
        ("FOSTER_CARE", 9),
        ("FAMILY_HOME", 7),
        ("OPEN_RESIDENTIAL", 14),
        ("PSYCHIATRY", 5),
        ("DETENTION", 2),
        ("UNKNOWN", 6),
    ])
}
