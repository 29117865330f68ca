//! The fenced blocks of a Markdown page that are run, and those that are written to files.
//!
//! A block tagged `sh` is run. A block of any kind right below `<!-- file: NAME -->` is written to
//! `$README_DIR/NAME`. Every other block is for reading.

use anyhow::{bail, ensure};
use cargo_metadata::camino::{Utf8Component, Utf8Path};

const FENCE: &str = "```";

/// A block that something is done with; lines are counted from 1, and name the first line within the fence.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    Run { line: usize, text: String },
    File { name: String, text: String },
}

/// Reads the blocks of a page in order.
pub(super) fn read(page: &str) -> anyhow::Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut file = None;
    let mut lines = page.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if let Some(name) = file_comment(line) {
            check_name(index + 1, name)?;
            file = Some(name.to_owned());
            continue;
        }
        let Some(tag) = line.trim_start().strip_prefix(FENCE) else {
            if !line.trim().is_empty() {
                file = None;
            }
            continue;
        };
        let text = body(&mut lines, line.len() - line.trim_start().len());
        let Some(text) = text else { bail!("README.md:{}: this block does not end", index + 1) };
        match file.take() {
            Some(name) => blocks.push(Block::File { name, text }),
            None if tag.trim() == "sh" => blocks.push(Block::Run { line: index + 2, text }),
            None => {}
        }
    }
    Ok(blocks)
}

/// The lines up to the closing fence, less the indentation of a block within a list.
fn body<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>, indentation: usize) -> Option<String> {
    let mut text = String::new();
    for (_, line) in lines {
        if line.trim() == FENCE {
            return Some(text);
        }
        let own = line.len() - line.trim_start().len();
        text.push_str(line.get(own.min(indentation)..).unwrap_or_default());
        text.push('\n');
    }
    None
}

fn file_comment(line: &str) -> Option<&str> {
    Some(line.trim().strip_prefix("<!-- file:")?.strip_suffix("-->")?.trim())
}

fn check_name(line: usize, name: &str) -> anyhow::Result<()> {
    let inside = Utf8Path::new(name).components().all(|part| matches!(part, Utf8Component::Normal(_)));
    ensure!(
        inside && !name.is_empty(),
        "README.md:{line}: {name:?} is not the name of a file below $README_DIR"
    );
    Ok(())
}
