//! The tables that the histories are about.

use super::table_definition;
use crate::SyncTables;
use model::{Column, ColumnKind, LookupStyle, Metadata, Table};
use std::rc::Rc;
use std::sync::Arc;

/// The columns of text that everybody writes.
pub const TEXTS: [&str; 3] = ["name", "city", "fax"];

/// A choice, of which every deed writes another number.
pub const STAGE: &str = "stagecode";

/// The tables of the histories: accounts, lines of accounts, links between accounts, meetings with attendees.
pub fn tables() -> Vec<Arc<Table>> {
    let template = &super::wire::account().columns[1];
    let column = |name: &str, kind: ColumnKind| Column { name: name.into(), kind, ..template.clone() };
    let make = |name: &str, extra: Vec<Column>| {
        let id = format!("{name}id");
        let mut columns = vec![column(&id, ColumnKind::UniqueId)];
        columns.extend(TEXTS.map(|name| column(name, template.kind.clone())));
        columns.extend(extra);
        Arc::new(Table { columns, ..table_definition(name) })
    };
    let lookup = |name: &str, target: &str, style: LookupStyle| {
        column(name, ColumnKind::Lookup { targets: vec![target.into()], style })
    };
    let account = |name: &str| lookup(name, "account", LookupStyle::Simple);
    let owner = || lookup("ownerid", "systemuser", LookupStyle::Owner);
    let stage = column(STAGE, ColumnKind::Choice { options: Vec::new(), default: None });
    let targets = vec!["account".into()];
    let attendees = column("attendees", ColumnKind::PartyList { targets, participation: 5 });
    vec![
        make("account", vec![stage, owner()]),
        make("line", vec![account("accountid"), owner()]),
        make("link", vec![account("oneid"), account("otherid")]),
        make("meeting", vec![attendees]),
    ]
}

/// All of them, or without lines: that is what another profile leaves out.
pub fn definitions(has_lines: bool) -> SyncTables {
    let mut tables = tables();
    let users = Table { columns: tables[0].columns[1..2].to_vec(), ..table_definition("systemuser") };
    let metadata = Metadata {
        tables: tables.iter().map(|it| Table::clone(it)).chain([users]).collect(),
        ..Metadata::default()
    };
    tables.retain(|table| has_lines || table.name.as_str() != "line");
    SyncTables {
        metadata: Rc::new(metadata),
        tables,
        derive: |_, _, _| {},
        carried: crate::Carried::default(),
    }
}
