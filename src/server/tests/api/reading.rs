//! Reading: collections, rows, columns, definitions, our extras.

use crate::world::{ADMIN, NORTH, REP, STRANGER, World, guid, id, reference, text};
use model::{Columns, Value};
use store_sql::testing::Place;

const ALL: (&str, &str) = ("prefer", "odata.include-annotations=\"*\"");

pub async fn collections_are_filtered_sorted_and_paged(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let names = |answer: crate::world::Answer| answer.values("name");
    let all = "GET accounts?$select=name&$orderby=name desc";
    assert_eq!(
        names(world.ask(ADMIN, all).await),
        ["Team's", "Stranger's", "Sailor's", "Rep's", "Colleague's"]
    );
    assert_eq!(
        names(world.ask(REP, all).await),
        ["Team's", "Rep's", "Colleague's"],
        "own unit, and the team's"
    );
    assert_eq!(names(world.ask(STRANGER, all).await), ["Team's", "Stranger's"]);
    let filtered =
        "GET accounts?$select=name&$filter=startswith(name,'R') or contains(name,'AILOR')&$orderby=name";
    assert_eq!(names(world.ask(ADMIN, filtered).await), ["Rep's", "Sailor's"]);
    let by_owner =
        "GET accounts?$select=name&$filter=Microsoft.Dynamics.CRM.EqualUserId(PropertyName='ownerid')";
    assert_eq!(names(world.ask(REP, by_owner).await), ["Rep's"]);

    let first = world
        .send(
            ADMIN,
            "GET accounts?$select=name&$orderby=name&$count=true",
            &[("prefer", "odata.maxpagesize=2")],
            "",
        )
        .await;
    assert_eq!(first.header("preference-applied"), "odata.maxpagesize=2");
    assert_eq!(first.json()["@odata.count"], 5);
    let mut seen = first.values("name");
    let mut next = first.json()["@odata.nextLink"].as_str().map(str::to_owned);
    let mut pages = 1;
    while let Some(link) = next {
        assert!(link.starts_with("http://valise.test/api/data/v9.2/accounts?"), "{link}");
        let page = world.send(ADMIN, &format!("GET {link}"), &[("prefer", "odata.maxpagesize=2")], "").await;
        seen.extend(page.values("name"));
        next = page.json()["@odata.nextLink"].as_str().map(str::to_owned);
        pages += 1;
    }
    assert_eq!((pages, seen.len()), (3, 5));
    let top =
        world.send(ADMIN, "GET accounts?$select=name&$top=3", &[("prefer", "odata.maxpagesize=2")], "").await;
    let link = top.json()["@odata.nextLink"].as_str().unwrap().to_owned();
    let rest = world.send(ADMIN, &format!("GET {link}"), &[("prefer", "odata.maxpagesize=2")], "").await;
    assert_eq!(rest.values("name").len(), 1);
    assert!(rest.json().get("@odata.nextLink").is_none());
    assert_eq!(world.ask(REP, "GET accounts/$count").await.text(), "3");

    for (line, status) in [
        ("GET accounts?$filter=nosuch eq 1", 400),
        ("GET accounts?$filter=name eq", 400),
        ("GET accounts?$skip=3", 501),
        ("GET accounts?$skiptoken=x", 400),
        ("GET nosuchs", 404),
        ("GET $metadata", 501),
    ] {
        let answer = world.ask(ADMIN, line).await;
        assert_eq!(answer.status, status, "{line}: {}", answer.text());
        assert!(!answer.json()["error"]["message"].as_str().unwrap().is_empty());
    }
}

