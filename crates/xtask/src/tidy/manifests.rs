//! Every manifest takes its lints and its versions from the workspace.

use std::fs;

use anyhow::Context as _;
use toml::{Table, Value};

use super::Finding;
use crate::workspace::Workspace;

/// Generated code does not follow our lints.
const WITHOUT_LINTS: [&str; 1] = ["proto"];
const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for it in &workspace.crates {
        let path = it.dir.join("Cargo.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
        let manifest: Table = text.parse().with_context(|| format!("parse {path}"))?;
        let at = format!("{}/Cargo.toml", it.place);
        let objections = objections(&manifest, !WITHOUT_LINTS.contains(&it.place.as_str()));
        findings.extend(objections.into_iter().map(|what| Finding::new(&at, what)));
    }
    Ok(findings)
}

fn objections(manifest: &Table, wants_lints: bool) -> Vec<String> {
    let mut objections = Vec::new();
    let lints = manifest.get("lints").and_then(Value::as_table);
    if wants_lints && !lints.is_some_and(from_workspace) {
        objections.push("has no `[lints] workspace = true`".to_owned());
    }
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = std::iter::once(manifest).chain(targets.filter_map(Value::as_table));
    let sections =
        tables.flat_map(|table| SECTIONS.iter().filter_map(|section| table.get(*section)?.as_table()));
    for (name, value) in sections.flatten() {
        if !value.as_table().is_some_and(from_workspace) {
            objections.push(format!(
                "{name} does not come from the workspace; write `{name}.workspace = true`, and its version into [workspace.dependencies]"
            ));
        }
    }
    objections
}

fn from_workspace(table: &Table) -> bool {
    table.get("workspace").and_then(Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_versions_and_missing_lints_are_found() {
        let manifest = "
            [dependencies]
            fine.workspace = true
            featured = { workspace = true, features = ['testing'] }
            pinned = '1'
            [target.'cfg(unix)'.dev-dependencies]
            pathed = { path = '../pathed' }
        ";
        let found = objections(&manifest.parse().unwrap(), true);
        let about = |what: &str| found.iter().any(|objection| objection.contains(what));
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(about("[lints]") && about("pinned does") && about("pathed does"));
    }
}
