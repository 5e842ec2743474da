use super::*;
use crate::plan::{Condition, Filter, Page};

const GOOD: &str = r#"<fetch version="1.0" mapping="logical" count="50" page="2" returntotalrecordcount="true" no-lock="true">
  <entity name="opportunity">
    <attribute name="name"/><attribute name="estimatedvalue" alias="value"/>
    <order attribute="estimatedclosedate" descending="true"/><order attribute="name" entityname="a"/>
    <filter type="and" hint="union"><condition attribute="ownerid" operator="eq-userid"/>
      <filter type="or" isquickfindfields="1"><condition attribute="name" operator="like" value="{0}"/></filter>
      <condition attribute="statecode" operator="in" uiname="x" uitype="y"><value uiname="Open">0</value><value>1</value></condition>
      <link-entity name="task" from="regardingobjectid" to="opportunityid" link-type="not any"/></filter>
    <link-entity name="account" from="accountid" to="parentaccountid" alias="a" link-type="outer" visible="false">
      <attribute name="name"/><order attribute="revenue"/>
      <link-entity name="account" from="accountid" to="parentaccountid"><all-attributes/></link-entity></link-entity>
  </entity></fetch>"#;

fn condition(column: &str, operator: &str, values: &[&str]) -> Filter {
    Filter::Condition(Condition {
        link: None,
        column: column.into(),
        operator: operator.into(),
        values: values.iter().map(ToString::to_string).collect(),
        value_of: None,
    })
}

#[test]
fn a_query_is_read_with_all_it_says() {
    let plan = parse_fetch(GOOD).unwrap();
    let named = OutputColumn::named("name");
    let value = OutputColumn::renamed("estimatedvalue", "value");
    assert_eq!(plan.output, Output::Columns(vec![named.clone(), value]));
    assert_eq!(plan.page, Page::slice(50, 50));
    assert!(plan.wants_total && !plan.distinct);
    let orders: Vec<_> = plan
        .orders
        .iter()
        .map(|order| (order.link.as_deref(), order.column.as_str(), order.descending))
        .collect();
    assert_eq!(
        orders,
        [(None, "estimatedclosedate", true), (Some("a"), "name", false), (Some("a"), "revenue", false)]
    );
    let Some(Filter::And(parts)) = &plan.filter else { panic!("{:?}", plan.filter) };
    assert_eq!(parts[0], condition("ownerid", "eq-userid", &[]));
    let fields = Box::new(Filter::Or(vec![condition("name", "like", &["{0}"])]));
    assert_eq!(parts[1], Filter::QuickFind { fields, search: None });
    assert_eq!(parts[2], condition("statecode", "in", &["0", "1"]));
    let Filter::Linked(task) = &parts[3] else { panic!("{:?}", parts[3]) };
    assert_eq!((task.alias.as_str(), task.kind), ("task1", LinkKind::NotAny));
    let [account] = plan.links.as_slice() else { panic!("one link") };
    assert_eq!((account.kind, &account.columns), (LinkKind::Outer, &vec![named]));
    assert_eq!((account.from.as_str(), account.to.as_str()), ("accountid", "parentaccountid"));
    let [parent] = account.links.as_slice() else { panic!("one link inside") };
    assert_eq!((parent.alias.as_str(), parent.kind), ("account1", LinkKind::Inner));
    assert!(parent.columns[0].is_every());
}

#[test]
fn made_up_aliases_keep_clear_of_written_ones() {
    let plan = parse_fetch(
        "<fetch><entity name='account'><link-entity name='contact' from='a' to='b'/>\
         <link-entity name='contact' from='a' to='b' alias='contact1'/>\
         <link-entity name='contact' from='a' to='b'/></entity></fetch>",
    );
    let aliases: Vec<_> = plan.unwrap().links.into_iter().map(|link| link.alias).collect();
    assert_eq!(aliases, ["contact2", "contact1", "contact3"]);
}

#[test]
fn without_a_page_the_first_five_thousand_rows_are_meant() {
    let plan = parse_fetch("<fetch><entity name='account'/></fetch>").unwrap();
    assert_eq!(plan.page, Page::slice(0, 5000));
    assert_eq!(plan.output, Output::Columns(Vec::new()));
    let plan =
        parse_fetch("<fetch page='3' count='100'><entity name='account'><all-attributes/></entity></fetch>");
    let plan = plan.unwrap();
    assert_eq!((plan.page, plan.output), (Page::slice(200, 100), Output::All));
}

