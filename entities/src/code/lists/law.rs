//! Lists of the law on closed care (Jeugdwet, chapter 6).

use super::{CodeList, code};

/// On what ground an authorisation may be given.
pub static AUTHORISATION_GROUND: CodeList = CodeList {
    name: "AuthorisationGround",
    doc: "On what ground an authorisation for closed care may be given (Dutch: grond machtiging).",
    origin: Some("JW6-GROND"),
    codes: &[
        code("3a", "SUPERVISION_ORDER", "Supervision order", "Ondertoezichtstelling"),
        code("3b", "GUARDIANSHIP", "Guardianship of a certified institution", "Voogdij bij gecertificeerde instelling"),
        code(
            "3c",
            "CONSENT",
            "Consent of the legal representative (voluntary care)",
            "Instemming wettelijke vertegenwoordiger (vrijwillig kader)",
        ),
        code(
            "4",
            "CONTINUED_AFTER_18",
            "Eighteen years old: continued, up to 6 months after the birthday",
            "Achttienjarige: voortzetting, max. 6 maanden na 18e",
        ),
    ],
};
