//! How many youths remain when the rows of a region or of a holder are left out. Knows no value.

use entities::Held;

use super::{Area, Rules, Vocabulary, ledger::Entry};

/// What is left out of the rows of one area.
#[derive(Clone, Copy, Debug)]
pub(super) struct LeftOut {
    area: Regions,
    /// How many regions at once.
    regions: usize,
    /// How many holders at once.
    holders: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Regions {
    Supra,
    Single,
    None,
}

/// Do several hold rows of one region? What regions hold, they hold of their own youths: leaving out the region leaves
/// out the holder.
pub(super) fn has_several_holders(vocabulary: &Vocabulary) -> bool {
    matches!(vocabulary.dataset.held, Held::Provider | Held::Partnership)
}

impl LeftOut {
    pub(super) fn of(area: &Area, vocabulary: &Vocabulary, rules: Rules) -> Self {
        let (area, regions) = match area {
            Area::Country => (Regions::Supra, rules.regions_left_out),
            Area::SupraRegion(_) => (Regions::Single, rules.regions_left_out),
            Area::Region(_) | Area::Municipality(_) => (Regions::None, 0),
        };
        Self { area, regions, holders: if has_several_holders(vocabulary) { rules.holders_left_out } else { 0 } }
    }

    pub(super) fn nothing() -> Self {
        Self { area: Regions::None, regions: 0, holders: 0 }
    }

    pub(super) fn is_nothing(self) -> bool {
        self.regions == 0 && self.holders == 0
    }
}

/// Distinct youths, and of them those that each region and each holder knows by rows of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd {
    pub(super) youths: u32,
    regions: Known,
    holders: Known,
}

#[derive(Clone, Debug, Default)]
struct Known {
    youths: Vec<u32>,
    /// The last youth that was counted, so that none is counted twice.
    last: Vec<u32>,
}

impl Crowd {
    /// Counts one more youth, with all its rows.
    pub(super) fn add<'a>(&mut self, rows: impl Iterator<Item = &'a Entry<'a>>, left_out: LeftOut) {
        self.youths += 1;
        if left_out.is_nothing() {
            return;
        }
        for row in rows {
            match left_out.area {
                Regions::Supra => self.regions.add(row.outer, self.youths),
                Regions::Single => self.regions.add(row.region, self.youths),
                Regions::None => {}
            }
            if left_out.holders > 0 {
                self.holders.add(row.observation.source, self.youths);
            }
        }
    }

    /// The youths that remain for whoever knows the most.
    pub(super) fn remaining(&self, left_out: LeftOut) -> u32 {
        let known = self.regions.most(left_out.regions).max(self.holders.most(left_out.holders));
        self.youths.saturating_sub(known)
    }

    /// The crowd without some of its youths.
    pub(super) fn without(&self, some: &Self) -> Self {
        Self {
            youths: self.youths.saturating_sub(some.youths),
            regions: self.regions.without(&some.regions),
            holders: self.holders.without(&some.holders),
        }
    }
}

impl Known {
    fn add(&mut self, who: usize, youth: u32) {
        if self.youths.len() <= who {
            self.youths.resize(who + 1, 0);
            self.last.resize(who + 1, 0);
        }
        if self.last[who] != youth {
            self.last[who] = youth;
            self.youths[who] += 1;
        }
    }

    /// What the few who know most know together, at most.
    fn most(&self, few: usize) -> u32 {
        if few == 1 {
            return self.youths.iter().copied().max().unwrap_or(0);
        }
        let mut youths = self.youths.clone();
        youths.sort_unstable_by(|a, b| b.cmp(a));
        youths.iter().take(few).sum()
    }

    fn without(&self, some: &Self) -> Self {
        let of_some = some.youths.iter().copied().chain(std::iter::repeat(0));
        let youths = self.youths.iter().zip(of_some).map(|(all, some)| all.saturating_sub(some));
        Self { youths: youths.collect(), last: Vec::new() }
    }
}
