//! Hand-offs: offered, accepted, declined, withdrawn.

use domain::{Command, DeclineCode, HandOffTerms, NextAction};
use proto::v1::{self, decline_hand_off_request::ReasonCode};

use super::{Asked, Fields, Read, about};

impl Read for v1::OfferHandOffRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let issue = fields.issue("issue", self.issue.as_ref());
        about(issue, terms(self, fields).map(Command::OfferHandOff))
    }
}

fn terms(sent: &v1::OfferHandOffRequest, fields: &mut Fields) -> Option<HandOffTerms> {
    let v1::OfferHandOffRequest {
        issue: _,
        to_department,
        to_team,
        to_person,
        summary,
        done_so_far,
        next_actions,
        promises,
        risks,
        fields: asked_for,
        options: _,
    } = sent;
    let department = fields.needed_department("to_department", to_department);
    let team = fields.word("to_team", to_team);
    let person = fields.person("to_person", to_person.as_ref());
    fields.list("next_actions", next_actions);
    let next_actions =
        next_actions.iter().enumerate().map(|(index, sent)| next_action(index, sent, fields)).collect();
    // By name, so that equal requests are equal commands.
    let mut asked_for: Vec<_> = asked_for.iter().collect();
    asked_for.sort();
    fields.list("fields", &asked_for);
    let asked_for = asked_for.into_iter().map(|(name, text)| field(name, text, fields)).collect();
    Some(HandOffTerms {
        team,
        person,
        summary: fields.text("summary", summary),
        done_so_far: fields.text("done_so_far", done_so_far),
        next_actions,
        promises: fields.texts("promises", promises),
        risks: fields.text("risks", risks),
        fields: asked_for,
        department: department?,
    })
}

fn next_action(index: usize, sent: &v1::NextAction, fields: &mut Fields) -> NextAction {
    let v1::NextAction { what, due } = sent;
    NextAction {
        what: fields.text(&format!("next_actions[{index}].what"), what),
        due: fields.instant(&format!("next_actions[{index}].due"), due.as_ref()),
    }
}

fn field(name: &str, text: &str, fields: &mut Fields) -> (String, String) {
    let name = fields.word("fields", name).unwrap_or_else(|| {
        fields.refuse("fields", "a name is missing");
        String::new()
    });
    let text = fields.text(&format!("fields[{name}]"), text);
    (name, text)
}

impl Read for v1::AcceptHandOffRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, read_back, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let read_back = fields.text("read_back", read_back);
        about(issue, Some(Command::AcceptHandOff { read_back }))
    }
}

impl Read for v1::DeclineHandOffRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, reason_code, missing, suggested_department, reason, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let code = fields.enumeration("reason_code", *reason_code).and_then(|code| code_of(code, fields));
        let missing = fields.texts("missing", missing);
        let instead = fields.department("suggested_department", suggested_department);
        let reason = fields.text("reason", reason);
        about(issue, code.map(|code| Command::DeclineHandOff { code, missing, instead, reason }))
    }
}

fn code_of(sent: ReasonCode, fields: &mut Fields) -> Option<DeclineCode> {
    match sent {
        ReasonCode::Unspecified => {
            fields.refuse("reason_code", "is missing: why it is declined");
            None
        }
        ReasonCode::WrongDepartment => Some(DeclineCode::WrongDepartment),
        ReasonCode::MissingInfo => Some(DeclineCode::MissingInfo),
        ReasonCode::NoCapacity => Some(DeclineCode::NoCapacity),
        ReasonCode::NotIssue => Some(DeclineCode::NotIssue),
    }
}

impl Read for v1::WithdrawHandOffRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, reason, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let reason = fields.text("reason", reason);
        about(issue, Some(Command::WithdrawHandOff { reason }))
    }
}
