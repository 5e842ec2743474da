//! Groups and measures as SQL.

use crate::access::Access;
use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::dialect::{DateField, Dialect, quoted};
use crate::error::{Result, StoreError};
use crate::layout::{Codec, ColumnLayout, Layouts};
use crate::select::{Builder, ROOT, Scope, order_term, ranked_terms};
use crate::statement::Question;
use model::{Decimal, FiscalCalendar, FiscalPeriod, TimeZone, Value};
use query::{Aggregate, Answer, AnswerRow, BoundPlan, DatePart, Function, GroupBy, Measure};

const MILLISECONDS_PER_DAY: i64 = 86_400_000;
/// Sums are taken in two halves so that no sum of 64-bit numbers overflows.
const HALF: i64 = 1_000_000_000;
/// Between the folded and the plain form where the smallest text is looked for.
const SEPARATOR: char = '\u{1}';
/// Digits behind the point of an average.
const AVERAGE_DIGITS: u32 = 10;

/// The answer to a plan with groups.
pub async fn run(
    session: &mut Session,
    layouts: &Layouts,
    plan: &BoundPlan,
    wanted: &Aggregate,
    access: &Access,
) -> Result<Answer> {
    let mut builder = Builder::new(session.dialect(), layouts, access, plan)?;
    let outputs = outputs(&builder, plan, wanted)?;
    push_groups(&mut builder, plan, &outputs)?;
    push_order(&mut builder, plan, &outputs)?;
    let limit = u64::from(plan.page.limit);
    builder.statement.push(&format!(" LIMIT {} OFFSET {}", limit + 1, plan.page.offset));
    let kinds = outputs.iter().flat_map(|output| output.kinds.iter().copied()).collect();
    let mut found = session.ask(Question { statement: builder.statement, kinds }).await?;
    let more = plan.page.more(found.len() as u64 > limit);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut rows = Vec::with_capacity(found.len());
    for cells in found {
        let mut cells = cells.into_iter();
        let values = outputs.iter().map(|output| output.decode(&mut cells)).collect::<Result<Vec<_>>>()?;
        rows.push(AnswerRow { id: None, version: None, values });
    }
    let total = if plan.wants_total {
        let mut builder = Builder::new(session.dialect(), layouts, access, plan)?;
        builder.statement.push("SELECT COUNT(*) FROM (");
        push_groups(&mut builder, plan, &outputs)?;
        builder.statement.push(") counted");
        Some(u64::try_from(session.ask_integer(builder.statement).await?).unwrap_or(0))
    } else {
        None
    };
    let names = outputs.into_iter().map(|output| output.name).collect();
    Ok(Answer { names, rows, total, more })
}

struct GroupOutput {
    name: String,
    /// The expressions selected.
    expressions: Vec<String>,
    /// What rows are grouped by; empty for a measure.
    grouped: Vec<String>,
    /// What an order by this output goes by.
    order: Vec<String>,
    kinds: Vec<Storage>,
    reading: Reading,
}

enum Reading {
    Column(ColumnLayout),
    Number,
    /// Two halves of a sum of numbers with this many digits behind the point; whole numbers when it is none.
    Sum(Option<u32>),
    /// Two halves and the count.
    Average(u32),
    Float,
    /// Folded text, separator, text.
    Text,
}

fn outputs(builder: &Builder<'_>, plan: &BoundPlan, wanted: &Aggregate) -> Result<Vec<GroupOutput>> {
    let mut outputs = Vec::new();
    for group in &wanted.groups {
        let scope = builder.resolve(group.link.as_deref(), ROOT)?;
        let column = scope.layout.column(group.column.as_str())?;
        outputs.push(group_output(builder, plan, group, scope, column)?);
    }
    for measure in &wanted.measures {
        outputs.push(measure_output(builder, measure)?);
    }
    Ok(outputs)
}

