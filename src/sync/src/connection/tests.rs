//! Tokens: when they are refreshed, and what happens when they are refused.

use super::path_of;
use crate::testing::Bench;
use crate::{SyncError, TransportError};
use futures::executor::block_on;
use model::Timestamp;
use odata::http::{HttpRequest, Method};

fn get() -> HttpRequest {
    HttpRequest {
        method: Method::Get,
        target: "https://elsewhere.example/api/x".to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

fn token_of(request: &HttpRequest) -> &str {
    let found = request.headers.iter().find(|(name, _)| name == "authorization");
    found.map_or("", |(_, value)| value.as_str())
}

#[test]
fn only_the_path_of_a_link_is_used() {
    let cases = [
        ("/api/data/v9.2/accounts?$select=name", "/api/data/v9.2/accounts?$select=name"),
        ("https://elsewhere.example/api/x?y=z", "/api/x?y=z"),
        ("http://127.0.0.1:8080/api", "/api"),
        ("/api/x?link=https://elsewhere.example/y", "/api/x?link=https://elsewhere.example/y"),
        ("https://elsewhere.example", "/"),
    ];
    for (target, path) in cases {
        assert_eq!(path_of(target), path);
    }
}

#[test]
fn a_request_carries_the_token_and_goes_to_our_server() {
    let bench = Bench::new(Vec::new());
    bench.script.answer(200, &[], "");
    block_on(bench.connection.send(get())).unwrap();
    let asked = bench.script.asked.borrow();
    assert_eq!(token_of(&asked[0]), "Bearer one");
    assert_eq!(asked[0].target, "/api/x");
}

#[test]
fn a_refused_token_is_refreshed_once() {
    let bench = Bench::new(Vec::new());
    bench.script.answer(401, &[], "");
    bench.script.answer(
        200,
        &[],
        r#"{"token_type":"Bearer","access_token":"two","refresh_token":"r2","expires_in":3600}"#,
    );
    bench.script.answer(200, &[], "");
    block_on(bench.connection.send(get())).unwrap();
    let asked = bench.script.asked.borrow();
    assert_eq!(asked[1].body, b"grant_type=refresh_token&client_id=valise&refresh_token=r1");
    assert_eq!(token_of(&asked[2]), "Bearer two");
}

#[test]
fn a_token_is_refreshed_before_it_ends() {
    let bench = Bench::new(Vec::new());
    bench.clock.0.set(Timestamp::from_milliseconds(1_000_000 + 3_550_000));
    bench.script.answer(200, &[], r#"{"token_type":"Bearer","access_token":"two","expires_in":3600}"#);
    bench.script.answer(200, &[], "");
    bench.script.answer(200, &[], "");
    block_on(bench.connection.send(get())).unwrap();
    block_on(bench.connection.send(get())).unwrap();
    assert_eq!(bench.script.targets(), ["/oauth2/v2.0/token", "/api/x", "/api/x"]);
}

#[test]
fn two_requests_refresh_together() {
    let bench = Bench::new(Vec::new());
    bench.script.answer(401, &[], "");
    bench.script.answer(401, &[], "");
    bench.script.answer(
        200,
        &[],
        r#"{"token_type":"Bearer","access_token":"two","refresh_token":"r2","expires_in":3600}"#,
    );
    bench.script.answer(200, &[], "");
    bench.script.answer(200, &[], "");
    let (one, two) =
        block_on(async { futures::join!(bench.connection.send(get()), bench.connection.send(get())) });
    assert!(one.is_ok() && two.is_ok());
    let refreshes = bench.script.targets().iter().filter(|target| target.contains("token")).count();
    assert_eq!(refreshes, 1);
}

#[test]
fn a_refused_refresh_asks_for_a_sign_in_and_nothing_more_is_sent() {
    let bench = Bench::new(Vec::new());
    bench.script.answer(401, &[], "");
    bench.script.answer(400, &[], r#"{"error":"invalid_grant"}"#);
    assert_eq!(block_on(bench.connection.send(get())), Err(SyncError::SignInNeeded));
    assert_eq!(block_on(bench.connection.send(get())), Err(SyncError::SignInNeeded));
    assert_eq!(bench.script.asked.borrow().len(), 2);
    assert!(!bench.connection.is_signed_in());
}

#[test]
fn a_lost_refresh_is_tried_again_later() {
    let bench = Bench::new(Vec::new());
    bench.script.answer(401, &[], "");
    bench.script.fail();
    let lost = block_on(bench.connection.send(get()));
    assert_eq!(lost, Err(SyncError::Transport(TransportError::TimedOut)));
    assert!(bench.connection.is_signed_in(), "the refresh token may still be good");
}

#[test]
fn a_busy_server_says_how_long_to_wait() {
    let bench = Bench::new(Vec::new());
    bench.script.answer(429, &[("retry-after", "7")], "");
    let busy = block_on(bench.connection.send(get()));
    assert_eq!(busy, Err(SyncError::Busy { status: 429, wait_milliseconds: Some(7_000) }));
}

#[test]
fn a_bad_code_is_told() {
    let bench = Bench::new(Vec::new());
    bench.script.answer(400, &[], r#"{"error":"invalid_grant"}"#);
    let code = crate::SignInCode {
        code: "old".to_owned(),
        verifier: "a b&c".to_owned(),
        redirect_uri: "http://app/".to_owned(),
    };
    assert!(matches!(block_on(bench.connection.sign_in(&code)), Err(SyncError::Refused { .. })));
    let body = String::from_utf8(bench.script.asked.borrow()[0].body.clone()).unwrap();
    assert!(body.contains("code_verifier=a%20b%26c&redirect_uri=http%3A%2F%2Fapp%2F"), "{body}");
}
