//! What is brought to a device: by profile, with a plan, in pages, as changes, and what leaves it again.

use crate::device::Device;
use crate::office::Office;
use crate::road::text;
use crate::world::World;
use client::message::{Coverage, FirstSyncView, Reply, Request, RowsRequest};
use model::{Columns, EntryState, ParkReason, RowId, ViewKind};
use odata::ServiceError;
use odata::http::Method;
use serde_json::json;
use std::collections::BTreeMap;
use std::rc::Rc;
use store_sql::testing::Place;

/// A profile as an administrator makes it, for the salesperson.
struct Profile<'a> {
    office: &'a Office,
    id: RowId,
    items: BTreeMap<&'static str, RowId>,
}

impl<'a> Profile<'a> {
    async fn of_rep(office: &'a Office, device: &Device) -> Self {
        let id = device.new_id();
        create(office, "mobileofflineprofiles", json!({ "mobileofflineprofileid": id, "name": "Narrow" }))
            .await;
        let user = office.find("systemusers", "domainname eq 'rep-fr@orvelux.example'").await;
        let user: RowId = user[0]["systemuserid"].as_str().unwrap().parse().unwrap();
        let bind = json!({ "mobileofflineprofileid@odata.bind": format!("/mobileofflineprofiles({id})") });
        office.patch("systemusers", user, &bind.to_string()).await;
        Self { office, id, items: BTreeMap::new() }
    }

    async fn item(&mut self, device: &Device, table: &'static str, mut more: serde_json::Value) {
        let id = device.new_id();
        let own = json!({
            "mobileofflineprofileitemid": id,
            "name": table,
            "selectedentitytypecode": table,
            "regardingobjectid@odata.bind": format!("/mobileofflineprofiles({})", self.id),
        });
        more.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        create(self.office, "mobileofflineprofileitems", more).await;
        self.items.insert(table, id);
    }

    async fn related(&self, device: &Device, table: &'static str, relationship: &str) {
        let body = json!({
            "mobileofflineprofileitemassociationid": device.new_id(),
            "name": relationship,
            "relationshipname": relationship,
            "relationshipdisplayname": relationship,
            "relationshipid": device.new_id(),
            "selectedrelationshipsschema": 0,
            "mobileofflineprofileitemid@odata.bind": format!("/mobileofflineprofileitems({})", self.items[table]),
        });
        create(self.office, "mobileofflineprofileitemassociations", body).await;
    }

    async fn change(&self, table: &str, body: serde_json::Value) {
        self.office.patch("mobileofflineprofileitems", self.items[table], &body.to_string()).await;
    }
}

async fn create(office: &Office, set: &str, body: serde_json::Value) {
    let response = office.send(Method::Post, set, &body.to_string()).await;
    assert!(response.status < 300, "{set}: {}", String::from_utf8_lossy(&response.body));
}

fn mine() -> serde_json::Value {
    json!({ "recorddistributioncriteria": 2, "recordsownedbyme": true, "recordsownedbymyteam": false,
        "recordsownedbymybusinessunit": false, "getrelatedentityrecords": true })
}

async fn plan(device: &Device) -> FirstSyncView {
    match device.ask(Request::FirstSync).await {
        Reply::FirstSync(view) => view,
        reply => panic!("{reply:?}"),
    }
}

async fn choose(device: &Device, leave_out: &[&str]) {
    let leave_out = leave_out.iter().map(|name| (*name).into()).collect();
    assert_eq!(device.ask(Request::StartFirstSync { leave_out }).await, Reply::Done(Vec::new()));
}

async fn coverage(device: &Device, table: &str) -> Coverage {
    let Reply::Views(views) =
        device.ask(Request::Views { table: table.into(), kind: ViewKind::Public }).await
    else {
        panic!("no views of {table}")
    };
    let request = RowsRequest {
        table: table.into(),
        view: views[0].id,
        search: String::new(),
        orders: Vec::new(),
        filters: Vec::new(),
        related_to: None,
        columns: Vec::new(),
        offset: 0,
        limit: 5,
    };
    match device.ask(Request::Rows(request)).await {
        Reply::Rows(rows) => rows.coverage,
        reply => panic!("{reply:?}"),
    }
}

