//! Rows of agreements between partnerships and municipalities: one after the other on each topic that is agreed upon.

use entities::{code::AGREEMENT_TOPIC, education_agreement::Model};

use super::ByHolder;
use crate::demo::{
    areas::{Areas, Municipality, Region},
    calendar::{Day, LAST, changed, come, date},
    random::Random,
};

/// All agreements, not yet numbered.
pub(crate) fn rows(areas: &Areas<'_>) -> ByHolder<Model> {
    let mut rows = ByHolder::new();
    for region in &areas.regions {
        for municipality in &region.municipalities {
            for (partnership, _) in &municipality.partnerships {
                let random = &mut Random::new(&format!("{partnership}{}", municipality.code), 0);
                let of_partnership = rows.entry((*partnership).to_owned()).or_insert_with(Vec::new);
                for topic in AGREEMENT_TOPIC.codes.iter().filter(|_| random.chance(55)).collect::<Vec<_>>() {
                    let first = Agreement { region, municipality, partnership, topic: topic.code };
                    first.through_the_years(of_partnership, random);
                }
            }
        }
    }
    rows
}

struct Agreement<'a> {
    region: &'a Region<'a>,
    municipality: &'a Municipality<'a>,
    partnership: &'a str,
    topic: &'static str,
}

impl Agreement<'_> {
    /// Agreed upon for some school years, and mostly once more when they are over.
    fn through_the_years(&self, rows: &mut Vec<Model>, random: &mut Random) {
        let mut agreed = Some(random.between(-240, 1_500));
        while let Some(day) = agreed.and_then(come) {
            let until = day + 365 * random.between(1, 4) + random.between(-60, 60);
            let has_end = random.chance(90);
            rows.push(self.row((day, has_end.then_some(until)), random));
            agreed = Some(until + random.between(-20, 90)).filter(|_| has_end && random.chance(82));
        }
        if agreed.is_some_and(|day| day <= LAST + 300) && random.chance(60) {
            rows.push(self.proposed(random));
        }
    }

    fn row(&self, (agreed, until): (Day, Option<Day>), random: &mut Random) -> Model {
        let status = match until {
            Some(until) if until < LAST => random.weighted(&[("EXPIRED", 88), ("ENDED", 12)]),
            _ => "IN_FORCE",
        };
        let (updated_at, updated_on) = changed(until.and_then(come).unwrap_or(agreed), random);
        let is_about_places = matches!(self.topic, "PLACES_ON_SITE" | "CARE_IN_SCHOOL");
        let places = random.between(2, 18);
        Model {
            id: 0,
            region: self.region.code.to_owned(),
            partnership: self.partnership.to_owned(),
            municipality: self.municipality.code.to_owned(),
            topic: self.topic.to_owned(),
            agreed_on: Some(date(agreed)),
            valid_until: until.map(date),
            places: is_about_places.then_some(places),
            status: status.to_owned(),
            updated_at,
            updated_on,
        }
    }

    /// Not agreed upon yet.
    fn proposed(&self, random: &mut Random) -> Model {
        let row = self.row((LAST, None), random);
        Model { agreed_on: None, status: "PROPOSED".to_owned(), ..row }
    }
}
