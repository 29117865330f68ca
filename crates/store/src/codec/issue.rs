//! The state of an issue.

use domain::{
    Acknowledgement, Anomalies, Home, Issue, IssueId, LastKey, Ordinal, Position, Rank, Reported, Settled,
    Severity, Standing,
};
use serde::{Deserialize, Serialize};

use super::{
    Malformed,
    clock::ClocksParts,
    contact::LastContactParts,
    escalation::EscalationParts,
    hold::{FloorsParts, LinkParts, RestrictionParts, WaitingParts},
    owner::CustodyParts,
    parts::{AsReportedParts, PersonParts, ReferenceParts, Time, department, text},
    work::WorkParts,
};

#[derive(Serialize, Deserialize)]
pub(super) struct IssueParts<'a> {
    id: [u8; 16],
    #[serde(borrow)]
    references: Vec<ReferenceParts<'a>>,
    home: HomeParts<'a>,
    customer: Option<AsReportedParts<'a>>,
    customer_settled: bool,
    reported: Option<ReportedParts<'a>>,
    heard_in: &'a str,
    standing: StandingParts,
    duplicate_of: Option<[u8; 16]>,
    assessed: SeverityParts,
    severity_word: Option<&'a str>,
    acknowledged: Option<AcknowledgementParts<'a>>,
    floors: FloorsParts<'a>,
    custody: CustodyParts<'a>,
    waiting: WaitingParts<'a>,
    #[serde(borrow)]
    contact: Option<LastContactParts<'a>>,
    work: WorkParts<'a>,
    #[serde(borrow)]
    clocks: Option<ClocksParts<'a>>,
    #[serde(borrow)]
    escalation: Option<EscalationParts<'a>>,
    links: Vec<LinkParts>,
    restricted: Option<RestrictionParts<'a>>,
    reopens: u32,
    first_seen_at: Time,
    first_position: u64,
    first_event_at: Time,
    last_event_at: Time,
    position: u64,
    event_count: u32,
    anomalies: u64,
    last_key: LastKeyParts<'a>,
}

impl<'a> From<&'a Issue> for IssueParts<'a> {
    fn from(issue: &'a Issue) -> Self {
        let Issue {
            id,
            references,
            home,
            customer,
            customer_settled,
            reported,
            heard_in,
            standing,
            duplicate_of,
            assessed,
            severity_word,
            acknowledged,
            floors,
            custody,
            waiting,
            contact,
            work,
            clocks,
            escalation,
            links,
            restricted,
            reopens,
            first_seen_at,
            first_position,
            first_event_at,
            last_event_at,
            position,
            event_count,
            anomalies,
            last_key,
        } = issue;
        Self {
            id: id.to_bytes(),
            references: references.iter().map(Into::into).collect(),
            home: home.into(),
            customer: customer.as_ref().map(Into::into),
            customer_settled: *customer_settled,
            reported: reported.as_ref().map(Into::into),
            heard_in: heard_in.as_str(),
            standing: (*standing).into(),
            duplicate_of: duplicate_of.map(IssueId::to_bytes),
            assessed: (*assessed).into(),
            severity_word: severity_word.as_deref(),
            acknowledged: acknowledged.as_ref().map(Into::into),
            floors: floors.into(),
            custody: custody.into(),
            waiting: waiting.into(),
            contact: contact.as_ref().map(Into::into),
            work: work.into(),
            clocks: ClocksParts::of(clocks),
            escalation: EscalationParts::of(escalation),
            links: links.iter().map(Into::into).collect(),
            restricted: restricted.as_ref().map(Into::into),
            reopens: *reopens,
            first_seen_at: (*first_seen_at).into(),
            first_position: first_position.sequence(),
            first_event_at: (*first_event_at).into(),
            last_event_at: (*last_event_at).into(),
            position: position.sequence(),
            event_count: *event_count,
            anomalies: anomalies.bits(),
            last_key: last_key.into(),
        }
    }
}

