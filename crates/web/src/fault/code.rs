//! The codes of gRPC, and what HTTP calls them, as `google/rpc/code.proto` has both.

use axum::http::StatusCode;

/// A code other than OK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code(&'static (u8, &'static str, StatusCode));

/// By number, from 1.
static CODES: [(u8, &str, StatusCode); 16] = [
    // "Client closed request" has no name in `http`, and nobody is there to read it.
    (1, "CANCELLED", StatusCode::INTERNAL_SERVER_ERROR),
    (2, "UNKNOWN", StatusCode::INTERNAL_SERVER_ERROR),
    (3, "INVALID_ARGUMENT", StatusCode::BAD_REQUEST),
    (4, "DEADLINE_EXCEEDED", StatusCode::GATEWAY_TIMEOUT),
    (5, "NOT_FOUND", StatusCode::NOT_FOUND),
    (6, "ALREADY_EXISTS", StatusCode::CONFLICT),
    (7, "PERMISSION_DENIED", StatusCode::FORBIDDEN),
    (8, "RESOURCE_EXHAUSTED", StatusCode::TOO_MANY_REQUESTS),
    (9, "FAILED_PRECONDITION", StatusCode::BAD_REQUEST),
    (10, "ABORTED", StatusCode::CONFLICT),
    (11, "OUT_OF_RANGE", StatusCode::BAD_REQUEST),
    (12, "UNIMPLEMENTED", StatusCode::NOT_IMPLEMENTED),
    (13, "INTERNAL", StatusCode::INTERNAL_SERVER_ERROR),
    (14, "UNAVAILABLE", StatusCode::SERVICE_UNAVAILABLE),
    (15, "DATA_LOSS", StatusCode::INTERNAL_SERVER_ERROR),
    (16, "UNAUTHENTICATED", StatusCode::UNAUTHORIZED),
];

impl Code {
    pub(crate) const UNKNOWN: Self = Self(&CODES[1]);
    pub(crate) const INVALID_ARGUMENT: Self = Self(&CODES[2]);
    pub(crate) const DEADLINE_EXCEEDED: Self = Self(&CODES[3]);
    pub(crate) const NOT_FOUND: Self = Self(&CODES[4]);
    pub(crate) const RESOURCE_EXHAUSTED: Self = Self(&CODES[7]);
    pub(crate) const FAILED_PRECONDITION: Self = Self(&CODES[8]);
    pub(crate) const UNIMPLEMENTED: Self = Self(&CODES[11]);
    pub(crate) const INTERNAL: Self = Self(&CODES[12]);
    pub(crate) const UNAVAILABLE: Self = Self(&CODES[13]);
    pub(crate) const UNAUTHENTICATED: Self = Self(&CODES[15]);

    /// As the header `grpc-status` has it. What is no code is read as UNKNOWN, as the gRPC protocol wants it.
    pub(crate) fn parse(text: &str) -> Self {
        let number: Option<u8> = text.parse().ok();
        CODES.iter().find(|code| Some(code.0) == number).map_or(Self::UNKNOWN, Self)
    }

    pub(crate) const fn number(self) -> u8 {
        self.0.0
    }

    pub(crate) const fn name(self) -> &'static str {
        self.0.1
    }

    pub(crate) const fn http(self) -> StatusCode {
        self.0.2
    }
}
