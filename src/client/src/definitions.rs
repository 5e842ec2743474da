//! The org's metadata and the user's profile as they are kept on the device, parsed once when a screen first asks.

pub(crate) mod kept;

use crate::message::Failure;
use kept::{Kept, Screens, What};
use model::{
    ColumnName, ComponentKind, Form, FormId, FormKind, FormRecord, Language, Metadata, Problem, Right, RowId,
    Table, TableName, Timestamp, UserProfile, View, ViewId, ViewKind,
};
use query::{Caller, Plan};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use store::{Store, StoreError};
use sync::{Carried, SyncTables};

/// The records of the store that hold the definitions.
pub(crate) mod records {
    /// JSON of `model::UserProfile`.
    pub const PROFILE: &str = "profile";
    /// JSON of `SyncPlan`.
    pub const PLAN: &str = "plan";
    /// When the definitions, the user and the plan were asked for last.
    pub const DEFINITIONS_AT: &str = "definitions-at";
    /// The last complete sync.
    pub const SYNCED_AT: &str = "synced-at";
}

/// What the caller will sync, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncPlan {
    /// The tables.
    pub tables: Vec<PlannedTable>,
    /// The offline profile it follows; none where the user has none.
    #[serde(default)]
    pub profile: Option<NamedProfile>,
    /// The server cuts rows by the profile, in this version of it; none for one that cannot.
    #[serde(default)]
    pub version: Option<String>,
    /// Of the device: tables that the user leaves on the server.
    #[serde(default)]
    pub left_out: BTreeSet<TableName>,
    /// Of the device: the user has seen the plan and wants it.
    #[serde(default)]
    pub is_started: bool,
}

/// An offline profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NamedProfile {
    /// Its id.
    pub id: RowId,
    /// Its name.
    pub name: String,
}

impl SyncPlan {
    /// The same as the server gave it, with what the user said on this device.
    pub fn with_choices_of(self, known: Option<&Self>) -> Self {
        let Some(known) = known else { return self };
        Self { left_out: known.left_out.clone(), is_started: known.is_started, ..self }
    }

    /// The tables that come to the device.
    pub fn carried_tables(&self) -> impl Iterator<Item = &PlannedTable> {
        self.tables.iter().filter(|planned| !self.left_out.contains(&planned.table))
    }

    fn carried(&self) -> Carried {
        let columns = |planned: &PlannedTable| Some((planned.table.clone(), planned.columns.clone()?));
        Carried {
            by_profile: self.version.is_some(),
            columns: self.tables.iter().filter_map(columns).collect(),
        }
    }
}

/// A table to sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlannedTable {
    /// Its name.
    pub table: TableName,
    /// The rows the caller may read, about.
    #[serde(default)]
    pub rows: u64,
    /// What they take as JSON, about.
    #[serde(default)]
    pub bytes: u64,
    /// The columns that are carried; none for all.
    #[serde(default)]
    pub columns: Option<BTreeSet<ColumnName>>,
    /// Files and pictures come along.
    #[serde(default)]
    pub files: bool,
}

/// The definitions of one org for one user.
pub(crate) struct Definitions {
    pub profile: UserProfile,
    pub sync: SyncTables,
    /// What is synced, in which order.
    pub plan: SyncPlan,
    /// Rows to be expected by the first sync.
    pub expected_rows: u64,
    /// The org that the definitions are of, where that is known.
    pub organization: Option<RowId>,
    /// The language whose texts the tables have.
    kept_language: Language,
    screens: Screens,
    tables: HashMap<TableName, Arc<Table>>,
    views: RefCell<HashMap<TableName, Rc<Vec<View>>>>,
    plans: RefCell<HashMap<ViewId, Rc<Plan>>>,
    forms: RefCell<HashMap<FormId, Rc<Form>>>,
    problems: RefCell<Vec<Problem>>,
}

impl Definitions {
    /// Takes the definitions kept on the device; nothing before the first sync.
    pub async fn load(store: &Store) -> Result<Option<Self>, StoreError> {
        let (Some(kept), Some(profile), Some(plan)) = (
            kept::load(store).await?,
            read(store, records::PROFILE).await?,
            read(store, records::PLAN).await?,
        ) else {
            return Ok(None);
        };
        Ok(Some(Self::new(kept, profile, &plan)))
    }

