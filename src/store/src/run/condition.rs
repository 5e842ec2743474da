//! One test over one column: a tight loop for each way values are kept, and the row-wise meaning for the rest.

use super::context::{Column, Context};
use crate::column::bits::Bits;
use crate::column::texts::{Folded, Texts, signature};
use crate::column::words::Words;
use crate::column::{Codes, ColumnData, references::References, unscaled};
use model::{Reference, RowId, Value};
use query::{Comparison, Pattern, PatternPart, Test};

/// The rows among `within` whose value makes the test `wanted`; a missing value makes only the tests for it.
pub fn select(
    context: &Context<'_>,
    column: Column<'_>,
    test: &Test,
    wanted: bool,
    mut within: Bits,
) -> Bits {
    let present = match column {
        Column::Key(ids) => Bits::all(ids.len()),
        Column::Data(data) => data.present(within.length()),
    };
    if matches!(test, Test::Null | Test::NotNull) {
        if matches!(test, Test::NotNull) == wanted {
            within.keep(&present);
        } else {
            within.remove(&present);
        }
        return within;
    }
    within.keep(&present);
    let done = match column {
        Column::Key(_) => false,
        Column::Data(data) => select_native(context, data, test, wanted, &mut within),
    };
    if !done {
        within.retain(|slot| test.holds(&column.value(slot)) == Some(wanted));
    }
    within
}

/// Narrows `within` by a loop over the column's own type; false when the test has no such form.
fn select_native(
    context: &Context<'_>,
    data: &ColumnData,
    test: &Test,
    wanted: bool,
    within: &mut Bits,
) -> bool {
    match data {
        ColumnData::Text(texts) => select_texts(texts, test, wanted, within),
        ColumnData::Reference(references) => {
            select_references(context, references, test, wanted, within);
            true
        }
        ColumnData::Choice(numbers) => {
            let operand = |value: &Value| value.as_choice().map(i64::from);
            select_ordered(&numbers.words, Ordered::of(test, operand), wanted, within)
        }
        ColumnData::Integer(numbers) => {
            let operand =
                |value: &Value| if let Value::Integer(number) = value { Some(*number) } else { None };
            select_ordered(&numbers.words, Ordered::of(test, operand), wanted, within)
        }
        ColumnData::Decimal { scale, numbers } => {
            let operand = |value: &Value| match value {
                Value::Decimal(number) => unscaled(number.normalize(), *scale),
                _ => None,
            };
            select_ordered(&numbers.words, Ordered::of(test, operand), wanted, within)
        }
        ColumnData::Boolean(numbers) => {
            let operand =
                |value: &Value| if let Value::Boolean(flag) = value { Some(i64::from(*flag)) } else { None };
            select_ordered(&numbers.words, Ordered::of(test, operand), wanted, within)
        }
        ColumnData::Date(numbers) => {
            let operand = |value: &Value| {
                if let Value::Date(date) = value { Some(i64::from(date.days())) } else { None }
            };
            select_ordered(&numbers.words, Ordered::of(test, operand), wanted, within)
        }
        ColumnData::Instant(numbers) => {
            let operand =
                |value: &Value| if let Value::DateTime(at) = value { Some(at.milliseconds()) } else { None };
            select_ordered(&numbers.words, Ordered::of(test, operand), wanted, within)
        }
        ColumnData::WideDecimal(_) | ColumnData::Float(_) | ColumnData::Id(_) | ColumnData::Plain(_) => false,
    }
}

/// A test of values that have an order, with operands of the values' own type.
enum Ordered<T> {
    Compare(Comparison, T),
    In(Vec<T>),
    Range(Option<T>, Option<T>, bool),
}

impl<T> Ordered<T> {
    fn of(test: &Test, operand: impl Fn(&Value) -> Option<T>) -> Option<Self> {
        match test {
            Test::Compare(comparison, value) => Some(Self::Compare(*comparison, operand(value)?)),
            Test::In(values) => Some(Self::In(values.iter().map(operand).collect::<Option<_>>()?)),
            Test::Range { from, until, includes_until } => {
                let end = |value: &Option<Value>| match value {
                    Some(value) => operand(value).map(Some),
                    None => Some(None),
                };
                Some(Self::Range(end(from)?, end(until)?, *includes_until))
            }
            _ => None,
        }
    }
}

fn select_ordered(values: &Words, test: Option<Ordered<i64>>, wanted: bool, within: &mut Bits) -> bool {
    match test {
        None => return false,
        Some(Ordered::Compare(comparison, operand)) => match comparison {
            Comparison::Equal => values.retain(within, |value| (value == operand) == wanted),
            Comparison::NotEqual => values.retain(within, |value| (value != operand) == wanted),
            Comparison::Less => values.retain(within, |value| (value < operand) == wanted),
            Comparison::LessOrEqual => values.retain(within, |value| (value <= operand) == wanted),
            Comparison::Greater => values.retain(within, |value| (value > operand) == wanted),
            Comparison::GreaterOrEqual => values.retain(within, |value| (value >= operand) == wanted),
        },
        Some(Ordered::In(operands)) => {
            values.retain(within, |value| operands.contains(&value) == wanted);
        }
        Some(Ordered::Range(from, until, includes_until)) => values.retain(within, |value| {
            let begins = from.is_none_or(|from| value >= from);
            let ends = until.is_none_or(|until| value < until || (includes_until && value == until));
            (begins && ends) == wanted
        }),
    }
    true
}

