//! Amounts with their currency.

use super::locale::{CurrencyPlace, Locale};
use super::number::{self, NumberProblem};
use super::show::ShowContext;
use crate::{ColumnKind, Decimal, money};

/// The currency of an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217.
    pub code: String,
    /// What stands beside the amount; the code where it is empty.
    pub symbol: String,
    /// Digits behind the decimal mark.
    pub digits: u8,
}

impl Currency {
    fn sign(&self) -> &str {
        if self.symbol.is_empty() { &self.code } else { &self.symbol }
    }
}

/// Digits behind the decimal mark of the amounts of a column.
#[must_use]
pub fn money_digits(kind: &ColumnKind, context: &ShowContext<'_>) -> u8 {
    match kind {
        ColumnKind::Money { precision, source, .. } => {
            let currency = context.currency.map(|currency| currency.digits);
            money::digits(*source, *precision, context.pricing_precision, currency)
        }
        _ => context.base_currency.map_or(2, |currency| currency.digits),
    }
}

/// An amount with its currency, or alone where it is not known.
pub(super) fn show_money(
    number: &Decimal,
    digits: u8,
    currency: Option<&Currency>,
    locale: Locale,
) -> String {
    const SPACE: &str = "\u{a0}";
    let facts = locale.facts();
    let plain = number::fixed(number, digits, digits);
    let Some(currency) = currency else { return number::grouped(&plain, facts.number) };
    let amount = number::grouped(plain.trim_start_matches('-'), facts.money);
    let sign = if plain.starts_with('-') { "-" } else { "" };
    let symbol = currency.sign();
    match facts.currency {
        CurrencyPlace::After => format!("{sign}{amount}{SPACE}{symbol}"),
        CurrencyPlace::BeforeWithSpace => format!("{sign}{symbol}{SPACE}{amount}"),
        CurrencyPlace::BeforeOrSign if sign.is_empty() => format!("{symbol}{SPACE}{amount}"),
        CurrencyPlace::BeforeOrSign => format!("{symbol}{sign}{amount}"),
        CurrencyPlace::Before => {
            let space = if symbol.ends_with(char::is_alphabetic) { SPACE } else { "" };
            format!("{sign}{symbol}{space}{amount}")
        }
    }
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MoneyProblem {
    Number(NumberProblem),
    /// Another currency than the row's was typed.
    OtherCurrency,
}

/// Reads an amount with or without its currency before or behind it.
pub(super) fn parse_money(
    text: &str,
    currency: Option<&Currency>,
    locale: Locale,
) -> Result<Decimal, MoneyProblem> {
    let Pieces { is_negative, names, number } = pieces(text);
    for typed in names {
        match currency {
            Some(currency) if is_named(typed, currency) => {}
            _ if !is_currency(typed) => return Err(MoneyProblem::Number(NumberProblem::NotANumber)),
            Some(_) => return Err(MoneyProblem::OtherCurrency),
            None => {}
        }
    }
    if is_negative && !number.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '.' | ','))
    {
        return Err(MoneyProblem::Number(NumberProblem::NotANumber));
    }
    let amount = number::parse_decimal(number, locale).map_err(MoneyProblem::Number)?;
    Ok(if is_negative { -amount } else { amount })
}

/// What stands around a number.
struct Pieces<'a> {
    is_negative: bool,
    names: Vec<&'a str>,
    number: &'a str,
}

fn pieces(text: &str) -> Pieces<'_> {
    let is_of_number =
        |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',' | '-' | '\u{2212}' | '+');
    let is_of_name = |letter: char| !is_of_number(letter) && !letter.is_whitespace();
    let mut pieces = Pieces { is_negative: false, names: Vec::new(), number: text.trim() };
    loop {
        let rest = pieces.number.trim_start();
        let name = rest.split_at(rest.find(|letter| !is_of_name(letter)).unwrap_or(rest.len())).0;
        if let Some(unsigned) = rest.strip_prefix(['-', '\u{2212}']).filter(|_| !pieces.is_negative) {
            pieces.is_negative = true;
            pieces.number = unsigned;
        } else if name.is_empty() {
            pieces.number = rest;
            break;
        } else {
            let after = rest.get(name.len()..).unwrap_or_default();
            // The point of an abbreviation (`Fr.`) is none of the number's.
            let is_abbreviation = name.ends_with(char::is_alphabetic);
            pieces.number = after.strip_prefix('.').filter(|_| is_abbreviation).unwrap_or(after);
            pieces.names.push(name);
        }
    }
    let rest = pieces.number.trim_end();
    let stem = rest.strip_suffix('.').filter(|stem| stem.ends_with(char::is_alphabetic)).unwrap_or(rest);
    let start = stem
        .rfind(|letter| !is_of_name(letter))
        .map_or(0, |at| at + stem.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    let (number, name) = stem.split_at(start);
    if !name.is_empty() {
        pieces.names.push(name);
        pieces.number = number.trim_end();
    }
    pieces
}

/// `€`, `EUR`, `eur`; a symbol may end in a point (`Fr.`).
fn is_named(typed: &str, currency: &Currency) -> bool {
    let symbol = currency.symbol.trim_end_matches('.');
    typed.eq_ignore_ascii_case(&currency.code)
        || (!symbol.is_empty() && typed.to_lowercase() == symbol.to_lowercase())
}

/// Something that stands for a currency: a symbol, or a code of three letters.
fn is_currency(typed: &str) -> bool {
    typed.contains(|letter| matches!(letter, '$' | '€' | '£' | '¥' | '\u{20a0}'..='\u{20cf}'))
        || (typed.len() == 3 && typed.bytes().all(|letter| letter.is_ascii_alphabetic()))
}
