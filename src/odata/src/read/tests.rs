use super::*;
use crate::testing::{Numbers, metadata};
use crate::{RowFormat, WriteOptions, write_row};
use model::{Language, Metadata, Value};

const ID: &str = "01234567-89ab-4cde-8f01-23456789abcd";
const OTHER: &str = "11234567-89ab-4cde-8f01-23456789abcd";

/// Keeps the rows, and notices values that reach it outside of the protocol.
#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    values: Columns,
    discarded: usize,
}

struct Sink<'a> {
    table: &'a Table,
    kept: &'a mut Rows,
}

impl RowSink for Sink<'_> {
    fn value(&mut self, column: usize, value: ValueRef<'_>) {
        let name = self.table.columns[column].name.clone();
        assert!(!self.kept.values.has(name.as_str()), "{name} twice in a row");
        self.kept.values.set(name, value.into_value());
    }

    fn finish(&mut self, id: RowId, version: Option<RowVersion>) {
        let columns = std::mem::take(&mut self.kept.values);
        self.kept.rows.push(Row { table: self.table.name.clone(), id, version, columns });
    }

    fn discard(&mut self) {
        self.kept.values = Columns::new();
        self.kept.discarded += 1;
    }
}

fn read(metadata: &Metadata, table: &str, json: &str) -> Result<(PageEnvelope, Rows), ODataError> {
    let table = metadata.table(table).unwrap();
    let mut kept = Rows::default();
    let envelope = read_rows(json.as_bytes(), table, &mut Sink { table, kept: &mut kept })?;
    assert_eq!(envelope.rows, kept.rows.len());
    Ok((envelope, kept))
}

#[test]
fn a_page_gives_its_rows_its_links_and_what_is_gone() {
    let json = format!(
        r#"{{"@odata.context":"http://h/$metadata#accounts","@odata.count":7,"@odata.nextLink":"http://h/n?$skiptoken=a%20b","value":[
        {{"@odata.etag":"W/\"12\"","accountid":"{ID}","name":"A \"quoted\" é","revenue":0.10,"revenue@OData.Community.Display.V1.FormattedValue":"€0.10",
          "_primarycontactid_value@OData.Community.Display.V1.FormattedValue":"Marie","_primarycontactid_value":"{OTHER}",
          "_ownerid_value":"{OTHER}","_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname":"team","_parentaccountid_value":null,
          "unknown":{{"deep":[1e999,{{}}]}},"statecode":0,"creditonhold":true,"description":null}},
        {{"@odata.context":"http://h/$metadata#accounts/$deletedEntity","id":"{ID}","reason":"deleted"}},
        {{"id":"{OTHER}","reason":"changed","@odata.context":"http://h/$metadata#accounts/$deletedEntity"}}
        ],"@odata.deltaLink":"http://h/d"}}"#
    );
    let (envelope, Rows { rows, discarded, .. }) = read(&metadata(), "account", &json).unwrap();
    assert_eq!(envelope.count, Some(7));
    assert_eq!(envelope.next_link.as_deref(), Some("http://h/n?$skiptoken=a%20b"));
    assert_eq!(envelope.delta_link.as_deref(), Some("http://h/d"));
    let reasons: Vec<_> = envelope.removed.iter().map(|it| (it.id.to_string(), it.reason)).collect();
    assert_eq!(
        reasons,
        [(ID.to_owned(), RemovedReason::Deleted), (OTHER.to_owned(), RemovedReason::Changed)]
    );
    assert_eq!((envelope.problems, discarded), (Vec::new(), 0));
    let row = &rows[0];
    assert_eq!((row.id.to_string().as_str(), row.version), (ID, Some(RowVersion(12))));
    assert_eq!(row.columns.get("name").as_text(), Some("A \"quoted\" é"));
    assert_eq!(row.columns.get("revenue"), &Value::Decimal("0.10".parse().unwrap()));
    let contact = row.columns.get("primarycontactid").as_reference().unwrap();
    assert_eq!((contact.table.as_str(), contact.name.as_deref()), ("contact", Some("Marie")));
    assert_eq!(row.columns.get("ownerid").as_reference().unwrap().table, "team");
    assert!(row.columns.has("parentaccountid") && row.columns.has("description"));
    assert_eq!(row.columns.get("statecode"), &Value::Choice(0));
    assert_eq!(row.columns.len(), 8);
}

