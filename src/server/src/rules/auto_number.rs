//! Numbers that new rows get: quotes, orders, invoices, and whatever the org numbers by itself.

use super::Work;
use crate::error::{Answered, Failure};
use crate::random;
use model::{AutoNumber, Columns, Table, Value};
use odata::codes;

/// Gives every numbering column without a value its number.
pub async fn fill(work: &mut Work<'_>, table: &Table, columns: &mut Columns) -> Answered<()> {
    for column in table.columns.iter().filter(|column| !column.auto_number.is_empty()) {
        let name = column.name.as_str();
        let is_given = columns.get(name).as_text().is_some_and(|text| !text.trim().is_empty());
        if is_given {
            continue;
        }
        let format = AutoNumber::parse(&column.auto_number).map_err(|problem| {
            let message = format!(
                "“{name}” of {} cannot be numbered: {problem}; an administrator can correct its AutoNumberFormat",
                table.name
            );
            Failure::refuse(400, codes::INVALID_ARGUMENT, message)
        })?;
        let sequence = if format.needs_sequence() {
            work.transaction.next_number(table.name.as_str(), name).await?
        } else {
            0
        };
        let number = format.produce(sequence, random::bits()?, work.now);
        columns.set(column.name.clone(), Value::Text(number));
    }
    Ok(())
}
