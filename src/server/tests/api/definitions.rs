//! Administrators change definitions through the Web API; tables, devices and other servers follow.

use crate::world::{ADMIN, Answer, REP, World, rights};
use model::Depth;
use serde_json::{Value as Json, json};
use store_sql::testing::Place;

const INVALID: &str = "0x80040203";
const DENIED: &str = "0x80040220";
const DEPENDENCIES: &str = "0x8004f01f";

fn label(text: &str) -> Json {
    json!({ "LocalizedLabels": [{ "Label": text, "LanguageCode": 1033 }] })
}

pub fn attribute(kind: &str, name: &str, more: Json) -> Json {
    let mut value = json!({
        "@odata.type": format!("Microsoft.Dynamics.CRM.{kind}AttributeMetadata"),
        "SchemaName": name,
        "DisplayName": label(name),
    });
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

const ACCOUNT_ATTRIBUTES: &str = "POST EntityDefinitions(LogicalName='account')/Attributes";

pub async fn add_column(world: &World, table: &str, column: &Json) -> Answer {
    let line = format!("POST EntityDefinitions(LogicalName='{table}')/Attributes");
    world.done(ADMIN, &line, &column.to_string()).await
}

async fn make_account(world: &World, body: &str) -> String {
    let answer = world.done(ADMIN, "POST accounts", body).await;
    let address = answer.header("odata-entityid").to_owned();
    address.split('(').nth(1).unwrap().trim_end_matches(')').to_owned()
}

pub async fn a_new_column_is_there_at_once_and_goes_with_its_values(place: &Place) {
    let world = World::new(place).await;
    let id = make_account(&world, r#"{"name":"A"}"#).await;
    let before = world.ask(ADMIN, "GET accounts?$select=name").await;
    let column = attribute("String", "new_Color", json!({ "MaxLength": 20 }));
    let made = add_column(&world, "account", &column).await;
    assert!(
        made.header("odata-entityid")
            .ends_with("EntityDefinitions(LogicalName='account')/Attributes(LogicalName='new_color')")
    );
    let after = world.ask(ADMIN, "GET accounts?$select=name").await;
    let version = |answer: &Answer| answer.header("valise-metadata-version").parse::<i64>().unwrap();
    assert_eq!(version(&after), version(&before) + 1, "every answer tells the version");
    let line = format!("PATCH accounts({id})");
    world.done(ADMIN, &line, r#"{"new_color":"Rouge"}"#).await;
    world
        .refused(ADMIN, &line, &[], &json!({ "new_color": "x".repeat(21) }).to_string(), (400, "0x80044331"))
        .await;
    let found = world.ask(ADMIN, "GET accounts?$select=new_color&$filter=startswith(new_color,'ROU')").await;
    assert_eq!(found.values("new_color"), ["Rouge"], "compared without case, like any text");

    let put = "PUT EntityDefinitions(LogicalName='account')/Attributes(LogicalName='new_color')";
    world
        .done(
            ADMIN,
            put,
            &json!({ "MaxLength": 30, "RequiredLevel": { "Value": "Recommended" } }).to_string(),
        )
        .await;
    world.done(ADMIN, &line, &json!({ "new_color": "x".repeat(25) }).to_string()).await;
    let read = "GET EntityDefinitions(LogicalName='account')/Attributes(LogicalName='new_color')/Microsoft.Dynamics.CRM.StringAttributeMetadata";
    let read = world.ask(ADMIN, read).await.json();
    assert_eq!(
        (read["MaxLength"].as_i64(), read["RequiredLevel"]["Value"].as_str()),
        (Some(30), Some("Recommended"))
    );
    assert_eq!(read["IsCustomAttribute"], true);

    let delete = "DELETE EntityDefinitions(LogicalName='account')/Attributes(LogicalName='new_color')";
    world.done(ADMIN, delete, "").await;
    world.refused(ADMIN, &line, &[], r#"{"new_color":"again"}"#, (400, "0x80060888")).await;
    add_column(&world, "account", &column).await;
    let row = world.ask(ADMIN, &format!("GET accounts({id})?$select=new_color")).await.json();
    assert!(row["new_color"].is_null(), "a column made again is empty: {row}");
    world.done(ADMIN, delete, "").await;
    let number = attribute("Integer", "new_Color", json!({}));
    add_column(&world, "account", &number).await;
    world.done(ADMIN, &line, r#"{"new_color":7}"#).await;
}

pub async fn every_type_of_column_can_be_made_and_holds_values(place: &Place) {
    let world = World::new(place).await;
    let options =
        json!({ "Options": [{ "Value": 1, "Label": label("One") }, { "Value": 2, "Label": label("Two") }] });
    let yes_no = json!({ "TrueOption": { "Label": label("Yes") }, "FalseOption": { "Label": label("No") } });
    let id = "01234567-89ab-4cde-8f01-23456789abcd";
    let cases = [
        ("String", "new_text", json!({}), json!("a")),
        ("Memo", "new_memo", json!({}), json!("a\nb")),
        ("Integer", "new_integer", json!({}), json!(5)),
        ("Decimal", "new_decimal", json!({ "Precision": 3 }), json!(1.125)),
        ("Double", "new_float", json!({}), json!(1.5)),
        ("Money", "new_money", json!({}), json!(12.5)),
        ("Boolean", "new_flag", json!({ "OptionSet": yes_no }), json!(true)),
        ("DateTime", "new_day", json!({ "DateTimeBehavior": { "Value": "DateOnly" } }), json!("2026-11-24")),
        ("DateTime", "new_instant", json!({}), json!("2026-11-24T10:00:00Z")),
        ("Picklist", "new_choice", json!({ "OptionSet": options }), json!(2)),
        ("MultiSelectPicklist", "new_choices", json!({ "OptionSet": options }), json!("1,2")),
        ("UniqueIdentifier", "new_id", json!({}), json!(id)),
        ("EntityName", "new_table", json!({}), json!("account")),
    ];
    for (kind, name, more, _) in &cases {
        add_column(&world, "account", &attribute(kind, name, more.clone())).await;
    }
    for (kind, name) in [("Image", "new_image"), ("File", "new_file"), ("BigInt", "new_big")] {
        add_column(&world, "account", &attribute(kind, name, json!({}))).await;
    }
    add_column(&world, "account", &attribute("Lookup", "new_Friend", json!({ "Targets": ["contact"] })))
        .await;
    add_column(
        &world,
        "account",
        &attribute("Lookup", "new_Both", json!({ "Targets": ["contact", "account"] })),
    )
    .await;
    let contact =
        world.done(ADMIN, "POST contacts", r#"{"lastname":"C"}"#).await.header("odata-entityid").to_owned();
    let mut body: serde_json::Map<String, Json> =
        cases.iter().map(|(_, name, _, value)| ((*name).to_owned(), value.clone())).collect();
    body.insert("name".to_owned(), json!("A"));
    body.insert("new_Friend@odata.bind".to_owned(), json!(contact));
    body.insert("new_Both_contact@odata.bind".to_owned(), json!(contact));
    let account = make_account(&world, &Json::Object(body).to_string()).await;
    let row = world.ask(ADMIN, &format!("GET accounts({account})")).await.json();
    for (_, name, _, value) in &cases {
        assert_eq!(row[*name], *value, "{name}");
    }
    assert_eq!(row["new_money_base"], json!(12.5), "the amount in the org's currency comes by itself");
    for name in ["_new_friend_value", "_new_both_value"] {
        assert!(contact.contains(row[name].as_str().unwrap()), "{name}: {row}");
    }
    // A wider decimal keeps what is there.
    let put = "PUT EntityDefinitions(LogicalName='account')/Attributes(LogicalName='new_decimal')";
    world.done(ADMIN, put, r#"{"Precision":6}"#).await;
    let row = world.ask(ADMIN, &format!("GET accounts({account})?$select=new_decimal")).await.json();
    assert_eq!(row["new_decimal"], json!(1.125));
    for (_, name, ..) in &cases {
        let line =
            format!("DELETE EntityDefinitions(LogicalName='account')/Attributes(LogicalName='{name}')");
        world.done(ADMIN, &line, "").await;
    }
    assert_eq!(world.ask(ADMIN, &format!("GET accounts({account})")).await.status, 200);
}

fn project() -> Json {
    json!({
        "@odata.type": "Microsoft.Dynamics.CRM.EntityMetadata",
        "SchemaName": "new_Project",
        "DisplayName": label("Project"),
        "DisplayCollectionName": label("Projects"),
        "OwnershipType": "UserOwned",
        "HasNotes": true,
        "HasActivities": true,
        "Attributes": [
            attribute("String", "new_Name", json!({ "IsPrimaryName": true, "MaxLength": 100 })),
            attribute("Money", "new_Budget", json!({})),
        ],
    })
}

pub async fn a_new_table_is_a_table_like_any_other(place: &Place) {
    let world = World::new(place).await;
    let answer = world.done(ADMIN, "POST EntityDefinitions", &project().to_string()).await;
    assert!(answer.header("odata-entityid").ends_with("EntityDefinitions(LogicalName='new_project')"));
    let row = world.done(ADMIN, "POST new_projects", r#"{"new_name":"Bridge","new_budget":5}"#).await;
    let id = row.header("odata-entityid").split('(').nth(1).unwrap().trim_end_matches(')').to_owned();
    let row = world.ask(ADMIN, &format!("GET new_projects({id})")).await.json();
    assert_eq!((row["new_name"].as_str(), row["statecode"].as_i64()), (Some("Bridge"), Some(0)));
    assert_eq!(row["new_budget_base"], json!(5));
    let task =
        format!(r#"{{"subject":"T","regardingobjectid_new_project_task@odata.bind":"new_projects({id})"}}"#);
    world.done(ADMIN, "POST tasks", &task).await;
    let note = format!(r#"{{"subject":"N","objectid_new_project@odata.bind":"new_projects({id})"}}"#);
    world.done(ADMIN, "POST annotations", &note).await;
    let found =
        world.ask(ADMIN, &format!("GET activitypointers?$filter=_regardingobjectid_value eq {id}")).await;
    assert_eq!(found.values("subject"), ["T"]);
    let views = world
        .ask(ADMIN, "GET savedqueries?$filter=returnedtypecode eq 'new_project'&$select=name,querytype")
        .await;
    assert_eq!(views.values("name").len(), 5, "{}", views.text());
    let forms =
        world.ask(ADMIN, "GET systemforms?$filter=objecttypecode eq 'new_project'&$select=formxml").await;
    assert!(forms.values("formxml")[0].contains("new_name"));
    // Tracked like any other: a device can follow it.
    let page = world
        .send(ADMIN, "GET new_projects?$select=new_name", &[("prefer", "odata.track-changes")], "")
        .await;
    assert_eq!(page.values("new_name"), ["Bridge"]);
    // Others see it once a role says so.
    assert_eq!(world.ask(REP, "GET new_projects").await.values("new_name").len(), 0);
    let all = rights(|rights| rights.read = Depth::Organization);
    world.only_right(REP, &[("new_project", all)]).await;
    assert_eq!(world.ask(REP, "GET new_projects").await.values("new_name"), ["Bridge"]);

    world.refused(ADMIN, "POST EntityDefinitions", &[], &project().to_string(), (400, INVALID)).await;
    world.done(ADMIN, "DELETE EntityDefinitions(LogicalName='new_project')", "").await;
    assert_eq!(world.ask(ADMIN, "GET new_projects").await.status, 404);
    assert_eq!(world.ask(ADMIN, "GET tasks").await.values("subject"), ["T"]);
    let left = world.ask(ADMIN, "GET savedqueries?$filter=returnedtypecode eq 'new_project'").await;
    assert_eq!(left.values("name").len(), 0);
    world.done(ADMIN, "POST EntityDefinitions", &project().to_string()).await;
    assert_eq!(world.ask(ADMIN, "GET new_projects").await.values("new_name").len(), 0, "it begins anew");
    world.refused(ADMIN, "DELETE EntityDefinitions(LogicalName='account')", &[], "", (400, INVALID)).await;
}

pub async fn relationships_come_and_go(place: &Place) {
    let world = World::new(place).await;
    let one = json!({
        "@odata.type": "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
        "SchemaName": "new_account_contact_second",
        "ReferencedEntity": "account",
        "ReferencingEntity": "contact",
        "CascadeConfiguration": { "Delete": "RemoveLink", "Assign": "NoCascade" },
        "Lookup": attribute("Lookup", "new_SecondAccount", json!({})),
    });
    world.done(ADMIN, "POST RelationshipDefinitions", &one.to_string()).await;
    let account = make_account(&world, r#"{"name":"A"}"#).await;
    let contact = format!(r#"{{"lastname":"C","new_SecondAccount@odata.bind":"accounts({account})"}}"#);
    let contact = world.done(ADMIN, "POST contacts", &contact).await.header("odata-entityid").to_owned();
    let expanded = format!(
        "GET {}?$select=lastname&$expand=new_SecondAccount($select=name)",
        contact.split("v9.2/").nth(1).unwrap()
    );
    assert_eq!(world.ask(ADMIN, &expanded).await.json()["new_SecondAccount"]["name"], "A");
    world.done(ADMIN, &format!("DELETE accounts({account})"), "").await;
    let many = json!({
        "@odata.type": "Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata",
        "SchemaName": "new_account_lead_watch",
        "Entity1LogicalName": "account",
        "Entity2LogicalName": "lead",
    });
    world.done(ADMIN, "POST RelationshipDefinitions", &many.to_string()).await;
    let tables = world.ask(ADMIN, "GET EntityDefinitions?$select=LogicalName").await.values("LogicalName");
    assert!(tables.iter().any(|table| table == "new_account_lead_watch"));
    for name in ["new_account_contact_second", "new_account_lead_watch"] {
        world.done(ADMIN, &format!("DELETE RelationshipDefinitions(SchemaName='{name}')"), "").await;
        world
            .refused(
                ADMIN,
                &format!("DELETE RelationshipDefinitions(SchemaName='{name}')"),
                &[],
                "",
                (400, INVALID),
            )
            .await;
    }
    let tables = world.ask(ADMIN, "GET EntityDefinitions?$select=LogicalName").await.values("LogicalName");
    assert!(tables.iter().all(|table| table != "new_account_lead_watch"));
    assert_eq!(world.ask(ADMIN, &expanded).await.status, 400);
    let own = "DELETE RelationshipDefinitions(SchemaName='contact_customer_accounts')";
    world.refused(ADMIN, own, &[], "", (400, INVALID)).await;
}

fn view(fetch: &str) -> Json {
    json!({
        "name": "Coloured accounts",
        "returnedtypecode": "account",
        "querytype": 0,
        "isdefault": false,
        "fetchxml": fetch,
        "layoutxml": "<grid name='resultset' object='1' jump='name' select='1' icon='1' preview='1'>\
                      <row name='result' id='accountid'><cell name='name' width='200'/></row></grid>",
    })
}

pub async fn views_and_forms_are_rows_that_are_checked(place: &Place) {
    let world = World::new(place).await;
    let good = "<fetch><entity name='account'><attribute name='name'/><filter><condition attribute='name' operator='like' value='A%'/></filter></entity></fetch>";
    let made = world.done(ADMIN, "POST savedqueries", &view(good).to_string()).await;
    let id = made.header("odata-entityid").split('(').nth(1).unwrap().trim_end_matches(')').to_owned();
    make_account(&world, r#"{"name":"Adatum"}"#).await;
    make_account(&world, r#"{"name":"Fabrikam"}"#).await;
    let rows = world.ask(ADMIN, &format!("GET accounts?savedQuery={id}")).await;
    assert_eq!(rows.values("name"), ["Adatum"], "the new view can be asked for at once");
    for (fetch, words) in [
        ("<fetch><entity name='account'><attribute name='nosuch'/></entity></fetch>", "nosuch"),
        ("<fetch><entity name='contact'/></fetch>", "asks for contact"),
        ("<fetch><entity", "FetchXML"),
    ] {
        let answer = world.send(ADMIN, "POST savedqueries", &[], &view(fetch).to_string()).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert!(answer.text().contains(words), "{fetch}: {}", answer.text());
    }
    let line = format!("PATCH savedqueries({id})");
    let version = world.ask(ADMIN, &format!("GET savedqueries({id})")).await.header("etag").to_owned();
    world.done(ADMIN, &line, r#"{"name":"Others","description":"for tests"}"#).await;
    let row = world.ask(ADMIN, &format!("GET savedqueries({id})")).await.json();
    assert_eq!((row["name"].as_str(), row["description"].as_str()), (Some("Others"), Some("for tests")));
    world.refused(ADMIN, &line, &[("if-match", &version)], r#"{"name":"Late"}"#, (412, "0x80060882")).await;
    let name = format!("PUT savedqueries({id})/fetchxml");
    let answer = world.send(ADMIN, &name, &[], r#"{"value":"<fetch/>"}"#).await;
    assert_eq!(answer.status, 400, "one column is checked like the whole: {}", answer.text());

    // A column that screens show cannot be removed from under them.
    add_column(&world, "account", &attribute("String", "new_color", json!({}))).await;
    let colored =
        good.replace("<attribute name='name'/>", "<attribute name='name'/><attribute name='new_color'/>");
    world.done(ADMIN, &line, &json!({ "fetchxml": colored }).to_string()).await;
    let delete = "DELETE EntityDefinitions(LogicalName='account')/Attributes(LogicalName='new_color')";
    world.refused(ADMIN, delete, &[], "", (400, DEPENDENCIES)).await;
    world.done(ADMIN, &format!("DELETE savedqueries({id})"), "").await;
    world.done(ADMIN, delete, "").await;

    let form = world
        .ask(ADMIN, "GET systemforms?$filter=objecttypecode eq 'account' and type eq 2&$select=formxml")
        .await;
    let xml = form.values("formxml").remove(0);
    let id = form.json()["value"][0]["formid"].as_str().unwrap().to_owned();
    let line = format!("PATCH systemforms({id})");
    let without = xml.replace("datafieldname=\"websiteurl\"", "datafieldname=\"nosuch\"");
    assert_ne!(without, xml);
    let answer = world.send(ADMIN, &line, &[], &json!({ "formxml": without }).to_string()).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("no column “nosuch”"), "{}", answer.text());
    let changed = xml.replace("datafieldname=\"websiteurl\"", "datafieldname=\"tickersymbol\"");
    world.done(ADMIN, &line, &json!({ "formxml": changed }).to_string()).await;
    let metadata = world.ask(ADMIN, "GET /api/valise/v1/metadata").await.json();
    let kept = metadata["forms"].as_array().unwrap().iter().find(|form| form["id"] == *id).unwrap();
    assert_eq!(kept["form_xml"], *changed);
}

async fn views_of(world: &World, table: &str) -> Vec<String> {
    let metadata = world.ask(ADMIN, "GET /api/valise/v1/metadata").await.json();
    let views = metadata["views"].as_array().unwrap().iter().filter(|view| view["table"] == *table);
    views.map(|view| view["name"]["1033"].as_str().unwrap().to_owned()).collect()
}

pub async fn a_hidden_view_of_the_solution_comes_back_as_it_was(place: &Place) {
    let world = World::new(place).await;
    let before = views_of(&world, "account").await;
    let found = world
        .ask(ADMIN, "GET savedqueries?$filter=returnedtypecode eq 'account' and querytype eq 0&$orderby=name")
        .await
        .json();
    let id = found["value"][0]["savedqueryid"].as_str().unwrap().to_owned();
    let line = format!("PATCH savedqueries({id})");
    world.done(ADMIN, &line, r#"{"statecode":1,"statuscode":2}"#).await;
    assert_eq!(views_of(&world, "account").await.len(), before.len() - 1);
    let row = world.ask(ADMIN, &format!("GET savedqueries({id})")).await.json();
    assert_eq!(row["statecode"], 1, "the row stays, inactive");
    world.done(ADMIN, &line, r#"{"statecode":0,"statuscode":1}"#).await;
    assert_eq!(views_of(&world, "account").await, before);
    world.done(ADMIN, &format!("DELETE savedqueries({id})"), "").await;
    assert_eq!(views_of(&world, "account").await.len(), before.len() - 1);
    assert_eq!(world.ask(ADMIN, &format!("GET savedqueries({id})")).await.status, 404);
    // A later start with the same solution brings nothing back that the org removed.
    world.beside().await;
    assert_eq!(views_of(&world, "account").await.len(), before.len() - 1);
}

pub async fn charts_dashboards_processes_and_apps_are_rows_too(place: &Place) {
    let world = World::new(place).await;
    for (set, column) in [
        ("savedqueryvisualizations", "datadescription"),
        ("workflows", "clientdata"),
        ("appmodules", "uniquename"),
        ("sitemaps", "sitemapxml"),
    ] {
        let rows = world.ask(ADMIN, &format!("GET {set}")).await;
        assert!(!rows.values(column).is_empty(), "{set}: {}", rows.text());
    }
    let chart = world.ask(ADMIN, "GET savedqueryvisualizations?$top=1").await.json()["value"][0].clone();
    let line =
        format!("PATCH savedqueryvisualizations({})", chart["savedqueryvisualizationid"].as_str().unwrap());
    world.done(ADMIN, &line, r#"{"name":"Renamed"}"#).await;
    let answer = world.send(ADMIN, &line, &[], r#"{"datadescription":"<datadefinition/>"}"#).await;
    assert_eq!(answer.status, 400, "{}", answer.text());

    let map = world.ask(ADMIN, "GET sitemaps?$filter=sitemapnameunique eq 'saleshub'").await.json()["value"]
        [0]
    .clone();
    let xml = map["sitemapxml"].as_str().unwrap();
    let line = format!("PATCH sitemaps({})", map["sitemapid"].as_str().unwrap());
    let unknown = xml.replacen("Entity=\"account\"", "Entity=\"nosuch\"", 1);
    assert_ne!(unknown, xml);
    let answer = world.send(ADMIN, &line, &[], &json!({ "sitemapxml": unknown }).to_string()).await;
    assert!(answer.status == 400 && answer.text().contains("nosuch"), "{}", answer.text());
    let lead = xml.replacen("Entity=\"account\"", "Entity=\"lead\"", 1);
    world.done(ADMIN, &line, &json!({ "sitemapxml": lead }).to_string()).await;
    world.done(ADMIN, "POST appmodules", r#"{"name":"Projects","uniquename":"new_projects"}"#).await;
    let own = json!({ "sitemapnameunique": "new_projects", "sitemapxml": xml });
    world.done(ADMIN, "POST sitemaps", &own.to_string()).await;
    let metadata = world.ask(ADMIN, "GET /api/valise/v1/metadata").await.json();
    let apps = metadata["apps"].as_array().unwrap();
    let named = |name: &str| apps.iter().find(|app| app["name"] == *name).unwrap();
    assert_eq!(named("new_projects")["site_map_xml"], *xml);
    assert_eq!(named("saleshub")["site_map_xml"], *lead);

    let process =
        world.ask(ADMIN, "GET workflows?$filter=category eq 4&$top=1").await.json()["value"][0].clone();
    let line = format!("PATCH workflows({})", process["workflowid"].as_str().unwrap());
    world.done(ADMIN, &line, r#"{"statecode":0,"statuscode":1}"#).await;
    let metadata = world.ask(ADMIN, "GET /api/valise/v1/metadata").await.json();
    let kept = metadata["processes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["id"] == process["workflowid"])
        .unwrap();
    assert_eq!(kept["active"], false);
    let stages = world.ask(ADMIN, "GET processstages?$select=stagename").await;
    assert!(stages.values("stagename").len() > 4, "{}", stages.text());
    let answer = world.send(ADMIN, &line, &[], r#"{"clientdata":"{}"}"#).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
}

pub async fn only_administrators_change_definitions(place: &Place) {
    let world = World::new(place).await;
    let column = attribute("String", "new_color", json!({})).to_string();
    world.refused(REP, ACCOUNT_ATTRIBUTES, &[], &column, (403, DENIED)).await;
    world.refused(REP, "POST EntityDefinitions", &[], &project().to_string(), (403, DENIED)).await;
    let id = world.ask(ADMIN, "GET savedqueries?$top=1").await.json()["value"][0]["savedqueryid"]
        .as_str()
        .unwrap()
        .to_owned();
    world.refused(REP, &format!("PATCH savedqueries({id})"), &[], r#"{"name":"Mine"}"#, (403, DENIED)).await;
    world.refused(REP, &format!("DELETE savedqueries({id})"), &[], "", (403, DENIED)).await;
    let version = world.ask(ADMIN, "GET WhoAmI").await.header("valise-metadata-version").to_owned();
    assert_eq!(world.app.metadata().version.to_string(), version, "nothing has changed");
}

pub async fn nothing_is_left_of_what_was_refused(place: &Place) {
    let world = World::new(place).await;
    let before = world.ask(ADMIN, "GET /api/valise/v1/metadata").await.header("etag").to_owned();
    for column in [
        attribute("Picklist", "new_broken", json!({ "OptionSet": { "Options": [{ "Value": 1 }] } })),
        attribute("Lookup", "new_broken", json!({ "Targets": ["nosuch"] })),
        attribute("String", "name", json!({})),
        attribute("String", "new_name__fold", json!({})),
        json!({}),
    ] {
        let answer = world.send(ADMIN, ACCOUNT_ATTRIBUTES, &[], &column.to_string()).await;
        assert_eq!(answer.status, 400, "{column}: {}", answer.text());
    }
    let mut unnamed = project();
    unnamed["Attributes"] = json!([]);
    world.refused(ADMIN, "POST EntityDefinitions", &[], &unnamed.to_string(), (400, INVALID)).await;
    for (line, status) in [
        ("DELETE EntityDefinitions(LogicalName='account')/Attributes(LogicalName='name')", 400),
        ("DELETE EntityDefinitions(LogicalName='account')/Attributes(LogicalName='nosuch')", 404),
        ("DELETE EntityDefinitions(LogicalName='nosuch')", 404),
        ("POST EntityDefinitions(LogicalName='account')/Nonsense", 404),
    ] {
        assert_eq!(world.send(ADMIN, line, &[], "{}").await.status, status, "{line}");
    }
    let after = world.ask(ADMIN, "GET /api/valise/v1/metadata").await.header("etag").to_owned();
    assert_eq!(after, before);
    add_column(&world, "account", &attribute("String", "new_broken", json!({}))).await;
    add_column(&world, "account", &attribute("String", "new_fine", json!({}))).await;
    world
        .refused(
            ADMIN,
            ACCOUNT_ATTRIBUTES,
            &[],
            &attribute("String", "new_fine", json!({})).to_string(),
            (400, INVALID),
        )
        .await;
}
