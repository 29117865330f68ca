//! A company at work: four departments, an arbiter and an admin, each person with a credential of their own.

use std::{collections::BTreeMap, fs, sync::LazyLock};

use serde_json::Value;
use tempfile::TempDir;
use testkit::{
    Davy, DavyOptions, PATIENCE, Ran,
    client::{Api, ApiOptions, Token, issue_name, v1},
};

use crate::{DAVY, block_on};

/// Name, department, account, roles.
const PEOPLE: [(&str, &str, &str, &[&str]); 10] = [
    ("mia", "support", "zendesk:mia", &["responder"]),
    ("max", "support", "zendesk:max", &["responder"]),
    ("tom", "support", "zendesk:tom", &["responder", "head"]),
    ("kim", "sales", "crm:kim", &["responder"]),
    ("robin", "sales", "crm:robin", &["responder", "head"]),
    ("bo", "engineering", "jira:bo", &["responder"]),
    ("noor", "engineering", "jira:noor", &["responder", "head"]),
    ("lena", "field-service", "dispatch:lena", &["responder", "head"]),
    ("alex", "operations", "ops:alex", &["arbiter"]),
    ("root", "operations", "ops:root", &["admin"]),
];

const ORGANISATION: &str = include_str!("org.yaml");

/// The file of tokens as `davy token create` wrote it, and the tokens by name: drawn once for all tests.
pub(super) static TOKENS: LazyLock<(String, BTreeMap<&str, String>)> = LazyLock::new(|| {
    let davy = Davy::prepare(DAVY, DavyOptions::default()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tokens.toml");
    let draw = |(name, department, account, roles): (&'static str, &str, &str, &[&str])| {
        let mut words = vec!["token", "create", "--name", name, "--department", department];
        words.extend(["--person", account, "--file", file.to_str().unwrap()]);
        words.extend(roles.iter().flat_map(|role| ["--role", *role]));
        let ran = davy.run(words).unwrap();
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        (name, ran.stdout.trim().to_owned())
    };
    let tokens = PEOPLE.into_iter().map(draw).collect();
    (fs::read_to_string(&file).unwrap(), tokens)
});

/// A running Davy that asks who calls, and knows the departments.
pub(super) struct Office {
    davy: Davy,
    dir: TempDir,
    reader: Api,
}

impl Office {
    pub(super) fn open() -> Self {
        Self::open_with(&[])
    }

    /// With more environment for Davy.
    pub(super) fn open_with(env: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tokens.toml");
        fs::write(&file, &TOKENS.0).unwrap();
        let mut all = vec![("DAVY_AUTH__TOKENS".to_owned(), file.display().to_string())];
        all.extend(env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let davy = Davy::start_with(DAVY, DavyOptions { env: all, ..DavyOptions::default() }).unwrap();
        let reader = connect(&davy, "mia");
        let office = Self { davy, dir, reader };
        let org = office.davy.write("org.yaml", ORGANISATION).unwrap();
        let applied = office.run("root", &["apply", "--yes", "-f", org.to_str().unwrap()]);
        assert_eq!(applied.code, 0, "{}", applied.stderr);
        office
    }

    pub(super) const fn davy(&mut self) -> &mut Davy {
        &mut self.davy
    }

    /// The file of tokens that it looks at.
    pub(super) fn tokens(&self) -> String {
        self.dir.path().join("tokens.toml").display().to_string()
    }

    /// Runs a subcommand with somebody's credential.
    pub(super) fn run(&self, who: &str, words: &[&str]) -> Ran {
        let token = &TOKENS.1[who];
        self.davy.run(words.iter().copied().chain(["--token", token])).unwrap()
    }

    /// Somebody does something, and gets an answer.
    #[track_caller]
    pub(super) fn does(&self, who: &str, words: &[&str]) -> Value {
        let ran = self.run(who, &[words, &["-o", "json"]].concat());
        assert_eq!(ran.code, 0, "{who} {words:?}: {}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// Somebody may not do something: why, who could, and what next.
    #[track_caller]
    pub(super) fn refused(&self, who: &str, words: &[&str]) -> String {
        let ran = self.run(who, words);
        assert!([4, 5].contains(&ran.code), "{who} {words:?}: {} {}{}", ran.code, ran.stdout, ran.stderr);
        assert!(ran.code == 5 || ran.stderr.contains(": E_") && ran.stderr.contains("; "), "{}", ran.stderr);
        ran.stderr
    }

    /// A department's tool publishes a fact, and it is folded; its position.
    #[track_caller]
    pub(super) fn fact(&self, subject: &str, data: &Value) -> String {
        let subject = format!("davy.events.{subject}");
        let position = block_on(self.davy.publish(&subject, &[], data.to_string().as_bytes())).unwrap();
        self.folded(&position);
        position
    }

    #[track_caller]
    pub(super) fn folded(&self, position: &str) {
        let read = Some(v1::ReadOptions { min_position: position.to_owned(), ..v1::ReadOptions::default() });
        let request = v1::ListIssuesRequest { page_size: 1, read, ..v1::ListIssuesRequest::default() };
        block_on(self.reader.list_issues(request)).unwrap();
    }

    /// A complaint that everybody knows by a short name.
    #[track_caller]
    pub(super) fn reported(&self, who: &str, name: &str) {
        self.does(
            who,
            &["report", "crm:4711", "Pump resets every two hours", "--severity", "3", "--ref", name],
        );
    }

    /// A client of the API with somebody's credential.
    pub(super) fn api(&self, who: &str) -> Api {
        connect(&self.davy, who)
    }

    #[track_caller]
    pub(super) fn issue(&self, name: &str) -> v1::GetIssueResponse {
        let issue = Some(issue_name(name).unwrap());
        block_on(self.reader.get_issue(v1::GetIssueRequest { issue, read: None })).unwrap()
    }

    /// Such as `support zendesk:mia accepted`.
    #[track_caller]
    pub(super) fn owner(&self, name: &str) -> String {
        self.owner_at(name, v1::ReadOptions::default())
    }

    #[track_caller]
    pub(super) fn owner_at(&self, name: &str, read: v1::ReadOptions) -> String {
        let request = v1::WhoOwnsRequest { issue: Some(issue_name(name).unwrap()), read: Some(read) };
        let answer = block_on(self.reader.who_owns(request)).unwrap();
        words(&answer.owner.unwrap())
    }
}

impl Drop for Office {
    /// Whatever a story did, nobody's token stands in what Davy logged.
    fn drop(&mut self) {
        let log = self.davy.log();
        let told = TOKENS.1.values().any(|token| log.contains(token.as_str()));
        assert!(!told || std::thread::panicking(), "a token stands in the log: {log}");
    }
}

fn connect(davy: &Davy, who: &str) -> Api {
    let server = format!("http://{}", davy.addresses().grpc);
    let token = Some(Token::new(&TOKENS.1[who]));
    block_on(async { Api::connect(ApiOptions { token, deadline: PATIENCE, ..ApiOptions::new(server) }) })
        .unwrap()
}

/// Such as `support zendesk:mia accepted`, `engineering/Firmware provisional` or `sales desk`.
pub(super) fn words(owner: &v1::Owner) -> String {
    let team = if owner.team.is_empty() { String::new() } else { format!("/{}", owner.team) };
    let person = owner.person.as_ref();
    let person = person.map(|person| format!(" {}:{}", person.system, person.id)).unwrap_or_default();
    let kind = owner.kind().as_str_name().trim_start_matches("OWNER_KIND_").to_lowercase();
    format!("{}{team}{person} {kind}", owner.department)
}
