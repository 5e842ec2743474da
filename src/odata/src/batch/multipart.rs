//! MIME multipart bodies and the HTTP messages inside them, as bytes.

use crate::error::ODataError;

const MOST_HEADERS: usize = 100;
const LONGEST_BOUNDARY: usize = 70;

/// A message: its first line, when it has one, its headers in lower case, its body.
pub struct Message<'a> {
    /// The request or status line; empty for a MIME part.
    pub first_line: &'a str,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// What follows the blank line.
    pub body: &'a [u8],
}

/// What is wrong with a part.
pub fn bad(part: &str, reason: impl Into<String>) -> ODataError {
    ODataError::BadBatch { part: part.to_owned(), reason: reason.into() }
}

/// The value of a header, its name in lower case.
pub fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The boundary of a `multipart/mixed` content type; `None` for another type.
pub fn boundary_of<'a>(content_type: &'a str, part: &str) -> Result<Option<&'a str>, ODataError> {
    let mut parameters = content_type.split(';');
    let media_type = parameters.next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("multipart/mixed") {
        return Ok(None);
    }
    let boundary = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    });
    match boundary {
        Some(boundary) if (1..=LONGEST_BOUNDARY).contains(&boundary.len()) => Ok(Some(boundary)),
        _ => Err(bad(part, "Content-Type multipart/mixed needs a boundary of 1 to 70 characters")),
    }
}

/// The parts between the boundary lines. Lines may end in CRLF or LF.
pub fn split_parts<'a>(body: &'a [u8], boundary: &str, whole: &str) -> Result<Vec<&'a [u8]>, ODataError> {
    let mut parts = Vec::new();
    let mut part_start = None;
    let mut position = 0;
    while position < body.len() {
        let rest = body.get(position..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or_default().trim_ascii_end();
        let delimiter = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary.as_bytes()));
        if let Some(tail @ (b"" | b"--")) = delimiter {
            if let Some(start) = part_start {
                parts.push(without_last_line_break(body.get(start..position).unwrap_or_default()));
            }
            if tail == b"--" {
                return Ok(parts);
            }
            part_start = Some(position + length);
        }
        position += length;
    }
    let place = if parts.is_empty() && part_start.is_none() {
        "no line with it was found".to_owned()
    } else {
        format!("the body ends in part {}", parts.len() + 1)
    };
    Err(bad(whole, format!("the final boundary --{boundary}-- is missing; {place}")))
}

fn without_last_line_break(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Reads the headers of a MIME part and its body.
pub fn read_part<'a>(bytes: &'a [u8], part: &str) -> Result<Message<'a>, ODataError> {
    let (headers, body) = read_headers(bytes, part)?;
    Ok(Message { first_line: "", headers, body })
}

/// Reads an HTTP message: blank lines before it are passed over.
pub fn read_message<'a>(bytes: &'a [u8], part: &str) -> Result<Message<'a>, ODataError> {
    let (first_line, rest) = next_line(bytes.trim_ascii_start());
    let first_line = std::str::from_utf8(first_line).map_err(|_| bad(part, "its first line is not UTF-8"))?;
    if first_line.is_empty() {
        return Err(bad(part, "there is no HTTP message in it"));
    }
    let (headers, body) = read_headers(rest, part)?;
    let body = if body.iter().all(u8::is_ascii_whitespace) { &[] } else { body };
    Ok(Message { first_line, headers, body })
}

type Headers<'a> = (Vec<(String, String)>, &'a [u8]);

fn read_headers<'a>(bytes: &'a [u8], part: &str) -> Result<Headers<'a>, ODataError> {
    let mut headers = Vec::new();
    let mut rest = bytes;
    loop {
        let (line, after) = next_line(rest);
        rest = after;
        if line.is_empty() {
            return Ok((headers, rest));
        }
        let line = std::str::from_utf8(line).map_err(|_| bad(part, "a header is not UTF-8"))?;
        let Some((name, value)) = line.split_once(':') else {
            let shown: String = line.chars().take(60).collect();
            return Err(bad(part, format!("“{shown}” is no header; a blank line must end the headers")));
        };
        headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        if headers.len() > MOST_HEADERS {
            return Err(bad(part, format!("it has more than {MOST_HEADERS} headers")));
        }
    }
}

/// The first line without its end, and what follows it.
fn next_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => {
            let line = bytes.get(..end).unwrap_or_default();
            (line.strip_suffix(b"\r").unwrap_or(line), bytes.get(end + 1..).unwrap_or_default())
        }
        None => (bytes.strip_suffix(b"\r").unwrap_or(bytes), &[]),
    }
}

/// Appends a line. Line breaks inside would end it early and are left out.
pub fn write_line(line: &str, out: &mut Vec<u8>) {
    out.extend(line.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')));
    out.extend_from_slice(b"\r\n");
}

/// Appends headers and the blank line.
pub fn write_headers(headers: &[(String, String)], out: &mut Vec<u8>) {
    for (name, value) in headers {
        write_line(&format!("{name}: {value}"), out);
    }
    write_line("", out);
}

/// A boundary that none of the texts contains.
pub fn fresh_boundary<'a>(prefix: &str, texts: impl Iterator<Item = &'a [u8]> + Clone) -> String {
    let contains = |text: &[u8], boundary: &str| {
        let boundary = boundary.as_bytes();
        text.windows(boundary.len()).any(|window| window == boundary)
    };
    let mut number = 0_u64;
    loop {
        let boundary = format!("{prefix}_{number}");
        if !texts.clone().any(|text| contains(text, &boundary)) {
            return boundary;
        }
        number += 1;
    }
}
