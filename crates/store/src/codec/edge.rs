//! What was said about two leaves, and what took it back.

use domain::{
    CustomerId, EdgeId, Identity, Ordinal, Position,
    identity::{Confidence, Edge, LeafKind, Moment, Moments, Tie, TieKind, Withdrawal},
};
use engine::StoreError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Malformed, append, begin,
    event::OriginParts,
    parts::{IdentityParts, Time},
    read,
};

const EDGE: &str = "edge between customers";

#[derive(Serialize, Deserialize)]
struct EdgeParts<'a> {
    id: [u8; 16],
    home: [u8; 16],
    #[serde(borrow)]
    tie: Option<TieParts<'a>>,
    withdrawals: Vec<WithdrawalParts<'a>>,
}

#[derive(Serialize, Deserialize)]
struct TieParts<'a> {
    kind: KindParts,
    from: [u8; 16],
    to: [u8; 16],
    #[serde(borrow)]
    identity: IdentityParts<'a>,
    origin: OriginParts<'a>,
    moment: MomentParts<'a>,
    void: bool,
    struck: Vec<(Time, u64)>,
}

#[derive(Serialize, Deserialize)]
enum KindParts {
    Merge,
    Weak(u8),
    Strong(u8),
}

#[derive(Serialize, Deserialize)]
struct WithdrawalParts<'a> {
    of_merge: bool,
    #[serde(borrow)]
    identity: IdentityParts<'a>,
    origin: OriginParts<'a>,
    moment: MomentParts<'a>,
    struck: Vec<(Time, u64)>,
}

/// Where an event stands among others.
#[derive(Serialize, Deserialize)]
pub(super) struct MomentParts<'a> {
    time: Time,
    ordinal: &'a str,
    position: u64,
}

impl<'a> From<&'a Moment> for MomentParts<'a> {
    fn from(Moment { time, ordinal, position }: &'a Moment) -> Self {
        Self { time: (*time).into(), ordinal: ordinal.as_str(), position: position.sequence() }
    }
}

impl TryFrom<MomentParts<'_>> for Moment {
    type Error = Malformed;

    fn try_from(MomentParts { time, ordinal, position }: MomentParts<'_>) -> Result<Self, Malformed> {
        let ordinal = Ordinal::parse(ordinal);
        Ok(Self { time: time.try_into()?, ordinal, position: Position::new(position) })
    }
}

fn moments(moments: &Moments) -> Vec<(Time, u64)> {
    moments.parts().iter().map(|(time, position)| ((*time).into(), position.sequence())).collect()
}

fn read_moments(parts: Vec<(Time, u64)>) -> Result<Moments, Malformed> {
    let read = |(time, position): (Time, u64)| Ok((Timestamp::try_from(time)?, Position::new(position)));
    Ok(Moments::from_parts(parts.into_iter().map(read).collect::<Result<Vec<_>, Malformed>>()?))
}

/// Such as stands in events: its place among [`LeafKind::ALL`].
fn number(kind: LeafKind) -> u8 {
    match kind {
        LeafKind::Account => 0,
        LeafKind::ContactEmail => 1,
        LeafKind::Phone => 2,
        LeafKind::Site => 3,
        LeafKind::Asset => 4,
        LeafKind::Billing => 5,
    }
}

fn leaf_kind(number: u8) -> Result<LeafKind, Malformed> {
    LeafKind::ALL.get(usize::from(number)).copied().ok_or(Malformed("kind of leaf"))
}

impl<'a> From<&'a Tie> for TieParts<'a> {
    fn from(tie: &'a Tie) -> Self {
        // Its home is the edge's.
        let Tie { home: _, kind, from, to, identity, origin, moment, void, struck } = tie;
        Self {
            kind: match kind {
                TieKind::Merge => KindParts::Merge,
                TieKind::Alias(kind, Confidence::Weak) => KindParts::Weak(number(*kind)),
                TieKind::Alias(kind, Confidence::Strong) => KindParts::Strong(number(*kind)),
            },
            from: from.to_bytes(),
            to: to.to_bytes(),
            identity: identity.into(),
            origin: origin.into(),
            moment: moment.into(),
            void: *void,
            struck: moments(struck),
        }
    }
}

impl TieParts<'_> {
    fn tie(self, home: CustomerId) -> Result<Tie, Malformed> {
        let TieParts { kind, from, to, identity, origin, moment, void, struck } = self;
        Ok(Tie {
            home,
            kind: match kind {
                KindParts::Merge => TieKind::Merge,
                KindParts::Weak(kind) => TieKind::Alias(leaf_kind(kind)?, Confidence::Weak),
                KindParts::Strong(kind) => TieKind::Alias(leaf_kind(kind)?, Confidence::Strong),
            },
            from: CustomerId::from_bytes(from),
            to: CustomerId::from_bytes(to),
            identity: Identity::from(identity),
            origin: origin.try_into()?,
            moment: moment.try_into()?,
            void,
            struck: read_moments(struck)?,
        })
    }
}

impl<'a> From<&'a Withdrawal> for WithdrawalParts<'a> {
    fn from(withdrawal: &'a Withdrawal) -> Self {
        let Withdrawal { of_merge, identity, origin, moment, struck } = withdrawal;
        Self {
            of_merge: *of_merge,
            identity: identity.into(),
            origin: origin.into(),
            moment: moment.into(),
            struck: moments(struck),
        }
    }
}

impl TryFrom<WithdrawalParts<'_>> for Withdrawal {
    type Error = Malformed;

    fn try_from(parts: WithdrawalParts<'_>) -> Result<Self, Malformed> {
        let WithdrawalParts { of_merge, identity, origin, moment, struck } = parts;
        Ok(Self {
            of_merge,
            identity: Identity::from(identity),
            origin: origin.try_into()?,
            moment: moment.try_into()?,
            struck: read_moments(struck)?,
        })
    }
}

impl TryFrom<EdgeParts<'_>> for Edge {
    type Error = Malformed;

    fn try_from(EdgeParts { id, home, tie, withdrawals }: EdgeParts<'_>) -> Result<Self, Malformed> {
        let home = CustomerId::from_bytes(home);
        Ok(Self {
            id: EdgeId::from_bytes(id),
            home,
            tie: tie.map(|tie| tie.tie(home)).transpose()?,
            withdrawals: withdrawals.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        })
    }
}

pub(crate) fn encode(edge: &Edge, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let Edge { id, home, tie, withdrawals } = edge;
    begin(out);
    append(
        out,
        &EdgeParts {
            id: id.to_bytes(),
            home: home.to_bytes(),
            tie: tie.as_ref().map(Into::into),
            withdrawals: withdrawals.iter().map(Into::into).collect(),
        },
    )
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Edge, StoreError> {
    read::<EdgeParts<'_>, _>(EDGE, bytes)
}
