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
    let text = text.trim();
    let is_part =
        |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '\u{2212}' | '+' | '.' | ',');
    let Some(start) = text.find(|letter: char| letter.is_ascii_digit()) else {
        return Err(MoneyProblem::Number(NumberProblem::NotANumber));
    };
    let end = text.rfind(|letter: char| letter.is_ascii_digit()).unwrap_or(start);
    let (before, rest) = text.split_at(start);
    let (digits, after) = rest.split_at(end + 1 - start);
    let is_negative = before.contains(['-', '\u{2212}']);
    let name =
        |text: &str| text.trim_matches(|letter: char| letter.is_whitespace() || is_part(letter)).to_owned();
    for typed in [name(before), name(after)] {
        match currency {
            _ if typed.is_empty() => {}
            Some(currency) if is_named(&typed, currency) => {}
            _ if !is_currency(&typed) => return Err(MoneyProblem::Number(NumberProblem::NotANumber)),
            Some(_) => return Err(MoneyProblem::OtherCurrency),
            None => {}
        }
    }
    // A mark before the first digit (`,5`) belongs to the number.
    let lead = before.chars().next_back().filter(|letter| matches!(letter, '.' | ','));
    let is_lead = lead.is_some_and(|_| name(before).is_empty() && before.trim().len() == 1);
    let number = if is_lead { format!("{}{digits}", lead.unwrap_or_default()) } else { digits.to_owned() };
    let amount = number::parse_decimal(&number, locale).map_err(MoneyProblem::Number)?;
    Ok(if is_negative { -amount } else { amount })
}

/// `€`, `EUR`, `eur`; a symbol may end in a point (`Fr.`).
fn is_named(typed: &str, currency: &Currency) -> bool {
    let symbol = currency.symbol.trim_matches('.');
    typed.eq_ignore_ascii_case(&currency.code)
        || (!symbol.is_empty() && typed.to_lowercase() == symbol.to_lowercase())
}

/// Something that stands for a currency: a symbol, or a code of three letters.
fn is_currency(typed: &str) -> bool {
    typed.contains(|letter| matches!(letter, '$' | '€' | '£' | '¥' | '\u{20a0}'..='\u{20cf}'))
        || (typed.len() == 3 && typed.bytes().all(|letter| letter.is_ascii_alphabetic()))
}
