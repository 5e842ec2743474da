//! What a page and the worker say to each other. Serde values only, so that they cross `postMessage`.

mod outbox;
mod rows;

use model::{
    AppName, Columns, Command, ComponentKind, EntryId, Form, FormId, FormKind, Language, Reference, RowId,
    RowVersion, SiteMap, Table, TableName, UserProfile, View, ViewKind,
};
use serde::{Deserialize, Serialize};

pub use crate::form::FormChoice;
pub use crate::process::{ProcessView, StageRow};
pub use crate::related::{RelatedLink, RelatedTable};
pub use outbox::*;
pub use rows::*;

/// The version of this protocol: a worker of another build refuses to talk and the page reloads.
pub const PROTOCOL: u32 = 2;

/// Stands for everything that a message is made of: page, worker and other tabs understand each other only where it is the same.
pub const WIRE: &str = env!("VALISE_WIRE");

/// From the page, with a number that the reply repeats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope<T> {
    /// The number of the request; 0 for an event.
    pub number: u32,
    /// What is said.
    pub body: T,
}

/// What a page asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// First of all: opens the local database. Answer: `Reply::Opened`.
    Open {
        /// `PROTOCOL` as the page was built with.
        protocol: u32,
        /// The origin the Web API is on (`http://127.0.0.1:8080`).
        server: String,
        /// The browser's languages, best first, for the screens before sign-in.
        languages: Vec<String>,
    },
    /// The authorization code has come back. Answer: `Reply::Opened`.
    SignIn {
        /// The code.
        code: String,
        /// The PKCE verifier the page made.
        verifier: String,
        /// The redirect address the code was made for.
        redirect_uri: String,
    },
    /// Forgets the tokens and, when nothing is unsent or `discard_unsent`, the local data. Answer: `Reply::SignedOut` or `Error::UnsentWork`.
    SignOut {
        /// Goes on although changes would be lost.
        discard_unsent: bool,
    },
    /// The apps the user's roles open. Answer: `Reply::Apps`.
    Apps,
    /// One app's navigation. Answer: `Reply::SiteMap`.
    SiteMap {
        /// The app.
        app: AppName,
    },
    /// A table's definition in the user's language. Answer: `Reply::Table`.
    Table {
        /// The table.
        table: TableName,
    },
    /// A table's views of a kind. Answer: `Reply::Views`.
    Views {
        /// The table.
        table: TableName,
        /// The kind.
        kind: ViewKind,
    },
    /// A form ready to draw; without an id the default one of its kind. Answer: `Reply::Form`.
    Form {
        /// The table.
        table: TableName,
        /// The kind.
        kind: FormKind,
        /// A certain one.
        form: Option<FormId>,
    },
    /// The forms of a kind that the user may choose among. Answer: `Reply::Forms`.
    Forms {
        /// The table.
        table: TableName,
        /// The kind.
        kind: FormKind,
    },
    /// The tables whose rows can belong to a row of a table. Answer: `Reply::Related`.
    Related {
        /// The table.
        table: TableName,
    },
    /// The process a row goes through. Answer: `Reply::Process`.
    Process {
        /// The table.
        table: TableName,
        /// The row.
        id: RowId,
    },
    /// The rows of a view. Answer: `Reply::Rows`.
    Rows(RowsRequest),
    /// One row with its pending changes. Answer: `Reply::Row`.
    Row {
        /// The table.
        table: TableName,
        /// The row.
        id: RowId,
    },
    /// The columns a new row starts with: defaults, owner, currency, and what comes from the row it is made from. Answer: `Reply::NewRow`.
    NewRow {
        /// The table.
        table: TableName,
        /// Columns already known (the lookup the row is made for).
        preset: Columns,
    },
    /// Rows for a lookup: recent ones for an empty search, else those whose find columns match. Answer: `Reply::Found`.
    Find {
        /// The tables to look in.
        tables: Vec<TableName>,
        /// What was typed.
        search: String,
        /// Most rows per table.
        limit: u32,
    },
    /// How much of some tables is on the device. Answer: `Reply::Coverage`.
    Coverage {
        /// The tables.
        tables: Vec<TableName>,
    },
    /// A command of the command bar, on one or several rows. Answer: `Reply::Done` after the strict transaction.
    Execute {
        /// Made by the page. The entries' ids derive from it, so that a request that is asked again (its answer was lost) is
        /// carried out once.
        id: EntryId,
        /// The commands, one per row; each becomes a journal entry.
        commands: Vec<Command>,
        /// What the user saw in the columns before changing them. Where the row holds another value meanwhile, both sides changed it.
        #[serde(default)]
        seen: Columns,
    },
    /// What is on the device, what is unsent, what is in conflict. Answer: `Reply::Offline`.
    Offline,
    /// How much the server does not have yet. Answer: `Reply::Unsent`.
    Unsent,
    /// What goes with an entry when it is discarded. Answer: `Reply::Entries`.
    Dependants {
        /// The entry.
        entry: EntryId,
    },
    /// Lets a change go that cannot be read.
    DropUnreadable {
        /// Its key.
        key: Vec<u8>,
    },
    /// Everything unsent as the text of a file. Answer: `Reply::Exported`.
    Export,
    /// What such a file would bring; nothing is taken in. Answer: `Reply::Import`.
    ReadImport {
        /// The file's text.
        text: String,
    },
    /// Takes in what of the file can be, all of it or nothing. Answer: `Reply::Import` as it was found.
    Import {
        /// The file's text.
        text: String,
    },
    /// The user's decision on a parked or waiting entry. Answer: `Reply::Done`.
    Decide {
        /// The entry.
        entry: EntryId,
        /// What shall become of it.
        decision: Decision,
        /// What the decision is about, as it was shown; none for one that needs no look.
        seen: Option<Seen>,
    },
    /// What the device will carry, and what of it the user leaves out. Answer: `Reply::FirstSync`.
    FirstSync,
    /// The user has seen what will come and wants it, but for some tables; later: wants others. Answer: `Reply::Done`.
    StartFirstSync {
        /// The tables that stay on the server.
        leave_out: Vec<TableName>,
    },
    /// Sync now. Answer: `Reply::Done`; progress comes as events.
    SyncNow,
    /// The browser says that the network came or went, or that the page got the focus. Answer: `Reply::Done`.
    Wake {
        /// `navigator.onLine`
        online: bool,
    },
    /// Keeps an unsaved form. Answer: `Reply::Done`.
    KeepDraft {
        /// The form's address.
        address: String,
        /// The tab it is open in. Each tab keeps a draft of its own, also of the same row.
        tab: String,
        /// The changed columns; none forgets the draft.
        draft: Draft,
    },
    /// The draft of a form, if there is one: this tab's own, else the latest of a tab that is gone, which becomes this
    /// tab's. Answer: `Reply::Draft`.
    Draft {
        /// The form's address.
        address: String,
        /// The tab that asks.
        tab: String,
    },
    /// A row or view was opened: remembered under Recent. Answer: `Reply::Done`.
    Visit(Bookmark),
    /// Recent and pinned. Answer: `Reply::Bookmarks`.
    Bookmarks,
    /// Pins or unpins. Answer: `Reply::Done`.
    Pin {
        /// What.
        bookmark: Bookmark,
        /// True to pin.
        pinned: bool,
    },
    /// What could not be used of the org's definitions, for a System Administrator. Answer: `Reply::DefinitionProblems`.
    DefinitionProblems,
    /// Tells the worker to send `Event::Changed` when rows of these tables change; replaces the earlier list. Answer: `Reply::Done`.
    Watch {
        /// The tables on screen.
        tables: Vec<TableName>,
    },
}

