//! What the outside must provide: the network, the time, randomness.

use async_trait::async_trait;
use model::Timestamp;
use odata::http::{HttpRequest, HttpResponse};

/// Why there is no answer. Whether the request reached the server is unknown in either case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection, or it broke.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// Something between the device and the server answered instead.
    #[error(
        "a web page came instead of the server's answer; sign in to the network you are on, then it goes on by itself"
    )]
    Intercepted,
    /// No answer in time.
    #[error("the server did not answer in time")]
    TimedOut,
}

/// Sends a request and waits for the answer. An answer of any status is `Ok`.
#[async_trait(?Send)]
pub trait Transport {
    /// Sends `request`; a path as target means the server the transport was made for.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;
}

/// The device's clock.
#[async_trait(?Send)]
pub trait Clock {
    /// Now. May be wrong, and may jump.
    fn now(&self) -> Timestamp;

    /// Returns after this many milliseconds.
    async fn sleep(&self, milliseconds: u64);
}

/// Randomness for ids and for the jitter of retries.
pub trait Random {
    /// 128 random bits.
    fn bits(&self) -> u128;
}
