//! Made-up youths over a small geography: where they come from, who holds their rows and what the rows say. Skewed, with
//! many zeros and small counts, the same for every run. Knows nothing of what is published of them.

use entities::{Bucket, Date, Datum, FieldId};

use crate::release::{Geography, Observation, Period, Vocabulary};

/// What kind of world to make.
#[derive(Clone, Copy, Debug)]
pub(super) struct Law {
    /// What the tables call it.
    pub(super) name: &'static str,
    /// The dataset that the rows are of: it says who holds them.
    pub(super) dataset: &'static str,
    /// How many youths.
    pub(super) youths: usize,
    /// How much more the first of some regions, codes or municipalities has than the next ones: 0 is evenly.
    pub(super) skew: f64,
    /// The dimensions, each with how many codes it has.
    pub(super) dimensions: &'static [(&'static str, usize)],
    /// How many sources hold the rows; none where each region holds its own.
    pub(super) holders: Option<usize>,
    /// The most rows of one youth.
    pub(super) rows: u64,
    /// Do regions have habits? One in so many codes each region hardly uses, as everyone there knows.
    pub(super) rare: Option<u64>,
    /// How many worlds of this law are attacked.
    pub(super) worlds: u64,
}

impl Law {
    /// Regions hold their own rows, and each youth has one.
    pub(super) const BY_REGION: Self = Self {
        name: "",
        dataset: "Referral",
        youths: 0,
        skew: 0.0,
        dimensions: &[],
        holders: None,
        rows: 1,
        rare: None,
        worlds: 2,
    };
}

/// A world of such a kind.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) law: Law,
    pub(super) observations: Vec<Observation>,
    pub(super) vocabulary: Vocabulary,
    pub(super) geography: Geography,
}

/// Supra-regions of three and of six regions, and six regions that are in none. Sizes fall from the first to the last.
const REGIONS: [(&str, Option<&str>); 15] = [
    ("JZ29", None),
    ("JZ01", Some("NO")),
    ("JZ34", Some("ZW")),
    ("JZ24", None),
    ("JZ02", Some("NO")),
    ("JZ36", Some("ZW")),
    ("JZ14", None),
    ("JZ38", Some("ZW")),
    ("JZ13", None),
    ("JZ33", Some("ZW")),
    ("JZ07", None),
    ("JZ04", Some("NO")),
    ("JZ35", Some("ZW")),
    ("JZ25", None),
    ("JZ39", Some("ZW")),
];

/// How many municipalities each region has.
const MUNICIPALITIES: usize = 3;

/// The year that the worlds are made of.
pub(super) const YEAR: &str = "2025-01-01";

/// The releases before that of the year.
pub(super) const QUARTERS: usize = 4;

/// The releases that an attacker has: the quarters of the year, then the year.
pub(super) fn periods() -> Vec<Period> {
    let start: Date = YEAR.parse().expect("a constant that is a date");
    let period = |from: Date, bucket: Bucket| Period { from, until: plus(from.next(bucket), -1) };
    let mut out = vec![period(start, Bucket::Quarter)];
    for _ in 1..QUARTERS {
        let from = out.last().map_or(start, |it| it.from).next(Bucket::Quarter);
        out.push(period(from, Bucket::Quarter));
    }
    out.push(period(start, Bucket::Year));
    out
}

/// The day so many days later.
pub(super) fn plus(date: Date, days: i64) -> Date {
    Date::from_chrono(date.to_chrono() + chrono::Duration::days(days))
}

/// Makes a world: the same one for the same law and seed.
pub(super) fn world(law: Law, seed: u64) -> World {
    let (vocabulary, geography) = (vocabulary(law), geography());
    let municipalities: Vec<_> = geography.municipalities.iter().collect();
    let mut dice = Dice(seed);
    let mut observations = Vec::new();
    for youth in 0..law.youths {
        let region = dice.weighted(REGIONS.len(), law.skew);
        let of_region: Vec<_> = municipalities.iter().filter(|(_, of)| of.as_ref() == REGIONS[region].0).collect();
        let municipality = of_region[dice.weighted(of_region.len(), law.skew)].0.clone();
        let rows = 1 + if law.rows > 1 { dice.below(law.rows) } else { 0 };
        for _ in 0..rows {
            let from = plus(YEAR.parse().expect("a constant that is a date"), dice.below(365).cast_signed());
            // Regions have their own habits: each holder is first with some of them.
            let source =
                law.holders.map_or(region, |holders| (region + dice.weighted(holders, 2.0 * law.skew)) % holders);
            let value = |codes: &Vec<Datum>, dice: &mut Dice| {
                let code = dice.weighted(codes.len(), 1.6 * law.skew);
                let mut habit = Dice(region as u64 * 100 + (codes.len() * 10 + code) as u64);
                let is_rare = code > 0 && law.rare.is_some_and(|it| habit.one_in(it));
                codes[if is_rare && !dice.one_in(20) { 0 } else { code }].clone()
            };
            observations.push(Observation {
                youth: youth as i64 + 1,
                source,
                region: REGIONS[region].0.into(),
                municipality: Some(municipality.clone()),
                from,
                until: dice.one_in(4).then(|| plus(from, 20 + dice.below(200).cast_signed())),
                values: vocabulary.dimensions.iter().map(|(_, codes)| value(codes, &mut dice)).collect(),
                measures: vocabulary.measures.iter().map(|_| Some(days(&mut dice))).collect(),
            });
        }
    }
    World { law, observations, vocabulary, geography }
}

/// The most days of a row.
pub(super) const DAYS_MOST: i64 = 360;

/// Mostly few, sometimes many.
fn days(dice: &mut Dice) -> i64 {
    1 + (dice.unit().powi(2) * (DAYS_MOST - 1) as f64) as i64
}

fn vocabulary(law: Law) -> Vocabulary {
    let dataset = entities::by_name(law.dataset).expect("a law names a dataset");
    let dimension = |(name, codes): &(&str, usize)| -> (FieldId, Vec<Datum>) {
        let field = dataset.field(name).expect("a law names fields of its dataset");
        (field, (0..*codes).map(|it| Datum::text(format!("C{it}"))).collect())
    };
    let measures = dataset.field("closed_days").filter(|_| law.rows > 1);
    let dimensions = law.dimensions.iter().map(dimension).collect();
    Vocabulary { dataset, dimensions, measures: measures.into_iter().collect() }
}

fn geography() -> Geography {
    let mut out = Geography::default();
    for (at, (region, supra)) in REGIONS.iter().enumerate() {
        out.regions.insert((*region).into(), supra.map(Into::into));
        for nth in 0..MUNICIPALITIES {
            out.municipalities.insert(format!("GM{:04}", at * 10 + nth).into(), (*region).into());
        }
    }
    out
}

/// Numbers that look random and are the same in every run (SplitMix64).
#[derive(Clone, Copy, Debug)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        it ^ (it >> 31)
    }

    /// A number below that one.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of so many, the first ones more often: the n-th weighs 1 / n^skew.
    pub(super) fn weighted(&mut self, many: usize, skew: f64) -> usize {
        let weight = |it: usize| ((it + 1) as f64).powf(-skew);
        let mut left = self.unit() * (0..many).map(weight).sum::<f64>();
        for it in 0..many {
            left -= weight(it);
            if left < 0.0 {
                return it;
            }
        }
        many.saturating_sub(1)
    }
}
