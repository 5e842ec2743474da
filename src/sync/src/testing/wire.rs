//! What a server says, as the tests of both halves need it.

use super::{Bench, table_definition};
use crate::SyncTables;
use model::{
    Column, ColumnKind, Label, Metadata, Requirement, RowId, Table, TextFormat, Timestamp, Writable,
};
use odata::batch::{AnswerPart, BatchAnswer, ChangeSetAnswer, ContentResponse, write_response};
use odata::http::HttpResponse;
use std::rc::Rc;
use std::sync::Arc;

/// When tests take place.
pub fn now() -> Timestamp {
    Timestamp::from_milliseconds(5)
}

/// Accounts with a name and a city.
pub fn account() -> Arc<Table> {
    let column = |name: &str, kind: ColumnKind| Column {
        name: name.into(),
        kind,
        required: Requirement::None,
        writable: Writable::Always,
        custom: false,
        auto_number: String::new(),
        label: Label::default(),
        description: Label::default(),
    };
    let text = || ColumnKind::Text { format: TextFormat::Plain, max_length: 100 };
    Arc::new(Table {
        columns: vec![
            column("accountid", ColumnKind::UniqueId),
            column("name", text()),
            column("city", text()),
        ],
        ..table_definition("account")
    })
}

/// The definitions of accounts alone.
pub fn definitions() -> SyncTables {
    let metadata = Metadata { tables: vec![Table::clone(&account())], ..Metadata::default() };
    SyncTables {
        metadata: Rc::new(metadata),
        tables: vec![account()],
        derive: |_, _, _| {},
        carried: crate::Carried::default(),
    }
}

/// A device that keeps accounts.
pub fn bench() -> Bench {
    Bench::new(vec![account()])
}

/// A page of accounts, each a number, a version and a name.
pub fn page(rows: &[(u128, i64, &str)], link: &str) -> String {
    let row = |(id, version, name): &(u128, i64, &str)| {
        let id = RowId::from_u128(*id);
        format!(r#"{{"@odata.etag":"W/\"{version}\"","accountid":"{id}","name":"{name}","city":null}}"#)
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!(r#"{{"value":[{}],{link}}}"#, rows.join(","))
}

/// The end of a last page.
pub const DELTA: &str = r#""@odata.deltaLink":"http://other/api/data/v9.2/accounts?$deltatoken=1""#;
/// The end of a page that another one follows.
pub const NEXT: &str = r#""@odata.nextLink":"http://other/api/data/v9.2/accounts?$skiptoken=2""#;

/// An answer that brings something.
pub fn ok(body: &str) -> HttpResponse {
    HttpResponse { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

/// The same, of a service that says that it left out what has no value.
pub fn ok_without_nulls(body: &str) -> HttpResponse {
    let headers = vec![(
        "preference-applied".to_owned(),
        "odata.track-changes,omit-values=nulls,odata.maxpagesize=5000".to_owned(),
    )];
    HttpResponse { headers, ..ok(body) }
}

/// The answer to a request for changes.
pub fn changes(parts: Vec<HttpResponse>) -> HttpResponse {
    let parts = parts.into_iter().map(AnswerPart::Single).collect();
    write_response(&BatchAnswer { status: 200, parts })
}

/// The answer to a push of one entry with one change.
pub fn accepted(etag: &str) -> HttpResponse {
    let response =
        HttpResponse { status: 204, headers: vec![("etag".to_owned(), etag.to_owned())], body: Vec::new() };
    let change = ContentResponse { content_id: "1".to_owned(), response };
    let answer = ChangeSetAnswer { result: Some("accepted".to_owned()), changes: vec![change] };
    write_response(&BatchAnswer { status: 200, parts: vec![AnswerPart::ChangeSet(answer)] })
}

/// A device with row 1 "one" in version 1 and row 2 "two" in version 2.
pub fn synced() -> Bench {
    let bench = bench();
    bench.script.respond(ok(&page(&[(1, 1, "one"), (2, 2, "two")], DELTA)));
    bench.sync().unwrap();
    bench.script.asked.borrow_mut().clear();
    bench
}

impl Bench {
    /// Syncs accounts once.
    pub fn sync(&self) -> Result<crate::Synced, crate::SyncError> {
        futures::executor::block_on(self.engine.sync(&definitions(), now()))
    }

    /// The name of an account as the user sees it; none when it is not on the device.
    pub fn name_of(&self, row: u128) -> Option<String> {
        let (table, id) = super::key(row);
        let stored = futures::executor::block_on(self.store.row(&table, id)).unwrap()?;
        Some(stored.current.columns.get("name").as_text().unwrap_or_default().to_owned())
    }

    /// The user works.
    pub fn append(&self, entries: Vec<model::JournalEntry>) {
        futures::executor::block_on(self.store.append(entries)).unwrap();
    }
}
