//! The tables that the histories are about.

use super::table_definition;
use crate::SyncTables;
use model::{Column, ColumnKind, LookupStyle, Metadata, Table};
use std::rc::Rc;
use std::sync::Arc;

/// The columns of text that everybody writes.
pub const TEXTS: [&str; 3] = ["name", "city", "fax"];

/// The tables of the histories: accounts, lines of accounts, meetings with attendees.
pub fn tables() -> Vec<Arc<Table>> {
    let template = &super::wire::account().columns[1];
    let column = |name: &str, kind: ColumnKind| Column { name: name.into(), kind, ..template.clone() };
    let make = |name: &str, extra: Option<Column>| {
        let id = format!("{name}id");
        let mut columns = vec![column(&id, ColumnKind::UniqueId)];
        columns.extend(TEXTS.map(|name| column(name, template.kind.clone())));
        columns.extend(extra);
        Arc::new(Table { columns, ..table_definition(name) })
    };
    let targets = vec!["account".into()];
    let lookup = column("accountid", ColumnKind::Lookup { targets, style: LookupStyle::Simple });
    let targets = vec!["account".into()];
    let attendees = column("attendees", ColumnKind::PartyList { targets, participation: 5 });
    vec![make("account", None), make("line", Some(lookup)), make("meeting", Some(attendees))]
}

/// All of them.
pub fn definitions() -> SyncTables {
    let tables = tables();
    let metadata =
        Metadata { tables: tables.iter().map(|it| Table::clone(it)).collect(), ..Metadata::default() };
    SyncTables { metadata: Rc::new(metadata), tables, derive: |_, _, _| {} }
}
