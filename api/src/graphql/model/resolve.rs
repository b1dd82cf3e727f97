//! How the value of a field is found: what the schema says of it, and the executor carries out.

use entities::{Dataset, FieldId, List};

use crate::graphql::axis::Axis;

/// How a field's value is found, given the value of its object.
#[derive(Clone, Copy, Debug)]
pub enum Resolve {
    /// A field of a row: a value, or a link to a reference row.
    Column(FieldId),
    /// A field of a row that names a row of a dataset at the same source.
    Link(FieldId, &'static Dataset),
    /// The rows of a dataset that link to this object by a field, a page at a time.
    Each(&'static Dataset, FieldId),
    /// A field of a row that is itself a key shown as a value (reference data: `code`).
    NodeId,
    /// The source that holds a row.
    RowSource,
    /// What is implausible about a row.
    Quality,
    /// A to-many link between reference rows.
    List(&'static List),
    /// A part of a connection.
    Connection(ConnectionPart),
    /// A member of a small made object (viewer, source, completeness, page information).
    Member(&'static str),
    /// A link of a small made object to a reference row, whose key the member holds.
    MemberLink(&'static str, &'static str),
    /// All rows of a dataset, a page at a time.
    Rows(&'static Dataset),
    /// One row of a dataset, by id.
    Row(&'static Dataset),
    /// All rows of a reference table.
    ReferenceRows(&'static Dataset),
    /// One row of a reference table, by key.
    ReferenceRow(&'static Dataset),
    /// Anything with an id.
    Node,
    /// Several things with ids.
    Nodes,
    /// What a federation router stands by, by type and key.
    Entities,
    /// The caller's schema as a subgraph.
    Service,
    /// A youth, by its pseudonym.
    Youth,
    /// A youth's pseudonym.
    Pseudonym,
    /// The sources that the caller's datasets have.
    Sources,
    /// Who is asking.
    Viewer,
    /// The code lists.
    CodeLists,
    /// The codes of a list.
    Codes,
    /// The label of a code, in a language.
    Label,
    /// The releases.
    Releases,
    /// The audit log.
    AuditEvents,
    /// A table over the rows of a dataset.
    Statistics(&'static Dataset),
    /// A part of a table.
    Table(TablePart),
    /// A part of a group of a table.
    Group(GroupPart),
    /// A part of what a measure comes to in a group.
    Measure(MeasurePart),
}

/// The parts of a connection and of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionPart {
    /// `edges`.
    Edges,
    /// `nodes`.
    Nodes,
    /// `pageInfo`.
    PageInfo,
    /// `totalCount`.
    TotalCount,
    /// `completeness`.
    Completeness,
    /// An edge's `node`.
    Node,
    /// An edge's `cursor`.
    Cursor,
}

/// The parts of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TablePart {
    /// `groups`.
    Groups,
    /// `publishable`.
    Publishable,
    /// `completeness`.
    Completeness,
    /// `release`.
    Release,
}

/// The parts of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupPart {
    /// The group's value of a dimension: `region`.
    Value(&'static Axis),
    /// The code of what it links to: `regionCode`.
    Code(&'static Axis),
    /// The value in words: `regionLabel`.
    Label(&'static Axis),
    /// `openOn`.
    OpenOn,
    /// `rows`.
    Rows,
    /// `youths`.
    Youths,
    /// What a measured field comes to: `closedDays`.
    Measure(FieldId),
    /// `suppressed`.
    Suppressed,
}

/// The parts of what a measure comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasurePart {
    /// `sum`.
    Sum,
    /// `average`.
    Average,
    /// `median`.
    Median,
    /// `p90`.
    P90,
    /// `min`.
    Min,
    /// `max`.
    Max,
}

/// What groups are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKey {
    /// A dimension.
    Axis(&'static Axis),
    /// The day on which rows are counted.
    OpenOn,
    /// The number of rows.
    Rows,
    /// The number of youths.
    Youths,
    /// What a measured field comes to.
    Measure(FieldId, MeasurePart),
}

impl MeasurePart {
    /// All of them, as clients see them.
    pub const ALL: [Self; 6] = [Self::Sum, Self::Average, Self::Median, Self::P90, Self::Min, Self::Max];

    /// Its name: `p90`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Average => "average",
            Self::Median => "median",
            Self::P90 => "p90",
            Self::Min => "min",
            Self::Max => "max",
        }
    }

    /// Does it take every value?
    #[must_use]
    pub fn is_percentile(self) -> bool {
        matches!(self, Self::Median | Self::P90)
    }

    /// Is it one row's own value?
    #[must_use]
    pub fn is_extreme(self) -> bool {
        matches!(self, Self::Min | Self::Max)
    }
}

impl Resolve {
    /// Does finding the value take asking sources?
    #[must_use]
    pub fn asks_sources(self) -> bool {
        matches!(
            self,
            Self::Rows(_)
                | Self::Row(_)
                | Self::Link(..)
                | Self::Each(..)
                | Self::Node
                | Self::Nodes
                | Self::Entities
                | Self::Youth
                | Self::Statistics(_)
                | Self::Releases
                | Self::AuditEvents
        )
    }
}
