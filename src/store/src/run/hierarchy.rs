//! Which rows stand above or under another: one walk for each test of a query, whatever it selects from.

use super::context::{Column, Context};
use crate::StoreError;
use crate::column::{ColumnData, bits::Bits};
use crate::table::TableData;
use hashbrown::{HashMap, HashSet};
use model::RowId;
use query::{Direction, HierarchyTest, id_of};

/// The rows among `within` that stand, or do not stand, where the test wants them. Rows without a value are neither.
pub fn select(
    context: &Context<'_>,
    table: &TableData,
    test: &HierarchyTest,
    wanted: bool,
    mut within: Bits,
) -> Result<Bits, StoreError> {
    let standing = standing(context, test)?;
    match context.column(table, &test.column)? {
        Column::Data(ColumnData::Reference(references)) => {
            let pool = &references.pool;
            let among: Bits =
                standing.iter().flat_map(|id| pool.find(*id)).map(|code| code as usize).collect();
            references.retain(&mut within, |code| code != 0 && among.has(code as usize) == wanted);
        }
        other => {
            within.retain(|slot| id_of(&other.value(slot)).is_some_and(|id| standing.contains(&id) == wanted))
        }
    }
    Ok(within)
}

/// Every row above or under the one the walk starts from.
fn standing(context: &Context<'_>, test: &HierarchyTest) -> Result<HashSet<RowId>, StoreError> {
    let table = context.table(&test.table)?;
    let parent = context.column(table, &test.parent)?;
    let parent_of = |slot: usize| match parent {
        Column::Data(ColumnData::Reference(references)) => {
            references.pool.get(references.get(slot)).map(|(_, id)| id)
        }
        other => id_of(&other.value(slot)),
    };
    let mut found = HashSet::from([test.of]);
    match test.direction {
        Direction::Above => {
            let mut at = test.of;
            while let Some(above) = table.find_visible(at).and_then(parent_of) {
                if !found.insert(above) {
                    break;
                }
                at = above;
            }
        }
        Direction::Under => {
            let mut children: HashMap<RowId, Vec<RowId>> = HashMap::new();
            for slot in table.visible.iter() {
                if let (Some(above), Some(id)) = (parent_of(slot), table.ids.get(slot)) {
                    children.entry(above).or_default().push(*id);
                }
            }
            let mut waiting = vec![test.of];
            while let Some(at) = waiting.pop() {
                let below = children.get(&at).into_iter().flatten();
                waiting.extend(below.copied().filter(|id| found.insert(*id)));
            }
        }
    }
    if !test.includes_self {
        found.remove(&test.of);
    }
    Ok(found)
}
