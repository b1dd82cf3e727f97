//! Finds things by their ids: rows through a DataLoader, so that all ids of a level go to a source in one statement.
//! Foreign, forged, absent and not granted are one and the same nothing.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{
    dataloader::{DataLoader, Loader},
    runtime::TokioTimer,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entities::{Dataset, Datum, FieldId, by_name};
use futures_util::{
    future::join_all,
    task::{FutureObj, Spawn, SpawnError},
};
use tokio::task::JoinSet;

use super::{Granted, Task, fetch::Found, fetch::refuse_failures, made, page::Page};
use crate::{
    federation::{self, Answer, Answered, Outcome, Status},
    graphql::{
        access::Access,
        error::{Code, Problem},
        gateway::Gateway,
    },
    query::{End, Page as Window, Parent, Per, Predicate, Query},
    release::Releases,
    source::Failure,
};

/// The type name in the ids of sources.
pub(super) const SOURCE: &str = "Source";

/// The type name in the ids of releases.
pub(super) const RELEASE: &str = "Release";

/// The type of youths.
const YOUTH: &str = "Youth";

/// The key in the id of a release.
pub(super) fn key_of_release(id: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    text.strip_prefix(RELEASE)?.strip_prefix(':').map(ToOwned::to_owned)
}

/// All releases, as they stand now.
pub(super) async fn releases(task: &Task) -> Result<Arc<Releases>, Problem> {
    let Some(shelf) = &task.gateway.parts().releases else { return Ok(Arc::default()) };
    // The shelf has logged why.
    shelf.releases().await.map_err(|_| Problem {
        code: Code::Internal,
        message: "releases cannot be read now; try again, and if it lasts tell whoever runs this gateway".to_owned(),
    })
}

/// The id of reference data and of sources, the same for everyone.
pub(super) fn global_id(ty: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{ty}:{key}"))
}

/// Finds what ids stand for, for one operation.
pub(super) struct Lookup<'t> {
    task: &'t Task,
    rows: DataLoader<Rows>,
}

/// A row, named among all rows of all sources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct RowKey {
    dataset: &'static str,
    source: usize,
    id: Datum,
}

/// The tasks of one operation's loader: they end with the operation, also where its client goes away.
#[derive(Default)]
struct Owned(Mutex<JoinSet<()>>);

impl Spawn for Owned {
    fn spawn_obj(&self, task: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
        Ok(())
    }
}

/// A youth, by the pseudonym that sources know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct YouthKey(Box<str>);

struct Rows {
    gateway: Arc<Gateway>,
    access: Arc<Access>,
    granted: Arc<Granted>,
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

impl<'t> Lookup<'t> {
    pub(super) fn new(task: &'t Task) -> Self {
        let (gateway, access, granted) = (&task.gateway, &task.access, &task.granted);
        let rows = Rows { gateway: Arc::clone(gateway), access: Arc::clone(access), granted: Arc::clone(granted) };
        Self { task, rows: DataLoader::new(rows, Owned::default(), TokioTimer::default()) }
    }

    /// The row of a dataset with this id.
    pub(super) async fn row(&self, dataset: &'static Dataset, id: &str) -> Result<Found, Problem> {
        match self.task.access.opaque.open_row_id(id) {
            Some(row) if row.dataset == dataset.name => self.load(dataset, &row.source, row.id).await,
            _ => Ok(Found::Nothing),
        }
    }

    /// Anything with this id.
    pub(super) async fn node(&self, id: &str) -> Result<Found, Problem> {
        if let Some(found) = self.global(id) {
            return Ok(found);
        }
        if let Some(key) = key_of_release(id) {
            return self.release(&key).await;
        }
        if let Some(row) = self.task.access.opaque.open_row_id(id) {
            return match by_name(&row.dataset) {
                Some(dataset) => self.load(dataset, &row.source, row.id).await,
                None => Ok(Found::Nothing),
            };
        }
        self.youth(id).await
    }

