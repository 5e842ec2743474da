//! References to rows of other tables, each different row kept once with the name last seen.

use super::texts::Texts;
use hashbrown::{DefaultHashBuilder, HashTable};
use model::{RowId, TableName};
use std::hash::BuildHasher;

/// A pool of references. Number 0 is no reference.
#[derive(Clone, Debug)]
pub struct References {
    tables: Vec<TableName>,
    targets: Vec<(u16, RowId)>,
    names: Vec<u32>,
    texts: Texts,
    equals: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Default for References {
    fn default() -> Self {
        Self {
            tables: Vec::new(),
            targets: vec![(u16::MAX, RowId::from_u128(0))],
            names: vec![0],
            texts: Texts::default(),
            equals: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl References {
    /// How many numbers there are, 0 included.
    pub fn length(&self) -> usize {
        self.targets.len()
    }

    /// Memory, in bytes.
    pub fn bytes(&self) -> usize {
        let targets = self.targets.capacity() * size_of::<(u16, RowId)>() + self.names.capacity() * 4;
        targets + self.texts.bytes() + self.equals.capacity() * 8
    }

    /// The row a number stands for; nothing for 0.
    pub fn get(&self, code: u32) -> Option<(&TableName, RowId)> {
        let (table, id) = self.targets.get(code as usize)?;
        Some((self.tables.get(usize::from(*table))?, *id))
    }

    /// The name last seen with the row.
    pub fn name(&self, code: u32) -> Option<&str> {
        match self.names.get(code as usize) {
            None | Some(0) => None,
            Some(name) => Some(self.texts.get(*name)),
        }
    }

    /// The numbers of the references to a row, whatever its table (ids are unique across tables in practice).
    pub fn find(&self, id: RowId) -> impl Iterator<Item = u32> + '_ {
        let hash = self.hasher.hash_one(id);
        self.equals.iter_hash(hash).copied().filter(move |code| self.target(*code).1 == id)
    }

    /// The number of a reference, which is added if need be; the name is kept up to date.
    pub fn put(&mut self, table: &str, id: RowId, name: Option<&str>) -> Option<u32> {
        let of = self.table(table)?;
        let hash = self.hasher.hash_one(id);
        let known = self.equals.find(hash, |code| self.target(*code) == (of, id)).copied();
        let code = if let Some(code) = known {
            code
        } else {
            let code = u32::try_from(self.targets.len()).ok()?;
            self.targets.push((of, id));
            self.names.push(0);
            let (targets, hasher) = (&self.targets, &self.hasher);
            self.equals.insert_unique(hash, code, |code| {
                hasher.hash_one(targets.get(*code as usize).map_or(RowId::from_u128(0), |target| target.1))
            });
            code
        };
        if let Some(name) = name
            && self.name(code) != Some(name)
        {
            let text = self.texts.put(name)?;
            if let Some(slot) = self.names.get_mut(code as usize) {
                *slot = text;
            }
        }
        Some(code)
    }

    fn target(&self, code: u32) -> (u16, RowId) {
        self.targets.get(code as usize).copied().unwrap_or((u16::MAX, RowId::from_u128(0)))
    }

    fn table(&mut self, name: &str) -> Option<u16> {
        if let Some(index) = self.tables.iter().position(|table| *table == *name) {
            return u16::try_from(index).ok();
        }
        let index = u16::try_from(self.tables.len()).ok().filter(|index| *index < u16::MAX)?;
        self.tables.push(TableName::new(name));
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_kept_once_with_its_latest_name() {
        let mut references = References::default();
        let id = RowId::from_u128(7);
        let account = references.put("account", id, Some("Fabrikam")).unwrap();
        assert_eq!(references.put("account", id, None), Some(account));
        assert_eq!(references.name(account), Some("Fabrikam"));
        references.put("account", id, Some("Fabrikam Inc.")).unwrap();
        assert_eq!(references.name(account), Some("Fabrikam Inc."));
        let contact = references.put("contact", id, None).unwrap();
        assert_eq!(references.find(id).count(), 2);
        assert_eq!(references.get(contact).map(|(table, _)| table.as_str()), Some("contact"));
        assert_eq!(references.get(0), None);
    }
}
