//! Exact reading and writing of numbers in the user's notation.

use model::Decimal;
use std::str::FromStr;

/// How a locale writes numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberStyle {
    /// Between whole and fraction.
    pub decimal: char,
    /// Between thousands.
    pub group: char,
}

impl NumberStyle {
    /// As in English.
    pub const ENGLISH: Self = Self { decimal: '.', group: ',' };
}

/// Why a text is not a number that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberProblem {
    /// Letters, two decimal marks, thousands at the wrong place.
    NotANumber,
    /// More digits behind the decimal mark than the column keeps.
    TooManyDigits(u8),
    /// Below the smallest or above the largest value.
    OutOfRange,
}

/// Reads a number as typed: with or without thousands marks, spaces, a currency symbol or a percent sign.
///
/// The locale decides between point and comma; a point is also taken as decimal mark where the locale does not group with it.
///
/// # Errors
/// When it is no number or has more than `digits` digits behind the decimal mark. Nothing is rounded silently.
pub fn parse_decimal(text: &str, style: &NumberStyle, digits: u8) -> Result<Decimal, NumberProblem> {
    let mut plain = String::new();
    let mut group_at = None;
    let mut has_mark = false;
    let mut digits_since_group = 0;
    for letter in text.trim().chars() {
        match letter {
            '0'..='9' => {
                plain.push(letter);
                digits_since_group += 1;
            }
            '-' | '\u{2212}' if plain.is_empty() => plain.push('-'),
            _ if letter == style.decimal && !has_mark => {
                check_group(group_at, digits_since_group)?;
                plain.push('.');
                has_mark = true;
            }
            _ if letter == style.group && matches!(letter, '.' | ',') && !has_mark => {
                check_group(group_at, digits_since_group)?;
                group_at = Some(plain.len());
                digits_since_group = 0;
            }
            '.' if style.group != '.' && !has_mark => {
                plain.push('.');
                has_mark = true;
            }
            '\'' | '\u{2019}' | '%' => {}
            _ if letter.is_whitespace() || is_currency(letter) => {}
            _ => return Err(NumberProblem::NotANumber),
        }
    }
    if !has_mark {
        check_group(group_at, digits_since_group)?;
    }
    let number = Decimal::from_str(&plain).map_err(|_| NumberProblem::NotANumber)?.normalize();
    if number.scale() > u32::from(digits) { Err(NumberProblem::TooManyDigits(digits)) } else { Ok(number) }
}

const fn check_group(group_at: Option<usize>, digits_since: usize) -> Result<(), NumberProblem> {
    match group_at {
        Some(at) if at == 0 || digits_since != 3 => Err(NumberProblem::NotANumber),
        _ => Ok(()),
    }
}

const fn is_currency(letter: char) -> bool {
    matches!(letter, '$' | '€' | '£' | '¥' | '\u{20a0}'..='\u{20cf}')
}

/// Reads a whole number.
///
/// # Errors
/// When it is no whole number.
pub fn parse_integer(text: &str, style: &NumberStyle) -> Result<i64, NumberProblem> {
    let number = parse_decimal(text, style, 0)?;
    i64::try_from(number).map_err(|_| NumberProblem::OutOfRange)
}

/// Checks a number against a column's limits.
///
/// # Errors
/// When it lies outside.
pub fn within<T: PartialOrd>(number: T, min: &T, max: &T) -> Result<T, NumberProblem> {
    if number < *min || number > *max { Err(NumberProblem::OutOfRange) } else { Ok(number) }
}

/// Writes a number for editing: the locale's decimal mark, no thousands marks.
pub fn write_decimal(number: &Decimal, style: &NumberStyle) -> String {
    number.to_string().replace('.', &style.decimal.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRENCH: NumberStyle = NumberStyle { decimal: ',', group: '\u{202f}' };
    const GERMAN: NumberStyle = NumberStyle { decimal: ',', group: '.' };
    const SWISS: NumberStyle = NumberStyle { decimal: '.', group: '’' };

    #[test]
    fn amounts_are_read_exactly_in_the_notation_of_the_locale() {
        let cases: [(&str, &NumberStyle, Result<&str, NumberProblem>); 20] = [
            ("1234.56", &NumberStyle::ENGLISH, Ok("1234.56")),
            ("1,234,567.89", &NumberStyle::ENGLISH, Ok("1234567.89")),
            ("$ 12", &NumberStyle::ENGLISH, Ok("12")),
            ("-0.1", &NumberStyle::ENGLISH, Ok("-0.1")),
            ("−5", &NumberStyle::ENGLISH, Ok("-5")),
            ("12,34", &NumberStyle::ENGLISH, Err(NumberProblem::NotANumber)),
            ("1 234,5 €", &FRENCH, Ok("1234.5")),
            ("1\u{202f}234,56", &FRENCH, Ok("1234.56")),
            ("1234.56", &FRENCH, Ok("1234.56")),
            ("1.234.567,89", &GERMAN, Ok("1234567.89")),
            ("1.234", &GERMAN, Ok("1234")),
            ("1.5", &GERMAN, Err(NumberProblem::NotANumber)),
            (".123", &GERMAN, Err(NumberProblem::NotANumber)),
            ("1’234.50", &SWISS, Ok("1234.5")),
            ("0.30000000000000004", &NumberStyle::ENGLISH, Err(NumberProblem::TooManyDigits(2))),
            ("100.10", &NumberStyle::ENGLISH, Ok("100.1")),
            ("", &NumberStyle::ENGLISH, Err(NumberProblem::NotANumber)),
            ("twelve", &NumberStyle::ENGLISH, Err(NumberProblem::NotANumber)),
            ("1,5,2", &FRENCH, Err(NumberProblem::NotANumber)),
            ("9999999999999999999999999999999999", &FRENCH, Err(NumberProblem::NotANumber)),
        ];
        for (text, style, expected) in cases {
            let expected = expected.map(|number| number.parse::<Decimal>().unwrap());
            assert_eq!(parse_decimal(text, style, 2), expected, "{text}");
        }
    }

    #[test]
    fn a_number_written_for_editing_is_read_back() {
        for style in [&NumberStyle::ENGLISH, &FRENCH, &GERMAN, &SWISS] {
            for text in ["0.01", "-1234567.89", "100000000000"] {
                let number = text.parse().unwrap();
                assert_eq!(parse_decimal(&write_decimal(&number, style), style, 2), Ok(number), "{style:?}");
            }
        }
    }

    #[test]
    fn limits_hold() {
        assert_eq!(within(5, &0, &5), Ok(5));
        assert_eq!(within(6, &0, &5), Err(NumberProblem::OutOfRange));
        assert_eq!(parse_integer("12.5", &NumberStyle::ENGLISH), Err(NumberProblem::TooManyDigits(0)));
    }
}
