use super::*;
use crate::bound::{Comparison, Pattern, Test};
use crate::plan::{Output, Page};
use crate::{BoundOutput, cases, parse_fetch, quick_find};
use model::Value;

fn bound(inner: &str) -> Result<BoundPlan, QueryError> {
    let suite = cases::suite().unwrap();
    let fetch = format!("<fetch><entity name='account'>{inner}</entity></fetch>");
    bind(&parse_fetch(&fetch).unwrap(), &suite.tables, &suite.caller)
}

fn filter(condition: &str) -> Option<Predicate> {
    bound(&format!("<filter>{condition}</filter>")).unwrap().filter
}

fn test_of(column: &str, test: Test) -> Option<Predicate> {
    Some(Predicate::Test { link: None, column: column.into(), test })
}

#[test]
fn operands_are_ready_to_compare() {
    for (condition, column, test) in [
        (
            "<condition attribute='name' operator='eq' value='ÉPÉE'/>",
            "name",
            Test::Compare(Comparison::Equal, Value::Text("epee".into())),
        ),
        (
            "<condition attribute='name' operator='like' value='%É%'/>",
            "name",
            Test::Like(Pattern::Contains("e".into())),
        ),
        (
            "<condition attribute='revenue' operator='ge' value='1e3'/>",
            "revenue",
            Test::Compare(Comparison::GreaterOrEqual, Value::Decimal(1000.into())),
        ),
        (
            "<condition attribute='ownerid' operator='eq-userid'/>",
            "ownerid",
            Test::Compare(Comparison::Equal, Value::Id(model::RowId::from_u128(0xf1))),
        ),
        (
            "<condition attribute='createdon' operator='yesterday'/>",
            "createdon",
            Test::Range {
                from: Some(Value::DateTime("2026-03-28T23:00:00Z".parse().unwrap())),
                until: Some(Value::DateTime("2026-03-29T22:00:00Z".parse().unwrap())),
                includes_until: false,
            },
        ),
        (
            "<condition attribute='createdon' operator='last-x-hours' value='3'/>",
            "createdon",
            Test::Range {
                from: Some(Value::DateTime("2026-03-30T05:00:00Z".parse().unwrap())),
                until: Some(Value::DateTime("2026-03-30T08:15:00Z".parse().unwrap())),
                includes_until: true,
            },
        ),
        (
            "<condition attribute='new_tags' operator='contain-values'><value>3</value><value>1</value></condition>",
            "new_tags",
            Test::ContainsAny(vec![1, 3]),
        ),
        ("<condition attribute='primarycontactidname' operator='null'/>", "primarycontactid", Test::Null),
    ] {
        assert_eq!(filter(condition), test_of(column, test), "{condition}");
    }
}

#[test]
fn negative_operators_are_negations() {
    let Some(Predicate::Not(part)) = filter("<condition attribute='name' operator='not-like' value='a%'/>")
    else {
        panic!("no negation")
    };
    assert_eq!(Some(*part), test_of("name", Test::Like(Pattern::Prefix("a".into()))));
}

#[test]
fn what_is_known_beforehand_is_left_out() {
    let mut suite = cases::suite().unwrap();
    suite.caller.teams.clear();
    let teams = "<condition attribute='ownerid' operator='eq-userteams'/>";
    let name = "<condition attribute='name' operator='null'/>";
    let read = |filter: &str| {
        let fetch = format!("<fetch><entity name='account'>{filter}</entity></fetch>");
        bind(&parse_fetch(&fetch).unwrap(), &suite.tables, &suite.caller).unwrap().filter
    };
    assert_eq!(read(&format!("<filter>{teams}{name}</filter>")), Some(Predicate::Constant(false)));
    assert_eq!(read(&format!("<filter type='or'>{teams}{name}</filter>")), test_of("name", Test::Null));
    let find = format!("<filter isquickfindfields='1'>{name}</filter>");
    assert_eq!(read(&find), None);
    assert_eq!(read(&format!("<filter>{find}{name}</filter>")), test_of("name", Test::Null));
}

#[test]
fn all_is_spelled_out_in_the_order_of_the_table() {
    let suite = cases::suite().unwrap();
    let BoundOutput::Columns(columns) = bound("<all-attributes/>").unwrap().output else {
        panic!("no columns")
    };
    let table = suite.tables.table("account").unwrap();
    let names: Vec<_> = table.columns.iter().map(|column| column.name.clone()).collect();
    assert_eq!(columns.into_iter().map(|output| output.column).collect::<Vec<_>>(), names);
}

#[test]
fn a_search_goes_into_filters_of_links_too() {
    let suite = cases::suite().unwrap();
    let fetch = "<fetch><entity name='account'><link-entity name='contact' from='parentcustomerid' to='accountid' \
                 alias='c'><filter isquickfindfields='1'><condition attribute='fullname' operator='like' value='{0}'/>\
                 </filter></link-entity></entity></fetch>";
    let plan = quick_find(parse_fetch(fetch).unwrap(), " Zo ");
    let bound = bind(&plan, &suite.tables, &suite.caller).unwrap();
    assert_eq!(bound.links[0].filter, test_of("fullname", Test::Like(Pattern::Prefix("zo".into()))));
    // Another search replaces it, none takes it away.
    let none = bind(&quick_find(plan, ""), &suite.tables, &suite.caller).unwrap();
    assert_eq!(none.links[0].filter, None);
}

