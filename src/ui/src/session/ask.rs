//! Typed questions to the worker: a request, the reply that belongs to it, or a failure.

use super::Session;
use crate::format::{Currency, know_table};
use crate::locale::text;
use crate::port::internal;
use client::Snapshot;
use client::message::{
    AppTile, Bookmark, Coverage, DefinitionProblems, Draft, Failure, FailureKind, FirstSyncView, Found,
    OfflineView, Reply, Request, RowView, Rows, RowsRequest, Unsent,
};
use leptos::prelude::*;
use model::{
    AppName, Columns, Command, EntryId, Form, FormId, FormKind, RowId, SiteMap, Table, TableName, Value,
    View, ViewKind,
};
use std::sync::Arc;

/// What a question gives.
pub type Asked<T> = Result<T, Failure>;

/// The failure in a reply that was not the one expected.
pub fn unexpected(reply: Reply) -> Failure {
    match reply {
        Reply::Failed(failure) => failure,
        other => {
            let name = format!("{other:?}");
            internal(format!("an unexpected reply: {}", name.chars().take(80).collect::<String>()))
        }
    }
}

/// What a failure says to the user, with the way out.
pub fn failure_text(failure: &Failure) -> String {
    let own = match failure.kind {
        FailureKind::Offline => text("failure.offline"),
        FailureKind::SignInNeeded => text("failure.sign-in"),
        FailureKind::NotAllowed => text("failure.not-allowed"),
        FailureKind::NotFound => text("failure.not-found"),
        FailureKind::Invalid => text("failure.invalid"),
        FailureKind::Storage => text("failure.storage"),
        FailureKind::StorageFull => text("failure.storage-full"),
        FailureKind::StorageBlocked => text("failure.storage-blocked"),
        FailureKind::StorageNewer => text("failure.storage-newer"),
        FailureKind::StorageSilent => text("failure.storage-silent"),
        FailureKind::StorageDamaged => text("failure.storage-damaged"),
        FailureKind::UnsentWork => text("failure.unsent"),
        FailureKind::Overtaken => text("failure.overtaken"),
        FailureKind::Protocol => text("failure.protocol"),
        FailureKind::Internal => text("failure.internal"),
    };
    let has_detail = matches!(failure.kind, FailureKind::Invalid | FailureKind::Internal);
    let mut words = own.to_owned();
    if has_detail && !failure.message.is_empty() {
        words = format!("{words} ({})", failure.message);
    }
    if !failure.saved.is_empty() {
        words = format!("{words} {}", text("failure.saved"));
    }
    words
}

macro_rules! expect {
    ($reply:expr, $pattern:pat => $value:expr) => {
        match $reply {
            $pattern => Ok($value),
            other => Err(unexpected(other)),
        }
    };
}

impl Session {
    /// Asks the worker anything.
    pub async fn ask(self, request: Request) -> Reply {
        if let Some(drawn) = self.drawn_answer(&request) {
            return drawn;
        }
        match self.port.try_get_value().flatten() {
            Some(port) => {
                let noted = Snapshot::is_about(&request).then(|| request.clone());
                let reply = port.ask(request).await;
                if let Some(request) = noted {
                    self.note_answer(request, &reply);
                }
                reply
            }
            None => Reply::Failed(internal("there is no worker".to_owned())),
        }
    }

    /// Asks for something whose answer is only whether it worked; a failure becomes a notice.
    pub async fn tell(self, request: Request) -> Option<Vec<RowId>> {
        match self.ask(request).await {
            Reply::Done(rows) => Some(rows),
            other => {
                self.fail(&unexpected(other));
                None
            }
        }
    }

    /// The apps of the user.
    pub async fn apps(self) -> Asked<Vec<AppTile>> {
        expect!(self.ask(Request::Apps).await, Reply::Apps(apps) => apps)
    }

