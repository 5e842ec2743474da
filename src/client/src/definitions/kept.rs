//! The org's metadata as it is kept on the device: one record for each kind of part, so that a start reads as values only
//! what the first screen needs, and a change writes only what it changes.

use model::component::{KindVisitor, Part, visit_kinds};
use model::{
    AppRecord, ChartRecord, CommandSetRecord, ComponentKey, ComponentKind, DashboardRecord, FormRecord,
    Language, Metadata, MetadataDelta, OrganizationSettings, ProcessRecord, RowId, Table, ViewRecord,
};
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::collections::BTreeSet;
use store::{Store, StoreError};

/// The record with the version and what holds for the whole org.
const HEAD: &str = "definitions";
/// The records of an older build: the whole metadata in one, and its ETag.
const OLD_RECORDS: [&str; 2] = ["metadata", "metadata-tag"];

/// What the device knows of its definitions as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// The version of the metadata.
    pub version: i64,
    /// The language whose texts are kept of the tables.
    pub language: Language,
    /// The org they are of; none where an older build kept them.
    pub organization: Option<RowId>,
    /// What holds for the whole org.
    pub settings: OrganizationSettings,
}

/// The records as they were read.
pub struct Kept {
    /// The whole.
    pub head: Head,
    /// Every table, in the head's language.
    pub tables: Vec<Table>,
    /// Everything else.
    pub screens: Screens,
}

/// Parts of one kind: bytes until somebody asks.
struct Lazy<T> {
    bytes: Vec<u8>,
    list: OnceCell<Vec<T>>,
}

/// Forms, views and whatever else screens are made of.
pub struct Screens {
    forms: Lazy<FormRecord>,
    views: Lazy<ViewRecord>,
    apps: Lazy<AppRecord>,
    processes: Lazy<ProcessRecord>,
    charts: Lazy<ChartRecord>,
    dashboards: Lazy<DashboardRecord>,
    command_sets: Lazy<CommandSetRecord>,
}

impl<T: Part> Lazy<T> {
    const fn of(bytes: Vec<u8>) -> Self {
        Self { bytes, list: OnceCell::new() }
    }

    fn ready(list: Vec<T>) -> Self {
        Self { bytes: Vec::new(), list: OnceCell::from(list) }
    }

    /// A list that cannot be read counts as empty; its record was checked when it was written.
    fn get(&self) -> &[T] {
        self.list.get_or_init(|| serde_json::from_slice(&self.bytes).unwrap_or_default())
    }
}

impl Screens {
    /// Every form.
    pub fn forms(&self) -> &[FormRecord] {
        self.forms.get()
    }

    /// Every view.
    pub fn views(&self) -> &[ViewRecord] {
        self.views.get()
    }

    /// Every app.
    pub fn apps(&self) -> &[AppRecord] {
        self.apps.get()
    }

    /// Every business process flow.
    pub fn processes(&self) -> &[ProcessRecord] {
        self.processes.get()
    }

    /// Every dashboard.
    pub fn dashboards(&self) -> &[DashboardRecord] {
        self.dashboards.get()
    }

    /// Everything as values, beside these tables.
    pub fn with(&self, tables: &Metadata) -> Metadata {
        Metadata {
            forms: self.forms.get().to_vec(),
            views: self.views.get().to_vec(),
            apps: self.apps.get().to_vec(),
            processes: self.processes.get().to_vec(),
            charts: self.charts.get().to_vec(),
            dashboards: self.dashboards.get().to_vec(),
            command_sets: self.command_sets.get().to_vec(),
            ..tables.clone()
        }
    }

    fn of(metadata: &mut Metadata) -> Self {
        Self {
            forms: Lazy::ready(std::mem::take(&mut metadata.forms)),
            views: Lazy::ready(std::mem::take(&mut metadata.views)),
            apps: Lazy::ready(std::mem::take(&mut metadata.apps)),
            processes: Lazy::ready(std::mem::take(&mut metadata.processes)),
            charts: Lazy::ready(std::mem::take(&mut metadata.charts)),
            dashboards: Lazy::ready(std::mem::take(&mut metadata.dashboards)),
            command_sets: Lazy::ready(std::mem::take(&mut metadata.command_sets)),
        }
    }
}

fn record_of(kind: ComponentKind) -> String {
    format!("{HEAD}/{}", kind.name())
}

