//! Creating, changing, deleting.

use crate::world::{ADMIN, DOLLAR, REP, World, guid, id, reference, text};
use model::Columns;
use store_sql::testing::Place;

pub async fn rows_are_created_with_all_that_follows(place: &Place) {
    let world = World::new(place).await;
    let body = format!(
        "{{\"accountid\":\"{}\",\"name\":\"Acme\",\"revenue\":100,\"transactioncurrencyid@odata.bind\":\"/transactioncurrencies({})\"}}",
        guid(7),
        guid(DOLLAR)
    );
    let answer = world.done(REP, "POST accounts", &body).await;
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.header("odata-entityid"),
        format!("http://valise.test/api/data/v9.2/accounts({})", guid(7))
    );
    let row = world.ask(REP, &format!("GET accounts({})", guid(7))).await;
    assert_eq!(row.header("etag"), answer.header("etag"));
    let json = row.json();
    for (name, expected) in [
        ("_ownerid_value", guid(REP)),
        ("_owninguser_value", guid(REP)),
        ("_createdby_value", guid(REP)),
        ("_owningbusinessunit_value", guid(crate::world::NORTH)),
        ("createdon", "2025-11-24T16:00:00Z".to_owned()),
        ("modifiedon", "2025-11-24T16:00:00Z".to_owned()),
    ] {
        assert_eq!(json[name].as_str(), Some(expected.as_str()), "{name}");
    }
    assert_eq!((json["statecode"].as_i64(), json["statuscode"].as_i64()), (Some(0), Some(1)));
    assert_eq!(
        (json["exchangerate"].as_f64(), json["revenue_base"].as_f64()),
        (Some(1.25), Some(80.0)),
        "{json}"
    );
    assert_eq!(json["donotphone"], false);

    let contact = "{\"firstname\":\"Zoë\",\"lastname\":\"Martin\",\"parentcustomerid_account@odata.bind\":\"/accounts(00000000-0000-0000-0000-000000000007)\"}";
    let answer = world
        .send(REP, "POST contacts?$select=fullname", &[("prefer", "return=representation")], contact)
        .await;
    assert_eq!(
        (answer.status, answer.json()["fullname"].as_str()),
        (201, Some("Zoë Martin")),
        "{}",
        answer.text()
    );
    assert!(answer.json().get("firstname").is_none());

    world.refused(REP, "POST accounts", &[], &body, (412, "0x80040237")).await;
    for (body, expected) in [
        ("{\"nosuch\":1}", (400, "0x80060888")),
        ("{\"name\":17}", (400, "0x80040203")),
        ("{", (400, "0x80040203")),
        ("{\"name\":\"x\",\"industrycode\":9999}", (400, "0x80040203")),
        ("{\"name\":\"x\",\"statecode\":0,\"statuscode\":2}", (400, "0x80048408")),
        (
            "{\"name\":\"x\",\"parentaccountid@odata.bind\":\"/accounts(00000000-0000-0000-0000-000000000404)\"}",
            (404, "0x80040217"),
        ),
    ] {
        world.refused(REP, "POST accounts", &[], body, expected).await;
    }
    let long = format!("{{\"name\":\"{}\"}}", "n".repeat(161));
    world.refused(REP, "POST accounts", &[], &long, (400, "0x80044331")).await;
    assert_eq!(world.ask(REP, "GET accounts/$count").await.text(), "1", "nothing of the refused ones stayed");
    assert_eq!(world.ask(REP, "POST WinOpportunity").await.status, 404);
    assert_eq!(world.ask(REP, "PUT accounts").await.status, 405);
}

pub async fn changes_meet_what_they_expect(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let line = format!("PATCH accounts({})", guid(1));
    let first = world.done(REP, &line, "{\"name\":\"One\"}").await;
    let old = first.header("etag").to_owned();
    let second = world.send(REP, &line, &[("if-match", old.as_str())], "{\"telephone1\":\"1\"}").await;
    assert_eq!(second.status, 204, "{}", second.text());
    let new = second.header("etag").to_owned();
    assert_ne!(old, new);
    world
        .refused(REP, &line, &[("if-match", old.as_str())], "{\"name\":\"Late\"}", (412, "0x80060882"))
        .await;
    world.refused(REP, &line, &[("if-match", "nonsense")], "{\"name\":\"x\"}", (400, "0x80040203")).await;
    world.refused(REP, &line, &[("if-none-match", "*")], "{\"name\":\"x\"}", (412, "0x80040237")).await;
    let full = world
        .send(
            REP,
            &format!("{line}?$select=name,telephone1"),
            &[("if-match", "*"), ("prefer", "return=representation")],
            "{\"name\":\"Three\"}",
        )
        .await;
    let json = full.json();
    assert_eq!(
        (full.status, json["name"].as_str(), json["telephone1"].as_str()),
        (200, Some("Three"), Some("1"))
    );
    assert_eq!(json["@odata.etag"].as_str(), Some(full.header("etag")));

    // A row that is not there: made, unless the client says that it must be.
    let line = format!("PATCH accounts({})", guid(50));
    world.refused(REP, &line, &[("if-match", "*")], "{\"name\":\"x\"}", (404, "0x80040217")).await;
    world.refused(REP, &line, &[("if-match", "W/\"3\"")], "{\"name\":\"x\"}", (404, "0x80040217")).await;
    assert_eq!(world.send(REP, &line, &[("if-none-match", "*")], "{\"name\":\"Upsert\"}").await.status, 204);
    let wrong = format!("{{\"accountid\":\"{}\",\"name\":\"x\"}}", guid(51));
    world.refused(REP, &line, &[], &wrong, (400, "0x80040203")).await;

    let line = format!("DELETE accounts({})", guid(1));
    world.refused(REP, &line, &[("if-match", old.as_str())], "", (412, "0x80060882")).await;
    let etag = full.header("etag").to_owned();
    assert_eq!(world.send(REP, &line, &[("if-match", etag.as_str())], "").await.status, 204);
    world.refused(REP, &line, &[], "", (404, "0x80040217")).await;
}

