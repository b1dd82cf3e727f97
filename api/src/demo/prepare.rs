//! Makes the demonstration's sources on first start, all or none, and finds them again later.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process,
};

use entities::reference;

use super::{
    DemoError, DemoSource,
    areas::Areas,
    file::{File, make_empty, write_all},
    holders,
    rows::{ByHolder, Rows},
};

/// How many youths the demonstration makes up.
pub(super) const YOUTHS: u64 = 8_200;

/// Which demonstration the sources are; changes with the rows. Stands in [`MARKER`].
pub(super) const VERSION: u32 = 2;

/// What every version's marker begins with.
const TITLE: &str = "regiograph demonstration";

/// The file beside the sources that says which demonstration they are.
const MARKER: &str = "VERSION";

/// How the names of folders begin that are not finished yet, or no longer wanted.
const DRAFT: &str = ".regiograph-draft.";
const OLD: &str = ".regiograph-old.";

/// Which demonstration this is, in words that change with its rows.
#[must_use]
pub fn version() -> String {
    marker(YOUTHS)
}

/// The demonstration's sources as [`prepare`] makes them in `dir/sources`, whether they are there or not.
///
/// # Errors
///
/// Where the reference data cannot be read.
pub fn describe(dir: &Path) -> Result<Vec<DemoSource>, DemoError> {
    let reference = reference::load()?;
    Ok(holders::sources(&dir.join("sources"), &Areas::of(&reference), &reference))
}

/// The demonstration's sources in `dir/sources`; made on first start, looked up later. Blocks.
///
/// # Errors
///
/// Where a file cannot be read or written; nothing half made is left where sources are looked for.
pub fn prepare(dir: &Path) -> Result<Vec<DemoSource>, DemoError> {
    prepare_about(dir, YOUTHS)
}

/// [`prepare`], about so many youths.
pub(super) fn prepare_about(dir: &Path, youths: u64) -> Result<Vec<DemoSource>, DemoError> {
    let reference = reference::load()?;
    let areas = Areas::of(&reference);
    let folder = dir.join("sources");
    let sources = holders::sources(&folder, &areas, &reference);
    let marker = marker(youths);
    if stand(&folder, &marker, &sources)? {
        return Ok(sources);
    }
    let draft = dir.join(format!("{DRAFT}{}", process::id()));
    let drafted = holders::sources(&draft, &areas, &reference);
    let made = make(&draft, &marker, &drafted, &Rows::about(&areas, youths));
    // Another process may have been faster, and have taken our draft away.
    let done = if stand(&folder, &marker, &sources)? { Ok(()) } else { made.and_then(|()| publish(&draft, &folder)) };
    sweep(dir);
    done.map(|()| sources)
}

fn marker(youths: u64) -> String {
    format!("{TITLE} {VERSION}, {youths} youths\n")
}

/// Are the sources of this very demonstration there?
fn stand(folder: &Path, marker: &str, sources: &[DemoSource]) -> Result<bool, DemoError> {
    match fs::read_to_string(folder.join(MARKER)) {
        Ok(found) if found == marker => Ok(sources.iter().all(|it| it.path.is_file())),
        Ok(found) if found.starts_with(TITLE) => Ok(false),
        Err(reason) if reason.kind() == io::ErrorKind::NotFound && !folder.exists() => Ok(false),
        _ => Err(DemoError::Foreign(folder.to_owned())),
    }
}

/// Makes all files in a folder that nobody looks at yet; several at once.
fn make(draft: &Path, marker: &str, sources: &[DemoSource], rows: &Rows) -> Result<(), DemoError> {
    let failed = |reason| DemoError::io("write", draft, reason);
    fs::create_dir_all(draft).map_err(failed)?;
    let empty = empty(draft, sources)?;
    write_all(sources, |source| write(source, &empty[&names(source)], rows))?;
    empty.values().try_for_each(fs::remove_file).map_err(failed)?;
    fs::write(draft.join(MARKER), marker).map_err(failed)
}

/// One empty file for each set of datasets.
fn empty(draft: &Path, sources: &[DemoSource]) -> Result<BTreeMap<Vec<&'static str>, PathBuf>, DemoError> {
    let mut files = BTreeMap::new();
    for source in sources {
        let names = names(source);
        if !files.contains_key(&names) {
            let path = draft.join(format!("empty-{}", files.len()));
            make_empty(&path, &source.datasets)?;
            files.insert(names, path);
        }
    }
    Ok(files)
}

fn names(source: &DemoSource) -> Vec<&'static str> {
    source.datasets.iter().map(|it| it.name).collect()
}

/// Writes all rows that the source's holder holds of its datasets.
fn write(source: &DemoSource, empty: &Path, rows: &Rows) -> Result<(), DemoError> {
    let code = source.code();
    let file = File::create(&source.path, empty)?;
    for dataset in &source.datasets {
        match dataset.name {
            "Referral" => file.add(held(&rows.referrals, code))?,
            "CareEpisode" => file.add(held(&rows.care_episodes, code))?,
            "WaitingTime" => file.add(held(&rows.waiting_times, code))?,
            "RetCase" => file.add(held(&rows.ret_cases, code))?,
            "Consultation" => file.add(held(&rows.consultations, code))?,
            "ExplanatoryAnalysis" => file.add(held(&rows.explanatory_analyses, code))?,
            "CapacityReport" => file.add(held(&rows.capacity_reports, code))?,
            "Placement" => file.add(held(&rows.placements, code))?,
            "RestraintMeasure" => file.add(held(&rows.restraint_measures, code))?,
            "Incident" => file.add(held(&rows.incidents, code))?,
            "EducationArrangement" => file.add(held(&rows.education_arrangements, code))?,
            "EducationAgreement" => file.add(held(&rows.education_agreements, code))?,
            _ => file.add(held(&rows.recurring_patterns, code))?,
        }
    }
    file.finish()?;
    // Published files are whole even if the power fails.
    let synced = fs::File::open(&source.path).and_then(|it| it.sync_all());
    synced.map_err(|reason| DemoError::io("write", &source.path, reason))
}

/// The rows that the holder of that code holds.
fn held<M: Clone>(rows: &ByHolder<M>, code: &str) -> impl Iterator<Item = M> {
    rows.get(code).into_iter().flatten().cloned()
}

/// Puts the finished folder where sources are looked for, in place of an older demonstration.
fn publish(draft: &Path, folder: &Path) -> Result<(), DemoError> {
    let failed = |reason| DemoError::io("write", folder, reason);
    if folder.exists() {
        fs::rename(folder, folder.with_file_name(format!("{OLD}{}", process::id()))).map_err(failed)?;
    }
    fs::rename(draft, folder).map_err(failed)
}

/// Removes drafts and older demonstrations, also those that an interrupted start has left. What cannot be removed stays:
/// nobody looks there.
fn sweep(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(DRAFT) || name.starts_with(OLD) {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}
