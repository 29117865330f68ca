//! Somebody who asks all the time, whatever happens, and writes down every answer.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use testkit::client::{Api, ApiError, ApiOptions, Code, issue_name, v1};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::{
    publishing::Confirmed,
    truth::{Answer, Said, Shown},
};
use crate::{block_on, spawn};

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(10);
/// How long an answer may take before the next question.
const DEADLINE: Duration = Duration::from_millis(1_500);

/// What was answered.
#[derive(Debug, Default)]
pub(crate) struct Probed {
    pub(crate) answers: Vec<Answer>,
    /// How long each answer took.
    pub(crate) took: Vec<Duration>,
    /// Questions that were not answered, by code.
    pub(crate) refused: BTreeMap<String, usize>,
    /// What should never be answered.
    pub(crate) wrong: Vec<String>,
}

/// A prober at work.
#[derive(Debug)]
pub(crate) struct Probing {
    probed: Arc<Mutex<Probed>>,
    stop: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Probing {
    /// Asks the Davy at an address about issues that are in the log.
    pub(crate) fn start(grpc: &str, confirmed: Confirmed) -> Self {
        let (probed, stop) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let options = ApiOptions { deadline: DEADLINE, ..ApiOptions::new(format!("http://{grpc}")) };
        let api = block_on(async { Api::connect(options) }).unwrap();
        let prober = Prober { api, confirmed, probed: Arc::clone(&probed) };
        let task = spawn(prober.run(Arc::clone(&stop)));
        Self { probed, stop, task }
    }

    /// How many answers there were so far.
    pub(crate) fn answers(&self) -> usize {
        self.probed.lock().unwrap().answers.len()
    }

    pub(crate) async fn stop(self) -> Probed {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap();
        std::mem::take(&mut *self.probed.lock().unwrap())
    }
}

struct Prober {
    api: Api,
    confirmed: Confirmed,
    probed: Arc<Mutex<Probed>>,
}

impl Prober {
    async fn run(self, stop: Arc<AtomicBool>) {
        for number in 0_usize.. {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let asked = Instant::now();
            let answer = match number % 4 {
                0 => self.unacknowledged().await,
                1 => self.counts().await,
                _ => self.owner(number.wrapping_mul(7_919)).await,
            };
            self.note(answer, asked.elapsed());
            sleep(PAUSE).await;
        }
    }

    fn note(&self, answer: Result<Option<Answer>, ApiError>, took: Duration) {
        let mut probed = self.probed.lock().unwrap();
        match answer {
            Ok(Some(answer)) => {
                probed.answers.push(answer);
                probed.took.push(took);
            }
            Ok(None) => {}
            Err(error) => {
                *probed.refused.entry(format!("{:?}", error.code)).or_default() += 1;
                // What is in the log exists; what cannot be said yet is unavailable.
                if !matches!(error.code, Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled) {
                    probed.wrong.push(format!("{:?} {}: {}", error.code, error.reason, error.message));
                }
            }
        }
    }

    async fn owner(&self, number: usize) -> Result<Option<Answer>, ApiError> {
        let Some((issue, position)) = self.confirmed.issue(number) else { return Ok(None) };
        let min_position = format!("0-{position}");
        let read = Some(v1::ReadOptions { min_position, ..v1::ReadOptions::default() });
        let name = Some(issue_name(&format!("t:{issue}")).unwrap());
        let answer = self.api.who_owns(v1::WhoOwnsRequest { issue: name, read }).await?;
        let v1::WhoOwnsResponse { owner, acknowledged, read_state, .. } = answer;
        let owner = owner.unwrap_or_default();
        let is_gone = owner.was.is_some();
        let (department, team, person) = match owner.was {
            Some(was) => (was.department, was.team, was.person),
            None => (owner.department, owner.team, owner.person),
        };
        let shown = Shown {
            is_gone,
            department,
            team,
            person: person.unwrap_or_default().id,
            acknowledged: acknowledged.is_some(),
        };
        Ok(Some(Answer { position: position_of(read_state), said: Said::Owner { issue, shown } }))
    }

    async fn unacknowledged(&self) -> Result<Option<Answer>, ApiError> {
        let request = v1::ListUnacknowledgedRequest { page_size: 500, ..Default::default() };
        let v1::ListUnacknowledgedResponse { entries, next_page_token, read_state, .. } =
            self.api.list_unacknowledged(request).await?;
        assert_eq!(next_page_token, "", "the traffic is about fewer issues than a page holds");
        let (mut issues, mut unreadable) = (Vec::new(), Vec::new());
        for entry in entries.into_iter().filter_map(|entry| entry.entry) {
            match entry {
                v1::unacknowledged_entry::Entry::Issue(issue) => issues.push(issue.references[0].id.clone()),
                v1::unacknowledged_entry::Entry::Quarantined(event) => {
                    unreadable.push(sequence(&event.position))
                }
            }
        }
        let listed = issues.len() + unreadable.len();
        let said = Said::Unacknowledged {
            issues: issues.into_iter().collect(),
            unreadable: unreadable.into_iter().collect(),
        };
        if let Said::Unacknowledged { issues, unreadable } = &said {
            assert_eq!(issues.len() + unreadable.len(), listed, "nothing is listed twice");
        }
        Ok(Some(Answer { position: position_of(read_state), said }))
    }

    async fn counts(&self) -> Result<Option<Answer>, ApiError> {
        let status = self.api.get_status(v1::GetStatusRequest::default()).await?;
        let count = |number: i64| u64::try_from(number).unwrap();
        let said =
            Said::Counts { issues: count(status.issues), quarantined: count(status.quarantined_total) };
        Ok(Some(Answer { position: sequence(&status.position), said }))
    }
}

fn position_of(state: Option<v1::ReadState>) -> u64 {
    sequence(&state.unwrap_or_default().position)
}

pub(crate) fn sequence(position: &str) -> u64 {
    position["0-".len()..].parse().unwrap()
}
