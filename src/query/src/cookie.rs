//! Paging cookies: where a page ended, as Dataverse writes it.
//!
//! The cookie is XML: `<cookie page="1"><name last="Acme" first="Abel" /><accountid last="{…}" first="{…}" /></cookie>`.
//! An answer carries it inside another element, percent-encoded twice; `paging-cookie` wants it decoded.

use crate::bind::cookie_name;
use crate::bound::{Answer, AnswerRow, BoundPlan};
use crate::plan::Cookie;
use model::{Table, Value};
use std::fmt::Write;

/// The cookie of a page: `page` is its number, from 1, `root` the table asked for. It holds the values that the order
/// goes by where the answer has them all; else only the number, with which the next page is found by counting.
#[must_use]
pub fn paging_cookie(plan: &BoundPlan, root: &Table, page: u64, answer: &Answer) -> String {
    let mut cookie = format!("<cookie page=\"{page}\">");
    if let (Some(first), Some(last)) = (answer.rows.first(), answer.rows.last())
        && let Some(keys) = write_keys(plan, root, answer, first, last)
    {
        cookie.push_str(&keys);
    }
    cookie.push_str("</cookie>");
    cookie
}

/// The element that an answer carries a cookie in (`@Microsoft.Dynamics.CRM.fetchxmlpagingcookie`).
#[must_use]
pub fn paging_annotation(cookie: &str, page: u64) -> String {
    let next = page.saturating_add(1);
    let encoded = encode(&encode(cookie));
    format!("<cookie pagenumber=\"{next}\" pagingcookie=\"{encoded}\" istracking=\"False\" />")
}

fn write_keys(
    plan: &BoundPlan,
    root: &Table,
    answer: &Answer,
    first: &AnswerRow,
    last: &AnswerRow,
) -> Option<String> {
    let crate::BoundOutput::Columns(columns) = &plan.output else { return None };
    let outputs = plan.outputs(columns);
    if outputs.len() != answer.names.len() {
        return None;
    }
    let mut keys = String::new();
    for order in &plan.orders {
        let name = cookie_name(order.link.as_deref(), order.column.as_str());
        if order.link.is_none() && order.column == root.primary_id {
            write_key(&mut keys, &name, &Value::Id(last.id?), &Value::Id(first.id?))?;
            continue;
        }
        let place = outputs.iter().position(|(link, output, _)| {
            *link == order.link.as_deref() && output.column == order.column && output.children.is_none()
        })?;
        write_key(&mut keys, &name, last.values.get(place)?, first.values.get(place)?)?;
    }
    write_key(&mut keys, root.primary_id.as_str(), &Value::Id(last.id?), &Value::Id(first.id?))?;
    Some(keys)
}

fn write_key(keys: &mut String, name: &str, last: &Value, first: &Value) -> Option<()> {
    write!(keys, "<{name}").ok()?;
    for (which, value) in [("last", last), ("first", first)] {
        if value.is_null() {
            write!(keys, " {which}null=\"1\"").ok()?;
        } else {
            write!(keys, " {which}=\"{}\"", escape(&text_of(value)?)?).ok()?;
        }
    }
    keys.push_str(" />");
    Some(())
}

/// A value as the condition of the next page reads it.
fn text_of(value: &Value) -> Option<String> {
    Some(match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(flag) => i32::from(*flag).to_string(),
        Value::Choice(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::DateTime(instant) => instant.to_string(),
        Value::Id(id) => format!("{{{id}}}").to_uppercase(),
        Value::Null | Value::Choices(_) | Value::Reference(_) | Value::Parties(_) => return None,
    })
}

/// A text for an attribute. Characters that XML has no way to write, or reads back as another, make it impossible.
fn escape(text: &str) -> Option<String> {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => return None,
            other if other.is_control() => return None,
            other => escaped.push(other),
        }
    }
    Some(escaped)
}

/// Reads a cookie: decoded, as an answer carried it, or percent-encoded as often as it was there.
pub(crate) fn read_cookie(text: &str) -> Option<Cookie> {
    let decoded = decode_all(text);
    let (root, troubles) = model::xml::read(&decoded);
    let cookie = root.filter(|root| troubles.is_empty() && root.name == "cookie")?;
    if let Some(inner) = cookie.attribute("pagingcookie") {
        let inner = decode_all(inner);
        // The element of an answer holds a cookie, never another such element.
        return if inner.contains("pagingcookie") { None } else { read_cookie(&inner) };
    }
    let page = cookie.attribute("page")?.parse().ok().filter(|page| *page > 0)?;
    let keys = cookie
        .children
        .iter()
        .map(|key| (key.name.to_string(), key.attribute("last").map(ToString::to_string)));
    Some(Cookie { page, last: keys.collect() })
}

