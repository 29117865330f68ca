//! The environment, behind a trait so that tests pass a map.

use std::collections::BTreeMap;

/// Variables by name.
pub trait Env {
    /// Those that begin with `prefix`, in any order.
    fn starting_with(&self, prefix: &str) -> Vec<(String, String)>;
}

/// The variables of this process.
#[derive(Clone, Copy, Debug)]
pub struct ProcessEnv;

impl Env for ProcessEnv {
    fn starting_with(&self, prefix: &str) -> Vec<(String, String)> {
        std::env::vars_os()
            .filter_map(|(name, value)| {
                Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
            })
            .filter(|(name, _)| name.starts_with(prefix))
            .collect()
    }
}

impl Env for BTreeMap<String, String> {
    fn starting_with(&self, prefix: &str) -> Vec<(String, String)> {
        let mine = self.iter().filter(|(name, _)| name.starts_with(prefix));
        mine.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}