fn group_output(
    builder: &Builder<'_>,
    plan: &BoundPlan,
    group: &GroupBy,
    scope: &Scope,
    column: &ColumnLayout,
) -> Result<GroupOutput> {
    let read: Vec<String> =
        column.read_names().iter().map(|name| format!("{}.{}", scope.alias, quoted(name))).collect();
    let compared = format!("{}.{}", scope.alias, quoted(&column.compared_name()));
    if let Some(part) = group.date_part {
        let days = match column.codec {
            Codec::Date => compared,
            Codec::DateTime => {
                let zone = if group.in_utc { None } else { Some(&plan.time_zone) };
                days_of(builder.statement.dialect(), &compared, zone)
            }
            _ => return Err(StoreError::UnfitTest { column: column.column.name.clone() }),
        };
        let number = part_of(builder.statement.dialect(), part, &days, plan);
        return Ok(GroupOutput {
            name: group.alias.clone(),
            expressions: vec![number.clone()],
            grouped: vec![number.clone()],
            order: vec![number],
            kinds: vec![Storage::Integer],
            reading: Reading::Number,
        });
    }
    let (expressions, grouped, order) = match column.codec {
        Codec::FoldedText => {
            (vec![format!("MIN({})", read.concat())], vec![compared.clone()], vec![compared])
        }
        Codec::Reference => {
            let name = builder.name_of(scope, column);
            let mut grouped = read.clone();
            grouped.push(name.clone());
            (read, grouped, vec![name, compared])
        }
        _ => (read.clone(), read, vec![compared]),
    };
    Ok(GroupOutput {
        name: group.alias.clone(),
        expressions,
        grouped,
        order,
        kinds: column.codec.storage().to_vec(),
        reading: Reading::Column(column.clone()),
    })
}

fn measure_output(builder: &Builder<'_>, measure: &Measure) -> Result<GroupOutput> {
    let output =
        |expressions: Vec<String>, order: String, kinds: Vec<Storage>, reading: Reading| GroupOutput {
            name: measure.alias.clone(),
            expressions,
            grouped: Vec::new(),
            order: vec![order],
            kinds,
            reading,
        };
    let integer = |expression: String| {
        output(vec![expression.clone()], expression, vec![Storage::Integer], Reading::Number)
    };
    if measure.function == Function::Count {
        return Ok(integer("COUNT(*)".to_owned()));
    }
    let scope = builder.resolve(measure.link.as_deref(), ROOT)?;
    let column = scope.layout.column(measure.column.as_str())?;
    let own = format!("{}.{}", scope.alias, quoted(&column.compared_name()));
    let unfit = || StoreError::UnfitTest { column: column.column.name.clone() };
    Ok(match (measure.function, column.codec) {
        (Function::Count, _) => integer("COUNT(*)".to_owned()),
        (Function::CountColumn, _) => integer(format!("COUNT({own})")),
        (Function::CountDistinct, _) => integer(format!("COUNT(DISTINCT {own})")),
        (Function::Sum, Codec::Float) => {
            let sum = format!("SUM({own})");
            output(vec![sum.clone()], sum, vec![Storage::Float], Reading::Float)
        }
        (Function::Average, Codec::Float) => {
            let mean = format!("AVG({own})");
            output(vec![mean.clone()], mean, vec![Storage::Float], Reading::Float)
        }
        (Function::Sum, codec) => {
            let digits = digits_of(codec).ok_or_else(unfit)?;
            let reading = Reading::Sum(matches!(codec, Codec::Scaled(_)).then_some(digits));
            let order = float(&own, "SUM");
            output(halves(&own), order, vec![Storage::Integer, Storage::Integer], reading)
        }
        (Function::Average, codec) => {
            let digits = digits_of(codec).ok_or_else(unfit)?;
            let mut expressions = halves(&own);
            expressions.push(format!("COUNT({own})"));
            output(expressions, float(&own, "AVG"), vec![Storage::Integer; 3], Reading::Average(digits))
        }
        (function, codec) => {
            let function = if function == Function::Min { "MIN" } else { "MAX" };
            match codec {
                Codec::FoldedText => {
                    let plain = format!("{}.{}", scope.alias, quoted(column.column.name.as_str()));
                    let both = format!("{function}({own} || '{SEPARATOR}' || {plain})");
                    output(vec![both.clone()], both, vec![Storage::Text], Reading::Text)
                }
                Codec::Key | Codec::Id | Codec::Reference | Codec::Parties => return Err(unfit()),
                _ => {
                    let extreme = format!("{function}({own})");
                    let reading = Reading::Column(column.clone());
                    output(vec![extreme.clone()], extreme, codec.storage().to_vec(), reading)
                }
            }
        }
    })
}