/// Reads what is kept; nothing before the first sign-in, and nothing when a record is damaged: it is fetched again.
pub async fn load(store: &Store) -> Result<Option<Kept>, StoreError> {
    let mut keys = vec![HEAD.to_owned()];
    keys.extend(ComponentKind::ALL.map(record_of));
    let mut records = store.get_many_meta(&keys).await?.into_iter();
    let mut next = || records.next().flatten();
    let Some(head) = next().and_then(|bytes| serde_json::from_slice::<Head>(&bytes).ok()) else {
        return load_old(store).await;
    };
    let mut of_kind = ComponentKind::ALL.map(|kind| (kind, next()));
    let mut take = |wanted: ComponentKind| {
        of_kind.iter_mut().find(|(kind, _)| *kind == wanted).and_then(|(_, bytes)| bytes.take())
    };
    let tables = take(ComponentKind::Table).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(tables) = tables else { return Ok(None) };
    let mut bytes = |kind| take(kind).unwrap_or_default();
    let screens = Screens {
        forms: Lazy::of(bytes(ComponentKind::Form)),
        views: Lazy::of(bytes(ComponentKind::View)),
        apps: Lazy::of(bytes(ComponentKind::App)),
        processes: Lazy::of(bytes(ComponentKind::Process)),
        charts: Lazy::of(bytes(ComponentKind::Chart)),
        dashboards: Lazy::of(bytes(ComponentKind::Dashboard)),
        command_sets: Lazy::of(bytes(ComponentKind::CommandSet)),
    };
    Ok(Some(Kept { head, tables, screens }))
}

/// What an older build kept serves until the server is asked again.
async fn load_old(store: &Store) -> Result<Option<Kept>, StoreError> {
    let [metadata, _] = OLD_RECORDS;
    let old: Option<Metadata> = super::read(store, metadata).await?;
    let profile: Option<model::UserProfile> = super::read(store, super::records::PROFILE).await?;
    Ok(old.zip(profile).map(|(metadata, profile)| {
        // Its version says nothing of the server's present one.
        let metadata = Metadata { version: 0, ..metadata };
        Changed::of(MetadataDelta::whole(metadata), Metadata::default(), profile.language, None).kept
    }))
}

/// Definitions on their way onto the device.
pub struct Changed {
    /// As they are from now on.
    pub kept: Kept,
    /// What is other than before.
    pub what: What,
}

/// What is other than before.
pub struct What {
    /// Kinds of part of which some are.
    kinds: BTreeSet<ComponentKind>,
    /// The parts that are others or new.
    pub changed: Vec<ComponentKey>,
    /// The parts that are gone.
    pub removed: Vec<ComponentKey>,
    /// True when everything came anew.
    pub is_whole: bool,
}

impl Changed {
    /// Changes what was known. A delta from another base than `known` is a defect of whoever asked for it, and replaces
    /// nothing: the caller asks for everything then.
    pub fn apply(
        delta: MetadataDelta,
        known: Metadata,
        language: Language,
        organization: RowId,
    ) -> Result<Self, model::component::OtherBase> {
        if let Some(expected) = delta.from.filter(|from| *from != known.version) {
            return Err(model::component::OtherBase { expected, found: known.version });
        }
        Ok(Self::of(delta, known, language, Some(organization)))
    }

    fn of(
        mut delta: MetadataDelta,
        mut known: Metadata,
        language: Language,
        organization: Option<RowId>,
    ) -> Self {
        delta.changed.tables.iter_mut().for_each(|table| table.keep_language(language));
        let is_whole = delta.from.is_none();
        let (changed, removed) = (delta.changed_keys(), delta.removed.clone());
        let kinds = if is_whole {
            ComponentKind::ALL.into_iter().collect()
        } else {
            changed.iter().chain(&removed).map(|key| key.kind).collect()
        };
        // The base was compared before; a whole has none.
        let settled = delta.apply(&mut known);
        debug_assert!(settled.is_ok(), "the base is the same");
        let head = Head { version: known.version, language, organization, settings: known.settings.clone() };
        let tables = std::mem::take(&mut known.tables);
        let kept = Kept { head, tables, screens: Screens::of(&mut known) };
        Self { kept, what: What { kinds, changed, removed, is_whole } }
    }

