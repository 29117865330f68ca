//! The canonical JSON of `davy.v1` (`contract.md` 6): lower camel case names, names of enums, 64-bit counts as strings,
//! times in RFC 3339 UTC; fields without presence always stand there, those with presence only when they are set.
//!
//! The fields of a message stand in the order of their numbers, so equal messages are equal text.
//!
//! ```
//! use davy_client::{json, v1::Reference};
//!
//! let reference = Reference { system: "zendesk".into(), id: String::new() };
//! assert_eq!(json::to_string(&reference).unwrap(), r#"{"system":"zendesk","id":""}"#);
//! ```

use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};
use proto::v1;
use serde_json::Value;

/// A message cannot be written or read as JSON.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// It holds something that JSON has no form for, such as a time before the year 1.
    #[error("write a {message} as JSON")]
    Write {
        /// The name of the message.
        message: &'static str,
        /// What stands in the way.
        #[source]
        source: serde_json::Error,
    },
    /// The text is not the JSON of such a message.
    #[error("read a {message} from JSON")]
    Read {
        /// The name of the message.
        message: &'static str,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The message does not fit its own descriptor.
    #[error("match a {message} with its descriptor")]
    Descriptor {
        /// The name of the message.
        message: &'static str,
        /// What does not fit.
        #[source]
        source: prost::DecodeError,
    },
}

/// A message of `davy.v1`.
pub trait Canonical: Message + Default {
    /// Without the package, such as `Issue`.
    const NAME: &'static str;
}

/// The canonical JSON of a message, on one line.
///
/// # Errors
/// If the message holds something that JSON has no form for.
pub fn to_string<M: Canonical>(message: &M) -> Result<String, JsonError> {
    let mut serializer = serde_json::Serializer::new(Vec::new());
    let written = dynamic(message)?.serialize_with_options(&mut serializer, &options());
    written.map_err(|source| JsonError::Write { message: M::NAME, source })?;
    Ok(String::from_utf8_lossy(&serializer.into_inner()).into_owned())
}

/// The canonical JSON of a message, as a value.
///
/// # Errors
/// As [`to_string`].
pub fn to_value<M: Canonical>(message: &M) -> Result<Value, JsonError> {
    let written = dynamic(message)?.serialize_with_options(serde_json::value::Serializer, &options());
    written.map_err(|source| JsonError::Write { message: M::NAME, source })
}

/// Reads a message. Members that it does not have are refused by name.
///
/// # Errors
/// If the text is not JSON, or not of this message.
pub fn from_str<M: Canonical>(text: &str) -> Result<M, JsonError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = DynamicMessage::deserialize(descriptor(M::NAME), &mut deserializer)
        .and_then(|message| deserializer.end().map(|()| message));
    let message = read.map_err(|source| JsonError::Read { message: M::NAME, source })?;
    message.transcode_to().map_err(|source| JsonError::Descriptor { message: M::NAME, source })
}

fn options() -> SerializeOptions {
    SerializeOptions::new().skip_default_fields(false)
}

fn dynamic<M: Canonical>(message: &M) -> Result<DynamicMessage, JsonError> {
    let decoded = DynamicMessage::decode(descriptor(M::NAME), message.encode_to_vec().as_slice());
    decoded.map_err(|source| JsonError::Descriptor { message: M::NAME, source })
}

#[expect(
    clippy::expect_used,
    reason = "the set is generated together with the types; a test looks every name up"
)]
fn descriptor(name: &str) -> MessageDescriptor {
    static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
        DescriptorPool::decode(proto::FILE_DESCRIPTOR_SET).expect("decode our own descriptor set")
    });
    POOL.get_message_by_name(&format!("davy.v1.{name}")).expect("find a message of our own")
}

