//! Change tracking as a device uses it.

use crate::world::{ADMIN, REP, STRANGER, World, guid};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use store_sql::testing::Place;

const PREFER: (&str, &str) =
    ("prefer", "odata.track-changes,odata.maxpagesize=2,odata.include-annotations=\"*\"");

#[derive(Default)]
struct Pull {
    rows: BTreeMap<String, Json>,
    removed: BTreeMap<String, String>,
    link: String,
    pages: usize,
}

async fn pull(world: &World, user: u128, from: &str) -> Pull {
    let mut pull = Pull::default();
    let mut at = from.to_owned();
    loop {
        let answer = world.send(user, &format!("GET {at}"), &[PREFER], "").await;
        assert_eq!(answer.status, 200, "{at}: {}", answer.text());
        let page = answer.json();
        pull.pages += 1;
        for row in page["value"].as_array().unwrap() {
            if let Some(reason) = row["reason"].as_str() {
                assert!(row["@odata.context"].as_str().unwrap().ends_with("/$deletedEntity"));
                pull.removed.insert(row["id"].as_str().unwrap().to_owned(), reason.to_owned());
            } else {
                pull.rows.insert(row["accountid"].as_str().unwrap().to_owned(), row.clone());
            }
        }
        match (page["@odata.nextLink"].as_str(), page["@odata.deltaLink"].as_str()) {
            (Some(next), None) => at = next.to_owned(),
            (None, Some(delta)) => {
                pull.link = delta.to_owned();
                return pull;
            }
            other => panic!("{other:?}: {page}"),
        }
    }
}

const START: &str = "accounts?$select=name,_ownerid_value";

pub async fn a_device_follows_its_rows(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let first = pull(&world, REP, START).await;
    assert_eq!((first.rows.len(), first.pages), (3, 2));
    let row = &first.rows[&guid(1)];
    assert_eq!(row["_ownerid_value@OData.Community.Display.V1.FormattedValue"], "Rita Rep");
    assert!(row["@odata.etag"].as_str().unwrap().starts_with("W/\""));
    let nothing = pull(&world, REP, &first.link).await;
    assert!(nothing.rows.is_empty() && nothing.removed.is_empty());

    world.done(ADMIN, &format!("PATCH accounts({})", guid(1)), "{\"name\":\"Changed\"}").await;
    world.done(ADMIN, &format!("DELETE accounts({})", guid(5)), "").await;
    let assign = format!("{{\"ownerid@odata.bind\":\"/systemusers({})\"}}", guid(STRANGER));
    world.done(ADMIN, &format!("PATCH accounts({})", guid(2)), &assign).await;
    world.done(REP, "POST accounts", &format!("{{\"accountid\":\"{}\",\"name\":\"New\"}}", guid(6))).await;
    let delta = pull(&world, REP, &nothing.link).await;
    let names: Vec<&str> = delta.rows.values().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Changed", "New"]);
    let removed = [(guid(2), "changed".to_owned()), (guid(5), "deleted".to_owned())];
    assert_eq!(delta.removed, removed.into());
    assert!(delta.pages > 1);
    let nothing = pull(&world, REP, &delta.link).await;
    assert!(nothing.rows.is_empty() && nothing.removed.is_empty());
}

pub async fn a_link_expires_when_rights_change_or_time_passes(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let first = pull(&world, REP, START).await;
    let mut write = world.app.database().write().await.unwrap();
    write.give_role(crate::world::id(REP), "Sales Manager").await.unwrap();
    write.commit().await.unwrap();
    world.refused(REP, &format!("GET {}", first.link), &[PREFER], "", (410, "0x80044352")).await;
    let again = pull(&world, REP, START).await;
    assert_eq!(again.rows.len(), 5);
    world.refused(STRANGER, &format!("GET {}", again.link), &[PREFER], "", (410, "0x80044352")).await;
    world.refused(REP, "GET accounts?$deltatoken=nonsense", &[], "", (410, "0x80044352")).await;
    world.later(91 * 86_400_000);
    world.give_token(REP, "unused").await;
    let request = format!("GET {}", again.link);
    let late = world.send(REP, &request, &[PREFER], "").await;
    assert_eq!(late.status, 401, "the access token is older still");
}

pub async fn only_plain_selections_are_tracked(place: &Place) {
    let world = World::new(place).await;
    for query in
        ["$filter=name eq 'x'", "$orderby=name", "$top=3", "$expand=primarycontactid($select=fullname)"]
    {
        let answer = world.send(REP, &format!("GET accounts?$select=name&{query}"), &[PREFER], "").await;
        assert_eq!(answer.status, 501, "{query}: {}", answer.text());
    }
}
