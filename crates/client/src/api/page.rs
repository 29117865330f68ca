//! Lists, page by page: the token of one page asks for the next, and only one page is held.

use proto::v1;

use super::{Api, ApiError};

/// A request that is answered in pages.
pub trait Paged: Clone + Send {
    /// One page.
    type Page: Send;

    /// Asks for the page after the one that gave this token.
    fn set_page_token(&mut self, token: String);
    /// Empty on the last page.
    fn next_page_token(page: &Self::Page) -> &str;
    /// Asks for one page.
    fn fetch(self, api: &Api) -> impl Future<Output = Result<Self::Page, ApiError>> + Send;
}

/// The pages of one list.
///
/// ```no_run
/// # async fn example(api: davy_client::Api) -> Result<(), davy_client::ApiError> {
/// use davy_client::v1::ListIssuesRequest;
///
/// let mut pages = api.pages(ListIssuesRequest { page_size: 500, ..Default::default() });
/// while let Some(page) = pages.next().await? {
///     println!("{} issues", page.issues.len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Pages<P> {
    api: Api,
    /// Absent after the last page.
    next: Option<P>,
}

impl<P: Paged> Pages<P> {
    pub(super) fn new(api: Api, first: P) -> Self {
        Self { api, next: Some(first) }
    }

    /// The next page; none after the last. After an error the same page is asked for again.
    ///
    /// # Errors
    /// What Davy answered.
    pub async fn next(&mut self) -> Result<Option<P::Page>, ApiError> {
        let Some(request) = &self.next else { return Ok(None) };
        let page = request.clone().fetch(&self.api).await?;
        let token = P::next_page_token(&page);
        if token.is_empty() {
            self.next = None;
        } else if let Some(request) = &mut self.next {
            request.set_page_token(token.to_owned());
        }
        Ok(Some(page))
    }

    /// The request of the next page, to change its size; none after the last.
    pub fn upcoming(&mut self) -> Option<&mut P> {
        self.next.as_mut()
    }
}

macro_rules! paged {
    ($($request:ident $response:ident $method:ident)*) => {$(
        impl Paged for v1::$request {
            type Page = v1::$response;

            fn set_page_token(&mut self, token: String) {
                self.page_token = token;
            }

            fn next_page_token(page: &Self::Page) -> &str {
                &page.next_page_token
            }

            async fn fetch(self, api: &Api) -> Result<Self::Page, ApiError> {
                api.$method(self).await
            }
        }
    )*};
}

paged! {
    ListUnacknowledgedRequest ListUnacknowledgedResponse list_unacknowledged
    ListIssuesRequest ListIssuesResponse list_issues
    ListCustomersRequest ListCustomersResponse list_customers
    GetTimelineRequest GetTimelineResponse get_timeline
    ListQuarantineRequest ListQuarantineResponse list_quarantine
    ListDocumentsRequest ListDocumentsResponse list_documents
    ListWorkRequest ListWorkResponse list_work
    ListSuggestionsRequest ListSuggestionsResponse list_suggestions
    ListIdentityConflictsRequest ListIdentityConflictsResponse list_identity_conflicts
    ListNotComparedRequest ListNotComparedResponse list_not_compared
    ListSilentRequest ListSilentResponse list_silent
    ListPingsRequest ListPingsResponse list_pings
}
