//! Apply: judged and appended against the same state of the directory, and judged again where somebody was faster.

use std::{sync::Arc, time::Duration};

use domain::{Position, Principal, limits};
use engine::query::Answer;
use proto::v1;
use tonic::Status;

use super::plan::{Base, Plan, Sound, Wish, plan};
use crate::{check::Check, shared::Shared, status};

/// How often it is judged anew, because somebody else changed the directory meanwhile.
const TRIES: usize = 3;
/// Mistakes that a call ends with: they travel in headers, which are small.
const TOLD: usize = 20;
/// Bytes of a request id.
const REQUEST_ID_BYTES: usize = 128;

/// What a request asks for.
struct Asked {
    wish: Wish,
    request_id: String,
    expected: Option<Position>,
    validate_only: bool,
}

impl Shared {
    pub(super) async fn apply_documents(
        self: &Arc<Self>,
        request: v1::ApplyRequest,
        principal: &Principal,
        patience: Duration,
    ) -> Result<v1::ApplyResponse, Status> {
        let asked = Asked::read(request)?;
        let mut last = self.publishing.0.lock().await;
        for _ in 0..TRIES {
            let end = self.end_of_directory(patience).await?;
            let Answer { value: directory, position } = self.ask(true, |reader| reader.directory()).await?;
            let base = Base { directory: &directory, at: position };
            let sound = match plan(&asked.wish, &base, principal, &asked.request_id) {
                Plan::Sound(sound) => sound,
                Plan::Mistaken(mistakes) if asked.validate_only => {
                    return Ok(v1::ApplyResponse {
                        mistakes,
                        directory_position: directory.last_change().to_string(),
                        read_state: self.read_state(position),
                        ..Default::default()
                    });
                }
                Plan::Mistaken(mistakes) => return Err(refused(&mistakes)),
            };
            let now = directory.last_change();
            if let Some(expected) = asked.expected.filter(|expected| *expected != now)
                && !sound.events.is_empty()
            {
                return Err(status::stale_directory(expected, now));
            }
            if asked.validate_only || sound.events.is_empty() {
                return Ok(self.answer(sound, &[], now, position));
            }
            let messages = sound.events.iter().map(|(_, event)| event.clone()).collect();
            if let Some(positions) = self.append_documents(&mut last, messages, end).await? {
                let end = positions.last().copied();
                self.reach(end, patience).await?;
                let position = self.reader.projection().position();
                return Ok(self.answer(sound, &positions, end.unwrap_or(now), position));
            }
        }
        Err(status::log(&engine::LogError::Conflict))
    }

    /// `positions` are those of the events, in their order.
    fn answer(
        &self,
        sound: Sound,
        positions: &[Position],
        directory_position: Position,
        read: Position,
    ) -> v1::ApplyResponse {
        let Sound { mut outcomes, events, not_named, not_named_total } = sound;
        for ((index, _), position) in events.iter().zip(positions) {
            if let Some(outcome) = outcomes.get_mut(*index) {
                outcome.position = position.to_string();
            }
        }
        v1::ApplyResponse {
            documents: outcomes,
            not_named,
            not_named_total: i32::try_from(not_named_total).unwrap_or(i32::MAX),
            position: positions.last().map(ToString::to_string).unwrap_or_default(),
            directory_position: directory_position.to_string(),
            read_state: self.read_state(read),
            mistakes: Vec::new(),
        }
    }
}

impl Asked {
    fn read(request: v1::ApplyRequest) -> Result<Self, Status> {
        let v1::ApplyRequest { documents, options } = request;
        let v1::CommandOptions { request_id, expected_version, validate_only } = options.unwrap_or_default();
        let mut check = Check::default();
        if documents.is_empty() || documents.len() > limits::APPLY_DOCUMENTS {
            let most = limits::APPLY_DOCUMENTS;
            check.refuse("documents", format!("give 1 to {most} documents; these are {}", documents.len()));
        }
        if request_id.is_empty() && !validate_only {
            check.refuse("options.request_id", "is missing; choose one anew for each intent");
        } else if request_id.len() > REQUEST_ID_BYTES {
            check.refuse("options.request_id", format!("is longer than {REQUEST_ID_BYTES} bytes"));
        }
        let expected = check.position("options.expected_version", &expected_version);
        check.done(Some(()))?;
        Ok(Self { wish: Wish::read(documents), request_id, expected, validate_only })
    }
}

/// The first mistakes as a fault of the request.
fn refused(mistakes: &[v1::DocumentMistake]) -> Status {
    let mut check = Check::default();
    for v1::DocumentMistake { document, member, description } in mistakes.iter().take(TOLD) {
        let dot = if member.is_empty() { "" } else { "." };
        check.refuse(&format!("documents[{document}]{dot}{member}"), description.as_str());
    }
    let rest = mistakes.len().saturating_sub(TOLD);
    if rest > 0 {
        check.refuse("documents", format!("{rest} more mistakes; validate_only tells all of them"));
    }
    check.done::<()>(None).err().unwrap_or_else(|| status::invalid(Vec::new()))
}
