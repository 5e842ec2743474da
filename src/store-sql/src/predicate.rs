//! Predicates as SQL. Its three-valued logic is the one they are defined by.

use crate::cell::Cell;
use crate::dialect::{Dialect, quoted};
use crate::error::{Result, StoreError};
use crate::layout::{Codec, ColumnLayout, choices_text, id_of, scale_down};
use crate::select::{Builder, Scope};
use model::{Decimal, Value};
use query::{Comparison, Direction, HierarchyTest, Pattern, PatternPart, Predicate, Test};

impl<'a> Builder<'a> {
    /// Adds a predicate that stands in the table at `current`.
    pub fn push_predicate(&mut self, predicate: &'a Predicate, current: usize) -> Result<()> {
        match predicate {
            Predicate::And(parts) => self.push_parts(parts, current, " AND ", "1 = 1"),
            Predicate::Or(parts) => self.push_parts(parts, current, " OR ", "1 = 0"),
            Predicate::Not(part) => {
                self.statement.push("NOT (");
                self.push_predicate(part, current)?;
                self.statement.push(")");
                Ok(())
            }
            Predicate::Constant(holds) => {
                self.statement.push(if *holds { "1 = 1" } else { "1 = 0" });
                Ok(())
            }
            Predicate::Linked(link) => self.push_existence(link, current),
            Predicate::Hierarchy(test) => self.push_hierarchy(test, current),
            Predicate::Test { link, column, test } => {
                let scope = self.resolve(link.as_deref(), current)?.clone();
                let column = scope.layout.column(column.as_str())?.clone();
                self.push_test(&scope, &column, test, current)
            }
        }
    }

    /// Walks the hierarchy once, in a recursive query whose `UNION` ends at a circle.
    fn push_hierarchy(&mut self, test: &HierarchyTest, current: usize) -> Result<()> {
        let scope = self.resolve(test.link.as_deref(), current)?;
        let column = scope.layout.column(test.column.as_str())?;
        let own = format!("{}.{}", scope.alias, quoted(&column.compared_name()));
        let layout = self.layouts.table(test.table.as_str())?;
        let (table, key) = (layout.sql_name(), quoted(layout.key()));
        let parent = quoted(&layout.column(test.parent.as_str())?.compared_name());
        let (from, to) = match test.direction {
            Direction::Above => (&key, &parent),
            Direction::Under => (&parent, &key),
        };
        // Null stays unknown, which IN an empty list is not.
        self.statement.push(&format!("(CASE WHEN {own} IS NULL THEN NULL WHEN {own} = "));
        self.statement.bind(Cell::id(test.of));
        self.statement.push(&format!(
            " THEN {} ELSE {own} IN (WITH RECURSIVE walked(id) AS (SELECT h.{to} FROM {table} h WHERE h.{from} = ",
            if test.includes_self { "1 = 1" } else { "1 = 0" },
        ));
        self.statement.bind(Cell::id(test.of));
        self.statement.push(&format!(
            " AND h.{to} IS NOT NULL UNION SELECT h.{to} FROM {table} h JOIN walked ON h.{from} = walked.id \
             WHERE h.{to} IS NOT NULL) SELECT id FROM walked) END)"
        ));
        Ok(())
    }

