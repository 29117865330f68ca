//! What can be typed: every subcommand, flag and example. Absent: what they do.

use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::FalseyValueParser};

use crate::{
    act::Act,
    apply::{self, ApplyArgs},
    board::{self, BoardArgs},
    channel::ChannelCommand,
    clock::{self, ClockArgs},
    connection::ConnectionArgs,
    customers::{AliasCommand, FindingsArgs, MergeArgs, NotComparedArgs, SilentArgs, UnmergeArgs},
    directory::DirectoryCommand,
    exit,
    imports::ImportArgs,
    issues::{self, IssuesListArgs, WatchArgs},
    log::LogCommand,
    nats::NatsCommand,
    oncall::OnCallCommand,
    operator::{Speaker, speaker},
    pings::PingsCommand,
    policy::PolicyCommand,
    publish::PublishArgs,
    quarantine::{self, RedriveArgs, SkipArgs},
    read::ReadArgs,
    rebuild::{self, RebuildArgs},
    retract::{self, RetractArgs},
    spool::SpoolCommand,
    time,
    timeline::TimelineArgs,
    token::TokenCommand,
    up::UpArgs,
    verify::{self, VerifyArgs},
};

/// One timeline for every customer, one accountable owner for every complaint.
///
/// Without a subcommand, `davy up` runs: Davy with everything it needs, in one process.
#[derive(Debug, Parser)]
#[command(name = "davy", version, max_term_width = 100, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const AFTER_HELP: &str = "\
Examples:
  davy                                        start Davy with a demonstration
  davy issues list --unacknowledged           what nobody has answered
  davy owner zendesk:55                       who answers for it
  davy report crm:4711 \"Pump resets\"         report a complaint
  davy take zendesk:55                        answer for it yourself
  davy mine                                   what is yours to do
  davy pings list --open                      who is pinged, and has not answered

Data goes to stdout, messages to stderr. `davy <subcommand> --help` has examples and exit codes.";

/// What every subcommand understands.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Where Davy listens for gRPC
    #[arg(
        long,
        global = true,
        env = "DAVY_SERVER",
        value_name = "URL",
        default_value = "http://127.0.0.1:50051"
    )]
    pub(crate) server: String,
    /// How long to wait while Davy is unavailable or catching up
    #[arg(long, global = true, value_name = "DURATION", default_value = "30s", value_parser = time::duration)]
    pub(crate) timeout: Duration,
    /// How to print: for people, as the answer's canonical JSON, or as one row's JSON a line
    #[arg(short, long, global = true, value_enum, default_value = "table")]
    pub(crate) output: Format,
    /// Who you are, where Davy asks for no credential; and in whose name something is done: a department, and maybe a person
    /// of it
    #[arg(long = "as", global = true, env = "DAVY_AS", value_name = "DEPARTMENT[/SYSTEM:ID]", value_parser = speaker)]
    pub(crate) speaker: Option<Speaker>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// Print without colours
    #[arg(long, global = true, env = "NO_COLOR", value_parser = FalseyValueParser::new(), hide_env = true)]
    pub(crate) no_color: bool,
}

