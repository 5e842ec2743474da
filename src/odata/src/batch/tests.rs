use super::*;
use crate::error::ODataError;
use crate::http::Method;
use crate::testing::Numbers;

fn request(method: Method, target: &str, body: &str) -> HttpRequest {
    let headers = vec![
        ("content-type".to_owned(), "application/json; charset=utf-8".to_owned()),
        ("if-match".to_owned(), "W/\"5\"".to_owned()),
    ];
    HttpRequest { method, target: target.to_owned(), headers, body: body.as_bytes().to_vec() }
}

fn batch() -> Batch {
    let change = |id: &str, method, target: &str, body: &str| ContentRequest {
        content_id: id.to_owned(),
        request: request(method, target, body),
    };
    Batch {
        parts: vec![
            RequestPart::ChangeSet(ChangeSetRequest {
                request_id: Some("01234567-89ab-4cde-8f01-23456789abcd".to_owned()),
                changes: vec![
                    change(
                        "1",
                        Method::Post,
                        "/api/data/v9.2/accounts",
                        "{\"name\":\"--batch_0\\n--changeset_0--\"}",
                    ),
                    change("2", Method::Patch, "$1", "{\"a\":\"é\"}\r\n--changeset_1\r\n"),
                    change("3", Method::Delete, "/api/data/v9.2/contacts(1)", ""),
                ],
            }),
            RequestPart::Single(request(Method::Get, "/api/data/v9.2/accounts?$top=1", "")),
            RequestPart::ChangeSet(ChangeSetRequest { request_id: None, changes: Vec::new() }),
        ],
        continue_on_error: true,
    }
}

fn answer() -> BatchAnswer {
    let response = |status, body: &str| HttpResponse {
        status,
        headers: vec![("odata-entityid".to_owned(), "http://h/accounts(1)".to_owned())],
        body: body.as_bytes().to_vec(),
    };
    let change = |id: &str, response| ContentResponse { content_id: id.to_owned(), response };
    BatchAnswer {
        status: 200,
        parts: vec![
            AnswerPart::ChangeSet(ChangeSetAnswer {
                result: Some("accepted".to_owned()),
                changes: vec![
                    change("1", response(204, "")),
                    change("2", response(200, "{\"name\":\"--batchresponse_0--\"}")),
                ],
            }),
            AnswerPart::Single(response(412, "{\"error\":{}}")),
        ],
    }
}

#[test]
fn batches_and_answers_survive_the_wire() {
    assert_eq!(read_request(&write_request(&batch())), Ok(batch()));
    assert_eq!(read_response(&write_response(&answer())), Ok(answer()));
    let empty = Batch::default();
    assert_eq!(read_request(&write_request(&empty)), Ok(empty));
}

#[test]
fn the_refusal_in_a_part_is_found() {
    let answer = answer();
    assert_eq!(answer.parts[0].failure(), None);
    assert_eq!(answer.parts[1].failure().map(|response| response.status), Some(412));
}

const BARE: &str = "preamble that is passed over
--b
Content-Type: multipart/mixed;boundary=c

--c
content-type: application/http
content-id: 7

POST accounts HTTP/1.1
Content-Type: application/json