    /// The records to be written.
    pub fn records(&self) -> Result<Vec<(String, Vec<u8>)>, serde_json::Error> {
        let mut records = vec![(HEAD.to_owned(), serde_json::to_vec(&self.kept.head)?)];
        let tables = Metadata { tables: self.kept.tables.clone(), ..Metadata::default() };
        let metadata = self.kept.screens.with(&tables);
        let mut writing = Writing { metadata: &metadata, kinds: &self.what.kinds, records: &mut records };
        visit_kinds(&mut writing)?;
        Ok(records)
    }

    /// The records that nobody needs any more.
    pub fn forgotten() -> Vec<String> {
        OLD_RECORDS.map(str::to_owned).to_vec()
    }
}

struct Writing<'a> {
    metadata: &'a Metadata,
    kinds: &'a BTreeSet<ComponentKind>,
    records: &'a mut Vec<(String, Vec<u8>)>,
}

impl KindVisitor for Writing<'_> {
    type Error = serde_json::Error;

    fn visit<T: Part>(&mut self) -> Result<(), serde_json::Error> {
        if self.kinds.contains(&T::KIND) {
            self.records.push((record_of(T::KIND), serde_json::to_vec(T::list(self.metadata))?));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;
    use model::component::OtherBase;
    use std::rc::Rc;
    use store::{MemoryBlocks, Redefinition};

    fn solution() -> Metadata {
        Metadata { version: 5, ..solution::metadata().unwrap() }
    }

    fn store() -> Store {
        block_on(Store::open(Rc::new(MemoryBlocks::new()))).unwrap()
    }

    fn keep(store: &Store, changed: &Changed) -> Vec<String> {
        let records = changed.records().unwrap();
        let keys = records.iter().map(|(key, _)| key.clone()).collect();
        let forgotten = Changed::forgotten();
        block_on(store.redefine(Redefinition { records, forgotten, ..Redefinition::default() })).unwrap();
        keys
    }

    fn loaded(store: &Store) -> Metadata {
        let Kept { head, tables, screens } = block_on(load(store)).unwrap().unwrap();
        let tables =
            Metadata { version: head.version, settings: head.settings, tables, ..Metadata::default() };
        screens.with(&tables)
    }

    fn whole(language: Language) -> Changed {
        let delta = MetadataDelta::whole(solution());
        Changed::apply(delta, Metadata::default(), language, RowId::from_u128(1)).unwrap()
    }

    #[test]
    fn what_is_kept_comes_back_with_the_tables_in_one_language() {
        let store = store();
        assert!(block_on(load(&store)).unwrap().is_none());
        assert_eq!(keep(&store, &whole(Language::German)).len(), 9, "the head and every kind");
        let mut expected = solution();
        expected.tables.iter_mut().for_each(|table| table.keep_language(Language::German));
        assert_eq!(loaded(&store), expected);
    }

    #[test]
    fn a_change_writes_only_the_kinds_it_changes() {
        let store = store();
        keep(&store, &whole(Language::French));
        let known = loaded(&store);
        let mut form = known.forms[0].clone();
        form.form_xml = "<form/>".to_owned();
        let view = model::component::key_of(&known.views[0]);
        let delta = MetadataDelta {
            from: Some(5),
            version: 6,
            changed: Metadata { version: 6, forms: vec![form.clone()], ..Metadata::default() },
            removed: vec![view],
            settings: None,
        };
        let changed = Changed::apply(delta, known.clone(), Language::French, RowId::from_u128(1)).unwrap();
        assert_eq!(keep(&store, &changed), ["definitions", "definitions/form", "definitions/view"]);
        let now = loaded(&store);
        assert_eq!((now.version, &now.forms[0], now.views.len()), (6, &form, known.views.len() - 1));
        assert_eq!((&now.tables, &now.apps), (&known.tables, &known.apps));
    }

    #[test]
    fn a_delta_of_another_base_is_not_taken() {
        let delta = MetadataDelta { from: Some(4), version: 6, ..MetadataDelta::default() };
        let refused = Changed::apply(delta, solution(), Language::French, RowId::from_u128(1)).err();
        assert_eq!(refused, Some(OtherBase { expected: 4, found: 5 }));
    }

    #[test]
    fn what_is_damaged_is_fetched_again() {
        let store = store();
        keep(&store, &whole(Language::French));
        block_on(store.put_meta("definitions/table", b"[")).unwrap();
        assert!(block_on(load(&store)).unwrap().is_none());
    }
}
