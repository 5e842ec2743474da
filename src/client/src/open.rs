//! `Request::Open`: works without a network as soon as the device has synced once.

use crate::device::Device;
use crate::message::{Failure, FailureKind, Opened, PROTOCOL, Reply};
use crate::session::Session;
use model::Language;
use std::rc::Rc;

impl Session {
    pub(crate) async fn open(
        &self,
        protocol: u32,
        server: &str,
        languages: &[String],
    ) -> Result<Reply, Failure> {
        if protocol != PROTOCOL {
            let message =
                format!("the page speaks protocol {protocol}, the worker {PROTOCOL}; reload the app");
            return Err(Failure::new(FailureKind::Protocol, message));
        }
        let _one_at_a_time = self.changing.lock().await;
        let open = self.device.borrow().clone().filter(|device| device.server == server);
        let device = match open {
            Some(device) => device,
            None => {
                let device = Rc::new(Device::open(server, &self.parts).await?);
                self.device.replace(Some(Rc::clone(&device)));
                device
            }
        };
        self.wake_driver();
        Ok(Reply::Opened(opened(&device, languages)))
    }
}

/// The state after opening or signing in.
pub(crate) fn opened(device: &Device, languages: &[String]) -> Opened {
    let user = device.definitions().ok().map(|definitions| definitions.profile.clone());
    let browser = languages.iter().find_map(|tag| Language::from_tag(tag));
    let language = user.as_ref().map(|user| user.language).or(browser).unwrap_or(Language::English);
    Opened { user, language, is_synced: device.is_synced(), sync: device.reporter.status() }
}
