//! The aggregator in a process of its own, which can be killed and whose memory can be told: this program again, with
//! `--serve`.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use app::config::{Config, Flag, Sources};
use proto::v1::{
    self, issue_service_client::IssueServiceClient, operations_service_client::OperationsServiceClient,
};
use tonic::transport::{Channel, Endpoint};

/// A running aggregator; killed when dropped.
#[derive(Debug)]
pub(crate) struct Aggregator {
    child: Child,
    address: String,
    /// When it was started.
    pub(crate) started: Instant,
}

impl Aggregator {
    /// Starts one on a log and a directory, and waits until it listens.
    pub(crate) fn start(nats: &str, dir: &Path) -> anyhow::Result<Self> {
        let started = Instant::now();
        let mut child = Command::new(env::current_exe()?)
            .args(["--serve", nats])
            .arg(dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("its stdout")?;
        BufReader::new(stdout).read_line(&mut line)?;
        anyhow::ensure!(!line.is_empty(), "the aggregator did not start");
        Ok(Self { child, address: format!("http://{}", line.trim()), started })
    }

    pub(crate) fn channel(&self) -> anyhow::Result<Channel> {
        Ok(Endpoint::from_shared(self.address.clone())?.tcp_nodelay(true).connect_lazy())
    }

    pub(crate) fn issues(&self) -> anyhow::Result<IssueServiceClient<Channel>> {
        Ok(IssueServiceClient::new(self.channel()?))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has folded `events`, and says how it stands then.
    pub(crate) async fn folded(&self, events: usize) -> anyhow::Result<v1::GetStatusResponse> {
        let mut client = OperationsServiceClient::new(self.channel()?);
        let wanted = format!("0-{events}");
        loop {
            let status = client.get_status(v1::GetStatusRequest::default()).await?.into_inner();
            if status.position == wanted && status.phase() == v1::Phase::Live {
                return Ok(status);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Bytes of memory at most so far, and now.
    pub(crate) fn memory(&self) -> anyhow::Result<[u64; 2]> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).context("a line of memory")?;
            let kilobytes = line.trim_start_matches(':').trim().trim_end_matches(" kB");
            Ok::<u64, anyhow::Error>(kilobytes.parse::<u64>()? << 10)
        };
        Ok([bytes("VmHWM")?, bytes("VmRSS")?])
    }

    /// Ends it as a power cut would, but for the page cache.
    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Aggregator {
    fn drop(&mut self) {
        // It may be gone already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What `--serve` does: runs until killed.
pub(crate) async fn serve(nats: &str, dir: &str) -> anyhow::Result<()> {
    let settings = [
        ("nats.url", nats),
        ("store.directory", dir),
        ("api.listen", "127.0.0.1:0"),
        ("web.listen", "127.0.0.1:0"),
    ];
    let flags = settings.map(|(key, value)| Flag {
        name: "bench".to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
    });
    let config = Config::load(&Sources { file: None, env: &BTreeMap::new(), flags: &flags })?;
    let app = app::build(&config).await?;
    println!("{}", app.addresses().grpc);
    app.run(tokio_util::sync::CancellationToken::new()).await?;
    Ok(())
}