    fn push_parts(&mut self, parts: &'a [Predicate], current: usize, word: &str, empty: &str) -> Result<()> {
        if parts.is_empty() {
            self.statement.push(empty);
            return Ok(());
        }
        self.statement.push("(");
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.statement.push(word);
            }
            self.push_predicate(part, current)?;
        }
        self.statement.push(")");
        Ok(())
    }

    fn push_test(&mut self, scope: &Scope, column: &ColumnLayout, test: &Test, current: usize) -> Result<()> {
        let own = format!("{}.{}", scope.alias, quoted(&column.compared_name()));
        match test {
            Test::Null => {
                self.statement.push(&format!("{own} IS NULL"));
            }
            Test::NotNull => {
                self.statement.push(&format!("{own} IS NOT NULL"));
            }
            Test::Compare(comparison, value) => self.push_comparison(scope, column, *comparison, value)?,
            Test::In(values) => self.push_in(scope, column, values)?,
            Test::Range { from, until, includes_until } => {
                let end = if *includes_until { Comparison::LessOrEqual } else { Comparison::Less };
                let ends = [(from, Comparison::GreaterOrEqual), (until, end)];
                // Without ends every value is inside, but null is not.
                self.statement.push(&format!("({own} = {own}"));
                for (value, comparison) in ends {
                    if let Some(value) = value {
                        self.statement.push(" AND ");
                        self.push_comparison(scope, column, comparison, value)?;
                    }
                }
                self.statement.push(")");
            }
            Test::Like(pattern) => {
                let text = self.text_of(scope, column)?;
                match possible(pattern) {
                    Some(pattern) => push_pattern(&mut self.statement, &text, &pattern),
                    None => self.push_operand(&text, Operand::Always(false)),
                }
            }
            Test::ContainsAny(numbers) => {
                self.statement.push(&format!("({own} <> {own}"));
                for number in numbers {
                    self.statement.push(&format!(" OR {own} LIKE "));
                    self.statement.bind(Cell::text(format!("%{}%", choices_text(&[*number]))));
                }
                self.statement.push(")");
            }
            Test::CompareColumn(comparison, name) => {
                let (link, other) = query::split_alias(name);
                let other_scope =
                    if link.is_some() { self.resolve(link, current)?.clone() } else { scope.clone() };
                let other = other_scope.layout.column(other.as_str())?;
                let (left, right) = aligned(own, column, &other_scope, other);
                self.statement.push(&format!("{left} {} {right}", operator(*comparison)));
            }
        }
        Ok(())
    }

    fn push_comparison(
        &mut self,
        scope: &Scope,
        column: &ColumnLayout,
        comparison: Comparison,
        value: &Value,
    ) -> Result<()> {
        if let (Codec::Reference, Value::Text(text)) = (column.codec, value)
            && text.parse::<model::RowId>().is_err()
        {
            let name = self.name_of(scope, column);
            self.push_operand(&name, text_operand(comparison, &query::fold(text)));
            return Ok(());
        }
        let own = format!("{}.{}", scope.alias, quoted(&column.compared_name()));
        self.push_operand(&own, operand(column, comparison, value)?);
        Ok(())
    }

    fn push_operand(&mut self, own: &str, operand: Operand) {
        match operand {
            Operand::Cell(comparison, cell) => {
                self.statement.push(&format!("{own} {} ", operator(comparison))).bind(cell);
            }
            // Null stays unknown.
            Operand::Always(holds) => {
                self.statement.push(&format!("{own} {} {own}", if holds { "=" } else { "<>" }));
            }
        }
    }

    fn push_in(&mut self, scope: &Scope, column: &ColumnLayout, values: &[Value]) -> Result<()> {
        let own = format!("{}.{}", scope.alias, quoted(&column.compared_name()));
        let by_name = column.codec == Codec::Reference
            && values.iter().any(|value| matches!(value, Value::Text(_)) && id_of(value).is_none());
        if by_name || values.is_empty() {
            self.statement.push(&format!("({own} <> {own}"));
            for value in values {
                self.statement.push(" OR ");
                self.push_comparison(scope, column, Comparison::Equal, value)?;
            }
            self.statement.push(")");
            return Ok(());
        }
        let mut cells = Vec::with_capacity(values.len());
        for value in values {
            // A value that the column cannot hold equals none of its values.
            if let Operand::Cell(_, cell) = operand(column, Comparison::Equal, value)? {
                cells.push(cell);
            }
        }
        if cells.is_empty() {
            self.statement.push(&format!("{own} <> {own}"));
        } else {
            self.statement.push(&format!("{own} IN ")).bind_list(cells);
        }
        Ok(())
    }

    /// The folded text that a pattern is held against: the column's own, or the name of the row referred to.
    fn text_of(&self, scope: &Scope, column: &ColumnLayout) -> Result<String> {
        match column.codec {
            Codec::FoldedText | Codec::PlainText => {
                Ok(format!("{}.{}", scope.alias, quoted(&column.compared_name())))
            }
            Codec::Reference => Ok(self.name_of(scope, column)),
            _ => Err(StoreError::UnfitTest { column: column.column.name.clone() }),
        }
    }

    /// The folded name of the row that a reference points to.
    pub fn name_of(&self, scope: &Scope, column: &ColumnLayout) -> String {
        let (alias, name) = (&scope.alias, column.column.name.as_str());
        let mut cases = String::new();
        for target in column.column.targets() {
            let Some(layout) = self.layouts.find(target.as_str()) else { continue };
            let Some(primary_name) = layout.primary_name() else { continue };
            cases.push_str(&format!(
                " WHEN '{target}' THEN (SELECT n.{} FROM {} n WHERE n.{} = {alias}.{})",
                quoted(&primary_name.compared_name()),
                layout.sql_name(),
                quoted(layout.key()),
                quoted(name),
            ));
        }
        if cases.is_empty() {
            return "CAST(NULL AS TEXT)".to_owned();
        }
        format!("(CASE {alias}.{}{cases} END)", quoted(&format!("{name}__table")))
    }
}

