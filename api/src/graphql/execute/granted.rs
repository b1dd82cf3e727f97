//! What the caller of one operation is granted, once it is known who stands in its care relations. Each relation is
//! asked for at most once per operation, and only where a field needs it.

use std::{borrow::Cow, ops::Deref, sync::Arc};

use entities::{Dataset, Date, Datum};
use tokio::sync::OnceCell;

use crate::{
    federation::{Outcome, Status, Unrelated, YOUTHS_MOST, youths},
    graphql::{
        access::Access,
        error::{Code, Problem},
        gateway::Gateway,
    },
    policy::{Grant, OnBehalf, Relation},
};

use super::fetch::refuse_failures;

/// Who stands in a relation, or why nobody knows.
type Youths = Result<Arc<[Datum]>, Unrelated>;

/// The caller's grants, on one day.
pub(in crate::graphql) struct Granted {
    gateway: Arc<Gateway>,
    access: Arc<Access>,
    /// Who is told of to sources that find out for themselves what may be seen.
    on_behalf: OnBehalf,
    today: Date,
    /// Of each of the caller's relations, once it is asked for.
    youths: Vec<OnceCell<Youths>>,
}

/// A grant whose care relations are known, but for those that a source did not tell.
pub(super) struct Known<'g> {
    grant: Cow<'g, Grant>,
    /// The sources that did not tell who stands in a relation: rows that rest on it are missing, and the others stand.
    pub(super) unknown: Vec<Outcome>,
}

impl Granted {
    pub(in crate::graphql) fn new(
        gateway: &Arc<Gateway>,
        access: &Arc<Access>,
        on_behalf: OnBehalf,
        today: Date,
    ) -> Self {
        let youths = access.relations.iter().map(|_| OnceCell::new()).collect();
        Self { gateway: Arc::clone(gateway), access: Arc::clone(access), on_behalf, today, youths }
    }

    /// What may be seen of a dataset; nothing where it is not granted.
    ///
    /// # Errors
    /// Where it cannot be found out who stands in a care relation, and the grant has no rows that rest on none.
    pub(super) async fn grant(&self, dataset: &Dataset) -> Result<Option<Known<'_>>, Problem> {
        match self.access.grant(dataset) {
            Some(grant) => self.known(grant).await.map(Some),
            None => Ok(None),
        }
    }

    /// What exact tables of a dataset are made of; nothing where it is not granted.
    ///
    /// # Errors
    /// As for rows.
    pub(super) async fn table(&self, dataset: &Dataset) -> Result<Option<Known<'_>>, Problem> {
        match self.access.table(dataset) {
            Some(grant) => self.known(grant).await.map(Some),
            None => Ok(None),
        }
    }

    async fn known<'g>(&self, grant: &'g Grant) -> Result<Known<'g>, Problem> {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for relation in grant.relations() {
            match self.youths(relation).await {
                Ok(youths) => known.push((relation, youths)),
                Err(Unrelated::TooMany) => return Err(too_many(relation)),
                Err(Unrelated::Failed(source, failure)) => {
                    unknown.push(Outcome { source, status: Status::Failed(failure) });
                }
            }
        }
        if !grant.stands_alone() {
            refuse_failures(&self.gateway, &unknown)?;
        }
        if known.is_empty() && unknown.is_empty() {
            return Ok(Known { grant: self.asking(Cow::Borrowed(grant)), unknown });
        }
        let of =
            |relation: &Relation| known.iter().find(|(it, _)| *it == relation).map(|(_, youths)| Arc::clone(youths));
        let resolved = grant.resolved(|relation| of(relation).unwrap_or_default());
        let resolved = self.asking(Cow::Owned(resolved)).into_owned();
        let resolved = known.iter().fold(resolved, |grant, (relation, youths)| grant.vouching(relation, youths));
        Ok(Known { grant: Cow::Owned(resolved), unknown })
    }

    /// The grant, for sources that are told who asks.
    pub(super) fn asking<'g>(&self, grant: Cow<'g, Grant>) -> Cow<'g, Grant> {
        if self.on_behalf.is_nobody() { grant } else { Cow::Owned(grant.asked_by(self.on_behalf.clone())) }
    }

    async fn youths(&self, relation: &Relation) -> Youths {
        let place = self.access.relations.iter().position(|known| known == relation);
        let Some(cell) = place.and_then(|place| self.youths.get(place)) else {
            return Ok(Arc::default());
        };
        cell.get_or_init(|| youths(relation, self.today, &self.on_behalf, &self.gateway.parts().sources)).await.clone()
    }
}

impl Deref for Known<'_> {
    type Target = Grant;

    fn deref(&self) -> &Grant {
        &self.grant
    }
}

fn too_many(relation: &Relation) -> Problem {
    let message = format!("more than {YOUTHS_MOST} rows or youths make the care relation \"{}\"", relation.name);
    Problem { code: Code::CostLimit, message }
}