#[test]
fn what_was_left_out_for_having_no_value_is_null_and_what_is_withheld_is_unknown() {
    let metadata = metadata();
    let table = metadata.table("account").unwrap();
    let json = format!(
        r#"{{"value":[{{"accountid":"{OTHER}","name":"full","_parentaccountid_value":"{ID}"}},
        {{"accountid":"{ID}","name":"A","revenue@Core.Permissions":"None",
          "fax@OData.Community.Display.V1.FormattedValue":"x","_ownerid_value@Core.Permissions":"None",
          "_primarycontactid_value@Microsoft.Dynamics.CRM.lookuplogicalname":"contact"}},
        {{"@odata.context":"x#accounts/$deletedEntity","id":"{OTHER}","reason":"deleted"}}]}}"#
    );
    let mut kept = Rows::default();
    let mut sink = Sink { table, kept: &mut kept };
    let envelope = read_rows_without_nulls(json.as_bytes(), table, &mut sink).unwrap();
    assert_eq!((envelope.rows, envelope.removed.len(), kept.discarded), (2, 1, 0));
    assert_eq!(kept.rows[0].columns.len(), table.columns.len() - 1, "every column but the key");
    let columns = &kept.rows[1].columns;
    for name in ["revenue", "fax", "ownerid", "primarycontactid"] {
        assert!(!columns.has(name), "{name}");
    }
    for name in ["parentaccountid", "description", "telephone1", "statecode"] {
        assert!(columns.has(name) && columns.get(name).is_null(), "{name}");
    }
    let (_, plain) = read(&metadata, "account", &json).unwrap();
    assert_eq!(plain.rows[1].columns.len(), 1, "who promised nothing is taken at their word");
}

