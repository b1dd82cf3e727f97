//! What a role is shown of tables over the one database: groups, numbers and spreads, in SQL of its own.

use entities::{Bucket, FieldId, Kind, Tier};
use rusqlite::types::Value as Stored;
use serde_json::{Map, Value, json};

use super::{Oracle, View};
use crate::{
    question::{Condition, to_json},
    selection::camel,
};

/// What is asked of a table.
#[derive(Clone, Debug)]
pub struct TableQuestion {
    /// Which rows; all where nothing is said.
    pub condition: Option<Condition>,
    /// What rows are grouped by.
    pub dimensions: Vec<Dimension>,
    /// The days on which open rows are counted; none where every row counts once.
    pub open_on: Vec<&'static str>,
}

/// What rows are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// The field.
    pub field: FieldId,
    /// Of a date: the bucket.
    pub bucket: Option<Bucket>,
    /// Of a link: the column of the linked row that is the group, and what that leads to.
    pub leads: Option<(&'static str, Kind)>,
}

impl Dimension {
    /// Its name in snake case: `started_on_month`, `region`, `supra_region`.
    #[must_use]
    pub fn name(self, view: &View) -> String {
        let field = view.dataset.fields[self.field].name;
        match (self.bucket, self.leads) {
            (Some(bucket), _) => format!("{field}_{}", bucket.name()),
            (_, Some((column, _))) => column.to_owned(),
            _ => field.to_owned(),
        }
    }

    /// Its value's kind.
    #[must_use]
    pub fn kind(self, view: &View) -> Kind {
        self.leads.map_or(view.dataset.fields[self.field].kind, |(_, kind)| kind)
    }

    /// The field of a group that has its value: links by their code.
    #[must_use]
    pub fn selected(self, view: &View) -> String {
        let name = camel(&self.name(view));
        if matches!(self.kind(view), Kind::Reference(_)) { name + "Code" } else { name }
    }
}

/// The dimensions that a view's tables can have.
#[must_use]
pub fn dimensions(view: &View) -> Vec<Dimension> {
    let of = |field, bucket, leads| Dimension { field, bucket, leads };
    let highest = view.parts.iter().map(|part| part.tier).max().unwrap_or(Tier::Open);
    let mut out = Vec::new();
    for (place, field) in view.dataset.fields.iter().enumerate() {
        match field.kind {
            Kind::Date => {
                let seen = Bucket::ALL.into_iter().filter(|it| field.bucket_tier(*it) <= highest);
                let coarse = view.months(field);
                let seen = seen.filter(|it| !coarse || *it >= Bucket::Month);
                out.extend(seen.map(|bucket| of(place, Some(bucket), None)));
            }
            Kind::Boolean | Kind::Code(_) | Kind::Reference(_) if field.tier <= highest => {
                out.push(of(place, None, None));
                if field.name == "region" {
                    out.push(of(place, None, Some(("supra_region", Kind::Reference("SupraRegion")))));
                }
                if field.name == "municipality" {
                    out.push(of(place, None, Some(("province", Kind::Reference("Province")))));
                }
            }
            _ => {}
        }
    }
    out
}

impl View {
    /// Is a date shown as months on any row?
    #[must_use]
    pub fn months(&self, field: &entities::Field) -> bool {
        let coarse = self.parts.iter().any(|part| matches!(part.scope.as_str(), "R" | "N") || part.is_for_tables());
        field.kind == Kind::Date && field.tier == Tier::Indirect && self.dataset.youth().is_some() && coarse
    }

    /// The measured fields.
    pub fn measures(&self) -> impl Iterator<Item = &'static entities::Field> {
        self.fields().filter(|field| field.kind == Kind::Int)
    }

    fn group(&self, dimension: Dimension) -> String {
        let field = &self.dataset.fields[dimension.field];
        let column = field.column;
        match (dimension.bucket, dimension.leads, field.kind) {
            (Some(bucket), _, _) => {
                let covering = self.parts.iter().filter(|part| field.bucket_tier(bucket) <= part.tier);
                let covered = covering.map(|part| self.rows(part)).collect::<Vec<_>>().join(" OR ");
                let value = start_of(column, bucket);
                format!("CASE WHEN {covered} THEN {value} END")
            }
            (_, Some((leads, _)), Kind::Reference(target)) => {
                let table = entities::by_name(target).expect("links lead to tables");
                let key = table.fields[table.key()].column;
                let value = self.value_of(field);
                format!("(SELECT {leads} FROM store.{} l WHERE l.{key} = {value})", table.table)
            }
            (_, _, Kind::Reference(target)) => {
                let table = entities::by_name(target).expect("links lead to tables");
                let key = table.fields[table.key()].column;
                let value = self.value_of(field);
                format!("CASE WHEN {value} IN (SELECT {key} FROM store.{}) THEN {value} END", table.table)
            }
            _ => self.value_of(field),
        }
    }

    /// A field as it is shown, without its name.
    fn value_of(&self, field: &entities::Field) -> String {
        let shown = self.shown(field);
        shown.strip_suffix(&format!(" AS {}", field.column)).map_or(shown.clone(), |it| format!("({it})"))
    }
}

/// The first day of a date's bucket.
fn start_of(column: &str, bucket: Bucket) -> String {
    match bucket {
        Bucket::Day => column.to_owned(),
        Bucket::Week => format!("date({column}, '-' || ((strftime('%w', {column}) + 6) % 7) || ' days')"),
        Bucket::Month => format!("date({column}, 'start of month')"),
        Bucket::Quarter => {
            format!("date({column}, 'start of month', '-' || ((strftime('%m', {column}) - 1) % 3) || ' months')")
        }
        Bucket::Year => format!("date({column}, 'start of year')"),
    }
}

