//! Values at the edge of what a database takes: both answer the same, and neither fails inside.

use crate::world::{REP, World, guid};
use store_sql::testing::Place;

pub async fn odd_questions_have_answers(place: &Place) {
    let world = World::new(place).await;
    for (number, name) in [
        (1, "a_b"),
        (2, "a\\\\b"),
        (3, "a%b"),
        (4, "a]b"),
        (5, "a-b"),
        (6, "a^b"),
        (7, "A[B"),
        (8, "été\\n2"),
    ] {
        world
            .done(
                REP,
                "POST accounts",
                &format!("{{\"accountid\":\"{}\",\"name\":\"{name}\"}}", guid(number)),
            )
            .await;
    }
    let mut wrong = Vec::new();
    let like = |pattern: &str| {
        let xml = format!(
            "<fetch><entity name='account'><attribute name='name'/><order attribute='accountid'/><filter><condition attribute='name' operator='like' value='{pattern}'/></filter></entity></fetch>"
        );
        format!("accounts?fetchXml={}", odata::encode_query_value(&xml))
    };
    let filter = |filter: &str| {
        format!("accounts?$select=name&$orderby=accountid&$filter={}", odata::encode_query_value(filter))
    };
    for (question, expected) in [
        (like("a[_]b"), "a_b"),
        (like("a\\b"), "a\\b"),
        (like("a[%]b"), "a%b"),
        (like("a[]]b"), "a]b"),
        (like("a[^a-z]b"), "a_b|a\\b|a%b|a]b|a-b|a^b|A[B"),
        (like("a[z-a]b"), ""),
        (like("a[^z-a]b"), "a_b|a\\b|a%b|a]b|a-b|a^b|A[B"),
        (like("a[Z-\\]b"), ""),
        (like("a[[-^]b"), "a\\b|a]b|a^b|A[B"),
        (like("a[[:alpha:]b"), "A[B"),
        (like("%[0-9]"), "été\n2"),
        (like("ete_2"), "été\n2"),
        (like("ete[^x]2"), "été\n2"),
        (filter("contains(name,'_')"), "a_b"),
        (filter("startswith(name,'A\\')"), "a\\b"),
        (filter("name eq 'a\u{0}b'"), ""),
        (filter("contains(name,'\u{0}')"), ""),
        (filter("startswith(name,'\u{0}')"), ""),
        (filter("numberofemployees gt 9223372036854775807"), ""),
        (filter("createdon lt 0001-01-01T00:00:00Z"), ""),
        (filter("name gt 'a^b\u{0}'"), "a_b|été\n2"),
        (filter("name lt 'a%b\u{0}'"), "a%b"),
        (filter("name ne 'a%b\u{0}' and name lt 'a'"), ""),
    ] {
        let answer = world.ask(REP, &format!("GET {question}")).await;
        let found = if answer.status == 200 { answer.values("name").join("|") } else { answer.text() };
        if (answer.status, found.as_str()) != (200, expected) {
            wrong.push(format!("{question}: {} {found}", answer.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

pub async fn text_without_an_end_is_refused(place: &Place) {
    let world = World::new(place).await;
    for body in ["{\"name\":\"a\\u0000b\"}", "{\"name\":\"x\",\"description\":\"\\u0000\"}"] {
        world.refused(REP, "POST accounts", &[], body, (400, "0x80040203")).await;
    }
    assert_eq!(world.ask(REP, "GET accounts/$count").await.text(), "0");
}

pub async fn no_page_begins_behind_every_table(place: &Place) {
    let world = World::new(place).await;
    assert_eq!(world.ask(REP, "GET accounts?$skiptoken=o4294967295").await.status, 200);
    for offset in ["-1", "4294967296", "9223372036854775808", "18446744073709551615", "x"] {
        let line = format!("GET accounts?$skiptoken=o{offset}");
        world.refused(REP, &line, &[], "", (400, "0x80040203")).await;
    }
}
