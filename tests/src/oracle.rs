//! One database that holds the rows of all sources, and answers what a role would be shown of them: in SQL of its own.

mod names;
pub mod tables;

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use entities::{Dataset, Field, Held, Kind, Tier, datasets, reference};
use rusqlite::{Connection, types::Value as Stored};
use serde_json::{Map, Value, json};

pub use self::names::Names;
use crate::{
    matrix::{Part, Role},
    question::{Question, to_json},
    row::{Row, insert_one},
};

/// The day on which the gateway under test answers.
const TODAY: &str = "2026-11-22";

/// The database.
pub struct Oracle {
    connection: Connection,
    /// The keys of each reference table.
    known: HashMap<&'static str, HashSet<String>>,
}

/// What one role is shown of one dataset.
#[derive(Clone, Debug)]
pub struct View {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// The role's claim; empty where it has none.
    pub claim: String,
    /// The code in the claim; empty where there is none.
    pub code: String,
    /// The parts of the role's cell.
    pub parts: Vec<Part>,
    /// What it is shown of the datasets whose rows this one's link to.
    pub linked: Vec<View>,
}

/// What stands for a row that others link to: `Placement:source/id`.
#[must_use]
pub fn linked_id(dataset: &Dataset, row: &str) -> String {
    format!("{}:{row}", dataset.name)
}

impl View {
    /// What a role, held for a code, is shown of a dataset; nothing where no rule grants it.
    #[must_use]
    pub fn of(role: &Role, code: &str, dataset: &'static Dataset) -> Option<Self> {
        Self::with(role, code, dataset, role.parts(dataset))
    }

    /// What a role's exact tables of a dataset are made of; nothing where no rule grants it.
    #[must_use]
    pub fn of_tables(role: &Role, code: &str, dataset: &'static Dataset) -> Option<Self> {
        Self::with(role, code, dataset, role.table_parts(dataset))
    }

    fn with(role: &Role, code: &str, dataset: &'static Dataset, parts: Vec<Part>) -> Option<Self> {
        let claim = role.claim.clone().unwrap_or_default();
        let linked = || {
            let targets = dataset.fields.iter().filter_map(|field| match field.kind {
                Kind::Row(target) => entities::by_name(target),
                _ => None,
            });
            targets.filter_map(|target| Self::of(role, code, target)).collect()
        };
        (!parts.is_empty()).then(|| Self { dataset, claim, code: code.to_owned(), parts, linked: linked() })
    }

    /// What the role is shown of the rows that a link leads to.
    #[must_use]
    pub fn linked(&self, target: &str) -> Option<&Self> {
        self.linked.iter().find(|view| view.dataset.name == target)
    }