impl TryFrom<IssueParts<'_>> for Issue {
    type Error = Malformed;

    fn try_from(parts: IssueParts<'_>) -> Result<Self, Malformed> {
        let IssueParts {
            id,
            references,
            home,
            customer,
            customer_settled,
            reported,
            heard_in,
            standing,
            duplicate_of,
            assessed,
            severity_word,
            acknowledged,
            floors,
            custody,
            waiting,
            contact,
            work,
            clocks,
            escalation,
            links,
            restricted,
            reopens,
            first_seen_at,
            first_position,
            first_event_at,
            last_event_at,
            position,
            event_count,
            anomalies,
            last_key,
        } = parts;
        Ok(Self {
            id: IssueId::from_bytes(id),
            references: references.into_iter().map(Into::into).collect(),
            home: home.into(),
            customer: customer.map(TryInto::try_into).transpose()?,
            customer_settled,
            reported: reported.map(TryInto::try_into).transpose()?,
            heard_in: department(heard_in)?,
            standing: standing.try_into()?,
            duplicate_of: duplicate_of.map(IssueId::from_bytes),
            assessed: assessed.into(),
            severity_word: text(severity_word),
            acknowledged: acknowledged.map(TryInto::try_into).transpose()?,
            floors: floors.into(),
            custody: custody.try_into()?,
            waiting: waiting.try_into()?,
            contact: contact.map(TryInto::try_into).transpose()?,
            work: work.try_into()?,
            clocks: clocks.map(TryInto::try_into).transpose()?.unwrap_or_default(),
            escalation: escalation.map(TryInto::try_into).transpose()?.unwrap_or_default(),
            links: links.into_iter().map(Into::into).collect(),
            restricted: restricted.map(TryInto::try_into).transpose()?,
            reopens,
            first_seen_at: first_seen_at.try_into()?,
            first_position: Position::new(first_position),
            first_event_at: first_event_at.try_into()?,
            last_event_at: last_event_at.try_into()?,
            position: Position::new(position),
            event_count,
            anomalies: Anomalies::from_bits(anomalies),
            last_key: last_key.try_into()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
enum HomeParts<'a> {
    Token(&'a str),
    Issue([u8; 16]),
}

impl<'a> From<&'a Home> for HomeParts<'a> {
    fn from(home: &'a Home) -> Self {
        match home {
            Home::Token(token) => Self::Token(token),
            Home::Issue(id) => Self::Issue(id.to_bytes()),
        }
    }
}

impl From<HomeParts<'_>> for Home {
    fn from(parts: HomeParts<'_>) -> Self {
        match parts {
            HomeParts::Token(token) => Self::Token(token.to_owned()),
            HomeParts::Issue(id) => Self::Issue(IssueId::from_bytes(id)),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct ReportedParts<'a> {
    at: Time,
    title: &'a str,
    #[serde(borrow)]
    heard_by: Option<PersonParts<'a>>,
}

impl<'a> From<&'a Reported> for ReportedParts<'a> {
    fn from(Reported { at, title, heard_by }: &'a Reported) -> Self {
        Self { at: (*at).into(), title, heard_by: heard_by.as_ref().map(Into::into) }
    }
}

impl TryFrom<ReportedParts<'_>> for Reported {
    type Error = Malformed;

    fn try_from(ReportedParts { at, title, heard_by }: ReportedParts<'_>) -> Result<Self, Malformed> {
        Ok(Self { at: at.try_into()?, title: title.to_owned(), heard_by: heard_by.map(Into::into) })
    }
}

#[derive(Serialize, Deserialize)]
struct AcknowledgementParts<'a> {
    at: Time,
    #[serde(borrow)]
    by: Option<PersonParts<'a>>,
    channel: Option<&'a str>,
}

impl<'a> From<&'a Acknowledgement> for AcknowledgementParts<'a> {
    fn from(Acknowledgement { at, by, channel }: &'a Acknowledgement) -> Self {
        Self { at: (*at).into(), by: by.as_ref().map(Into::into), channel: channel.as_deref() }
    }
}