macro_rules! canonical {
    ($($name:ident)*) => {
        $(impl Canonical for v1::$name {
            const NAME: &'static str = stringify!($name);
        })*

        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

canonical! {
    Reference Person CustomerRef Owner FormerOwner Offer Acknowledgement Issue QuarantinedEvent ReadState
    ReadOptions IssueFilter ListUnacknowledgedRequest UnacknowledgedEntry ListUnacknowledgedResponse ListIssuesRequest
    ListIssuesResponse IssueName GetIssueRequest GetIssueResponse WhoOwnsRequest WhoOwnsResponse
    Customer GetCustomerRequest GetCustomerResponse ListCustomersRequest ListCustomersResponse GetTimelineRequest Actor
    TimelineEntry GetTimelineResponse
    SnapshotComplete Progress WatchUnacknowledgedRequest WatchUnacknowledgedResponse UnacknowledgedSnapshot
    UnacknowledgedKey WatchIssueRequest WatchIssueResponse IssueSnapshot IssueDetail IssueKey WatchTimelineRequest
    WatchTimelineResponse TimelineSnapshot TimelineKey
    EventMessage PublishEventsRequest PublishOutcome Rejection PublishEventsResponse ValidateEventRequest
    ValidateEventResponse AcceptedEvent EventIdentity TraceEventRequest TraceEventResponse DescribeCatalogueRequest
    EventType DescribeCatalogueResponse
    GetStatusRequest DepartmentStatus UnknownType GetStatusResponse ListQuarantineRequest ListQuarantineResponse
    QuarantineSettlement Operator RebuildState AcceptedLoss RedriveRequest RedriveResponse SkipRequest SkipResponse
    RetractEventsRequest EventRef RetractOutcome RetractEventsResponse VerifyCustomerRequest VerifyCustomerResponse
    ApplyRequest ApplyResponse AppliedDocument MemberChange DocumentMistake Document DepartmentDocument SystemDocument
    PersonDocument ContactPoint DocumentName GetDocumentRequest GetDocumentResponse ListDocumentsRequest
    ListDocumentsResponse
    VerifyDifference AcceptLossRequest AcceptLossResponse RebuildRequest RebuildResponse
    ReportIssueRequest ReportIssueResponse AcknowledgeIssueRequest AcknowledgeIssueResponse
    AcceptIssueRequest AcceptIssueResponse AssignIssueRequest AssignIssueResponse DeclineIssueRequest
    DeclineIssueResponse OfferHandOffRequest OfferHandOffResponse AcceptHandOffRequest AcceptHandOffResponse
    DeclineHandOffRequest DeclineHandOffResponse WithdrawHandOffRequest WithdrawHandOffResponse
    RequestAssistRequest RequestAssistResponse AcceptAssistRequest AcceptAssistResponse AnswerAssistRequest
    AnswerAssistResponse DeclineAssistRequest DeclineAssistResponse RequestDeferralRequest
    RequestDeferralResponse DecideDeferralRequest DecideDeferralResponse CancelDeferralRequest
    CancelDeferralResponse MakePromiseRequest MakePromiseResponse KeepPromiseRequest KeepPromiseResponse
    RenegotiatePromiseRequest RenegotiatePromiseResponse ReportWorkaroundRequest ReportWorkaroundResponse
    ReviewWorkaroundRequest ReviewWorkaroundResponse AddNoteRequest AddNoteResponse ChangeSeverityRequest
    ChangeSeverityResponse RequestCustomerInputRequest RequestCustomerInputResponse SendUpdateRequest
    SendUpdateResponse LogContactRequest LogContactResponse ReportMissedContactRequest
    ReportMissedContactResponse ResolveIssueRequest ResolveIssueResponse CloseIssueRequest
    CloseIssueResponse ReopenIssueRequest ReopenIssueResponse WithdrawIssueRequest WithdrawIssueResponse
    ReinstateIssueRequest ReinstateIssueResponse LinkIssuesRequest LinkIssuesResponse UnlinkIssuesRequest
    UnlinkIssuesResponse CorrectCustomerRequest CorrectCustomerResponse AddReferenceRequest
    AddReferenceResponse ObserveSignalRequest ObserveSignalResponse DispositionSignalRequest
    DispositionSignalResponse BatchAcknowledgeIssuesRequest BatchAcknowledgeIssuesResponse
    BatchAcceptIssuesRequest BatchAcceptIssuesResponse CommandOptions CommandResult DefaultedField
    BodyRestriction NextAction CommandOutcome CommandRefusal IssueWork HandOffOffer IssueLink Assist
    CustomerProfile Contract Money CustomerTie AssertAliasRequest AssertAliasResponse RetractAliasRequest
    RetractAliasResponse MergeCustomersRequest MergeCustomersResponse UnmergeCustomersRequest
    UnmergeCustomersResponse CustomerCommandResult ListSuggestionsRequest ListSuggestionsResponse Suggestion
    SameId ManyDoors ListIdentityConflictsRequest ListIdentityConflictsResponse IdentityConflict
    ListNotComparedRequest ListNotComparedResponse NotCompared
    ListSilentRequest ListSilentResponse SilentCustomer Silence
    Deferral Promise Workaround ListWorkRequest WorkEntry ListWorkResponse WhoAmIRequest
    WhoAmIResponse
    PersonalRule QuietHours CalendarDocument RotationDocument ScheduleDocument ScheduleLayer TemporarySchedule
    TemporaryShift OverrideDocument PolicyDocument PolicyPlan PolicyStep ExplainClockRequest ExplainedClock
    ExplainClockResponse PingRecipient Ping Run PingAnswer Clock Shift ShiftGap WhoIsOnCallRequest
    WhoIsOnCallResponse ListShiftsRequest ListShiftsResponse ListPingsRequest ListPingsResponse ListedPing
    AcknowledgePingRequest AcknowledgePingResponse EscalateNowRequest EscalateNowResponse SnoozeRequest
    SnoozeResponse MigrateOpenRequest MigratedRun MigrateOpenResponse ExplainPingRequest ExplainedPing ExplainPingResponse SimulatePolicyRequest SimulatedStep
    SimulatePolicyResponse ForecastReachabilityRequest ReachabilityProblem ForecastReachabilityResponse
    WatchOwedPingsRequest OwedPing OwedIssue OwedSnapshot OwedKey WatchOwedPingsResponse ClaimPingRequest
    ClaimPingResponse PingContent RecordPingOutcomeRequest RecordPingOutcomeResponse
}

#[cfg(test)]
mod tests;
