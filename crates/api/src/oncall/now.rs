//! How a run stands after an answer, in words.

use std::sync::Arc;

use domain::{Department, Directory, Issue, Person, Position, Run, RunPhase, instant, limits};
use engine::query::Answer;

/// Quiet until when; or why the answer changed nothing. `before` is the run as it was when the answer came.
pub(super) fn told(
    department: &Department,
    before: Option<&Run>,
    after: Option<&Issue>,
    directory: &Answer<Arc<Directory>>,
) -> String {
    let run = after.and_then(|issue| issue.run(department).map(|run| (issue, run)));
    let earlier = before.and_then(|before| earlier(before, directory)).unwrap_or_default();
    let Some((issue, run)) = run else {
        return format!("{earlier}noted; nothing is overdue for {department} yet");
    };
    let stands = match run.phase {
        RunPhase::Answered { until: None } => format!(
            "quiet for good, as the policy lets no answer lapse; after {} days it is told of once a day if {} still overdue",
            limits::ANSWER_DAYS,
            clocks(issue, run)
        ),
        RunPhase::Answered { until: Some(until) } => {
            format!(
                "quiet until {}; then step 1 again if {} still overdue",
                instant(until),
                clocks(issue, run)
            )
        }
        RunPhase::Snoozed { until } => {
            format!("quiet until {} anyway: somebody asked for silence", instant(until))
        }
        RunPhase::Ended { at } => {
            format!("nothing is overdue for {department} any more since {}", instant(at))
        }
        RunPhase::Stepping { next_at } => format!(
            "{} of {} people who have to answer did; the next step is due at {}",
            run.answers.len(),
            run.answers_needed(&directory.value),
            instant(next_at)
        ),
    };
    format!("{earlier}{stands}")
}

/// How an issue's runs stand, of whom nobody answered anything just now.
pub(super) fn stands(issue: &Issue) -> String {
    let runs = issue.escalation.runs.iter().filter_map(|run| {
        let department = &run.department;
        Some(match run.phase {
            RunPhase::Stepping { next_at } => format!(
                "{department} is still being pinged, next at {}; answer the newest ping, or take the issue",
                instant(next_at)
            ),
            RunPhase::Answered { until: None } => {
                format!("{department} is left in peace: somebody answered, and that does not lapse")
            }
            RunPhase::Answered { until: Some(until) } | RunPhase::Snoozed { until } => {
                format!("{department} is left in peace until {}", instant(until))
            }
            RunPhase::Ended { .. } => return None,
        })
    });
    let runs: Vec<_> = runs.collect();
    if runs.is_empty() { "nothing is overdue".to_owned() } else { runs.join("; ") }
}

/// Whoever answered before, such as `Mia answered already, at 2026-03-02 10:05 UTC; `.
fn earlier(before: &Run, directory: &Answer<Arc<Directory>>) -> Option<String> {
    let answer = before.answers.last()?;
    let who = answer.by.as_ref().map_or_else(|| "somebody".to_owned(), |by| name(by, directory));
    Some(format!("{who} answered already, at {}; ", instant(answer.at)))
}

fn name(person: &Person, directory: &Answer<Arc<Directory>>) -> String {
    let at: Position = directory.position;
    let known = directory.value.person(&person.account, at);
    known.and_then(|known| known.name.clone()).unwrap_or_else(|| person.account.to_string())
}

/// Such as `ack is` or `ack and resolve are`.
fn clocks(issue: &Issue, run: &Run) -> String {
    let words = wire::proto::run(issue, run).clocks;
    match words.as_slice() {
        [] => "something is".to_owned(),
        [one] => format!("{one} is"),
        several => format!("{} are", several.join(" and ")),
    }
}
