//! Rows of referrals.

use entities::referral::Model;

use crate::demo::{
    calendar::{changed, date},
    random::Random,
    story::Referral,
    youth::Youth,
};

/// The dashboard's row of a referral, not yet numbered.
pub(crate) fn row(youth: &Youth<'_>, referral: &Referral, random: &mut Random) -> Model {
    let referrers: &[_] = if referral.is_complex {
        &[("01", 30), ("02", 10), ("04", 38), ("05", 7), ("08", 15)]
    } else {
        &[("01", 44), ("02", 34), ("03", 8), ("04", 6), ("05", 4), ("06", 4)]
    };
    let categories: &[_] = match (referral.is_complex, referral.urgent) {
        (true, true) => &[("46", 70), ("43", 20), ("48", 10)],
        (true, false) => &[("43", 46), ("44", 16), ("50", 12), ("54", 12), ("41", 6), ("48", 8)],
        _ => &[("45", 52), ("54", 12), ("51", 12), ("52", 9), ("41", 7), ("44", 4), ("46", 4)],
    };
    let last = referral.decided.map_or(referral.received, |(day, _)| day);
    let (updated_at, updated_on) = changed(last, random);
    let (referrer, category) = (random.weighted(referrers), random.weighted(categories));
    Model {
        id: 0,
        youth: youth.pseudonym.clone(),
        youth_key: youth.key,
        region: youth.region.code.to_owned(),
        municipality: random.known(96, youth.municipality.code.to_owned()),
        age_band: random.known(98, youth.age_band(referral.received)),
        received_on: date(referral.received),
        referrer: random.known(95, referrer.to_owned()),
        category: random.known(93, category.to_owned()),
        urgent: referral.urgent,
        decided_on: referral.decided.map(|(day, _)| date(day)),
        decision: referral.decided.map(|(_, decision)| decision.to_owned()),
        updated_at,
        updated_on,
    }
}
