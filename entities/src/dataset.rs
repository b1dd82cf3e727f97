//! The descriptor of a dataset or of a reference table: what its columns mean, written once beside the sea-orm entity.
//! Types and nullability come from the entity's columns. Knows nothing of GraphQL, SQL or roles.

mod description;

use std::hash::{Hash, Hasher};

use sea_orm::EntityTrait;

pub use self::description::{Description, FieldDescription};
use crate::kind::{Bucket, Kind, Tier};

/// What links say whose rows they are: holders and guardians filter by them.
const SCOPES: [&str; 4] = ["Region", "Unit", "Partnership", "Institution"];

/// A field's place in [`Dataset::fields`].
pub type FieldId = usize;

/// One kind of rows: of sources (a dataset) or of the gateway's own store (reference data).
#[derive(Debug)]
pub struct Dataset {
    /// The type's name, singular, PascalCase: `Placement`.
    pub name: &'static str,
    /// One sentence, with the Dutch term.
    pub doc: &'static str,
    /// What a row is called by whoever it is about; every dataset about youths has it.
    pub told: Option<Told>,
    /// The table's name in the contract: `placement`.
    pub table: &'static str,
    /// Who holds such rows.
    pub held: Held,
    /// All described columns, in the order that clients see.
    pub fields: Vec<Field>,
    /// The days from which and until which a row holds, where it is dated.
    pub period: Option<Period>,
    /// What closes a row besides the end of its period.
    pub closed: Vec<Closed>,
    /// To-many links between reference rows, such as `Region.municipalities`.
    pub lists: Vec<List>,
    /// Columns that serve the gateway and are shown to nobody.
    pub hidden: Vec<&'static str>,
    /// Columns of the entity that nobody described; a test holds this empty.
    pub undescribed: Vec<String>,
}

/// What a row is, in a few words that need no explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// In Dutch.
    pub dutch: &'static str,
    /// In English.
    pub english: &'static str,
}

/// Who holds the rows of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Held {
    /// The gateway's own store: reference data, the same for everyone.
    Reference,
    /// A region's dashboard, or the region's expert team (RET monitor).
    Region,
    /// A provider's own registration.
    Provider,
    /// An education partnership.
    Partnership,
    /// A region, or an expertise network: each what it saw itself.
    RegionOrNetwork,
}

/// When a row holds. A row whose period has not ended is open, unless something else closes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: FieldId,
    /// The day on which it no longer holds, null while it does; none where the row is of one day.
    pub until: Option<FieldId>,
}

/// What closes a row whose period has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// A field has this code.
    By(FieldId, &'static str),
    /// A field has a value.
    ByAny(FieldId),
}

/// One column and its meaning.
#[derive(Debug)]
pub struct Field {
    /// The column's name in the contract, snake_case: `started_on`.
    pub column: &'static str,
    /// The field's name, snake_case: `started_on`; for a link the link's: `unit`. Clients see it in camelCase.
    pub name: &'static str,
    /// One sentence: shape, unit, meaning of null.
    pub doc: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// May a row have no value here?
    pub nullable: bool,
    /// How telling it is. What nobody said is sensitive.
    pub tier: Tier,
    /// May rows be ordered by it? Then the table has an index on it and the id.
    pub sorts: bool,
    /// Of a date, the buckets that are less telling than the day itself, each with its tier.
    pub buckets: Vec<(Bucket, Tier)>,
    /// Is it a dimension of protected tables (releases)? Of a code or a truth that rows of persons have.
    pub groups: bool,
    /// Of a number, the field whose code says its unit, where rows have it in different ones.
    pub unit: Option<&'static str>,
}

/// A to-many link between reference rows, resolved in the gateway's own store.
#[derive(Debug)]
pub struct List {
    /// The list's name, snake_case: `municipalities`.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// The type that has a link back to this one.
    pub target: &'static str,
    /// The field of `target` that links back: `region`.
    pub back: &'static str,
    /// Where `target` only joins two types (and may be dated): the field of `target` whose rows are listed instead.
    pub through: Option<&'static str>,
}

impl Field {
    /// How telling the bucket of a date is: as the date itself, unless the descriptor says that it is less.
    #[must_use]
    pub fn bucket_tier(&self, bucket: Bucket) -> Tier {
        self.buckets.iter().find(|(known, _)| *known == bucket).map_or(self.tier, |(_, tier)| *tier)
    }
}

impl Dataset {
    /// Starts a descriptor from a sea-orm entity.
    #[must_use]
    pub fn of<E: EntityTrait>(name: &'static str, doc: &'static str, held: Held) -> Description<E> {
        Description::new(Self {
            name,
            doc,
            told: None,
            table: E::default().table_name(),
            held,
            fields: Vec::new(),
            period: None,
            closed: Vec::new(),
            lists: Vec::new(),
            hidden: Vec::new(),
            undescribed: Vec::new(),
        })
    }

    /// The field of that name (snake_case).
    #[must_use]
    pub fn field(&self, name: &str) -> Option<FieldId> {
        self.fields.iter().position(|it| it.name == name)
    }

    /// The field that identifies a row: `id` of a dataset, the code of a reference table. Every descriptor puts it first.
    #[must_use]
    pub fn key(&self) -> FieldId {
        0
    }

    /// The field that says the unit of a measure, where rows have it in different ones: euros and hours add up to
    /// nothing.
    #[must_use]
    pub fn unit_of(&self, measure: FieldId) -> Option<FieldId> {
        self.fields[measure].unit.and_then(|unit| self.field(unit))
    }

    /// The field that names the youth, where rows are about persons.
    #[must_use]
    pub fn youth(&self) -> Option<FieldId> {
        self.fields.iter().position(|it| it.kind == Kind::Youth)
    }

    /// Are its rows the rows of what the field links to: has its table an index on the field and the id for that? True
    /// of youths, of links to rows, of those links that say who holds rows or guards youths, and of all links of
    /// reference data.
    #[must_use]
    pub fn is_scoped_by(&self, field: FieldId) -> bool {
        match self.fields[field].kind {
            Kind::Youth | Kind::Row(_) => true,
            Kind::Reference(target) => self.is_reference() || SCOPES.contains(&target),
            _ => false,
        }
    }

    /// Are its rows reference data, open to everyone?
    #[must_use]
    pub fn is_reference(&self) -> bool {
        self.held == Held::Reference
    }
}

/// Two descriptors are the same when they bear the same name.
impl PartialEq for Dataset {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Dataset {}

impl Hash for Dataset {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}
