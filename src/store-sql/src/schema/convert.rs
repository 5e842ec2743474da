//! Values of a column whose definition now asks for another way of storing them.

use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::dialect::quoted;
use crate::error::{Result, StoreError};
use crate::layout::{Codec, ColumnLayout, TableLayout};
use crate::statement::{Question, Statement};
use model::ColumnKind;

const MILLISECONDS_OF_A_DAY: i64 = 86_400_000;
/// Texts folded before the next ones are read.
const TEXTS_AT_ONCE: u32 = 500;

/// Rewrites what is stored otherwise than before.
pub async fn columns(session: &mut Session, old: &TableLayout, new: &TableLayout) -> Result<()> {
    for column in &new.columns {
        let Some(before) = old.find(column.column.name.as_str()) else { continue };
        if before.codec != column.codec {
            convert(session, new, before.codec, column).await?;
        }
    }
    Ok(())
}

/// True when values stored in one way can be stored in another without losing any.
pub const fn is_possible(old: Codec, new: Codec) -> bool {
    use Codec::{Boolean, Choice, Date, DateTime, FoldedText, Id, Integer, PlainText, Reference, Scaled};
    match (old, new) {
        (Scaled(old), Scaled(new)) => old <= new,
        (Integer | Choice | Boolean, Integer | Choice)
        | (FoldedText, PlainText)
        | (PlainText, FoldedText)
        | (Id, Reference)
        | (Reference, Id)
        | (Date, DateTime) => true,
        _ => false,
    }
}

async fn convert(
    session: &mut Session,
    table: &TableLayout,
    old: Codec,
    column: &ColumnLayout,
) -> Result<()> {
    let name = quoted(column.column.name.as_str());
    let set = |expression: String| {
        format!("UPDATE {} SET {name} = {expression} WHERE {name} IS NOT NULL", table.sql_name())
    };
    let sql = match (old, column.codec) {
        (Codec::Scaled(from), Codec::Scaled(to)) if from <= to => {
            let factor = 10_i64.pow(to - from);
            check_room(session, table, column, factor).await?;
            set(format!("{name} * {factor}"))
        }
        // The solution's own columns only: half of the last digit kept rounds away from zero.
        (Codec::Scaled(from), Codec::Scaled(to)) => {
            let factor = 10_i64.pow(from - to);
            let half = factor / 2;
            set(format!("(CASE WHEN {name} < 0 THEN {name} - {half} ELSE {name} + {half} END) / {factor}"))
        }
        (Codec::Date, Codec::DateTime) => set(format!("{name} * {MILLISECONDS_OF_A_DAY}")),
        (Codec::DateTime, Codec::Date) => set(session.dialect().floor_divide(&name, MILLISECONDS_OF_A_DAY)),
        (Codec::Id, Codec::Reference) => {
            let ColumnKind::Lookup { targets, .. } = &column.column.kind else { return Ok(()) };
            // Without a single target nobody can say which table an id is of.
            let [target] = targets.as_slice() else { return Ok(()) };
            let beside = quoted(&format!("{}__table", column.column.name));
            let sql = format!("UPDATE {} SET {beside} = ? WHERE {name} IS NOT NULL", table.sql_name());
            session.run_with(&sql, vec![Cell::text(target.as_str())]).await?;
            return Ok(());
        }
        (Codec::PlainText, Codec::FoldedText) => return fold(session, table, column).await,
        (old, new) if is_possible(old, new) => return Ok(()),
        _ => {
            return Err(StoreError::Unconvertible {
                table: table.name().clone(),
                column: column.column.name.clone(),
            });
        }
    };
    session.run(Statement::of(session.dialect(), &sql)).await?;
    Ok(())
}

/// Every value must still fit 64 bits with more digits behind the point.
async fn check_room(
    session: &mut Session,
    table: &TableLayout,
    column: &ColumnLayout,
    factor: i64,
) -> Result<()> {
    let name = quoted(column.column.name.as_str());
    let limit = i64::MAX / factor;
    let sql =
        format!("SELECT COUNT(*) FROM {} WHERE {name} > {limit} OR {name} < -{limit}", table.sql_name());
    if session.ask_integer(Statement::of(session.dialect(), &sql)).await? > 0 {
        return Err(StoreError::Unconvertible {
            table: table.name().clone(),
            column: column.column.name.clone(),
        });
    }
    Ok(())
}

/// Fills the folded shadow of texts that had none.
async fn fold(session: &mut Session, table: &TableLayout, column: &ColumnLayout) -> Result<()> {
    let (key, name) = (quoted(table.key()), quoted(column.column.name.as_str()));
    let shadow = quoted(&column.compared_name());
    let sql = format!(
        "SELECT {key}, {name} FROM {} WHERE {name} IS NOT NULL AND {shadow} IS NULL LIMIT {TEXTS_AT_ONCE}",
        table.sql_name()
    );
    let update = format!("UPDATE {} SET {shadow} = ? WHERE {key} = ?", table.sql_name());
    loop {
        let statement = Statement::of(session.dialect(), &sql);
        let rows = session.ask(Question { statement, kinds: vec![Storage::Id, Storage::Text] }).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for cells in rows {
            if let [Cell::Id(Some(id)), Cell::Text(Some(text))] = cells.as_slice() {
                let binds = vec![Cell::text(query::fold(text)), Cell::id(*id)];
                session.run_with(&update, binds).await?;
            }
        }
    }
}