    /// The fields that are shown on any row, the id left out.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> {
        let highest = self.parts.iter().map(|part| part.tier).max();
        let fields = self.dataset.fields.iter().filter(move |field| match field.kind {
            Kind::Id => false,
            Kind::Row(target) => self.linked(target).is_some(),
            _ => true,
        });
        fields.filter(move |field| highest.is_some_and(|tier| field.tier <= tier))
    }

    fn granted(&self) -> String {
        self.parts.iter().map(|part| self.rows(part)).collect::<Vec<_>>().join(" OR ")
    }

    /// The rows that a part grants.
    fn rows(&self, part: &Part) -> String {
        let code = &self.code;
        match part.scope.as_str() {
            "R" => format!("region = '{code}'"),
            "L" | "x! L" => format!("region IN (SELECT code FROM store.region WHERE supra_region = '{code}')"),
            "N" => format!(
                "(region IN (SELECT region FROM store.network_region WHERE network = '{code}') OR holder = 'network {code}')"
            ),
            "own" => {
                let holder = format!("holder = '{} {code}'", self.claim);
                let table = if self.claim == "provider" { "placement" } else { "education_arrangement" };
                let elsewhere = self.dataset.youth().map(|_| self.about(&[(table, &format!("o.{holder}"))]));
                let here = matches!(
                    (self.claim.as_str(), self.dataset.held),
                    ("provider", Held::Provider) | ("partnership", Held::Partnership)
                );
                let parts: Vec<_> = here.then_some(holder).into_iter().chain(elsewhere).collect();
                format!("({})", parts.join(" OR "))
            }
            "own wards" if self.dataset.field("institution").is_some() => {
                format!("coalesce(institution = '{code}', 0)")
            }
            "own wards" if self.dataset.field("placement").is_some() => format!(
                "EXISTS (SELECT 1 FROM main.placement p WHERE p.source = {table}.source AND p.id = {table}.placement \
                 AND p.institution = '{code}')",
                table = self.dataset.table
            ),
            "own wards" => {
                let of_institution = format!("o.institution = '{code}'");
                self.about(&[("placement", &of_institution), ("consultation", &of_institution)])
            }
            "case" => self.about(&[("ret_case", &format!("o.holder = 'region {code}' AND o.region = '{code}'"))]),
            "procedure" => {
                let of_regions = format!("o.region IN (SELECT code FROM store.region WHERE supra_region = '{code}')");
                self.about(&[("placement", &of_regions), ("consultation", &of_regions)])
            }
            "inquiry" => self.investigated(),
            _ => "1".to_owned(),
        }
    }

    /// The rows about youths of whom a table has an open row that meets a condition on `o`.
    fn about(&self, tables: &[(&str, &str)]) -> String {
        let exists = tables.iter().map(|(table, condition)| {
            let (begin, end, open) = match *table {
                "ret_case" => ("registered_on", "closed_on", "o.status IN ('REGISTERED', 'IN_PROGRESS', 'ADVISED')"),
                "consultation" => ("requested_on", "held_on", "o.not_held_reason IS NULL"),
                _ => ("started_on", "ended_on", "1"),
            };
            format!(
                "EXISTS (SELECT 1 FROM main.{table} o WHERE o.youth = {}.youth AND {condition} AND {open} \
                 AND o.{begin} <= '{TODAY}' AND (o.{end} IS NULL OR o.{end} > '{TODAY}'))",
                self.dataset.table
            )
        });
        format!("({})", exists.collect::<Vec<_>>().join(" OR "))
    }

    /// The rows of the investigation that the policy file has.
    fn investigated(&self) -> String {
        let period = self.dataset.period.expect("what is investigated is dated");
        let column = |field: usize| self.dataset.fields[field].column;
        let from = column(period.from);
        let ends = match period.until.map(column) {
            Some(end) => format!("({end} IS NULL OR {end} > '2026-01-01')"),
            None => format!("{from} >= '2026-01-01'"),
        };
        format!("(holder = 'provider ALMATA' AND coalesce({from} <= '2026-05-31', 0) AND {ends})")
    }

    /// A field as it is shown: null on rows whose rules end below its tier, the month where rules say so.
    fn shown(&self, field: &Field) -> String {
        let covering: Vec<_> = self.parts.iter().filter(|part| field.tier <= part.tier).collect();
        let coarse = |part: &&&Part| matches!(part.scope.as_str(), "R" | "N") || part.is_for_tables();
        let months = field.kind == Kind::Date
            && field.tier == Tier::Indirect
            && self.dataset.youth().is_some()
            && covering.iter().any(|part| coarse(&part));
        let column = field.column;
        let value = if months { format!("date({column}, 'start of month')") } else { column.to_owned() };
        let covered = covering.iter().map(|part| self.rows(part)).collect::<Vec<_>>().join(" OR ");
        format!("CASE WHEN {covered} THEN {value} END AS {column}")
    }

    fn select(&self) -> String {
        let shown: Vec<_> = self.fields().map(|field| self.shown(field)).collect();
        format!("SELECT source, id, {} FROM main.{} WHERE {}", shown.join(", "), self.dataset.table, self.granted())
    }
}

impl Oracle {
    /// A database without rows, with the reference data of a gateway's store beside it.
    #[must_use]
    pub fn beside(store: &Path) -> Self {
        let connection = Connection::open_in_memory().expect("SQLite works in memory");
        connection.execute("ATTACH ? AS store", [store.to_string_lossy()]).expect("the store is a database");
        for dataset in datasets() {
            let fields = dataset.fields.iter().map(|field| field.column);
            let columns: Vec<_> = fields.chain(dataset.hidden.iter().copied()).collect();
            let table = format!("CREATE TABLE main.{} (source, holder, {})", dataset.table, columns.join(", "));
            connection.execute(&table, []).expect("SQLite makes tables");
        }
        let keys = |table: &Dataset| {
            let select = format!("SELECT {} FROM store.{}", table.fields[table.key()].column, table.table);
            let mut select = connection.prepare(&select).expect("the store has its tables");
            let keys = select.query_map([], |row| row.get(0)).expect("the store has its tables");
            keys.collect::<Result<_, _>>().expect("keys are texts")
        };
        let known = reference::tables().iter().map(|table| (table.name, keys(table))).collect();
        Self { connection, known }
    }