    pub fn new(kept: Kept, profile: UserProfile, plan: &SyncPlan) -> Self {
        let Kept { head, tables, screens } = kept;
        let metadata =
            Metadata { version: head.version, settings: head.settings, tables, ..Metadata::default() };
        let tables: HashMap<TableName, Arc<Table>> =
            metadata.tables.iter().map(|table| (table.name.clone(), Arc::new(table.clone()))).collect();
        let synced =
            plan.carried_tables().filter_map(|planned| tables.get(&planned.table).cloned()).collect();
        Self {
            profile,
            sync: SyncTables {
                metadata: Rc::new(metadata),
                tables: synced,
                derive: sales::derive,
                carried: plan.carried(),
            },
            expected_rows: plan.carried_tables().map(|planned| planned.rows).sum(),
            plan: plan.clone(),
            organization: head.organization,
            kept_language: head.language,
            screens,
            tables,
            views: RefCell::default(),
            plans: RefCell::default(),
            forms: RefCell::default(),
            problems: RefCell::default(),
        }
    }

    pub const fn language(&self) -> Language {
        self.profile.language
    }

    /// The tables and what holds for the whole org: what rules and questions must know. The other lists are empty here.
    pub fn metadata(&self) -> &Metadata {
        &self.sync.metadata
    }

    /// What screens are made of.
    pub const fn screens(&self) -> &Screens {
        &self.screens
    }

    /// Everything there is, as values.
    pub fn everything(&self) -> Metadata {
        self.screens.with(self.metadata())
    }

    /// The version that a delta can lead on from; none when the user has another language or org by now.
    pub fn base_for(&self, user: &UserProfile) -> Option<i64> {
        let is_of_user = self.organization == Some(user.organization) && self.kept_language == user.language;
        is_of_user.then_some(self.metadata().version)
    }

    /// Takes over what was parsed of definitions that have not changed.
    pub fn take_over(&self, old: &Self, changed: &What) {
        if changed.is_whole || old.language() != self.language() {
            return;
        }
        let keys = || changed.changed.iter().chain(&changed.removed);
        let is_same = |kind: ComponentKind, key: &str| keys().all(|it| it.kind != kind || it.key != key);
        let old_views = old.screens.views().iter().chain(self.screens.views());
        let other_views: BTreeSet<&TableName> = old_views
            .filter(|view| !is_same(ComponentKind::View, &view.id.to_string()))
            .map(|view| &view.table)
            .collect();
        let views = old.views.borrow();
        let same = views.iter().filter(|(table, _)| !other_views.contains(table));
        self.views.borrow_mut().extend(same.map(|(table, views)| (table.clone(), Rc::clone(views))));
        let plans = old.plans.borrow();
        let same = plans.iter().filter(|(id, _)| is_same(ComponentKind::View, &id.to_string()));
        self.plans.borrow_mut().extend(same.map(|(id, plan)| (*id, Rc::clone(plan))));
        let forms = old.forms.borrow();
        let same = forms.iter().filter(|(id, _)| is_same(ComponentKind::Form, &id.to_string()));
        self.forms.borrow_mut().extend(same.map(|(id, form)| (*id, Rc::clone(form))));
    }

    /// Every table, for the store.
    pub fn all_tables(&self) -> Vec<Arc<Table>> {
        self.tables.values().cloned().collect()
    }

    pub fn table(&self, name: &TableName) -> Result<&Arc<Table>, Failure> {
        self.tables.get(name).ok_or_else(|| Failure::no_definition("table", name.as_str()))
    }

    /// True when the user may read rows of the table.
    pub fn may_read(&self, table: &TableName) -> bool {
        self.may(table, Right::Read)
    }

    /// True when the user may do this to some rows of the table.
    pub fn may(&self, table: &TableName, right: Right) -> bool {
        self.profile.privileges.depth(table.as_str(), right) > model::Depth::None
    }