enum Operand {
    Cell(Comparison, Cell),
    /// Known for every value that is not null.
    Always(bool),
}

/// The operand as the column stores it. A decimal with more digits than the column moves to the next value the column has.
fn operand(column: &ColumnLayout, comparison: Comparison, value: &Value) -> Result<Operand> {
    let unfit = || StoreError::UnfitTest { column: column.column.name.clone() };
    let cell = match (column.codec, value) {
        (Codec::Key | Codec::Id | Codec::Reference, value) => Cell::id(id_of(value).ok_or_else(unfit)?),
        (Codec::FoldedText, Value::Text(text)) => return Ok(text_operand(comparison, &query::fold(text))),
        (Codec::PlainText, Value::Text(text)) => return Ok(text_operand(comparison, text)),
        (Codec::Scaled(scale), value) => {
            return Ok(scaled_operand(comparison, decimal(value).ok_or_else(unfit)?, scale));
        }
        (Codec::Integer | Codec::Version | Codec::Choice, value) => {
            return Ok(scaled_operand(comparison, decimal(value).ok_or_else(unfit)?, 0));
        }
        (Codec::Float, Value::Float(number)) => Cell::Float(Some(*number)),
        (Codec::Float, value) => {
            let number = decimal(value).ok_or_else(unfit)?;
            Cell::Float(number.to_string().parse().ok())
        }
        (Codec::Boolean, Value::Boolean(flag)) => Cell::integer(i64::from(*flag)),
        (Codec::Boolean, Value::Choice(number)) => Cell::integer(i64::from(*number)),
        (Codec::Choices, Value::Choices(numbers)) => Cell::text(choices_text(numbers)),
        (Codec::Date, Value::Date(date)) => Cell::integer(i64::from(date.days())),
        (Codec::DateTime, Value::DateTime(at)) => Cell::integer(at.milliseconds()),
        _ => return Err(unfit()),
    };
    Ok(Operand::Cell(comparison, cell))
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Choice(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        Value::Float(number) => Decimal::try_from(*number).ok(),
        _ => None,
    }
}

/// No text that is kept holds U+0000: what comes before the first decides.
fn text_operand(comparison: Comparison, text: &str) -> Operand {
    match (text.split_once('\0'), comparison) {
        (None, comparison) => Operand::Cell(comparison, Cell::text(text)),
        (Some(_), Comparison::Equal) => Operand::Always(false),
        (Some(_), Comparison::NotEqual) => Operand::Always(true),
        (Some((before, _)), Comparison::Less | Comparison::LessOrEqual) => {
            Operand::Cell(Comparison::LessOrEqual, Cell::text(before))
        }
        (Some((before, _)), Comparison::Greater | Comparison::GreaterOrEqual) => {
            Operand::Cell(Comparison::Greater, Cell::text(before))
        }
    }
}

fn scaled_operand(comparison: Comparison, number: Decimal, scale: u32) -> Operand {
    let (below, exact) = scale_down(number, scale);
    let comparison = match comparison {
        comparison if exact => comparison,
        Comparison::Equal => return Operand::Always(false),
        Comparison::NotEqual => return Operand::Always(true),
        Comparison::Less | Comparison::LessOrEqual => Comparison::LessOrEqual,
        Comparison::Greater | Comparison::GreaterOrEqual => Comparison::Greater,
    };
    Operand::Cell(comparison, Cell::integer(below))
}

/// Two columns with the same digits behind the point.
fn aligned(own: String, column: &ColumnLayout, scope: &Scope, other: &ColumnLayout) -> (String, String) {
    let right = format!("{}.{}", scope.alias, quoted(&other.compared_name()));
    let digits = |codec: Codec| match codec {
        Codec::Scaled(scale) => Some(scale),
        Codec::Integer | Codec::Choice | Codec::Version => Some(0),
        _ => None,
    };
    match (digits(column.codec), digits(other.codec)) {
        (Some(left_digits), Some(right_digits)) if left_digits != right_digits => {
            // As floating point: the product of two large whole numbers would not fit.
            let scaled =
                |text: String, digits: u32| format!("(CAST({text} AS DOUBLE PRECISION) / 1e{digits})");
            (scaled(own, left_digits), scaled(right, right_digits))
        }
        _ => (own, right),
    }
}

const fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

