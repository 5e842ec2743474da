//! What of a file of unsent work can be taken in.

use crate::definitions::Definitions;
use crate::message::ImportVerdict;
use model::{Change, Columns, EntryId, JournalEntry, Table, limits};
use std::collections::BTreeSet;

/// What the entries are held against.
pub(crate) struct Check<'a> {
    pub definitions: &'a Definitions,
    /// The entries in the journal.
    pub here: &'a BTreeSet<EntryId>,
    /// Entries that were in it and are not any more.
    pub done: &'a BTreeSet<EntryId>,
}

/// The verdict on each entry, in their order.
pub(crate) fn verdicts(entries: &[JournalEntry], check: &Check<'_>) -> Vec<ImportVerdict> {
    let mut found: Vec<ImportVerdict> = entries.iter().map(|entry| verdict(entry, check)).collect();
    let mut seen = BTreeSet::new();
    for (entry, verdict) in entries.iter().zip(&mut found) {
        // The same entry twice in a file that somebody edited: the first one counts.
        if !seen.insert(entry.id) && *verdict == ImportVerdict::Ready {
            *verdict = ImportVerdict::Here;
        }
    }
    let refused: Vec<EntryId> = entries
        .iter()
        .zip(&found)
        .filter(|(_, verdict)| is_refused(verdict))
        .map(|(entry, _)| entry.id)
        .collect();
    for refused in refused {
        for dependant in sync::dependants(entries, refused) {
            for (entry, verdict) in entries.iter().zip(&mut found) {
                if entry.id == dependant && *verdict == ImportVerdict::Ready {
                    *verdict = ImportVerdict::Needs(refused);
                }
            }
        }
    }
    found
}

const fn is_refused(verdict: &ImportVerdict) -> bool {
    matches!(verdict, ImportVerdict::NoTable | ImportVerdict::NoColumns(_) | ImportVerdict::WrongValues(_))
}

fn verdict(entry: &JournalEntry, check: &Check<'_>) -> ImportVerdict {
    if check.here.contains(&entry.id) {
        return ImportVerdict::Here;
    }
    if check.done.contains(&entry.id) {
        return ImportVerdict::Done;
    }
    let (mut missing, mut wrong) = (Vec::new(), Vec::new());
    for change in entry.changes.iter() {
        let Ok(table) = check.definitions.table(change.table()) else { return ImportVerdict::NoTable };
        let columns = match change {
            Change::Create { columns, .. } | Change::Update { columns, .. } => columns,
            Change::Delete { .. } => continue,
        };
        judge(table, columns, check.definitions, &mut missing, &mut wrong);
    }
    if check.definitions.table(&entry.command.table).is_err() {
        return ImportVerdict::NoTable;
    }
    if !missing.is_empty() {
        return ImportVerdict::NoColumns(missing);
    }
    if wrong.is_empty() { ImportVerdict::Ready } else { ImportVerdict::WrongValues(wrong) }
}

fn judge(
    table: &Table,
    columns: &Columns,
    definitions: &Definitions,
    missing: &mut Vec<String>,
    wrong: &mut Vec<String>,
) {
    for (name, value) in columns.iter() {
        match table.column(name.as_str()) {
            None => missing.push(name.to_string()),
            Some(column) => {
                if limits::check(&column.kind, value, Some(table)).is_err() {
                    wrong.push(definitions.column_label(&table.name, name));
                }
            }
        }
    }
}