    /// A table's views of every kind.
    pub fn views(&self, table: &TableName) -> Rc<Vec<View>> {
        if let Some(views) = self.views.borrow().get(table) {
            return Rc::clone(views);
        }
        let records = self.screens.views().iter().filter(|record| record.table == *table);
        let views: Vec<View> = records
            .map(|record| {
                let (mut view, problems) = model::parse_view(record);
                self.problems.borrow_mut().extend(problems);
                view.name.keep(self.language());
                view
            })
            .collect();
        let views = Rc::new(views);
        self.views.borrow_mut().insert(table.clone(), Rc::clone(&views));
        views
    }

    /// A view by its id.
    pub fn view(&self, table: &TableName, id: ViewId) -> Result<View, Failure> {
        let views = self.views(table);
        let view = views.iter().find(|view| view.id == id).cloned();
        view.ok_or_else(|| Failure::no_definition("view", &id.to_string()))
    }

    /// The quick find view of a table.
    pub fn quick_find_view(&self, table: &TableName) -> Option<View> {
        let views = self.views(table);
        let mut quick = views.iter().filter(|view| view.kind == ViewKind::QuickFind);
        quick.clone().find(|view| view.is_default).or_else(|| quick.next()).cloned()
    }

    /// The query of a view.
    pub fn plan(&self, view: &View) -> Result<Rc<Plan>, Failure> {
        if let Some(plan) = self.plans.borrow().get(&view.id) {
            return Ok(Rc::clone(plan));
        }
        let plan = Rc::new(query::parse_fetch(&view.fetch_xml)?);
        self.plans.borrow_mut().insert(view.id, Rc::clone(&plan));
        Ok(plan)
    }

    /// A form: a certain one, else the one meant for the user.
    pub fn form(&self, table: &TableName, kind: FormKind, id: Option<FormId>) -> Result<Rc<Form>, Failure> {
        let of_kind: Vec<&FormRecord> = self
            .screens
            .forms()
            .iter()
            .filter(|record| record.table == *table && record.kind == number_of(kind))
            .collect();
        let record = match id {
            Some(id) => of_kind.iter().find(|record| record.id == id).copied(),
            None => self.form_for_user(&of_kind),
        };
        record
            .map(|record| self.parsed_form(record))
            .ok_or_else(|| Failure::no_definition("form of", table.as_str()))
    }

    /// The forms of a kind that the user's roles get, in their order, the default one before its equals.
    pub fn forms_for_user(&self, table: &TableName, kind: FormKind) -> Vec<Rc<Form>> {
        let records = self.screens.forms().iter();
        let records = records.filter(|record| record.table == *table && record.kind == number_of(kind));
        let mut forms: Vec<_> = records.map(|record| (record.is_default, self.parsed_form(record))).collect();
        forms.sort_by_key(|(is_default, form)| (form.display.order.unwrap_or(u32::MAX), !is_default));
        let roles = || self.profile.roles.iter().map(String::as_str);
        forms.into_iter().map(|(_, form)| form).filter(|form| form.display.admits(roles())).collect()
    }