/// Takes percent-encoding off until the XML shows; twice is usual.
fn decode_all(text: &str) -> String {
    let mut decoded = text.trim().to_owned();
    for _ in 0..3 {
        if decoded.starts_with('<') {
            break;
        }
        match decode(&decoded) {
            Some(next) => decoded = next,
            None => break,
        }
    }
    decoded
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(encoded, "%{byte:02x}");
        }
    }
    encoded
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bind, cases, parse_fetch};

    /// Every row of a question, read page by page with the cookie of the page before, and by counting.
    fn pages(order: &str, count: u32) -> (Vec<Vec<model::RowId>>, usize) {
        let suite = cases::suite().unwrap();
        let root = suite.tables.iter().find(|table| table.name == "opportunity").unwrap();
        let (mut pages, mut cookie, mut by_condition) = (Vec::new(), String::new(), 0);
        for page in 1..=20 {
            let attribute = escape(&cookie).unwrap();
            let fetch = format!(
                "<fetch count='{count}' page='{page}' paging-cookie=\"{attribute}\"><entity name='opportunity'>\
                 <attribute name='name'/><attribute name='estimatedvalue'/><attribute name='estimatedclosedate'/>\
                 <attribute name='createdon'/><attribute name='closeprobability'/><attribute name='opportunityratingcode'/>\
                 <attribute name='parentaccountid'/>{order}</entity></fetch>"
            );
            let bound = bind(&parse_fetch(&fetch).unwrap(), &suite.tables, &suite.caller).unwrap();
            let mut counted = parse_fetch(&fetch).unwrap();
            counted.page.after = None;
            let counted = bind(&counted, &suite.tables, &suite.caller).unwrap();
            by_condition += usize::from(page > 1 && bound.page.offset == 0);
            let run = |plan: &BoundPlan| crate::reference::run(plan, &suite.tables, &suite.rows);
            let answer = run(&bound);
            assert_eq!(answer, run(&counted), "page {page} of {order}");
            pages.push(answer.rows.iter().filter_map(|row| row.id).collect());
            cookie = paging_cookie(&bound, root, page, &answer);
            let annotation = paging_annotation(&cookie, page);
            assert_eq!(read_cookie(&annotation), read_cookie(&cookie), "{annotation}");
            if page % 2 == 0 {
                cookie = annotation;
            }
            if !answer.more {
                return (pages, by_condition);
            }
        }
        panic!("the pages of {order} do not end");
    }

    #[test]
    fn pages_follow_each_other_by_cookie_as_by_counting() {
        let linked = "<link-entity name='account' from='accountid' to='parentaccountid' alias='a' link-type='outer'>\
                      <attribute name='name'/></link-entity><order attribute='name' entityname='a'/>";
        for order in [
            "",
            "<order attribute='name'/>",
            "<order attribute='name' descending='true'/>",
            "<order attribute='estimatedvalue'/><order attribute='closeprobability' descending='true'/>",
            "<order attribute='closeprobability' descending='true'/><order attribute='estimatedclosedate'/>",
            "<order attribute='estimatedclosedate' descending='true'/>",
            "<order attribute='createdon'/>",
            "<order attribute='opportunityratingcode'/><order attribute='createdon'/>",
            "<order attribute='opportunityratingcode' descending='true'/>",
            "<order attribute='opportunityid'/>",
            linked,
        ] {
            for count in [1, 2, 3, 8] {
                let (pages, by_condition) = pages(order, count);
                assert_eq!(pages.concat().len(), 8, "{order}");
                assert_eq!(by_condition, pages.len() - 1, "{order} by {count}");
            }
        }
    }

    #[test]
    fn where_rows_have_no_place_of_their_own_pages_are_counted() {
        for order in [
            "<order attribute='parentaccountid'/>",
            "<order attribute='statecode'/>",
            "<link-entity name='contact' from='parentcustomerid' to='parentaccountid' alias='c' link-type='outer'/>",
        ] {
            assert_eq!(pages(order, 2).1, 0, "{order}");
        }
    }

    #[test]
    fn what_is_no_cookie_is_none() {
        for text in [
            "",
            "%",
            "%zz",
            "cookie",
            "<cookie/>",
            "<cookie page=\"0\"/>",
            "<cookie page=\"x\"/>",
            "<cookie pagingcookie=\"\"/>",
            "<cookie pagingcookie=\"%3ccookie pagingcookie='x'/%3e\"/>",
            "<cake page=\"1\"/>",
            "%2525253c",
        ] {
            assert_eq!(read_cookie(text), None, "{text}");
        }
        let cookie =
            Cookie { page: 3, last: vec![("name".into(), None), ("accountid".into(), Some("{A1}".into()))] };
        let text =
            "<cookie page=\"3\"><name lastnull=\"1\"/><accountid last=\"{A1}\" first=\"{A2}\"/></cookie>";
        for text in [text.to_owned(), encode(text), encode(&encode(text))] {
            assert_eq!(read_cookie(&text), Some(cookie.clone()), "{text}");
        }
    }
}
