//! Percent encoding of addresses and forms.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Encodes everything but letters, digits and `-._~`: for one path segment or one form value.
#[must_use]
pub fn encode_component(text: &str) -> String {
    encode(text, |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// Encodes a query option's value, leaving what OData writes often (`$ ' ( ) , : / = @ *`) readable.
#[must_use]
pub fn encode_query_value(text: &str) -> String {
    encode(text, |byte| byte.is_ascii_alphanumeric() || b"-._~$'(),:/=@*!".contains(&byte))
}

fn encode(text: &str, is_plain: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        if is_plain(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Decodes `%XX`; `None` when the escapes are broken or the result is not UTF-8.
#[must_use]
pub fn decode_percent(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            let [high, low, after @ ..] = tail else { return None };
            let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            decoded.push(digit(*high)? * 16 + digit(*low)?);
            rest = after;
        } else {
            decoded.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

/// Splits `a=1&b=2` and decodes both sides; `+` means a blank. `None` when an escape is broken.
#[must_use]
pub fn parse_pairs(text: &str) -> Option<Vec<(String, String)>> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |part: &str| decode_percent(&part.replace('+', " ")).map(Cow::into_owned);
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        for text in ["", "a b&c=d+e%20", "Société Générale", "name eq 'O''Neil' and x gt 1", "\u{1F600}\r\n"]
        {
            assert_eq!(decode_percent(&encode_component(text)).as_deref(), Some(text));
            let pairs = parse_pairs(&format!("$filter={}&b=1", encode_query_value(text))).unwrap();
            assert_eq!(pairs[0], ("$filter".to_owned(), text.to_owned()));
        }
    }

    #[test]
    fn broken_escapes_are_refused() {
        for text in ["%", "%1", "%zz", "a%", "%ff", "%C3%28", "%+1"] {
            assert_eq!(decode_percent(text), None, "{text}");
            assert_eq!(parse_pairs(&format!("a={text}")), None, "{text}");
        }
    }
}
