//! What to try next, as commands that work as they stand.

use std::path::Path;

use super::addresses::Addresses;

const DEFAULT_SERVER: &str = "http://127.0.0.1:50051";
const DEFAULT_NATS: &str = "nats://127.0.0.1:4222";

/// Three things to try beside the demonstration.
pub(super) fn with_demo(addresses: &Addresses, issue: &str, customer: &str) -> Vec<String> {
    let (davy, server) = (program(), server(addresses));
    block(&[
        format!("{davy} owner {issue}{server}"),
        format!("{davy} timeline {customer}{server}"),
        publish(addresses),
    ])
}

/// Three things to try with an empty log.
pub(super) fn without_demo(addresses: &Addresses) -> Vec<String> {
    let (davy, server) = (program(), server(addresses));
    block(&[
        publish(addresses),
        format!("{davy} issues list --unacknowledged{server}"),
        format!("{davy} timeline crm:4711{server}"),
    ])
}

fn block(commands: &[String]) -> Vec<String> {
    let mut lines = vec!["Try next, in another terminal:".to_owned(), String::new()];
    lines.extend(commands.iter().map(|command| format!("  {command}")));
    lines.extend([String::new(), "Ctrl-C ends it.".to_owned()]);
    lines
}

fn publish(addresses: &Addresses) -> String {
    let nats = if addresses.nats == DEFAULT_NATS {
        String::new()
    } else {
        format!(" --nats-url {}", addresses.nats)
    };
    format!(
        "{} publish davy.events.sales.crm:4711.issue.reported --data '{{\"text\": \"Pump resets\"}}'{nats}",
        program()
    )
}

fn server(addresses: &Addresses) -> String {
    if addresses.grpc == DEFAULT_SERVER { String::new() } else { format!(" --server {}", addresses.grpc) }
}

/// How this program was found: by its name on the `PATH`, by a path from here, or by its whole path.
fn program() -> String {
    let Ok(whole) = std::env::current_exe() else { return "davy".to_owned() };
    let on_path = |dir: &Path| {
        std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|it| it == dir))
    };
    if whole.parent().is_some_and(on_path) {
        return "davy".to_owned();
    }
    let here = std::env::current_dir().ok();
    let from_here = here.and_then(|here| whole.strip_prefix(here).ok().map(|rest| Path::new(".").join(rest)));
    from_here.as_deref().unwrap_or(&whole).display().to_string()
}
