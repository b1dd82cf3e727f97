//! What happens to one made-up youth, in the order of time: referral, expert team, stays, care, school. Knows no rows.

use super::{
    areas::Areas,
    calendar::{Day, LAST, come},
    care::{Care, Stay, stays},
    episode::{Episode, episodes},
    places::Places,
    random::Random,
    school::{Schooling, schooling},
    team::{Analysis, Consultation, analysis, consultations},
    youth::Youth,
};

/// The last weeks of 2020: until then many children came into closed care in Noord.
const MANY_UNTIL: Day = 710;

/// All that happens to one youth.
#[derive(Debug)]
pub(crate) struct Story<'a> {
    /// Whose story it is.
    pub(crate) youth: Youth<'a>,
    /// Referrals, the first first.
    pub(crate) referrals: Vec<Referral>,
    /// The case of the expert team.
    pub(crate) case: Option<Case>,
    /// Stays, the first first; none begins before the one before it ended.
    pub(crate) stays: Vec<Stay<'a>>,
    /// Consultations before closed stays, and instead of them.
    pub(crate) consultations: Vec<Consultation>,
    /// Care given before, during and after the stays.
    pub(crate) episodes: Vec<Episode<'a>>,
    /// Arrangements of school and care.
    pub(crate) schooling: Vec<Schooling<'a>>,
}

