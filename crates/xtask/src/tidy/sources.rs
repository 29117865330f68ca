//! Every source file says first what it owns, and stays short enough to be read in one sitting.

use std::fs;

use anyhow::Context as _;
use cargo_metadata::camino::{Utf8Path, Utf8PathBuf};

use super::Finding;
use crate::workspace::{Crate, Workspace};

/// Past this the noun that wants a module of its own is looked for; tests are read too.
const MAX_LINES: usize = 450;
/// A service parses arguments and runs the app; more than this is a rule in the wrong place.
const MAX_SERVICE_MAIN_LINES: usize = 60;
/// Directories of a crate that hold Rust.
const SOURCE_DIRS: [&str; 4] = ["src", "tests", "examples", "benches"];

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for it in &workspace.crates {
        for path in files_of(it)? {
            let text = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
            let at = path.strip_prefix(&workspace.root).unwrap_or(&path);
            findings.extend(objections(at, &text).into_iter().map(|what| Finding::new(at.as_str(), what)));
        }
    }
    Ok(findings)
}

fn objections(at: &Utf8Path, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    let service_main = at.starts_with("services") && at.file_name() == Some("main.rs");
    let limit = if service_main { MAX_SERVICE_MAIN_LINES } else { MAX_LINES };
    let mut objections = Vec::new();
    if !text.starts_with("//!") {
        objections.push("does not open with `//!`: say what the module owns".to_owned());
    }
    if lines > limit {
        objections
            .push(format!("has {lines} lines, {limit} at most: look for the noun that wants its own module"));
    }
    objections
}

/// All Rust files of a crate, each once.
fn files_of(it: &Crate) -> anyhow::Result<Vec<Utf8PathBuf>> {
    // The root files of targets may stand outside of the usual directories (`build.rs`), but those of another
    // crate are that one's.
    let mut files: Vec<Utf8PathBuf> =
        it.root_files.iter().filter(|path| path.starts_with(&it.dir)).cloned().collect();
    for dir in SOURCE_DIRS {
        collect(&it.dir.join(dir), &mut files)?;
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn collect(dir: &Utf8Path, files: &mut Vec<Utf8PathBuf>) -> anyhow::Result<()> {
    if !dir.is_dir() {
        return Ok(());
    }
    for entry in dir.read_dir_utf8().with_context(|| format!("read {dir}"))? {
        let path = entry.with_context(|| format!("read {dir}"))?.into_path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension() == Some("rs") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_first_line_are_checked() {
        let objections =
            |at: &str, lines: usize| objections(Utf8Path::new(at), &"//! line\n".repeat(lines)).len();
        assert_eq!(objections("crates/store/src/lib.rs", 450), 0);
        assert_eq!(objections("crates/store/src/lib.rs", 451), 1);
        assert_eq!(objections("services/davy/src/main.rs", 61), 1);
        assert_eq!(objections("services/davy/src/up.rs", 61), 0);
        assert_eq!(super::objections(Utf8Path::new("a.rs"), "use std::fs;\n").len(), 1);
    }
}