    /// The navigation of an app.
    pub async fn site_map(self, app: AppName) -> Asked<Arc<SiteMap>> {
        if let Some(known) = self.known.with_value(|known| known.site_maps.get(&app).cloned()) {
            return Ok(known);
        }
        let reply = self.ask(Request::SiteMap { app: app.clone() }).await;
        let site_map = Arc::new(expect!(reply, Reply::SiteMap(site_map) => site_map)?);
        self.known.update_value(|known| {
            known.site_maps.insert(app, Arc::clone(&site_map));
        });
        Ok(site_map)
    }

    /// The definition of a table.
    pub async fn table(self, name: TableName) -> Asked<Arc<Table>> {
        if let Some(known) = self.known.with_value(|known| known.tables.get(&name).cloned()) {
            return Ok(known);
        }
        let reply = self.ask(Request::Table { table: name.clone() }).await;
        let table = Arc::new(expect!(reply, Reply::Table(table) => table)?);
        know_table(&table.name, table.label.text(crate::locale::language()));
        self.known.update_value(|known| {
            known.tables.insert(name, Arc::clone(&table));
        });
        Ok(table)
    }

    /// The views of a table, the default first.
    pub async fn views(self, table: TableName, kind: ViewKind) -> Asked<Arc<Vec<View>>> {
        let key = (table.clone(), kind);
        if let Some(known) = self.known.with_value(|known| known.views.get(&key).cloned()) {
            return Ok(known);
        }
        let views =
            Arc::new(expect!(self.ask(Request::Views { table, kind }).await, Reply::Views(views) => views)?);
        self.known.update_value(|known| {
            known.views.insert(key, Arc::clone(&views));
        });
        Ok(views)
    }

    /// What could not be used of the definitions.
    pub async fn definition_problems(self) -> Asked<Vec<DefinitionProblems>> {
        let reply = self.ask(Request::DefinitionProblems).await;
        expect!(reply, Reply::DefinitionProblems(found) => found)
    }

    /// A form.
    pub async fn form(self, table: TableName, kind: FormKind, form: Option<FormId>) -> Asked<Form> {
        expect!(self.ask(Request::Form { table, kind, form }).await, Reply::Form(form) => form)
    }

    /// The rows of a view.
    pub async fn rows(self, request: RowsRequest) -> Asked<Rows> {
        expect!(self.ask(Request::Rows(request)).await, Reply::Rows(rows) => rows)
    }

    /// A row, if it is on the device.
    pub async fn row(self, table: TableName, id: RowId) -> Asked<Option<RowView>> {
        expect!(self.ask(Request::Row { table, id }).await, Reply::Row(row) => row)
    }

    /// What a new row starts with.
    pub async fn new_row(self, table: TableName, preset: Columns) -> Asked<Columns> {
        expect!(self.ask(Request::NewRow { table, preset }).await, Reply::NewRow(columns) => columns)
    }

    /// Rows for a lookup.
    pub async fn find(self, tables: Vec<TableName>, search: String, limit: u32) -> Asked<Vec<Found>> {
        expect!(self.ask(Request::Find { tables, search, limit }).await, Reply::Found(found) => found)
    }

    /// How much of the tables is on the device.
    pub async fn coverage(self, tables: Vec<TableName>) -> Asked<Vec<Coverage>> {
        expect!(self.ask(Request::Coverage { tables }).await, Reply::Coverage(coverage) => coverage)
    }

    /// Runs commands; the answer comes when they are safe on the device.
    pub async fn execute(self, commands: Vec<Command>) -> Asked<Vec<RowId>> {
        self.execute_on(commands, Columns::new()).await
    }

    /// Runs commands on a row that may have changed since the user saw it: `seen` is what was on screen.
    pub async fn execute_on(self, commands: Vec<Command>, seen: Columns) -> Asked<Vec<RowId>> {
        let id = EntryId::from_random(crate::browser::random_bits());
        expect!(self.ask(Request::Execute { id, commands, seen }).await, Reply::Done(rows) => rows)
    }

