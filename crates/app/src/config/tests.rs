//! Layers, mistakes, and the example that is shipped.

use std::{collections::BTreeMap, fs, path::PathBuf};

use super::*;

fn env(variables: &[(&str, &str)]) -> BTreeMap<String, String> {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn load(file: &str, variables: &[(&str, &str)], flags: &[Flag]) -> Result<Config, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("davy.toml");
    fs::write(&path, file).unwrap();
    Config::load(&Sources { file: Some(&path), env: &env(variables), flags })
}

fn mistakes(file: &str) -> Vec<(String, String)> {
    let error = load(file, &[], &[]).unwrap_err();
    error.mistakes.into_iter().map(|mistake| (mistake.key, mistake.reason)).collect()
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let file = "[nats]\nurl = 'nats://file:1'\nname = 'file'\nreplicas = 3\n[store]\ndirectory = 'file'\n";
    let flag =
        Flag { name: "--nats-url".to_owned(), key: "nats.url".to_owned(), value: "nats://flag:1".to_owned() };
    let variables =
        [("DAVY_NATS__URL", "nats://env:1"), ("DAVY_NATS__NAME", "env"), ("DAVY_SERVER", "http://x")];
    let config = load(file, &variables, &[flag]).unwrap();
    assert_eq!(config.nats.url, "nats://flag:1");
    assert_eq!(config.nats.name, "env");
    assert_eq!(config.nats.replicas, 3);
    let origin =
        |key: &str| config.settings.iter().find(|setting| setting.key == key).unwrap().origin.to_string();
    assert_eq!(origin("nats.url"), "--nats-url");
    assert_eq!(origin("nats.name"), "DAVY_NATS__NAME");
    assert!(origin("nats.replicas").ends_with("davy.toml"));
    assert_eq!(origin("log.filter"), "default");
}

#[test]
fn every_mistake_is_told_at_once() {
    let file = "[nats]\nurl = 'http://x'\nreplicas = 2\nuri = 'x'\nuser = 'u'\n[api]\nlisten = '0.0.0.0:1'\n[web]\nlisten = ['x']\n\
                [log]\nformat = 'xml'\nfilter = 'a=b=c'\n[stroe]\ndirectory = 'x'\n";
    let found = mistakes(file);
    let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "api.listen",
            "log.filter",
            "log.format",
            "nats.replicas",
            "nats.uri",
            "nats.url",
            "nats.user",
            "stroe.directory",
            "web.listen",
        ]
    );
    assert!(found[0].1.contains("there is no authentication yet"), "{}", found[0].1);
    assert!(found[4].1.contains("there are nats.url"), "{}", found[4].1);
}

#[test]
fn a_mistake_in_a_variable_names_it_with_its_value() {
    let told = load("", &[("DAVY_STORE__CACHE_MB", "lots"), ("DAVY_STORE__PATH", "x")], &[])
        .unwrap_err()
        .to_string();
    assert!(told.contains("2 mistakes"), "{told}");
    assert!(told.contains(r#"store.cache_mb = "lots": a whole number from 128 to 65536"#), "{told}");
    assert!(told.contains("(DAVY_STORE__PATH)"), "{told}");
}

#[test]
fn secrets_stand_in_files_and_are_never_shown() {
    let told = load("[nats]\nuser = 'davy'\npassword = 'hunter2'\n", &[], &[]).unwrap_err().to_string();
    assert!(told.contains("nats.password") && !told.contains("hunter2"), "{told}");
    let told = load("[nats]\nurl = 'nats://davy:hunter2@host:4222'\n", &[], &[]).unwrap_err().to_string();
    assert!(told.contains("nats.url") && !told.contains("hunter2"), "{told}");

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("password");
    fs::write(&file, "hunter2\n").unwrap();
    let text = format!("[nats]\nuser = 'davy'\npassword = {{ file = {:?} }}\n", file.display().to_string());
    let config = load(&text, &[], &[]).unwrap();
    let nats::Login::Password { password, .. } = &config.nats.login else {
        panic!("{:?}", config.nats.login)
    };
    assert_eq!(password.text().unwrap(), "hunter2");
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn a_file_that_is_no_toml_is_one_mistake_with_its_line() {
    let error = load("[nats]\nurl = \n", &[], &[]).unwrap_err();
    assert_eq!(error.mistakes.len(), 1);
    assert!(error.to_string().contains("line 2"), "{error}");
    let missing = Config::load(&Sources { file: Some(Path::new("/no/such")), env: &env(&[]), flags: &[] });
    assert!(missing.unwrap_err().to_string().contains("/no/such"));
}

#[test]
fn the_example_shows_every_key_with_its_default() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy/example.toml");
    let config = Config::load(&Sources { file: Some(&path), env: &env(&[]), flags: &[] }).unwrap();
    let defaults = Config::load(&Sources { file: None, env: &env(&[]), flags: &[] }).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let mut section = "";
    let shown: Vec<String> = text
        .lines()
        .filter_map(|line| {
            let line = line.trim_start_matches(['#', ' ']);
            section = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(section);
            let (name, value) = line.split_once(" = ")?;
            let file = if value.starts_with("{ file") { ".file" } else { "" };
            Some(format!("{section}.{name}{file}"))
        })
        .collect();
    for (setting, default) in config.settings.iter().zip(&defaults.settings) {
        assert!(shown.contains(&setting.key), "{} is not in deploy/example.toml", setting.key);
        assert_eq!(setting.value, default.value, "{}", setting.key);
    }
}