fn plan(filter: Filter) -> Plan {
    Plan {
        table: "account".into(),
        output: Output::All,
        filter: Some(filter),
        links: Vec::new(),
        orders: Vec::new(),
        distinct: false,
        page: Page::default(),
        wants_total: false,
        sorts_choices_by_number: false,
    }
}

#[test]
fn plans_that_do_not_come_from_fetch_xml_meet_limits_too() {
    let suite = cases::suite().unwrap();
    let bind = |filter| bind(&plan(filter), &suite.tables, &suite.caller).map(|bound| bound.filter);
    let condition = Filter::Condition(Condition {
        link: None,
        column: "name".into(),
        operator: "null".into(),
        values: Vec::new(),
        value_of: None,
    });
    let nested = |depth| (0..depth).fold(condition.clone(), |part, _| Filter::Not(Box::new(part)));
    assert!(bind(nested(MAX_NESTING - 1)).is_ok());
    assert_eq!(bind(nested(MAX_NESTING)), Err(QueryError::TooDeep { limit: MAX_NESTING }));
    let many = Filter::Or(vec![condition; MAX_CONDITIONS + 1]);
    let found = MAX_CONDITIONS + 1;
    assert_eq!(bind(many), Err(QueryError::TooMany { what: "conditions", found, limit: MAX_CONDITIONS }));
    assert_eq!(bind(Filter::Or(Vec::new())), Ok(Some(Predicate::Constant(false))));
    assert_eq!(bind(Filter::And(Vec::new())), Ok(None));
}

#[test]
fn every_operator_is_known_and_answers_or_says_why_not() {
    const OPERATORS: &str = "eq ne neq gt ge lt le like not-like begins-with not-begin-with ends-with not-end-with null \
        not-null in not-in between not-between contain-values not-contain-values eq-userid ne-userid eq-userteams \
        eq-useroruserteams eq-businessid ne-businessid eq-userlanguage yesterday today tomorrow last-seven-days \
        next-seven-days last-week this-week next-week last-month this-month next-month last-year this-year next-year on \
        on-or-before on-or-after last-x-hours next-x-hours last-x-days next-x-days last-x-weeks next-x-weeks \
        last-x-months next-x-months last-x-years next-x-years olderthan-x-minutes olderthan-x-hours olderthan-x-days \
        olderthan-x-weeks olderthan-x-months olderthan-x-years this-fiscal-year this-fiscal-period next-fiscal-year \
        next-fiscal-period last-fiscal-year last-fiscal-period last-x-fiscal-years last-x-fiscal-periods \
        next-x-fiscal-years next-x-fiscal-periods in-fiscal-year in-fiscal-period in-fiscal-period-and-year \
        in-or-before-fiscal-period-and-year in-or-after-fiscal-period-and-year above eq-or-above under eq-or-under \
        not-under eq-useroruserhierarchy eq-useroruserhierarchyandteams";
    let suite = cases::suite().unwrap();
    let table = suite.tables.table("account").unwrap();
    let operands: [&[&str]; 7] = [
        &[],
        &["1"],
        &["1", "2026"],
        &["2026-01-31"],
        &["2026-01-31", "2026-02-01"],
        &["Lyon", "x"],
        &["0000000000000000000000000000000a"],
    ];
    let answers = |operator: &str, values: &[&str], column: &model::ColumnName| {
        let condition = Condition {
            link: None,
            column: column.clone(),
            operator: operator.into(),
            values: values.iter().map(ToString::to_string).collect(),
            value_of: None,
        };
        bind(&plan(Filter::Condition(condition)), &suite.tables, &suite.caller)
    };
    for operator in OPERATORS.split_whitespace() {
        let is_answered = table
            .columns
            .iter()
            .any(|column| operands.iter().any(|values| answers(operator, values, &column.name).is_ok()));
        assert!(is_answered, "{operator}");
        for column in &table.columns {
            for values in operands {
                if let Err(error) = answers(operator, values, &column.name) {
                    assert!(!matches!(error, QueryError::UnknownOperator { .. }), "{operator}: {error}");
                }
            }
        }
    }
    for operator in ["last-x-", "last-x-minutes", "next-x-minutes", "olderthan-x-fiscal-years", "EQ", "x"] {
        let error = answers(operator, &["1"], &"createdon".into()).unwrap_err();
        assert!(matches!(error, QueryError::UnknownOperator { .. }), "{operator}: {error}");
    }
}

#[test]
fn a_question_with_any_byte_changed_is_answered_or_refused_and_never_panics() {
    let suite = cases::suite().unwrap();
    let asked = suite.cases.iter().filter(|case| case.error.is_none() && case.fetch.len() < 400);
    let mut choices = model::testing::Choices::new(17);
    let mut answered = 0;
    for case in asked {
        for _ in 0..24 {
            let mut bytes = case.fetch.clone().into_bytes();
            let place = usize::try_from(choices.below(bytes.len() as u64)).unwrap();
            bytes[place] = choices.of(b"0919-az<>'\"={}%_. ");
            let Ok(plan) = parse_fetch(&String::from_utf8_lossy(&bytes)) else { continue };
            let Ok(plan) = bind(&plan, &suite.tables, &suite.caller) else { continue };
            let answer = crate::reference::run(&plan, &suite.tables, &suite.rows);
            assert!(answer.rows.iter().all(|row| row.values.len() == answer.names.len()));
            answered += 1;
        }
    }
    assert!(answered > 300, "{answered} changed questions still made sense");
}
