//! A plan as text: what each source is asked, with placeholders and never with values.

use std::fmt;

use super::{Fate, Plan, TablePlan};
use crate::query::{Dimension, Direction};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "dataset: {}", self.dataset.name)?;
        write!(f, "order:")?;
        for (place, direction) in &self.shape.order {
            let field = self.shape.columns[*place].field();
            write!(f, " {} {},", self.dataset.fields[field].name, name(*direction))?;
        }
        writeln!(f, " source {}, id {}", name(self.shape.source_direction), name(self.shape.id_direction))?;
        if self.count {
            writeln!(f, "number of rows: asked for")?;
        }
        for (fate, source) in self.fates.iter().zip(self.sources.iter()) {
            told(f, (source.name(), fate), |f, select| {
                if self.page.is_none() {
                    return writeln!(f, "asked for its number of rows");
                }
                writeln!(f, "asked for {} rows at first", select.limit)?;
                indented(f, &source.explain(select))
            })?;
        }
        Ok(())
    }
}

impl fmt::Display for TablePlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |field: usize| self.dataset.fields[field].name;
        writeln!(f, "dataset: {}", self.dataset.name)?;
        let day = self.table.open_on.is_some().then(|| "day".to_owned());
        let part = |it: &Dimension| {
            let bucket = it.bucket.map_or(String::new(), |bucket| format!(" by {}", bucket.name()));
            let leads_to = if it.leads_to.is_some() { ", grouped here by what it leads to" } else { "" };
            format!("{}{bucket}{leads_to}", name(it.field))
        };
        for part in day.into_iter().chain(self.table.dimensions.iter().map(part)) {
            writeln!(f, "group: {part}")?;
        }
        for measured in &self.table.measures {
            let percentiles = if measured.percentiles { ", with percentiles" } else { "" };
            writeln!(f, "measure: {}{percentiles}", name(measured.field))?;
        }
        for (fate, source) in self.fates.iter().zip(self.sources.iter()) {
            told(f, (source.name(), fate), |f, tabulate| {
                writeln!(f, "asked for a table")?;
                indented(f, &source.explain_table(tabulate))
            })?;
        }
        Ok(())
    }
}

/// What becomes of one source, by name; what it is asked is for the caller to write.
fn told<Question>(
    f: &mut fmt::Formatter<'_>,
    (source, fate): (&str, &Fate<Question>),
    asked: impl FnOnce(&mut fmt::Formatter<'_>, &Question) -> fmt::Result,
) -> fmt::Result {
    write!(f, "source {source}: ")?;
    match fate {
        Fate::Asked(question) => asked(f, question),
        Fate::Missed => writeln!(f, "not asked: it did not answer on an earlier page"),
        Fate::DoesNotHold => writeln!(f, "not asked: does not hold the dataset"),
        Fate::CannotMatch => writeln!(f, "not asked: no row of it can match"),
    }
}

fn indented(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.lines().try_for_each(|line| writeln!(f, "  {line}"))
}

fn name(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "ascending",
        Direction::Descending => "descending",
    }
}
