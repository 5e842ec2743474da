//! Our store behind the jobs of the bench: the same crates as in the worker, without sync and screens.

use model::{
    Change, ChangeSet, Columns, Command, Decimal, EntryId, EntryState, JournalEntry, Language, Metadata,
    RowId, TableName, TimeZone, Timestamp, Value,
};
use query::{Answer, Caller};
use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;
use store::{Cursor, PageCommit, Store};
use store_web::WebBlocks;
use wasm_bindgen::prelude::wasm_bindgen;

const TABLE: &str = "opportunity";
/// Any moment: no query of the bench asks for the calendar.
const NOW: Timestamp = Timestamp::from_milliseconds(1_750_000_000_000);

/// A store on IndexedDB with the opportunities of the bench.
#[wasm_bindgen]
pub struct Engine {
    store: Store,
    metadata: Metadata,
    caller: Caller,
    entries: Cell<u128>,
    /// The metadata as a device keeps them.
    text: OnceCell<String>,
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[wasm_bindgen]
impl Engine {
    /// Opens what an earlier page stored, or an empty store.
    pub async fn open() -> Result<Engine, String> {
        let tables = solution::tables().map_err(words)?;
        let metadata = Metadata { tables, ..Metadata::default() };
        let blocks = WebBlocks::open("valise-bench").await.map_err(words)?;
        let store = Store::open(Rc::new(blocks)).await.map_err(words)?;
        store.set_tables(metadata.tables.iter().cloned().map(Arc::new).collect());
        let nobody = RowId::from_u128(0);
        let caller = Caller {
            user: nobody,
            business_unit: nobody,
            teams: Vec::new(),
            language: Language::English,
            time_zone: TimeZone::utc(),
            now: NOW,
            first_weekday: 1,
            fiscal: metadata.settings.fiscal,
        };
        let entries = Cell::new(u128::try_from(store.journal().len()).unwrap_or(0));
        Ok(Self { store, metadata, caller, entries, text: OnceCell::new() })
    }

    /// Parses, stores and commits one page of the Web API's JSON.
    pub async fn ingest(&self, table: String, page: String) -> Result<(), String> {
        let table = TableName::new(table);
        let definition = self.metadata.table(table.as_str()).ok_or("the solution has no such table")?;
        let mut writer = self.store.begin_page(&table).map_err(words)?;
        let envelope = odata::read_rows(page.as_bytes(), definition, &mut writer).map_err(words)?;
        if let Some(problem) = envelope.problems.first() {
            return Err(format!("a row could not be read: {problem:?}"));
        }
        let cursor = Cursor { link: String::new(), complete: false, synced_at: None };
        let commit =
            PageCommit { writer: Some(writer), table, removed: Vec::new(), cursor, confirmed: Vec::new() };
        self.store.commit_page(commit).await.map_err(words)?;
        Ok(())
    }

    /// The first 50 open opportunities of an owner above an amount, newest close date first, and how many there are.
    pub async fn view(&self, owner: String, least: f64) -> Result<js_sys::Array, String> {
        let fetch = format!(
            "<fetch count=\"50\" returntotalrecordcount=\"true\"><entity name=\"opportunity\"><all-attributes/>\
             <order attribute=\"estimatedclosedate\" descending=\"true\"/><filter>\
             <condition attribute=\"statecode\" operator=\"eq\" value=\"0\"/>\
             <condition attribute=\"ownerid\" operator=\"eq\" value=\"{owner}\"/>\
             <condition attribute=\"estimatedvalue\" operator=\"gt\" value=\"{least}\"/></filter></entity></fetch>"
        );
        self.run(&fetch).await.and_then(|answer| to_js(&answer))
    }

    /// One row by its id, as JSON.
    pub async fn get(&self, id: String) -> Result<String, String> {
        let id = id.parse().map_err(words)?;
        let row = self.store.row(&TableName::new(TABLE), id).await.map_err(words)?;
        let row = row.ok_or("there is no such row")?;
        serde_json::to_string(&row.current.columns).map_err(words)
    }

    /// The first 25 rows whose name has a word that starts with the one and a word that starts with the other.
    pub async fn search(&self, first: String, second: String) -> Result<js_sys::Array, String> {
        let word = |word: &str| {
            format!(
                "<filter type=\"or\"><condition attribute=\"name\" operator=\"like\" value=\"{word}%\"/>\
                 <condition attribute=\"name\" operator=\"like\" value=\"% {word}%\"/></filter>"
            )
        };
        let fetch = format!(
            "<fetch count=\"25\"><entity name=\"opportunity\"><all-attributes/><filter>{}{}</filter></entity></fetch>",
            word(&first),
            word(&second)
        );
        self.run(&fetch).await.and_then(|answer| to_js(&answer))
    }

    /// Count and sum of the estimated revenue by pipeline phase, for one state.
    pub async fn funnel(&self, state: i32) -> Result<js_sys::Array, String> {
        let fetch = format!(
            "<fetch aggregate=\"true\"><entity name=\"opportunity\">\
             <attribute name=\"stepname\" groupby=\"true\" alias=\"step\"/>\
             <attribute name=\"opportunityid\" aggregate=\"count\" alias=\"count\"/>\
             <attribute name=\"estimatedvalue\" aggregate=\"sum\" alias=\"sum\"/><filter>\
             <condition attribute=\"statecode\" operator=\"eq\" value=\"{state}\"/></filter></entity></fetch>"
        );
        self.run(&fetch).await.and_then(|answer| to_js(&answer))
    }

