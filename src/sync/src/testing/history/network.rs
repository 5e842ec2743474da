//! What the network does with a device's requests, decided by the seed.

use crate::testing::faults::{half, refusal, refusal_until, web_page};
use crate::testing::script::give_way;
use crate::testing::server::Server;
use crate::{Clock, Transport, TransportError};
use async_trait::async_trait;
use model::Timestamp;
use model::testing::Choices;
use odata::http::{HttpRequest, HttpResponse};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A device's way to the server.
pub struct Network {
    pub server: Rc<RefCell<Server>>,
    pub choices: Rc<RefCell<Choices>>,
    /// Who works on the device.
    pub user: usize,
    pub is_good: Cell<bool>,
    pub is_cut: Cell<bool>,
    /// Requests that the device has given up and that arrive yet.
    pub late: RefCell<Vec<HttpRequest>>,
}

impl Network {
    /// Something that was thought lost arrives, after what was sent since.
    pub fn deliver_late(&self) {
        if self.late.borrow().is_empty() {
            return;
        }
        let place = self.choices.borrow_mut().below(self.late.borrow().len() as u64);
        let request = self.late.borrow_mut().remove(usize::try_from(place).unwrap());
        self.server.borrow_mut().answer(self.user, &request);
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        self.server.borrow_mut().answer(self.user, request)
    }

    /// What comes instead of the answer, if anything.
    fn fault(&self, request: &HttpRequest) -> Option<Result<HttpResponse, TransportError>> {
        let fault = self.choices.borrow_mut().below(50);
        Some(match fault {
            0 => Err(TransportError::TimedOut),
            1 | 2 => {
                self.answer(request);
                Err(TransportError::TimedOut)
            }
            // A repeated request: the second answer arrives.
            3 | 4 => {
                self.answer(request);
                return None;
            }
            5 => Ok(web_page(200)),
            6 => Ok(refusal_until(503, "9")),
            7 | 8 => Ok(half(self.answer(request))),
            9 => Ok(refusal_until(429, "17")),
            10 => Ok(refusal(500, "")),
            11 => Ok(refusal(401, "")),
            12 => Ok(refusal(403, "0x80040220")),
            13 => Ok(web_page(413)),
            // Killed in the middle of its work, and started again after a while.
            14 | 15 => {
                let parts = usize::try_from(self.choices.borrow_mut().below(3)).unwrap();
                self.server.borrow_mut().answer_some(self.user, request, parts);
                self.server.borrow_mut().is_down = 2;
                Err(TransportError::Unreachable("connection reset".to_owned()))
            }
            // A server that keeps no answers would make a row anew that was deleted meanwhile.
            16..=18 if self.server.borrow().keeps_answers => {
                self.late.borrow_mut().push(request.clone());
                Err(TransportError::TimedOut)
            }
            _ => return None,
        })
    }
}

#[async_trait(?Send)]
impl Transport for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let delay = self.choices.borrow_mut().below(4);
        for _ in 0..delay {
            give_way().await;
        }
        if self.is_cut.get() {
            return Err(TransportError::Unreachable("cut".to_owned()));
        }
        if !self.is_good.get() {
            let is_down = self.server.borrow().is_down;
            if is_down > 0 {
                self.server.borrow_mut().is_down = is_down - 1;
                return Err(TransportError::Unreachable("connection refused".to_owned()));
            }
            if self.choices.borrow_mut().once_in(3) {
                self.deliver_late();
            }
            if let Some(instead) = self.fault(&request) {
                return instead;
            }
        }
        let response = self.answer(&request);
        give_way().await;
        Ok(response)
    }
}

/// A device's clock, which has little to do with the server's.
pub struct Clocked(pub Cell<i64>);

#[async_trait(?Send)]
impl Clock for Clocked {
    fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(self.0.get())
    }

    async fn sleep(&self, _milliseconds: u64) {}
}
