//! The two tables, and how a batch is committed to them.

use std::time::SystemTime;

use tokio_postgres::{Client, Statement, types::ToSql};

use super::batch::{Batch, Change, Events};

/// The key of `events` keeps doubled events out; they change no issue either, as their versions are not later.
const TABLES: &str = "
    DROP TABLE IF EXISTS events, issues, cursor;
    CREATE TABLE events (
        source text, id text, position bigint NOT NULL, subject text NOT NULL, issue text NOT NULL,
        time timestamptz NOT NULL, body text NOT NULL, PRIMARY KEY (source, id));
    CREATE TABLE issues (
        id text PRIMARY KEY, customer text NOT NULL, title text, reported_at timestamptz, acknowledged_at timestamptz,
        severity smallint, severity_version bigint NOT NULL,
        department text NOT NULL, team text, person text, owner_version bigint NOT NULL,
        open boolean NOT NULL, open_version bigint NOT NULL) WITH (fillfactor = 80);
    CREATE INDEX unacknowledged ON issues (reported_at, id)
        WHERE open AND acknowledged_at IS NULL AND reported_at IS NOT NULL;
    CREATE TABLE cursor (position bigint NOT NULL);
    INSERT INTO cursor VALUES (0);
    CHECKPOINT";

const INSERT: &str = "
    INSERT INTO events (position, source, id, subject, issue, time, body)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
    ON CONFLICT DO NOTHING";

const UPSERT: &str = "
    INSERT INTO issues AS i (id, customer, title, reported_at, acknowledged_at, severity, severity_version,
        department, team, person, owner_version, open, open_version)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::smallint[],
        $7::bigint[], $8::text[], $9::text[], $10::text[], $11::bigint[], $12::boolean[], $13::bigint[])
    ON CONFLICT (id) DO UPDATE SET
        title = coalesce(excluded.title, i.title),
        reported_at = coalesce(excluded.reported_at, i.reported_at),
        acknowledged_at = least(excluded.acknowledged_at, i.acknowledged_at),
        severity = CASE WHEN excluded.severity_version > i.severity_version THEN excluded.severity ELSE i.severity END,
        severity_version = greatest(excluded.severity_version, i.severity_version),
        department = CASE WHEN excluded.owner_version > i.owner_version THEN excluded.department ELSE i.department END,
        team = CASE WHEN excluded.owner_version > i.owner_version THEN excluded.team ELSE i.team END,
        person = CASE WHEN excluded.owner_version > i.owner_version THEN excluded.person ELSE i.person END,
        owner_version = greatest(excluded.owner_version, i.owner_version),
        open = CASE WHEN excluded.open_version > i.open_version THEN excluded.open ELSE i.open END,
        open_version = greatest(excluded.open_version, i.open_version)";

const ADVANCE: &str = "UPDATE cursor SET position = $1";

/// What its promise to keep a commit rests on, in words; an error where it would not sync.
pub(crate) async fn settings(client: &Client) -> anyhow::Result<String> {
    let mut said = Vec::new();
    for name in ["fsync", "synchronous_commit", "shared_buffers"] {
        let value: String = client.query_one(&format!("SHOW {name}"), &[]).await?.try_get(0)?;
        anyhow::ensure!(value != "off", "{name} is off");
        said.push(format!("{name} {value}"));
    }
    Ok(said.join(", "))
}

/// Commits batches, one transaction each.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    client: &'a Client,
    insert: Statement,
    upsert: Statement,
    advance: Statement,
}

impl<'a> Writer<'a> {
    pub(crate) async fn on_empty_tables(client: &'a Client) -> anyhow::Result<Self> {
        client.batch_execute(TABLES).await?;
        Ok(Self {
            client,
            insert: client.prepare(INSERT).await?,
            upsert: client.prepare(UPSERT).await?,
            advance: client.prepare(ADVANCE).await?,
        })
    }

    /// All of it goes out at once, and the answers are awaited together.
    pub(crate) async fn write(&self, batch: Batch) -> anyhow::Result<()> {
        let Batch { events, changes } = batch;
        let issues = Issues::from_iter(changes);
        let last = events.position.last().copied().unwrap_or_default();
        // They are sent in the order in which they are polled first, which is this one.
        tokio::try_join!(
            biased;
            self.client.batch_execute("BEGIN"),
            self.insert(&events),
            self.upsert(&issues),
            self.advance(last),
            self.client.batch_execute("COMMIT"),
        )?;
        Ok(())
    }

    async fn insert(&self, events: &Events) -> Result<u64, tokio_postgres::Error> {
        let Events { position, source, id, subject, issue, time, body } = events;
        let values = [position as Values<'_>, source, id, subject, issue, time, body];
        self.client.execute(&self.insert, &values).await
    }

    async fn upsert(&self, issues: &Issues) -> Result<u64, tokio_postgres::Error> {
        let Issues { id, customer, title, reported_at, acknowledged_at, severity, severity_version, .. } =
            issues;
        let Issues { department, team, person, owner_version, open, open_version, .. } = issues;
        let values = [
            id as Values<'_>,
            customer,
            title,
            reported_at,
            acknowledged_at,
            severity,
            severity_version,
            department,
            team,
            person,
            owner_version,
            open,
            open_version,
        ];
        self.client.execute(&self.upsert, &values).await
    }

    async fn advance(&self, position: i64) -> Result<u64, tokio_postgres::Error> {
        self.client.execute(&self.advance, &[&position]).await
    }
}

/// A column.
type Values<'a> = &'a (dyn ToSql + Sync);

/// Rows of `issues`, by column.
#[derive(Debug, Default)]
struct Issues {
    id: Vec<String>,
    customer: Vec<String>,
    title: Vec<Option<String>>,
    reported_at: Vec<Option<SystemTime>>,
    acknowledged_at: Vec<Option<SystemTime>>,
    severity: Vec<Option<i16>>,
    severity_version: Vec<i64>,
    department: Vec<String>,
    team: Vec<Option<String>>,
    person: Vec<Option<String>>,
    owner_version: Vec<i64>,
    open: Vec<bool>,
    open_version: Vec<i64>,
}

impl FromIterator<(String, Change)> for Issues {
    fn from_iter<T: IntoIterator<Item = (String, Change)>>(changes: T) -> Self {
        let mut all = Self::default();
        for (id, change) in changes {
            let Change { customer, title, reported_at, acknowledged_at, severity, owner, open } = change;
            all.id.push(id);
            all.customer.push(customer);
            all.title.push(title);
            all.reported_at.push(reported_at);
            all.acknowledged_at.push(acknowledged_at);
            all.severity.push(severity.value);
            all.severity_version.push(severity.version);
            all.department.push(owner.value.department);
            all.team.push(owner.value.team);
            all.person.push(owner.value.person);
            all.owner_version.push(owner.version);
            all.open.push(open.value);
            all.open_version.push(open.version);
        }
        all
    }
}
