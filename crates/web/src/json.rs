//! The RPCs by name, and their messages between protobuf and canonical JSON (`contract.md` 6).
//!
//! All of it is read from the descriptor set. The form is that of `client::json`: fields without presence are always
//! written, enums by name, and members that a message does not have are refused.

use std::sync::LazyLock;

use prost_reflect::{
    DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, SerializeOptions, ServiceDescriptor,
};

/// The package whose services are served.
const PACKAGE: &str = "davy.v1";

/// A message that another part of this process wrote cannot be turned into JSON.
#[derive(Debug)]
pub(crate) struct Unwritable {
    pub(crate) message: String,
    pub(crate) cause: String,
}

/// The services of the API.
pub(crate) fn services() -> impl Iterator<Item = ServiceDescriptor> {
    pool().services().filter(|service| service.package_name() == PACKAGE)
}

/// Such as `davy.v1.IssueService`.
pub(crate) fn service(name: &str) -> Option<ServiceDescriptor> {
    services().find(|service| service.full_name() == name)
}

/// A method of a service of the API.
pub(crate) fn method(service: &str, name: &str) -> Option<MethodDescriptor> {
    self::service(service)?.methods().find(|method| method.name() == name)
}

/// What HTTP calls a method.
pub(crate) fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// The names of a service's methods, for people.
pub(crate) fn method_names(service: &ServiceDescriptor) -> String {
    service.methods().map(|method| method.name().to_owned()).collect::<Vec<_>>().join(", ")
}

/// A message as protobuf, from its JSON. Nothing at all is the empty message.
pub(crate) fn read(message: MessageDescriptor, text: &[u8]) -> Result<DynamicMessage, serde_json::Error> {
    if text.trim_ascii().is_empty() {
        return Ok(DynamicMessage::new(message));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let read = DynamicMessage::deserialize(message, &mut deserializer)?;
    deserializer.end()?;
    Ok(read)
}

/// The canonical JSON of an encoded message, on one line.
pub(crate) fn write(message: MessageDescriptor, encoded: &[u8]) -> Result<Vec<u8>, Unwritable> {
    let name = message.full_name().to_owned();
    let unwritable = |cause: String| Unwritable { message: name.clone(), cause };
    let decoded = DynamicMessage::decode(message, encoded).map_err(|error| unwritable(error.to_string()))?;
    text(&decoded).map_err(|error| unwritable(error.to_string()))
}

/// The canonical JSON of a message, on one line.
pub(crate) fn text(message: &DynamicMessage) -> Result<Vec<u8>, serde_json::Error> {
    let mut serializer = serde_json::Serializer::new(Vec::new());
    message.serialize_with_options(&mut serializer, &SerializeOptions::new().skip_default_fields(false))?;
    Ok(serializer.into_inner())
}

/// `google.rpc.Status`, whose details can be any of its package.
#[expect(
    clippy::expect_used,
    reason = "it stands in our own descriptor set; every error in the tests needs it"
)]
pub(crate) fn status() -> MessageDescriptor {
    pool().get_message_by_name("google.rpc.Status").expect("find google.rpc.Status")
}

#[expect(clippy::expect_used, reason = "the sets are built into the program; every test needs them")]
fn pool() -> &'static DescriptorPool {
    static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
        let mut pool = DescriptorPool::decode(proto::STATUS_DESCRIPTOR_SET).expect("decode google.rpc");
        pool.decode_file_descriptor_set(proto::FILE_DESCRIPTOR_SET).expect("decode davy.v1");
        pool
    });
    &POOL
}
