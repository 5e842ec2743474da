//! Devices and other servers learn of changed definitions.

use crate::definitions::{add_column, attribute};
use crate::world::{ADMIN, REP, World};
use model::MetadataDelta;
use serde_json::json;
use store_sql::testing::Place;

async fn since(world: &World, version: i64) -> (u16, Option<MetadataDelta>) {
    let answer = world.ask(REP, &format!("GET /api/valise/v1/metadata?since={version}")).await;
    (answer.status, (answer.status == 200).then(|| serde_json::from_slice(&answer.body).unwrap()))
}

pub async fn a_device_learns_what_changed(place: &Place) {
    let world = World::new(place).await;
    let whole = world.ask(REP, "GET /api/valise/v1/metadata").await;
    let mut device: model::Metadata = serde_json::from_slice(&whole.body).unwrap();
    let version = device.version;
    assert_eq!(since(&world, version).await.0, 304);
    let same = [("if-none-match", whole.header("etag"))];
    assert_eq!(world.send(REP, "GET /api/valise/v1/metadata", &same, "").await.status, 304);

    add_column(&world, "lead", &attribute("String", "new_color", json!({}))).await;
    let found =
        world.ask(ADMIN, "GET savedqueries?$filter=returnedtypecode eq 'contact'&$top=1").await.json();
    let view = found["value"][0]["savedqueryid"].as_str().unwrap().to_owned();
    world.done(ADMIN, &format!("DELETE savedqueries({view})"), "").await;
    let (_, delta) = since(&world, version).await;
    let delta = delta.unwrap();
    assert_eq!((delta.from, delta.version), (Some(version), version + 2));
    assert_eq!(delta.changed.tables.len(), 1, "nothing but the table that changed");
    assert!(delta.changed.forms.is_empty() && delta.settings.is_none());
    assert_eq!(delta.removed.len(), 1);
    assert_eq!(delta.removed[0].key, view);
    delta.apply(&mut device).unwrap();
    let now: model::Metadata =
        serde_json::from_slice(&world.ask(REP, "GET /api/valise/v1/metadata").await.body).unwrap();
    assert_eq!(device, now, "the device holds what the server holds");
    for unknown in [0, -1, version + 99] {
        let (_, delta) = since(&world, unknown).await;
        assert_eq!(delta.unwrap().from, None, "who knows nothing of ours gets everything");
    }
    assert_eq!(world.ask(REP, "GET /api/valise/v1/metadata?since=x").await.status, 400);
}

pub async fn other_servers_notice_what_changed(place: &Place) {
    let world = World::new(place).await;
    let other = world.beside().await;
    assert_eq!(other.ask(ADMIN, "GET accounts?$select=new_color").await.status, 400);
    add_column(&world, "account", &attribute("String", "new_color", json!({}))).await;
    other.done(ADMIN, "POST accounts", r#"{"name":"A","new_color":"red"}"#).await;
    assert_eq!(other.ask(ADMIN, "GET accounts?$select=new_color").await.values("new_color"), ["red"]);
    let delete = "DELETE EntityDefinitions(LogicalName='account')/Attributes(LogicalName='new_color')";
    other.done(ADMIN, delete, "").await;
    assert_eq!(world.ask(ADMIN, "GET accounts?$select=new_color").await.status, 400);
    assert_eq!(world.ask(ADMIN, "GET accounts").await.values("name"), ["A"]);
}
