//! `davy nats user`: a key pair.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use nkeys::KeyPair;
use serde_json::json;

use super::{config, name::Name};
use crate::{
    cli::Format,
    exit::{Exit, Failure},
    output::say,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct UserArgs {
    /// Department, or davy
    #[arg(value_name = "NAME")]
    name: Name,
    /// Where the seed goes, a new file; <NAME>.nk by default
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) fn run(args: UserArgs, session: &mut Session) -> anyhow::Result<()> {
    let UserArgs { name, file } = args;
    let file = file.unwrap_or_else(|| PathBuf::from(format!("{name}.nk")));
    let pair = KeyPair::new_user();
    let seed = pair.seed().context("make a key pair")?;
    write(&file, &name, &seed)?;
    let public = pair.public_key();
    let shown = file.display();
    match session.out.format {
        Format::Table => {
            session.out.line(&public)?;
            if let Name::Department(department) = &name {
                session.out.line("\n# into `accounts` of nats-server.conf:")?;
                session.out.part(config::department(department, Some(&public)).trim_start_matches('\n'))?;
                session.out.line("\n# into `exports` of the account DAVY:")?;
                session.out.line(&config::export(department))?;
                session.out.line("\n# into `publish` of Davy's user, if they use Davy's API too:")?;
                session.out.line(&config::carried(department))?;
            }
        }
        Format::Json | Format::Ndjson => {
            let row = json!({ "name": name.to_string(), "publicKey": public, "seedFile": file });
            session.out.line(&row.to_string())?;
        }
    }
    session.out.flush()?;
    say(&match name {
        Name::Davy => format!(
            "wrote the seed to {shown}; in davy.toml, [nats] gets nkey = {{ file = \"{shown}\" }} and inbox_prefix = \
             \"_INBOX_davy\"; `davy nats config davy={public} ...` prints the server's configuration"
        ),
        Name::Department(department) => format!(
            "wrote the seed to {shown}; the blocks go into nats-server.conf, then `nats-server --signal \
             reload` twice; {department} publishes with `davy publish --nats-nkey {shown} --nats-inbox-prefix _INBOX_{department}`"
        ),
    });
    Ok(())
}

/// Readable by its owner alone from the start, and never over another one: a department would be locked out.
fn write(path: &Path, name: &Name, seed: &str) -> anyhow::Result<()> {
    let written = new_file(path).and_then(|mut file| {
        writeln!(file, "# The secret key of {name} for NATS.\n{seed}")?;
        file.sync_all()
    });
    let exit = match written.as_ref().map_err(io::Error::kind) {
        Err(io::ErrorKind::AlreadyExists) => Exit::Refused,
        Ok(()) | Err(_) => Exit::Other,
    };
    written
        .with_context(|| Failure::new(exit, format!("write the seed to {}, as a new file", path.display())))
}

fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_seed_is_for_its_owner_alone_and_never_overwritten() {
        use std::{fs, os::unix::fs::PermissionsExt as _};

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("support.nk");
        let name: Name = "support".parse().unwrap();
        write(&path, &name, "SUX").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let refused = write(&path, &name, "SUY").unwrap_err();
        assert_eq!(crate::exit::of(&refused), Exit::Refused);
        assert!(fs::read_to_string(&path).unwrap().contains("SUX"));
    }
}
