//! Several at once: what one after the other cannot show.

use crate::world::{ADMIN, Answer, REP, World, guid};
use axum::body::Body;
use axum::http::Request;
use futures::future::join_all;
use server::{App, DemoSize, Options};
use std::collections::BTreeSet;
use store_sql::testing::Place;

/// More than a database has connections to give.
const MANY: u128 = 40;

fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    statuses
}

pub async fn everybody_is_served_when_many_write(place: &Place) {
    let world = World::new(place).await;
    world.done(REP, "POST accounts", &format!("{{\"accountid\":\"{}\",\"name\":\"Shared\"}}", guid(1))).await;
    let writes = (0..MANY).map(async |number| {
        let account = format!("/accounts({})", guid(1));
        let body =
            format!("{{\"lastname\":\"{number}\",\"parentcustomerid_account@odata.bind\":\"{account}\"}}");
        world.send(REP, "POST contacts", &[("prefer", "return=representation")], &body).await
    });
    assert_eq!(statuses(&join_all(writes).await), [201; MANY as usize]);
    assert_eq!(world.ask(REP, "GET contacts/$count").await.text(), MANY.to_string());
}

pub async fn a_request_sent_twice_at_once_is_done_once(place: &Place) {
    let world = World::new(place).await;
    let headers = [("repeatability-request-id", "one"), ("prefer", "return=representation")];
    let writes =
        (0..8).map(async |_| world.send(REP, "POST tasks", &headers, "{\"subject\":\"once\"}").await);
    let answers = join_all(writes).await;
    assert_eq!(statuses(&answers), [201; 8]);
    assert!(answers.iter().all(|answer| answer.body == answers[0].body), "each gets the same answer");
    assert_eq!(world.ask(REP, "GET tasks/$count").await.text(), "1");
}

pub async fn guesses_at_once_are_slowed_down_like_others(place: &Place) {
    let world = World::new(place).await;
    let address = "/oauth2/v2.0/authorize?client_id=valise&response_type=code&code_challenge_method=S256\
                   &code_challenge=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&redirect_uri=http%3A%2F%2Flocalhost%2F";
    let guess =
        || Request::post(address).header("host", "localhost").body(Body::from("username=ada&password=x"));
    let answers = join_all((0..MANY).map(async |_| world.raw(guess().unwrap()).await)).await;
    let checked = answers.iter().filter(|answer| answer.status == 401).count();
    // Those whose turn was at the same time as the tenth are checked, too.
    assert!((10..=13).contains(&checked), "{:?}", statuses(&answers));
    assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), MANY as usize - checked);
}

pub async fn of_changes_to_one_version_one_wins(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let row = format!("accounts({})", guid(1));
    let version = world.ask(REP, &format!("GET {row}")).await.header("etag").to_owned();
    let changes = (0..8).map(async |number| {
        let body = format!("{{\"name\":\"{number}\"}}");
        world.send(REP, &format!("PATCH {row}"), &[("if-match", version.as_str())], &body).await
    });
    assert_eq!(statuses(&join_all(changes).await), [204, 412, 412, 412, 412, 412, 412, 412]);
}

pub async fn a_row_made_by_several_at_once_is_made_once(place: &Place) {
    let world = World::new(place).await;
    let body = format!("{{\"accountid\":\"{}\",\"name\":\"x\"}}", guid(7));
    let creates = (0..8).map(async |_| world.send(REP, "POST accounts", &[], &body).await);
    assert_eq!(statuses(&join_all(creates).await), [204, 412, 412, 412, 412, 412, 412, 412]);
    let upserts = (0..8).map(async |number| {
        let body = format!("{{\"name\":\"{number}\"}}");
        world.send(REP, &format!("PATCH accounts({})", guid(8)), &[], &body).await
    });
    assert_eq!(statuses(&join_all(upserts).await), [204; 8], "whoever comes second changes the row");
}

pub async fn crossing_changes_all_arrive(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let change = |number: u8, row: u128| {
        format!(
            "--set\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n\r\n\
             PATCH /api/data/v9.2/accounts({}) HTTP/1.1\r\nContent-Type: application/json\r\n\r\n\
             {{\"description\":\"from {number}\"}}\r\n",
            guid(row)
        )
    };
    // Each holds what the other wants next.
    let batch = async |first: u128, second: u128| {
        let body = format!(
            "--batch\r\nContent-Type: multipart/mixed; boundary=set\r\n\r\n{}{}--set--\r\n--batch--\r\n",
            change(1, first),
            change(2, second)
        );
        let headers = [("content-type", "multipart/mixed; boundary=batch")];
        world.send(ADMIN, "POST $batch", &headers, &body).await
    };
    for _ in 0..3 {
        let (one, other) = tokio::join!(batch(1, 2), batch(2, 1));
        for answer in [one, other] {
            let done = answer.text().matches("HTTP/1.1 204").count();
            assert_eq!((answer.status, done), (200, 2), "{}", answer.text());
        }
    }
    let rows = world.ask(ADMIN, "GET accounts?$select=description&$filter=description ne null").await;
    let last = rows.values("description");
    assert_ne!(last[0], last[1], "whole change sets, one after the other");
}

pub async fn nothing_refers_to_a_row_deleted_meanwhile(place: &Place) {
    let world = World::new(place).await;
    for round in 1..=6 {
        let account = guid(100 + round);
        world.done(REP, "POST accounts", &format!("{{\"accountid\":\"{account}\",\"name\":\"x\"}}")).await;
        let body = format!(
            "{{\"lastname\":\"x\",\"parentcustomerid_account@odata.bind\":\"/accounts({account})\"}}"
        );
        let creates = (0..4).map(async |_| world.send(REP, "POST contacts", &[], &body).await);
        let path = format!("DELETE accounts({account})");
        let (created, deleted) = tokio::join!(join_all(creates), world.ask(ADMIN, &path));
        assert_eq!(deleted.status, 204, "{}", deleted.text());
        for answer in &created {
            assert!([204, 404].contains(&answer.status), "{} {}", answer.status, answer.text());
        }
    }
    let orphans = "GET contacts?$filter=_parentcustomerid_value ne null&$select=_parentcustomerid_value";
    let left = world.ask(ADMIN, orphans).await.values("_parentcustomerid_value");
    assert_eq!(left, Vec::<String>::new(), "they went with their account or were refused");
}

pub async fn servers_that_start_together_serve_the_same_org(place: &Place) {
    for demo in [DemoSize::None, DemoSize::Small] {
        let options = Options { database: Some(place.make().await), demo, ..Options::default() };
        let started = join_all((0..3).map(|_| App::open(options.clone()))).await;
        let organizations: BTreeSet<_> =
            started.iter().map(|app| app.as_ref().unwrap().organization()).collect();
        assert_eq!(organizations.len(), 1, "{demo:?}");
    }
}
