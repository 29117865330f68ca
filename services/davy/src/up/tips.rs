//! What to try next, as commands that work as they stand.

use super::addresses::Addresses;

const DEFAULT_SERVER: &str = "http://127.0.0.1:50051";
const DEFAULT_NATS: &str = "nats://127.0.0.1:4222";

/// Three things to try beside the demonstration: what nobody answered, and one of them that somebody is pinged for.
pub(super) fn with_demo(addresses: &Addresses, issue: &str) -> Vec<String> {
    let server = server(addresses);
    block(&[
        format!("davy issues list --unacknowledged{server}"),
        format!("davy pings explain {issue}{server}"),
        format!("davy pings ack {issue} --as support/desk:mia{server}"),
    ])
}

/// Three things to try with an empty log.
pub(super) fn without_demo(addresses: &Addresses) -> Vec<String> {
    let server = server(addresses);
    block(&[
        publish(addresses),
        format!("davy issues list --unacknowledged{server}"),
        format!("davy timeline crm:4711{server}"),
    ])
}

fn block(commands: &[String]) -> Vec<String> {
    let mut lines = vec!["Try next, in another terminal:".to_owned(), String::new()];
    lines.extend(alias().iter().chain(commands).map(|command| format!("  {command}")));
    lines.extend([String::new(), "Ctrl-C ends it.".to_owned()]);
    lines
}

fn publish(addresses: &Addresses) -> String {
    let nats = option("--nats-url", &addresses.nats, DEFAULT_NATS);
    format!(
        "davy publish davy.events.sales.crm:4711.issue.reported --data '{{\"text\": \"Pump resets\"}}'{nats}"
    )
}

fn server(addresses: &Addresses) -> String {
    option("--server", &addresses.grpc(), DEFAULT_SERVER)
}

fn option(name: &str, value: &str, default: &str) -> String {
    if value == default { String::new() } else { format!(" {name} {value}") }
}

/// Where `davy` is not on the `PATH`, as after `cargo run`, what makes the commands work.
fn alias() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let dir = program.parent()?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_found =
        program.file_stem()? == "davy" && std::env::split_paths(&path).any(|on_path| on_path == dir);
    (!is_found).then(|| format!("alias davy='{}'", program.display()))
}
