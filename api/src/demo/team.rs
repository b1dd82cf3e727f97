//! What the expert team of a youth's region does before a stay: consultations and the explanatory analysis. Knows no rows.

use super::{
    calendar::{Day, LAST, come},
    care::{Care, Stay},
    random::Random,
    story::Case,
};

/// A consultation before a closed placement.
#[derive(Debug)]
pub(crate) struct Consultation {
    pub(crate) requested: Day,
    /// None where it was not held, or not yet.
    pub(crate) held: Option<Day>,
    /// Code.
    pub(crate) not_held: Option<&'static str>,
    /// Code; none where it was not held.
    pub(crate) outcome: Option<&'static str>,
    /// Code of the care form that was chosen instead.
    pub(crate) alternative: Option<&'static str>,
}

/// An analysis that all who help share.
#[derive(Debug)]
pub(crate) struct Analysis {
    pub(crate) started: Day,
    /// None while it is made.
    pub(crate) completed: Option<Day>,
}

/// Is a consultation held before a stay that begins then? It must be before every closed one; where that is urgent it
/// often is not. Gets better over the years. None where nobody registers it.
pub(crate) fn consulted(care: Care, (urgent, start): (bool, Day), random: &mut Random) -> Option<bool> {
    let years = u64::from(start.max(0).unsigned_abs() / 365);
    let percent = match (care, urgent) {
        (Care::Closed, true) => 28 + 3 * years,
        (Care::Closed, false) => 66 + 3 * years,
        _ => return random.weighted(&[(Some(true), 8), (Some(false), 22), (None, 70)]),
    };
    let held = random.chance(percent);
    random.known(94, held)
}

/// The consultations on a youth whose referral was decided on that day: before its stays, which learn whether one was
/// held, and where other care was found instead of a closed placement.
pub(crate) fn consultations(
    decided: Day,
    stays: &mut [Stay<'_>],
    case: Option<&Case>,
    random: &mut Random,
) -> Vec<Consultation> {
    let mut all: Vec<_> = case.and_then(|it| instead(it, random)).into_iter().collect();
    let mut since = decided;
    for stay in stays {
        stay.consulted = consulted(stay.care, (stay.urgent, stay.start), random);
        if stay.care == Care::Closed {
            all.extend(before(stay, since, random));
        }
        since = stay.end.unwrap_or(LAST);
    }
    all
}

/// Before a closed stay, and not before that day. Where it was not held, it was often not even asked for.
fn before(stay: &Stay<'_>, since: Day, random: &mut Random) -> Option<Consultation> {
    let last = stay.start - 1;
    let ahead = if stay.urgent { random.between(0, 2) } else { random.between(4, 32) };
    let requested = (last - ahead).max(since.min(last));
    if stay.consulted != Some(false) {
        let registered = stay.consulted.is_some() || random.chance(40);
        let outcome = match stay.authorisation {
            Some("6.1.4") => "CONDITIONAL",
            _ => random.weighted(&[("CLOSED_PLACEMENT", 93), ("NO_AGREEMENT", 7)]),
        };
        let held = requested + random.between(0, last - requested);
        return registered.then_some(Consultation {
            requested,
            held: Some(held),
            not_held: None,
            outcome: Some(outcome),
            alternative: None,
        });
    }
    let reason = if stay.urgent {
        random.weighted(&[("URGENT", 88), ("NOT_REQUESTED_IN_TIME", 8), ("OTHER", 4)])
    } else {
        random.weighted(&[("NOT_REQUESTED_IN_TIME", 42), ("NO_QUORUM", 30), ("REFUSED_BY_FAMILY", 18), ("OTHER", 10)])
    };
    random.chance(64).then_some(Consultation {
        requested,
        held: None,
        not_held: Some(reason),
        outcome: None,
        alternative: None,
    })
}

/// Where a closed placement threatens: still to be held while the team has advised nothing, and else where it advised
/// other care.
fn instead(case: &Case, random: &mut Random) -> Option<Consultation> {
    let form = case.advised.map(|(_, form)| form);
    if case.closed_risk != Some(true) || form == Some(Some("13")) || !random.chance(62) {
        return None;
    }
    let requested = come(case.registered + random.between(2, 12))?;
    let held = case.advised.and_then(|_| come(requested + random.between(2, 16)));
    let mut consultation = Consultation { requested, held, not_held: None, outcome: None, alternative: None };
    if held.is_none() {
        return Some(consultation);
    }
    if random.chance(9) {
        consultation.held = None;
        consultation.not_held = Some(random.weighted(&[("PLACEMENT_CANCELLED", 70), ("NO_QUORUM", 30)]));
        return Some(consultation);
    }
    let known = form.flatten();
    consultation.outcome = Some(if known.is_some() { "ALTERNATIVE" } else { "POSTPONED" });
    consultation.alternative = known;
    Some(consultation)
}

/// The analysis for a case: made shortly before it was registered, or because of it.
pub(crate) fn analysis(registered: Day, random: &mut Random) -> Option<Analysis> {
    let years = u64::from(registered.max(0).unsigned_abs() / 365);
    if !random.chance(42 + 4 * years) {
        return None;
    }
    let started = come(registered + random.between(-70, 24))?;
    Some(Analysis { started, completed: come(started + random.between(18, 75)) })
}
