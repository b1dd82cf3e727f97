//! Sources of any size for benchmarks: the demonstration's placements without its stories, deterministic.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
};

use entities::{Dataset, by_name, placement::Model, reference};

use super::{
    DemoError,
    areas::{Areas, Unit},
    calendar::{Day, LAST},
    care,
    file::{File, make_empty, make_whole, write_all},
    random::Random,
    rows::{first_referral, placement},
    youth::Youth,
};

/// What is made: so many sources, each of so many rows.
#[derive(Clone, Copy, Debug)]
pub struct Generate<'a> {
    /// The folder; new, empty, or filled by an earlier run, whose files are replaced.
    pub dir: &'a Path,
    /// How many sources.
    pub sources: usize,
    /// How many placements in each of them.
    pub rows: u64,
    /// Is there to be a `whole.sqlite` besides, with the rows of all sources?
    pub whole: bool,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// A configuration that serves the sources.
    pub config: PathBuf,
    /// The sources' files, in the order of their names.
    pub sources: Vec<PathBuf>,
    /// The file with the rows of all sources.
    pub whole: Option<PathBuf>,
}

/// One source that is made.
struct Part<'a> {
    name: String,
    provider: &'a str,
    units: Vec<&'a Unit<'a>>,
    path: PathBuf,
    number: u64,
}

const CONFIG: &str = "regiograph.toml";

/// The configuration's first line: says that the folder's files may be replaced.
const TITLE: &str = "# Made by `regiograph generate`; all rows are made up.";

/// Makes sources named `generated-1` and so on (as many digits as the last one needs), in turn those of all providers,
/// each with the dataset Placement; youths stand in several of them. Row ids count from 1 in each source, in the order
/// in which stays were registered, which is about that of their first days. Blocks.
///
/// `whole.sqlite` has one table `placement`: the column `source` (the source's name), then the same columns, and the same
/// indexes, each with `source` before `id`. Its primary key is none; `(source, id)` is unique.
///
/// # Errors
///
/// Where a file cannot be written, or the folder holds something else.
pub fn generate(wanted: Generate<'_>) -> Result<Generated, DemoError> {
    let Generate { dir, rows, .. } = wanted;
    let reference = reference::load()?;
    let areas = Areas::of(&reference);
    let providers: Vec<_> = reference.providers.iter().map(|it| it.code.as_str()).collect();
    let parts = parts(&wanted, &areas, &providers);
    clear(dir)?;
    let empty = dir.join(format!("empty.{}", process::id()));
    make_empty(&empty, &datasets())?;
    let youths = rows.saturating_mul(parts.len() as u64) / 7 * 6 + 1;
    let written = write_all(&parts, |part| {
        let file = File::create(&part.path, &empty)?;
        file.add((0..rows).map(|row| self::row(&areas, part, (row, rows), youths)))?;
        file.finish()
    });
    fs::remove_file(&empty).map_err(|reason| DemoError::io("write", &empty, reason))?;
    written?;
    let whole = wanted.whole.then(|| dir.join("whole.sqlite"));
    if let Some(whole) = &whole {
        let named: Vec<_> = parts.iter().map(|it| (it.name.as_str(), it.path.as_path())).collect();
        make_whole(whole, "placement", &named)?;
    }
    let config = dir.join(CONFIG);
    fs::write(&config, to_toml(&parts)).map_err(|reason| DemoError::io("write", &config, reason))?;
    Ok(Generated { config, sources: parts.into_iter().map(|it| it.path).collect(), whole })
}

fn datasets() -> Vec<&'static Dataset> {
    by_name("Placement").into_iter().collect()
}

fn parts<'a>(wanted: &Generate<'_>, areas: &'a Areas<'a>, providers: &[&'a str]) -> Vec<Part<'a>> {
    let digits = wanted.sources.to_string().len();
    let providers = providers.iter().cycle().zip(1..).take(wanted.sources);
    providers
        .map(|(provider, number)| {
            let name = format!("generated-{number:0digits$}");
            let units = areas.units.iter().filter(|it| it.provider == *provider).collect();
            Part { path: wanted.dir.join(format!("{name}.sqlite")), name, provider, units, number }
        })
        .collect()
}

/// Removes what an earlier run made, its configuration first; anything else is left alone and refused.
fn clear(dir: &Path) -> Result<(), DemoError> {
    let failed = |reason| DemoError::io("write", dir, reason);
    fs::create_dir_all(dir).map_err(failed)?;
    match fs::read_to_string(dir.join(CONFIG)) {
        Ok(text) if text.starts_with(TITLE) => fs::remove_file(dir.join(CONFIG)).map_err(failed)?,
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => {}
        _ => return Err(DemoError::Foreign(dir.to_owned())),
    }
    for entry in fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".sqlite") && (name.starts_with("generated-") || name == "whole.sqlite") {
            fs::remove_file(&path).map_err(failed)?;
        }
    }
    Ok(())
}

/// The row of that place among so many; youths come up in turn.
fn row(areas: &Areas<'_>, part: &Part<'_>, (place, rows): (u64, u64), youths: u64) -> Model {
    let random = &mut Random::new("generated", (part.number << 40) | place);
    let turn = u128::from(place) * u128::from(youths) / u128::from(rows.max(1));
    let near = u64::try_from(turn).unwrap_or(0) + random.below(youths / 100 + 1);
    let number = near % youths;
    let referred = first_referral(number, youths);
    let youth = Youth::new(areas, number, referred);
    let unit = random.one(&part.units).expect("every provider has units");
    let stay = care::alone(unit, within(referred + random.between(10, 400)), random);
    let id = i64::try_from(place + 1).unwrap_or(i64::MAX);
    Model { id, ..placement::row(&youth, &stay, random) }
}

/// Days before the first and after the last are mirrored into the years between.
fn within(day: Day) -> Day {
    let day = day.abs();
    if day > LAST { 2 * LAST - day } else { day }
}

fn to_toml(parts: &[Part<'_>]) -> String {
    let mut text = format!("{TITLE}\n");
    for Part { name, provider, .. } in parts {
        text.push_str(&format!(
            "\n[[source]]\nname = \"{name}\"\nkind = \"sqlite\"\npath = \"{name}.sqlite\"\n\
             holder = {{ provider = \"{provider}\" }}\ndatasets = [\"Placement\"]\n"
        ));
    }
    text
}
