//! Writes the JSON Schemas and the AsyncAPI document of the catalogue into a folder, or with `--check` compares them
//! with what is there: `cargo xtask schemas [--check]`.
#![expect(clippy::print_stderr, reason = "a maintainers' command, which speaks to a terminal")]

use std::{env, fs, path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let check = arguments.iter().any(|argument| argument == "--check");
    let Some(folder) = arguments.iter().find(|argument| !argument.starts_with("--")).map(PathBuf::from)
    else {
        eprintln!("usage: schemas [--check] FOLDER");
        return ExitCode::from(2);
    };
    let mut stale = Vec::new();
    for (name, document) in davy_wire::schema::documents() {
        let path = folder.join(name);
        let text = format!("{document:#}\n");
        if fs::read_to_string(&path).is_ok_and(|known| known == text) {
            continue;
        }
        stale.push(path.display().to_string());
        if !check && let Err(error) = fs::write(&path, text) {
            eprintln!("write {}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    if check && !stale.is_empty() {
        eprintln!("stale, run `cargo xtask schemas`: {}", stale.join(", "));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
