//! A salesperson's day on the road, an administrator at a desk, and every way it can go wrong.

use crate::device::Device;
use crate::office::Office;
use crate::world::World;
use client::message::{Decision, FailureKind, SyncPhase};
use model::{Columns, EntryState, ParkReason, Reference, RowId, Value};
use odata::http::HttpResponse;
use std::rc::Rc;
use store_sql::testing::Place;

/// A salesperson's synced device, an administrator at a desk, and an account of the salesperson.
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
        Self { world, office, device, account }
    }
}

fn reference(table: &str, id: RowId) -> Value {
    Value::Reference(Reference { table: table.into(), id, name: None })
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub async fn the_first_sync_brings_what_the_plan_says(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let device = Device::new(&world).await;
    assert!(device.open().await.user.is_none());
    device.sign_in("rep-fr").await;
    assert!(!device.open().await.is_synced);
    device.sync().await;
    let opened = device.open().await;
    assert!(opened.is_synced);
    assert_eq!(opened.user.unwrap().locale, "fr-FR");
    let counts = device.counts().await;
    for table in ["account", "contact", "lead", "opportunity", "task", "appointment", "systemuser"] {
        assert!(counts[table] > 0, "{table}: {counts:?}");
    }
    assert_eq!(device.status().await.problem, None);
    device.network.targets.borrow_mut().clear();
    device.sync().await;
    assert_eq!(device.network.targets.borrow().len(), 1, "nothing changed: one request");
    assert_eq!(device.counts().await, counts);
    device.network.is_cut.set(true);
    let device = device.reopened().await;
    assert!(device.open().await.is_synced, "everything is there without a network");
    assert_eq!(device.counts().await, counts);
}

pub async fn what_is_edited_offline_reaches_the_server_once(place: &Place) {
    let Scene { office, device, account, .. } = Scene::new(place).await;
    device.network.is_cut.set(true);
    device.save("account", account, "telephone1", "+33 1 99").await;
    assert_eq!(device.sync_fails().await.kind, FailureKind::Offline);
    assert_eq!(device.status().await.phase, SyncPhase::Offline);
    let device = device.reopened().await;
    assert_eq!(device.text("account", account, "telephone1").await, "+33 1 99");
    assert_eq!(device.status().await.pending, 1);
    device.network.is_cut.set(false);
    device.sync().await;
    assert_eq!(office.value("accounts", account, "telephone1").await, "+33 1 99");
    assert_eq!(device.status().await.pending, 0);
    assert_eq!(device.text("account", account, "telephone1").await, "+33 1 99");
    let version = office.value("accounts", account, "@odata.etag").await;
    device.sync().await;
    assert_eq!(office.value("accounts", account, "@odata.etag").await, version, "nothing is sent twice");
    let row = device.row("account", account).await.unwrap();
    assert_eq!(format!("W/\"{}\"", row.version.unwrap().0), version.as_str().unwrap());
}

pub async fn new_rows_that_need_each_other_arrive_together(place: &Place) {
    let Scene { office, device, .. } = Scene::new(place).await;
    device.network.is_cut.set(true);
    let (account, contact, opportunity) = (device.new_id(), device.new_id(), device.new_id());
    let columns = Columns::new().with("name", text("Lumière & fils"));
    device.command("create", "account", account, columns).await;
    let columns = Columns::new()
        .with("firstname", text("Zoë"))
        .with("lastname", text("Ç"))
        .with("parentcustomerid", reference("account", account));
    device.command("create", "contact", contact, columns).await;
    let columns = Columns::new()
        .with("name", text("Éclairage du hall"))
        .with("parentaccountid", reference("account", account))
        .with("parentcontactid", reference("contact", contact))
        .with("estimatedvalue", Value::Decimal("12345.67".parse().unwrap()));
    device.command("create", "opportunity", opportunity, columns).await;
    device.save("account", account, "telephone1", "12").await;
    device.save("account", account, "telephone1", "13").await;
    device.command("delete", "contact", contact, Columns::new()).await;
    assert_eq!(device.status().await.pending, 6);
    device.network.is_cut.set(false);
    device.sync().await;
    assert_eq!(device.entries().await, []);
    assert_eq!(office.value("accounts", account, "telephone1").await, "13");
    assert!(office.row("contacts", contact).await.is_none());
    let sold = office.row("opportunities", opportunity).await.unwrap();
    assert_eq!(sold["_parentaccountid_value"], account.to_string());
    assert_eq!(sold["_customerid_value"], account.to_string());
    assert_eq!(sold["estimatedvalue"].to_string(), "12345.67");
    assert_eq!(device.text("opportunity", opportunity, "name").await, "Éclairage du hall");
}

pub async fn a_lost_answer_makes_nothing_twice_even_when_the_server_restarts_in_between(place: &Place) {
    let Scene { world, office, device, account } = Scene::new(place).await;
    let lead = device.new_id();
    let columns = Columns::new().with("lastname", text("Oncely")).with("subject", text("Once"));
    device.command("create", "lead", lead, columns).await;
    device.save("account", account, "telephone1", "4711").await;
    device.network.loses.borrow_mut().push("$batch");
    assert_eq!(device.sync_fails().await.kind, FailureKind::Offline);
    assert_eq!(office.find("leads", "lastname eq 'Oncely'").await.len(), 1, "the server has it");
    let version = office.value("accounts", account, "@odata.etag").await;
    assert_eq!(device.status().await.pending, 2, "the device does not know it");
    world.restart().await;
    let device = device.reopened().await;
    device.sync().await;
    assert_eq!(office.find("leads", "lastname eq 'Oncely'").await.len(), 1);
    assert_eq!(office.value("accounts", account, "@odata.etag").await, version, "written once");
    assert_eq!(device.entries().await, []);
    assert_eq!(device.text("account", account, "telephone1").await, "4711");
}

pub async fn a_closed_tab_between_answer_and_pull_loses_nothing(place: &Place) {
    let Scene { office, device, account, .. } = Scene::new(place).await;
    device.save("account", account, "telephone1", "4711").await;
    device.sync_fails_after_push().await;
    assert_eq!(office.value("accounts", account, "telephone1").await, "4711");
    let version = office.value("accounts", account, "@odata.etag").await;
    let device = device.reopened().await;
    assert_eq!(device.status().await.pending, 1);
    device.sync().await;
    assert_eq!(device.status().await.pending, 0);
    assert_eq!(office.value("accounts", account, "@odata.etag").await, version);
}

pub async fn what_others_clear_is_cleared_on_the_device(place: &Place) {
    let Scene { world, office, device, account } = Scene::new(place).await;
    let full = "{\"telephone1\":\"1\",\"fax\":\"2\",\"primarycontactid@odata.bind\":null}";
    office.patch("accounts", account, full).await;
    device.sync().await;
    assert_eq!(device.text("account", account, "telephone1").await, "1");
    office.patch("accounts", account, "{\"telephone1\":null}").await;
    device.sync().await;
    assert_eq!(device.text("account", account, "telephone1").await, "", "a change says so");
    assert_eq!(device.text("account", account, "fax").await, "2");
    // The delta link expires: the table comes again as a whole, without what has no value.
    world.pass(200 * 24 * 60);
    Office::new(&world).await.patch("accounts", account, "{\"fax\":null}").await;
    device.sign_in("rep-fr").await;
    device.sync().await;
    assert_eq!(device.text("account", account, "fax").await, "", "a whole table says so by leaving it out");
    let row = device.row("account", account).await.unwrap();
    for column in ["telephone1", "fax", "primarycontactid"] {
        assert!(row.columns.has(column), "{column} has no value, which is not the same as unknown");
    }
}

pub async fn other_columns_of_others_are_merged(place: &Place) {
    let Scene { office, device, account, .. } = Scene::new(place).await;
    let contact = device.editable("contact", 1).await[0];
    device.network.is_cut.set(true);
    device.save("account", account, "telephone1", "mine").await;
    device.save("contact", contact, "firstname", "Augusta").await;
    office.patch("accounts", account, r#"{"fax":"theirs"}"#).await;
    office.patch("contacts", contact, r#"{"lastname":"King"}"#).await;
    device.network.is_cut.set(false);
    device.sync().await;
    assert_eq!(device.entries().await, []);
    let row = office.row("accounts", account).await.unwrap();
    assert_eq!((row["telephone1"].as_str(), row["fax"].as_str()), (Some("mine"), Some("theirs")));
    assert_eq!(device.text("account", account, "fax").await, "theirs");
    assert_eq!(office.value("contacts", contact, "fullname").await, "Augusta King");
    assert_eq!(device.text("contact", contact, "fullname").await, "Augusta King");
}

/// Both changed the telephone; the device has found out. Gives the parked entry.
async fn in_conflict(scene: &Scene) -> model::EntryId {
    let Scene { office, device, account, .. } = scene;
    let other = device.editable("account", 2).await.into_iter().find(|id| id != account).unwrap();
    device.network.is_cut.set(true);
    let columns =
        Columns::new().with("telephone1", text("mine")).with("websiteurl", text("https://mine.example"));
    device.command("save", "account", *account, columns).await;
    device.save("account", other, "telephone1", "passes").await;
    office.patch("accounts", *account, r#"{"telephone1":"theirs","fax":"theirs"}"#).await;
    device.network.is_cut.set(false);
    device.sync().await;
    assert_eq!(
        office.value("accounts", other, "telephone1").await,
        "passes",
        "the rest of the queue goes on"
    );
    assert_eq!(office.value("accounts", *account, "telephone1").await, "theirs");
    let entries = device.entries().await;
    assert_eq!(entries.len(), 1);
    let conflicts = &entries[0].conflicts;
    assert_eq!(conflicts.len(), 1);
    assert_eq!((&conflicts[0].mine, &conflicts[0].theirs), (&text("mine"), &text("theirs")));
    assert_eq!(device.text("account", *account, "telephone1").await, "mine", "the user still sees their own");
    assert!(device.row("account", *account).await.unwrap().needs_attention);
    let status = device.status().await;
    assert_eq!((status.pending, status.parked), (1, 1));
    entries[0].entry.id
}

pub async fn a_conflict_is_resolved_by_keeping_mine(place: &Place) {
    let scene = Scene::new(place).await;
    let entry = in_conflict(&scene).await;
    let Scene { office, device, account, .. } = scene;
    device.decide(entry, Decision::KeepMine(Vec::new())).await;
    device.sync().await;
    let row = office.row("accounts", account).await.unwrap();
    assert_eq!((row["telephone1"].as_str(), row["fax"].as_str()), (Some("mine"), Some("theirs")));
    assert_eq!(row["websiteurl"], "https://mine.example");
    assert_eq!(device.entries().await, []);
}

pub async fn a_conflict_is_resolved_by_keeping_theirs(place: &Place) {
    let scene = Scene::new(place).await;
    let entry = in_conflict(&scene).await;
    let Scene { office, device, account, .. } = scene;
    device.decide(entry, Decision::KeepTheirs).await;
    device.sync().await;
    let row = office.row("accounts", account).await.unwrap();
    assert_eq!(row["telephone1"], "theirs");
    assert_eq!(row["websiteurl"], "https://mine.example", "the rest of the entry stands");
    assert_eq!(device.entries().await, []);
    assert_eq!(device.text("account", account, "telephone1").await, "theirs");
}

pub async fn a_row_deleted_by_others_waits_for_the_user(place: &Place) {
    let Scene { office, device, .. } = Scene::new(place).await;
    let task = device.new_id();
    device.command("create", "task", task, Columns::new().with("subject", text("Call back"))).await;
    device.sync().await;
    device.network.is_cut.set(true);
    device.save("task", task, "description", "mine").await;
    office.delete("tasks", task).await;
    device.network.is_cut.set(false);
    device.sync().await;
    let entries = device.entries().await;
    assert_eq!(entries.len(), 1);
    let state = &entries[0].entry.state;
    assert!(matches!(state, EntryState::Parked(ParkReason::Conflict { deleted: true, .. })), "{state:?}");
    device.decide(entries[0].entry.id, Decision::Discard).await;
    assert_eq!(device.entries().await, []);
    assert!(device.row("task", task).await.is_none());
}

pub async fn a_row_assigned_away_leaves_the_device(place: &Place) {
    let Scene { world, office, device, account } = Scene::new(place).await;
    let other = Device::synced(&world, "rep-de").await;
    assert!(other.row("account", account).await.is_none(), "the other business unit does not see it");
    let user = other.open().await.user.unwrap().user;
    let body = format!(r#"{{"ownerid@odata.bind":"/systemusers({user})"}}"#);
    office.patch("accounts", account, &body).await;
    device.sync().await;
    other.sync().await;
    assert!(device.row("account", account).await.is_none());
    assert!(other.row("account", account).await.is_some());
}

pub async fn a_refused_change_is_parked_with_the_servers_words(place: &Place) {
    let Scene { office, device, account, .. } = Scene::new(place).await;
    device.network.is_cut.set(true);
    device.save("account", account, "telephone1", "mine").await;
    let contact = device.new_id();
    let columns = Columns::new()
        .with("lastname", text("Of the account"))
        .with("parentcustomerid", reference("account", account));
    device.command("create", "contact", contact, columns).await;
    // The account changes hands within the business unit: still seen, no longer writable.
    let colleagues = office.find("systemusers", "isdisabled eq false").await;
    let me = device.open().await.user.unwrap();
    let colleague = colleagues.iter().find(|user| {
        user["_businessunitid_value"] == me.business_unit.to_string()
            && user["systemuserid"] != me.user.to_string()
    });
    let colleague = colleague.expect("a colleague in the same business unit")["systemuserid"].clone();
    let body = format!(r#"{{"ownerid@odata.bind":"/systemusers({})"}}"#, colleague.as_str().unwrap());
    office.patch("accounts", account, &body).await;
    device.network.is_cut.set(false);
    device.sync().await;
    let entries = device.entries().await;
    assert_eq!(entries.len(), 1, "the contact passes: {entries:?}");
    let EntryState::Parked(ParkReason::Refused { status, message, .. }) = &entries[0].entry.state else {
        panic!("{:?}", entries[0].entry.state)
    };
    assert_eq!(*status, 403);
    assert!(!message.is_empty());
    assert!(office.row("contacts", contact).await.is_some());
    device.decide(entries[0].entry.id, Decision::Discard).await;
    assert_ne!(device.text("account", account, "telephone1").await, "mine");
}

pub async fn an_expired_token_is_refreshed_and_an_expired_sign_in_loses_nothing(place: &Place) {
    let Scene { world, office, device, account } = Scene::new(place).await;
    world.pass(3 * 60);
    device.save("account", account, "telephone1", "after three hours").await;
    device.sync().await;
    let office = {
        drop(office);
        Office::new(&world).await
    };
    assert_eq!(office.value("accounts", account, "telephone1").await, "after three hours");
    world.pass(40 * 24 * 60);
    device.save("account", account, "telephone1", "after forty days").await;
    assert_eq!(device.sync_fails().await.kind, FailureKind::SignInNeeded);
    assert_eq!(device.status().await.phase, SyncPhase::SignInNeeded);
    let device = device.reopened().await;
    assert_eq!(device.text("account", account, "telephone1").await, "after forty days");
    device.sign_in("rep-fr").await;
    device.sync().await;
    let office = {
        drop(office);
        Office::new(&world).await
    };
    assert_eq!(office.value("accounts", account, "telephone1").await, "after forty days");
    assert_eq!(device.status().await.pending, 0);
}

pub async fn another_user_cannot_take_a_device_with_unsent_work(place: &Place) {
    let Scene { device, account, .. } = Scene::new(place).await;
    device.save("account", account, "telephone1", "unsent").await;
    let refused = device.try_sign_in("rep-de").await;
    assert_eq!(refused.unwrap_err().kind, FailureKind::UnsentWork);
    assert_eq!(device.text("account", account, "telephone1").await, "unsent");
    device.sign_in("rep-fr").await;
    device.sync().await;
    device.sign_in("rep-de").await;
    assert!(device.row("account", account).await.is_none(), "the former user's rows are gone");
    device.sync().await;
    assert!(device.row("account", account).await.is_none());
}

pub async fn a_busy_server_is_left_alone_for_a_while(place: &Place) {
    let Scene { office, device, account, .. } = Scene::new(place).await;
    device.save("account", account, "telephone1", "later").await;
    let busy = HttpResponse {
        status: 429,
        headers: vec![("retry-after".to_owned(), "30".to_owned())],
        body: Vec::new(),
    };
    device.network.instead.borrow_mut().push(("$batch", busy));
    assert_eq!(device.sync_fails().await.kind, FailureKind::Offline);
    assert_eq!(device.status().await.pending, 1);
    device.sync().await;
    assert_eq!(office.value("accounts", account, "telephone1").await, "later");
}

pub async fn an_expired_delta_link_reconciles_without_losing_own_work(place: &Place) {
    let Scene { world, office, device, account } = Scene::new(place).await;
    let task = device.new_id();
    device.command("create", "task", task, Columns::new().with("subject", text("Gone soon"))).await;
    device.sync().await;
    world.pass(200 * 24 * 60);
    drop(office);
    let office = Office::new(&world).await;
    office.delete("tasks", task).await;
    device.sign_in("rep-fr").await;
    device.save("account", account, "telephone1", "mine").await;
    let before = device.counts().await;
    device.sync().await;
    assert!(device.row("task", task).await.is_none());
    assert_eq!(device.counts().await["account"], before["account"]);
    assert_eq!(office.value("accounts", account, "telephone1").await, "mine");
}

pub async fn two_devices_of_one_user_converge(place: &Place) {
    let Scene { world, office, device: tablet, account } = Scene::new(place).await;
    let phone = Device::synced(&world, "rep-fr").await;
    tablet.network.is_cut.set(true);
    phone.network.is_cut.set(true);
    tablet.save("account", account, "telephone1", "tablet").await;
    phone.save("account", account, "fax", "phone").await;
    phone.save("account", account, "description", "first").await;
    phone.save("account", account, "description", "second").await;
    for device in [&tablet, &phone, &tablet] {
        device.network.is_cut.set(false);
        device.sync().await;
    }
    let server = office.row("accounts", account).await.unwrap();
    for (column, value) in [("telephone1", "tablet"), ("fax", "phone"), ("description", "second")] {
        assert_eq!(server[column], value);
        assert_eq!(tablet.text("account", account, column).await, value);
        assert_eq!(phone.text("account", account, column).await, value);
    }
    assert_eq!((tablet.status().await.pending, phone.status().await.pending), (0, 0));
}
