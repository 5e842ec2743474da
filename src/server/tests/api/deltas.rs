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

/// Rows as lists of values are asked for, and said to be so; what changed comes row by row.
pub async fn whole_tables_come_packed_when_asked_for(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let prefer = ("prefer", "odata.track-changes,valise.rows=packed,omit-values=nulls");
    let get = format!("GET {START}");
    let answer = world.send(REP, &get, &[prefer], "").await;
    assert!(answer.header("preference-applied").contains("valise.rows=packed"));
    let page = answer.json();
    let columns: Vec<&str> =
        page["@valise.columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(columns, ["@odata.etag", "accountid", "name", "_ownerid_value"]);
    let whole = pull(&world, REP, START).await;
    let rows = page["value"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        let same = &whole.rows[row[1].as_str().unwrap()];
        let owner = &page["@valise.references"][row[3].as_u64().unwrap() as usize];
        for (packed, property) in [
            (&row[2], "name"),
            (&owner[0], "_ownerid_value"),
            (&owner[1], "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"),
            (&owner[2], "_ownerid_value@OData.Community.Display.V1.FormattedValue"),
        ] {
            assert_eq!(*packed, same[property], "{property} of {row}");
        }
        assert_eq!(same["@odata.etag"], format!("W/\"{}\"", row[0]), "{row}");
    }
    let link = page["@odata.deltaLink"].as_str().unwrap();
    world.done(ADMIN, &format!("PATCH accounts({})", guid(1)), "{\"name\":\"Changed\"}").await;
    for (target, tracked) in [(format!("GET {link}"), true), (get, false)] {
        let prefer = if tracked { prefer } else { ("prefer", "valise.rows=packed") };
        let answer = world.send(REP, &target, &[prefer], "").await;
        let applied = answer.header("preference-applied");
        assert!(!applied.contains("valise.rows"), "{target}: {applied}");
        assert!(answer.json()["value"][0]["name"].is_string(), "{target}");
    }
}

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
    // All rows would be the wrong answer.
    let link = pull(&world, REP, START).await.link;
    let count = link.replace("/accounts?", "/accounts/$count?");
    assert_eq!(world.ask(REP, &format!("GET {count}")).await.status, 501);
}

pub async fn whole_tables_come_without_nulls_and_deltas_with_what_was_cleared(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let wish = "odata.track-changes,valise.formatted-values=references,omit-values=nulls,\
                odata.include-annotations=\"OData.Community.Display.V1.FormattedValue,\
                Microsoft.Dynamics.CRM.lookuplogicalname\"";
    let lean = [("prefer", wish)];
    let select = "$select=name,fax,statecode,_ownerid_value,_parentaccountid_value";
    let first = world.send(REP, &format!("GET accounts?{select}"), &lean, "").await;
    assert!(first.header("preference-applied").contains("omit-values=nulls"));
    let page = first.json();
    let row = page["value"].as_array().unwrap().iter().find(|row| row["name"] == "Rep's").unwrap();
    let mut names: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = [
        "@odata.etag",
        "_ownerid_value",
        "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname",
        "_ownerid_value@OData.Community.Display.V1.FormattedValue",
        "accountid",
        "name",
        "statecode",
    ];
    assert_eq!(names, expected);

    let line = format!("PATCH accounts({})?{select}", guid(1));
    let both = [("prefer", "return=representation,omit-values=nulls")];
    let written = world.send(ADMIN, &line, &both, "{\"fax\":\"1\"}").await;
    assert!(!written.header("preference-applied").contains("omit-values"));
    let cleared = world.send(ADMIN, &line, &both, "{\"fax\":null}").await;
    assert_eq!(cleared.json().get("fax"), Some(&Json::Null), "a write answers what it cleared");

    let delta =
        world.send(REP, &format!("GET {}", page["@odata.deltaLink"].as_str().unwrap()), &lean, "").await;
    assert!(!delta.header("preference-applied").contains("omit-values"));
    assert!(delta.header("preference-applied").contains("odata.track-changes"));
    assert_eq!(delta.json()["value"][0].get("fax"), Some(&Json::Null), "a delta says what was cleared");

    let line = format!("GET accounts({})?{select}", guid(1));
    let one = world.send(REP, &line, &[("prefer", "omit-values=nulls")], "").await;
    assert_eq!(one.header("preference-applied"), "omit-values=nulls");
    assert!(one.json().get("fax").is_none() && one.json()["name"] == "Rep's");
    let plain = world.ask(REP, "GET accounts?$select=fax&$filter=name eq 'Rep''s'").await;
    assert_eq!(plain.json()["value"][0].get("fax"), Some(&Json::Null), "nobody asked");
}