    /// What has this id, where it is of this type.
    pub(super) async fn of_type(&self, ty: &str, id: &str) -> Result<Found, Problem> {
        let is_it = |found: &Found| match found {
            Found::Reference(dataset, _) => dataset.name == ty,
            Found::Source(_) => ty == SOURCE,
            _ => false,
        };
        match by_name(ty) {
            Some(dataset) if !dataset.is_reference() => self.row(dataset, id).await,
            None if ty == YOUTH => self.youth(id).await,
            None if ty == RELEASE => match key_of_release(id) {
                Some(key) => self.release(&key).await,
                None => Ok(Found::Nothing),
            },
            _ => Ok(self.global(id).filter(is_it).unwrap_or(Found::Nothing)),
        }
    }

    /// The reference row with this code.
    pub(super) fn reference(&self, table: &'static Dataset, code: &str) -> Found {
        let place = self.task.gateway.parts().reference.table(table.name).and_then(|it| it.place(code));
        place.map_or(Found::Nothing, |place| Found::Reference(table, place))
    }

    async fn release(&self, key: &str) -> Result<Found, Problem> {
        if !self.task.access.sees_releases() {
            return Ok(Found::Nothing);
        }
        let releases = releases(self.task).await?;
        let found = releases.by_id(key).map(|release| Found::Made(made::release(self.task, release)));
        Ok(found.unwrap_or(Found::Nothing))
    }

    async fn load(&self, dataset: &'static Dataset, source: &str, id: Datum) -> Result<Found, Problem> {
        let sources = &self.task.gateway.parts().sources;
        let Some((place, _)) = sources.by_name(source) else { return Ok(Found::Nothing) };
        let Some(grant) = self.task.granted.grant(dataset).await? else { return Ok(Found::Nothing) };
        self.task.progress().account.begins_at([place], dataset, self.task.access.grant(dataset));
        let key = RowKey { dataset: dataset.name, source: place, id };
        match self.rows.load_one(key).await {
            Ok(Some(Ok(page))) => Ok(Found::Row(page, 0)),
            Ok(Some(Err(failure))) => {
                refuse_failures(&self.task.gateway, &[Outcome { source: place, status: Status::Failed(failure) }])?;
                Ok(Found::Nothing)
            }
            // It may be one that is granted: nobody knows.
            Ok(None) => refuse_failures(&self.task.gateway, &grant.unknown).map(|()| Found::Nothing),
        }
    }

    fn global(&self, id: &str) -> Option<Found> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
        let (ty, key) = text.split_once(':')?;
        let parts = self.task.gateway.parts();
        if ty == SOURCE {
            let (place, source) = parts.sources.by_name(key)?;
            return (!self.task.access.tables_of(source).is_empty()).then_some(Found::Source(place));
        }
        let is_node = self.task.access.schema.model.object(ty).is_some_and(|object| object.node);
        let table = parts.reference.table(ty).filter(|_| is_node)?;
        Some(Found::Reference(table.dataset, table.place(key)?))
    }

    /// The youth with this pseudonym, where the caller may see any row about it.
    pub(super) async fn youth(&self, pseudonym: &str) -> Result<Found, Problem> {
        let Some(raw) = self.task.access.opaque.open_youth(pseudonym) else { return Ok(Found::Nothing) };
        let sources = &self.task.gateway.parts().sources;
        let may_know = |place: &usize| {
            sources.get(*place).is_some_and(|it| self.task.access.about_youths().any(|of| it.holds(of)))
        };
        self.task.progress().account.names_youth(&raw, (0..sources.len()).filter(may_know));
        let known = self.rows.load_one(YouthKey(raw.as_str().into())).await;
        let is_known = known.unwrap_or_else(|never| match never {}).unwrap_or(Ok(false))?;
        Ok(if is_known { Found::Youth(raw.into()) } else { Found::Nothing })
    }
}
