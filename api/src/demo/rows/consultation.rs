//! Rows of consultations.

use entities::consultation::Model;

use crate::demo::{
    calendar::{changed, date},
    random::Random,
    team::Consultation,
    youth::Youth,
};

/// The monitor's row of a consultation, not yet numbered.
pub(crate) fn row(youth: &Youth<'_>, consultation: &Consultation, random: &mut Random) -> Model {
    let (updated_at, updated_on) = changed(consultation.held.unwrap_or(consultation.requested), random);
    let mut present = |percent| {
        let was = random.chance(percent);
        random.known(94, was).filter(|_| consultation.held.is_some())
    };
    Model {
        id: 0,
        youth: youth.pseudonym.clone(),
        youth_key: youth.key,
        region: youth.region.code.to_owned(),
        institution: youth.institution.map(str::to_owned),
        requested_on: date(consultation.requested),
        held_on: consultation.held.map(date),
        not_held_reason: consultation.not_held.map(str::to_owned),
        youth_present: present(61),
        parents_present: present(74),
        school_present: present(33),
        experience_expert_present: present(18),
        outcome: consultation.outcome.map(str::to_owned),
        alternative: consultation.alternative.map(str::to_owned),
        updated_at,
        updated_on,
    }
}
