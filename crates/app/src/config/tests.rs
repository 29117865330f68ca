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
    assert!(
        found[0].1.contains("takes TLS (api.tls.cert and api.tls.key) and authentication"),
        "{}",
        found[0].1
    );
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
fn what_seals_the_connection_to_nats_is_there_and_whole() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("cert.pem").display().to_string();
    let found = mistakes(&format!("[nats.tls]\nca = {file:?}\ncert = {file:?}\nrequired = 'yes'\n"));
    let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["nats.tls.ca", "nats.tls.cert", "nats.tls.required"]);
    assert!(found[0].1.contains("read the file"), "{}", found[0].1);

    fs::write(&file, "x").unwrap();
    let found = mistakes(&format!("[nats.tls]\ncert = {file:?}\n"));
    assert!(found[0].1.contains("give nats.tls.key"), "{found:?}");
    let text = format!("[nats.tls]\ncert = {file:?}\nkey = {file:?}\nrequired = true\n");
    let tls = load(&text, &[], &[]).unwrap().nats.tls;
    assert!(tls.required && tls.identity.is_some() && tls.ca.is_none(), "{tls:?}");
}

#[test]
fn an_address_that_others_reach_takes_tls_and_authentication_or_a_word_that_it_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let there = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (pem, tokens) = (there("tls.pem", "x"), there("tokens.toml", ""));
    let open = "[api]\nlisten = '0.0.0.0:50051'\n";
    let tls = format!("[api.tls]\ncert = {pem:?}\nkey = {pem:?}\n");
    let auth = format!("[auth]\ntokens = {tokens:?}\n");
    let told = |file: String| {
        mistakes(&file).into_iter().map(|(key, told)| format!("{key}: {told}")).collect::<String>()
    };
    assert!(told(open.to_owned()).contains("takes TLS (api.tls.cert and api.tls.key) and authentication"));
    assert!(told(format!("{open}{tls}")).contains("that takes authentication"));
    assert!(told(format!("{open}{auth}")).contains("that takes TLS"));
    assert!(load(&format!("{open}{tls}{auth}"), &[], &[]).is_ok());
    assert!(load(&format!("{open}[auth]\ninsecure = true\n"), &[], &[]).is_ok());
    assert!(told(format!("{tls}[web]\nlisten = '[::]:8080'\n{auth}")).starts_with("web.listen"));
}

#[test]
fn what_says_who_may_call_is_read_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let bad = dir.path().join("bad.toml").display().to_string();
    fs::write(&bad, "[[token]]\nname = 'a'\n").unwrap();
    let file = format!(
        "[auth]\ntokens = {bad:?}\ncertificates = '/no/such'\n[auth.jwt]\nissuer = 'x'\nca = '/no/such'\n[web.tls]\nclient_ca = {bad:?}\n"
    );
    let keys: Vec<_> = mistakes(&file).into_iter().map(|(key, _)| key).collect();
    assert_eq!(
        keys,
        ["auth.certificates", "auth.jwt.ca", "auth.jwt.issuer", "auth.tokens", "web.tls.client_ca"]
    );
}

#[test]
fn keys_come_from_where_nobody_else_can_change_them() {
    let dir = tempfile::tempdir().unwrap();
    let pem = dir.path().join("ca.pem").display().to_string();
    fs::write(&pem, "{}").unwrap();
    let told = |jwks: &str, rest: &str| -> Vec<String> {
        let file = format!("[auth.jwt]\nissuer = 'x'\naudience = 'davy'\njwks = '{jwks}'\n{rest}");
        match load(&file, &[], &[]) {
            Ok(_) => Vec::new(),
            Err(error) => error.mistakes.into_iter().map(|mistake| mistake.key).collect(),
        }
    };
    for good in ["https://id.example/jwks", "http://localhost:8080/jwks", "http://[::1]/jwks"] {
        assert_eq!(told(good, ""), [""; 0], "{good}");
    }
    assert_eq!(told("http://id.example/jwks", "[auth]\ninsecure = true\n"), [""; 0]);
    for bad in ["http://id.example/jwks", "https://", "https:///jwks", &pem, "/no/such"] {
        assert!(told(bad, "").contains(&"auth.jwt.jwks".to_owned()), "{bad}");
    }
    let ca = format!("ca = '{pem}'\n");
    assert_eq!(told("https://id.example/jwks", &ca), [""; 0]);
    assert_eq!(told("http://127.0.0.1/jwks", &ca), ["auth.jwt.ca"]);
}

#[test]
fn client_certificates_take_who_asks_and_whose_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let there = |name: &str| {
        let path = dir.path().join(name);
        fs::write(&path, "").unwrap();
        path.display().to_string()
    };
    let (pem, list) = (there("tls.pem"), there("certificates.toml"));
    let auth = format!("[auth]\ncertificates = {list:?}\n");
    let tls = format!("[web.tls]\ncert = {pem:?}\nkey = {pem:?}\nclient_ca = {pem:?}\n");
    let keys = |file: &str| mistakes(file).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys(&auth), ["auth.certificates"]);
    assert_eq!(keys(&tls), ["web.tls.client_ca"]);
    assert!(load(&format!("{auth}{tls}"), &[], &[]).is_ok());
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
