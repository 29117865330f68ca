//! Every input of the corpora, and what is one byte away from it.

use std::{fs, path::Path};

use davy_fuzz::{TARGETS, Target};

/// Of an input, so many places are changed, evenly spread.
const PLACES: usize = 64;
const BYTES: [u8; 6] = [0, b'"', b'-', b'\n', 0x7f, 0xff];

fn each(target: Target, input: &[u8]) {
    target(input);
    for step in 0..PLACES.min(input.len()) {
        let at = step * input.len() / PLACES.min(input.len());
        target(&input[..at]);
        let mut changed = input.to_vec();
        changed[at] = BYTES[step % BYTES.len()];
        target(&changed);
        changed.remove(at);
        target(&changed);
    }
}

#[test]
fn whatever_was_tried_before_still_holds() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, target) in TARGETS {
        let mut inputs: Vec<_> =
            fs::read_dir(corpora.join(name)).unwrap().map(|it| it.unwrap().path()).collect();
        inputs.sort();
        assert!(inputs.len() >= 3, "{name} has {} inputs", inputs.len());
        for input in inputs {
            println!("{}", input.display());
            each(target, &fs::read(input).unwrap());
        }
    }
}

#[test]
fn every_corpus_has_a_target() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut names: Vec<_> =
        fs::read_dir(corpora).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, TARGETS.map(|(name, _)| name));
}
