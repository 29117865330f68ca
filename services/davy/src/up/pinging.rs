//! The pager's role within `davy up`, and what receives its pings where nobody configured a channel.
//!
//! It asks the API in this process, whatever TLS and authentication the listener has; another API only where `pager.api` is given.
//!
//! In a demonstration that is the built-in receiver; otherwise lines of Davy's log, for contacts of the kind `log` and where
//! nobody else can be pinged. Channels that are configured are used as they are.

use std::{fs, sync::Arc};

use anyhow::Context as _;
use app::{App, PagerApp, config::Flag};
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
    pager: PagerApp,
    receiver: Option<Receiver>,
}

impl Pinging {
    /// Opens both; nothing is asked or sent before it runs.
    pub(super) async fn open(
        args: &UpArgs,
        chosen: &Settings,
        place: &Place,
        addresses: &Addresses,
        app: &App,
    ) -> anyhow::Result<Self> {
        let receiver = if addresses.runs_demo(args) {
            Some(Receiver::listen().await.context("listen for pings")?)
        } else {
            None
        };
        let config = chosen.with(args, &flags(chosen, place, receiver.as_ref())?)?;
        let pager = if chosen.is_given("pager.api") { app::build_pager(&config) } else { app.pager(&config) };
        Ok(Self { pager: pager.context("start the pager")?, receiver })
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
        tokio::join!(receiving, pager.run(stop.clone()));
    }
}

/// What nobody decided: where pings go.
fn flags(chosen: &Settings, place: &Place, receiver: Option<&Receiver>) -> anyhow::Result<Vec<Flag>> {
    let mut flags = Vec::new();
    let mut set = |key: &str, value: &str| {
        flags.push(Flag { name: "davy up".to_owned(), key: key.to_owned(), value: value.to_owned() });
    };
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
