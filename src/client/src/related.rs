//! `Request::Related`: the tables whose rows can belong to a row of a table, for subgrids, timelines and the Related menu.

use crate::definitions::Definitions;
use crate::message::{Failure, Reply};
use crate::session::Session;
use model::{ColumnName, RowId, Table, TableName, TableSource};
use query::{Link, LinkKind, Plan};
use serde::{Deserialize, Serialize};

/// How rows belong to another row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelatedLink {
    /// Their lookup names it.
    Column(ColumnName),
    /// A row of an intersect table names both.
    Intersect {
        /// The intersect table.
        table: TableName,
        /// Its column that names the other row.
        near: ColumnName,
        /// Its column that names the row of the list.
        far: ColumnName,
    },
}

impl From<ColumnName> for RelatedLink {
    fn from(column: ColumnName) -> Self {
        Self::Column(column)
    }
}

impl From<&str> for RelatedLink {
    fn from(column: &str) -> Self {
        Self::Column(column.into())
    }
}

/// A table whose rows can belong to a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedTable {
    /// The schema name of the relationship.
    pub relationship: String,
    /// The table of the rows.
    pub table: TableName,
    /// What people call them.
    pub label: String,
    /// The icon's name.
    pub icon: String,
    /// How they belong to it.
    pub link: RelatedLink,
}

impl Session {
    pub(crate) fn related(&self, table: &TableName) -> Result<Reply, Failure> {
        let definitions = self.device()?.definitions()?;
        let parent = definitions.table(table)?;
        Ok(Reply::Related(related_tables(parent, &definitions)))
    }
}

/// In the order of the definitions: children first, then what is joined many-to-many.
fn related_tables(parent: &Table, definitions: &Definitions) -> Vec<RelatedTable> {
    let language = definitions.language();
    let entry = |relationship: &str, name: &TableName, link: RelatedLink| {
        let table = definitions.table(name).ok().filter(|_| definitions.may_read(name))?;
        Some(RelatedTable {
            relationship: relationship.to_owned(),
            table: name.clone(),
            label: table.plural_label.text(language).to_owned(),
            icon: table.icon.clone(),
            link,
        })
    };
    let children = parent.relationships.iter().filter_map(|relationship| {
        let is_joint = definitions
            .table(&relationship.child)
            .is_ok_and(|child| matches!(child.source, TableSource::Intersect | TableSource::Parties));
        let link = RelatedLink::Column(relationship.column.clone());
        (!is_joint).then(|| entry(&relationship.name, &relationship.child, link)).flatten()
    });
    let mut related: Vec<RelatedTable> = children.collect();
    // Described on the first of the two tables only.
    for first in &definitions.metadata().tables {
        for joint in &first.many_to_many {
            let link = |near: &ColumnName, far: &ColumnName| RelatedLink::Intersect {
                table: joint.intersect.clone(),
                near: near.clone(),
                far: far.clone(),
            };
            if first.name == parent.name {
                related.extend(entry(&joint.name, &joint.other, link(&joint.column, &joint.other_column)));
            }
            if joint.other == parent.name && first.name != parent.name {
                related.extend(entry(&joint.name, &first.name, link(&joint.other_column, &joint.column)));
            }
        }
    }
    related
}

/// Restricts a plan to the rows that belong to a row.
pub(crate) fn restrict_to(plan: &mut Plan, table: &Table, link: &RelatedLink, id: RowId) {
    match link {
        RelatedLink::Column(column) => {
            crate::rows::restrict(plan, crate::rows::condition(column.clone(), "eq", &id.to_string()));
        }
        RelatedLink::Intersect { table: intersect, near, far } => {
            plan.links.push(Link {
                table: intersect.clone(),
                from: far.clone(),
                to: table.primary_id.clone(),
                alias: ALIAS.to_owned(),
                kind: LinkKind::Any,
                columns: Vec::new(),
                filter: Some(crate::rows::condition(near.clone(), "eq", &id.to_string())),
                links: Vec::new(),
            });
        }
    }
}

/// An alias that no view uses.
const ALIAS: &str = "valise_related";
