//! `davy policy show`: a policy as a person reads it.

use anyhow::Context as _;
use clap::Args;
use client::{ApiError, Code, json};
use proto::v1::{
    DocumentKind, DocumentName, GetDocumentRequest, GetDocumentResponse, PolicyDocument, PolicyPlan,
    PolicyStep, document::Document as Kind,
};

use super::simulate;
use crate::{
    cli::Format,
    exit::{Exit, Failure},
    output::{Out, clean, say},
    read::at_least,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Of this department; what holds for departments that name none unless given
    #[arg(value_name = "DEPARTMENT", conflicts_with = "id")]
    department: Option<String>,
    /// This policy, by its id
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Wait until the answer holds this position, such as 0-18446
    #[arg(long, value_name = "POSITION")]
    min_position: Option<String>,
}

/// The policy of departments that name none.
const DEFAULT: &str = "default";

pub(super) async fn run(args: ShowArgs, session: &mut Session) -> anyhow::Result<()> {
    let ShowArgs { department, id, min_position } = args;
    let asked = id.is_some();
    let id = match (id, &department) {
        (Some(id), _) => id,
        (None, None) => DEFAULT.to_owned(),
        (None, Some(department)) => named_by(department, min_position.clone(), session).await?,
    };
    match get(DocumentKind::Policy, &id, min_position, session).await {
        Ok(answer) => print(&answer, session),
        Err(error) if error.code == Code::NotFound && !asked => built_in(department, session).await,
        Err(error) => Err(error).with_context(|| format!("get the policy {id}")),
    }
}

/// The policy that a department names.
async fn named_by(
    department: &str,
    min_position: Option<String>,
    session: &Session,
) -> anyhow::Result<String> {
    let found = get(DocumentKind::Department, department, min_position, session).await;
    let found = found.with_context(|| format!("get the department {department}"))?;
    let Some(Kind::Department(document)) = found.document.and_then(|document| document.document) else {
        return Err(Failure::new(Exit::NotFound, format!("there is no department {department}")).into());
    };
    Ok(if document.policy.is_empty() { DEFAULT.to_owned() } else { document.policy })
}

async fn get(
    kind: DocumentKind,
    id: &str,
    min_position: Option<String>,
    session: &Session,
) -> Result<GetDocumentResponse, ApiError> {
    let name = Some(DocumentName { kind: kind.into(), id: id.to_owned() });
    session.api.get_document(GetDocumentRequest { name, read: at_least(min_position) }).await
}

fn print(answer: &GetDocumentResponse, session: &mut Session) -> anyhow::Result<()> {
    let out = &mut session.out;
    match (out.format, answer.document.as_ref().and_then(|document| document.document.as_ref())) {
        (Format::Table, Some(Kind::Policy(policy))) => show(policy, &answer.position, out)?,
        (Format::Table, _) => return Err(Failure::new(Exit::Other, "Davy answered with no policy").into()),
        (Format::Json | Format::Ndjson, _) => out.line(&json::to_string(answer)?)?,
    }
    Ok(out.state(answer.read_state.as_ref(), "")?)
}

/// Nobody set one: what is in force then is no document, and is told by what it would do.
async fn built_in(department: Option<String>, session: &mut Session) -> anyhow::Result<()> {
    let Some(department) = department else {
        let text = "no policy called `default` is set; the built-in one holds for departments that name none; \
                    `davy policy show DEPARTMENT` says what it does";
        return Err(Failure::new(Exit::NotFound, text).into());
    };
    session.out.flush()?;
    say(&format!("{department} goes by the built-in policy; if a clock ran out now, it would ping:"));
    simulate::every_severity(&department, session).await
}

fn show(policy: &PolicyDocument, position: &str, out: &mut Out) -> anyhow::Result<()> {
    let PolicyDocument { id, name, clocks, plans, fallback } = policy;
    let mut fields = vec![("policy", id.clone()), ("name", name.clone())];
    fields.extend(clocks.iter().map(|clock| ("clock", clock.clone())));
    fields.extend([("fallback", fallback.clone()), ("set at", position.to_owned())]);
    out.fields(&fields)?;
    for text in plans.iter().flat_map(plan) {
        out.line(&clean(&text))?;
    }
    Ok(())
}

/// A plan as lines: for which severities, the steps, and what comes after them.
fn plan(plan: &PolicyPlan) -> Vec<String> {
    let PolicyPlan { severities, steps, repeat, lease, working_time, holds } = plan;
    let which =
        if severities.is_empty() { "other severities".to_owned() } else { format!("severity {severities}") };
    let mut lines = vec![String::new(), format!("{which}:")];
    lines.extend(steps.iter().zip(1_u32..).map(|(step, number)| format!("  {number}. {}", one_step(step))));
    let again = match repeat.as_str() {
        "" => String::new(),
        "0" => "then the fallback".to_owned(),
        "forever" => "then from the first step again, until somebody answers".to_owned(),
        times => format!("then from the first step again, {times} times, then the fallback"),
    };
    let lease = lease_text(lease).unwrap_or_default();
    let hours = if *working_time { "waits and leases count in working time" } else { "" };
    let quiet = match holds {
        Some(true) => "pings wait for the end of quiet hours",
        Some(false) => "pings do not wait for the end of quiet hours",
        None => "",
    };
    let rest = [again.as_str(), &lease, hours, quiet];
    lines.extend(rest.iter().filter(|text| !text.is_empty()).map(|text| format!("  {text}")));
    lines
}

/// What an answer is worth, where that is said.
pub(super) fn lease_text(lease: &str) -> Option<String> {
    match lease {
        "" => None,
        "0" => Some(
            "an answer holds it until what is overdue is done; after 30 days it is told of once a day"
                .to_owned(),
        ),
        lease => Some(format!("an answer holds it for {lease}")),
    }
}

fn one_step(step: &PolicyStep) -> String {
    let PolicyStep { ping, wait, answers } = step;
    let answers = if *answers > 1 { format!(" for {answers} answers") } else { String::new() };
    format!("ping {}, wait {wait}{answers}", ping.join(" and "))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_plan_reads_as_what_happens() {
        let step = |ping: &[&str], wait: &str, answers| PolicyStep {
            ping: ping.iter().map(|&target| target.to_owned()).collect(),
            wait: wait.to_owned(),
            answers,
        };
        let it = PolicyPlan {
            severities: "1-2".to_owned(),
            steps: vec![step(&["on-call"], "5m", 1), step(&["head", "channel:war-room"], "15m", 2)],
            repeat: "3".to_owned(),
            lease: "30m".to_owned(),
            working_time: false,
            holds: Some(false),
        };
        expect![[r#"

            severity 1-2:
              1. ping on-call, wait 5m
              2. ping head and channel:war-room, wait 15m for 2 answers
              then from the first step again, 3 times, then the fallback
              an answer holds it for 30m
              pings do not wait for the end of quiet hours
        "#]]
        .assert_eq(&format!("{}\n", plan(&it).join("\n")));
        let for_good = plan(&PolicyPlan { lease: "0".to_owned(), ..it });
        assert!(
            for_good.iter().any(|line| line.contains("an answer holds it until what is overdue is done"))
        );
    }
}
