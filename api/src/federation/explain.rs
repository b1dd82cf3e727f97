//! A plan as text: what each source is asked, with placeholders and never with values.

use std::fmt;

use super::{Fate, Plan};
use crate::query::Direction;

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
            write!(f, "source {}: ", source.name())?;
            match fate {
                Fate::Missed => writeln!(f, "not asked: it did not answer on an earlier page")?,
                Fate::DoesNotHold => writeln!(f, "not asked: does not hold the dataset")?,
                Fate::CannotMatch => writeln!(f, "not asked: no row of it can match")?,
                Fate::Asked(_) if self.page.is_none() => writeln!(f, "asked for its number of rows")?,
                Fate::Asked(select) => {
                    writeln!(f, "asked for {} rows at first", select.limit)?;
                    for line in source.explain(select).lines() {
                        writeln!(f, "  {line}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn name(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "ascending",
        Direction::Descending => "descending",
    }
}
