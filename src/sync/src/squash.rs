//! Several entries of the same rows as one change set: what the server has not seen yet need not be told step by step.

use crate::outbox::RowKey;
use model::{Change, ChangeSet, Columns, JournalEntry};
use std::collections::BTreeMap;

/// What the entries do together. `is_creatable` tells which columns of a table can be written while its row is made.
///
/// The first version and the first `before` of a column count: they are what the server holds.
pub(crate) fn squash(entries: &[JournalEntry], is_creatable: impl Fn(&RowKey, &str) -> bool) -> ChangeSet {
    let mut together: Vec<Change> = Vec::new();
    let mut places: BTreeMap<RowKey, usize> = BTreeMap::new();
    for change in entries.iter().flat_map(|entry| entry.changes.iter()) {
        let key: RowKey = (change.table().clone(), change.id());
        let Some(place) = places.get(&key).copied() else {
            places.insert(key, together.len());
            together.push(change.clone());
            continue;
        };
        match (&mut together[place], change) {
            (Change::Create { columns, .. }, Change::Update { columns: later, .. })
                if later.iter().all(|(column, _)| is_creatable(&key, column.as_str())) =>
            {
                columns.extend(later);
            }
            (Change::Update { before, columns, .. }, Change::Update { before: seen, columns: later, .. }) => {
                add_unseen(before, columns, seen);
                columns.extend(later);
            }
            _ => {
                places.insert(key, together.len());
                together.push(change.clone());
            }
        }
    }
    ChangeSet(together)
}

fn add_unseen(before: &mut Columns, written: &Columns, seen: &Columns) {
    for (column, value) in seen.iter() {
        if !before.has(column.as_str()) && !written.has(column.as_str()) {
            before.set(column.clone(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{create, entry, key, rename, update};
    use model::{RowVersion, Value};

    fn columns(name: &str, value: &str) -> Columns {
        Columns::new().with(name, Value::Text(value.to_owned()))
    }

    fn save(version: Option<i64>, before: Columns, columns: Columns) -> Change {
        let (table, id) = key(10);
        Change::Update { table, id, version: version.map(RowVersion), before, columns }
    }

    fn together(changes: Vec<Change>, is_creatable: bool) -> Vec<Change> {
        let entries: Vec<JournalEntry> =
            (1..).zip(changes).map(|(number, change)| entry(number, vec![change])).collect();
        squash(&entries, |_, _| is_creatable).0
    }

    #[test]
    fn saves_become_one_save_on_what_the_server_holds() {
        let found = together(vec![rename(10, 1, "a", "b"), rename(10, 1, "b", "c")], true);
        assert_eq!(found, [rename(10, 1, "a", "c")]);
        let city = save(Some(1), columns("city", "x"), columns("city", "y"));
        let found = together(vec![rename(10, 1, "a", "b"), city], true);
        let (mut before, mut after) = (columns("name", "a"), columns("name", "b"));
        before.extend(&columns("city", "x"));
        after.extend(&columns("city", "y"));
        assert_eq!(found, [save(Some(1), before, after)]);
    }

    #[test]
    fn a_new_row_takes_in_what_was_saved_after_it() {
        let saved = save(None, columns("name", "a"), columns("name", "b"));
        let (table, id) = key(10);
        let found = together(vec![create(10), saved], true);
        assert_eq!(found, [Change::Create { table, id, columns: columns("name", "b") }]);
    }

    #[test]
    fn a_column_that_no_new_row_takes_is_saved_after_it() {
        let saved = || save(None, columns("name", "a"), columns("name", "b"));
        let again = save(None, columns("name", "b"), columns("name", "c"));
        let merged = save(None, columns("name", "a"), columns("name", "c"));
        assert_eq!(together(vec![create(10), saved(), again], false), [create(10), merged]);
    }

    #[test]
    fn other_rows_keep_their_changes_and_their_order() {
        let changes = vec![update(10), update(11), rename(10, 1, "b", "c")];
        assert_eq!(together(changes, true), [rename(10, 1, "a", "c"), update(11)]);
    }
}
