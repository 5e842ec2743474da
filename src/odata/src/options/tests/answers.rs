//! The same question in query options and in FetchXML has the same answer, given by the naive executor over the rows
//! of the conformance cases.

use super::*;
use model::Metadata;
use query::cases::{Suite, suite};
use query::{Answer, parse_fetch};

struct World {
    suite: Suite,
    metadata: Metadata,
}

impl World {
    fn new() -> Self {
        let suite = suite().unwrap();
        let mut metadata = Metadata { tables: suite.tables.clone(), ..Metadata::default() };
        for (parent, name, child, column) in [
            ("account", "account_opportunities", "opportunity", "parentaccountid"),
            ("account", "account_contacts", "contact", "parentcustomerid"),
            ("contact", "contact_opportunities", "opportunity", "parentcontactid"),
        ] {
            let table = metadata.tables.iter_mut().find(|table| table.name == *parent).unwrap();
            table.relationships.push(model::Relationship {
                name: name.into(),
                child: child.into(),
                column: column.into(),
                navigation: format!("{column}_{parent}"),
                cascades: model::Cascades::default(),
                hierarchical: false,
                mappings: Vec::new(),
            });
        }
        let team = metadata.tables.iter_mut().find(|table| table.name == "team").unwrap();
        team.many_to_many.push(model::ManyToMany {
            name: "teammembership_association".into(),
            intersect: "teammembership".into(),
            column: "teamid".into(),
            other: "systemuser".into(),
            other_column: "systemuserid".into(),
        });
        Self { suite, metadata }
    }

    fn run(&self, plan: &Plan) -> Answer {
        let bound = query::bind(plan, &self.metadata, &self.suite.caller);
        let bound = bound.unwrap_or_else(|error| panic!("{error}: {plan:?}"));
        query::reference::run(&bound, &self.metadata, &self.suite.rows)
    }

    fn options(&self, table: &str, options: &[(&str, &str)]) -> Answer {
        let pairs: Vec<_> =
            options.iter().map(|(name, value)| format!("{name}={}", encode_query_value(value))).collect();
        let table = self.metadata.table(table).unwrap();
        let read = parse_query(table, &pairs.join("&"), &self.metadata);
        self.run(&read.unwrap_or_else(|error| panic!("{options:?}: {error}")).plan)
    }
}

fn id(digits: &str) -> String {
    format!("00000000-0000-0000-0000-0000000000{digits}")
}

#[test]
fn filters_find_what_fetch_xml_finds() {
    let world = World::new();
    let under = format!("Microsoft.Dynamics.CRM.Under(PropertyName='accountid',PropertyValue={})", id("a1"));
    let under_or_equal = format!(
        "Microsoft.Dynamics.CRM.UnderOrEqual(PropertyName='parentaccountid',PropertyValue='{}')",
        id("a1")
    );
    let found = format!("accountid in ({},{})", id("a1"), id("a3"));
    for (table, filter, expected) in [
        ("account", "startswith(name,'soci') and not contains(name,'nord')", "a1 a3"),
        ("account", "not (address1_city eq 'Paris' or address1_city eq 'Lille')", "a4 a5 a6 a8"),
        ("account", "numberofemployees in (3,250)", "a1 a4 a5"),
        ("account", "not (numberofemployees in (3,250))", "a2 a6 a7 a8"),
        ("account", "address1_city in ('lyon',null)", "a3 a5 a9"),
        ("account", found.as_str(), "a1 a3"),
        ("account", under.as_str(), "a2 a3 a5"),
        ("opportunity", under_or_equal.as_str(), "e1 e2 e3 e4"),
        (
            "account",
            "Microsoft.Dynamics.CRM.EqualUserOrUserHierarchy(PropertyName='ownerid')",
            "a1 a2 a4 a5 a6 a9",
        ),
        (
            "account",
            "Microsoft.Dynamics.CRM.ContainValues(PropertyName='new_tags',PropertyValues=['1','3'])",
            "a1 a4 a5 a7",
        ),
        ("account", "account_opportunities/any(o:o/statecode eq 0)", "a1 a4 a7"),
        ("account", "account_opportunities/any(o:o/statecode eq 0 and o/estimatedvalue gt 1500)", "a1"),
        (
            "account",
            "account_opportunities/any() and account_opportunities/all(o:o/estimatedvalue gt 900)",
            "a1 a4 a7",
        ),
        ("account", "not account_opportunities/any()", "a3 a5 a6 a8"),
        ("account", "account_contacts/any(c:c/contact_opportunities/any(o:o/statecode eq 2))", "a2"),
        ("team", "teammembership_association/any(u:u/fullname eq 'rep un')", "fa fb"),
        ("systemuser", "teammembership_association/any(t:t/name eq 'East')", "f2"),
        ("systemuser", "not teammembership_association/any()", "f3"),
        ("phonecall", "phonecall_activity_parties/any(p:p/addressused eq 'someone@example.org')", "d8"),
        ("opportunity", "parentaccountid_account/primarycontactid/fullname eq 'emile zola'", "e1 e2"),
        ("opportunity", "parentaccountid_account/parentaccountid/name eq null", "e1 e2 e5 e6 e7 e8"),
        ("opportunity", "estimatedvalue gt parentaccountid_account/revenue", "e6 e8"),
        (
            "account",
            "account_opportunities/any(o:o/parentcontactid_contact/fullname eq 'Anna Schmidt')",
            "a1",
        ),
        (
            "task",
            "Microsoft.Dynamics.CRM.NextXHours(PropertyName='scheduledend',PropertyValue=14)",
            "d2 d3 d4",
        ),
    ] {
        let answer = world.options(table, &[("$filter", filter)]);
        let ids: Vec<_> = answer.rows.iter().map(|row| format!("{:x}", row.id.unwrap().as_u128())).collect();
        assert_eq!(ids.join(" "), expected, "{filter}");
    }
}