/// What the worker answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// The database is open.
    Opened(Opened),
    /// Signed out.
    SignedOut,
    /// The user's apps.
    Apps(Vec<AppTile>),
    /// The navigation, entries without privilege left out.
    SiteMap(SiteMap),
    /// A table, labels in the user's language only.
    Table(Table),
    /// Views in the order of their names, the default first.
    Views(Vec<View>),
    /// A form.
    Form(Form),
    /// Forms in their order.
    Forms(Vec<FormChoice>),
    /// Related tables.
    Related(Vec<RelatedTable>),
    /// A process; `None` when the row goes through none.
    Process(Option<Box<ProcessView>>),
    /// Rows of a view.
    Rows(Rows),
    /// A row; `None` when it is not on the device.
    Row(Option<RowView>),
    /// The start of a new row.
    NewRow(Columns),
    /// Rows found, best first.
    Found(Vec<Found>),
    /// How much is on the device, table by table in the order of the request.
    Coverage(Vec<Coverage>),
    /// Done; for `Execute` the rows made or changed in the order of the commands.
    Done(Vec<RowId>),
    /// The offline page.
    Offline(OfflineView),
    /// What the device will carry.
    FirstSync(FirstSyncView),
    /// How much is unsent.
    Unsent(Unsent),
    /// Entries of the journal, in order.
    Entries(Vec<EntryId>),
    /// The text of a file with everything unsent.
    Exported(String),
    /// What a file of unsent work brings, or why it brings nothing.
    Import(Result<ImportView, ImportProblem>),
    /// A draft.
    Draft(Option<Draft>),
    /// Recent and pinned.
    Bookmarks {
        /// Newest first.
        recent: Vec<Bookmark>,
        /// In the order of pinning.
        pinned: Vec<Bookmark>,
    },
    /// The definitions with problems.
    DefinitionProblems(Vec<DefinitionProblems>),
    /// It did not work.
    Failed(Failure),
}

