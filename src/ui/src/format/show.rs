//! Values as people read them, with the links they promise.

use super::{Currency, formats};
use crate::locale;
use model::text::{FileName, ShowContext, complete_address};
use model::{Column, ColumnKind, Party, Table, TextFormat, Value};

/// What a value is shown as, and how it may be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As text.
    Text(String),
    /// As text that opens something outside.
    Link {
        /// `mailto:`, `tel:` or the web address.
        address: String,
        /// What people read.
        text: String,
    },
}

/// The text of an option of a choice, state, status or yes/no column.
pub fn option_text(table: &Table, column: &str, value: i32) -> Option<String> {
    table.option_label(column, value).map(|label| label.text(locale::language()).to_owned())
}

/// A value of a column as one line of text.
pub fn show(value: &Value, column: Option<&Column>, table: &Table, currency: Option<&Currency>) -> String {
    let formats = formats();
    formats.show(value, column, &formats.context(table, currency))
}

/// A file by its name, which another column holds.
pub fn show_file(value: &Value, column: &Column, table: &Table, name: &str) -> String {
    let formats = formats();
    let file = (!name.is_empty()).then(|| FileName { name: name.to_owned(), bytes: None });
    let context = ShowContext { file: file.as_ref(), ..formats.context(table, None) };
    formats.show(value, Some(column), &context)
}

/// The name of a party, else its address.
pub fn party_text(party: &Party) -> String {
    model::text::party_name(party, locale::language())
}

/// The value with the link that its column's format promises.
pub fn linked(value: &Value, column: Option<&Column>, shown: String) -> Shown {
    let (Some(ColumnKind::Text { format, .. }), Value::Text(text)) =
        (column.map(|column| &column.kind), value)
    else {
        return Shown::Text(shown);
    };
    match link_address(*format, text) {
        Some(address) => Shown::Link { address, text: shown },
        None => Shown::Text(shown),
    }
}

/// What a tap on a text of this format opens.
pub fn link_address(format: TextFormat, text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    match format {
        TextFormat::Email => Some(format!("mailto:{text}")),
        TextFormat::Phone => {
            let number: String = text
                .replace("(0)", "")
                .chars()
                .filter(|letter| letter.is_ascii_digit() || "+*#".contains(*letter))
                .collect();
            (!number.is_empty()).then(|| format!("tel:{number}"))
        }
        // `javascript:` and the like are shown, never linked.
        TextFormat::Url => {
            complete_address(text).filter(|address| address.to_ascii_lowercase().starts_with("http"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_never_runs_a_script() {
        for (format, text, address) in [
            (TextFormat::Url, "contoso.com", Some("https://contoso.com")),
            (TextFormat::Url, "HTTP://contoso.com", Some("HTTP://contoso.com")),
            (TextFormat::Url, "javascript:alert(1)", None),
            (TextFormat::Phone, "+33 (0)1 23", Some("tel:+33123")),
            (TextFormat::Phone, "none", None),
            (TextFormat::Email, "a@b.example", Some("mailto:a@b.example")),
            (TextFormat::Plain, "a@b.example", None),
        ] {
            assert_eq!(link_address(format, text).as_deref(), address, "{text}");
        }
    }
}
