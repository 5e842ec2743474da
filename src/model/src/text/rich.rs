//! Rich text without its markup, for lists, read-only fields and formatted values.

/// The text of HTML: tags, comments, scripts and styles are left out, blocks begin a new line, entities become characters.
/// What comes out is text: whoever draws it must not take it for HTML.
#[must_use]
pub fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(next) = rest.find(['<', '&', '\n', '\r', '\t']) {
        let (before, found) = rest.split_at(next);
        push(&mut text, before);
        rest = match found.chars().next() {
            Some('<') => after_tag(found, &mut text),
            Some('&') => after_entity(found, &mut text),
            // Line ends of the source are spaces of the text.
            _ => {
                push(&mut text, " ");
                found.get(1..).unwrap_or_default()
            }
        };
    }
    push(&mut text, rest);
    text.trim().to_owned()
}

fn push(text: &mut String, piece: &str) {
    let is_spaced = text.is_empty() || text.ends_with(char::is_whitespace);
    text.push_str(if is_spaced { piece.trim_start_matches(' ') } else { piece });
}

/// What follows a tag; a `<` that begins none is a character.
fn after_tag<'a>(found: &'a str, text: &mut String) -> &'a str {
    const BLOCKS: [&str; 16] = [
        "address",
        "blockquote",
        "br",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "p",
        "pre",
        "table",
        "tr",
    ];
    if let Some(comment) = found.strip_prefix("<!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let inner = found.get(1..).unwrap_or_default();
    let name_at = inner.trim_start_matches(['/', '!', '?']);
    if !name_at.starts_with(|letter: char| letter.is_ascii_alphabetic()) && name_at.len() == inner.len() {
        text.push('<');
        return inner;
    }
    let name: String =
        name_at.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let rest = inner.get(tag_end(inner)..).unwrap_or_default();
    if matches!(name.as_str(), "script" | "style") && !inner.starts_with('/') {
        let lower = rest.to_ascii_lowercase();
        let end = lower.find(&format!("</{name}")).unwrap_or(lower.len());
        return rest.get(end..).unwrap_or_default();
    }
    if BLOCKS.contains(&name.as_str()) && !text.is_empty() && !text.ends_with('\n') {
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    } else if matches!(name.as_str(), "td" | "th") && inner.starts_with('/') {
        push(text, " ");
    }
    rest
}

/// Behind the `>` of a tag; one inside quotes does not count.
fn tag_end(inner: &str) -> usize {
    let mut quote = None;
    for (at, letter) in inner.char_indices() {
        match (quote, letter) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
    }
    inner.len()
}

fn after_entity<'a>(found: &'a str, text: &mut String) -> &'a str {
    const LONGEST: usize = 10;
    let end = found.bytes().take(LONGEST).position(|byte| byte == b';');
    let entity = end.and_then(|end| Some((found.get(1..end)?, found.get(end + 1..)?)));
    let character = entity.and_then(|(name, _)| character(name));
    match (character, entity) {
        (Some(character), Some((_, rest))) => {
            text.push(character);
            rest
        }
        _ => {
            text.push('&');
            found.get(1..).unwrap_or_default()
        }
    }
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(number).filter(|letter| !letter.is_control());
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "euro" => '€',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "laquo" => '«',
        "raquo" => '»',
        "agrave" => 'à',
        "acirc" => 'â',
        "auml" => 'ä',
        "ccedil" => 'ç',
        "eacute" => 'é',
        "egrave" => 'è',
        "ecirc" => 'ê',
        "icirc" => 'î',
        "ocirc" => 'ô',
        "ouml" => 'ö',
        "ucirc" => 'û',
        "ugrave" => 'ù',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "Eacute" => 'É',
        "Agrave" => 'À',
        "szlig" => 'ß',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    #[test]
    fn markup_leaves_its_text() {
        for (html, text) in [
            ("plain", "plain"),
            ("", ""),
            ("<p>Bonjour&nbsp;!</p><p>Fin</p>", "Bonjour\u{a0}!\nFin"),
            ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
            ("a<br/>b<BR>c", "a\nb\nc"),
            ("x < y &amp; z &unknown; &", "x < y & z &unknown; &"),
            ("<script>alert('<b>')</script>text", "text"),
            ("<style>p{}</style><b>fett</b>", "fett"),
            ("<a title=\"a > b\" href='x'>link</a>", "link"),
            ("<!-- <p>no</p> -->yes", "yes"),
            ("&#233;&#xE9;&#0;", "éé&#0;"),
            ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
            ("one\n  two", "one two"),
            ("cut <b", "cut"),
            ("cut <!-- off", "cut"),
            ("😀<i>é", "😀é"),
        ] {
            assert_eq!(plain_text(html), text, "{html}");
        }
    }
}
