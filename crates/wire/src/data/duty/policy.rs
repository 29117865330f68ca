//! A policy: how long a department may take, and whom it has pinged when it takes longer.

use std::str::FromStr as _;

use domain::{ClockKind, ClockLimit, LeaseLimit, Plan, PolicyDocument, PolicyStep, Repeat, TimeLimit};
use serde::{Deserialize, Serialize};

use super::{Flaws, text};
use crate::data::common::{SeverityForm, Word, word};

/// A policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PolicySet {
    /// For display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Word>,
    /// A clock, and its limit for severity 1, 2, 3 and 4, or one for all, such as `ack 15m 1h 4bh 8bh`; of what is not named
    /// the built-in policy's limits count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) clocks: Vec<Word>,
    /// Steps by severity.
    pub(crate) plans: Vec<PlanForm>,
    /// Whom to ping when nobody else can be, or nobody answered: a target as in a step.
    pub(crate) fallback: Word,
}

/// The steps for some severities.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PlanForm {
    /// Such as `1` or `1-2`; absent: those that no other plan names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) severities: Option<SeverityForm>,
    /// In order.
    pub(crate) steps: Vec<StepForm>,
    /// How often the steps begin again: a number or `forever`; absent: 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) repeat: Option<SeverityForm>,
    /// For how long an answer keeps the run quiet, `0`: until what is overdue is done; absent: 30m, 2h, 1bd and 1bd for
    /// severity 1, 2, 3 and 4. After 30 days it is told of once a day, by day, instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lease: Option<Word>,
    /// Waits and leases count in the working time of the department.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) working_time: bool,
    /// Pings wait for the end of somebody's quiet hours; absent: for severity 3 and 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) holds: Option<bool>,
}

/// A step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct StepForm {
    /// Whom: `on-call`, `on-call:<schedule>`, `head`, `head:<department>`, `hearing-head`, `owner`, `heard-by`,
    /// `account-owner`, `person:<id>`, `channel:<name>`.
    pub(crate) ping: Vec<Word>,
    /// How long to wait for an answer before the next step, such as `5m`; at least 30s.
    pub(crate) wait: Word,
    /// How many different people have to answer; absent: one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answers: Option<u32>,
}

const FOREVER: &str = "forever";
const REPEAT: u32 = 3;

/// What a plan does not say, for a severity from 1 (`domain.md` 4.11).
fn lease(severity: usize) -> LeaseLimit {
    LeaseLimit::Lasts(match severity {
        1 => TimeLimit::Wall(30 * 60),
        2 => TimeLimit::Wall(2 * 60 * 60),
        _ => TimeLimit::Days(1),
    })
}

impl PolicySet {
    pub(crate) fn read(&self, id: String, flaws: &mut Flaws) -> Option<PolicyDocument> {
        let mut limits = Vec::with_capacity(self.clocks.len());
        for (index, Word(sent)) in self.clocks.iter().enumerate() {
            limits.extend(flaws.keep(&format!("clocks[{index}]"), clock(sent)));
        }
        let fallback = flaws.keep("fallback", text::target(&self.fallback.0));
        let plans = self.plans(flaws);
        Some(PolicyDocument {
            id,
            name: word(self.name.as_ref()),
            limits,
            plans: plans?,
            fallback: fallback?,
        })
    }

    /// One for each severity.
    fn plans(&self, flaws: &mut Flaws) -> Option<[Plan; 4]> {
        let mut found: [Option<usize>; 4] = [None; 4];
        let mut others = None;
        for (index, plan) in self.plans.iter().enumerate() {
            let member = format!("plans[{index}].severities");
            let named = match plan.severities.as_ref().map(|it| it.0.as_str()) {
                None | Some("") if others.is_some() => {
                    flaws.add(
                        member,
                        "is missing, as in another plan before; name the severities in one of them",
                    );
                    continue;
                }
                None | Some("") => {
                    others = Some(index);
                    continue;
                }
                Some(sent) => flaws.keep(&member, text::severities(sent)).unwrap_or_default(),
            };
            for severity in named {
                match &mut found[usize::from(severity) - 1] {
                    Some(_) => flaws.add(member.as_str(), format!("severity {severity} has a plan already")),
                    place => *place = Some(index),
                }
            }
        }
        let read: Vec<_> =
            self.plans.iter().enumerate().map(|(index, plan)| plan.read(index, flaws)).collect();
        let told = flaws.0.len();
        let plan = |(number, index): (usize, &Option<usize>)| {
            let index = index.or(others);
            if index.is_none() && told == 0 {
                flaws.add(
                    "plans",
                    format!("severity {} has none; add a plan without `severities`", number + 1),
                );
            }
            let half = read.get(index?)?.as_ref()?;
            Some(half.of(number + 1))
        };
        let plans: Vec<Option<Plan>> = found.iter().enumerate().map(plan).collect();
        plans.into_iter().collect::<Option<Vec<_>>>()?.try_into().ok()
    }
}

/// A plan, but for what follows from the severity.
struct Half {
    steps: Vec<PolicyStep>,
    repeat: Repeat,
    lease: Option<LeaseLimit>,
    working_time: bool,
    holds: Option<bool>,
}

impl Half {
    fn of(&self, severity: usize) -> Plan {
        Plan {
            steps: self.steps.clone(),
            repeat: self.repeat,
            lease: self.lease.unwrap_or_else(|| lease(severity)),
            pages_days: None,
            working_time: self.working_time,
            holds: self.holds.unwrap_or(severity > 2),
            until_opening: false,
        }
    }
}

