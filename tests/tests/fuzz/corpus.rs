//! Real files to begin with: those of the solution and those in the shapes of exports.

use model::Metadata;
use std::path::Path;
use std::sync::OnceLock;

/// The solution's metadata.
pub fn metadata() -> &'static Metadata {
    static METADATA: OnceLock<Metadata> = OnceLock::new();
    METADATA.get_or_init(|| solution::metadata().unwrap())
}

/// A file of `tests/fixtures`.
fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)).unwrap()
}

fn fixtures(names: &[&str]) -> Vec<Vec<u8>> {
    names.iter().map(|name| fixture(&format!("definitions/{name}"))).collect()
}

/// A few of many texts, spread over all of them.
fn some<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<Vec<u8>> {
    let all: Vec<&str> = texts.collect();
    all.iter().step_by((all.len() / 6).max(1)).map(|text| text.as_bytes().to_vec()).collect()
}

pub fn forms() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["form-main.xml", "form-card.xml"]);
    all.extend(some(metadata().forms.iter().map(|form| form.form_xml.as_str())));
    all
}

pub fn layouts() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["layout.xml", "layout.json"]);
    all.extend(some(metadata().views.iter().map(|view| view.layout_xml.as_str())));
    all
}

pub fn queries() -> Vec<Vec<u8>> {
    let mut all = some(metadata().views.iter().map(|view| view.fetch_xml.as_str()));
    let cases: serde_json::Value = serde_json::from_slice(&fixture("query/cases.json")).unwrap();
    let mut found = Vec::new();
    collect(&cases, &mut found);
    all.extend(some(found.iter().map(String::as_str)));
    all
}

/// Every FetchXML in a value.
fn collect(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) if text.contains("<fetch") => found.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        serde_json::Value::Object(items) => items.values().for_each(|item| collect(item, found)),
        _ => {}
    }
}

pub fn site_maps() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["site-map.xml"]);
    all.extend(some(metadata().apps.iter().map(|app| app.site_map_xml.as_str())));
    all
}

pub fn chart_data() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["chart-data.xml"]);
    all.extend(some(metadata().charts.iter().map(|chart| chart.data_xml.as_str())));
    all
}

pub fn chart_presentations() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["chart-presentation.xml"]);
    all.extend(some(metadata().charts.iter().map(|chart| chart.presentation_xml.as_str())));
    all
}

pub fn dashboards() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["dashboard.xml"]);
    all.extend(some(metadata().dashboards.iter().map(|dashboard| dashboard.form_xml.as_str())));
    all
}

pub fn processes() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["process.xaml", "process-old.xaml", "process-clientdata.json"]);
    all.extend(some(metadata().processes.iter().map(|process| process.definition.as_str())));
    all
}

pub fn commands() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["commands.xml", "commands.json"]);
    all.extend(some(metadata().command_sets.iter().map(|set| set.definition.as_str())));
    all
}

pub fn query_strings() -> Vec<Vec<u8>> {
    let texts = [
        "$select=name,revenue,_primarycontactid_value&$filter=statecode eq 0 and contains(name,'a%26b') and revenue gt 100.5&$orderby=name desc,createdon&$top=50&$count=true",
        "$filter=(name eq 'O''Brien' or startswith(name,'A')) and not endswith(name,'z')&$expand=primarycontactid($select=fullname)",
        "$filter=Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=7)&$skiptoken=%3Ccookie%20pagenumber%3D%222%22%20/%3E",
        "$filter=contact_customer_accounts/any(c:c/fullname eq 'Ada')&$apply=groupby((ownerid),aggregate(revenue with sum as total))",
        "savedQuery=00000000-0000-0000-00aa-000010001002",
        "fetchXml=%3Cfetch%3E%3Centity%20name%3D%22account%22%3E%3Call-attributes%2F%3E%3C%2Fentity%3E%3C%2Ffetch%3E",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

pub fn paths() -> Vec<Vec<u8>> {
    let texts = [
        "accounts(01234567-89ab-4cde-8f01-23456789abcd)",
        "accounts(01234567-89ab-4cde-8f01-23456789abcd)/primarycontactid/$ref",
        "accounts(accountnumber='A%2FB''s')",
        "contacts(01234567-89ab-4cde-8f01-23456789abcd)/parentcustomerid_account",
        "EntityDefinitions(LogicalName='account')/Attributes",
        "WhoAmI()",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

pub fn rows() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"@odata.context":"x","@odata.nextLink":"https://h/accounts?$skiptoken=1","value":[{"@odata.etag":"W/\"5\"","accountid":"01234567-89ab-4cde-8f01-23456789abcd","name":"A \u00e9","revenue":1000.50,"revenue@OData.Community.Display.V1.FormattedValue":"1.000,50","statecode":0,"_ownerid_value":"01234567-89ab-4cde-8f01-23456789abce","_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname":"systemuser","createdon":"2026-03-30T10:15:00Z","donotemail":true}]}"#,
        r#"{"@odata.context":"x#accounts/$delta","value":[{"@odata.context":"x#accounts/$deletedEntity","id":"01234567-89ab-4cde-8f01-23456789abcd","reason":"deleted"}],"@odata.deltaLink":"https://h/accounts?$deltatoken=5"}"#,
        r#"{"accountid":"01234567-89ab-4cde-8f01-23456789abcd","name":null,"numberofemployees":12,"revenue":"5","industrycode":1}"#,
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

pub fn bodies() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"name":"Contoso","revenue":12.5,"primarycontactid@odata.bind":"/contacts(01234567-89ab-4cde-8f01-23456789abcd)","statecode":0}"#,
        r#"{"@odata.type":"Microsoft.Dynamics.CRM.account","name":"x","parentaccountid@odata.bind":"$1","description":null}"#,
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

pub fn batches() -> Vec<Vec<u8>> {
    let request = "--batch_1\r\nContent-Type: multipart/mixed; boundary=changeset_1\r\n\r\n--changeset_1\r\nContent-Type: \
                   application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1\r\n\r\nPOST /api/data/v9.2/accounts \
                   HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{\"name\":\"a\"}\r\n--changeset_1--\r\n--batch_1\r\nContent-Type: \
                   application/http\r\n\r\nGET /api/data/v9.2/accounts?$top=1 HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n--batch_1--\r\n";
    let response = "--batch_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 412 \
                    Precondition Failed\r\nContent-Type: application/json\r\n\r\n{\"error\":{\"code\":\"0x80060882\",\"message\":\"x\"}}\r\n--batch_1--\r\n";
    vec![request.into(), response.into()]
}

/// All of it, for splices between kinds.
pub fn everything() -> &'static Vec<Vec<u8>> {
    static ALL: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let kinds: [fn() -> Vec<Vec<u8>>; 14] = [
            forms,
            layouts,
            queries,
            site_maps,
            chart_data,
            chart_presentations,
            dashboards,
            processes,
            commands,
            query_strings,
            paths,
            rows,
            bodies,
            batches,
        ];
        kinds.iter().flat_map(|kind| kind()).collect()
    })
}
