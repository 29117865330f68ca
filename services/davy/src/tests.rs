//! The command line as a whole: it is consistent, says how it is used, and reads what it says.

use super::*;
use crate::cli::Format;

#[test]
fn the_command_line_is_consistent() {
    command().debug_assert();
}

#[test]
fn every_subcommand_has_help_with_examples_and_exit_codes() {
    fn visit(command: &mut clap::Command, path: &str, bare: &mut Vec<String>) {
        let path = format!("{path} {}", command.get_name());
        let help = command.render_long_help().to_string();
        assert!(help.contains("Usage:"), "{path}");
        if command.get_name() == "help" {
            return;
        }
        let told = help.contains("Examples:\n  davy") && help.contains("  64   wrong configuration");
        if path != " davy" && path != " davy up" && !told {
            bare.push(path.clone());
        }
        for sub in command.get_subcommands_mut() {
            visit(sub, &path, bare);
        }
    }
    let (mut command, mut bare) = (command(), Vec::new());
    visit(&mut command, "", &mut bare);
    assert_eq!(bare, [""; 0], "without examples or exit codes");
}

fn parsed(line: &str) -> Result<Cli, clap::Error> {
    parse(line.split(' ').map(OsString::from).collect())
}

/// An unset variable of a script must not widen a list, and a slip must not reach the quarantine.
#[test]
fn empty_filters_and_departments_that_are_none_are_refused() {
    for flag in ["--department", "--owner", "--customer"] {
        let args = ["davy", "issues", "list", flag, ""];
        assert!(parse(args.map(OsString::from).to_vec()).is_err(), "{flag}");
    }
    assert!(parsed("davy issues list --customer crm:4711 --department sales").is_ok());
    assert!(parsed("davy publish --department sales --type issue.reported").is_ok());
    assert!(parsed("davy publish --department Sales --type issue.reported").is_err());
}

/// Lines of an example that are one command each, as a shell would split them.
#[test]
fn examples_without_quotes_or_pipes_can_be_typed() {
    fn visit(command: &mut clap::Command, seen: &mut u32) {
        let help = command.render_long_help().to_string();
        for line in help.lines().filter_map(|line| line.strip_prefix("  davy ")) {
            let line = line.split(" | ").next().unwrap_or_default().split(" > ").next().unwrap_or_default();
            let line = line.split("  ").next().unwrap_or_default().trim_end();
            if line.is_empty() || line.contains(['\'', '"', '\\']) {
                continue;
            }
            *seen += 1;
            assert!(
                parsed(&format!("davy {line}")).is_ok(),
                "davy {line}: {}",
                parsed(&format!("davy {line}")).unwrap_err()
            );
        }
        for sub in command.get_subcommands_mut() {
            visit(sub, seen);
        }
    }
    let mut seen = 0;
    visit(&mut command(), &mut seen);
    assert!(seen >= 20, "{seen}");
}

#[test]
fn nothing_typed_is_up() {
    assert!(matches!(parsed("davy").unwrap().command, Some(Command::Up(_))));
    assert!(matches!(parsed("davy --timeout 5s").unwrap().command, Some(Command::Up(_))));
}

#[test]
fn formats_stand_before_and_behind_the_subcommand() {
    for line in ["davy -o ndjson issues list", "davy issues list -o ndjson", "davy issues -o ndjson list"] {
        assert_eq!(parsed(line).unwrap().global.output, Format::Ndjson, "{line}");
    }
}

#[test]
fn wrong_values_are_refused_by_the_parser() {
    for line in [
        "davy issues list --severity-at-least 5",
        "davy issues list --lifecycle gone",
        "davy issues list --limit 0",
        "davy issues list --older-than soon",
        "davy issues list -o yaml",
        "davy quarantine list --reason none",
        "davy import x.csv",
        "davy --timeout 5 status",
        "davy nothing",
    ] {
        assert!(parsed(line).is_err(), "{line}");
    }
}