impl PlanForm {
    fn read(&self, index: usize, flaws: &mut Flaws) -> Option<Half> {
        let member = format!("plans[{index}]");
        let mut steps = Vec::with_capacity(self.steps.len());
        for (number, step) in self.steps.iter().enumerate() {
            steps.extend(step.read(&format!("{member}.steps[{number}]"), flaws));
        }
        let repeat = match self.repeat.as_ref().map(|repeat| repeat.0.trim()) {
            None | Some("") => Some(Repeat::Times(REPEAT)),
            Some(FOREVER) => Some(Repeat::Forever),
            Some(times) => {
                let times = times.parse().map(Repeat::Times);
                let times = times.map_err(|_| "is neither a number nor `forever`");
                flaws.keep(&format!("{member}.repeat"), times)
            }
        };
        let lease = self.lease.as_ref().filter(|lease| !lease.0.is_empty());
        let lease =
            lease.map(|Word(lease)| flaws.keep(&format!("{member}.lease"), LeaseLimit::from_str(lease)));
        let (working_time, holds) = (self.working_time, self.holds);
        // A step that is not understood makes the others' places wrong: the policy is not judged.
        let whole = steps.len() == self.steps.len();
        let half = Half { steps, repeat: repeat?, lease: lease.flatten(), working_time, holds };
        whole.then_some(half)
    }
}

impl StepForm {
    fn read(&self, member: &str, flaws: &mut Flaws) -> Option<PolicyStep> {
        let mut targets = Vec::with_capacity(self.ping.len());
        for (index, Word(target)) in self.ping.iter().enumerate() {
            targets.extend(flaws.keep(&format!("{member}.ping[{index}]"), text::target(target)));
        }
        let delay = flaws.keep(&format!("{member}.wait"), TimeLimit::from_str(&self.wait.0));
        let answers = self.answers.filter(|answers| *answers > 0).unwrap_or(1);
        // Targets that are wrong were told; the step is judged only if none was.
        let whole = targets.len() == self.ping.len();
        delay.filter(|_| whole).map(|delay| PolicyStep { targets, delay, answers })
    }
}

fn clock(text: &str) -> Result<ClockLimit, String> {
    let mut words = text.split_whitespace();
    let word = words.next().unwrap_or_default();
    let clock = ClockKind::parse(word).ok_or_else(|| {
        let known: Vec<_> = ClockKind::ALL.iter().map(|kind| kind.as_str()).collect();
        let word: String = word.chars().take(40).collect();
        format!("`{word}` is no clock; there are {}", known.join(", "))
    })?;
    let limits: Vec<TimeLimit> =
        words.map(|word| word.parse().map_err(|error| format!("{error}"))).collect::<Result<_, String>>()?;
    let limits = match *limits.as_slice() {
        [one] => [one; 4],
        [one, two, three, four] => [one, two, three, four],
        _ => {
            return Err(
                "needs one limit, or one for each severity from 1 to 4, such as `ack 15m 1h 4bh 8bh`"
                    .to_owned(),
            );
        }
    };
    Ok(ClockLimit { clock, limits })
}

fn clock_text(ClockLimit { clock, limits }: &ClockLimit) -> String {
    let [first, rest @ ..] = limits;
    let mut text = format!("{} {first}", clock.as_str());
    if rest.iter().any(|limit| limit != first) {
        rest.iter().for_each(|limit| text.push_str(&format!(" {limit}")));
    }
    text
}

impl From<&PolicyDocument> for PolicySet {
    fn from(PolicyDocument { id: _, name, limits, plans, fallback }: &PolicyDocument) -> Self {
        let mut forms: Vec<(Vec<u8>, &Plan)> = Vec::new();
        for (severity, plan) in (1..).zip(plans) {
            match forms.iter_mut().find(|(_, known)| *known == plan) {
                Some((severities, _)) => severities.push(severity),
                None => forms.push((vec![severity], plan)),
            }
        }
        Self {
            name: name.clone().map(Word),
            clocks: limits.iter().map(|limit| Word(clock_text(limit))).collect(),
            plans: forms.iter().map(|(severities, plan)| PlanForm::of(severities, plan)).collect(),
            fallback: Word(text::target_text(fallback)),
        }
    }
}

impl PlanForm {
    fn of(severities: &[u8], plan: &Plan) -> Self {
        // What only the built-in policy says is in no document.
        let Plan { steps, repeat, lease, pages_days: _, working_time, holds, until_opening: _ } = plan;
        Self {
            severities: (severities.len() < 4).then(|| SeverityForm(text::severities_text(severities))),
            steps: steps.iter().map(Into::into).collect(),
            repeat: Some(SeverityForm(match repeat {
                Repeat::Times(times) => times.to_string(),
                Repeat::Forever => FOREVER.to_owned(),
            })),
            lease: Some(Word(lease.to_string())),
            working_time: *working_time,
            holds: Some(*holds),
        }
    }
}

impl From<&PolicyStep> for StepForm {
    fn from(PolicyStep { targets, delay, answers }: &PolicyStep) -> Self {
        Self {
            ping: targets.iter().map(|target| Word(text::target_text(target))).collect(),
            wait: Word(delay.to_string()),
            answers: (*answers != 1).then_some(*answers),
        }
    }
}
