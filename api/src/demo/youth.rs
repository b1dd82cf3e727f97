//! Made-up youths: who they are, the same in every source. Knows no care.

use entities::code::AGE_BAND;
use sha2::{Digest, Sha256};

use super::{
    areas::{Areas, Municipality, Region},
    calendar::Day,
    random::Random,
};
use crate::youth_key::YouthKey;

/// Says what the pseudonyms and hashes are made for; no secret.
const DEMONSTRATION: &[u8] = b"regiograph demonstration: every youth is made up";

/// How many of all youths come from each region; made up, so that closed units are neither empty nor full.
const WEIGHTS: [(&str, u64); 9] = [
    ("JZ01", 23),
    ("JZ02", 27),
    ("JZ03", 9),
    ("JZ04", 19),
    ("JZ05", 9),
    ("JZ06", 7),
    ("JZ34", 14),
    ("JZ36", 11),
    ("JZ38", 13),
];

/// One youth.
#[derive(Debug)]
pub(crate) struct Youth<'a> {
    /// 32 hexadecimal digits.
    pub(crate) pseudonym: String,
    /// Keyed hash of the pseudonym.
    pub(crate) key: i64,
    born: Day,
    /// Region of origin.
    pub(crate) region: &'a Region<'a>,
    /// Municipality of origin.
    pub(crate) municipality: &'a Municipality<'a>,
    /// Partnership of the schools around.
    pub(crate) partnership: Option<&'a str>,
    /// Guardian.
    pub(crate) institution: Option<&'a str>,
}

impl<'a> Youth<'a> {
    /// The youth of that number, first referred on that day.
    pub(crate) fn new(areas: &'a Areas<'a>, number: u64, referred: Day) -> Self {
        let random = &mut Random::new("youth", number);
        let weight = |code| WEIGHTS.iter().find(|(known, _)| *known == code).map_or(1, |(_, weight)| *weight);
        let regions: Vec<_> = areas.regions.iter().map(|it| (it, weight(it.code))).collect();
        let region = random.weighted(&regions);
        let municipality = random.one(&region.municipalities).expect("every region of the demonstration has some");
        let partnerships = &municipality.partnerships;
        let partnership = (!partnerships.is_empty()).then(|| random.weighted(partnerships));
        let institution = random.chance(70).then(|| guardian(areas, region, random)).flatten();
        let years = random.weighted(&[(9, 4), (11, 6), (12, 9), (13, 12), (14, 18), (15, 21), (16, 20), (17, 10)]);
        let born = referred - years * 1461 / 4 - random.between(0, 364);
        let pseudonym = pseudonym(number);
        Self { key: key(&pseudonym), pseudonym, born, region, municipality, partnership, institution }
    }

    /// Whole years on that day.
    pub(crate) fn age(&self, on: Day) -> i32 {
        (on - self.born) * 4 / 1461
    }

    /// The day on which the youth becomes that old, to the day or the one after.
    pub(crate) fn birthday(&self, age: i32) -> Day {
        self.born + (age * 1461 + 3) / 4
    }

    /// The band of years on that day.
    pub(crate) fn age_band(&self, on: Day) -> String {
        let place = match self.age(on) {
            ..12 => 0,
            12..14 => 1,
            14..16 => 2,
            16..18 => 3,
            18.. => 4,
        };
        AGE_BAND.codes[place].code.to_owned()
    }
}

/// The institutions stand in the order of the supra-regions; a few work elsewhere too.
fn guardian<'a>(areas: &'a Areas<'a>, region: &Region<'_>, random: &mut Random) -> Option<&'a str> {
    let near = match region.supra_region {
        "ZW" => 0..2,
        "NHN" => 2..3,
        _ => 3..5,
    };
    let near = areas.institutions.get(near).unwrap_or_default();
    let among = if random.chance(90) { near } else { &areas.institutions };
    random.one(among).copied()
}

fn pseudonym(number: u64) -> String {
    let digest = Sha256::new().chain_update(DEMONSTRATION).chain_update(number.to_be_bytes()).finalize();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn key(pseudonym: &str) -> i64 {
    YouthKey::new(DEMONSTRATION).of(pseudonym.as_bytes())
}
