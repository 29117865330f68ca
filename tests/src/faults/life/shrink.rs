//! The shortest history that still shows a failure, as far as it can be found in time.

/// Leaves out more and more of `all`, ever smaller chunks of it, for as long as what is left still fails; what fails in the end.
/// `None` from `fails`: there is no time to try any more.
///
/// (Delta debugging: whatever does not matter is found in about `log n` tries where it lies together.)
pub(crate) fn shortest<T: Clone>(all: &[T], mut fails: impl FnMut(&[T]) -> Option<bool>) -> Vec<T> {
    let mut left = all.to_vec();
    let mut chunk = left.len().div_ceil(2);
    while chunk > 0 {
        let mut at = 0;
        let mut is_shorter = false;
        while at < left.len() {
            let end = (at + chunk).min(left.len());
            let without = [&left[..at], &left[end..]].concat();
            match fails(&without) {
                Some(true) => (left, is_shorter) = (without, true),
                Some(false) => at = end,
                None => return left,
            }
        }
        // Once nothing of this size can be left out any more, something smaller may.
        if !is_shorter {
            chunk /= 2;
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_is_left_and_nothing_else() {
        let all: Vec<u32> = (0..200).collect();
        let fails = |left: &[u32]| Some([17, 18, 140].iter().all(|one| left.contains(one)));
        assert_eq!(shortest(&all, fails), [17, 18, 140]);
    }

    #[test]
    fn what_fails_by_itself_is_left_empty() {
        assert_eq!(shortest(&[1, 2, 3], |_| Some(true)), [0; 0]);
    }

    #[test]
    fn it_ends_with_what_it_has_when_there_is_no_time() {
        let mut tries = 0;
        let left = shortest(&[1, 2, 3, 4, 5, 6, 7, 8], |left| {
            tries += 1;
            (tries < 3).then(|| left.contains(&7))
        });
        assert_eq!(left, [5, 6, 7, 8]);
    }

    #[test]
    fn it_takes_few_tries_where_what_matters_lies_together() {
        let all: Vec<u32> = (0..1_000).collect();
        let mut tries = 0;
        let left = shortest(&all, |left| {
            tries += 1;
            Some((500..504).all(|one| left.contains(&one)))
        });
        assert_eq!((left.as_slice(), tries < 80), ([500, 501, 502, 503].as_slice(), true), "{tries} tries");
    }
}
