//! The difference between files and the directory: what is new, what changes, and what the files do not name.

use std::io;

use proto::v1::{
    AppliedDocument, ApplyResponse, DocumentKind, DocumentName, MemberChange, applied_document::Change,
};

use crate::output::{Out, clean};

const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "31";
const FAINT: &str = "2";

/// Names of the documents that the files do not name, at most.
const NAMES: usize = 20;

/// Prints it.
pub(super) fn difference(answer: &ApplyResponse, out: &mut Out) -> io::Result<()> {
    let changing = || answer.documents.iter().filter(|document| document.change() != Change::Unchanged);
    let widest = changing().flat_map(|document| &document.members).map(|it| it.member.len()).max();
    for document in changing() {
        let (sign, color) = match document.change() {
            Change::Created => ("+", GREEN),
            Change::Changed | Change::Unchanged | Change::Unspecified => ("~", YELLOW),
        };
        line(out, color, &format!("{sign} {}", named(document)))?;
        for member in &document.members {
            let (color, text) = member_line(member, widest.unwrap_or_default());
            line(out, color, &text)?;
        }
    }
    not_named(answer, out)
}

fn named(document: &AppliedDocument) -> String {
    document.name.as_ref().map(name).unwrap_or_default()
}

/// Such as `person mia`.
pub(super) fn name(name: &DocumentName) -> String {
    let kind = match name.kind() {
        DocumentKind::Department => "department",
        DocumentKind::System => "system",
        DocumentKind::Person => "person",
        DocumentKind::Calendar => "calendar",
        DocumentKind::Rotation => "rotation",
        DocumentKind::Schedule => "schedule",
        DocumentKind::Override => "override",
        DocumentKind::Policy => "policy",
        DocumentKind::Unspecified => "document",
    };
    format!("{kind} {}", name.id)
}

fn member_line(change: &MemberChange, width: usize) -> (&'static str, String) {
    let MemberChange { member, before, after } = change;
    let (color, sign, text) = match (before.is_empty(), after.is_empty()) {
        (true, _) => (GREEN, "+", after.clone()),
        (false, true) => (RED, "-", before.clone()),
        (false, false) => (YELLOW, "~", format!("{before} -> {after}")),
    };
    (color, format!("    {sign} {member:<width$}  {text}"))
}

/// What stays as it is because nobody names it.
fn not_named(answer: &ApplyResponse, out: &mut Out) -> io::Result<()> {
    if answer.not_named.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = answer.not_named.iter().take(NAMES).map(name).collect();
    let rest = usize::try_from(answer.not_named_total).unwrap_or_default().saturating_sub(names.len());
    let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    line(out, FAINT, &format!("not in the file, and left as it is: {}{rest}", names.join(", ")))
}

fn line(out: &mut Out, color: &str, text: &str) -> io::Result<()> {
    let text = clean(text);
    if out.color { out.line(&format!("\u{1b}[{color}m{text}\u{1b}[0m")) } else { out.line(&text) }
}