    /// The offline page.
    pub async fn offline(self) -> Asked<OfflineView> {
        expect!(self.ask(Request::Offline).await, Reply::Offline(view) => view)
    }

    /// What the device will carry.
    pub async fn first_sync(self) -> Asked<FirstSyncView> {
        expect!(self.ask(Request::FirstSync).await, Reply::FirstSync(view) => view)
    }

    /// How much the server does not have yet; a failure becomes a notice.
    pub async fn unsent(self) -> Option<Unsent> {
        match self.ask(Request::Unsent).await {
            Reply::Unsent(unsent) => Some(unsent),
            other => {
                self.fail(&unexpected(other));
                None
            }
        }
    }

    /// The unsaved changes of a form.
    pub async fn draft(self, address: String) -> Option<Draft> {
        match self.ask(Request::Draft { address, tab: self.page.get_value() }).await {
            Reply::Draft(draft) => draft,
            other => {
                self.fail(&unexpected(other));
                None
            }
        }
    }

    /// Keeps the unsaved changes of a form; without changed columns they are forgotten. `None` when they could not be kept.
    pub async fn keep_draft(self, address: String, draft: Draft) -> Option<()> {
        let tab = self.page.try_get_value()?;
        self.tell(Request::KeepDraft { address, tab, draft }).await.map(|_| ())
    }

    /// Recent and pinned places.
    pub async fn bookmarks(self) -> (Vec<Bookmark>, Vec<Bookmark>) {
        match self.ask(Request::Bookmarks).await {
            Reply::Bookmarks { recent, pinned } => (recent, pinned),
            other => {
                gloo::console::warn!("bookmarks:", unexpected(other).message);
                (Vec::new(), Vec::new())
            }
        }
    }

    /// Remembers a place under Recent.
    pub async fn visit(self, address: String, title: String, table: Option<TableName>) {
        if self.tell(Request::Visit(Bookmark { address, title, table })).await.is_some() {
            self.visits.update(|count| *count += 1);
        }
    }

    /// The currency of a row; without one the user's own.
    pub async fn currency(self, id: Option<RowId>) -> Option<Currency> {
        let own = self.user.with_untracked(|user| user.as_ref().and_then(|user| user.currency));
        let id = id.or(own)?;
        if let Some(known) = self.known.with_value(|known| known.currencies.get(&id).cloned()) {
            return known;
        }
        let row = self.row("transactioncurrency".into(), id).await.ok().flatten()?;
        let code = row.columns.get("isocurrencycode").as_text()?.to_owned();
        let symbol = row.columns.get("currencysymbol").as_text().unwrap_or(&code).to_owned();
        let digits = match row.columns.get("currencyprecision") {
            Value::Integer(digits) => u8::try_from(*digits).unwrap_or(2),
            _ => 2,
        };
        let currency = Some(Currency { code, symbol, digits });
        self.known.update_value(|known| {
            known.currencies.insert(id, currency.clone());
        });
        currency
    }
}

#[cfg(test)]
mod tests {
    use super::failure_text;
    use crate::locale::set_language;
    use client::message::{Failure, FailureKind};
    use model::{Language, RowId};

    #[test]
    fn a_failure_after_something_was_kept_says_that_it_is_kept() {
        let kept = Failure {
            saved: vec![RowId::from_u128(1)],
            ..Failure::new(FailureKind::NotAllowed, "no assign")
        };
        for (language, words) in [
            (Language::English, "What came before it is saved on this device."),
            (Language::French, "Ce qui précédait est enregistré sur cet appareil."),
            (Language::German, "Was davor kam, ist auf diesem Gerät gespeichert."),
        ] {
            set_language(language);
            assert!(failure_text(&kept).ends_with(words), "{}", failure_text(&kept));
            assert!(!failure_text(&Failure { saved: Vec::new(), ..kept.clone() }).contains(words));
        }
    }
}
