//! Numbers that new rows get from the server (`AutoNumberFormat`, as `QUO-{SEQNUM:5}-{RANDSTRING:6}`).

use crate::Timestamp;
use crate::time::TimeZone;

/// The number that a column's first row gets where its sequence has not begun otherwise.
pub const FIRST_NUMBER: i64 = 1000;
/// Most letters of `{RANDSTRING}`, as in Dataverse.
const MOST_RANDOM: usize = 6;
/// Most digits of `{SEQNUM}`.
const MOST_DIGITS: usize = 19;
/// What random texts are made of.
const LETTERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A format, ready to make numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoNumber {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The sequence, with at least so many digits.
    Sequence(usize),
    /// So many random letters and digits.
    Random(usize),
    /// The moment in UTC, in a format of .NET.
    Moment(String),
}

/// Why a format makes no numbers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AutoNumberProblem {
    /// A brace without its partner.
    #[error(
        "the brace at “{at}” has no partner; write {{SEQNUM:5}}, {{RANDSTRING:6}} or {{DATETIMEUTC:yyyyMMdd}}"
    )]
    Brace {
        /// The rest of the format from there.
        at: String,
    },
    /// An unknown placeholder, or one with a wrong size.
    #[error(
        "“{{{placeholder}}}” is no placeholder; write {{SEQNUM:5}} (1 to 19 digits), {{RANDSTRING:6}} (1 to 6 letters) or {{DATETIMEUTC:yyyyMMdd}}"
    )]
    Placeholder {
        /// What stands in the braces.
        placeholder: String,
    },
}

impl AutoNumber {
    /// Reads a format.
    ///
    /// # Errors
    /// Why it makes no numbers.
    pub fn parse(format: &str) -> Result<Self, AutoNumberProblem> {
        let mut parts = Vec::new();
        let mut rest = format;
        while !rest.is_empty() {
            let end = rest.find(['{', '}']).unwrap_or(rest.len());
            let (text, found) = rest.split_at(end);
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            if found.is_empty() {
                break;
            }
            let brace = || AutoNumberProblem::Brace { at: found.to_owned() };
            let (placeholder, after) =
                found.strip_prefix('{').and_then(|inner| inner.split_once('}')).ok_or_else(brace)?;
            if placeholder.contains('{') {
                return Err(brace());
            }
            parts.push(read_placeholder(placeholder)?);
            rest = after;
        }
        Ok(Self { parts })
    }

    /// True when a number of the sequence is needed.
    #[must_use]
    pub fn needs_sequence(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Sequence(_)))
    }

    /// The number of a new row: from the next of the sequence, random bits, and the moment.
    #[must_use]
    pub fn produce(&self, sequence: i64, random: u128, now: Timestamp) -> String {
        let mut random = random;
        let mut number = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => number.push_str(text),
                Part::Sequence(digits) => number.push_str(&format!("{sequence:0digits$}")),
                Part::Random(count) => {
                    for _ in 0..*count {
                        let letter = usize::try_from(random % 36).ok().and_then(|at| LETTERS.get(at));
                        number.push(letter.map_or('0', |letter| char::from(*letter)));
                        random /= 36;
                    }
                }
                Part::Moment(format) => push_moment(format, now, &mut number),
            }
        }
        number
    }
}

fn read_placeholder(placeholder: &str) -> Result<Part, AutoNumberProblem> {
    let unknown = || AutoNumberProblem::Placeholder { placeholder: placeholder.to_owned() };
    let (name, size) = placeholder.split_once(':').ok_or_else(unknown)?;
    let count =
        |most: usize| size.parse().ok().filter(|count| (1..=most).contains(count)).ok_or_else(unknown);
    match name.to_ascii_uppercase().as_str() {
        "SEQNUM" => count(MOST_DIGITS).map(Part::Sequence),
        "RANDSTRING" => count(MOST_RANDOM).map(Part::Random),
        "DATETIMEUTC" if !size.is_empty() => Ok(Part::Moment(size.to_owned())),
        _ => Err(unknown()),
    }
}

/// The custom date and time formats of .NET that have digits alone; other letters stand for themselves.
fn push_moment(format: &str, now: Timestamp, number: &mut String) {
    let (date, minutes) = TimeZone::utc().wall_clock(now);
    let civil = date.civil();
    let rest = now.milliseconds().rem_euclid(60_000);
    let (hour, minute) = (i64::from(minutes / 60), i64::from(minutes % 60));
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut width = 1;
        while letters.next_if_eq(&letter).is_some() {
            width += 1;
        }
        let value = match letter {
            'y' if width <= 2 => i64::from(civil.year()) % 100,
            'y' => i64::from(civil.year()),
            'M' => i64::from(civil.month()),
            'd' => i64::from(civil.day()),
            'H' => hour,
            'h' => twelve,
            'm' => minute,
            's' => rest / 1000,
            'f' if width <= 3 => rest % 1000 / 10_i64.pow(3 - u32::try_from(width).unwrap_or(3)),
            _ => {
                number.extend(std::iter::repeat_n(letter, width));
                continue;
            }
        };
        number.push_str(&format!("{value:0width$}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_made_as_their_format_says() {
        let now: Timestamp = "2026-11-04T17:05:09.25Z".parse().unwrap();
        for (format, sequence, number) in [
            ("QUO-{SEQNUM:5}-{RANDSTRING:6}", 1000, "QUO-01000-HBAAAA"),
            ("{SEQNUM:3}", 12_345, "12345"),
            ("{RANDSTRING:1}{RANDSTRING:1}", 1, "HB"),
            ("{DATETIMEUTC:yyyyMMddhhmmss}", 1, "20261104050509"),
            ("{datetimeutc:dd/MM/yy HH:mm:ss.fff}", 1, "04/11/26 17:05:09.250"),
            ("plain", 1, "plain"),
            ("", 1, ""),
        ] {
            let parsed = AutoNumber::parse(format).unwrap();
            assert_eq!(parsed.produce(sequence, 43, now), number, "{format}");
            assert_eq!(parsed.needs_sequence(), format.contains("SEQNUM"), "{format}");
        }
    }

    #[test]
    fn every_letter_comes_up_and_large_randomness_is_used() {
        let format = AutoNumber::parse("{RANDSTRING:6}").unwrap();
        let now = Timestamp::from_milliseconds(0);
        let all: String =
            (0..36).map(|random| format.produce(1, random, now)).map(|text| text[..1].to_owned()).collect();
        assert_eq!(all.as_bytes(), LETTERS);
        assert_eq!(format.produce(1, 36_u128.pow(6) - 1, now), "999999");
    }

    #[test]
    fn a_format_that_makes_no_numbers_says_why() {
        for (format, placeholder) in [
            ("{SEQNUM}", Some("SEQNUM")),
            ("{SEQNUM:0}", Some("SEQNUM:0")),
            ("{RANDSTRING:7}", Some("RANDSTRING:7")),
            ("{NOW:1}", Some("NOW:1")),
            ("{DATETIMEUTC:}", Some("DATETIMEUTC:")),
            ("{SEQNUM:5", None),
            ("SEQNUM:5}", None),
            ("{{SEQNUM:5}", None),
        ] {
            let problem = AutoNumber::parse(format).unwrap_err();
            match placeholder {
                Some(placeholder) => {
                    assert_eq!(
                        problem,
                        AutoNumberProblem::Placeholder { placeholder: placeholder.to_owned() }
                    );
                }
                None => assert!(matches!(problem, AutoNumberProblem::Brace { .. }), "{format}: {problem}"),
            }
        }
    }
}
