//! The care given to a youth: light care before a stay, the stays as its region pays for them, care afterwards. Knows no
//! rows.

use super::{
    areas::Areas,
    calendar::{Day, come},
    care::{Care, Stay},
    random::Random,
    story::Referral,
    youth::Youth,
};

/// One stretch of care of one form.
#[derive(Debug)]
pub(crate) struct Episode<'a> {
    /// Code of the care form.
    pub(crate) form: &'static str,
    /// Who gives it.
    pub(crate) provider: &'a str,
    pub(crate) start: Day,
    /// The day on which it was no longer given; none while it is.
    pub(crate) end: Option<Day>,
    /// Is other care to follow directly?
    pub(crate) goes_on: bool,
    /// Is the youth's case one for the expert team?
    pub(crate) is_complex: bool,
}

/// All care of a youth, the first first.
pub(crate) fn episodes<'a>(
    areas: &'a Areas<'a>,
    youth: &Youth<'_>,
    (referrals, stays): (&[Referral], &[Stay<'a>]),
    random: &mut Random,
) -> Vec<Episode<'a>> {
    let Some(near) = ambulatory(areas, youth) else {
        return Vec::new();
    };
    let is_complex = referrals.first().is_some_and(|it| it.is_complex);
    let light = |form, start, end, goes_on| Episode { form, provider: near, start, end, goes_on, is_complex };
    let mut all = Vec::new();
    for referral in referrals {
        let granted = referral.decided.filter(|(_, decision)| decision.starts_with("GRANTED")).map(|(day, _)| day);
        let Some(decided) = granted.filter(|_| random.chance(if referral.is_complex { 34 } else { 56 })) else {
            continue;
        };
        let Some(start) = come(decided + random.between(3, 40)) else { continue };
        // Where a place was found in the end, the care at home stops when the stay begins.
        let first = stays.first().filter(|it| referral.is_complex && it.start > start).map(|it| it.start);
        let length = random.between(60, 330);
        let end = first.map_or(start + length, |day| day.min(start + length));
        let is_at_home = stays.is_empty() || referral.is_complex;
        if is_at_home && first.is_some() == (referral.is_complex && !stays.is_empty()) {
            all.push(light(at_home(random), start, come(end), first == Some(end)));
        }
    }
    for (place, stay) in stays.iter().enumerate().filter(|_| random.chance(97)) {
        let form = match stay.care {
            Care::Closed => "13",
            Care::Open => "14",
            Care::Ambulatory => "02",
        };
        let goes_on = stays.get(place + 1).is_some();
        all.push(Episode { provider: stay.unit.provider, ..light(form, stay.start, stay.end, goes_on) });
    }
    let after = stays.last().and_then(|it| come(it.end? + random.between(0, 14)));
    if let Some(start) = after.filter(|_| random.chance(45)) {
        all.push(light(at_home(random), start, come(start + random.between(50, 260)), false));
    }
    all
}

/// Who gives care at home in the youth's supra-region.
fn ambulatory<'a>(areas: &'a Areas<'a>, youth: &Youth<'_>) -> Option<&'a str> {
    let near = areas.units.iter().find(|it| it.setting == "AMBULATORY" && it.supra_region == youth.region.supra_region);
    near.map(|it| it.provider)
}

fn at_home(random: &mut Random) -> &'static str {
    random.weighted(&[("01", 16), ("02", 44), ("03", 10), ("04", 20), ("11", 5), ("12", 5)])
}
