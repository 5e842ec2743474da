//! Texts whose format says what they must look like.

use super::problem::TypedError;
use crate::{TextFormat, Value};

/// The longest picture as base64: ten megabytes of it are thirteen and a half here.
const LONGEST_PICTURE: usize = 14_000_000;
const LONGEST_TABLE_NAME: usize = 128;

/// Reads a text of a format. Only addresses of mail and of the web are looked at; everything else is kept as typed.
pub(super) fn parse(format: TextFormat, text: &str) -> Result<Value, TypedError> {
    match format {
        TextFormat::Email => {
            let text = text.trim();
            if is_email(text) { Ok(Value::Text(text.to_owned())) } else { Err(TypedError::NotAnEmail) }
        }
        TextFormat::Url => complete_address(text).map(Value::Text).ok_or(TypedError::NotAnAddress),
        _ => Ok(Value::Text(text.to_owned())),
    }
}

/// One `@` with something before and behind it and nothing that ends an address: as lenient as the original, which takes
/// addresses of machines without a domain, too.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_plain = |part: &str| {
        !part.is_empty()
            && !part.contains(|letter: char| {
                letter.is_whitespace() || letter.is_control() || "@,;:<>()[]\\\"".contains(letter)
            })
    };
    let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let has_good_dots = |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    (is_quoted || (is_plain(local) && has_good_dots(local))) && is_plain(domain) && has_good_dots(domain)
}

/// A web address with its scheme: `https://` is added where there is none. Nothing for what no browser should open.
#[must_use]
pub fn complete_address(text: &str) -> Option<String> {
    const SCHEMES: [&str; 6] = ["https://", "http://", "ftp://", "ftps://", "onenote:", "tel:"];
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let is_broken =
        text.is_empty() || text.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    if is_broken {
        return None;
    }
    if let Some(scheme) = SCHEMES.iter().find(|scheme| lower.starts_with(**scheme)) {
        return (text.len() > scheme.len()).then(|| text.to_owned());
    }
    // A colon behind the host is a port; before a dot or a slash it would be a scheme that is not ours to open.
    let scheme = lower.split(['/', '?', '#']).next().and_then(|host| host.split_once(':'));
    let is_port = |rest: &str| !rest.is_empty() && rest.bytes().all(|digit| digit.is_ascii_digit());
    match scheme {
        Some((_, rest)) if !is_port(rest) => None,
        _ if lower.starts_with(['/', '?', '#', '.']) => None,
        _ => Some(format!("https://{text}")),
    }
}

/// The logical name of a table.
pub(super) fn parse_table(text: &str) -> Result<Value, TypedError> {
    let name = text.trim();
    let is_name = name.len() <= LONGEST_TABLE_NAME
        && name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_');
    if is_name { Ok(Value::Text(name.to_ascii_lowercase())) } else { Err(TypedError::NotATable) }
}

/// A picture is kept as base64.
pub(super) fn parse_picture(text: &str) -> Result<Value, TypedError> {
    let text = text.trim();
    let digits = text.trim_end_matches('=');
    let is_base64 = text.len().is_multiple_of(4)
        && text.len() - digits.len() <= 2
        && text.len() <= LONGEST_PICTURE
        && digits.bytes().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'+' | b'/'));
    if is_base64 { Ok(Value::Text(text.to_owned())) } else { Err(TypedError::NotAPicture) }
}
