//! Doors to what strangers hand back or write by hand, for tests that feed it noise: page tokens, the tokens of answer links, and
//! documents. Deliberately absent: any logic; what stands behind the doors is what serves.

use domain::{CustomerId, Directory, IssueId, PingId, Position, Principal};
use engine::query::{FindingsCursor, ListCursor, TimelineCursor, WorkCursor};
use proto::v1;

use crate::{
    answers::AnswerTokens,
    directory::foreseen,
    token::{Binding, Cursor, Tokens},
};

/// A method for each sort of end that a list has.
macro_rules! each_cursor {
    ($of:ident . $method:ident($argument:ident)) => {
        each_cursor!($of $method $argument: ListCursor, TimelineCursor, WorkCursor, FindingsCursor, String, Position, (i64, IssueId), (i64, CustomerId))
    };
    ($of:ident $method:ident $argument:ident: $($cursor:ty),*) => {
        [$($of.$method::<$cursor>($argument)),*]
    };
}

/// The ends of pages of every sort of list, under one key and for one request.
#[expect(missing_debug_implementations, reason = "it holds a key")]
pub struct PageTokens {
    tokens: Tokens,
    binding: Binding,
}

impl PageTokens {
    /// Of replicas that share a key.
    pub fn new(key: &[u8]) -> Self {
        Self { tokens: Tokens::new(key), binding: Binding::new("List", &v1::ListIssuesRequest::default()) }
    }

    /// How many sorts of list would go on at that token.
    pub fn opened(&self, token: &str) -> usize {
        each_cursor!(self.is_opened(token)).into_iter().filter(|opened| *opened).count()
    }

    fn is_opened<C: Cursor>(&self, token: &str) -> bool {
        self.tokens.open::<C>(self.binding, token).is_ok_and(|end| end.is_some())
    }

    /// For every sort of list that could end at these bytes: the token of that end, and the token of what that one opens to.
    pub fn sealed(&self, end: &[u8]) -> Vec<(String, String)> {
        each_cursor!(self.again(end)).into_iter().flatten().collect()
    }

    fn again<C: Cursor>(&self, end: &[u8]) -> Option<(String, String)> {
        let token = self.tokens.seal(self.binding, Some(&C::read(end)?));
        let opened = self.tokens.open::<C>(self.binding, &token).ok().flatten();
        Some((token, self.tokens.seal(self.binding, opened.as_ref())))
    }
}

/// The tokens of answer links under one key.
#[expect(missing_debug_implementations, reason = "it holds a key")]
pub struct AnswerLinks(AnswerTokens);

impl AnswerLinks {
    /// Of replicas that share a key.
    pub fn new(key: &[u8]) -> Self {
        Self(AnswerTokens::new(key))
    }

    /// The link of an issue's ping.
    pub fn seal(&self, ping: [u8; 16], issue: [u8; 16]) -> String {
        self.0.seal(PingId::from_bytes(ping), IssueId::from_bytes(issue))
    }

    /// The ping that a link answers, and its issue if the link tells of it; `None` if it is none of ours.
    pub fn open(&self, token: &str) -> Option<([u8; 16], Option<[u8; 16]>)> {
        let link = self.0.open(token)?;
        Some((link.ping.to_bytes(), link.issue.map(|issue| issue.to_bytes())))
    }
}

/// An event that an apply would append: its subject and its body.
pub type Appended = (String, Vec<u8>);

/// The events that applying documents to an empty directory would append.
///
/// # Errors
/// With every mistake in them.
pub fn applied(
    documents: Vec<v1::Document>,
    principal: &Principal,
) -> Result<Vec<Appended>, Vec<v1::DocumentMistake>> {
    let events = foreseen(documents, &Directory::default(), principal)?;
    Ok(events.into_iter().map(|event| (event.subject, event.body)).collect())
}
