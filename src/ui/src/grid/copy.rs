//! Rows as text: for the clipboard and for spreadsheets.

use super::columns::{GridColumn, cell};
use super::table::GridParts;
use crate::locale::text;
use crate::session::ToastKind;
use client::message::RowCells;
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Rows as lines, cells set apart by a separator, quoted where they must be. The first line names the columns.
pub fn table_text(columns: &[GridColumn], names: &[String], rows: &[RowCells], separator: char) -> String {
    let head = columns.iter().map(|column| column.label.clone()).collect();
    let line = |row: &RowCells| {
        columns.iter().map(|column| column.show(cell(row, names, &column.name), None)).collect()
    };
    let lines = std::iter::once(head).chain(rows.iter().map(line));
    lines.map(|cells: Vec<String>| separated(&cells, separator) + "\r\n").collect()
}

/// One line of RFC 4180 with a separator of choice. What a spreadsheet would take for a formula is kept a text.
pub fn separated(cells: &[String], separator: char) -> String {
    let quoted = |cell: &String| {
        let is_formula = cell.starts_with(['=', '@', '\t', '\r'])
            || cell.starts_with(['+', '-']) && cell.chars().any(char::is_alphabetic);
        let cell = if is_formula { format!("'{cell}") } else { cell.clone() };
        if cell.contains([separator, '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    };
    cells.iter().map(quoted).collect::<Vec<_>>().join(&separator.to_string())
}

/// Copies the selected rows, or the cell the keyboard stands on.
pub(super) fn copy(parts: GridParts, (row, column): (i64, usize)) {
    let columns = parts.columns.get_untracked();
    let names = parts.source.names.get_untracked();
    let chosen = parts.selection.map(|selection| selection.get_untracked()).unwrap_or_default();
    let total = parts.source.total.get_untracked().unwrap_or(0);
    let content = if chosen.is_empty() {
        let row = u64::try_from(row).ok().and_then(|row| untrack(|| parts.source.row(row)));
        let shown = row.zip(columns.get(column)).map(|(row, column)| {
            column.show(cell(&row, &names, &column.name), parts.currency.get_untracked().as_ref())
        });
        shown.unwrap_or_default()
    } else {
        // Rows that have been seen; far ones are exported to a file instead.
        let rows: Vec<RowCells> = (0..total)
            .filter_map(|index| untrack(|| parts.source.row(index)))
            .filter(|row| chosen.contains(&row.id))
            .map(|row| RowCells::clone(&row))
            .collect();
        table_text(&columns, &names, &rows, '\t')
    };
    let session = parts.source.session();
    let Some(clipboard) = crate::browser::clipboard() else {
        session.toast(ToastKind::Error, text("grid.not-copied"));
        return;
    };
    let written = clipboard.write_text(&content);
    crate::task::spawn(async move {
        match JsFuture::from(written).await {
            Ok(_) => session.toast(ToastKind::Success, text("grid.copied")),
            Err(_) => session.toast(ToastKind::Error, text("grid.not-copied")),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::separated;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_never_run_as_formulas() {
        for (cells, separator, expected) in [
            (&["a", "b c"][..], ';', "a;b c"),
            (&["a;b", "c,d"], ';', "\"a;b\";c,d"),
            (&["say \"hi\"", "two\nlines"], ',', "\"say \"\"hi\"\"\",\"two\nlines\""),
            (
                &["=1+1", "+cmd|x", "-12,50", "+33 1 99 00 32 00"],
                ';',
                "'=1+1;'+cmd|x;-12,50;+33 1 99 00 32 00",
            ),
            (&["@SUM(A1)"], ';', "'@SUM(A1)"),
        ] {
            let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
            assert_eq!(separated(&cells, separator), expected);
        }
    }
}
