//! The two questions, prepared.

use std::time::SystemTime;

use tokio_postgres::{Client, Statement};

/// The members that Davy's answer has, of what the table knows.
const LIST: &str = "
    SELECT id, customer, title, severity, department, team, person, reported_at FROM issues
    WHERE open AND acknowledged_at IS NULL AND reported_at IS NOT NULL ORDER BY reported_at, id LIMIT 50";
const OWNER: &str = "SELECT department, team, person, owner_version FROM issues WHERE id = $1";
const COUNTS: &str = "
    SELECT count(*), count(*) FILTER (WHERE open AND acknowledged_at IS NULL AND reported_at IS NOT NULL) FROM issues";

#[derive(Debug)]
pub(crate) struct Queries {
    client: Client,
    list: Statement,
    owner: Statement,
}

/// An issue of the list.
#[derive(Debug)]
pub(crate) struct Listed {
    _id: String,
    _customer: String,
    _title: Option<String>,
    _severity: Option<i16>,
    _owner: (String, Option<String>, Option<String>),
    _reported_at: SystemTime,
}

impl Queries {
    pub(crate) async fn prepare(client: Client) -> anyhow::Result<Self> {
        let (list, owner) = (client.prepare(LIST).await?, client.prepare(OWNER).await?);
        Ok(Self { client, list, owner })
    }

    /// The fifty that have waited longest.
    pub(crate) async fn list(&self) -> anyhow::Result<Vec<Listed>> {
        let rows = self.client.query(&self.list, &[]).await?;
        let listed = rows.iter().map(|row| {
            Ok(Listed {
                _id: row.try_get(0)?,
                _customer: row.try_get(1)?,
                _title: row.try_get(2)?,
                _severity: row.try_get(3)?,
                _owner: (row.try_get(4)?, row.try_get(5)?, row.try_get(6)?),
                _reported_at: row.try_get(7)?,
            })
        });
        let listed = listed.collect::<Result<Vec<_>, tokio_postgres::Error>>()?;
        anyhow::ensure!(listed.len() == 50, "{} rows are listed", listed.len());
        Ok(listed)
    }

    /// The department that owns an issue, and the team.
    pub(crate) async fn owner(&self, issue: u64) -> anyhow::Result<(String, String)> {
        let row = self.client.query_one(&self.owner, &[&format!("INC{issue:07}")]).await?;
        let _person: Option<String> = row.try_get(2)?;
        let _since: i64 = row.try_get(3)?;
        Ok((row.try_get(0)?, row.try_get::<_, Option<String>>(1)?.unwrap_or_default()))
    }

    /// Issues, and those of them that nobody acknowledged.
    pub(crate) async fn counts(&self) -> anyhow::Result<(i64, i64)> {
        let row = self.client.query_one(COUNTS, &[]).await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }
}
