//! What the ids of a level lead to, asked of the sources together: rows, and youths of whom the caller may see any row.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::dataloader::Loader;
use entities::{Dataset, Datum, FieldId, by_name};
use futures_util::{
    future::join_all,
    task::{FutureObj, Spawn, SpawnError},
};
use tokio::task::JoinSet;

use crate::{
    federation::{self, Answer, Answered, Status},
    graphql::{
        access::Access,
        error::Problem,
        execute::{Granted, fetch::refuse_failures, page::Page},
        gateway::Gateway,
    },
    query::{End, Page as Window, Parent, Per, Predicate, Query},
    source::Failure,
};

/// A row, named among all rows of all sources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RowKey {
    pub(super) dataset: &'static str,
    pub(super) source: usize,
    pub(super) id: Datum,
}

/// The tasks of one operation's loader: they end with the operation, also where its client goes away.
#[derive(Default)]
pub(super) struct Owned(Mutex<JoinSet<()>>);

impl Spawn for Owned {
    fn spawn_obj(&self, task: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
        Ok(())
    }
}

/// A youth, by the pseudonym that sources know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct YouthKey(pub(super) Box<str>);

/// What is asked for all ids of a level.
pub(super) struct Rows {
    pub(super) gateway: Arc<Gateway>,
    pub(super) access: Arc<Access>,
    pub(super) granted: Arc<Granted>,
}

impl Loader<RowKey> for Rows {
    type Value = Result<Arc<Page>, Failure>;
    type Error = Infallible;

    async fn load(&self, keys: &[RowKey]) -> Result<HashMap<RowKey, Self::Value>, Infallible> {
        let mut by_dataset: HashMap<&'static str, Vec<(usize, Datum)>> = HashMap::new();
        for key in keys {
            by_dataset.entry(key.dataset).or_default().push((key.source, key.id.clone()));
        }
        let loads = by_dataset.into_iter().filter_map(|(name, ids)| Some(self.load_from(by_name(name)?, ids)));
        Ok(join_all(loads).await.into_iter().flatten().collect())
    }
}

impl Loader<YouthKey> for Rows {
    /// May the caller see any row about the youth? Or why nobody knows.
    type Value = Result<bool, Problem>;
    type Error = Infallible;

    async fn load(&self, keys: &[YouthKey]) -> Result<HashMap<YouthKey, Self::Value>, Infallible> {
        let about = self.access.about_youths();
        let answers = join_all(about.map(|dataset| self.rows_about(dataset, keys))).await;
        let known = |place: usize| {
            let mut of_each = answers.iter().flatten().map(|answers| answers.get(place));
            if of_each.clone().flatten().any(|answer| !answer.answer.rows.is_empty()) {
                return Ok(true);
            }
            if let Some(problem) = answers.iter().find_map(|it| it.as_ref().err()) {
                return Err(problem.clone());
            }
            of_each.try_for_each(|it| it.map_or(Ok(()), |it| refuse_failures(&self.gateway, &it.answer.outcomes)))?;
            Ok(false)
        };
        Ok(keys.iter().enumerate().map(|(place, key)| (key.clone(), known(place))).collect())
    }
}

impl Rows {
    /// Of each youth one row of a dataset, where there is any.
    async fn rows_about(&self, dataset: &'static Dataset, youths: &[YouthKey]) -> Result<Vec<Answered>, Problem> {
        let (Some(link), Some(grant)) = (dataset.youth(), self.granted.grant(dataset).await?) else {
            return Ok(Vec::new());
        };
        let page = Window { size: 1, end: End::First, after: None, before: None };
        let query = Query {
            dataset,
            fields: vec![link],
            filter: Predicate::All,
            order: Vec::new(),
            page: Some(page),
            count: false,
        };
        let parents = youths.iter().map(|youth| Parent { source: None, key: Datum::text(&*youth.0) }).collect();
        let per = Per { link, parents };
        // There is no place to say that the youth is one of rows that are old.
        let answers = federation::answer_each(&query, &per, &grant.live(), &self.gateway.parts().sources).await;
        Ok(answers.into_iter().map(|answer| answer.lacking(&grant.unknown)).collect())
    }

    async fn load_from(
        &self,
        dataset: &'static Dataset,
        ids: Vec<(usize, Datum)>,
    ) -> Vec<(RowKey, Result<Arc<Page>, Failure>)> {
        // Whoever asks for a row has found out before what is granted, so that this does not fail.
        let Ok(Some(grant)) = self.granted.grant(dataset).await else { return Vec::new() };
        let sources = &self.gateway.parts().sources;
        let seen = |field: &FieldId| *field != dataset.key() && grant.sees(*field);
        let fields: Vec<FieldId> = (0..dataset.fields.len()).filter(seen).collect();
        let found = federation::find(dataset, &fields, &ids, &grant, sources).await;
        let query = Query { dataset, fields, filter: Predicate::All, order: Vec::new(), page: None, count: false };
        let failed: HashMap<usize, Failure> = found
            .outcomes
            .into_iter()
            .filter_map(|outcome| match outcome.status {
                Status::Failed(failure) => Some((outcome.source, failure)),
                Status::Answered | Status::Stale { .. } | Status::Missed => None,
            })
            .collect();
        let name = dataset.name;
        let mut out: HashMap<RowKey, _> = found
            .rows
            .into_iter()
            .map(|row| {
                let key = RowKey { dataset: name, source: row.source, id: row.id.clone() };
                let answer =
                    Answer { rows: vec![row], has_previous: false, has_next: false, total: None, outcomes: Vec::new() };
                (key, Ok(Arc::new(Page::new(&query, answer, sources))))
            })
            .collect();
        for (source, id) in ids {
            if let Some(failure) = failed.get(&source) {
                out.entry(RowKey { dataset: name, source, id }).or_insert_with(|| Err(failure.clone()));
            }
        }
        out.into_iter().collect()
    }
}
