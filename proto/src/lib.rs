//! The generated types of `davy.v1` and their descriptor set. Nothing else lives here.

/// Package `davy.v1`: messages, clients and servers, as generated from `proto/davy/v1/*.proto`.
pub mod v1 {
    tonic::include_proto!("davy.v1");
}

/// The encoded `google.protobuf.FileDescriptorSet` of `davy.v1` and what it imports.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/davy.v1.bin"));

/// The same of `google.rpc.Status` and the details it can carry.
pub use tonic_types::pb::FILE_DESCRIPTOR_SET as STATUS_DESCRIPTOR_SET;

include!(concat!(env!("OUT_DIR"), "/schemas.rs"));