/// The sets that were asked for rows, in order, since the last time.
fn asked(device: &Device) -> Vec<String> {
    let targets = device.network.targets.take();
    let sets = targets.iter().filter_map(|target| target.split_once("/api/data/v9.2/"));
    sets.filter_map(|(_, rest)| Some(rest.split_once("?$select=")?.0.to_owned())).collect()
}

pub async fn the_plan_says_what_comes_and_what_is_left_out_comes_later(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let device = Device::new(&world).await;
    device.sign_in("rep-fr").await;
    let view = plan(&device).await;
    assert_eq!((view.profile.as_deref(), view.is_started), (Some("Orvelux Sales"), false));
    let contacts = view.tables.iter().find(|table| table.table == *"contact").unwrap().clone();
    assert!(contacts.rows > 0 && contacts.bytes > contacts.rows * 100, "{contacts:?}");
    choose(&device, &["contact", "systemuser"]).await;
    device.sync().await;
    let counts = device.counts().await;
    assert_eq!(counts["contact"], 0);
    assert!(counts["systemuser"] > 0, "it is needed in any case");
    for planned in view.tables.iter().filter(|table| table.table != *"contact") {
        assert_eq!(counts[planned.table.as_str()], planned.rows, "{}", planned.table);
    }
    assert_eq!(coverage(&device, "contact").await, Coverage::LeftOut);
    assert_eq!(coverage(&device, "account").await, Coverage::Whole);
    asked(&device);
    choose(&device, &[]).await;
    device.sync().await;
    assert_eq!(asked(&device), ["contacts"], "the difference alone");
    assert_eq!(device.counts().await["contact"], contacts.rows);
    choose(&device, &["contact"]).await;
    device.sync().await;
    assert_eq!(device.counts().await["contact"], 0);
}

pub async fn a_first_sync_goes_on_where_a_killed_one_stood(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let whole = Device::synced(&world, "rep-fr").await;
    let counts = whole.counts().await;
    let device = Device::new(&world).await;
    device.sign_in("rep-fr").await;
    device.network.cuts_after.set(Some("/leads?"));
    device.sync_fails().await;
    let before = asked(&device);
    assert!(before.len() > 5, "{before:?}");
    assert_eq!(coverage(&device, "opportunity").await, Coverage::Arriving);
    assert!(device.counts().await["systemuser"] > 0, "what is here can be used");
    let device = device.reopened().await;
    device.network.is_cut.set(false);
    device.sync().await;
    let after = asked(&device);
    let twice: Vec<&String> = after.iter().filter(|set| before.contains(set)).collect();
    // Two tables are on their way at once, each with one page.
    assert!(twice.len() <= 3, "{twice:?}");
    assert_eq!(device.counts().await, counts);
    assert_eq!(coverage(&device, "opportunity").await, Coverage::Whole);
}

pub async fn nothing_changed_costs_one_request_after_a_restart_too(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let device = Device::synced(&world, "rep-fr").await.reopened().await;
    device.sync().await;
    assert_eq!(device.network.targets.take().len(), 1);
    world.pass(61);
    device.sync().await;
    let targets = device.network.targets.take();
    assert!(targets.len() > 1, "once an hour the user and the plan are looked at: {targets:?}");
}

