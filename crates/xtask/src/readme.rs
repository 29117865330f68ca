//! `cargo xtask readme`: README.md is tested by doing what it says.
//!
//! All `sh` blocks run in order in one `bash`, in the root of the workspace, as somebody would who pastes them
//! into a terminal; `readme::blocks` says which text is run, `readme::script` how.

mod blocks;
mod script;
mod session;

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use cargo_metadata::camino::Utf8Path;

use crate::workspace::Workspace;
use blocks::Block;
use session::{Outcome, Session};

/// For all blocks together: a page that takes longer is not tried by anybody.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Runs the blocks of README.md and says which one failed and what it wrote.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let page = workspace.root.join("README.md");
    let text = fs::read_to_string(&page).with_context(|| format!("read {page}"))?;
    let scratch = workspace.target.join("xtask-readme");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).with_context(|| format!("remove {scratch}"))?;
    }
    perform(&text, &workspace.root, &scratch, LIMIT)
}

/// `scratch` becomes `$README_DIR`; it is left for whoever wants to look into a failure.
fn perform(text: &str, root: &Utf8Path, scratch: &Utf8Path, limit: Duration) -> anyhow::Result<()> {
    let blocks = blocks::read(text)?;
    ensure!(blocks.iter().any(|block| matches!(block, Block::Run { .. })), "README.md has no `sh` block");
    let driver = script::write(&blocks, scratch)?;
    let outcome = Session::start(&driver, root, scratch)?.wait(limit)?;
    let (line, output) = script::last_block(scratch)?;
    match outcome {
        Outcome::Succeeded => Ok(()),
        Outcome::Failed(status) => {
            bail!("README.md:{line}: this block ended with {status}; it wrote:\n{output}")
        }
        Outcome::TookTooLong => {
            bail!(
                "README.md:{line}: stopped in this block after {} s in all; it wrote:\n{output}",
                limit.as_secs()
            )
        }
    }
}

#[cfg(test)]
mod tests;