#[test]
fn a_row_that_does_not_fit_is_left_out_and_told() {
    let metadata = metadata();
    for (members, property) in [
        (format!(r#""accountid":"{ID}","revenue":"much""#), "revenue"),
        (format!(r#""accountid":"{ID}","revenue":{{"a":[1]}}"#), "revenue"),
        (format!(r#""revenue":true,"accountid":"{ID}""#), "revenue"),
        (format!(r#""accountid":"{ID}","name":5"#), "name"),
        (format!(r#""accountid":"{ID}","name":{{"a":{{}}}}"#), "name"),
        (format!(r#""accountid":"{ID}","name":["a",[]]"#), "name"),
        (format!(r#""accountid":"{ID}","statecode":99999999999"#), "statecode"),
        (format!(r#""accountid":"{ID}","createdon":"yesterday""#), "createdon"),
        (format!(r#""accountid":"{ID}","_ownerid_value":"{OTHER}""#), "ownerid"),
        (format!(r#""accountid":"{ID}","_primarycontactid_value":17"#), "primarycontactid"),
        (format!(r#""accountid":"{ID}","name":"a","name":"b""#), "name"),
        (r#""accountid":17,"name":"a""#.to_owned(), "accountid"),
        (r#""name":"a""#.to_owned(), "accountid"),
    ] {
        let json = format!(
            r#"{{"value":[{{"accountid":"{OTHER}","name":"before"}},{{{members}}},{{"accountid":"{OTHER}","name":"after"}}]}}"#
        );
        let (envelope, Rows { rows, discarded, .. }) = read(&metadata, "account", &json).unwrap();
        let names: Vec<_> = rows.iter().map(|row| row.columns.get("name").as_text()).collect();
        assert_eq!(names, [Some("before"), Some("after")], "{members}");
        assert_eq!((envelope.problems.len(), discarded), (1, 1), "{members}");
        let problem = &envelope.problems[0];
        assert_eq!(problem.property, property, "{members}");
        assert_eq!(problem.id.is_some(), members.contains(ID), "{members}");
        let error = read_row(format!("{{{members}}}").as_bytes(), metadata.table("account").unwrap());
        assert!(matches!(error, Err(ODataError::Row { .. })), "{members}: {error:?}");
    }
}

#[test]
fn bodies_that_hold_no_rows_are_errors() {
    let metadata = metadata();
    for json in
        ["", "17", "[]", "{", "{\"value\":[{]}", "{\"value\":17}", "{\"value\":[17]}", "{\"value\":[]} x"]
    {
        assert!(matches!(read(&metadata, "account", json), Err(ODataError::Json { .. })), "{json}");
    }
    for json in ["{}", r#"{"error":{"code":"0x80040217","message":"gone"}}"#, r#"{"@odata.context":"x"}"#] {
        assert!(matches!(read(&metadata, "account", json), Err(ODataError::NoRows { .. })), "{json}");
    }
    assert!(read_rows(b"\xff", metadata.table("account").unwrap(), &mut NoSink).is_err());
    let (envelope, _) = read(&metadata, "account", r#"{"value":[]}"#).unwrap();
    assert_eq!(envelope, PageEnvelope::default());
}

struct NoSink;

impl RowSink for NoSink {
    fn value(&mut self, _: usize, _: ValueRef<'_>) {}
    fn finish(&mut self, _: RowId, _: Option<RowVersion>) {}
    fn discard(&mut self) {}
}

#[test]
fn parties_are_sorted_into_their_lists() {
    let json = format!(
        r#"{{"activityid":"{ID}","appointment_activity_parties":[
        {{"participationtypemask":5,"_partyid_value":"{OTHER}","_partyid_value@Microsoft.Dynamics.CRM.lookuplogicalname":"contact","_partyid_value@OData.Community.Display.V1.FormattedValue":"Marie"}},
        {{"participationtypemask":9,"_partyid_value":"{OTHER}"}},
        {{"participationtypemask":5,"addressused":"a@example.com","_partyid_value":null}}]}}"#
    );
    let row = read_row(json.as_bytes(), metadata().table("appointment").unwrap()).unwrap();
    let Value::Parties(required) = row.columns.get("requiredattendees") else { panic!() };
    assert_eq!(required.len(), 2);
    assert_eq!(required[0].party.as_ref().unwrap().name.as_deref(), Some("Marie"));
    assert_eq!(required[1].address.as_deref(), Some("a@example.com"));
    assert!(row.columns.has("optionalattendees") && row.columns.get("optionalattendees").is_null());
}

#[test]
fn deep_nesting_is_passed_over_without_recursion() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let json = format!(r#"{{"accountid":"{ID}","unknown":{deep},"name":"a"}}"#);
    let row = read_row(json.as_bytes(), metadata().table("account").unwrap()).unwrap();
    assert_eq!(row.columns.get("name").as_text(), Some("a"));
    let json = format!(r#"{{"accountid":"{ID}","name":{deep}}}"#);
    assert!(read_row(json.as_bytes(), metadata().table("account").unwrap()).is_err());
}

#[test]
fn no_input_makes_the_reader_panic() {
    let metadata = metadata();
    let mut numbers = Numbers::new(5);
    for name in ["account", "appointment", "opportunity"] {
        let table = metadata.table(name).unwrap();
        let options = WriteOptions {
            select: None,
            annotations: crate::Annotations::all(),
            formatted_values: crate::FormattedValues::All,
            language: Language::English,
            reader: None,
            omit_nulls: numbers.below(2) == 0,
        };
        let format = RowFormat::new(table, &metadata, &options);
        let mut page = br#"{"@odata.count":2,"value":["#.to_vec();
        for number in 0..2 {
            if number > 0 {
                page.push(b',');
            }
            write_row(&numbers.row(table), &format, "", &[], &mut page);
        }
        page.extend_from_slice(b"],\"@odata.deltaLink\":\"x\"}");
        for _ in 0..2000 {
            let mutated = numbers.mutate(&page);
            let mut kept = Rows::default();
            if let Ok(envelope) =
                read_rows_without_nulls(&mutated, table, &mut Sink { table, kept: &mut kept })
            {
                assert_eq!(envelope.rows, kept.rows.len());
                assert!(kept.values.is_empty(), "a row was neither finished nor discarded");
            }
        }
    }
}
