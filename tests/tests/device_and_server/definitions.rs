//! An administrator changes definitions while people work: what reaches an open device, and what becomes of unsent work.

use crate::device::Device;
use crate::office::Office;
use crate::road::text;
use crate::world::World;
use client::message::{Decision, Event, FailureKind, Reply, Request};
use model::{
    Columns, Depth, EntryState, Form, FormKind, Metadata, ParkReason, RemovedPart, RowId, Table, TableRights,
    View, ViewKind,
};
use odata::http::Method;
use serde_json::{Value as Json, json};
use std::rc::Rc;
use store_sql::testing::Place;

struct Scene {
    world: Rc<World>,
    office: Office,
    device: Device,
    account: RowId,
}

impl Scene {
    async fn new(place: &Place) -> Self {
        let world = Rc::new(World::new(place).await);
        let device = Device::synced(&world, "rep-fr").await;
        let account = device.editable("account", 1).await[0];
        let office = Office::new(&world).await;
        device.heard.take();
        device.network.targets.borrow_mut().clear();
        Self { world, office, device, account }
    }

    async fn change(&self, method: Method, path: &str, body: &Json) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.office.send(method, path, &body).await;
        assert!(answer.status < 300, "{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    }

    async fn add_column(&self, name: &str) {
        let column = json!({
            "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
            "SchemaName": name,
            "MaxLength": 100,
            "DisplayName": { "LocalizedLabels": [
                { "Label": "Colour", "LanguageCode": 1033 }, { "Label": "Couleur", "LanguageCode": 1036 },
            ] },
        });
        self.change(Method::Post, "EntityDefinitions(LogicalName='account')/Attributes", &column).await;
    }

    async fn remove_column(&self, name: &str) {
        let path = format!("EntityDefinitions(LogicalName='account')/Attributes(LogicalName='{name}')");
        self.change(Method::Delete, &path, &Json::Null).await;
    }
}

async fn table(device: &Device, name: &str) -> Option<Table> {
    match device.ask(Request::Table { table: name.into() }).await {
        Reply::Table(table) => Some(table),
        Reply::Failed(failure) if failure.kind == FailureKind::NotFound => None,
        reply => panic!("{reply:?}"),
    }
}

async fn form(device: &Device) -> Form {
    let request = Request::Form { table: "account".into(), kind: FormKind::Main, form: None };
    match device.ask(request).await {
        Reply::Form(form) => form,
        reply => panic!("{reply:?}"),
    }
}

async fn views(device: &Device) -> Vec<View> {
    match device.ask(Request::Views { table: "account".into(), kind: ViewKind::Public }).await {
        Reply::Views(views) => views,
        reply => panic!("{reply:?}"),
    }
}

fn has_told(device: &Device) -> bool {
    device.heard.take().contains(&Event::Metadata)
}

fn asked_for(device: &Device, part: &str) -> usize {
    device.network.targets.borrow().iter().filter(|target| target.contains(part)).count()
}

pub async fn a_new_column_reaches_an_open_device_and_is_edited_offline(place: &Place) {
    let scene = Scene::new(place).await;
    let Scene { office, device, account, .. } = &scene;
    let rows = device.counts().await["account"];
    device.sync().await;
    assert_eq!(asked_for(device, ""), 1, "the version of the definitions costs no request");
    scene.add_column("new_color").await;
    office.patch("accounts", *account, r#"{"new_color":"rouge"}"#).await;
    device.network.targets.borrow_mut().clear();
    device.sync().await;
    assert!(has_told(device), "the page is told");
    assert_eq!(asked_for(device, "metadata?since="), 1, "what changed is asked for, not everything");
    let column = table(device, "account").await.unwrap().column("new_color").cloned().unwrap();
    assert_eq!(column.label.text(model::Language::French), "Couleur");
    assert_eq!(device.text("account", *account, "new_color").await, "rouge", "its values came, too");
    assert_eq!(device.counts().await["account"], rows, "no row has left");
    device.network.targets.borrow_mut().clear();
    device.sync().await;
    assert_eq!(asked_for(device, ""), 1, "and that was all");

    device.network.is_cut.set(true);
    device.save("account", *account, "new_color", "bleu").await;
    let Scene { office, device, account, .. } = scene;
    let device = device.reopened().await;
    assert_eq!(device.text("account", account, "new_color").await, "bleu", "without a network as well");
    assert!(table(&device, "account").await.unwrap().column("new_color").is_some());
    device.network.is_cut.set(false);
    device.sync().await;
    assert_eq!(office.value("accounts", account, "new_color").await, "bleu");
    assert_eq!(device.entries().await, []);
}

pub async fn rows_stay_while_a_table_is_fetched_again(place: &Place) {
    let scene = Scene::new(place).await;
    let Scene { device, .. } = &scene;
    let rows = device.counts().await["account"];
    scene.add_column("new_color").await;
    // The definitions come, then the network breaks before the table does.
    device.network.cuts_after.set(Some("RetrieveOfflinePlan"));
    assert_eq!(device.sync_fails().await.kind, FailureKind::Offline);
    assert!(table(device, "account").await.unwrap().column("new_color").is_some());
    assert_eq!(device.counts().await["account"], rows);
    assert!(device.open().await.is_synced, "the lists are still whole");
    device.network.is_cut.set(false);
    device.sync().await;
    assert_eq!(device.counts().await["account"], rows);
}

pub async fn a_changed_form_reaches_an_open_device(place: &Place) {
    let scene = Scene::new(place).await;
    let Scene { office, device, account, .. } = &scene;
    let before = form(device).await;
    device.save("account", *account, "telephone1", "+33 1 11").await;
    let found = office.find("systemforms", "objecttypecode eq 'account' and type eq 2").await;
    let id = found[0]["formid"].as_str().unwrap();
    let xml = found[0]["formxml"]
        .as_str()
        .unwrap()
        .replace("datafieldname=\"fax\"", "datafieldname=\"address2_line3\"");
    scene.change(Method::Patch, &format!("systemforms({id})"), &json!({ "formxml": xml })).await;
    device.sync().await;
    assert!(has_told(device));
    let after = form(device).await;
    assert_eq!(after.id, before.id);
    let columns = |form: &Form| -> Vec<String> {
        let controls = form.cells().filter_map(|cell| cell.control.as_ref()?.column.as_ref());
        controls.map(ToString::to_string).collect()
    };
    assert!(columns(&before).contains(&"fax".to_owned()) && !columns(&after).contains(&"fax".to_owned()));
    assert!(columns(&after).contains(&"address2_line3".to_owned()));
    assert_eq!(asked_for(device, "accounts?$select"), 0, "a form changes no row");
    assert_eq!(office.value("accounts", *account, "telephone1").await, "+33 1 11");
}

pub async fn a_removed_view_leaves_the_list(place: &Place) {
    let scene = Scene::new(place).await;
    let Scene { device, .. } = &scene;
    let before = views(device).await;
    let removed = before.last().unwrap().id;
    scene.change(Method::Delete, &format!("savedqueries({removed})"), &Json::Null).await;
    device.sync().await;
    assert!(has_told(device));
    let after = views(device).await;
    assert_eq!(after.len(), before.len() - 1);
    assert!(after.iter().all(|view| view.id != removed));
    let device = scene.device.reopened().await;
    assert_eq!(views(&device).await, after);
}

pub async fn an_entry_that_names_a_removed_column_is_parked_with_the_reason(place: &Place) {
    let scene = Scene::new(place).await;
    scene.add_column("new_color").await;
    let Scene { office, device, account, .. } = &scene;
    device.sync().await;
    device.network.is_cut.set(true);
    let both = Columns::new().with("new_color", text("bleu")).with("telephone1", text("+33 1 22"));
    device.command("save", "account", *account, both.clone()).await;
    device.save("account", *account, "new_color", "vert").await;
    let other = device.editable("account", 2).await[1];
    device.save("account", other, "telephone1", "+33 1 33").await;
    scene.remove_column("new_color").await;
    device.network.is_cut.set(false);
    device.sync().await;
    assert_eq!(
        office.value("accounts", other, "telephone1").await,
        "+33 1 33",
        "the rest of the journal goes on"
    );
    let entries = device.entries().await;
    assert_eq!(entries.len(), 2);
    let part = RemovedPart {
        table: "account".into(),
        column: Some("new_color".into()),
        label: "Couleur".to_owned(),
    };
    for entry in &entries {
        assert_eq!(entry.entry.state, EntryState::Parked(ParkReason::Removed(vec![part.clone()])));
    }
    assert_eq!(device.status().await.parked, 2);
    assert_eq!(device.text("account", *account, "telephone1").await, "+33 1 22", "still over the row");

    device.decide(entries[0].entry.id, Decision::DropRemoved).await;
    device.decide(entries[1].entry.id, Decision::Discard).await;
    device.sync().await;
    assert_eq!(device.entries().await, []);
    assert_eq!(office.value("accounts", *account, "telephone1").await, "+33 1 22");
}

pub async fn an_entry_goes_on_when_its_column_comes_back(place: &Place) {
    let scene = Scene::new(place).await;
    scene.add_column("new_color").await;
    let Scene { office, device, account, .. } = &scene;
    device.sync().await;
    device.network.is_cut.set(true);
    device.save("account", *account, "new_color", "bleu").await;
    scene.remove_column("new_color").await;
    device.network.is_cut.set(false);
    device.sync().await;
    assert_eq!(device.status().await.parked, 1);
    scene.add_column("new_color").await;
    device.sync().await;
    assert_eq!(device.entries().await, []);
    assert_eq!(office.value("accounts", *account, "new_color").await, "bleu");
}

pub async fn tables_come_and_go_with_their_rows(place: &Place) {
    let scene = Scene::new(place).await;
    let label = |text: &str| json!({ "LocalizedLabels": [{ "Label": text, "LanguageCode": 1036 }] });
    let project = json!({
        "SchemaName": "new_Project",
        "DisplayName": label("Projet"),
        "DisplayCollectionName": label("Projets"),
        "OwnershipType": "OrganizationOwned",
        "Attributes": [{
            "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
            "SchemaName": "new_Name",
            "IsPrimaryName": true,
            "DisplayName": label("Nom"),
        }],
    });
    scene.change(Method::Post, "EntityDefinitions", &project).await;
    scene.change(Method::Post, "new_projects", &json!({ "new_name": "Pont" })).await;
    scene.allow("new_project").await;
    let Scene { device, .. } = &scene;
    device.sync().await;
    assert!(table(device, "new_project").await.is_some());
    assert_eq!(device.counts().await.get("new_project"), None, "the profile does not name it");
    scene.carry("new_project").await;
    device.sync().await;
    assert_eq!(device.counts().await.get("new_project"), Some(&1));
    let found = Request::Find { tables: vec!["new_project".into()], search: String::new(), limit: 5 };
    let Reply::Found(found) = device.ask(found).await else { panic!() };
    assert_eq!(found[0].reference.name.as_deref(), Some("Pont"));
    let id = found[0].reference.id;
    device.network.is_cut.set(true);
    device.save("new_project", id, "new_name", "Tunnel").await;
    scene.change(Method::Delete, "EntityDefinitions(LogicalName='new_project')", &Json::Null).await;
    device.network.is_cut.set(false);
    device.sync().await;
    assert_eq!(table(device, "new_project").await, None);
    assert_eq!(device.counts().await.get("new_project"), None);
    let entries = device.entries().await;
    let part = RemovedPart { table: "new_project".into(), column: None, label: "Projet".to_owned() };
    assert_eq!(entries[0].entry.state, EntryState::Parked(ParkReason::Removed(vec![part])));
    device.decide(entries[0].entry.id, Decision::Discard).await;
    let device = scene.device.reopened().await;
    device.sync().await;
    assert_eq!(device.entries().await, []);
    assert_eq!(device.status().await.problem, None);
}

impl Scene {
    /// Every role may read and write a table.
    async fn allow(&self, table: &str) {
        let all = TableRights {
            create: Depth::Organization,
            read: Depth::Organization,
            write: Depth::Organization,
            ..TableRights::default()
        };
        let database = self.world.database();
        let mut write = database.write().await.unwrap();
        let mut role = write.role("Salesperson").await.unwrap().unwrap();
        role.privileges.0.insert(table.into(), all);
        write.put_role(&role).await.unwrap();
        write.commit().await.unwrap();
        self.world.restart().await;
    }

    /// The salespeople's offline profile names a table.
    async fn carry(&self, table: &str) {
        let profiles = self.office.find("mobileofflineprofiles", "name eq 'Orvelux Sales'").await;
        let profile = profiles[0]["mobileofflineprofileid"].as_str().unwrap();
        let item = json!({
            "name": table,
            "selectedentitytypecode": table,
            "recorddistributioncriteria": 1,
            "regardingobjectid@odata.bind": format!("/mobileofflineprofiles({profile})"),
        });
        self.change(Method::Post, "mobileofflineprofileitems", &item).await;
    }
}

pub async fn an_upgrade_of_the_solution_keeps_what_the_org_made(place: &Place) {
    let scene = Scene::new(place).await;
    scene.add_column("new_color").await;
    let Scene { world, office, device, account } = &scene;
    office.patch("accounts", *account, r#"{"new_color":"rouge"}"#).await;
    let mine = views(device).await[0].id;
    scene.change(Method::Patch, &format!("savedqueries({mine})"), &json!({ "name": "Ours" })).await;
    device.sync().await;
    device.heard.take();

    let mut newer: Metadata = solution::metadata().unwrap();
    newer.version += 1;
    let accounts = newer.tables.iter_mut().find(|table| table.name == *"account").unwrap();
    let mut column = accounts.column("fax").unwrap().clone();
    column.name = "fax2".into();
    accounts.columns.push(column);
    let mut upgraded = newer.views.iter().filter(|view| view.table == *"account").map(|view| view.id);
    let other = upgraded.find(|id| *id != mine).unwrap();
    for view in newer.views.iter_mut().filter(|view| view.id == mine || view.id == other) {
        view.name = model::Label::one(model::Language::French, "Plus récente");
    }
    let database = world.database();
    database.apply_metadata(&newer).await.unwrap();
    device.sync().await;
    assert!(has_told(device));
    let account_table = table(device, "account").await.unwrap();
    assert!(account_table.column("new_color").is_some() && account_table.column("fax2").is_some());
    assert_eq!(device.text("account", *account, "new_color").await, "rouge");
    device.save("account", *account, "fax2", "+33 9").await;
    device.sync().await;
    assert_eq!(office.value("accounts", *account, "fax2").await, "+33 9");
    let metadata = database.metadata().await.unwrap().unwrap();
    let name = |id| {
        let view = metadata.views.iter().find(|view| view.id == id).unwrap();
        view.name.text(model::Language::French).to_owned()
    };
    assert_eq!(name(other), "Plus récente");
    assert_ne!(name(mine), "Plus récente", "what the org changed stays as the org has it");
    // An older program on the newer database changes nothing.
    let version = metadata.version;
    world.restart().await;
    assert_eq!(world.database().metadata().await.unwrap().unwrap().version, version);
}
