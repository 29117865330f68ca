//! `davy nats`: keys for departments and the configuration of a `nats-server` that keeps them apart. Everything is made on
//! this machine; no server is asked.

use clap::Subcommand;

use crate::{cli::examples, session::Session};

mod config;
mod name;
mod user;

#[derive(Debug, Subcommand)]
pub(crate) enum NatsCommand {
    /// Make the key pair of a department, or of Davy: the seed into a file, the public key on stdout
    #[command(after_help = user_help())]
    User(user::UserArgs),
    /// Print the configuration of a nats-server for departments
    #[command(after_help = config_help())]
    Config(config::ConfigArgs),
}

pub(crate) fn run(command: NatsCommand, session: &mut Session) -> anyhow::Result<()> {
    match command {
        NatsCommand::User(args) => user::run(args, session),
        NatsCommand::Config(args) => config::run(args, session),
    }
}

fn user_help() -> String {
    examples(
        "  davy nats user support                       writes support.nk
  davy nats user davy --file /etc/davy/davy.nk

The seed is the secret: whoever has it publishes as that department. The server learns only the public key.",
    )
}

fn config_help() -> String {
    examples(
        "  davy nats config > nats-server.conf
  davy nats config davy=\"$DAVY\" sales=\"$SALES\" support=\"$SUPPORT\" > /etc/nats/nats-server.conf

A name without a key gets a line to fill in; a server refuses to start before that is done. Without names: those of
the example in deploy/nats.",
    )
}
