//! What chance makes of the corpora: bytes changed, cut, doubled and mixed. Blind, where libFuzzer sees which branches it takes, but
//! it runs wherever the tests do: half a second a target, or as many seconds as `DAVY_FUZZ` says.

#![expect(clippy::unwrap_used, reason = "tests: what fails here fails the test")]

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};

use davy_fuzz::TARGETS;

/// Nothing that is sent is larger for what is looked for here.
const MOST: usize = 8_192;
/// What formats give a meaning.
const WORDS: [&str; 24] = [
    "null",
    "true",
    "-1",
    "0",
    "9223372036854775808",
    "1e999",
    "\"\"",
    "{}",
    "[]",
    "\\ud800",
    "\u{202e}",
    "\u{0}",
    "~",
    "---\n",
    "&a ",
    "*a",
    "|\n",
    "2026-02-30T25:61:61Z",
    "9999-12-31T23:59:59.999999999Z",
    "-009999-01-01T00:00:00Z",
    "Europe/Berlin",
    "mon-fri 09:00-17:00",
    "a.b.c",
    "crm:4711",
];

/// A small generator of numbers, the same for the same seed (Knuth's MMIX constants).
struct Numbers(u64);

impl Numbers {
    /// Below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    /// A part of some bytes.
    fn part<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let from = self.below(bytes.len() + 1);
        let length = self.below(bytes.len() - from + 1);
        let short = self.below(64);
        &bytes[from..from + if self.below(4) == 0 { length } else { length.min(short) }]
    }
}

fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], numbers: &mut Numbers) {
    let at = numbers.below(input.len() + 1);
    match numbers.below(6) {
        0 => input.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << numbers.below(8)),
        1 => {
            let end = at + numbers.below((input.len() - at).min(16) + 1);
            input.drain(at..end);
        }
        2 => {
            let part = numbers.part(&input.clone()).to_vec();
            input.splice(at..at, part);
        }
        3 => {
            let other = &corpus[numbers.below(corpus.len())];
            let end = at + numbers.below((input.len() - at).min(16) + 1);
            input.splice(at..end, numbers.part(other).iter().copied());
        }
        4 => {
            let end = at + numbers.below((input.len() - at).min(8) + 1);
            input.splice(at..end, WORDS[numbers.below(WORDS.len())].bytes());
        }
        _ => {
            let byte = u8::try_from(numbers.below(256)).unwrap();
            input.insert(at, byte);
        }
    }
    input.truncate(MOST);
}

#[test]
fn whatever_chance_makes_of_them_is_read_or_refused() {
    let wished = std::env::var_os("DAVY_FUZZ");
    let wished = wished.map(|seconds| Duration::from_secs(seconds.to_str().unwrap().parse().unwrap()));
    let (seed, time) =
        wished.map_or((1, Duration::from_millis(500)), |wished| (u64::from(std::process::id()), wished));
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let corpus: Vec<_> = paths.into_iter().map(|path| fs::read(path).unwrap()).collect();
        let mut numbers = Numbers(seed);
        let (started, mut tried) = (Instant::now(), 0_u64);
        while started.elapsed() < time {
            let mut input = corpus[numbers.below(corpus.len())].clone();
            for _ in 0..=numbers.below(8) {
                change(&mut input, &corpus, &mut numbers);
            }
            if catch_unwind(AssertUnwindSafe(|| target(&input))).is_err() {
                let left = std::env::temp_dir().join(format!("davy-fuzz-{name}-{seed}-{tried}"));
                fs::write(&left, &input).unwrap();
                panic!("{name}: {} is a defect: {:?}", left.display(), String::from_utf8_lossy(&input));
            }
            tried += 1;
        }
        println!("{name}: {tried} inputs of seed {seed} in {:.0} s", started.elapsed().as_secs_f64());
    }
}
