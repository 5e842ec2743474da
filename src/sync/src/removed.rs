//! What becomes of journal entries that name tables or columns which the org has removed.

use model::{
    Change, ColumnName, Columns, EntryState, JournalEntry, Metadata, ParkReason, RemovedPart, TableName,
};
use std::collections::BTreeSet;

/// What a table or column was last called.
pub(crate) type LastLabel<'a> = &'a dyn Fn(&TableName, Option<&ColumnName>) -> String;

/// The tables and columns that an entry names and the org has not.
pub(crate) fn removed_parts(
    entry: &JournalEntry,
    metadata: &Metadata,
    label: LastLabel<'_>,
) -> Vec<RemovedPart> {
    let mut found: BTreeSet<(TableName, Option<ColumnName>)> = BTreeSet::new();
    if metadata.table(entry.command.table.as_str()).is_none() {
        found.insert((entry.command.table.clone(), None));
    }
    for change in entry.changes.iter() {
        let name = change.table();
        let Some(table) = metadata.table(name.as_str()) else {
            found.insert((name.clone(), None));
            continue;
        };
        let columns = columns_of(change).into_iter().flat_map(Columns::iter).map(|(column, _)| column);
        let gone = columns.filter(|column| table.column(column.as_str()).is_none());
        found.extend(gone.map(|column| (name.clone(), Some(column.clone()))));
    }
    let part = |(table, column): (TableName, Option<ColumnName>)| RemovedPart {
        label: label(&table, column.as_ref()),
        table,
        column,
    };
    found.into_iter().map(part).collect()
}

/// The entries that have to wait for the user because of what was removed, and those that need not any more because it
/// is there again.
pub(crate) fn plan_removed(
    journal: &[JournalEntry],
    metadata: &Metadata,
    label: LastLabel<'_>,
) -> Vec<JournalEntry> {
    let mut changed = Vec::new();
    for entry in journal.iter().filter(|entry| entry.state != EntryState::Accepted) {
        let parts = removed_parts(entry, metadata, label);
        let state = match &entry.state {
            EntryState::Parked(ParkReason::Removed(_)) if parts.is_empty() => EntryState::Waiting,
            // What they were called is known only when they go.
            EntryState::Parked(ParkReason::Removed(known)) if is_of(known, &parts) => continue,
            _ if parts.is_empty() => continue,
            _ => EntryState::Parked(ParkReason::Removed(parts)),
        };
        changed.push(JournalEntry { state, ..entry.clone() });
    }
    changed
}

/// The entry without what was removed; nothing when that leaves nothing to do.
pub(crate) fn without_removed(entry: &JournalEntry) -> Option<JournalEntry> {
    let EntryState::Parked(ParkReason::Removed(parts)) = &entry.state else { return Some(entry.clone()) };
    let mut next = JournalEntry { state: EntryState::Waiting, ..entry.clone() };
    for RemovedPart { table, column, .. } in parts {
        match column {
            None => next.changes.0.retain(|change| change.table() != table),
            Some(column) => {
                if next.command.table == *table {
                    next.command.parameters.0.remove(column);
                }
                for change in next.changes.0.iter_mut().filter(|change| change.table() == table) {
                    match change {
                        Change::Create { columns, .. } => drop(columns.0.remove(column)),
                        Change::Update { before, columns, .. } => {
                            columns.0.remove(column);
                            before.0.remove(column);
                        }
                        Change::Delete { .. } => {}
                    }
                }
            }
        }
    }
    next.changes.0.retain(|change| !matches!(change, Change::Update { columns, .. } if columns.is_empty()));
    (!next.changes.is_empty()).then_some(next)
}

/// What a change writes.
const fn columns_of(change: &Change) -> Option<&Columns> {
    match change {
        Change::Create { columns, .. } | Change::Update { columns, .. } => Some(columns),
        Change::Delete { .. } => None,
    }
}