const fn digits_of(codec: Codec) -> Option<u32> {
    match codec {
        Codec::Scaled(digits) => Some(digits),
        Codec::Integer => Some(0),
        _ => None,
    }
}

fn halves(own: &str) -> Vec<String> {
    vec![format!("CAST(SUM({own} / {HALF}) AS BIGINT)"), format!("CAST(SUM({own} % {HALF}) AS BIGINT)")]
}

fn float(own: &str, function: &str) -> String {
    format!("{function}(CAST({own} AS DOUBLE PRECISION))")
}

fn push_groups<'a>(builder: &mut Builder<'a>, plan: &'a BoundPlan, outputs: &[GroupOutput]) -> Result<()> {
    let expressions: Vec<String> = outputs
        .iter()
        .flat_map(|output| &output.expressions)
        .enumerate()
        .map(|(index, expression)| format!("{expression} AS c{index}"))
        .collect();
    builder.statement.push(&format!("SELECT {}", expressions.join(", ")));
    builder.push_from_where(plan)?;
    let grouped: Vec<&str> = outputs.iter().flat_map(|output| &output.grouped).map(String::as_str).collect();
    if !grouped.is_empty() {
        builder.statement.push(&format!(" GROUP BY {}", grouped.join(", ")));
    }
    Ok(())
}

fn push_order(builder: &mut Builder<'_>, plan: &BoundPlan, outputs: &[GroupOutput]) -> Result<()> {
    let mut terms = Vec::new();
    for order in &plan.orders {
        let output = outputs
            .iter()
            .find(|output| output.name == order.column.as_str())
            .ok_or_else(|| StoreError::UnknownAlias(order.column.as_str().to_owned()))?;
        terms.extend(output.order.iter().flat_map(|term| ranked_terms(order, term)));
    }
    // Then by the groups themselves, so that pages are stable.
    let groups = outputs.iter().filter(|output| !output.grouped.is_empty());
    terms.extend(groups.flat_map(|output| &output.order).map(|term| order_term(term, false)));
    if !terms.is_empty() {
        builder.statement.push(&format!(" ORDER BY {}", terms.join(", ")));
    }
    Ok(())
}

impl GroupOutput {
    fn decode(&self, cells: &mut std::vec::IntoIter<Cell>) -> Result<Value> {
        let mut integer = || cells.next().and_then(|cell| cell.as_integer());
        Ok(match &self.reading {
            Reading::Column(column) => column.decode(cells)?,
            Reading::Number => integer().map_or(Value::Null, Value::Integer),
            Reading::Sum(digits) => match (integer(), integer()) {
                (Some(high), Some(low)) => {
                    let sum = i128::from(high) * i128::from(HALF) + i128::from(low);
                    match digits {
                        Some(digits) => Value::Decimal(self.number(sum, *digits)?.normalize()),
                        None => Value::Integer(i64::try_from(sum).map_err(|_| self.too_large())?),
                    }
                }
                _ => Value::Null,
            },
            Reading::Average(digits) => match (integer(), integer(), integer()) {
                (Some(high), Some(low), Some(count)) if count > 0 => {
                    let sum = i128::from(high) * i128::from(HALF) + i128::from(low);
                    let mean = self.number(sum, *digits)?.checked_div(Decimal::from(count));
                    Value::Decimal(mean.ok_or_else(|| self.too_large())?.round_dp(AVERAGE_DIGITS).normalize())
                }
                _ => Value::Null,
            },
            Reading::Float => match cells.next() {
                Some(Cell::Float(Some(number))) => Value::Float(number),
                _ => Value::Null,
            },
            Reading::Text => match cells.next().and_then(Cell::into_text) {
                Some(text) => {
                    let plain = text.split_once(SEPARATOR).map_or(text.as_str(), |(_, plain)| plain);
                    Value::Text(plain.to_owned())
                }
                None => Value::Null,
            },
        })
    }