/// A definition of which something could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionProblems {
    /// Form, view, app, …
    pub kind: ComponentKind,
    /// Its id or unique name.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What people call its table.
    pub table: Option<String>,
    /// What is wrong, at least one.
    pub problems: Vec<ToldProblem>,
}

/// A problem in the user's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldProblem {
    /// What is wrong.
    pub what: String,
    /// Where in the definition.
    pub place: String,
    /// What is done instead.
    pub instead: String,
}

/// The state after opening or signing in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The user, when somebody is signed in on this device.
    pub user: Option<UserProfile>,
    /// The language of the screens.
    pub language: Language,
    /// The first sync is complete: lists are whole.
    pub is_synced: bool,
    /// The state of the sync.
    pub sync: SyncStatus,
}

/// A tile of MyApps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppTile {
    /// The unique name.
    pub name: AppName,
    /// What people call it.
    pub title: String,
    /// One sentence.
    pub description: String,
    /// The icon's name.
    pub icon: String,
}

/// One row for a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowView {
    /// The table.
    pub table: TableName,
    /// The row.
    pub id: RowId,
    /// The server's version; none while unconfirmed.
    pub version: Option<RowVersion>,
    /// Every known column with the user's pending changes. References carry the name to show.
    pub columns: Columns,
    /// Journal entries that touch it.
    pub pending: u32,
    /// Some entry on it waits for the user.
    pub needs_attention: bool,
    /// What the user may do with it: the names of the commands, in the order of the command bar.
    pub commands: Vec<String>,
    /// False when the state or the rights forbid editing.
    pub editable: bool,
}

/// A row found by a lookup or search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The row with its name.
    pub reference: Reference,
    /// A second line (the account of a contact, the city of an account).
    pub detail: String,
}

/// What was typed into a form and not saved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The changed columns.
    pub columns: Columns,
    /// What the user saw in them before changing them.
    pub seen: Columns,
}

/// A place the user can come back to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The address inside the app (`/saleshub/account/…`).
    pub address: String,
    /// What people read.
    pub title: String,
    /// The table, for the icon.
    pub table: Option<TableName>,
}

/// What the worker tells unasked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The worker listens from now on. A worker's code loads while its port is open already: what is posted before this is lost.
    Ready,
    /// Rows of watched tables changed (own edit, other tab, sync).
    Changed {
        /// Which tables.
        tables: Vec<TableName>,
    },
    /// Rows of a watched table have left the device: deleted by others, or out of the user's sight. A form that shows one says so.
    Gone {
        /// The table.
        table: TableName,
        /// The rows.
        rows: Vec<RowId>,
    },
    /// The state of the sync changed.
    Sync(SyncStatus),
    /// The metadata changed; screens ask for their definitions again.
    Metadata,
    /// Another tab signed in or out, or the page slept: user, data and events may be other ones than the page knows.
    Renewed(Box<Opened>),
    /// This tab is of another build than those beside it; the page must be reloaded. Every build knows this event.
    Reload,
}

/// Why something did not work, and what the user can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// What happened, for people, in English; screens translate by kind.
    pub message: String,
    /// The column it is about.
    pub column: Option<model::ColumnName>,
    /// Of several commands, the rows of those that were carried out before the one that failed. They are saved.
    #[serde(default)]
    pub saved: Vec<RowId>,
}

/// Kinds of failure, each with its own way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// Needs a network that is not there.
    Offline,
    /// Needs a sign-in.
    SignInNeeded,
    /// The rights forbid it.
    NotAllowed,
    /// The row is not on the device.
    NotFound,
    /// A value does not fit its column.
    Invalid,
    /// The database failed; what was acknowledged is safe.
    Storage,
    /// The device has no room left; what was acknowledged is safe.
    StorageFull,
    /// Another window holds the database in an older form.
    StorageBlocked,
    /// A newer build wrote the database.
    StorageNewer,
    /// The browser does not open the database.
    StorageSilent,
    /// Stored rows were damaged; they are fetched again, changes are kept.
    StorageDamaged,
    /// Changes would be lost.
    UnsentWork,
    /// What the user has decided about is another thing by now; nothing was done.
    Overtaken,
    /// Page and worker are of different builds.
    Protocol,
    /// A defect in Valise.
    Internal,
}