pub async fn what_only_the_server_writes_stays_the_servers(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let body = format!(
        "{{\"name\":\"x\",\"createdon\":\"2001-01-01T00:00:00Z\",\"_createdby_value\":\"{}\"}}",
        guid(ADMIN)
    );
    let line = format!("PATCH accounts({})", guid(1));
    let answer = world.send(REP, &line, &[], &body).await;
    if answer.status == 204 {
        let row = world.ask(REP, &format!("GET accounts({})?$select=createdon", guid(1))).await.json();
        assert!(row["createdon"].is_null(), "{row}");
    } else {
        assert_eq!(answer.status, 400, "{}", answer.text());
    }
}

pub async fn references_are_set_and_cleared_by_address(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let contact = Columns::new()
        .with("fullname", text("Zoë"))
        .with("ownerid", reference("systemuser", REP))
        .with("owningbusinessunit", reference("businessunit", crate::world::NORTH));
    world.insert("contact", vec![(21, contact)]).await;
    let address = format!("accounts({})/primarycontactid/$ref", guid(1));
    let body = format!("{{\"@odata.id\":\"http://valise.test/api/data/v9.2/contacts({})\"}}", guid(21));
    world.done(REP, &format!("PUT {address}"), &body).await;
    let value = format!("GET accounts({})/_primarycontactid_value", guid(1));
    assert_eq!(world.ask(REP, &value).await.json()["value"].as_str(), Some(guid(21).as_str()));
    world.done(REP, &format!("DELETE {address}"), "").await;
    assert_eq!(world.ask(REP, &value).await.status, 204);
}

pub async fn deleting_takes_along_unlinks_or_is_held_back(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let owned = |columns: Columns| {
        columns
            .with("ownerid", reference("systemuser", REP))
            .with("owningbusinessunit", reference("businessunit", crate::world::NORTH))
    };
    world
        .insert(
            "contact",
            vec![(21, owned(Columns::new().with("parentcustomerid", reference("account", 1))))],
        )
        .await;
    world
        .insert("task", vec![(31, owned(Columns::new().with("regardingobjectid", reference("contact", 21))))])
        .await;
    world
        .insert("annotation", vec![(41, owned(Columns::new().with("objectid", reference("task", 31))))])
        .await;
    world
        .insert(
            "opportunity",
            vec![(
                51,
                owned(
                    Columns::new()
                        .with("parentaccountid", reference("account", 1))
                        .with("name", text("Deal")),
                ),
            )],
        )
        .await;
    let child =
        owned(Columns::new().with("name", text("Child")).with("parentaccountid", reference("account", 1)));
    world.insert("account", vec![(8, child)]).await;
    let before = world.ask(REP, &format!("GET accounts({})", guid(8))).await.header("etag").to_owned();

    world.done(REP, &format!("DELETE accounts({})", guid(1)), "").await;
    for (set, number) in [("contacts", 21), ("tasks", 31), ("annotations", 41)] {
        assert_eq!(world.ask(REP, &format!("GET {set}({})", guid(number))).await.status, 404, "{set}");
    }
    let child = world.ask(REP, &format!("GET accounts({})", guid(8))).await;
    assert!(child.json()["_parentaccountid_value"].is_null());
    assert_ne!(child.header("etag"), before, "a device must hear of it");
    assert!(
        world.ask(REP, &format!("GET opportunities({})", guid(51))).await.json()["_parentaccountid_value"]
            .is_null()
    );

    world
        .refused(
            ADMIN,
            &format!("DELETE businessunits({})", guid(crate::world::NORTH)),
            &[],
            "",
            (400, "0x80040227"),
        )
        .await;
    let mut read = world.app.database().read().await.unwrap();
    let kept = read
        .row("businessunit", id(crate::world::NORTH), None, &store_sql::Access::everything())
        .await
        .unwrap();
    assert!(kept.is_some());
}
