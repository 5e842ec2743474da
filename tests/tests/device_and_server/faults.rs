//! Every answer that can come instead of the right one while rows are fetched: nothing is lost, the state says what is
//! wrong, and it goes on afterwards.

use crate::device::Device;
use crate::office::Office;
use crate::world::World;
use client::TransportError;
use client::message::{Request, SyncPhase, SyncProblemKind};
use odata::ServiceError;
use odata::http::HttpResponse;
use std::rc::Rc;
use store_sql::testing::Place;

type Answer = Result<HttpResponse, TransportError>;

/// What the user is told.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    /// There is no connection, and why, if more is known than that the network is gone; it goes on by itself.
    Offline(Option<SyncProblemKind>),
    /// A problem with words of its own.
    Problem(SyncProblemKind),
}

fn refusal(status: u16) -> Answer {
    let mut response = ServiceError::new(status, "0x8006088a", "no").to_response();
    if matches!(status, 429 | 503) {
        response.headers.push(("retry-after".to_owned(), "7".to_owned()));
    }
    Ok(response)
}

fn body(kind: &str, body: &str) -> Answer {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    Ok(HttpResponse { status: 200, headers, body: body.as_bytes().to_vec() })
}

fn broken(reason: &str) -> Answer {
    Err(TransportError::Unreachable(reason.to_owned()))
}

/// Each with the answer and what the user is told of it.
fn cases() -> Vec<(&'static str, Answer, Told)> {
    use SyncProblemKind::{Busy, Intercepted, Refused, TimedOut, Unreachable, Unreadable};
    vec![
        ("a web page", body("text/html", "<html>Welcome aboard</html>"), Told::Offline(Some(Intercepted))),
        (
            "half a body",
            body("multipart/mixed; boundary=b", "--b\r\nContent-Type: appl"),
            Told::Problem(Unreadable),
        ),
        ("no body", body("application/json", ""), Told::Problem(Unreadable)),
        ("400", refusal(400), Told::Problem(Refused)),
        ("403", refusal(403), Told::Problem(Refused)),
        ("404", refusal(404), Told::Problem(Refused)),
        ("412", refusal(412), Told::Problem(Refused)),
        ("413", refusal(413), Told::Problem(Refused)),
        ("429", refusal(429), Told::Problem(Busy)),
        ("500", refusal(500), Told::Problem(Refused)),
        ("503", refusal(503), Told::Problem(Busy)),
        ("a time-out", Err(TransportError::TimedOut), Told::Offline(Some(TimedOut))),
        ("a connection reset", broken("connection reset"), Told::Offline(Some(Unreachable))),
        ("a wrong certificate", broken("certificate verify failed"), Told::Offline(Some(Unreachable))),
    ]
}

async fn told(device: &Device) -> Told {
    let status = device.status().await;
    let kind = status.problem.map(|problem| problem.kind);
    match (status.phase, kind) {
        (SyncPhase::Offline, kind) => Told::Offline(kind),
        (SyncPhase::Idle, Some(kind)) => Told::Problem(kind),
        (phase, kind) => panic!("a failed sync leaves {phase:?}, {kind:?}"),
    }
}

pub async fn every_wrong_answer_to_changes(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let device = Device::synced(&world, "rep-fr").await;
    let office = Office::new(&world).await;
    let account = device.editable("account", 1).await[0];
    let counts = device.counts().await;
    for (name, answer, expected) in cases() {
        office.patch("accounts", account, &format!(r#"{{"fax":"{name}"}}"#)).await;
        device.network.answer_instead("$batch", answer);
        device.sync_fails().await;
        assert_eq!(told(&device).await, expected, "{name}");
        assert_eq!(device.counts().await, counts, "{name}");
        device.sync().await;
        assert_eq!(device.text("account", account, "fax").await, name);
        let status = device.status().await;
        assert_eq!((status.phase, status.problem), (SyncPhase::Idle, None), "{name}");
    }
    // Where the browser says that there is no network, that is all there is to say.
    device.ask(Request::Wake { online: false }).await;
    device.network.answer_instead("$batch", broken("the cable is out"));
    device.sync_fails().await;
    assert_eq!(told(&device).await, Told::Offline(None));
}

pub async fn every_wrong_answer_to_a_page_of_the_first_sync(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let counts = Device::synced(&world, "rep-fr").await.counts().await;
    for (name, answer, expected) in cases() {
        let device = Device::new(&world).await;
        device.sign_in("rep-fr").await;
        device.network.answer_instead("/opportunities?", answer);
        device.sync_fails().await;
        assert_eq!(told(&device).await, expected, "{name}");
        assert!(device.counts().await["systemuser"] > 0, "{name}: what came stays");
        let device = device.reopened().await;
        device.sync().await;
        assert_eq!(device.counts().await, counts, "{name}");
    }
}

/// 401 and 410 have answers of their own: the sign-in is renewed once, the link is left for a comparison.
pub async fn a_sign_in_refused_twice_waits_for_the_user(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let device = Device::synced(&world, "rep-fr").await;
    let office = Office::new(&world).await;
    let account = device.editable("account", 1).await[0];
    office.patch("accounts", account, r#"{"fax":"401"}"#).await;
    device.network.answer_instead("$batch", refusal(401));
    device.sync().await;
    assert_eq!(device.text("account", account, "fax").await, "401", "renewed once, without a word");
    office.patch("accounts", account, r#"{"fax":"again"}"#).await;
    device.network.answer_instead("$batch", refusal(401));
    device.network.answer_instead("$batch", refusal(401));
    device.sync_fails().await;
    assert_eq!(device.status().await.phase, SyncPhase::SignInNeeded);
    device.save("account", account, "telephone1", "works meanwhile").await;
    device.sign_in("rep-fr").await;
    device.sync().await;
    assert_eq!(device.text("account", account, "fax").await, "again");
    assert_eq!(office.value("accounts", account, "telephone1").await, "works meanwhile");
}

pub async fn a_page_whose_link_has_expired_on_the_way_is_begun_again(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let counts = Device::synced(&world, "rep-fr").await.counts().await;
    let device = Device::synced(&world, "rep-fr").await;
    device.network.answer_instead("$batch", refusal(410));
    device.sync_fails().await;
    assert_eq!(told(&device).await, Told::Problem(SyncProblemKind::Refused));
    device.sync().await;
    assert_eq!(device.counts().await, counts);
}