fn is_of(known: &[RemovedPart], found: &[RemovedPart]) -> bool {
    known.len() == found.len()
        && known
            .iter()
            .zip(found)
            .all(|(one, other)| (&one.table, &one.column) == (&other.table, &other.column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{create, delete, entry, parked, update};
    use model::{Column, ColumnKind, Label, Requirement, RowId, Table, TextFormat, Value, Writable};

    fn metadata(columns: &[&str]) -> Metadata {
        let column = |name: &&str| Column {
            name: (*name).into(),
            kind: ColumnKind::Text { format: TextFormat::Plain, max_length: 100 },
            required: Requirement::None,
            writable: Writable::Always,
            custom: true,
            auto_number: String::new(),
            label: Label::default(),
            description: Label::default(),
        };
        let table = Table {
            name: "account".into(),
            columns: columns.iter().map(column).collect(),
            ..Table::default()
        };
        Metadata { tables: vec![table], ..Metadata::default() }
    }

    fn save(columns: &[&str]) -> JournalEntry {
        let columns: Columns =
            columns.iter().map(|name| ((*name).into(), Value::Text("x".to_owned()))).collect();
        let change = Change::Update {
            table: "account".into(),
            id: RowId::from_u128(10),
            version: None,
            before: columns.clone(),
            columns: columns.clone(),
        };
        let mut entry = entry(1, vec![change]);
        entry.command.table = "account".into();
        entry.command.parameters = columns;
        entry
    }

    fn label(table: &TableName, column: Option<&ColumnName>) -> String {
        column.map_or_else(|| table.to_string().to_uppercase(), |column| column.to_string().to_uppercase())
    }

    fn state(entry: &JournalEntry, metadata: &Metadata) -> Option<EntryState> {
        plan_removed(std::slice::from_ref(entry), metadata, &label).pop().map(|entry| entry.state)
    }

    #[test]
    fn an_entry_that_names_a_removed_column_waits_for_the_user() {
        let entry = save(&["name", "new_color"]);
        assert_eq!(state(&entry, &metadata(&["name", "new_color"])), None);
        let part = RemovedPart {
            table: "account".into(),
            column: Some("new_color".into()),
            label: "NEW_COLOR".to_owned(),
        };
        let parked = EntryState::Parked(ParkReason::Removed(vec![part]));
        assert_eq!(state(&entry, &metadata(&["name"])), Some(parked.clone()));
        let entry = JournalEntry { state: parked, ..entry };
        assert_eq!(state(&entry, &metadata(&["name"])), None, "once is enough");
        assert_eq!(state(&entry, &metadata(&["name", "new_color"])), Some(EntryState::Waiting));
    }

    #[test]
    fn what_the_server_has_already_is_left_alone_and_a_refusal_is_not() {
        let accepted = JournalEntry { state: EntryState::Accepted, ..save(&["new_color"]) };
        assert_eq!(state(&accepted, &metadata(&[])), None);
        let refused = parked(save(&["new_color"]));
        assert!(matches!(state(&refused, &metadata(&[])), Some(EntryState::Parked(ParkReason::Removed(_)))));
    }

    #[test]
    fn an_entry_on_a_removed_table_waits_whatever_it_does() {
        for change in [create(10), update(10), delete(10)] {
            let entry = entry(1, vec![change]);
            let parts = removed_parts(&entry, &Metadata::default(), &label);
            assert_eq!(parts.len(), 1);
            assert_eq!((parts[0].column.as_ref(), parts[0].label.as_str()), (None, "ACCOUNT"));
        }
    }

    #[test]
    fn the_rest_is_sent_without_what_was_removed() {
        let metadata = metadata(&["name"]);
        let parked = |entry: JournalEntry| plan_removed(&[entry], &metadata, &label).remove(0);
        let left = without_removed(&parked(save(&["name", "new_color"]))).unwrap();
        assert_eq!(left, save(&["name"]));
        assert_eq!(without_removed(&parked(save(&["new_color"]))), None, "nothing is left to write");
        assert_eq!(without_removed(&save(&["name"])), Some(save(&["name"])));
    }
}
