//! The service of customers, of which only the timeline is measured.

use proto::v1::{
    GetTimelineRequest, GetTimelineResponse, WatchTimelineRequest, WatchTimelineResponse,
    customer_service_server::CustomerService,
};
use tonic::{Request, Response, Status};

use super::{Bare, NoFrames, not_measured};

beside! {
    CustomerService {
        type WatchTimelineStream = NoFrames<WatchTimelineResponse>;

        async fn get_timeline(
            &self,
            _: Request<GetTimelineRequest>,
        ) -> Result<Response<GetTimelineResponse>, Status> {
            Ok(Response::new(self.timeline.clone()))
        }

        async fn watch_timeline(
            &self,
            _: Request<WatchTimelineRequest>,
        ) -> Result<Response<Self::WatchTimelineStream>, Status> {
            Err(not_measured())
        }
    }
    get_customer(GetCustomerRequest) -> GetCustomerResponse,
    list_customers(ListCustomersRequest) -> ListCustomersResponse,
    assert_alias(AssertAliasRequest) -> AssertAliasResponse,
    retract_alias(RetractAliasRequest) -> RetractAliasResponse,
    merge_customers(MergeCustomersRequest) -> MergeCustomersResponse,
    unmerge_customers(UnmergeCustomersRequest) -> UnmergeCustomersResponse,
    list_suggestions(ListSuggestionsRequest) -> ListSuggestionsResponse,
    list_identity_conflicts(ListIdentityConflictsRequest) -> ListIdentityConflictsResponse,
    list_not_compared(ListNotComparedRequest) -> ListNotComparedResponse,
    list_silent(ListSilentRequest) -> ListSilentResponse,
}
