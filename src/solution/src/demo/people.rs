//! Names of people and the addresses made from them.

use super::draw::Draw;
use super::words::Words;

/// Somebody's name.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// The given name.
    pub given: &'static str,
    /// The family name.
    pub surname: &'static str,
    /// For salutations and job titles.
    pub is_female: bool,
}

impl Person {
    /// Somebody of a language.
    pub fn draw(draw: &mut Draw, words: &Words) -> Self {
        let is_female = draw.chance(46);
        let given = draw.pick(if is_female { &words.female } else { &words.male });
        Self { given, surname: draw.pick(&words.surnames), is_female }
    }

    /// Given name and family name.
    pub fn name(&self) -> String {
        format!("{} {}", self.given, self.surname)
    }

    /// `given.surname`, as in an e-mail address.
    pub fn mailbox(&self) -> String {
        format!("{}.{}", ascii(self.given), ascii(self.surname))
    }

    /// The part before the @, in the way a company has chosen.
    pub fn mailbox_of_style(&self, style: usize) -> String {
        let (given, surname) = (ascii(self.given), ascii(self.surname));
        match style % 4 {
            0 | 1 => format!("{given}.{surname}"),
            2 => format!("{}.{surname}", given.chars().next().unwrap_or('x')),
            _ => format!("{}{surname}", given.chars().next().unwrap_or('x')),
        }
    }
}

/// The text in lower case with letters, digits, hyphens and points alone.
pub fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' | '.' => out.push(letter),
            'à' | 'â' | 'á' => out.push('a'),
            'ç' => out.push('c'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'î' | 'ï' | 'í' => out.push('i'),
            'ô' | 'ó' => out.push('o'),
            'ù' | 'û' | 'ú' => out.push('u'),
            'ä' | 'æ' => out.push_str("ae"),
            'ö' | 'œ' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            ' ' | '-' if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    out.truncate(out.trim_end_matches(['-', '.']).len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain() {
        for (name, expected) in [
            ("Bäckerei Weiß & Söhne", "baeckerei-weiss-soehne"),
            ("Hôtel Églantine", "hotel-eglantine"),
            ("O’Connell", "oconnell"),
            ("The Old Quay", "the-old-quay"),
        ] {
            assert_eq!(ascii(name), expected);
        }
        let person = Person { given: "Anne-Laure", surname: "Lefèvre", is_female: true };
        assert_eq!(person.mailbox(), "anne-laure.lefevre");
        assert_eq!(person.mailbox_of_style(2), "a.lefevre");
    }
}