    /// The first form in the order of the forms that the user's roles get, the default one before its equals; else the
    /// fallback form; else the default one, because a row can always be opened.
    fn form_for_user<'r>(&self, records: &[&'r FormRecord]) -> Option<&'r FormRecord> {
        if let [only] = records {
            return Some(only);
        }
        let mut forms: Vec<_> = records.iter().map(|record| (*record, self.parsed_form(record))).collect();
        forms.sort_by_key(|(record, form)| (form.display.order.unwrap_or(u32::MAX), !record.is_default));
        let roles = || self.profile.roles.iter().map(String::as_str);
        let admitted = forms.iter().find(|(_, form)| form.display.admits(roles()));
        let chosen = admitted
            .or_else(|| forms.iter().find(|(_, form)| form.display.fallback))
            .or_else(|| forms.iter().find(|(record, _)| record.is_default))
            .or_else(|| forms.first());
        chosen.map(|(record, _)| *record)
    }

    fn parsed_form(&self, record: &FormRecord) -> Rc<Form> {
        if let Some(form) = self.forms.borrow().get(&record.id) {
            return Rc::clone(form);
        }
        let (mut form, problems) = model::parse_form(record);
        self.problems.borrow_mut().extend(problems);
        form.keep_language(self.language());
        let form = Rc::new(form);
        self.forms.borrow_mut().insert(record.id, Rc::clone(&form));
        form
    }

    /// Notes what could not be used of a definition.
    pub fn note_problems(&self, problems: Vec<Problem>) {
        self.problems.borrow_mut().extend(problems);
    }

    /// What could not be used of the definitions parsed so far.
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.borrow().clone()
    }

    /// The user as the one who asks.
    pub fn caller(&self, now: Timestamp) -> Caller {
        let profile = &self.profile;
        Caller {
            user: profile.user,
            business_unit: profile.business_unit,
            teams: profile.teams.clone(),
            language: profile.language,
            time_zone: profile.time_zone.clone(),
            now,
            first_weekday: model::text::first_weekday(&profile.locale),
            fiscal: self.metadata().settings.fiscal,
        }
    }

    /// The name a row is shown by.
    pub fn row_name(table: &Table, columns: &model::Columns) -> String {
        columns.get(table.primary_name.as_str()).as_text().unwrap_or_default().to_owned()
    }

    /// The label of a column, or its logical name.
    pub fn column_label(&self, table: &TableName, column: &ColumnName) -> String {
        let found = self.tables.get(table).and_then(|table| table.column(column.as_str()));
        found.map_or(column.as_str(), |column| column.text(self.language())).to_owned()
    }

    /// The label of a table, or its logical name.
    pub fn table_label(&self, table: &TableName) -> String {
        let found = self.tables.get(table).map(|table| table.label.text(self.language()));
        found.filter(|label| !label.is_empty()).unwrap_or(table.as_str()).to_owned()
    }

    /// The business units below the user's own, as far as they are on the device.
    pub async fn units_below(&self, store: &Store) -> Result<Vec<RowId>, Failure> {
        units_below(self.profile.business_unit, self.metadata(), store).await
    }
}

/// Reads a record of JSON; one that cannot be read counts as absent and is fetched again.
pub(crate) async fn read<T: for<'de> Deserialize<'de>>(
    store: &Store,
    key: &str,
) -> Result<Option<T>, StoreError> {
    Ok(store.get_meta(key).await?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Keeps a record as JSON.
pub(crate) async fn keep<T: Serialize>(store: &Store, key: &str, value: &T) -> Result<(), Failure> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        let message = format!("the record “{key}” cannot be written down: {error}");
        Failure::new(crate::message::FailureKind::Internal, message)
    })?;
    Ok(store.put_meta(key, &bytes).await?)
}

/// `systemform.type`
const fn number_of(kind: FormKind) -> i32 {
    match kind {
        FormKind::Main => 2,
        FormKind::QuickView => 6,
        FormKind::QuickCreate => 7,
        FormKind::Card => 11,
        FormKind::Other(number) => number,
    }
}

async fn units_below(own: RowId, metadata: &Metadata, store: &Store) -> Result<Vec<RowId>, Failure> {
    use query::{Output, OutputColumn, Page, Plan};
    if metadata.table("businessunit").is_none() {
        return Ok(Vec::new());
    }
    let plan = Plan {
        table: "businessunit".into(),
        output: Output::Columns(vec![OutputColumn::named("parentbusinessunitid")]),
        filter: None,
        links: Vec::new(),
        orders: Vec::new(),
        distinct: false,
        page: Page::default(),
        wants_total: false,
        sorts_choices_by_number: false,
    };
    let caller = Caller {
        user: own,
        business_unit: own,
        teams: Vec::new(),
        language: Language::English,
        time_zone: model::TimeZone::utc(),
        now: Timestamp::from_milliseconds(0),
        first_weekday: 1,
        fiscal: metadata.settings.fiscal,
    };
    let answer = store.run(&query::bind(&plan, metadata, &caller)?).await?;
    let parents: Vec<(RowId, RowId)> = answer
        .rows
        .iter()
        .filter_map(|row| Some((row.id?, row.values.first()?.as_reference()?.id)))
        .collect();
    let mut below: Vec<RowId> = Vec::new();
    let mut reached = vec![own];
    while let Some(unit) = reached.pop() {
        for (child, _) in parents.iter().filter(|(_, parent)| *parent == unit) {
            if !below.contains(child) {
                below.push(*child);
                reached.push(*child);
            }
        }
    }
    Ok(below)
}
