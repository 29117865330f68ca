//! The pager's role within `davy up`, and what receives its pings where nobody configured a channel.
//!
//! In a demonstration that is the built-in receiver; otherwise lines of Davy's log, for contacts of the kind `log` and where
//! nobody else can be pinged. Channels that are configured are used as they are.

use std::{fs, sync::Arc};

use anyhow::Context as _;
use app::{
    PagerApp,
    config::{Config, Flag},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    UpArgs,
    addresses::Addresses,
    receiver::Receiver,
    screen::Screen,
    settings::{Place, Settings},
};

/// Of the channel that goes to the built-in receiver.
const RECEIVER: &str = "receiver";
/// Of the channel that the built-in policy asks last.
const FALLBACK: &str = "fallback";
const CHANNELS: &str = "pager.channels.";

/// What pings, and what receives.
pub(super) struct Pinging {
    /// Absent where it could not ask the API.
    pager: Option<PagerApp>,
    receiver: Option<Receiver>,
}

impl Pinging {
    /// Opens both; nothing is asked or sent before it runs.
    pub(super) async fn open(
        args: &UpArgs,
        chosen: &Settings,
        place: &Place,
        addresses: &Addresses,
        config: &Config,
        screen: &Screen,
    ) -> anyhow::Result<Self> {
        let receiver = if addresses.runs_demo(args) {
            Some(Receiver::listen().await.context("listen for pings")?)
        } else {
            None
        };
        if config.auth.is_on() && config.pager.api.token.is_none() {
            screen.line(
                "nobody is pinged from here: callers are asked who they are, and pager.token is not given",
            );
            return Ok(Self { pager: None, receiver });
        }
        let flags = flags(chosen, place, addresses, receiver.as_ref())?;
        let pager = app::build_pager(&chosen.with(args, &flags)?).context("start the pager")?;
        Ok(Self { pager: Some(pager), receiver })
    }

    /// Where the built-in receiver is.
    pub(super) fn url(&self) -> Option<String> {
        self.receiver.as_ref().map(Receiver::url)
    }

    /// Runs until `stop`.
    pub(super) async fn run(self, stop: CancellationToken, screen: &Arc<Screen>) {
        let Self { pager, receiver } = self;
        let receiving = async {
            if let Some(receiver) = receiver {
                stop.run_until_cancelled(receiver.serve(screen)).await;
            }
        };
        let paging = async {
            if let Some(pager) = pager {
                pager.run(stop.clone()).await;
            }
        };
        tokio::join!(receiving, paging);
    }
}

/// What nobody decided: where the API is, and where pings go.
fn flags(
    chosen: &Settings,
    place: &Place,
    addresses: &Addresses,
    receiver: Option<&Receiver>,
) -> anyhow::Result<Vec<Flag>> {
    let mut flags = Vec::new();
    let mut set = |key: &str, value: &str| {
        flags.push(Flag { name: "davy up".to_owned(), key: key.to_owned(), value: value.to_owned() });
    };
    if !chosen.is_given("pager.api") {
        set("pager.api", &addresses.grpc());
    }
    let is_given = chosen.is_any_given(CHANNELS);
    match receiver {
        Some(receiver) => {
            let secret = secret(place)?;
            let names: &[&str] = if is_given { &[RECEIVER] } else { &[RECEIVER, FALLBACK] };
            for name in names {
                set(&format!("{CHANNELS}{name}.kind"), "webhook");
                set(&format!("{CHANNELS}{name}.url"), &receiver.url());
                set(&format!("{CHANNELS}{name}.secret.file"), &secret);
                set(&format!("{CHANNELS}{name}.allow_private"), "true");
            }
        }
        None if is_given => {}
        None => {
            for name in ["log", FALLBACK] {
                set(&format!("{CHANNELS}{name}.kind"), "log");
            }
        }
    }
    Ok(flags)
}

/// The file with the key that webhooks to the receiver are signed with: 32 hexadecimal digits are 24 bytes in base64.
fn secret(place: &Place) -> anyhow::Result<String> {
    let path = place.dir.join("receiver.secret");
    let text = format!("whsec_{}\n", Uuid::new_v4().simple());
    fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
    Ok(path.display().to_string())
}