/// Narrows by the folded form of texts, each different text judged once unless few rows are asked about.
fn select_texts(texts: &Codes<Texts>, test: &Test, wanted: bool, within: &mut Bits) -> bool {
    let Some(judge) = TextJudge::of(test) else { return false };
    let folded = texts.pool.folded();
    let length = texts.pool.length();
    if length / 2 > within.count() {
        within.retain(|slot| judge.holds(&folded, texts.get(slot)) == wanted);
        return true;
    }
    let mut holding = folded.candidates(judge.required);
    holding.retain(|code| u32::try_from(code).is_ok_and(|code| judge.holds(&folded, code)));
    texts.retain(within, |code| holding.has(code as usize) == wanted);
    true
}

/// A test of folded texts with what all passing texts have in common, to refuse most of the others at a glance.
struct TextJudge<'a> {
    test: TextTest<'a>,
    required: u64,
}

enum TextTest<'a> {
    Compare(Comparison, &'a str),
    In(Vec<&'a str>),
    Range(Option<&'a str>, Option<&'a str>, bool),
    Contains(&'a [u8]),
    Like(&'a Pattern),
}

impl<'a> TextJudge<'a> {
    fn of(test: &'a Test) -> Option<Self> {
        if let Test::Like(pattern) = test {
            let test = match pattern {
                Pattern::Contains(part) => TextTest::Contains(part.as_bytes()),
                pattern => TextTest::Like(pattern),
            };
            return Some(Self { test, required: required(pattern) });
        }
        let text = |value: &'a Value| value.as_text();
        let test = match test {
            Test::Compare(comparison, value) => TextTest::Compare(*comparison, text(value)?),
            Test::In(values) => TextTest::In(values.iter().map(text).collect::<Option<_>>()?),
            Test::Range { from, until, includes_until } => {
                let end = |value: &'a Option<Value>| match value {
                    Some(value) => text(value).map(Some),
                    None => Some(None),
                };
                TextTest::Range(end(from)?, end(until)?, *includes_until)
            }
            _ => return None,
        };
        Some(Self { test, required: 0 })
    }

    fn holds(&self, folded: &Folded, code: u32) -> bool {
        if folded.signature(code) & self.required != self.required {
            return false;
        }
        let text = folded.get(code);
        match &self.test {
            TextTest::Compare(comparison, operand) => comparison.holds(text.cmp(operand)),
            TextTest::In(operands) => operands.contains(&text),
            TextTest::Range(from, until, includes_until) => {
                from.is_none_or(|from| text >= from)
                    && until.is_none_or(|until| text < until || (*includes_until && text == until))
            }
            TextTest::Contains(part) => contains(text.as_bytes(), part),
            TextTest::Like(pattern) => pattern.matches(text),
        }
    }
}

/// The letter pairs that every text of a pattern has.
fn required(pattern: &Pattern) -> u64 {
    match pattern {
        Pattern::Prefix(text) | Pattern::Suffix(text) | Pattern::Contains(text) => signature(text),
        Pattern::Parts(parts) => parts.iter().fold(0, |bits, part| match part {
            PatternPart::Text(text) => bits | signature(text),
            _ => bits,
        }),
    }
}

/// Whether short text holds a part: a plain search, which the set-up of a cleverer one would outlast.
fn contains(text: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else { return true };
    let Some(last_start) = text.len().checked_sub(part.len()) else { return false };
    let starts = text.iter().take(last_start + 1).enumerate().filter(|(_, byte)| *byte == first);
    starts.into_iter().any(|(start, _)| text.get(start + 1..start + part.len()) == Some(rest))
}

/// Narrows by rows referred to, each judged once.
fn select_references(
    context: &Context<'_>,
    references: &Codes<References>,
    test: &Test,
    wanted: bool,
    within: &mut Bits,
) {
    let pool = &references.pool;
    let passing: Bits = match by_id(test) {
        Some((ids, is_among)) => {
            let among: Bits = ids.iter().flat_map(|id| pool.find(*id)).map(|code| code as usize).collect();
            let is_wanted = is_among == wanted;
            references.retain(within, |code| among.has(code as usize) == is_wanted);
            return;
        }
        None => {
            let judge = |code: &u32| {
                let Some((table, id)) = pool.get(*code) else { return false };
                let name = context.reference_name(references, *code).map(str::to_owned);
                test.holds(&Value::Reference(Reference { table: table.clone(), id, name })) == Some(wanted)
            };
            let codes = 1..u32::try_from(pool.length()).unwrap_or(u32::MAX);
            codes.filter(judge).map(|code| code as usize).collect()
        }
    };
    references.retain(within, |code| passing.has(code as usize));
}

/// The rows a test names, and whether it asks for them or for the others.
fn by_id(test: &Test) -> Option<(Vec<RowId>, bool)> {
    match test {
        Test::Compare(Comparison::Equal, value) => Some((vec![query::id_of(value)?], true)),
        Test::Compare(Comparison::NotEqual, value) => Some((vec![query::id_of(value)?], false)),
        Test::In(values) => Some((values.iter().map(query::id_of).collect::<Option<_>>()?, true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_where_they_are() {
        for (text, part, is_there) in [
            ("contoso", "contoso", true),
            ("contoso", "oso", true),
            ("contoso", "cos", false),
            ("ab", "abc", false),
            ("", "", true),
            ("aab", "ab", true),
        ] {
            assert_eq!(contains(text.as_bytes(), part.as_bytes()), is_there, "{part} in {text}");
        }
    }
}
