//! One question of another gateway: what of it its caller may see here, and the answer of the one source that it is about.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use entities::{Dataset, Date, Datum, datasets};
use futures_util::{FutureExt, TryFutureExt};

use super::{Asker, Listed, Refused, audited::with_people};
use crate::{
    federation::{
        NotGranted, Said, Unrelated, YOUTHS_MOST, by_dimensions, by_rows, in_time, within, within_relations,
        within_table, youths,
    },
    graphql::{Parts, amsterdam_day},
    opaque::GatewayId,
    policy::{Grant, OnBehalf, Relation},
    source::{
        Failure, Partial, Records, Select, Source, Tabulate,
        node::wire::{Answer, Ask, Heard, Question, Told},
    },
};

/// A question that is being answered.
pub(super) struct Hearing<'h> {
    pub(super) parts: &'h Parts,
    pub(super) listed: &'h Listed,
    pub(super) asker: Asker,
    /// The gateways that it came over, the listed one last.
    pub(super) through: Arc<[GatewayId]>,
    pub(super) now: DateTime<Utc>,
}

/// The most gateways that a question comes over: a node of a node of a node is asked by three.
const GATEWAYS_MOST: usize = 3;

/// The longest that a comparison with the contract may take.
const CHECK_LONGEST: Duration = Duration::from_secs(60);

/// What may be read, and who stands in care relations.
struct Known {
    grant: Grant,
    /// For each relation of which the gateway says who stands in it: those, and those who do here.
    said: Vec<Said>,
    /// Who stands in each relation here, by its name: a node behind this one takes this gateway's word, or does not.
    found: Vec<(Box<str>, Arc<[Datum]>)>,
}

