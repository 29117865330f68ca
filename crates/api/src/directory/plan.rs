//! What applying documents would do: what is wrong with them, else what each of them changes.

use domain::{Directory, Document, DocumentKey, Position, Principal, check_set, limits};
use proto::v1::{self, applied_document::Change};
use wire::{
    directory::{self, By},
    operator::Composed,
};

use super::{difference, document};

/// What is wrong with a member of a document.
pub(super) struct Said {
    pub(super) member: String,
    pub(super) description: String,
}

/// What is wrong with the documents of a request, as far as it was looked for.
#[derive(Default)]
pub(super) struct Wrong {
    document: usize,
    found: Vec<(usize, Said)>,
}

impl Wrong {
    pub(super) fn add(&mut self, said: Said) {
        self.found.push((self.document, said));
    }

    /// In the order of the documents.
    fn sorted(mut self) -> Vec<v1::DocumentMistake> {
        self.found.sort_by_key(|(document, _)| *document);
        let mistake = |(document, Said { member, description })| v1::DocumentMistake {
            document: i32::try_from(document).unwrap_or(i32::MAX),
            member,
            description,
        };
        self.found.into_iter().take(limits::MISTAKES).map(mistake).collect()
    }
}

/// Documents that could be read, each with its index in the request, and what is wrong with the others.
pub(super) struct Wish {
    documents: Vec<(usize, Document)>,
    wrong: Vec<(usize, Said)>,
}

impl Wish {
    pub(super) fn read(sent: Vec<v1::Document>) -> Self {
        let mut wrong = Wrong::default();
        let mut documents = Vec::with_capacity(sent.len());
        for (index, sent) in sent.into_iter().enumerate() {
            wrong.document = index;
            documents.extend(document::read(sent, &mut wrong).map(|document| (index, document)));
        }
        Self { documents, wrong: wrong.found }
    }
}

/// What is to be done, after the directory as it is at a position.
pub(super) enum Plan {
    /// Nothing: there are mistakes.
    Mistaken(Vec<v1::DocumentMistake>),
    /// What becomes of each document, and the events that it takes.
    Sound(Sound),
}

pub(super) struct Sound {
    /// One for each document of the request. Those that change something lack the position that they are about to get.
    pub(super) outcomes: Vec<v1::AppliedDocument>,
    /// With the index of their outcome.
    pub(super) events: Vec<(usize, Composed)>,
    pub(super) not_named: Vec<v1::DocumentName>,
    pub(super) not_named_total: usize,
}

/// The directory that a wish is judged by.
pub(super) struct Base<'a> {
    pub(super) directory: &'a Directory,
    pub(super) at: Position,
}

/// Judges a wish.
pub(super) fn plan(wish: &Wish, base: &Base<'_>, principal: &Principal, request_id: &str) -> Plan {
    let Wish { documents, wrong } = wish;
    let said = |said: &Said| Said { member: said.member.clone(), description: said.description.clone() };
    let found = wrong.iter().map(|(index, found)| (*index, said(found))).collect();
    let mut wrong = Wrong { document: 0, found };
    let set: Vec<_> = documents.iter().map(|(_, document)| document.clone()).collect();
    for mistake in check_set(&set, base.directory, base.at) {
        wrong.document = documents.get(mistake.document).map_or(0, |(index, _)| *index);
        wrong.add(Said { member: mistake.member, description: mistake.kind.to_string() });
    }
    let by = By { principal, request_id };
    let mut outcomes = Vec::with_capacity(documents.len());
    let mut events = Vec::new();
    for (index, document) in documents {
        let (outcome, event) = judge(document, base, by);
        if let Some(event) = event {
            if event.body.len() > limits::FOLDED_EVENT_BYTES {
                wrong.document = *index;
                let description = format!("is larger than {} bytes as an event", limits::FOLDED_EVENT_BYTES);
                wrong.add(Said { member: String::new(), description });
            }
            events.push((outcomes.len(), event));
        }
        outcomes.push(outcome);
    }
    if !wrong.found.is_empty() {
        return Plan::Mistaken(wrong.sorted());
    }
    let not_named = not_named(&set, base);
    Plan::Sound(Sound {
        outcomes,
        events,
        not_named_total: not_named.len(),
        not_named: not_named.iter().take(limits::MISTAKES).map(wire::proto::document_name).collect(),
    })
}

/// What becomes of one document, and the event that it takes.
fn judge(document: &Document, base: &Base<'_>, by: By<'_>) -> (v1::AppliedDocument, Option<Composed>) {
    let key = document.key();
    let name = Some(wire::proto::document_name(&key));
    let there = base.directory.version(&key, base.at);
    let outcome = |before: Option<&Document>, position: String| {
        let change = if before.is_some() { Change::Changed } else { Change::Created };
        let members = difference::members(before, document);
        v1::AppliedDocument { name: name.clone(), change: change.into(), members, position }
    };
    match there {
        Some(there) if there.document == *document => {
            let before = earlier(base.directory, &key, there.position);
            let event = directory::set(by, document, before.map(|before| before.position));
            let position = there.position.to_string();
            // It is this very request that set it, and its answer was lost.
            if !by.request_id.is_empty() && event.identity == there.identity {
                return (outcome(before.map(|before| &before.document), position), None);
            }
            let change = Change::Unchanged.into();
            (v1::AppliedDocument { name: name.clone(), change, members: Vec::new(), position }, None)
        }
        there => {
            let event = directory::set(by, document, there.map(|there| there.position));
            (outcome(there.map(|there| &there.document), String::new()), Some(event))
        }
    }
}

/// The version before the one at `position`.
fn earlier<'a>(
    directory: &'a Directory,
    key: &DocumentKey,
    position: Position,
) -> Option<&'a domain::Version> {
    directory.version(key, Position::new(position.sequence().saturating_sub(1)))
}

/// What the directory holds and the wish does not name, but for what is over.
fn not_named(set: &[Document], base: &Base<'_>) -> Vec<DocumentKey> {
    let named: std::collections::HashSet<_> = set.iter().map(Document::key).collect();
    let current = base.directory.documents(base.at).filter(|document| document.is_current());
    current.map(Document::key).filter(|key| !named.contains(key)).collect()
}