#[test]
fn limits_are_told() {
    let fetch = |inner: &str| parse_fetch(&format!("<fetch><entity name='account'>{inner}</entity></fetch>"));
    let nested = |depth: usize| {
        let condition = "<condition attribute='name' operator='null'/>";
        fetch(&format!("{}{condition}{}", "<filter>".repeat(depth), "</filter>".repeat(depth)))
    };
    assert!(nested(MAX_DEPTH).is_ok());
    assert_eq!(nested(MAX_DEPTH + 1), Err(QueryError::TooDeep { limit: MAX_DEPTH }));
    assert!(matches!(nested(100_000), Err(QueryError::Xml { .. })));
    let conditions = |count: usize| {
        fetch(&format!("<filter>{}</filter>", "<condition attribute='name' operator='null'/>".repeat(count)))
    };
    assert!(conditions(MAX_CONDITIONS).is_ok());
    let too_many = |what, found, limit| Err(QueryError::TooMany { what, found, limit });
    assert_eq!(conditions(501), too_many("conditions", 501, MAX_CONDITIONS));
    let links = |count: usize| fetch(&"<link-entity name='contact' from='a' to='b'/>".repeat(count));
    assert!(links(MAX_LINKS).is_ok());
    assert_eq!(links(16), too_many("link-entity elements", 16, MAX_LINKS));
    let alias = format!("<attribute name='name' alias='{}'/>", "a".repeat(101));
    assert!(matches!(fetch(&alias), Err(QueryError::BadAlias { .. })));
    assert!(matches!(fetch("<attribute name='name' alias='a.b'/>"), Err(QueryError::BadAlias { .. })));
}

#[test]
fn a_query_cut_anywhere_is_refused_and_never_panics() {
    for end in 0..GOOD.len() {
        assert!(parse_fetch(&GOOD[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn a_query_with_any_byte_changed_never_panics() {
    for index in 0..GOOD.len() {
        for byte in [b'<', b'>', b'"', b'/', b'&', b' ', b'x', 0] {
            let mut bytes = GOOD.as_bytes().to_vec();
            bytes[index] = byte;
            let _ = parse_fetch(&String::from_utf8(bytes).unwrap());
        }
    }
}

#[test]
fn every_attribute_and_element_is_checked() {
    for (xml, expected) in [
        ("<fetch mapping='physical'><entity name='a'/></fetch>", "expected logical"),
        ("<fetch datasource='retained'><entity name='a'/></fetch>", "datasource=\"retained\""),
        ("<fetch distinct='maybe'><entity name='a'/></fetch>", "expected true or false"),
        ("<fetch count='0'><entity name='a'/></fetch>", "from 1 to 5000"),
        ("<fetch page='first'><entity name='a'/></fetch>", "from 1 to"),
        ("<fetch rows='1'><entity name='a'/></fetch>", "<fetch> has no attribute “rows”"),
        ("<fetch><entity/></fetch>", "<entity> needs the attribute “name”"),
        ("<fetch><entity name='a'><order/></entity></fetch>", "<order> needs the attribute “attribute”"),
        (
            "<fetch><entity name='a'><filter><condition/></filter></entity></fetch>",
            "needs the attribute “attribute”",
        ),
        (
            "<fetch><entity name='a'><filter><condition attribute='b'/></filter></entity></fetch>",
            "needs the attribute “operator”",
        ),
        (
            "<fetch><entity name='a'><filter><order/></filter></entity></fetch>",
            "<order> is not allowed inside <filter>; allowed are condition, filter, link-entity",
        ),
        (
            "<fetch><entity name='a'><attribute name='b'><value/></attribute></entity></fetch>",
            "<value> is not allowed inside <attribute>; allowed are none",
        ),
        (
            "<fetch><entity name='a'><link-entity name='b' to='c'/></entity></fetch>",
            "<link-entity> needs the attribute “from”",
        ),
        (
            "<fetch aggregate='1'><entity name='a'><attribute name='b' alias='c' aggregate='median'/></entity></fetch>",
            "expected count, countcolumn",
        ),
        (
            "<fetch aggregate='1'><entity name='a'><attribute name='b' alias='c'/></entity></fetch>",
            "<attribute> needs the attribute “aggregate”",
        ),
        (
            "<fetch aggregate='1'><entity name='a'><attribute name='b' alias='c' groupby='1' dategrouping='hour'/></entity></fetch>",
            "expected day, week",
        ),
        (
            "<fetch aggregate='1'><entity name='a'><attribute name='b' alias='c' rowaggregate='CountChildren'/></entity></fetch>",
            "rowaggregate of <attribute> cannot be used together with aggregate",
        ),
    ] {
        let message = parse_fetch(xml).unwrap_err().to_string();
        assert!(message.contains(expected), "{xml}: {message}");
    }
}
