//! The arguments of `davy up`.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  davy up                                     a demonstration in a temporary directory
  davy up --no-demo --data-dir /var/lib/davy  for a company on one machine
  davy up --nats-url nats://10.0.0.1:4222     against a NATS that runs already

Options of deploy/example.toml can be set by --config and by variables such as DAVY_LOG__FILTER.";

/// Run Davy with everything it needs in one process, until Ctrl-C
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct UpArgs {
    /// Keep everything in this directory: the log and what is folded from it; by default a temporary one, deleted at the end
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Use a NATS that runs already; there is no child and no demonstration then
    #[arg(long, value_name = "URL", conflicts_with = "nats_port")]
    pub(crate) nats_url: Option<String>,
    /// Start without simulated departments
    #[arg(long)]
    pub(crate) no_demo: bool,
    /// Where to listen for gRPC [default: 127.0.0.1:50051, or a free port]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) grpc_addr: Option<SocketAddr>,
    /// Where to listen for HTTP: health and metrics [default: 127.0.0.1:8080, or a free port]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http_addr: Option<SocketAddr>,
    /// Listen beyond this machine although there is no TLS or no authentication
    #[arg(long)]
    pub(crate) insecure: bool,
    /// Port of the nats-server child; 0 takes a free one [default: 4222, or a free port]
    #[arg(long, value_name = "PORT")]
    pub(crate) nats_port: Option<u16>,
    /// The nats-server to run; by default it is looked for, and downloaded once if there is none
    #[arg(long, value_name = "PATH", env = "NATS_SERVER_BIN")]
    pub(crate) nats_server: Option<PathBuf>,
    /// A configuration file; deploy/example.toml shows every option
    #[arg(long, value_name = "FILE", env = "DAVY_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Write the addresses to this file, as JSON, once everything is ready
    #[arg(long, value_name = "PATH")]
    pub(crate) addresses_file: Option<PathBuf>,
}
