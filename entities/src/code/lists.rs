//! The lists themselves, by theme. Codes and Dutch labels after iJw 3.2 and the Jeugdwet (see `data/SOURCES.md`); our
//! own lists say so.

mod care;
mod education;
mod referral;
mod ret;
mod safety;
mod youth;

pub use self::{
    care::{CARE_CATEGORY, CARE_FORM, SETTING},
    education::{EDUCATION_FORM, EDUCATION_FUNDING, EDUCATION_LEVEL, PARTNERSHIP_SECTOR},
    referral::{REFERRAL_DECISION, REFERRER},
    ret::{APPLICANT, BOTTLENECK, CASE_OUTCOME, CASE_STATUS, EXPERTISE, PROBLEM_AREA, SCHOOL_ATTENDANCE},
    safety::{INCIDENT_KIND, INCIDENT_SEVERITY, RESTRAINT_KIND},
    youth::{AGE_BAND, AUTHORISATION, LIVING_SITUATION},
};
use super::{Code, CodeList};

/// All code lists, by name; the only list of them in the project.
pub static CODE_LISTS: [&CodeList; 22] = [
    &AGE_BAND,
    &APPLICANT,
    &AUTHORISATION,
    &BOTTLENECK,
    &CARE_CATEGORY,
    &CARE_FORM,
    &CASE_OUTCOME,
    &CASE_STATUS,
    &EDUCATION_FORM,
    &EDUCATION_FUNDING,
    &EDUCATION_LEVEL,
    &EXPERTISE,
    &INCIDENT_KIND,
    &INCIDENT_SEVERITY,
    &LIVING_SITUATION,
    &PARTNERSHIP_SECTOR,
    &PROBLEM_AREA,
    &REFERRAL_DECISION,
    &REFERRER,
    &RESTRAINT_KIND,
    &SCHOOL_ATTENDANCE,
    &SETTING,
];

const fn code(code: &'static str, value: &'static str, english: &'static str, dutch: &'static str) -> Code {
    Code { code, value, english, dutch }
}