    /// The first 50 open, likely and promising opportunities with their accounts and contacts, newest close date first,
    /// and how many there are.
    pub async fn linked(&self, least: f64) -> Result<js_sys::Array, String> {
        let fetch = format!(
            "<fetch count=\"50\" returntotalrecordcount=\"true\"><entity name=\"opportunity\"><attribute name=\"name\"/>\
             <attribute name=\"estimatedclosedate\"/><order attribute=\"estimatedclosedate\" descending=\"true\"/><filter>\
             <condition attribute=\"statecode\" operator=\"eq\" value=\"0\"/>\
             <condition attribute=\"estimatedvalue\" operator=\"gt\" value=\"{least}\"/>\
             <condition attribute=\"closeprobability\" operator=\"ge\" value=\"20\"/>\
             <condition attribute=\"opportunityratingcode\" operator=\"in\"><value>1</value><value>2</value></condition></filter>\
             <link-entity name=\"account\" from=\"accountid\" to=\"parentaccountid\" alias=\"a\">\
             <attribute name=\"name\"/><attribute name=\"address1_city\"/></link-entity>\
             <link-entity name=\"contact\" from=\"contactid\" to=\"parentcontactid\" link-type=\"outer\" alias=\"c\">\
             <attribute name=\"fullname\"/><attribute name=\"jobtitle\"/></link-entity></entity></fetch>"
        );
        self.run(&fetch).await.and_then(|answer| to_js(&answer))
    }

    /// Count and sum of the estimated revenue by owner and month of the close date.
    pub async fn months(&self) -> Result<js_sys::Array, String> {
        let fetch = "<fetch aggregate=\"true\"><entity name=\"opportunity\">\
             <attribute name=\"ownerid\" groupby=\"true\" alias=\"owner\"/>\
             <attribute name=\"estimatedclosedate\" groupby=\"true\" dategrouping=\"month\" alias=\"month\"/>\
             <attribute name=\"opportunityid\" aggregate=\"count\" alias=\"count\"/>\
             <attribute name=\"estimatedvalue\" aggregate=\"sum\" alias=\"sum\"/></entity></fetch>";
        self.run(fetch).await.and_then(|answer| to_js(&answer))
    }

    /// Writes the metadata down as a device keeps them, tables in the user's language alone, for `parse`.
    pub fn prepare(&self) -> Result<(), String> {
        let mut metadata = solution::metadata().map_err(words)?;
        metadata.tables.iter_mut().for_each(|table| table.keep_language(Language::English));
        let text = serde_json::to_string(&metadata).map_err(words)?;
        self.text.set(text).map_err(|_| "prepared already".to_owned())
    }

    /// Reads the metadata as a device keeps them, and everything in them that is a language of its own. Gives how much
    /// that was.
    pub fn parse(&self) -> Result<usize, String> {
        let metadata: Metadata =
            serde_json::from_str(self.text.get().ok_or("not prepared")?).map_err(words)?;
        let mut parsed = metadata.tables.len();
        for record in &metadata.forms {
            std::hint::black_box(model::parse_form(record));
            parsed += 1;
        }
        for record in &metadata.views {
            let (view, _) = model::parse_view(record);
            query::parse_fetch(&view.fetch_xml).map_err(words)?;
            parsed += 1;
        }
        for app in &metadata.apps {
            std::hint::black_box(model::parse_site_map(&app.site_map_xml));
            parsed += 1;
        }
        for record in &metadata.processes {
            std::hint::black_box(model::parse_process(record));
            parsed += 1;
        }
        for record in &metadata.charts {
            std::hint::black_box(model::parse_chart(record));
            parsed += 1;
        }
        for record in &metadata.dashboards {
            std::hint::black_box(model::parse_dashboard(record));
            parsed += 1;
        }
        for record in &metadata.command_sets {
            std::hint::black_box(model::parse_command_set(record));
            parsed += 1;
        }
        Ok(parsed)
    }

    /// Memory of rows now, in bytes.
    pub fn memory(&self) -> f64 {
        self.store.counters().bytes as f64
    }

    /// A durable change, as a form saves it: a journal entry in one strict transaction.
    pub async fn update(&self, id: String, value: i32) -> Result<(), String> {
        let id: RowId = id.parse().map_err(words)?;
        let table = TableName::new(TABLE);
        let row = self.store.row(&table, id).await.map_err(words)?.ok_or("there is no such row")?;
        let number = self.entries.get() + 1;
        self.entries.set(number);
        let columns = Columns::new().with("estimatedvalue", Value::Decimal(Decimal::from(value)));
        let before = Columns::new().with("estimatedvalue", row.current.columns.get("estimatedvalue").clone());
        let change = Change::Update {
            table: table.clone(),
            id,
            version: row.current.version,
            before,
            columns: columns.clone(),
        };
        let entry = JournalEntry {
            id: EntryId::from_random(number),
            sequence: 0,
            command: Command { name: "save".into(), table, id, subject: String::new(), parameters: columns },
            changes: ChangeSet(vec![change]),
            made_at: NOW,
            state: EntryState::Waiting,
            was_sent: false,
            sent_with: None,
            versions: Vec::new(),
        };
        self.store.append(vec![entry]).await.map_err(words)?;
        Ok(())
    }

    async fn run(&self, fetch: &str) -> Result<Answer, String> {
        let plan = query::parse_fetch(fetch).map_err(words)?;
        let bound = query::bind(&plan, &self.metadata, &self.caller).map_err(words)?;
        self.store.run(&bound).await.map_err(words)
    }
}

/// The total and the rows as JSON texts, one per row: what a page would get to draw.
fn to_js(answer: &Answer) -> Result<js_sys::Array, String> {
    let total = u32::try_from(answer.total.unwrap_or(0)).unwrap_or(u32::MAX);
    let rows = js_sys::Array::new();
    for row in &answer.rows {
        rows.push(&serde_json::to_string(&row.values).map_err(words)?.into());
    }
    Ok(js_sys::Array::of2(&total.into(), &rows))
}
