//! All services of the API, to be served or asked in process.

use std::sync::Arc;

use engine::{Clock, Codec, EventLog, command::Commands, pings::Pings, query::Reader};
use jiff::Timestamp;
use proto::v1::{
    customer_service_server::CustomerServiceServer, directory_service_server::DirectoryServiceServer,
    event_service_server::EventServiceServer, issue_service_server::IssueServiceServer,
    on_call_service_server::OnCallServiceServer, operations_service_server::OperationsServiceServer,
    pager_service_server::PagerServiceServer,
};
use tonic::{
    codec::CompressionEncoding::Gzip,
    service::{InterceptorLayer, Routes},
};
use tonic_health::{pb::health_server::HealthServer, server::HealthService};

use crate::{
    answers::AnswerTokens,
    auth::{Access, Caller, Guard},
    commands::WireComposer,
    customers::Customers,
    directory::Directories,
    events::Events,
    health::Health,
    issues::Issues,
    oncall::OnCall,
    operations::Operations,
    pager::Pagers,
    publish::Publishing,
    rebuild::Rebuild,
    shared::{Facts, Shared},
    token::Tokens,
    watch::Watches,
};

/// What the services stand on.
#[derive(Clone)]
pub struct Dependencies {
    /// The reads.
    pub reader: Reader,
    /// To publish to, and to trace from.
    pub log: Arc<dyn EventLog>,
    /// The same as the pipeline's.
    pub codec: Arc<dyn Codec>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dependencies").field("reader", &self.reader).finish_non_exhaustive()
    }
}

/// What is set by the operator, or known around the engine.
pub struct Options {
    /// Seals page tokens and answer links; replicas that answer the same clients share it.
    pub page_key: Vec<u8>,
    /// Of this Davy.
    pub version: String,
    /// Of this process.
    pub started_at: Timestamp,
    /// Asked for every GetStatus.
    pub facts: Box<dyn Fn() -> Facts + Send + Sync>,
    /// Asked to rebuild the projection.
    pub rebuild: Rebuild,
    /// Who may call.
    pub access: Arc<Access>,
    /// Where browsers find the web listener, such as `https://davy.example.com`; absent: pings carry no links.
    pub public_url: Option<String>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the key.
        f.debug_struct("Options").field("version", &self.version).finish_non_exhaustive()
    }
}

/// All services of the API. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    shared: Arc<Shared>,
    health: Health,
    access: Arc<Access>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").field("reader", &self.shared.reader).finish_non_exhaustive()
    }
}

/// Bytes of a request at most.
const REQUEST_BYTES: usize = 4 * 1024 * 1024;

macro_rules! limited {
    ($server:ident, $service:expr) => {
        $server::new($service)
            .accept_compressed(Gzip)
            .send_compressed(Gzip)
            .max_decoding_message_size(REQUEST_BYTES)
    };
}

impl Services {
    /// Over the engine. They report not to be serving until [`crate::serve`] sees the pipeline live.
    pub async fn new(dependencies: Dependencies, options: Options) -> Self {
        let Dependencies { reader, log, codec, clock } = dependencies;
        let Options { page_key, version, started_at, facts, rebuild, access, public_url } = options;
        let (tokens, answers) = (Tokens::new(&page_key), AnswerTokens::new(&page_key));
        let publishing = Publishing::default();
        let watches = Watches::default();
        let commands = Commands::new(reader.clone(), Arc::clone(&log), Arc::new(WireComposer));
        let pings = Pings::new(reader.clone(), Arc::clone(&log), Arc::new(WireComposer));
        let shared = Shared {
            reader,
            log,
            codec,
            clock,
            tokens,
            commands,
            pings,
            answers,
            public_url,
            access: Arc::clone(&access),
            publishing,
            watches,
            facts,
            rebuild,
            version,
            started_at,
        };
        Self { shared: Arc::new(shared), health: Health::new().await, access }
    }

    /// Everything, standard services included, for a listener or to be asked in process; behind its authentication.
    pub fn routes(&self) -> Routes {
        let shared = || Arc::clone(&self.shared);
        let routes = Routes::new(limited!(IssueServiceServer, Issues(shared())))
            .add_service(limited!(CustomerServiceServer, Customers(shared())))
            .add_service(limited!(DirectoryServiceServer, Directories(shared())))
            .add_service(limited!(EventServiceServer, Events(shared())))
            .add_service(limited!(OnCallServiceServer, OnCall(shared())))
            .add_service(limited!(PagerServiceServer, Pagers(shared())))
            .add_service(limited!(OperationsServiceServer, Operations(shared())))
            .add_service(HealthServer::new(HealthService::from_health_reporter(self.health.reporter())));
        let guard = Guard::new(Arc::clone(&self.access), Arc::clone(&self.shared.clock));
        // The guard stands before what is unknown too.
        Routes::from(with_reflection(routes).into_axum_router().layer(guard)).prepare()
    }

    /// What a pager in this process asks: past the door, which nobody else can. It has no credential and needs none.
    pub fn pager_routes(&self) -> Routes {
        let shared = || Arc::clone(&self.shared);
        let routes = Routes::new(limited!(PagerServiceServer, Pagers(shared())))
            .add_service(limited!(OnCallServiceServer, OnCall(shared())));
        let known = InterceptorLayer::new(|mut request: tonic::Request<()>| {
            request.extensions_mut().insert(Caller::own_pager()?);
            Ok(request)
        });
        Routes::from(routes.into_axum_router().layer(known)).prepare()
    }

    pub(crate) fn health(&self) -> &Health {
        &self.health
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

/// Both versions: many clients know v1alpha only.
fn with_reflection(routes: Routes) -> Routes {
    use tonic_reflection::server::Builder;

    let described = || {
        Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    match (described().build_v1(), described().build_v1alpha()) {
        (Ok(v1), Ok(v1alpha)) => routes.add_service(v1).add_service(v1alpha),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(error = %error, "server reflection is off: the descriptors cannot be read");
            routes
        }
    }
}
