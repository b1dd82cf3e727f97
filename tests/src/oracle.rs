//! One database that holds the rows of all sources, and answers what a role would be shown of them: in SQL of its own.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use entities::{Dataset, Field, Kind, Tier, datasets, reference};
use rusqlite::{Connection, types::Value as Stored};
use serde_json::{Map, Value, json};

use crate::{
    matrix::{Part, Role},
    question::{Question, to_json},
    row::{Row, insert_one},
};

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
}

/// Which opaque text stands for what, as far as answers have told: one for one, or an error.
#[derive(Debug, Default)]
pub struct Names {
    clear: HashMap<String, String>,
    opaque: HashMap<String, String>,
}

impl Names {
    /// Notes that an opaque text stands for something; false where either stood for something else before.
    pub fn learn(&mut self, opaque: &str, clear: &str) -> bool {
        let known = self.clear.entry(opaque.to_owned()).or_insert_with(|| clear.to_owned());
        let back = self.opaque.entry(clear.to_owned()).or_insert_with(|| opaque.to_owned());
        known == clear && back == opaque
    }

    /// The opaque text for something; the thing itself, which no gateway can open, while that is unknown.
    #[must_use]
    pub fn opaque<'a>(&'a self, clear: &'a str) -> &'a str {
        self.opaque.get(clear).map_or(clear, String::as_str)
    }

    /// What an opaque text stands for.
    #[must_use]
    pub fn clear<'a>(&'a self, opaque: &'a str) -> &'a str {
        self.clear.get(opaque).map_or(opaque, String::as_str)
    }
}

impl View {
    /// What a role, held for a code, is shown of a dataset; nothing where no rule grants it.
    #[must_use]
    pub fn of(role: &Role, code: &str, dataset: &'static Dataset) -> Option<Self> {
        let parts = role.parts(dataset);
        let claim = role.claim.clone().unwrap_or_default();
        (!parts.is_empty()).then(|| Self { dataset, claim, code: code.to_owned(), parts })
    }

    /// The fields that are shown on any row, the id left out.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> {
        let highest = self.parts.iter().map(|part| part.tier).max();
        let fields = self.dataset.fields.iter().filter(|field| !matches!(field.kind, Kind::Id | Kind::Row(_)));
        fields.filter(move |field| highest.is_some_and(|tier| field.tier <= tier))
    }

    /// The rows that a part grants.
    fn rows(&self, part: &Part) -> String {
        let code = &self.code;
        match part.scope.as_str() {
            "R" => format!("region = '{code}'"),
            "L" => format!("region IN (SELECT code FROM store.region WHERE supra_region = '{code}')"),
            "N" => format!(
                "(region IN (SELECT region FROM store.network_region WHERE network = '{code}') OR holder = 'network {code}')"
            ),
            "own" => format!("holder = '{} {code}'", self.claim),
            "own wards" => format!("coalesce(institution = '{code}', 0)"),
            _ => "1".to_owned(),
        }
    }

    /// A field as it is shown: null on rows whose rules end below its tier, the month where rules say so.
    fn shown(&self, field: &Field) -> String {
        let covering: Vec<_> = self.parts.iter().filter(|part| field.tier <= part.tier).collect();
        let coarse = |part: &&&Part| matches!(part.scope.as_str(), "R" | "N");
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
        let granted: Vec<_> = self.parts.iter().map(|part| self.rows(part)).collect();
        format!("SELECT source, id, {} FROM {} WHERE {}", shown.join(", "), self.dataset.table, granted.join(" OR "))
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
                out.insert(crate::selection::camel(field.name), self.value(field, &value));
            }
            Ok(Value::Object(out))
        });
        rows.and_then(Iterator::collect).expect("the oracle reads its own rows")
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