#[test]
fn options_and_fetch_xml_give_one_answer() {
    let world = World::new();
    let date = "<attribute name='createdon' groupby='true' alias='{}' dategrouping='{}'/>";
    let date = |part: &str, alias: &str| date.replacen("{}", alias, 1).replacen("{}", part, 1);
    for (table, options, fetch) in [
        (
            "account",
            vec![("$select", "name,revenue"), ("$orderby", "revenue desc,name"), ("$top", "3"), ("$count", "true")],
            "<fetch top='3' returntotalrecordcount='true'><entity name='account'><attribute name='name'/>\
             <attribute name='revenue'/><order attribute='revenue' descending='true'/><order attribute='name'/></entity></fetch>".to_owned(),
        ),
        (
            "opportunity",
            vec![("$apply", "groupby((year(createdon),month(createdon) as month),aggregate($count as n,estimatedvalue with sum as v))"), ("$orderby", "year(createdon) desc,month")],
            format!("<fetch aggregate='true'><entity name='opportunity'>{}{}<attribute name='opportunityid' aggregate='count' alias='n'/>\
             <attribute name='estimatedvalue' aggregate='sum' alias='v'/><order alias='year' descending='true'/><order alias='month'/></entity></fetch>", date("year", "year"), date("month", "month")),
        ),
        (
            "opportunity",
            vec![("$apply", "filter(statecode eq 0)/groupby((fiscalperiod(createdon)),aggregate(closeprobability with average as p,ownerid with countdistinct as o))"), ("$orderby", "fiscalperiod(createdon)")],
            format!("<fetch aggregate='true'><entity name='opportunity'>{}<attribute name='closeprobability' aggregate='avg' alias='p'/>\
             <attribute name='ownerid' aggregate='countcolumn' distinct='true' alias='o'/><order alias='f'/>\
             <filter><condition attribute='statecode' operator='eq' value='0'/></filter></entity></fetch>", date("fiscal-period", "f")),
        ),
        (
            "opportunity",
            vec![("$apply", "groupby((parentaccountid_account/address1_city),aggregate(estimatedvalue with max as m))"), ("$orderby", "parentaccountid_account/address1_city")],
            "<fetch aggregate='true'><entity name='opportunity'><attribute name='estimatedvalue' aggregate='max' alias='m'/>\
             <link-entity name='account' from='accountid' to='parentaccountid' link-type='outer' alias='a'>\
             <attribute name='address1_city' groupby='true' alias='c'/></link-entity><order alias='c'/></entity></fetch>".to_owned(),
        ),
    ] {
        let (found, expected) = (world.options(table, &options), world.run(&parse_fetch(&fetch).unwrap()));
        assert_eq!(found.rows, expected.rows, "{options:?}");
        assert_eq!((found.total, found.more), (expected.total, expected.more), "{options:?}");
        assert!(!found.rows.is_empty());
    }
    let aliases = world.options("opportunity", &[("$apply", "groupby((year(createdon)))")]);
    assert_eq!(aliases.names, ["year(createdon)"]);
}