    /// Adds rows of one source, held by someone such as `provider ALMATA`. Every row says its id.
    pub fn add(&self, source: &str, holder: &str, rows: &[Row]) {
        for row in rows {
            let values = row.values.iter().map(|(column, value)| (*column, value.clone()));
            let text = |text: &str| Stored::Text(text.to_owned());
            let where_from = [("source", text(source)), ("holder", text(holder))];
            insert_one(&self.connection, row.dataset.table, where_from.into_iter().chain(values));
        }
    }

    /// Forgets all rows of a dataset.
    pub fn clear(&self, dataset: &Dataset) {
        self.connection.execute(&format!("DELETE FROM {}", dataset.table), []).expect("SQLite forgets rows");
    }

    /// The whole list that a question asks for, row by row as the role is shown it, with `id` as `source/id`.
    #[must_use]
    pub fn rows(&self, view: &View, question: &Question) -> Vec<Value> {
        let dataset = view.dataset;
        let condition = question.condition.as_ref().map_or_else(|| "1".to_owned(), |it| it.to_sql(dataset));
        let direction = |descending: bool| if descending { "DESC" } else { "ASC" };
        let keys = question
            .order
            .iter()
            .map(|key| format!("{} {}, ", dataset.fields[key.field].column, direction(key.descending)));
        let statement = format!(
            "WITH shown AS ({}) SELECT * FROM shown WHERE {condition} ORDER BY {}source, id {}",
            view.select(),
            keys.collect::<String>(),
            direction(question.order.last().is_some_and(|key| key.descending)),
        );
        let mut statement = self.connection.prepare(&statement).expect("the oracle writes good SQL");
        let rows = statement.query_map([], |row| {
            let source: String = row.get("source")?;
            let mut out = Map::new();
            out.insert("id".to_owned(), format!("{source}/{}", row.get::<_, i64>("id")?).into());
            out.insert("source".to_owned(), json!({ "name": source }));
            for field in view.fields() {
                let value: Stored = row.get(field.column)?;
                let value = match (field.kind, value) {
                    (Kind::Row(target), Stored::Integer(id)) => self.linked(view.linked(target), &source, id),
                    (_, value) => self.value(field, &value),
                };
                out.insert(crate::selection::camel(field.name), value);
            }
            Ok(Value::Object(out))
        });
        rows.and_then(Iterator::collect).expect("the oracle reads its own rows")
    }

    /// A row that another of the same source links to, as clients read it: by its id, where the role may see it.
    fn linked(&self, view: Option<&View>, source: &str, id: i64) -> Value {
        let Some(view) = view else { return Value::Null };
        let table = view.dataset.table;
        let select = format!("SELECT 1 FROM main.{table} WHERE source = ? AND id = ? AND ({})", view.granted());
        let mut select = self.connection.prepare_cached(&select).expect("the oracle writes good SQL");
        let is_there = select.exists((source, id)).expect("the oracle reads its own rows");
        if is_there { json!({ "id": linked_id(view.dataset, &format!("{source}/{id}")) }) } else { Value::Null }
    }

    /// A value as clients read it.
    fn value(&self, field: &Field, value: &Stored) -> Value {
        match (field.kind, value) {
            (_, Stored::Null) => Value::Null,
            (Kind::Reference(target), Stored::Text(key)) => {
                let is_known = self.known.get(target).is_some_and(|keys| keys.contains(key));
                if is_known { json!({ "code": key }) } else { Value::Null }
            }
            (Kind::Youth, Stored::Text(youth)) => json!({ "pseudonym": youth }),
            (Kind::Codes(_), Stored::Text(codes)) => {
                let codes: Vec<String> = serde_json::from_str(codes).unwrap_or_default();
                codes.into_iter().map(|code| to_json(field.kind, &Stored::Text(code))).collect()
            }
            (kind, value) => to_json(kind, value),
        }
    }
}
