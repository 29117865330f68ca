//! The scripts that a session runs: a driver that sources one script for each block.
//!
//! Sourcing keeps variables, directory and background processes from block to block. A block's script starts
//! with as many empty lines as stand above it in README.md, so that the line in a message of `bash` is right.

use std::fs;

use anyhow::Context as _;
use cargo_metadata::camino::{Utf8Path, Utf8PathBuf};

use super::blocks::Block;

/// The line of the block that was begun last.
const CURRENT: &str = ".current";

/// Ends the whole group when the pipe on the driver's standard input closes, that is when we are done or dead.
const HEAD: &str = r#"set -euo pipefail
exec 3>&1 4<&0 </dev/null
(trap '' TERM; read -r _ <&4 || true; kill -TERM -- "-$$") >/dev/null 2>&1 3>&- &
disown
exec 4<&-
"#;

/// Writes the files and scripts of all blocks into `scratch` and gives the path of the driver.
pub(super) fn write(blocks: &[Block], scratch: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
    fs::create_dir_all(scratch).with_context(|| format!("create {scratch}"))?;
    let mut driver = HEAD.to_owned();
    for block in blocks {
        match block {
            Block::File { name, text } => write_file(&scratch.join(name), text)?,
            Block::Run { line, text } => {
                write_file(&scratch.join(format!(".block-{line}")), &("\n".repeat(line - 1) + text))?;
                driver.push_str(&step(*line));
            }
        }
    }
    let path = scratch.join(".driver");
    write_file(&path, &driver)?;
    Ok(path)
}

fn step(line: usize) -> String {
    format!(
        "echo {line} >\"$README_DIR/{CURRENT}\"\n\
         echo 'README.md:{line}' >&3\n\
         exec >\"$README_DIR/.output-{line}\" 2>&1\n\
         . \"$README_DIR/.block-{line}\"\n"
    )
}

/// The line of the block that was begun last and all it wrote.
pub(super) fn last_block(scratch: &Utf8Path) -> anyhow::Result<(usize, String)> {
    let path = scratch.join(CURRENT);
    let line = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
    let line = line.trim().parse().with_context(|| format!("read {path}"))?;
    let path = scratch.join(format!(".output-{line}"));
    let output = fs::read(&path).with_context(|| format!("read {path}"))?;
    Ok((line, String::from_utf8_lossy(&output).into_owned()))
}

fn write_file(path: &Utf8Path, text: &str) -> anyhow::Result<()> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(|| format!("create {dir}"))?;
    }
    fs::write(path, text).with_context(|| format!("write {path}"))
}
