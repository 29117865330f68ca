//! RPCs as bytes: what a client sends that is broken, hostile, or nobody.

use anyhow::Context as _;
use bytes::{Buf as _, BufMut as _, Bytes};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
    metadata::{AsciiMetadataKey, AsciiMetadataValue},
    transport::{Channel, Endpoint},
};

/// Sends bytes to any RPC. A handle: clones share the connection.
#[derive(Clone, Debug)]
pub struct RawRpc(Channel);

/// What an RPC answered: its code and message, where it was an error.
pub type RawAnswer = Result<Option<Bytes>, (i32, String)>;

impl RawRpc {
    /// Connects to `127.0.0.1:port`.
    ///
    /// # Errors
    /// If nobody listens there.
    pub async fn connect(address: &str) -> anyhow::Result<Self> {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).context("read the address")?;
        Ok(Self(endpoint.connect().await.with_context(|| format!("connect to {address}"))?))
    }

    /// Calls the RPC at a path such as `/davy.v1.IssueService/GetIssue`, and answers with its first message.
    ///
    /// # Errors
    /// If the request cannot be made of these.
    pub async fn call(
        &self,
        path: &str,
        metadata: &[(&str, &str)],
        message: impl Into<Bytes>,
    ) -> anyhow::Result<RawAnswer> {
        let path = PathAndQuery::try_from(path).context("read the path")?;
        let mut request = Request::new(message.into());
        for (name, value) in metadata {
            let name: AsciiMetadataKey = name.parse().context("read a name")?;
            let value: AsciiMetadataValue = value.parse().context("read a value")?;
            request.metadata_mut().insert(name, value);
        }
        Ok(self
            .stream(path, request)
            .await
            .map_err(|status| (status.code().into(), status.message().to_owned())))
    }

    async fn stream(&self, path: PathAndQuery, request: Request<Bytes>) -> Result<Option<Bytes>, Status> {
        let mut client = Grpc::new(self.0.clone());
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let answer = client.server_streaming(request, path, Verbatim).await?;
        answer.into_inner().message().await
    }
}

/// Paths of every RPC of Davy's own services.
///
/// # Errors
/// If the descriptors cannot be read.
pub fn rpcs() -> anyhow::Result<Vec<String>> {
    let set = FileDescriptorSet::decode(proto::FILE_DESCRIPTOR_SET).context("read the descriptors")?;
    let mut paths = Vec::new();
    for file in &set.file {
        for service in &file.service {
            let methods = service.method.iter();
            paths.extend(
                methods.map(|method| format!("/{}.{}/{}", file.package(), service.name(), method.name())),
            );
        }
    }
    Ok(paths)
}

/// Bytes as they are.
#[derive(Clone, Copy, Debug)]
struct Verbatim;

impl Codec for Verbatim {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Verbatim {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Verbatim {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
