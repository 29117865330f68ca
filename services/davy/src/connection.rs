//! How the API is reached, and with which credential, as flags.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use client::{ApiIdentity, ApiOptions, ApiTls, Token};

use crate::{
    cli::Global,
    exit::{Exit, Failure},
};

/// Who calls, and whom they trust. The names begin with `api_` as subcommands have such files for NATS too.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConnectionArgs {
    /// The token that says who you are; better in a file or in the environment, as others see arguments
    #[arg(long = "token", global = true, env = "DAVY_TOKEN", hide_env_values = true, value_name = "TOKEN", value_parser = token)]
    api_token: Option<Token>,
    /// A file that holds the token
    #[arg(
        long = "token-file",
        global = true,
        env = "DAVY_TOKEN_FILE",
        value_name = "FILE",
        conflicts_with = "api_token"
    )]
    api_token_file: Option<PathBuf>,
    /// Certificates (PEM) that vouch for Davy's; without it the system's are taken
    #[arg(long = "ca", global = true, env = "DAVY_CA", value_name = "FILE")]
    api_ca: Option<PathBuf>,
    /// Your own certificate (PEM), where Davy knows you by one
    #[arg(
        long = "client-cert",
        global = true,
        env = "DAVY_CLIENT_CERT",
        value_name = "FILE",
        requires = "api_client_key"
    )]
    api_client_cert: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(
        long = "client-key",
        global = true,
        env = "DAVY_CLIENT_KEY",
        value_name = "FILE",
        requires = "api_client_cert"
    )]
    api_client_key: Option<PathBuf>,
}

fn token(text: &str) -> Result<Token, String> {
    Ok(Token::new(text))
}

/// The options of the API, with the files read.
pub(crate) fn options(global: &Global) -> anyhow::Result<ApiOptions> {
    let ConnectionArgs { api_token, api_token_file, api_ca, api_client_cert, api_client_key } =
        &global.connection;
    let token = match (api_token, api_token_file) {
        (Some(token), _) => Some(token.clone()),
        (None, Some(path)) => {
            let text = fs::read_to_string(path).with_context(|| unreadable(path))?;
            Some(Token::new(&text))
        }
        (None, None) => None,
    };
    let identity = match (api_client_cert, api_client_key) {
        (Some(certificate), Some(key)) => {
            Some(ApiIdentity { certificate: read(certificate)?, key: read(key)? })
        }
        _ => None,
    };
    let tls = ApiTls { ca: api_ca.as_deref().map(read).transpose()?, identity };
    Ok(ApiOptions { token, tls, ..ApiOptions::new(global.server.clone()) })
}

fn read(path: impl AsRef<Path>) -> anyhow::Result<Vec<u8>> {
    let path = path.as_ref();
    fs::read(path).with_context(|| unreadable(path))
}

fn unreadable(path: &Path) -> Failure {
    Failure::new(Exit::BadConfig, format!("read {}", path.display()))
}
