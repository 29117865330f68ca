//! Tokens of answer links.

use api::testing::AnswerLinks;

/// Any token: it is none of ours, or the one that its ping and issue have. And any ping has a link that leads to it alone.
pub fn answer_link(data: &[u8]) {
    let links = AnswerLinks::new(b"shared by replicas");
    if let Some((ping, issue)) = links.open(&String::from_utf8_lossy(data)) {
        // Those of before, without an issue, are not made any more.
        let again = issue.map(|issue| links.seal(ping, issue));
        assert!(again.is_none_or(|again| again.as_bytes() == data), "two tokens for one link");
    }
    let Some((ping, rest)) = data.split_first_chunk::<16>() else { return };
    let Some((issue, rest)) = rest.split_first_chunk::<16>() else { return };
    let token = links.seal(*ping, *issue);
    assert_eq!(links.open(&token), Some((*ping, Some(*issue))));
    assert_eq!(AnswerLinks::new(b"of others").open(&token), None, "another's key opens it");
    if let [at, with, ..] = rest {
        let mut bytes = token.clone().into_bytes();
        let at = usize::from(*at) % bytes.len();
        bytes.get_mut(at..=at).into_iter().flatten().for_each(|byte| *byte = *with);
        let changed = String::from_utf8_lossy(&bytes);
        assert!(changed == token || links.open(&changed).is_none(), "a changed token opens: {changed}");
    }
}
