//! Whom a question of another gateway is about, for the log alone: whoever it names, whatever comes of it, and whoever the
//! groups of a table are.

use std::{collections::BTreeSet, sync::Arc};

use entities::{Datum, by_name};

use super::{
    Asker,
    answer::Hearing,
    audited::{take_people, with_people},
};
use crate::{
    federation::{YOUTHS_MOST, in_time},
    query::{Named, Predicate, Test},
    source::{
        Failure, Partial, Select, Source, Tabulate,
        node::wire::{Ask, Question, Told},
    },
};

impl Hearing<'_> {
    /// Whom it names: by pseudonym, and by the ids of rows that its caller may see.
    ///
    /// # Errors
    /// Where the source does not say whom rows are about.
    pub(super) async fn whom(
        &self,
        question: &Question,
        source: &dyn Source,
        told: &Told,
    ) -> Result<BTreeSet<Box<str>>, Failure> {
        let Some(select) =
            question.ask.select().filter(|_| matches!(self.asker, Asker::Caller(..)) && !question.relates)
        else {
            return Ok(BTreeSet::new());
        };
        // A care relation of several is the gateway's rule, and nobody whom the question names.
        let is_relation = |them: &[Datum]| them.len() > 1 && question.vouched.iter().any(|(_, all)| **all == *them);
        let mut named = Named::by_all_but(select.dataset, &select.filter, &is_relation);
        let column = |place: usize| Some((select.dataset, select.columns.get(place)?.as_ref()?.field()));
        if let Some((links, column)) = select.per.as_ref().and_then(|it| Some((it, column(it.place)?))) {
            named.values(column, &links.keys, &None);
        }
        if let (Ask::Table(tabulate), Told::Table(partial)) = (&question.ask, told) {
            for (column, place) in (0..tabulate.groups).filter_map(|place| Some((column(place)?, place))) {
                named.values(column, &parts(tabulate, partial, place), &None);
            }
        }
        let Named { mut youths, rows } = named;
        for ((name, _), ids) in rows {
            let ids: Vec<Datum> = ids.into_iter().collect();
            for ids in ids.chunks(YOUTHS_MOST) {
                youths.extend(self.about(name, ids, (question, source)).await?);
            }
        }
        Ok(youths)
    }

    /// Whom rows are about, of those that the caller may see.
    async fn about(
        &self,
        name: &str,
        ids: &[Datum],
        (question, source): (&Question, &dyn Source),
    ) -> Result<BTreeSet<Box<str>>, Failure> {
        let Some(dataset) = by_name(name).filter(|it| source.holds(it)) else { return Ok(BTreeSet::new()) };
        let filter = Predicate::is(dataset.key(), Test::In(ids.into()));
        let asked = Select { columns: Vec::new(), filter, ..Select::whole(dataset, ids.len()) };
        let Some(select) = self.select(&asked, question, source).await? else { return Ok(BTreeSet::new()) };
        let select = Arc::new(with_people(Arc::unwrap_or_clone(select)));
        let records =
            in_time(source, dataset.name, question.within.min(source.deadline()), source.rows(select)).await?;
        Ok(take_people(&mut Told::Rows(records), dataset))
    }
}

/// What all groups of a table have in one place.
fn parts(tabulate: &Tabulate, partial: &Partial, place: usize) -> Vec<Datum> {
    let place = place + usize::from(tabulate.open_on.is_some());
    partial.groups.iter().filter_map(|group| group.get(place).cloned()).collect()
}