pub async fn fetch_xml_and_views_are_questions_too(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let fetch =
        "<fetch><entity name='account'><attribute name='name'/><order attribute='name'/></entity></fetch>";
    let encoded = fetch.replace('<', "%3C").replace('>', "%3E").replace('=', "%3D");
    let answer = world.ask(REP, &format!("GET accounts?fetchXml={encoded}")).await;
    assert_eq!(answer.values("name"), ["Colleague's", "Rep's", "Team's"], "{}", answer.text());
    let aggregate = "<fetch aggregate='true'><entity name='account'><attribute name='accountid' alias='n' aggregate='count'/></entity></fetch>";
    let encoded = aggregate.replace('<', "%3C").replace('>', "%3E").replace('=', "%3D");
    let answer = world.ask(REP, &format!("GET accounts?fetchXml={encoded}")).await;
    assert_eq!(answer.json()["value"][0]["n"], 3, "{}", answer.text());
    let view =
        world.app.metadata().views.iter().find(|view| view.table == *"account" && view.kind == 0).unwrap().id;
    let answer = world.ask(REP, &format!("GET accounts?savedQuery={view}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    world.refused(REP, &format!("GET accounts?savedQuery={}", guid(9)), &[], "", (404, "0x80040217")).await;
}

pub async fn rows_come_with_their_version_and_related_rows(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let contact = Columns::new()
        .with("fullname", text("Zoë"))
        .with("parentcustomerid", reference("account", 1))
        .with("ownerid", reference("systemuser", REP))
        .with("owningbusinessunit", reference("businessunit", NORTH));
    world.insert("contact", vec![(21, contact.clone()), (22, contact.with("fullname", text("Adam")))]).await;
    let mut write = world.app.database().write().await.unwrap();
    let primary = Columns::new()
        .with("primarycontactid", reference("contact", 21))
        .with("revenue", Value::Decimal("12.5".parse().unwrap()));
    write.update("account", id(1), &primary, None).await.unwrap();
    write.commit().await.unwrap();

    let line = format!("GET accounts({})?$select=name,revenue,_primarycontactid_value,statecode", guid(1));
    let row = world.send(REP, &line, &[ALL], "").await;
    let json = row.json();
    assert_eq!(
        (json["name"].as_str(), json["revenue"].as_f64()),
        (Some("Rep's"), Some(12.5)),
        "{}",
        row.text()
    );
    assert_eq!(json["_primarycontactid_value@OData.Community.Display.V1.FormattedValue"], "Zoë");
    assert_eq!(json["_primarycontactid_value@Microsoft.Dynamics.CRM.lookuplogicalname"], "contact");
    assert_eq!(json["statecode@OData.Community.Display.V1.FormattedValue"], "Actif", "the rep reads French");
    assert_eq!(json["@odata.etag"].as_str(), Some(row.header("etag")));
    assert_eq!(row.header("odata-version"), "4.0");
    let etag = row.header("etag").to_owned();
    let known = world.send(REP, &line, &[("if-none-match", etag.as_str())], "").await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert_eq!(world.send(REP, &line, &[("if-none-match", "W/\"1\"")], "").await.status, 200);
    assert_eq!(world.send(REP, &line, &[("if-none-match", "null")], "").await.status, 200);
    let plain = world.ask(REP, &line).await;
    assert!(!plain.text().contains("FormattedValue"));

    let expanded = "GET accounts?$select=name&$filter=name eq 'rep''s'&$expand=primarycontactid($select=fullname),contact_customer_accounts($select=fullname;$orderby=fullname)";
    let answer = world.ask(REP, expanded).await;
    let row = &answer.json()["value"][0];
    assert_eq!(row["primarycontactid"]["fullname"], "Zoë", "{}", answer.text());
    assert_eq!(row["contact_customer_accounts"][0]["fullname"], "Adam");
    assert_eq!(row["contact_customer_accounts"][1]["fullname"], "Zoë");
    let single = world
        .ask(
            REP,
            &format!("GET accounts({})?$select=name&$expand=primarycontactid($select=fullname)", guid(1)),
        )
        .await;
    assert_eq!(single.json()["primarycontactid"]["fullname"], "Zoë", "{}", single.text());

    for number in [4, 404] {
        world.refused(REP, &format!("GET accounts({})", guid(number)), &[], "", (404, "0x80040217")).await;
    }
}

pub async fn single_columns_have_addresses(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let row = format!("accounts({})", guid(1));
    let answer = world.ask(REP, &format!("GET {row}/name")).await;
    assert_eq!((answer.status, answer.json()["value"].as_str()), (200, Some("Rep's")));
    assert_eq!(world.ask(REP, &format!("GET {row}/name/$value")).await.text(), "Rep's");
    assert_eq!(world.ask(REP, &format!("GET {row}/statecode/$value")).await.text(), "0");
    assert_eq!(world.ask(REP, &format!("GET {row}/revenue")).await.status, 204);
    assert_eq!(world.ask(REP, &format!("GET {row}/nosuch")).await.status, 404);
    assert_eq!(world.ask(REP, &format!("GET accounts({})/name", guid(4))).await.status, 404);
    let put = world.done(REP, &format!("PUT {row}/name"), "{\"value\":\"New\"}").await;
    assert_eq!(put.status, 204);
    world.done(REP, &format!("DELETE {row}/name"), "").await;
    assert_eq!(world.ask(REP, &format!("GET {row}/name")).await.status, 204);
    world.refused(REP, &format!("PUT {row}/revenue"), &[], "{\"value\":\"much\"}", (400, "0x80040203")).await;
    world.refused(REP, &format!("PUT {row}/revenue"), &[], "{}", (400, "0x80040203")).await;
}

pub async fn the_service_describes_itself(place: &Place) {
    let world = World::new(place).await;
    let document = world.ask(REP, "GET ").await;
    assert!(document.values("url").contains(&"opportunities".to_owned()), "{}", document.text());
    let who = world.ask(REP, "GET WhoAmI").await.json();
    assert_eq!(
        (who["UserId"].as_str(), who["BusinessUnitId"].as_str()),
        (Some(guid(REP).as_str()), Some(guid(NORTH).as_str()))
    );
    let line = "GET EntityDefinitions?$select=LogicalName,EntitySetName&$filter=LogicalName eq 'account'";
    let tables = world.ask(REP, line).await.json();
    assert_eq!(
        tables["value"],
        serde_json::json!([{ "LogicalName": "account", "EntitySetName": "accounts" }])
    );
    let line =
        "GET EntityDefinitions(LogicalName='account')?$expand=Attributes($select=LogicalName,AttributeType)";
    let table = world.ask(REP, line).await.json();
    let columns = table["Attributes"].as_array().unwrap();
    assert!(columns.contains(&serde_json::json!({
        "@odata.type": "#Microsoft.Dynamics.CRM.LookupAttributeMetadata",
        "LogicalName": "ownerid",
        "AttributeType": "Owner",
    })));
    let line = "GET EntityDefinitions(LogicalName='account')/Attributes?$select=LogicalName";
    assert_eq!(world.ask(REP, line).await.values("LogicalName").len(), columns.len());
    assert_eq!(world.ask(REP, "GET EntityDefinitions(LogicalName='nosuch')").await.status, 404);
    assert_eq!(world.ask(REP, "GET WhoAmI/UserId").await.status, 404);
    assert_eq!(world.ask(REP, "GET NoSuchFunction").await.status, 404);
}

pub async fn a_device_learns_what_it_must_know(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let profile: model::UserProfile =
        serde_json::from_slice(&world.ask(REP, "GET /api/valise/v1/me").await.body).unwrap();
    assert_eq!((profile.user, profile.business_unit), (id(REP), id(NORTH)));
    assert_eq!(profile.language, model::Language::French);
    assert_eq!(profile.privileges.depth("account", model::Right::Read), model::Depth::BusinessUnit);

    let answer = world.ask(REP, "GET /api/valise/v1/metadata").await;
    let metadata: model::Metadata = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(&metadata, world.app.metadata());
    let etag = answer.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", metadata.version));
    let again = world.send(REP, "GET /api/valise/v1/metadata", &[("if-none-match", etag.as_str())], "").await;
    assert_eq!((again.status, again.body.len()), (304, 0));

    let plan = world.ask(REP, "GET /api/data/v9.2/valise_RetrieveOfflinePlan()").await.json();
    let tables = plan["tables"].as_array().unwrap();
    let rows =
        |name: &str| tables.iter().find(|table| table["table"] == name).map(|table| table["rows"].clone());
    assert_eq!(rows("account"), Some(3.into()), "{plan}");
    assert_eq!(rows("systemuser"), Some(5.into()));
    let place = |name: &str| tables.iter().position(|table| table["table"] == name).unwrap();
    assert!(place("systemuser") < place("account"), "{plan}");
}
