//! Which rows of a table changed lately, for tables that are derived from it.

use model::RowId;

/// So many changes are remembered; whoever is further behind starts anew.
const REMEMBERED: usize = 1 << 16;

/// The changes of a table, in order. Nothing is remembered before somebody watches.
#[derive(Debug, Default)]
pub struct Changes {
    /// How many changes came before the remembered ones.
    before: u64,
    rows: Vec<RowId>,
    is_watched: bool,
}

impl Changes {
    /// From now on changes are remembered; gives the present place.
    pub fn watch(&mut self) -> u64 {
        self.is_watched = true;
        self.place()
    }

    /// Notes that a row came, changed or went.
    pub fn note(&mut self, id: RowId) {
        if self.rows.len() >= REMEMBERED {
            self.before += self.rows.len() as u64;
            self.rows.clear();
        }
        if self.is_watched {
            self.rows.push(id);
        } else {
            self.before += 1;
        }
    }

    /// How many changes there were.
    pub fn place(&self) -> u64 {
        self.before + self.rows.len() as u64
    }

    /// The rows that changed since a place, each once; nothing when that is not remembered any more.
    pub fn since(&self, place: u64) -> Option<Vec<RowId>> {
        let from = usize::try_from(place.checked_sub(self.before)?).ok()?;
        let mut rows = self.rows.get(from..)?.to_vec();
        rows.sort_unstable();
        rows.dedup();
        Some(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_from_the_moment_somebody_watches() {
        let id = RowId::from_u128;
        let mut changes = Changes::default();
        changes.note(id(1));
        let place = changes.watch();
        assert_eq!(changes.since(place), Some(vec![]));
        assert_eq!(changes.since(0), None);
        for number in [3, 2, 3] {
            changes.note(id(number));
        }
        assert_eq!(changes.since(place), Some(vec![id(2), id(3)]));
        assert_eq!(changes.since(place + 2), Some(vec![id(3)]));
        assert_eq!(changes.since(place + 9), None);
        (0..REMEMBERED).for_each(|_| changes.note(id(4)));
        assert_eq!(changes.since(place), None);
        assert_eq!(changes.since(changes.place()), Some(vec![]));
    }
}