    fn number(&self, scaled: i128, digits: u32) -> Result<Decimal> {
        Decimal::try_from_i128_with_scale(scaled, digits).map_err(|_| self.too_large())
    }

    fn too_large(&self) -> StoreError {
        StoreError::Corrupt(format!("the measure “{}” is larger than any number", self.name))
    }
}

/// Days since 1970-01-01 of an instant, on the calendar of a zone.
fn days_of(dialect: Dialect, milliseconds: &str, zone: Option<&TimeZone>) -> String {
    let local = match zone.map(|zone| zone.changes.as_slice()) {
        None | Some([]) => milliseconds.to_owned(),
        Some([first, rest @ ..]) => {
            let mut offset = String::from("CASE");
            for change in rest.iter().rev() {
                let from = change.from.milliseconds();
                offset.push_str(&format!(" WHEN {milliseconds} >= {from} THEN {}", change.offset_minutes));
            }
            if rest.is_empty() {
                offset = first.offset_minutes.to_string();
            } else {
                offset.push_str(&format!(" ELSE {} END", first.offset_minutes));
            }
            format!("{milliseconds} + ({offset}) * 60000")
        }
    };
    dialect.floor_divide(&local, MILLISECONDS_PER_DAY)
}

/// What `DatePart::of` says, in SQL.
fn part_of(dialect: Dialect, part: DatePart, days: &str, plan: &BoundPlan) -> String {
    let field = |field: DateField| dialect.date_field(field, days);
    let first_weekday = plan.first_weekday;
    match part {
        DatePart::Day => field(DateField::Day),
        DatePart::Month => field(DateField::Month),
        DatePart::Year => field(DateField::Year),
        DatePart::Quarter => format!("({} - 1) / 3 + 1", field(DateField::Month)),
        DatePart::FiscalYear | DatePart::FiscalPeriod => fiscal_part(dialect, part, days, plan.fiscal),
        DatePart::Week => {
            // Days since 1 January, and from the first day of its week to 1 January. 1970-01-01 was a Thursday.
            let since = format!("({} - 1)", field(DateField::DayOfYear));
            let weekday = format!("(({days}) - {since} + 4 - {first_weekday})");
            format!("({since} + (({weekday} % 7) + 7) % 7) / 7 + 1")
        }
    }
}

/// The name of the fiscal year, or that times 100 and the period.
fn fiscal_part(dialect: Dialect, part: DatePart, days: &str, calendar: FiscalCalendar) -> String {
    let field = |field: DateField| dialect.date_field(field, days);
    let (year, month, day) = (field(DateField::Year), field(DateField::Month), field(DateField::Day));
    let (first_month, first_day) = (calendar.month.clamp(1, 12), calendar.day.clamp(1, 28));
    // Months that are over since the one the year begins in, less one before the day it begins on.
    let months = format!("(({month}) - {first_month} - CASE WHEN ({day}) < {first_day} THEN 1 ELSE 0 END)");
    let begins = format!("(({year}) - CASE WHEN {months} < 0 THEN 1 ELSE 0 END)");
    // A year that begins on 1 January ends in the year it begins in.
    let shift = u8::from(calendar.named_after_end && (first_month, first_day) != (1, 1));
    let name = format!("({begins} + {shift})");
    if part == DatePart::FiscalYear {
        return name;
    }
    let months_of_period = match calendar.period {
        FiscalPeriod::Annually => 12,
        FiscalPeriod::Semiannually => 6,
        FiscalPeriod::Quarterly => 3,
        FiscalPeriod::Monthly => 1,
        FiscalPeriod::FourWeekly => {
            let since = format!("(({days}) - {})", dialect.day_number(&begins, first_month, first_day));
            let period = format!("(CASE WHEN {since} >= 336 THEN 13 ELSE {since} / 28 + 1 END)");
            return format!("({name} * 100 + {period})");
        }
    };
    format!("({name} * 100 + (({months} + 12) % 12) / {months_of_period} + 1)")
}