{\"name\":\"A\"}

--c--

--b
Content-Type: application/http

GET /api/data/v9.2/WhoAmI HTTP/1.1


--b--
epilogue";

fn bare(content_type: &str, body: &str) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        target: "/api/data/v9.2/$batch".to_owned(),
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn batches_are_read_as_other_clients_write_them() {
    for body in [BARE.to_owned(), BARE.replace('\n', "\r\n")] {
        let read = read_request(&bare("Multipart/Mixed; charset=utf-8; Boundary=\"b\"", &body)).unwrap();
        let [RequestPart::ChangeSet(set), RequestPart::Single(get)] = read.parts.as_slice() else { panic!() };
        assert_eq!(set.changes[0].content_id, "7");
        assert_eq!(set.changes[0].request.target, "/api/data/v9.2/accounts");
        assert_eq!(set.changes[0].request.body.trim_ascii(), b"{\"name\":\"A\"}");
        assert_eq!((get.method, get.body.len()), (Method::Get, 0));
        assert!(!read.continue_on_error);
    }
}

#[test]
fn broken_batches_are_refused_by_part() {
    let cut = |end: &str| BARE.split(end).next().unwrap().to_owned();
    for (content_type, body, expected) in [
        ("application/json", BARE.to_owned(), "the request: its Content-Type"),
        ("multipart/mixed", BARE.to_owned(), "boundary of 1 to 70"),
        (
            "multipart/mixed;boundary=x",
            BARE.to_owned(),
            "the request: the final boundary --x-- is missing; no line",
        ),
        (
            "multipart/mixed;boundary=b",
            cut("--b--"),
            "the request: the final boundary --b-- is missing; the body ends in part 2",
        ),
        ("multipart/mixed;boundary=b", cut("--\nepilogue"), "the body ends in part 3"),
        ("multipart/mixed;boundary=b", BARE.replace("--c--", ""), "part 1: the final boundary --c--"),
        (
            "multipart/mixed;boundary=b",
            BARE.replace("POST", "GET"),
            "part 1, change 1: a change set must not contain GET",
        ),
        (
            "multipart/mixed;boundary=b",
            BARE.replace("content-id: 7\n", ""),
            "part 1, change 1: a change needs a Content-ID",
        ),
        ("multipart/mixed;boundary=b", BARE.replace("GET", "FETCH"), "part 2: the method “FETCH”"),
        ("multipart/mixed;boundary=b", BARE.replace("WhoAmI HTTP/1.1", "WhoAmI"), "part 2: its first line"),
        (
            "multipart/mixed;boundary=b",
            BARE.replace("application/http\n\nGET", "text/plain\n\nGET"),
            "part 2: its Content-Type",
        ),
        ("multipart/mixed;boundary=b", BARE.replace("http\n\nGET", "http\nGET"), "no header; a blank line"),
        (
            "multipart/mixed;boundary=b",
            BARE.replace("GET /api/data/v9.2/WhoAmI HTTP/1.1", ""),
            "part 2: there is no HTTP message",
        ),
        (
            "multipart/mixed;boundary=b",
            BARE.replace(
                "--c--",
                "--c\ncontent-type: application/http\ncontent-id: 7\n\nDELETE a HTTP/1.1\n\n--c--",
            ),
            "part 1, change 2: the Content-ID 7 was used before",
        ),
    ] {
        let error = read_request(&bare(content_type, &body)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}\n  instead of {expected}");
    }
}

#[test]
fn there_is_a_limit_to_the_operations() {
    let part = RequestPart::Single(request(Method::Get, "/api/data/v9.2/accounts", ""));
    let many = |count| Batch { parts: vec![part.clone(); count], continue_on_error: false };
    assert!(read_request(&write_request(&many(1000))).is_ok());
    let error = read_request(&write_request(&many(1001)));
    assert!(matches!(error, Err(ODataError::TooMuch { limit: 1000, .. })), "{error:?}");
}

#[test]
fn a_line_break_in_a_header_cannot_forge_a_part() {
    let mut batch = batch();
    if let RequestPart::Single(request) = &mut batch.parts[1] {
        request.headers.push(("x".to_owned(), "1\r\n\r\n--batch_0--\r\n".to_owned()));
    }
    assert_eq!(read_request(&write_request(&batch)).unwrap().parts.len(), 3);
}

#[test]
fn no_batch_makes_the_readers_panic() {
    let mut numbers = Numbers::new(9);
    let (request, response) = (write_request(&batch()), write_response(&answer()));
    for _ in 0..3000 {
        let body = numbers.mutate(&request.body);
        let _ = read_request(&HttpRequest { body, ..request.clone() });
        let body = numbers.mutate(&response.body);
        let _ = read_response(&HttpResponse { body, ..response.clone() });
    }
}
