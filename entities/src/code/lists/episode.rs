//! Lists about care that was given: why it ended, and in what it is counted.

use super::{CodeList, code};

/// Why care ended.
pub static CARE_END_REASON: CodeList = CodeList {
    name: "CareEndReason",
    doc: "Why care ended, as providers report it to municipalities; 32 is 03 in the list for CBS (Dutch: reden beëindiging).",
    origin: Some("JZ588"),
    codes: &[
        code("02", "DECEASED", "The youth died", "Overlijden"),
        code("20", "PAUSED", "Ended for the time being", "Levering is tijdelijk beëindigd"),
        code("31", "AS_PLANNED", "Ended as planned", "Levering is volgens plan beëindigd"),
        code("32", "STOPPED_BY_CLIENT", "Ended early by the client", "Voortijdig afgesloten: eenzijdig door de cliënt"),
        code(
            "33",
            "STOPPED_BY_PROVIDER",
            "Ended early by the provider",
            "Voortijdig afgesloten: eenzijdig door de aanbieder",
        ),
        code("34", "STOPPED_IN_AGREEMENT", "Ended early in agreement", "Voortijdig afgesloten: in overeenstemming"),
        code(
            "35",
            "EXTERNAL_CIRCUMSTANCES",
            "Ended early by circumstances",
            "Voortijdig afgesloten: wegens externe omstandigheden",
        ),
        code("36", "STOPPED_BY_MUNICIPALITY", "Ended by the municipality", "Geïnitieerd door de gemeente"),
        code("37", "CHANGE_REQUESTED", "Ended for a request to change it", "In verband met wijzigingsverzoek"),
        code("38", "OTHER_PROVIDER", "Goes on with another provider", "Overstap naar andere aanbieder"),
        code("39", "OTHER_DOMAIN", "Goes on under another law", "Uitstroom naar ander domein"),
    ],
};

/// What volumes of care are counted in.
pub static VOLUME_UNIT: CodeList = CodeList {
    name: "VolumeUnit",
    doc: "What volumes of care are counted in (Dutch: eenheid).",
    origin: Some("WJ756"),
    codes: &[
        code("01", "MINUTE", "Minute", "Minuut"),
        code("04", "HOUR", "Hour", "Uur"),
        code("14", "DAY_AND_NIGHT", "Day and night", "Etmaal"),
        code("16", "PART_OF_DAY", "Part of a day (4 hours)", "Dagdeel (4 uur)"),
        code("82", "PIECE_OUTPUT", "Piece (of output)", "Stuks (output)"),
        code("83", "EURO", "Euro", "Euro's"),
        code("84", "PIECE_EFFORT", "Piece (of effort)", "Stuks (inspanning)"),
    ],
};
