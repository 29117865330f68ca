//! What the sender writes for those who take over.

use super::super::super::{HandOffTerms, NextAction, Said, Words};

/// The names of what says something.
pub(super) fn given(terms: &HandOffTerms) -> Vec<String> {
    let says = |text: &str| !text.trim().is_empty();
    let general = [
        ("summary", says(&terms.summary)),
        ("done_so_far", says(&terms.done_so_far)),
        ("next_actions", terms.next_actions.iter().any(|action| says(&action.what))),
        ("promises", terms.promises.iter().any(|promise| says(promise))),
        ("risks", says(&terms.risks)),
    ];
    let general = general.into_iter().filter(|(_, said)| *said).map(|(name, _)| name.to_owned());
    let mut fields: Vec<_> = terms.fields.iter().filter(|(_, text)| says(text)).collect();
    fields.sort();
    general.chain(fields.into_iter().map(|(name, _)| name.clone())).collect()
}

pub(super) fn words(terms: &HandOffTerms) -> Words {
    let mut words = Words::none().text("summary", &terms.summary).text("done_so_far", &terms.done_so_far);
    if !terms.next_actions.is_empty() {
        words = words.with("next_actions", Said::List(terms.next_actions.iter().map(action).collect()));
    }
    words = words.list("promises", &terms.promises).text("risks", &terms.risks);
    if !terms.fields.is_empty() {
        let fields = terms.fields.iter().map(|(name, text)| (name.clone(), Said::Text(text.clone())));
        words = words.with("fields", Said::Members(fields.collect()));
    }
    words
}

fn action(action: &NextAction) -> Said {
    let mut members = vec![("what".to_owned(), Said::Text(action.what.clone()))];
    members.extend(action.due.map(|due| ("due".to_owned(), Said::Time(due))));
    Said::Members(members)
}
