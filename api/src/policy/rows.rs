//! The rows that a scope grants to the holder of a claim.

use std::sync::Arc;

use entities::{Dataset, Datum, FieldId, Held, Kind, by_name};

use super::{Claim, Investigation, Related, Relation, Rows, Scope, Territory, Use};
use crate::query::{Holder, Linked, Predicate, Test};

/// Who asks for rows of what.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The role's claim and its code.
    pub(super) claim: Option<(Claim, &'a str)>,
    pub(super) dataset: &'static Dataset,
    pub(super) territory: &'a Territory,
    /// The investigation that the caller's purpose names.
    pub(super) investigation: Option<&'a Investigation>,
    /// What for.
    pub(super) to: Use,
}

/// The rows of a scope; none where it grants nothing of the dataset.
pub(super) fn of(scope: Scope, asked: &Asked<'_>) -> Vec<Rows> {
    let dataset = asked.dataset;
    match scope {
        Scope::All => vec![Rows::All],
        Scope::Region => asked.code().and_then(|code| in_regions(dataset, &[code.into()].into())).into_iter().collect(),
        Scope::SupraRegion => asked.supra_region().and_then(|it| in_regions(dataset, it)).into_iter().collect(),
        Scope::Network => network(asked).into_iter().collect(),
        Scope::Own => own(asked),
        Scope::OwnWards => own_wards(asked).into_iter().collect(),
        Scope::Case => about(dataset, asked.code().and_then(case)).into_iter().collect(),
        Scope::Procedure => about(dataset, asked.supra_region().and_then(procedure)).into_iter().collect(),
        Scope::Inquiry => asked.investigation.and_then(|it| it.rows(dataset)).map(Rows::Where).into_iter().collect(),
        // Tables are no rows.
        Scope::AllTables | Scope::SupraRegionTables if asked.to == Use::Rows => Vec::new(),
        Scope::AllTables => vec![Rows::All],
        Scope::SupraRegionTables => asked.supra_region().and_then(|it| in_regions(dataset, it)).into_iter().collect(),
    }
}

impl<'a> Asked<'a> {
    fn code(&self) -> Option<&'a str> {
        self.claim.map(|(_, code)| code)
    }

    /// The regions of the claim's supra-region.
    fn supra_region(&self) -> Option<&'a Arc<[Datum]>> {
        self.territory.regions_of_supra_region(self.code()?)
    }
}

fn in_regions(dataset: &Dataset, regions: &Arc<[Datum]>) -> Option<Rows> {
    Some(Rows::Where(is_in_regions(dataset, regions)?))
}

fn is_in_regions(dataset: &Dataset, regions: &Arc<[Datum]>) -> Option<Predicate> {
    let region = link(dataset, "region", "Region")?;
    Some(match &**regions {
        [one] => Predicate::is(region, Test::Eq(one.clone())),
        _ => Predicate::is(region, Test::In(Arc::clone(regions))),
    })
}

/// The network's regions, and what it holds itself.
fn network(asked: &Asked<'_>) -> Option<Rows> {
    let code = asked.code()?;
    let of_regions = is_in_regions(asked.dataset, asked.territory.regions_of_network(code)?)?;
    Some(Rows::Where(Predicate::or([of_regions, Predicate::HeldBy(Holder::Network(code.into()))])))
}

/// What the claim's organisation holds; and of what others hold, the rows about youths that it now has.
fn own(asked: &Asked<'_>) -> Vec<Rows> {
    let Some((claim, code)) = asked.claim else {
        return Vec::new();
    };
    let (holder, held, now) = match claim {
        Claim::Provider => (Holder::Provider(code.into()), Held::Provider, "Placement"),
        Claim::Partnership => (Holder::Partnership(code.into()), Held::Partnership, "EducationArrangement"),
        _ => return Vec::new(),
    };
    let holds = (asked.dataset.held == held).then(|| Rows::Where(Predicate::HeldBy(holder.clone())));
    let relation = by_name(now).map(|dataset| Relation {
        name: format!("youths with an open {} held by {code}", words(dataset)).into(),
        rows: [Related { dataset, rows: Predicate::HeldBy(holder) }].into(),
    });
    holds.into_iter().chain(about(asked.dataset, relation)).collect()
}

/// The rows whose institution is the claim, or that of their placement; where neither is named, those about youths that
/// it now has.
fn own_wards(asked: &Asked<'_>) -> Option<Rows> {
    let code = asked.code()?;
    let of_institution =
        |dataset: &Dataset| Some(Predicate::is(link(dataset, "institution", "Institution")?, Test::Eq(code.into())));
    if let Some(wards) = of_institution(asked.dataset) {
        return Some(Rows::Where(wards));
    }
    if let Some(wards) = of_placements(asked.dataset, of_institution) {
        return Some(Rows::Where(wards));
    }
    let related = ["Placement", "Consultation"].into_iter().filter_map(by_name);
    let related: Vec<_> =
        related.filter_map(|dataset| Some(Related { dataset, rows: of_institution(dataset)? })).collect();
    let name = format!("wards of {code} with an open placement or consultation").into();
    about(asked.dataset, Some(Relation { name, rows: related.into() }))
}

/// The rows whose placement, at the same source, meets a condition.
fn of_placements(dataset: &Dataset, condition: impl Fn(&Dataset) -> Option<Predicate>) -> Option<Predicate> {
    let field = dataset.field("placement").filter(|field| dataset.fields[*field].kind == Kind::Row("Placement"))?;
    let placement = by_name("Placement")?;
    let rows = condition(placement)?;
    Some(Predicate::Linked(Box::new(Linked { field, dataset: placement, rows })))
}

/// Youths with an open case that the region's expert team holds.
fn case(region: &str) -> Option<Relation> {
    let dataset = by_name("RetCase")?;
    let of_region = is_in_regions(dataset, &[region.into()].into())?;
    let rows = Predicate::and([Predicate::HeldBy(Holder::Region(region.into())), of_region]);
    let name = format!("youths with an open case of {region}").into();
    Some(Relation { name, rows: [Related { dataset, rows }].into() })
}

/// Youths of the regions with an open consultation or placement.
fn procedure(regions: &Arc<[Datum]>) -> Option<Relation> {
    let related = ["Consultation", "Placement"].into_iter().filter_map(by_name);
    let related = related.filter_map(|dataset| Some(Related { dataset, rows: is_in_regions(dataset, regions)? }));
    let name = "youths of the supra-region with an open consultation or placement".into();
    Some(Relation { name, rows: related.collect() })
}

/// The rows of a dataset about the youths of a relation; none where its rows are about no youth.
fn about(dataset: &Dataset, relation: Option<Relation>) -> Option<Rows> {
    dataset.youth()?;
    relation.filter(|it| !it.rows.is_empty()).map(Rows::AboutYouthsOf)
}

/// The field of that name, where it links to that reference table.
fn link(dataset: &Dataset, name: &str, table: &'static str) -> Option<FieldId> {
    dataset.field(name).filter(|field| dataset.fields[*field].kind == Kind::Reference(table))
}

/// `education arrangement` for `EducationArrangement`.
fn words(dataset: &Dataset) -> String {
    dataset.table.replace('_', " ")
}