/// One row of the database as a table counts it: its group, its youth, its measures.
struct Counted {
    group: Vec<Stored>,
    youth: Option<String>,
    measures: Vec<Option<i64>>,
}

impl Oracle {
    /// The groups of a table, in no order, each with all that the role can select of it. A table that is grouped by
    /// nothing has one group, also over no rows.
    #[must_use]
    pub fn groups(&self, view: &View, question: &TableQuestion) -> Vec<Value> {
        let rows = self.counted(view, question);
        let mut groups: Vec<(Vec<Stored>, Vec<Counted>)> = Vec::new();
        for row in rows {
            match groups.iter_mut().find(|(group, _)| *group == row.group) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((row.group.clone(), vec![row])),
            }
        }
        if groups.is_empty() && question.dimensions.is_empty() && question.open_on.is_empty() {
            groups.push((Vec::new(), Vec::new()));
        }
        groups.into_iter().map(|(group, rows)| told(view, question, &group, &rows)).collect()
    }

    fn counted(&self, view: &View, question: &TableQuestion) -> Vec<Counted> {
        let dataset = view.dataset;
        let condition = question.condition.as_ref().map_or_else(|| "1".to_owned(), |it| it.to_sql(dataset));
        let youth = dataset.youth().map_or("NULL", |field| dataset.fields[field].column);
        let groups = question.dimensions.iter().enumerate();
        let groups: Vec<_> = groups.map(|(place, it)| format!(", {} AS g{place}", view.group(*it))).collect();
        let shown: Vec<_> = view.fields().map(|field| view.shown(field)).collect();
        let inner = format!(
            "SELECT source, id, {}{}, {youth} AS whose FROM main.{} WHERE {}",
            shown.join(", "),
            groups.concat(),
            dataset.table,
            view.granted()
        );
        let mut columns: Vec<String> = Vec::new();
        let mut from = format!("({inner})");
        let mut open = "1".to_owned();
        if !question.open_on.is_empty() {
            let period = dataset.period.expect("what is open has a period");
            let column = |field: FieldId| dataset.fields[field].column;
            let until = column(period.until.expect("what is open can end"));
            from += &format!(", json_each('{}') AS days", json!(question.open_on));
            open = format!("{} <= days.value AND ({until} IS NULL OR {until} > days.value)", column(period.from));
            columns.push("days.value".to_owned());
        }
        columns.extend((0..question.dimensions.len()).map(|place| format!("g{place}")));
        let width = columns.len();
        columns.push("whose".to_owned());
        columns.extend(view.measures().map(|field| field.column.to_owned()));
        let select = format!("SELECT {} FROM {from} WHERE {condition} AND {open}", columns.join(", "));
        let mut select = self.connection.prepare(&select).expect("the oracle writes good SQL");
        let measures = view.measures().count();
        let rows = select.query_map([], |row| {
            Ok(Counted {
                group: (0..width).map(|place| row.get(place)).collect::<Result<_, _>>()?,
                youth: row.get(width)?,
                measures: (0..measures).map(|place| row.get(width + 1 + place)).collect::<Result<_, _>>()?,
            })
        });
        rows.and_then(Iterator::collect).expect("the oracle reads its own rows")
    }
}

fn told(view: &View, question: &TableQuestion, group: &[Stored], rows: &[Counted]) -> Value {
    let mut out = Map::new();
    let mut parts = group.iter();
    if !question.open_on.is_empty() {
        out.insert("openOn".to_owned(), parts.next().map_or(Value::Null, |it| to_json(Kind::Date, it)));
    }
    for (dimension, value) in question.dimensions.iter().zip(parts) {
        out.insert(dimension.selected(view), to_json(dimension.kind(view), value));
    }
    out.insert("rows".to_owned(), rows.len().into());
    if view.dataset.youth().is_some() {
        let mut youths: Vec<_> = rows.iter().filter_map(|row| row.youth.as_deref()).collect();
        youths.sort_unstable();
        youths.dedup();
        out.insert("youths".to_owned(), youths.len().into());
    }
    for (place, field) in view.measures().enumerate() {
        let mut values: Vec<_> = rows.iter().filter_map(|row| row.measures[place]).collect();
        values.sort_unstable();
        let mut spread = spread(&values);
        if rows.is_empty() {
            spread["sum"] = 0.into();
        }
        out.insert(camel(field.name), spread);
    }
    Value::Object(out)
}

/// What sorted values come to; percentiles as SQL's `percentile_cont` has them, between two values in proportion.
#[must_use]
pub fn spread(values: &[i64]) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "numbers of the test are small")]
    let number = |value: i64| value as f64;
    // The place in tenths, so that nothing is rounded before the end.
    let at = |tenths: usize| {
        let place = tenths * (values.len() - 1);
        let (low, high) = (values[place / 10], values[(place / 10 + 1).min(values.len() - 1)]);
        let beyond = i64::try_from(place % 10).unwrap_or_default();
        number(low * 10 + (high - low) * beyond) / 10.0
    };
    let sum: i64 = values.iter().sum();
    match values {
        [] => json!({ "sum": null, "average": null, "median": null, "p90": null, "min": null, "max": null }),
        [first, ..] => json!({
            "sum": sum,
            "average": number(sum) / number(i64::try_from(values.len()).unwrap_or_default()),
            "median": at(5),
            "p90": at(9),
            "min": first,
            "max": values.last(),
        }),
    }
}
