//! `$batch`: change sets, references, order, repetition.

use crate::world::{Answer, REP, World, guid};
use odata::batch::{
    AnswerPart, Batch, BatchAnswer, ChangeSetRequest, ContentRequest, RequestPart, read_response,
    write_request,
};
use odata::http::{HttpRequest, HttpResponse, Method};
use store_sql::testing::Place;

fn request(method: Method, target: &str, headers: &[(&str, &str)], body: &str) -> HttpRequest {
    let mut headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    if !body.is_empty() {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    HttpRequest {
        method,
        target: format!("/api/data/v9.2/{target}"),
        headers,
        body: body.as_bytes().to_vec(),
    }
}

fn set(request_id: Option<&str>, changes: Vec<HttpRequest>) -> RequestPart {
    let changes = (1..)
        .zip(changes)
        .map(|(number, request): (u32, _)| ContentRequest { content_id: number.to_string(), request })
        .collect();
    RequestPart::ChangeSet(ChangeSetRequest { request_id: request_id.map(str::to_owned), changes })
}

async fn send(world: &World, parts: Vec<RequestPart>, continue_on_error: bool) -> (u16, BatchAnswer) {
    let request = write_request(&Batch { parts, continue_on_error });
    let headers: Vec<(&str, &str)> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body = String::from_utf8(request.body.clone()).unwrap();
    let answer: Answer = world.send(REP, &format!("POST {}", request.target), &headers, &body).await;
    let headers =
        answer.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let response =
        HttpResponse { status: answer.status, headers: headers.collect(), body: answer.body.clone() };
    (answer.status, read_response(&response).unwrap_or_else(|error| panic!("{error}: {}", answer.text())))
}

fn statuses(answer: &BatchAnswer) -> Vec<Vec<u16>> {
    answer
        .parts
        .iter()
        .map(|part| match part {
            AnswerPart::Single(response) => vec![response.status],
            AnswerPart::ChangeSet(set) => set.changes.iter().map(|change| change.response.status).collect(),
        })
        .collect()
}

fn account(number: u128) -> HttpRequest {
    let body = format!("{{\"accountid\":\"{}\",\"name\":\"Account {number}\"}}", guid(number));
    request(Method::Post, "accounts", &[], &body)
}

pub async fn a_change_set_happens_whole_or_not_at_all(place: &Place) {
    let world = World::new(place).await;
    let contact = "{\"lastname\":\"Martin\",\"parentcustomerid_account@odata.bind\":\"$1\"}";
    let good = set(
        None,
        vec![
            account(1),
            request(Method::Post, "contacts", &[], contact),
            request(Method::Patch, "$1", &[], "{\"telephone1\":\"1\"}").at("$1"),
        ],
    );
    let (status, answer) = send(&world, vec![good], false).await;
    assert_eq!((status, statuses(&answer)), (200, vec![vec![204, 204, 204]]), "{answer:?}");
    let contacts = world.ask(REP, "GET contacts?$select=_parentcustomerid_value").await;
    assert_eq!(contacts.values("_parentcustomerid_value"), [guid(1)]);

    let bad = set(
        None,
        vec![
            account(2),
            request(
                Method::Patch,
                &format!("accounts({})", guid(1)),
                &[("if-match", "W/\"1\"")],
                "{\"name\":\"x\"}",
            ),
        ],
    );
    let (status, answer) = send(&world, vec![bad.clone(), set(None, vec![account(3)])], false).await;
    assert_eq!((status, statuses(&answer)), (412, vec![vec![412]]), "the rest is not tried");
    assert_eq!(world.ask(REP, &format!("GET accounts({})", guid(2))).await.status, 404, "rolled back");
    let (status, answer) = send(&world, vec![bad, set(None, vec![account(3)])], true).await;
    assert_eq!((status, statuses(&answer)), (200, vec![vec![412], vec![204]]));
    assert_eq!(world.ask(REP, &format!("GET accounts({})", guid(3))).await.status, 200);
}

trait At {
    fn at(self, target: &str) -> HttpRequest;
}

impl At for HttpRequest {
    fn at(mut self, target: &str) -> HttpRequest {
        target.clone_into(&mut self.target);
        self
    }
}

pub async fn single_requests_stand_beside_change_sets(place: &Place) {
    let world = World::new(place).await;
    let read =
        RequestPart::Single(request(Method::Get, &format!("accounts({})?$select=name", guid(1)), &[], ""));
    let (status, answer) = send(&world, vec![set(None, vec![account(1)]), read.clone()], false).await;
    assert_eq!((status, statuses(&answer)), (200, vec![vec![204], vec![200]]));
    let AnswerPart::Single(response) = &answer.parts[1] else { panic!("{answer:?}") };
    assert!(String::from_utf8_lossy(&response.body).contains("Account 1"));
    let inner = RequestPart::Single(request(Method::Post, "$batch", &[], "x"));
    let (_, answer) = send(&world, vec![inner, read], true).await;
    assert_eq!(statuses(&answer), [vec![405], vec![200]]);
    let broken = world.send(REP, "POST $batch", &[("content-type", "text/plain")], "x").await;
    assert_eq!(broken.status, 400);
    let broken = world
        .send(REP, "POST $batch", &[("content-type", "multipart/mixed; boundary=b")], "--b\r\n\r\nx")
        .await;
    assert_eq!(broken.status, 400, "{}", broken.text());
}

pub async fn a_repeated_request_changes_nothing_and_gets_the_same_answer(place: &Place) {
    let world = World::new(place).await;
    let parts = || {
        vec![set(
            Some("entry-1"),
            vec![account(1), request(Method::Post, "tasks", &[], "{\"subject\":\"x\"}")],
        )]
    };
    let (_, first) = send(&world, parts(), false).await;
    world.later(60_000);
    let (status, second) = send(&world, parts(), false).await;
    assert_eq!(status, 200);
    assert_eq!(first.parts, second.parts);
    let AnswerPart::ChangeSet(repeated) = &second.parts[0] else { panic!("{second:?}") };
    assert_eq!(repeated.result.as_deref(), Some("accepted"));
    assert_eq!(world.ask(REP, "GET tasks/$count").await.text(), "1");

    // A refusal is not kept: the same request may be tried again when the reason is gone.
    let unready = || {
        vec![set(
            Some("entry-2"),
            vec![request(
                Method::Patch,
                &format!("accounts({})", guid(9)),
                &[("if-match", "*")],
                "{\"name\":\"Nine\"}",
            )],
        )]
    };
    let (_, refused) = send(&world, unready(), false).await;
    assert_eq!(statuses(&refused), [vec![404]]);
    send(&world, vec![set(None, vec![account(9)])], false).await;
    let (_, done) = send(&world, unready(), false).await;
    assert_eq!(statuses(&done), [vec![204]]);

    let headers = [("repeatability-request-id", "single-1")];
    for _ in 0..2 {
        let answer = world.send(REP, "POST tasks", &headers, "{\"subject\":\"once\"}").await;
        assert_eq!((answer.status, answer.header("repeatability-result")), (204, "accepted"));
    }
    assert_eq!(world.ask(REP, "GET tasks/$count").await.text(), "2");
    let long = "x".repeat(300);
    let answer = world
        .send(REP, "POST tasks", &[("repeatability-request-id", long.as_str())], "{\"subject\":\"x\"}")
        .await;
    assert_eq!(answer.status, 400);
}
