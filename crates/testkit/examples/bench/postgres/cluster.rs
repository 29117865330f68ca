//! A PostgreSQL of its own in a temporary directory, which takes what is synced as seriously as its defaults do.

use std::{
    env, fs,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio_postgres::{Client, Config, NoTls};

/// For 24 GB the usual quarter would be more; the work fits into this, and Davy is to stay below it too.
const SETTINGS: [&str; 6] = [
    "listen_addresses=",
    "fsync=on",
    "synchronous_commit=on",
    "shared_buffers=512MB",
    "max_wal_size=4GB",
    "checkpoint_timeout=15min",
];
const NAME: &str = "bench";
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the programs are.
#[derive(Debug)]
pub(crate) struct Binaries(PathBuf);

/// Looks on the `PATH`, then where Debian puts them; the newest there.
pub(crate) fn find() -> Option<Binaries> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    versions.sort();
    let both = |dir: &PathBuf| ["initdb", "postgres"].iter().all(|name| dir.join(name).is_file());
    env::split_paths(&path).chain(versions.into_iter().rev()).find(both).map(Binaries)
}

impl Binaries {
    /// Such as `postgres (PostgreSQL) 15.18`.
    pub(crate) fn version(&self) -> anyhow::Result<String> {
        let said = Command::new(self.0.join("postgres")).arg("--version").output()?.stdout;
        Ok(String::from_utf8_lossy(&said).trim().to_owned())
    }
}

/// A running server; stopped when dropped.
#[derive(Debug)]
pub(crate) struct Cluster {
    server: Child,
    dir: tempfile::TempDir,
}

impl Cluster {
    pub(crate) fn start(binaries: &Binaries) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let user = user(dir.path())?;
        let log = fs::File::create(dir.path().join("log"))?;
        let run = |name: &str| {
            let mut command = Command::new(binaries.0.join(name));
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
            command.current_dir(dir.path()).stdin(Stdio::null());
            command
        };
        let data = dir.path().join("data");
        let made = run("initdb")
            .args(["--username", NAME, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "-D"])
            .arg(&data)
            .output()?;
        anyhow::ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let mut server = run("postgres");
        server.arg("-D").arg(&data).arg("-k").arg(dir.path());
        server.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        let server = server.stdout(Stdio::null()).stderr(log).spawn()?;
        Ok(Self { server, dir })
    }

    /// A connection over its socket, once it listens.
    pub(crate) async fn connect(&self) -> anyhow::Result<Client> {
        let mut config = Config::new();
        config.host_path(self.dir.path()).user(NAME).dbname("postgres");
        let started = Instant::now();
        let (client, connection) = loop {
            match config.connect(NoTls).await {
                Ok(connected) => break connected,
                Err(error) if started.elapsed() > PATIENCE => {
                    let log = fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
                    return Err(error).context(format!("connect to PostgreSQL, which says: {log}"));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        };
        tokio::spawn(connection);
        Ok(client)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // "Immediate": nothing of it is needed again. A kill would leave its children behind for a while.
        davy_testkit::send_signal(self.server.id(), "QUIT").ok();
        self.server.wait().ok();
    }
}

/// Somebody else, where root runs the bench: PostgreSQL refuses to be run by root. The directory becomes theirs.
fn user(dir: &Path) -> anyhow::Result<Option<(u32, u32)>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let named = |name: &str| {
        let fields: Vec<_> = users.lines().map(|line| line.split(':').collect::<Vec<_>>()).collect();
        let line = fields.into_iter().find(|line| line.first() == Some(&name))?;
        Some((line.get(2)?.parse().ok()?, line.get(3)?.parse().ok()?))
    };
    let (uid, gid) = named("postgres").or_else(|| named("nobody")).context("a user who is not root")?;
    chown(dir, Some(uid), Some(gid))?;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o755))?;
    Ok(Some((uid, gid)))
}