impl TryFrom<AcknowledgementParts<'_>> for Acknowledgement {
    type Error = Malformed;

    fn try_from(
        AcknowledgementParts { at, by, channel }: AcknowledgementParts<'_>,
    ) -> Result<Self, Malformed> {
        Ok(Self { at: at.try_into()?, by: by.map(Into::into), channel: text(channel) })
    }
}

#[derive(Serialize, Deserialize)]
enum StandingParts {
    Open,
    Resolved(Time),
    Closed(Time),
    Withdrawn(SettledParts),
}

impl From<Standing> for StandingParts {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Open => Self::Open,
            Standing::Resolved { at } => Self::Resolved(at.into()),
            Standing::Closed { at } => Self::Closed(at.into()),
            Standing::Withdrawn { from } => Self::Withdrawn(from.into()),
        }
    }
}

impl TryFrom<StandingParts> for Standing {
    type Error = Malformed;

    fn try_from(parts: StandingParts) -> Result<Self, Malformed> {
        Ok(match parts {
            StandingParts::Open => Self::Open,
            StandingParts::Resolved(at) => Self::Resolved { at: at.try_into()? },
            StandingParts::Closed(at) => Self::Closed { at: at.try_into()? },
            StandingParts::Withdrawn(from) => Self::Withdrawn { from: from.try_into()? },
        })
    }
}

#[derive(Serialize, Deserialize)]
enum SettledParts {
    Open,
    Resolved(Time),
    Closed(Time),
}

impl From<Settled> for SettledParts {
    fn from(settled: Settled) -> Self {
        match settled {
            Settled::Open => Self::Open,
            Settled::Resolved(at) => Self::Resolved(at.into()),
            Settled::Closed(at) => Self::Closed(at.into()),
        }
    }
}

impl TryFrom<SettledParts> for Settled {
    type Error = Malformed;

    fn try_from(parts: SettledParts) -> Result<Self, Malformed> {
        Ok(match parts {
            SettledParts::Open => Self::Open,
            SettledParts::Resolved(at) => Self::Resolved(at.try_into()?),
            SettledParts::Closed(at) => Self::Closed(at.try_into()?),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) enum SeverityParts {
    Unassessed,
    One,
    Two,
    Three,
    Four,
}

impl From<Severity> for SeverityParts {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Unassessed => Self::Unassessed,
            Severity::One => Self::One,
            Severity::Two => Self::Two,
            Severity::Three => Self::Three,
            Severity::Four => Self::Four,
        }
    }
}

impl From<SeverityParts> for Severity {
    fn from(parts: SeverityParts) -> Self {
        match parts {
            SeverityParts::Unassessed => Self::Unassessed,
            SeverityParts::One => Self::One,
            SeverityParts::Two => Self::Two,
            SeverityParts::Three => Self::Three,
            SeverityParts::Four => Self::Four,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct LastKeyParts<'a> {
    rank: RankParts,
    time: Time,
    ordinal: &'a str,
    position: u64,
}

#[derive(Serialize, Deserialize)]
enum RankParts {
    Report,
    Other,
}

impl<'a> From<&'a LastKey> for LastKeyParts<'a> {
    fn from(LastKey { rank, time, ordinal, position }: &'a LastKey) -> Self {
        let rank = match rank {
            Rank::Report => RankParts::Report,
            Rank::Other => RankParts::Other,
        };
        Self { rank, time: (*time).into(), ordinal: ordinal.as_str(), position: position.sequence() }
    }
}

impl TryFrom<LastKeyParts<'_>> for LastKey {
    type Error = Malformed;

    fn try_from(LastKeyParts { rank, time, ordinal, position }: LastKeyParts<'_>) -> Result<Self, Malformed> {
        let rank = match rank {
            RankParts::Report => Rank::Report,
            RankParts::Other => Rank::Other,
        };
        let position = Position::new(position);
        Ok(Self { rank, time: time.try_into()?, ordinal: Ordinal::parse(ordinal), position })
    }
}
