//! Whether an issue counts as told twice (`contract.md` 5): only while its chain of links ends in an issue that exists
//! and is no duplicate itself.

use domain::{Issue, IssueId};

/// Links followed before a chain is taken for endless; the issue stays listed then.
const LINKS: usize = 64;

/// Whether the chain of an issue ends. `next` answers with what another issue is a duplicate of, `None` if there is no
/// such issue.
pub(super) fn is_settled<E>(
    issue: &Issue,
    mut next: impl FnMut(IssueId) -> Result<Option<Option<IssueId>>, E>,
) -> Result<bool, E> {
    let Some(mut other) = issue.duplicate_of else { return Ok(false) };
    let mut seen = vec![issue.id];
    while seen.len() <= LINKS && !seen.contains(&other) {
        match next(other)? {
            None => return Ok(false),
            Some(None) => return Ok(true),
            Some(Some(further)) => {
                seen.push(other);
                other = further;
            }
        }
    }
    Ok(false)
}