/// A form of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    Ndjson,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run Davy: every role in one process
    Up(Box<UpArgs>),
    /// Publish events over NATS, as a department's tool does
    #[command(after_help = publish_help())]
    Publish(Box<PublishArgs>),
    /// Events that NATS did not confirm: kept on this machine until they are delivered
    #[command(after_help = examples("  davy spool list\n  davy spool send"))]
    Spool {
        #[command(subcommand)]
        command: Box<SpoolCommand>,
    },
    /// Bring in another tool's export, row by row, as events
    #[command(after_help = import_help())]
    Import(Box<ImportArgs>),
    /// Complaints: all of them, the unacknowledged ones, or one
    #[command(after_help = issues_help())]
    Issues {
        #[command(subcommand)]
        command: IssuesCommand,
    },
    /// What nobody has answered, live on the whole terminal
    #[command(after_help = board::help())]
    Board(Box<BoardArgs>),
    /// Say who answers for an issue
    #[command(after_help = owner_help())]
    Owner(OwnerArgs),
    /// Everything that happened to a customer, in every department
    #[command(after_help = timeline_help())]
    Timeline(Box<TimelineArgs>),
    /// Customers and their counts
    #[command(after_help = customers_help())]
    Customers {
        #[command(subcommand)]
        command: CustomersCommand,
    },
    /// Make one customer of two
    #[command(after_help = examples("  davy merge sap:99 crm:4711 --reason \"one company, entered twice\"\n  davy merge sap:99 crm:4711 --dry-run"))]
    Merge(MergeArgs),
    /// Undo a merge: they are two again, as if it had never been
    #[command(after_help = examples("  davy unmerge crm:4711 --reason \"a subsidiary\""))]
    Unmerge(UnmergeArgs),
    /// Say which ids in which systems are a customer's
    #[command(after_help = examples("  davy alias assert crm:4711 sap:99 --evidence \"contract V-7\"\n  davy alias assert crm:4711 mail:ana@example.org --kind contact-email --weak\n  davy alias retract crm:4711 --reason \"a namesake\""))]
    Alias {
        #[command(subcommand)]
        command: AliasCommand,
    },
    /// Set departments, systems and people as files have them
    #[command(after_help = apply::help())]
    Apply(ApplyArgs),
    /// Departments, systems and people
    #[command(after_help = examples("  davy directory list people --active\n  davy directory get person mia\n  davy directory export > org.yaml"))]
    Directory {
        #[command(subcommand)]
        command: Box<DirectoryCommand>,
    },
    /// Who is on call, when, and instead of whom
    #[command(name = "oncall", after_help = examples("  davy oncall now\n  davy oncall shifts support\n  davy oncall override support --instead-of mia --by noa --until 2d\n  davy oncall forecast"))]
    OnCall {
        #[command(subcommand)]
        command: Box<OnCallCommand>,
    },
    /// Whom a department has pinged when it takes too long
    #[command(after_help = examples("  davy policy show support\n  davy policy check oncall.yaml\n  davy policy simulate --department support --severity 1"))]
    Policy {
        #[command(subcommand)]
        command: Box<PolicyCommand>,
    },
    /// Pings: who is notified of what, answers to them, and why
    #[command(after_help = examples("  davy pings list --open\n  davy pings ack zendesk:55\n  davy pings explain zendesk:55"))]
    Pings {
        #[command(subcommand)]
        command: Box<PingsCommand>,
    },
    /// Channels that pings are sent through
    #[command(after_help = examples("  davy channel test room --config /etc/davy/davy.toml\n  davy channel test --contact mia/mail"))]
    Channel {
        #[command(subcommand)]
        command: ChannelCommand,
    },
    /// Say by when something is owed, and why: the clocks of an issue or a customer
    #[command(after_help = clock::help())]
    Clock(ClockArgs),
    /// Messages that could not be read or placed
    #[command(after_help = quarantine_help())]
    Quarantine {
        #[command(subcommand)]
        command: QuarantineCommand,
    },
    /// Strike out events that should never have been
    #[command(after_help = retract::help())]
    Retract(Box<RetractArgs>),
    /// Compare what Davy holds of a customer with what the log says
    #[command(after_help = verify::help())]
    Verify(VerifyArgs),
    /// Build Davy's store anew from the log, beside the one that answers
    #[command(after_help = rebuild::help())]
    Rebuild(RebuildArgs),
    /// Save the log to a file, and put it back
    #[command(after_help = examples("  davy log export davy.ndjson.gz\n  davy log restore davy.ndjson.gz\n  davy log accept-loss 0-17 0-19 --reason \"no backup\""))]
    Log {
        #[command(subcommand)]
        command: Box<LogCommand>,
    },
    /// Keys for departments, and the configuration of a nats-server that keeps them apart
    #[command(after_help = examples("  davy nats user support\n  davy nats config"))]
    Nats {
        #[command(subcommand)]
        command: NatsCommand,
    },
    #[command(flatten)]
    Act(Act),
    /// Who Davy takes you for, and what you may do
    #[command(after_help = examples("  davy whoami\n  davy whoami --as support/zendesk:mia\n  davy whoami --token-file ~/.davy-token -o json"))]
    Whoami,
    /// Tokens that say who calls: make, list and revoke them
    #[command(after_help = examples("  davy token create --name crm-sales --department sales --role publisher\n  davy token create --name ana --department sales --person crm:ana --role responder --expires 90d\n  davy token list --file /etc/davy/tokens.toml\n  davy token revoke crm-sales"))]
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// How Davy is doing
    #[command(after_help = examples("  davy status\n  davy status -o json | jq .lag"))]
    Status,
    /// Print the completions of a shell
    #[command(after_help = examples("  davy completions bash > ~/.local/share/bash-completion/completions/davy\n  davy completions zsh > ~/.zfunc/_davy"))]
    Completions(CompletionsArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum IssuesCommand {
    /// List issues: of every lifecycle, on all pages, unless filtered
    #[command(after_help = issues_help())]
    List(Box<IssuesListArgs>),
    /// Show one issue
    #[command(after_help = examples("  davy issues get zendesk:55\n  davy issues get 03ef809f-94b2-5eee-9bd2-9c2a8198024c -o json\n  davy issues get zendesk:55 --as-of 2026-03-02T10:04:00Z"))]
    Get(IssueArgs),
    /// Print what is unacknowledged, or one issue, and then every change
    #[command(after_help = issues::watch_help())]
    Watch(Box<WatchArgs>),
}

/// One issue, at one point of time and of the log.
#[derive(Debug, Args)]
pub(crate) struct IssueArgs {
    /// Davy id, or <system>:<percent-encoded id> such as zendesk:55
    #[arg(value_name = "ID|SYSTEM:ID")]
    pub(crate) issue: String,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

pub(crate) type OwnerArgs = IssueArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum CustomersCommand {
    /// List customers by token, on all pages
    #[command(after_help = customers_help())]
    List(CustomersListArgs),
    /// Show one customer
    #[command(after_help = examples("  davy customers get crm:4711\n  davy customers get _        what names no customer"))]
    Get(CustomerGetArgs),
    /// Ids and issues that may belong together
    #[command(after_help = examples("  davy customers suggestions\n  davy customers suggestions crm:4711"))]
    Suggestions(FindingsArgs),
    /// What was said about ids and does not go together
    #[command(after_help = examples("  davy customers conflicts\n  davy customers conflicts crm:4711 -o json"))]
    Conflicts(FindingsArgs),
    /// Open issues of one customer in several departments that nobody compared
    #[command(after_help = examples("  davy customers not-compared --department support"))]
    NotCompared(NotComparedArgs),
    /// Customers with whom nobody has spoken for too long
    #[command(after_help = examples("  davy customers silent\n  davy customers silent --within 14 -o ndjson | jq -r .customer.token"))]
    Silent(SilentArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CustomersListArgs {
    /// Only customers with open issues
    #[arg(long)]
    pub(crate) open: bool,
    /// Only customers with unacknowledged issues
    #[arg(long)]
    pub(crate) unacknowledged: bool,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CustomerGetArgs {
    /// Token such as crm:4711, customer id, or _ for what names no customer
    #[arg(value_name = "TOKEN|ID")]
    pub(crate) customer: String,
    /// Wait until the answer holds this position, such as 0-18446
    #[arg(long, value_name = "POSITION")]
    pub(crate) min_position: Option<String>,
}

/// Of lists that are of now.
#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    /// Stop after so many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// Wait until the answer holds this position, such as 0-18446
    #[arg(long, value_name = "POSITION")]
    pub(crate) min_position: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum QuarantineCommand {
    /// List them, newest first, on all pages
    #[command(after_help = quarantine_help())]
    List(QuarantineListArgs),
    /// Read one again, as it stands or corrected
    #[command(after_help = quarantine::redrive_help())]
    Redrive(Box<RedriveArgs>),
    /// Settle one that is of no use
    #[command(after_help = quarantine::skip_help())]
    Skip(Box<SkipArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct QuarantineListArgs {
    /// Only this reason
    #[arg(long, value_parser = ["unreadable", "wrong_subject", "type_mismatch", "wrong_types", "no_issue", "conflicting_duplicate", "fold_panic"])]
    pub(crate) reason: Option<String>,
    /// Also those that somebody dealt with
    #[arg(long)]
    pub(crate) settled: bool,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Of which shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// Examples, and the exit codes.
pub(crate) fn examples(lines: &str) -> String {
    format!("Examples:\n{lines}\n\n{}", exit::TABLE)
}

fn publish_help() -> String {
    examples(
        "  davy publish davy.events.sales.crm:4711.issue.reported --data '{\"text\": \"Pump resets\"}'
  davy publish --department sales --customer crm:4711 --type issue.reported --data @report.json
  davy publish --department support --system servicenow --customer-id \"Caller 2403\" \\
      --type issue.acknowledged --id z-4 --source /zendesk --time 2026-03-02T10:00:00Z \\
      --data '{\"issue\": {\"system\": \"zendesk\", \"id\": \"55\"}, \"channel\": \"mail\"}'
  davy publish --file events.ndjson          a line each: {\"subject\": ..., \"data\": {...}} or a CloudEvent
  davy publish --check --file events.ndjson  what would become of them; nothing is published

The position that is printed can be passed to any query as --min-position.
While NATS is away events are kept in the spool (exit code 75) and delivered, in order and each once, by the next
`davy publish` or by `davy spool send`.",
    )
}

fn import_help() -> String {
    examples(
        "  davy import --mapping servicenow-incident-log.toml incident_event_log.csv
  davy import --mapping desk.toml --check tickets.csv.gz     what would come of it
  davy import --mapping desk.toml --no-backfill today.csv    news, not history

An import can be repeated and resumed: an event that is stored already is not stored again.",
    )
}

fn issues_help() -> String {
    examples(
        "  davy issues list
  davy issues list --unacknowledged --department support --severity-at-least 2
  davy issues list --lifecycle open,waiting-customer --older-than 4h --order severity
  davy issues list --customer crm:4711 -o ndjson | jq -r .title
  davy issues list --as-of \"2026-03-02 10:04\" --known-at 0-6
  davy issues get zendesk:55
  davy issues watch",
    )
}

fn owner_help() -> String {
    examples(
        "  davy owner zendesk:55\n  davy owner zendesk:55 --as-of 2026-03-02T10:04:00Z --known-at 0-6\n  davy owner servicenow:INC0000045 -o json | jq -r .owner.department",
    )
}

fn timeline_help() -> String {
    examples(
        "  davy timeline crm:4711\n  davy timeline servicenow:Caller%202403 --issue servicenow:INC0000045 --order oldest\n  davy timeline crm:4711 --follow\n  davy timeline crm:4711 -o ndjson | jq -r .type",
    )
}

fn customers_help() -> String {
    examples(
        "  davy customers list --unacknowledged\n  davy customers list --open -o ndjson | jq -r .token\n  davy customers get crm:4711",
    )
}

fn quarantine_help() -> String {
    examples(
        "  davy quarantine list\n  davy quarantine list --reason conflicting_duplicate -o json\n  davy quarantine list --settled\n  davy quarantine redrive 0-12 --check\n  davy quarantine skip 0-12 --reason test",
    )
}
