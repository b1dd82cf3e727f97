//! What the caller of one operation is granted, once it is known who stands in its care relations. Each relation is
//! asked for at most once per operation, and only where a field needs it.

use std::{borrow::Cow, sync::Arc};

use entities::{Dataset, Date, Datum};
use tokio::sync::OnceCell;

use crate::{
    federation::{Outcome, Status, Unrelated, YOUTHS_MOST, youths},
    graphql::{
        access::Access,
        error::{Code, Problem},
        gateway::Gateway,
    },
    policy::{Grant, Relation},
};

use super::fetch::refuse_failures;

/// The caller's grants, on one day.
pub(in crate::graphql) struct Granted {
    gateway: Arc<Gateway>,
    access: Arc<Access>,
    today: Date,
    relations: Vec<(Relation, OnceCell<Result<Arc<[Datum]>, Unrelated>>)>,
}

impl Granted {
    pub(in crate::graphql) fn new(gateway: &Arc<Gateway>, access: &Arc<Access>, today: Date) -> Self {
        let mut relations: Vec<(Relation, OnceCell<_>)> = Vec::new();
        for relation in access.grants().flat_map(Grant::relations) {
            if !relations.iter().any(|(known, _)| known == relation) {
                relations.push((relation.clone(), OnceCell::new()));
            }
        }
        Self { gateway: Arc::clone(gateway), access: Arc::clone(access), today, relations }
    }

    /// What may be seen of a dataset; nothing where it is not granted.
    ///
    /// # Errors
    /// Where it cannot be found out who stands in a care relation that the grant rests on.
    pub(super) async fn grant(&self, dataset: &Dataset) -> Result<Option<Cow<'_, Grant>>, Problem> {
        let Some(grant) = self.access.grant(dataset) else { return Ok(None) };
        let mut known = Vec::new();
        for relation in grant.relations() {
            known.push((relation, self.youths(relation).await?));
        }
        if known.is_empty() {
            return Ok(Some(Cow::Borrowed(grant)));
        }
        let of =
            |relation: &Relation| known.iter().find(|(it, _)| *it == relation).map(|(_, youths)| Arc::clone(youths));
        Ok(Some(Cow::Owned(grant.resolved(|relation| of(relation).unwrap_or_default()))))
    }

    async fn youths(&self, relation: &Relation) -> Result<Arc<[Datum]>, Problem> {
        let Some((_, cell)) = self.relations.iter().find(|(known, _)| known == relation) else {
            return Ok(Arc::default());
        };
        let sources = &self.gateway.parts().sources;
        let found = cell.get_or_init(|| youths(relation, self.today, sources)).await;
        found.clone().map_err(|unrelated| match unrelated {
            Unrelated::Failed(source, failure) => {
                let outcome = Outcome { source, status: Status::Failed(failure) };
                refuse_failures(&self.gateway, &[outcome]).err().unwrap_or_else(|| too_many(relation))
            }
            Unrelated::TooMany => too_many(relation),
        })
    }
}

fn too_many(relation: &Relation) -> Problem {
    let message = format!("more than {YOUTHS_MOST} rows or youths make the care relation \"{}\"", relation.name);
    Problem { code: Code::CostLimit, message }
}