/// A referral and its decision.
#[derive(Debug)]
pub(crate) struct Referral {
    pub(crate) received: Day,
    pub(crate) urgent: bool,
    pub(crate) is_complex: bool,
    /// Day and code.
    pub(crate) decided: Option<(Day, &'static str)>,
}

/// A case of the expert team.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) registered: Day,
    pub(crate) closed_risk: Option<bool>,
    /// Day and code of the care form; code none where the team advised none.
    pub(crate) advised: Option<(Day, Option<&'static str>)>,
    /// Day and code.
    pub(crate) closed: Option<(Day, &'static str)>,
    pub(crate) analysis: Option<Analysis>,
}

impl Story<'_> {
    /// Had all that it tells of ended before that day?
    pub(crate) fn is_over_by(&self, day: Day) -> bool {
        let decided = self.referrals.iter().map(|it| it.decided.map(|(on, _)| on));
        let closed = self.case.iter().map(|it| it.closed.map(|(on, _)| on));
        let ends = self.stays.iter().map(|it| it.end).chain(self.schooling.iter().map(|it| it.end));
        let ends = ends.chain(self.episodes.iter().map(|it| it.end));
        decided.chain(closed).chain(ends).all(|end| end.is_some_and(|end| end < day))
    }
}

/// Tells the story of the youth of that number, who is referred on that day; takes places.
pub(crate) fn tell<'a>(areas: &'a Areas<'a>, places: &mut Places, (number, referred): (u64, Day)) -> Story<'a> {
    let random = &mut Random::new("story", number);
    let youth = Youth::new(areas, number, referred);
    let is_complex = youth.age(referred) >= 12 && random.chance(66);
    let first = referral(referred, is_complex, random);
    let decided = first.decided.filter(|(_, decision)| decision.starts_with("GRANTED")).map(|(day, _)| day);
    let mut referrals = vec![first];
    if random.chance(14) {
        let again = come(referred + random.between(90, 700));
        referrals.extend(again.map(|received| referral(received, false, random)));
    }
    let urgent = referrals.iter().take(1).any(|it| it.urgent);
    let mut case =
        decided.filter(|_| is_complex && !(urgent && random.chance(40))).and_then(|it| take_up(&youth, it, random));
    let wanted = decided.and_then(|it| wanted(it, (is_complex, urgent), case.as_ref(), random));
    let mut stays = wanted.map(|it| stays(areas, places, &youth, it, random)).unwrap_or_default();
    if let Some(case) = &mut case {
        case.closed = close(case, &stays, random);
    }
    let consultations = consultations(decided.unwrap_or(referred), &mut stays, case.as_ref(), random);
    let schooling = schooling(areas, &youth, &stays, random);
    let episodes = episodes(areas, &youth, (&referrals, &stays), random);
    Story { youth, referrals, case, stays, consultations, episodes, schooling }
}

fn referral(received: Day, is_complex: bool, random: &mut Random) -> Referral {
    let urgent = random.chance(if is_complex { 24 } else { 6 });
    let days = if urgent { random.between(0, 3) } else { random.between(4, 42) };
    let decision = if is_complex {
        random.weighted(&[("GRANTED", 78), ("GRANTED_OTHERWISE", 17), ("REDIRECTED", 3), ("WITHDRAWN", 2)])
    } else {
        random.weighted(&[
            ("GRANTED", 62),
            ("GRANTED_OTHERWISE", 14),
            ("REDIRECTED", 10),
            ("DECLINED", 6),
            ("WITHDRAWN", 8),
        ])
    };
    Referral { received, urgent, is_complex, decided: come(received + days).map(|day| (day, decision)) }
}

fn take_up(youth: &Youth<'_>, decided: Day, random: &mut Random) -> Option<Case> {
    let registered = come(decided + random.between(0, 28))?;
    // In Noord more children came into closed care up to 2020, and stayed for a shorter time.
    let more = if youth.region.supra_region == "NO" && registered < MANY_UNTIL { 80 } else { 0 };
    let closed_risk = random.weighted(&[(Some(true), 62 + more / 2), (Some(false), 30), (None, 8)]);
    let form = if closed_risk == Some(true) {
        // Closed care is advised less from year to year.
        let closed = 110 + more - u64::from(registered.max(0).unsigned_abs()) / 41;
        random.weighted(&[("13", closed), ("14", 16), ("12", 6), ("11", 2), ("02", 5), ("04", 5)])
    } else {
        random.weighted(&[("13", 6), ("14", 32), ("12", 12), ("11", 8), ("02", 23), ("03", 5), ("04", 14)])
    };
    let form = random.known(95, form);
    let advised = come(registered + random.between(14, 75)).map(|day| (day, form));
    Some(Case { registered, closed_risk, advised, closed: None, analysis: analysis(registered, random) })
}

/// Which care is sought, from which day; urgent care does not wait for the expert team.
fn wanted(
    decided: Day,
    (is_complex, urgent): (bool, bool),
    case: Option<&Case>,
    random: &mut Random,
) -> Option<(Care, bool, Day)> {
    let soon = |day: Day, random: &mut Random| day + random.between(2, 30);
    if !is_complex {
        let care = random.known(12, Care::Ambulatory)?;
        return Some((care, false, soon(decided, random)));
    }
    let Some(case) = case else {
        return urgent.then_some((Care::Closed, true, decided + 1));
    };
    let (day, form) = case.advised?;
    let care = match form? {
        "13" => Care::Closed,
        "12" | "14" => Care::Open,
        "02" | "03" | "04" => Care::Ambulatory,
        _ => return None,
    };
    let start = soon(day, random);
    random.known(88, (care, false, start))
}

fn close(case: &Case, stays: &[Stay<'_>], random: &mut Random) -> Option<(Day, &'static str)> {
    let (advised, form) = case.advised?;
    let first = stays.first();
    let after = first.map_or(advised, |it| it.start);
    let day = after + random.between(5, 90);
    let outcome = match (first, form) {
        (Some(stay), _) if stay.care == Care::Closed => "CLOSED_PLACEMENT",
        (Some(_), Some(_)) if random.chance(85) => "CARE_STARTED",
        (Some(_), _) => "OTHER_CARE_STARTED",
        (None, Some("11")) => "CARE_STARTED",
        (None, _) => random.weighted(&[("ESCALATED", 35), ("UNRESOLVED", 35), ("WITHDRAWN", 30)]),
    };
    (day <= LAST).then_some((day, outcome))
}
