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

/// Kind of a measure that restricts freedom.
pub static RESTRAINT_KIND: CodeList = CodeList {
    name: "RestraintKind",
    doc: "Kind of a measure that restricts freedom (Dutch: vrijheidsbeperkende maatregel, VBM).",
    origin: Some("JW6-VBM"),
    codes: &[
        code(
            "6.3.1-2a",
            "CONFINEMENT_ON_SITE",
            "Kept to places or hours on the site",
            "Plaats-/tijdsverbod binnen de accommodatie",
        ),
        code("6.3.1-2b", "ISOLATION", "Isolation for a time", "Tijdelijke plaatsing in afzondering"),
        code(
            "6.3.1-2c",
            "TRANSFER",
            "Transfer for a time, within this or to another closed site",
            "Tijdelijke overplaatsing (binnen of naar andere gesloten accommodatie)",
        ),
        code("6.3.1-2d", "PHYSICAL_RESTRAINT", "Taking hold and holding", "Vastpakken en vasthouden"),
        code(
            "6.3.2-1a",
            "PROGRAMME_AGAINST_WILL",
            "A programme of care against the will",
            "Jeugdhulpverleningsprogramma tegen de wil",
        ),
        code(
            "6.3.2-1b",
            "MEDICAL_TREATMENT_AGAINST_WILL",
            "Medical treatment against the will, medication included",
            "Geneeskundige behandeling incl. medicatie tegen de wil",
        ),
        code(
            "6.3.3-1a",
            "COMMUNICATION_RESTRICTED",
            "Letters, telephone and other communication restricted",
            "Beperking brief-/telefoonverkeer en communicatiemiddelen",
        ),
        code("6.3.3-1b", "VISITS_RESTRICTED", "Visits restricted or watched", "Beperking of toezicht op bezoek"),
        code("6.3.4-2a", "BODY_SEARCH", "Search of body and clothes", "Onderzoek aan lichaam en kleding"),
        code("6.3.4-2b", "URINE_TEST", "Test of urine", "Urineonderzoek"),
        code("6.3.4-2c", "ROOM_SEARCH", "Search of the room", "Kameronderzoek"),
        code("6.3.4-2d", "MAIL_SEARCH", "Search of mail", "Onderzoek van poststukken"),
        code(
            "6.3.5-1a",
            "TRANSPORT_PHYSICAL_RESTRAINT",
            "On the way: taking hold and holding",
            "Vervoer: vastpakken en vasthouden",
        ),
        code("6.3.5-1b", "TRANSPORT_CLOTHES_SEARCH", "On the way: search of clothes", "Vervoer: onderzoek aan kleding"),
        code(
            "6.3.5-1c",
            "TRANSPORT_ISOLATION",
            "On the way: locked in for a time",
            "Vervoer: tijdelijke plaatsing in afgesloten ruimte",
        ),
    ],
};
