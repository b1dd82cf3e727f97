//! Finds things by their ids: rows through a DataLoader, so that all ids of a level go to a source in one statement.
//! Foreign, forged, absent and not granted are one and the same nothing.

mod load;

use std::sync::Arc;

use async_graphql::{dataloader::DataLoader, runtime::TokioTimer};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entities::{Dataset, Datum, by_name};

use self::load::{Owned, RowKey, Rows, YouthKey};
use super::{Task, fetch::Found, fetch::refuse_failures, made};
use crate::{
    federation::{Outcome, Status},
    graphql::error::{Code, Problem},
    release::Releases,
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