impl Hearing<'_> {
    pub(super) async fn answer(&self, body: &[u8]) -> Result<Vec<u8>, Refused> {
        let youths = self.listed.link.youths();
        let heard = match Question::read(body, youths) {
            Ok(heard) => heard,
            Err(unheard) => {
                let answer = Answer { told: Err(unheard.into()) };
                return Ok(answer.write(&Ask::Check(Vec::new()), youths));
            }
        };
        let source = self.source(&heard.question)?;
        let is_circle = self.leads_in_a_circle();
        let mut told = if is_circle { Err(Failure::Looped) } else { self.told(&heard, source).await };
        if self.log(&heard.question, source, &mut told).await.is_err() {
            told = Err(Failure::Unreachable);
        }
        if let Err(failure) = &told {
            tracing::debug!(gateway = &*self.listed.name, source.name = source.name(), %failure, "a gateway got no answer");
        }
        Ok(heard.answer(told).write(&heard.question.ask, youths))
    }

    /// Did the question come over this gateway before, or over more than any should? Then it would go on and on.
    fn leads_in_a_circle(&self) -> bool {
        self.through.len() > GATEWAYS_MOST || self.through.contains(&self.parts.keys.gateway_id())
    }

    /// The source that is asked, where the gateway may ask it.
    fn source(&self, question: &Question) -> Result<&dyn Source, Refused> {
        let may_ask = match (&self.asker, &question.ask) {
            (Asker::Caller(..), Ask::Check(_)) => false,
            (Asker::Caller(..), _) => true,
            (Asker::Release, _) => self.listed.releases,
        };
        if !may_ask || !self.listed.sources.contains(&question.source) {
            return Err(Refused);
        }
        self.parts.sources.by_name(&question.source).map(|(_, source)| source).ok_or(Refused)
    }

    async fn told(&self, heard: &Heard, source: &dyn Source) -> Result<Told, Failure> {
        let question = &heard.question;
        let held = question.ask.dataset().is_none_or(|dataset| source.holds(dataset));
        if !held {
            return Ok(nothing(&question.ask));
        }
        let deadline = question.within.min(source.deadline());
        let answer = match &question.ask {
            Ask::Rows(select) => {
                let held = self.select(select, question, source).await?;
                let held = held.map(|select| Arc::new(with_people(Arc::unwrap_or_clone(select))));
                held.map(|select| source.rows(select).map_ok(Told::Rows).boxed())
            }
            Ask::Count(select) => {
                let held = self.select(select, question, source).await?;
                held.map(|select| source.count(select).map_ok(Told::Count).boxed())
            }
            Ask::Counts(select) => {
                let held = self.select(select, question, source).await?;
                held.map(|select| source.counts(select).map_ok(Told::Counts).boxed())
            }
            Ask::Table(tabulate) => {
                let held = self.tabulate(tabulate, question, source).await?;
                held.map(|tabulate| source.table(tabulate).map_ok(Told::Table).boxed())
            }
            Ask::Check(asked) => return checked((source, self.on_behalf(&[])), asked, question.within).await,
        };
        match (answer, question.ask.dataset()) {
            (Some(answer), Some(dataset)) => in_time(source, dataset.name, deadline, answer).await,
            _ => Ok(nothing(&question.ask)),
        }
    }

    /// What of rows is asked of the source; nothing where none may be seen.
    pub(super) async fn select(
        &self,
        select: &Select,
        question: &Question,
        source: &dyn Source,
    ) -> Result<Option<Arc<Select>>, Failure> {
        if question.vouched.iter().any(|(_, youths)| youths.len() > YOUTHS_MOST) || self.is_too_much(select) {
            return Err(Failure::Refused);
        }
        let (held, on_behalf) = if question.relates {
            let held = within_relations(select, &self.relations(), self.today(), source).map_err(refused)?;
            (held, self.on_behalf(&[]).relating())
        } else {
            let Some(known) = self.known(select.dataset, question, false).await? else { return Ok(None) };
            let held = within(select, &known.grant, &known.said, source).map_err(refused)?;
            (held, self.on_behalf(&known.found))
        };
        Ok(held.map(|held| Arc::new(Select { on_behalf, ..held })))
    }

    /// The same of a table.
    async fn tabulate(
        &self,
        tabulate: &Tabulate,
        question: &Question,
        source: &dyn Source,
    ) -> Result<Option<Arc<Tabulate>>, Failure> {
        let asked = match self.asker {
            Asker::Caller(..) => by_dimensions(tabulate).ok(),
            Asker::Release => Some(tabulate.clone()),
        };
        let known = self.known(tabulate.select.dataset, question, asked.is_some()).await?;
        let (known, asked) = match (known, asked) {
            (None, Some(_)) => return Ok(None),
            (None, None) => return Err(Failure::Refused),
            (Some(known), Some(asked)) => (known, asked),
            // What is not by dimensions is of single rows: of those that the caller is shown one by one.
            (Some(known), None) => {
                let asked = by_rows(tabulate, &known.grant).map_err(refused)?;
                (known, asked)
            }
        };
        let held = within_table(&asked, &known.grant, &known.said, source).map_err(refused)?;
        let on_behalf = self.on_behalf(&known.found);
        Ok(held.map(|held| Arc::new(Tabulate { select: Select { on_behalf, ..held.select }, ..held })))
    }

    /// What the caller may see of a dataset here, once it is known who stands in its care relations; nothing where
    /// nothing is granted.
    async fn known(
        &self,
        dataset: &'static Dataset,
        question: &Question,
        table: bool,
    ) -> Result<Option<Known>, Failure> {
        let Asker::Caller(caller, _) = &self.asker else {
            let grant = Grant::for_release(dataset);
            return Ok(Some(Known { grant, said: Vec::new(), found: Vec::new() }));
        };
        let Parts { policy, territory, .. } = self.parts;
        let grant =
            if table { policy.tables(caller, dataset, territory) } else { policy.grant(caller, dataset, territory) };
        let Some(grant) = grant else { return Ok(None) };
        let (mut all, mut said, mut found) = (Vec::new(), Vec::new(), Vec::new());
        for relation in grant.relations() {
            let word = question.vouched.iter().find(|(name, _)| *name == relation.name).map(|(_, youths)| youths);
            let youths = match word.filter(|_| self.listed.vouches_for_relations) {
                Some(word) => Arc::clone(word),
                None => self.youths(relation).await?,
            };
            said.extend(word.map(|word| (Arc::clone(word), Arc::clone(&youths))));
            found.push((relation.name.clone(), Arc::clone(&youths)));
            all.push((relation, youths));
        }
        let of = |relation: &Relation| all.iter().find(|(it, _)| *it == relation).map(|(_, it)| Arc::clone(it));
        let grant = grant.resolved(|relation| of(relation).unwrap_or_default());
        Ok(Some(Known { grant, said, found }))
    }

    /// Who stands in a care relation, by the sources here.
    async fn youths(&self, relation: &Relation) -> Result<Arc<[Datum]>, Failure> {
        let found = youths(relation, self.today(), &self.on_behalf(&[]), &self.parts.sources).await;
        found.map_err(|unrelated| match unrelated {
            // Of a source that may be another than the one that is asked: what ails it is not told.
            Unrelated::Failed(..) => Failure::Unreachable,
            Unrelated::TooMany => Failure::TooMany(YOUTHS_MOST),
        })
    }

    /// The care relations of the caller, of all datasets.
    fn relations(&self) -> Vec<Relation> {
        let Asker::Caller(caller, _) = &self.asker else { return Vec::new() };
        let Parts { policy, territory, .. } = self.parts;
        let grants = datasets()
            .iter()
            .flat_map(|dataset| [policy.grant(caller, dataset, territory), policy.tables(caller, dataset, territory)]);
        let mut all: Vec<Relation> = Vec::new();
        for relation in grants.flatten().flat_map(|grant| grant.relations().cloned().collect::<Vec<_>>()) {
            if !all.contains(&relation) {
                all.push(relation);
            }
        }
        all
    }

    /// On whose behalf a source is asked that is a node itself.
    fn on_behalf(&self, found: &[(Box<str>, Arc<[Datum]>)]) -> OnBehalf {
        match &self.asker {
            Asker::Release => OnBehalf::release().through(&self.through),
            Asker::Caller(caller, token) => {
                let on_behalf = OnBehalf::caller(caller, token.clone()).through(&self.through);
                found.iter().fold(on_behalf, |it, (name, youths)| it.vouching(name, youths))
            }
        }
    }

    /// Are more rows asked for at once than any page, list of links or relation has? Releases are made of all.
    fn is_too_much(&self, select: &Select) -> bool {
        let most = self.parts.limits.page_max.max(YOUTHS_MOST).saturating_add(1);
        matches!(self.asker, Asker::Caller(..)) && select.limit > most
    }

    fn today(&self) -> Date {
        amsterdam_day(self.now)
    }
}

/// The source's own comparison with the contract, as far as it was asked for.
async fn checked(
    (source, on_behalf): (&dyn Source, OnBehalf),
    asked: &[&'static Dataset],
    within: Duration,
) -> Result<Told, Failure> {
    let all = in_time(source, "all", within.min(CHECK_LONGEST), source.check(on_behalf)).await?;
    let is_asked = |name: &str| asked.iter().any(|dataset| dataset.name == name);
    Ok(Told::Check(all.into_iter().filter(|it| is_asked(it.dataset.name)).collect()))
}

fn refused(_: NotGranted) -> Failure {
    Failure::Refused
}

/// The answer of a source that has nothing of what is asked for.
fn nothing(ask: &Ask) -> Told {
    match ask {
        Ask::Rows(_) => Told::Rows(Records::default()),
        Ask::Count(_) => Told::Count(0),
        Ask::Counts(_) => Told::Counts(Vec::new()),
        Ask::Table(tabulate) => {
            Told::Table(Partial { values: vec![Vec::new(); tabulate.values.len()], ..Partial::default() })
        }
        Ask::Check(_) => Told::Check(Vec::new()),
    }
}
