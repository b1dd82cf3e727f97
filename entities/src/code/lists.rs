//! The lists themselves, by theme. Codes and Dutch labels after iJw 3.2 and the Jeugdwet (see `data/SOURCES.md`); our
//! own lists say so.

mod agreement;
mod care;
mod consultation;
mod education;
mod episode;
mod law;
mod message;
mod pattern;
mod plan;
mod referral;
mod ret;
mod safety;
mod statistics;
mod youth;

pub use self::{
    agreement::{AGREEMENT_STATUS, AGREEMENT_TOPIC},
    care::{CARE_CATEGORY, CARE_FORM, SETTING},
    consultation::{CONSULTATION_OUTCOME, NOT_HELD_REASON},
    education::{EDUCATION_FORM, EDUCATION_FUNDING, EDUCATION_LEVEL, PARTNERSHIP_SECTOR},
    episode::{CARE_END_REASON, VOLUME_UNIT},
    law::AUTHORISATION_GROUND,
    message::{ASSIGNMENT_CHANGE_REASON, FREQUENCY, LEGAL_STATUS, MESSAGE_TYPE, REQUEST_REJECTION_REASON, SEX},
    pattern::{ADDRESSEE, PATTERN_STATUS},
    plan::{AREA_KIND, BUDGET_LINE_KIND, CERTAINTY},
    referral::{REFERRAL_DECISION, REFERRER},
    ret::{APPLICANT, BOTTLENECK, CASE_OUTCOME, CASE_STATUS, EXPERTISE, PROBLEM_AREA, SCHOOL_ATTENDANCE},
    safety::{INCIDENT_KIND, INCIDENT_SEVERITY, RESTRAINT_KIND},
    statistics::{CARE_END_REASON_CBS, MEASURE_END_REASON, PERSPECTIVE, PROTECTION_MEASURE, REFERRER_CBS, SEX_CBS},
    youth::{AGE_BAND, AUTHORISATION, LIVING_SITUATION},
};
use super::{Code, CodeList};

/// All code lists, by name; the only list of them in the project.
pub static CODE_LISTS: [&CodeList; 46] = [
    &ADDRESSEE,
    &AGE_BAND,
    &AGREEMENT_STATUS,
    &AGREEMENT_TOPIC,
    &APPLICANT,
    &AREA_KIND,
    &ASSIGNMENT_CHANGE_REASON,
    &AUTHORISATION,
    &AUTHORISATION_GROUND,
    &BOTTLENECK,
    &BUDGET_LINE_KIND,
    &CARE_CATEGORY,
    &CARE_END_REASON,
    &CARE_END_REASON_CBS,
    &CARE_FORM,
    &CASE_OUTCOME,
    &CASE_STATUS,
    &CERTAINTY,
    &NOT_HELD_REASON,
    &CONSULTATION_OUTCOME,
    &EDUCATION_FORM,
    &EDUCATION_FUNDING,
    &EDUCATION_LEVEL,
    &EXPERTISE,
    &FREQUENCY,
    &INCIDENT_KIND,
    &INCIDENT_SEVERITY,
    &LEGAL_STATUS,
    &LIVING_SITUATION,
    &MEASURE_END_REASON,
    &MESSAGE_TYPE,
    &PARTNERSHIP_SECTOR,
    &PATTERN_STATUS,
    &PERSPECTIVE,
    &PROBLEM_AREA,
    &PROTECTION_MEASURE,
    &REFERRAL_DECISION,
    &REFERRER,
    &REFERRER_CBS,
    &REQUEST_REJECTION_REASON,
    &RESTRAINT_KIND,
    &SCHOOL_ATTENDANCE,
    &SETTING,
    &SEX,
    &SEX_CBS,
    &VOLUME_UNIT,
];

const fn code(code: &'static str, value: &'static str, english: &'static str, dutch: &'static str) -> Code {
    Code { code, value, english, dutch }
}