/// The pattern with neither U+0000, which no text holds, nor ranges that end before they begin, which PostgreSQL refuses.
/// `None` when no text fits.
fn possible(pattern: &Pattern) -> Option<Pattern> {
    let parts = match pattern {
        Pattern::Prefix(text) | Pattern::Suffix(text) | Pattern::Contains(text) => {
            return (!text.contains('\0')).then(|| pattern.clone());
        }
        Pattern::Parts(parts) => parts,
    };
    let mut possible = Vec::with_capacity(parts.len());
    for part in parts {
        possible.push(match part {
            PatternPart::Text(text) if text.contains('\0') => return None,
            PatternPart::Class { negated, ranges } => {
                let ranges: Vec<_> = ranges
                    .iter()
                    .map(|(low, high)| ((*low).max('\u{1}'), *high))
                    .filter(|(low, high)| low <= high)
                    .collect();
                match (ranges.is_empty(), *negated) {
                    (true, false) => return None,
                    (true, true) => PatternPart::AnyCharacter,
                    (false, negated) => PatternPart::Class { negated, ranges },
                }
            }
            part => part.clone(),
        });
    }
    Some(Pattern::Parts(possible))
}

fn push_pattern(statement: &mut crate::statement::Statement, text: &str, pattern: &Pattern) {
    match pattern {
        // A range instead of LIKE, so that an index helps.
        Pattern::Prefix(prefix) => {
            statement.push(&format!("({text} >= ")).bind(Cell::text(prefix.as_str()));
            statement.push(&format!(" AND {text} < "));
            statement.bind(Cell::text(format!("{prefix}{}", char::MAX))).push(")");
        }
        Pattern::Suffix(suffix) => push_like(statement, text, &format!("%{}", escaped(suffix))),
        Pattern::Contains(part) => push_like(statement, text, &format!("%{}%", escaped(part))),
        Pattern::Parts(parts) if parts.iter().any(|part| matches!(part, PatternPart::Class { .. })) => {
            match statement.dialect() {
                Dialect::Sqlite => statement.push(&format!("{text} GLOB ")).bind(Cell::text(glob(parts))),
                Dialect::Postgres => statement.push(&format!("{text} ~ ")).bind(Cell::text(regex(parts))),
            };
        }
        Pattern::Parts(parts) => {
            let like: String = parts
                .iter()
                .map(|part| match part {
                    PatternPart::Text(text) => escaped(text),
                    PatternPart::AnyCharacter => "_".to_owned(),
                    _ => "%".to_owned(),
                })
                .collect();
            push_like(statement, text, &like);
        }
    }
}

fn push_like(statement: &mut crate::statement::Statement, text: &str, like: &str) {
    statement.push(&format!("{text} LIKE ")).bind(Cell::text(like)).push(" ESCAPE '\\'");
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn glob(parts: &[PatternPart]) -> String {
    let mut glob = String::new();
    for part in parts {
        match part {
            PatternPart::Text(text) => {
                for character in text.chars() {
                    if matches!(character, '*' | '?' | '[') {
                        glob.extend(['[', character, ']']);
                    } else {
                        glob.push(character);
                    }
                }
            }
            PatternPart::AnyCharacter => glob.push('?'),
            PatternPart::Anything => glob.push('*'),
            PatternPart::Class { negated, ranges } => push_class(&mut glob, *negated, ranges, ""),
        }
    }
    glob
}

fn regex(parts: &[PatternPart]) -> String {
    // The whole text, the dot also for line ends.
    let mut regex = String::from("(?s)^");
    for part in parts {
        match part {
            PatternPart::Text(text) => {
                for character in text.chars() {
                    if !character.is_alphanumeric() && !character.is_whitespace() && character.is_ascii() {
                        regex.push('\\');
                    }
                    regex.push(character);
                }
            }
            PatternPart::AnyCharacter => regex.push('.'),
            PatternPart::Anything => regex.push_str(".*"),
            PatternPart::Class { negated, ranges } => push_class(&mut regex, *negated, ranges, "\\"),
        }
    }
    regex.push('$');
    regex
}

/// A bracket comes first, circumflex and hyphen last, where they stand for themselves.
fn push_class(text: &mut String, negated: bool, ranges: &[(char, char)], escape: &str) {
    let is_single = |wanted: char| ranges.contains(&(wanted, wanted));
    text.push('[');
    if negated {
        text.push('^');
    }
    if is_single(']') {
        text.push(']');
    }
    for (low, high) in ranges.iter().filter(|range| !matches!(range, (']', ']') | ('^', '^') | ('-', '-'))) {
        for (index, end) in [*low, *high].into_iter().enumerate() {
            if index == 1 && low == high {
                break;
            }
            if index == 1 {
                text.push('-');
            }
            if matches!(end, '\\' | '[') {
                text.push_str(escape);
            }
            text.push(end);
        }
    }
    for last in ['^', '-'] {
        if is_single(last) {
            text.push_str(escape);
            text.push(last);
        }
    }
    text.push(']');
}
