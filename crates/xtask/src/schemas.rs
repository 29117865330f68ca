//! `cargo xtask schemas`: the published description of the events, generated from the types of `wire`.
//!
//! The documents are made aside and compared; what differs is listed (`--check`) or put in place, so that a
//! document of an event that is gone goes too.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, ensure};
use cargo_metadata::camino::{Utf8Path, Utf8PathBuf};

use crate::run;
use crate::workspace::Workspace;

/// Brings `proto/schemas` up to date, or with `check` fails if it is not.
pub(crate) fn run(workspace: &Workspace, check: bool) -> anyhow::Result<()> {
    let place = workspace.root.join("proto/schemas");
    let fresh = generate(workspace)?;
    let differences = differences(&documents(&place)?, &fresh);
    for difference in &differences {
        println!("{difference}");
    }
    if check {
        ensure!(differences.is_empty(), "proto/schemas is out of date; run `cargo xtask schemas`");
        return Ok(());
    }
    fs::create_dir_all(&place).with_context(|| format!("create {place}"))?;
    for difference in differences {
        apply(&place, &fresh, &difference)?;
    }
    Ok(())
}

/// Name and text of each document.
type Documents = BTreeMap<String, Vec<u8>>;

#[derive(Debug, PartialEq, Eq)]
enum Difference {
    Missing(String),
    Outdated(String),
    Superfluous(String),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "new:      proto/schemas/{name}"),
            Self::Outdated(name) => write!(f, "changed:  proto/schemas/{name}"),
            Self::Superfluous(name) => write!(f, "obsolete: proto/schemas/{name}"),
        }
    }
}

fn generate(workspace: &Workspace) -> anyhow::Result<Documents> {
    let aside = workspace.target.join("xtask-schemas");
    if aside.exists() {
        fs::remove_dir_all(&aside).with_context(|| format!("remove {aside}"))?;
    }
    fs::create_dir_all(&aside).with_context(|| format!("create {aside}"))?;
    let mut command = run::cargo(workspace);
    command.args(["run", "-q", "-p", "davy-wire", "--features", "schema", "--example", "schemas", "--"]);
    command.arg(&aside);
    run::to_success(command)?;
    let fresh = documents(&aside)?;
    ensure!(!fresh.is_empty(), "the example wrote no document into {aside}");
    Ok(fresh)
}

/// The `.json` files of a directory; none if it does not exist.
fn documents(dir: &Utf8Path) -> anyhow::Result<Documents> {
    let mut documents = Documents::new();
    if !dir.exists() {
        return Ok(documents);
    }
    for entry in dir.read_dir_utf8().with_context(|| format!("read {dir}"))? {
        let path: Utf8PathBuf = entry.with_context(|| format!("read {dir}"))?.into_path();
        if path.extension() == Some("json")
            && let Some(name) = path.file_name()
        {
            documents.insert(name.to_owned(), fs::read(&path).with_context(|| format!("read {path}"))?);
        }
    }
    Ok(documents)
}

fn differences(kept: &Documents, fresh: &Documents) -> Vec<Difference> {
    let wanted = fresh.iter().filter_map(|(name, text)| match kept.get(name) {
        None => Some(Difference::Missing(name.clone())),
        Some(kept) if kept != text => Some(Difference::Outdated(name.clone())),
        Some(_) => None,
    });
    let unwanted = kept.keys().filter(|name| !fresh.contains_key(*name)).cloned();
    wanted.chain(unwanted.map(Difference::Superfluous)).collect()
}

fn apply(place: &Utf8Path, fresh: &Documents, difference: &Difference) -> anyhow::Result<()> {
    match difference {
        Difference::Missing(name) | Difference::Outdated(name) => {
            let path = place.join(name);
            fs::write(&path, &fresh[name]).with_context(|| format!("write {path}"))
        }
        Difference::Superfluous(name) => {
            let path = place.join(name);
            fs::remove_file(&path).with_context(|| format!("remove {path}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_changed_and_obsolete_documents_are_told_apart() {
        let documents = |pairs: &[(&str, &str)]| -> Documents {
            pairs.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
        };
        let kept = documents(&[("same", "1"), ("changed", "1"), ("obsolete", "1")]);
        let fresh = documents(&[("same", "1"), ("changed", "2"), ("new", "1")]);
        let wanted = [
            Difference::Outdated("changed".to_owned()),
            Difference::Missing("new".to_owned()),
            Difference::Superfluous("obsolete".to_owned()),
        ];
        assert_eq!(differences(&kept, &fresh), wanted);
        assert_eq!(differences(&fresh, &fresh), []);
    }
}
