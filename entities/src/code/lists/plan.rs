//! Lists about plans and published figures.

use super::{CodeList, code};

/// What kind of area a published figure is about. The codes are those that CBS prints behind names, where it does.
pub static AREA_KIND: CodeList = CodeList {
    name: "AreaKind",
    doc: "What kind of area a published figure is about; our own list (Dutch: soort gebied).",
    origin: None,
    codes: &[
        code("NL", "COUNTRY", "The whole country", "Nederland"),
        code("SR", "SUPRA_REGION", "Supra-region of closed care", "Landsdeel (JeugdzorgPlus)"),
        code("LD", "PART_OF_COUNTRY", "One of the four parts of the country of CBS", "Landsdeel (CBS)"),
        code("PV", "PROVINCE", "Province", "Provincie"),
        code("CR", "COROP", "COROP area of CBS", "COROP-gebied"),
        code("GM", "MUNICIPALITY", "Municipality", "Gemeente"),
    ],
};

/// What a line of a budget is.
pub static BUDGET_LINE_KIND: CodeList = CodeList {
    name: "BudgetLineKind",
    doc: "What a line of a budget is; our own list (Dutch: soort begrotingspost).",
    origin: None,
    codes: &[
        code("COST", "COST", "A cost", "Kosten"),
        code("TOTAL", "TOTAL", "The total of the costs", "Totaal"),
        code("FUNDING", "FUNDING", "What pays for it", "Dekking"),
    ],
};

/// How sure a reading is.
pub static CERTAINTY: CodeList = CodeList {
    name: "Certainty",
    doc: "How sure the reading of a printed table is; our own list (Dutch: zekerheid).",
    origin: None,
    codes: &[code("hoog", "HIGH", "High", "Hoog"), code("onzeker", "UNCERTAIN", "Uncertain", "Onzeker")],
};
