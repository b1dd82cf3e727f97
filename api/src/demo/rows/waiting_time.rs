//! Rows of waiting times: what each region measured on the first of every quarter.

use std::collections::BTreeMap;

use chrono::Datelike;
use entities::waiting_time::Model;

use super::ByHolder;
use crate::demo::{
    calendar::{Day, LAST, changed, date},
    episode::Episode,
    random::Random,
    youth::Youth,
};

/// Fewer youths than this in all these years, and the region does not measure.
const FEWEST: usize = 24;

/// What is waited for: region, provider and form of care.
type Queue = (String, String, &'static str);

/// The day on which a youth asked, and the one on which its care began.
type Wait = (Day, Day);

/// Who waited for what, from when to when.
#[derive(Debug, Default)]
pub(crate) struct Waits(BTreeMap<Queue, Vec<Wait>>);

impl Waits {
    /// The youth asked on a day for care that began later.
    pub(crate) fn note(&mut self, youth: &Youth<'_>, episode: &Episode<'_>, asked: Day) {
        let queue = (youth.region.code.to_owned(), episode.provider.to_owned(), episode.form);
        self.0.entry(queue).or_default().push((asked, episode.start));
    }

    /// All measurements, not yet numbered.
    pub(crate) fn rows(&self) -> ByHolder<Model> {
        let mut rows = ByHolder::new();
        for (queue, waits) in self.0.iter().filter(|(_, waits)| waits.len() >= FEWEST) {
            let (region, provider, form) = queue;
            let random = &mut Random::new(&format!("{region}{provider}{form}"), 0);
            let days = (0..=LAST).filter(|day| is_measured(*day));
            let measured = days.filter_map(|day| row(queue, waits, day, random));
            rows.entry(region.clone()).or_insert_with(Vec::new).extend(measured);
        }
        rows
    }
}

/// The first of a quarter.
fn is_measured(day: Day) -> bool {
    let day = date(day);
    day.day() == 1 && day.month0().is_multiple_of(3)
}

/// One measurement; none where nobody waits and nobody's care began.
fn row((region, provider, form): &Queue, waits: &[Wait], day: Day, random: &mut Random) -> Option<Model> {
    let waiting = waits.iter().filter(|(asked, began)| (*asked..*began).contains(&day)).count();
    let lately = waits.iter().filter(|(_, began)| (day - 91..day).contains(began));
    let mut days: Vec<_> = lately.map(|(asked, began)| (began - asked).max(0)).collect();
    days.sort_unstable();
    if waiting == 0 && days.is_empty() {
        return None;
    }
    let up_to = |percent: usize| days.get((days.len() * percent / 100).min(days.len().saturating_sub(1))).copied();
    let (updated_at, updated_on) = changed(day, random);
    Some(Model {
        id: 0,
        region: region.clone(),
        provider: provider.clone(),
        care_form: (*form).to_owned(),
        measured_on: date(day),
        waiting_youths: random.known(95, i32::try_from(waiting).unwrap_or(i32::MAX)),
        median_days: up_to(50),
        p90_days: up_to(90),
        updated_at,
        updated_on,
    })
}
