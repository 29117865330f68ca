//! `DirectoryService`: departments, systems and people.

mod append;
mod apply;
mod difference;
mod document;
#[cfg(feature = "testing")]
mod foreseen;
mod plan;

use std::sync::Arc;

use domain::{Department, Directory, Document, DocumentKey, Position, Principal, Role};
use engine::query::Answer;
use proto::v1::{self, directory_service_server::DirectoryService};
use tonic::{Request, Response, Status};

use crate::{
    auth,
    check::{Check, unread},
    deadline::patience,
    shared::Shared,
    status,
    token::Binding,
};
#[cfg(feature = "testing")]
pub(crate) use foreseen::foreseen;

pub(crate) struct Directories(pub(crate) Arc<Shared>);

#[tonic::async_trait]
impl DirectoryService for Directories {
    async fn apply(&self, request: Request<v1::ApplyRequest>) -> Result<Response<v1::ApplyResponse>, Status> {
        let patience = patience(request.metadata());
        let principal = auth::principal(&request)?;
        self.0.apply_documents(request.into_inner(), &principal, patience).await.map(Response::new)
    }

    async fn get_document(
        &self,
        request: Request<v1::GetDocumentRequest>,
    ) -> Result<Response<v1::GetDocumentResponse>, Status> {
        let patience = patience(request.metadata());
        let principal = auth::principal(&request)?;
        let request = request.into_inner();
        let mut check = Check::default();
        let read = check.read_versions(request.read.as_ref());
        let key = check.document_key(request.name.as_ref());
        let key = check.done(key)?;
        self.0.reach(read.wait_for, patience).await?;
        let Answer { value: directory, position } = self.0.ask(true, |reader| reader.directory()).await?;
        let at = read.at.known_at.unwrap_or(position);
        let version = directory.version(&key, at).ok_or_else(|| status::unknown_document(&key))?;
        let seer = Seer::new(&principal, &directory, position);
        Ok(Response::new(v1::GetDocumentResponse {
            document: Some(seer.shown(&version.document)),
            position: version.position.to_string(),
            read_state: self.0.read_state(position),
        }))
    }

    async fn list_documents(
        &self,
        request: Request<v1::ListDocumentsRequest>,
    ) -> Result<Response<v1::ListDocumentsResponse>, Status> {
        let patience = patience(request.metadata());
        let principal = auth::principal(&request)?;
        let mut request = request.into_inner();
        let mut check = Check::default();
        let read = check.read_versions(request.read.as_ref());
        let page_size = check.page_size(std::mem::take(&mut request.page_size));
        let page_token = std::mem::take(&mut request.page_token);
        let kind = check.enumeration::<v1::DocumentKind>("kind", request.kind).unwrap_or_default();
        let department = check.department("department", &request.department);
        unread(&mut request.read);
        check.done(Some(()))?;
        let binding = Binding::new("ListDocuments", &request);
        let after = self.0.tokens.open::<String>(binding, &page_token)?;
        self.0.reach(read.wait_for, patience).await?;
        let Answer { value: directory, position } = self.0.ask(true, |reader| reader.directory()).await?;
        let at = read.at.known_at.unwrap_or(position);
        let wanted = |document: &&Document| {
            kind_fits(kind, document)
                && (document.is_current() || !request.active_only)
                && department.as_ref().is_none_or(|department| belongs_to(document, department))
                && after.as_ref().is_none_or(|after| place(&document.key()) > *after)
        };
        let mut found = directory.documents(at).filter(wanted);
        let page: Vec<_> = found.by_ref().take(page_size).collect();
        let last = page.last().filter(|_| found.next().is_some());
        let seer = Seer::new(&principal, &directory, position);
        Ok(Response::new(v1::ListDocumentsResponse {
            documents: page.iter().map(|document| seer.shown(document)).collect(),
            next_page_token: self.0.tokens.seal(binding, last.map(|last| place(&last.key())).as_ref()),
            directory_position: directory.last_change().to_string(),
            read_state: self.0.read_state(position),
        }))
    }
}

/// Where a document stands in a list, as text that sorts so.
fn place(key: &DocumentKey) -> String {
    let kind = match key {
        DocumentKey::Department(_) => 1,
        DocumentKey::System(_) => 2,
        DocumentKey::Person(_) => 3,
        DocumentKey::Calendar(_) => 4,
        DocumentKey::Rotation(_) => 5,
        DocumentKey::Schedule(_) => 6,
        DocumentKey::Override(_) => 7,
        DocumentKey::Policy(_) => 8,
    };
    format!("{kind}{}", key.id())
}

const fn kind_fits(kind: v1::DocumentKind, document: &Document) -> bool {
    match kind {
        v1::DocumentKind::Unspecified => true,
        v1::DocumentKind::Department => matches!(document, Document::Department(_)),
        v1::DocumentKind::System => matches!(document, Document::System(_)),
        v1::DocumentKind::Person => matches!(document, Document::Person(_)),
        v1::DocumentKind::Calendar => matches!(document, Document::Calendar(_)),
        v1::DocumentKind::Rotation => matches!(document, Document::Rotation(_)),
        v1::DocumentKind::Schedule => matches!(document, Document::Schedule(_)),
        v1::DocumentKind::Override => matches!(document, Document::Override(_)),
        v1::DocumentKind::Policy => matches!(document, Document::Policy(_)),
    }
}

fn belongs_to(document: &Document, department: &Department) -> bool {
    match document {
        Document::Department(document) => document.department == *department,
        Document::System(document) => document.department.as_ref() == Some(department),
        Document::Person(document) => document.departments.contains(department),
        Document::Calendar(_)
        | Document::Rotation(_)
        | Document::Schedule(_)
        | Document::Override(_)
        | Document::Policy(_) => false,
    }
}

/// Who reads documents, and whose addresses they may see.
pub(crate) struct Seer {
    all: bool,
    /// The caller's own id in the directory.
    own: Option<String>,
}

impl Seer {
    pub(crate) fn new(principal: &Principal, directory: &Directory, at: Position) -> Self {
        let all = principal.roles.has(Role::Admin) || principal.roles.has(Role::Pager);
        let own = principal.person.as_ref().and_then(|person| directory.person(&person.account, at));
        Self { all, own: own.map(|document| document.id.clone()) }
    }

    pub(crate) fn shown(&self, document: &Document) -> v1::Document {
        let own = matches!(document, Document::Person(person) if self.own.as_ref() == Some(&person.id));
        wire::proto::document(document, self.all || own)
    }
}