pub async fn expired_links_cost_ids_and_versions_and_the_differences(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let device = Device::new(&world).await;
    device.sign_in("rep-fr").await;
    device.sync().await;
    let whole = device.network.received.take();
    let changed = device.editable("account", 1).await[0];
    world.pass(200 * 24 * 60);
    let office = Office::new(&world).await;
    office.patch("accounts", changed, r#"{"fax":"later"}"#).await;
    let task =
        office.find("tasks", "statecode eq 0").await[0]["activityid"].as_str().unwrap().parse().unwrap();
    let was_here = device.row("task", task).await.is_some();
    office.delete("tasks", task).await;
    let before = device.counts().await;
    device.sign_in("rep-fr").await;
    device.network.received.take();
    device.sync().await;
    let received = device.network.received.take();
    assert!(received * 3 < whole, "{received} of {whole} bytes");
    assert_eq!(device.text("account", changed, "fax").await, "later");
    assert!(device.row("task", task).await.is_none());
    assert_eq!(device.counts().await["task"], before["task"] - u64::from(was_here));
    device.network.targets.take();
    device.sync().await;
    assert_eq!(device.network.targets.take().len(), 1, "and then it is as before");
}

pub async fn a_changed_profile_syncs_the_difference(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let office = Office::new(&world).await;
    let device = Device::new(&world).await;
    let mut profile = Profile::of_rep(&office, &device).await;
    profile
        .item(
            &device,
            "account",
            json!({ "recorddistributioncriteria": 1, "selectedcolumns": "name,telephone1" }),
        )
        .await;
    profile.item(&device, "lead", json!({ "recorddistributioncriteria": 1, "downloadfiles": false })).await;
    device.sign_in("rep-fr").await;
    device.sync().await;
    let all = device.counts().await;
    assert!(all["account"] > 0 && all["lead"] > 0 && !all.contains_key("contact"), "{all:?}");
    let account = device.editable("account", 1).await[0];
    office.patch("accounts", account, r#"{"fax":"77"}"#).await;
    device.sync().await;
    assert_eq!(device.text("account", account, "fax").await, "", "it is not carried");
    // More columns.
    profile.change("account", json!({ "selectedcolumns": "name,telephone1,fax" })).await;
    asked(&device);
    device.sync().await;
    assert_eq!(asked(&device), ["accounts"], "of this table alone");
    assert_eq!(device.text("account", account, "fax").await, "77");
    // A new table, and what joins it with another one of the profile.
    profile.item(&device, "contact", json!({ "recorddistributioncriteria": 1 })).await;
    device.sync().await;
    assert_eq!(asked(&device), ["contacts", "contactleadscollection"]);
    assert!(device.counts().await["contact"] > 0);
    // A narrower filter.
    profile.change("account", mine()).await;
    device.sync().await;
    let now = device.counts().await;
    assert!(now["account"] > 0 && now["account"] < all["account"], "{now:?}");
    assert_eq!(now["lead"], all["lead"]);
    device.network.targets.take();
    device.sync().await;
    assert_eq!(device.network.targets.take().len(), 1);
    // A filter of one's own.
    let filter =
        format!("<filter><condition attribute='accountid' operator='eq' value='{account}'/></filter>");
    profile
        .change("account", json!({ "recorddistributioncriteria": 3, "profileitementityfilter": filter }))
        .await;
    device.sync().await;
    assert_eq!(device.counts().await["account"], 1);
    // A table less.
    office.delete("mobileofflineprofileitems", profile.items["lead"]).await;
    device.sync().await;
    assert!(device.row("lead", account).await.is_none());
    assert_eq!(device.counts().await.get("lead").copied().unwrap_or(0), 0);
}

pub async fn related_rows_come_and_go_with_the_row_they_belong_to(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let office = Office::new(&world).await;
    let device = Device::new(&world).await;
    let mut profile = Profile::of_rep(&office, &device).await;
    profile.item(&device, "quote", mine()).await;
    profile.item(&device, "quotedetail", json!({ "recorddistributioncriteria": 0 })).await;
    profile.related(&device, "quote", "quote_details").await;
    device.sign_in("rep-fr").await;
    device.sync().await;
    let counts = device.counts().await;
    assert!(counts["quote"] > 0 && counts["quotedetail"] > 0, "{counts:?}");
    let me = device.open().await.user.unwrap();
    let others = office.find("systemusers", "isdisabled eq false").await;
    let colleague = others.iter().find(|user| {
        user["_businessunitid_value"] == me.business_unit.to_string()
            && user["systemuserid"] != me.user.to_string()
    });
    let colleague = colleague.unwrap()["systemuserid"].as_str().unwrap().to_owned();
    let assign = |user: &str| json!({ "ownerid@odata.bind": format!("/systemusers({user})") }).to_string();
    let quote = device.editable("quote", 1).await[0];
    let lines = office.find("quotedetails", &format!("_quoteid_value eq {quote}")).await.len() as u64;
    assert!(lines > 0);
    office.patch("quotes", quote, &assign(&colleague)).await;
    device.sync().await;
    let now = device.counts().await;
    assert_eq!((now["quote"], now["quotedetail"]), (counts["quote"] - 1, counts["quotedetail"] - lines));
    office.patch("quotes", quote, &assign(&me.user.to_string())).await;
    device.sync().await;
    assert_eq!(device.counts().await, counts, "and back again");
}

pub async fn a_row_that_leaves_waits_for_what_is_unsent(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let device = Device::synced(&world, "rep-fr").await;
    let account = device.editable("account", 1).await[0];
    let office = Office::new(&world).await;
    let other = office.find("systemusers", "domainname eq 'rep-de@orvelux.example'").await;
    let other = other[0]["systemuserid"].as_str().unwrap();
    device.network.is_cut.set(true);
    device.save("account", account, "telephone1", "mine").await;
    office.patch("accounts", account, &format!(r#"{{"ownerid@odata.bind":"/systemusers({other})"}}"#)).await;
    device.network.is_cut.set(false);
    device.sync().await;
    assert_eq!(device.text("account", account, "telephone1").await, "mine", "the row stays with the change");
    let entries = device.entries().await;
    let reason = &entries[0].entry.state;
    assert!(
        matches!(reason, EntryState::Parked(ParkReason::Refused { .. } | ParkReason::OutOfReach { .. })),
        "{reason:?}"
    );
    assert_eq!(device.status().await.parked, 1);
    device.decide(entries[0].entry.id, client::message::Decision::Discard).await;
    device.sync().await;
    assert!(device.row("account", account).await.is_none(), "nothing holds it any more");
}

pub async fn an_environment_without_the_function_is_planned_from_the_rows_of_the_profile(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let device = Device::new(&world).await;
    let missing = || ServiceError::new(404, "0x8006088a", "Resource not found").to_response();
    device.network.instead.borrow_mut().push(("valise_RetrieveOfflinePlan", missing()));
    device.sign_in("rep-fr").await;
    let view = plan(&device).await;
    assert_eq!(view.profile.as_deref(), Some("Orvelux Sales"));
    let rows = |name: &str| view.tables.iter().find(|table| table.table == *name).map(|table| table.rows);
    assert!(rows("account").is_some_and(|rows| rows > 0), "{view:?}");
    device.sync().await;
    assert!(device.network.targets.borrow().iter().all(|target| !target.contains("offlineprofile=own")));
    assert_eq!(device.counts().await["account"], rows("account").unwrap());
    let admin = Device::new(&world).await;
    admin.network.instead.borrow_mut().push(("valise_RetrieveOfflinePlan", missing()));
    admin.sign_in("admin").await;
    let view = plan(&admin).await;
    assert!(view.profile.is_none() && view.tables.len() > 40, "every table that can be taken offline");
}

pub async fn columns_set_on_the_device_outlive_a_narrower_choice(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let office = Office::new(&world).await;
    let device = Device::new(&world).await;
    let mut profile = Profile::of_rep(&office, &device).await;
    profile.item(&device, "account", json!({ "recorddistributioncriteria": 1 })).await;
    device.sign_in("rep-fr").await;
    device.sync().await;
    let account = device.editable("account", 1).await[0];
    device.network.is_cut.set(true);
    device.command("save", "account", account, Columns::new().with("fax", text("mine"))).await;
    profile.change("account", json!({ "selectedcolumns": "name,telephone1" })).await;
    device.network.is_cut.set(false);
    device.sync().await;
    assert_eq!(office.value("accounts", account, "fax").await, "mine");
    assert_eq!(device.entries().await, []);
}
