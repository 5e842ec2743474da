//! What an edge hands over, and how events leave.

use crate::message::Event;
use async_trait::async_trait;
use odata::http::{HttpRequest, HttpResponse};
use std::rc::Rc;
use store::Blocks;
use sync::{Clock, Random, Transport, TransportError};

/// Takes events to the page.
pub trait Events {
    /// Tells the page; must not call back into the session.
    fn emit(&self, event: Event);
}

/// Everything a session gets from the outside.
#[derive(Clone)]
pub struct SessionParts {
    /// The local database.
    pub blocks: Rc<dyn Blocks>,
    /// The network. Targets are absolute addresses on the server named by `Request::Open`.
    pub transport: Rc<dyn Transport>,
    /// The time.
    pub clock: Rc<dyn Clock>,
    /// Randomness.
    pub random: Rc<dyn Random>,
    /// The way back to the page.
    pub events: Rc<dyn Events>,
}

/// Makes paths absolute on one server.
pub(crate) struct Addressed {
    pub(crate) server: String,
    pub(crate) transport: Rc<dyn Transport>,
}

#[async_trait(?Send)]
impl Transport for Addressed {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if request.target.starts_with('/') {
            request.target = format!("{}{}", self.server.trim_end_matches('/'), request.target);
        }
        self.transport.send(request).await
    }
}
