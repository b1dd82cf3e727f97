//! What tables, scopes and tiers are called by people who have never heard of them: Dutch, then English.

use entities::Tier;

use crate::policy::Scope;

/// Dutch, and English.
type Both = (&'static str, &'static str);

/// What a row of a reference table is.
pub(super) fn kind_of(table: &str) -> Both {
    match table {
        "Region" => ("jeugdhulpregio", "youth care region"),
        "SupraRegion" => ("landsdeel", "supra-region"),
        "Provider" => ("zorgaanbieder", "care provider"),
        "Partnership" => ("samenwerkingsverband van scholen", "partnership of schools"),
        "ExpertiseNetwork" => ("expertisenetwerk", "expertise network"),
        "Municipality" => ("gemeente", "municipality"),
        _ => ("gecertificeerde instelling", "certified institution"),
    }
}

/// Whose data.
pub(super) fn of_scope(scope: Scope) -> Both {
    match scope {
        Scope::All => ("alle gegevens van deze soort", "all data of this kind"),
        Scope::Region => ("gegevens over jongeren uit de eigen regio", "data about youths of its own region"),
        Scope::SupraRegion => {
            ("gegevens over jongeren uit het eigen landsdeel", "data about youths of its own supra-region")
        }
        Scope::Network => {
            ("gegevens over jongeren uit de regio's van het netwerk", "data about youths of the network's regions")
        }
        Scope::Own => (
            "gegevens die de organisatie zelf bijhoudt, en gegevens over jongeren die zij nu helpt",
            "data that the organisation keeps itself, and data about youths whom it helps now",
        ),
        Scope::OwnWards => (
            "gegevens over jongeren voor wie de instelling voogd of begeleider is",
            "data about youths whose guardian or supervisor the institution is",
        ),
        Scope::Case => (
            "gegevens over jongeren over wie het expertteam van de regio nu meedenkt",
            "data about youths with whom the region's expert team helps now",
        ),
        Scope::Procedure => (
            "gegevens over jongeren voor wie in het landsdeel nu een plek wordt gezocht of geregeld is",
            "data about youths for whom the supra-region now looks for a place or has one",
        ),
        Scope::Inquiry => (
            "gegevens van één zorgaanbieder over één periode, voor een onderzoek",
            "data of one care provider over one period, for an investigation",
        ),
        Scope::AllTables | Scope::SupraRegionTables => ("alleen aantallen", "numbers only"),
    }
}

/// How far.
pub(super) fn of_tier(tier: Tier) -> Both {
    match tier {
        Tier::Open => ("alleen algemene kenmerken", "general features only"),
        Tier::Indirect => (
            "ook bijzonderheden waaraan iemand soms te herkennen is, zoals wanneer iets begon",
            "also details by which someone can sometimes be recognised, such as when something began",
        ),
        Tier::Pseudonymous => (
            "ook een schuilnaam, waarmee gegevens over dezelfde jongere bij elkaar te leggen zijn",
            "also an alias, by which data about the same youth can be put together",
        ),
        Tier::Sensitive => (
            "ook gevoelige gegevens, zoals over gezondheid en veiligheid",
            "also sensitive data, such as on health and safety",
        ),
    }
}
