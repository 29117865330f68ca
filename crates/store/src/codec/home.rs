//! How far Davy's own events got in a home.

use domain::Position;
use engine::{HomeRecord, StoreError};
use serde::{Deserialize, Serialize};

use super::{Malformed, append, begin, parts::Time, read};

const HOME: &str = "home";

#[derive(Serialize, Deserialize)]
struct HomeParts {
    last_command: u64,
    last_escalator: u64,
    last_own_time: Option<Time>,
}

impl TryFrom<HomeParts> for HomeRecord {
    type Error = Malformed;

    fn try_from(parts: HomeParts) -> Result<Self, Malformed> {
        let HomeParts { last_command, last_escalator, last_own_time } = parts;
        Ok(Self {
            last_command: Position::new(last_command),
            last_escalator: Position::new(last_escalator),
            last_own_time: last_own_time.map(TryInto::try_into).transpose()?,
        })
    }
}

pub(crate) fn encode(home: &HomeRecord, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let HomeRecord { last_command, last_escalator, last_own_time } = *home;
    begin(out);
    append(
        out,
        &HomeParts {
            last_command: last_command.sequence(),
            last_escalator: last_escalator.sequence(),
            last_own_time: last_own_time.map(Into::into),
        },
    )
}

pub(crate) fn decode(bytes: &[u8]) -> Result<HomeRecord, StoreError> {
    read::<HomeParts, _>(HOME, bytes)
}
