//! Query functions: every one of Dataverse's reference becomes a condition that fits the schema.

use super::*;
use model::{ChoiceOption, Column, ColumnKind, Label};

/// Every function of Dataverse's reference, with values that fit a column of opportunities.
const FUNCTIONS: [(&str, &str, &[&str]); 69] = [
    ("Above", "parentaccountid", &[ID]),
    ("AboveOrEqual", "parentaccountid", &[ID]),
    ("Between", "estimatedvalue", &["1", "2"]),
    ("Contains", "name", &["a"]),
    ("ContainValues", "new_tags", &["1", "2"]),
    ("DoesNotContainValues", "new_tags", &["1"]),
    ("EqualBusinessId", "owningbusinessunit", &[]),
    ("EqualUserId", "ownerid", &[]),
    ("EqualUserLanguage", "timezoneruleversionnumber", &[]),
    ("EqualUserOrUserHierarchy", "ownerid", &[]),
    ("EqualUserOrUserHierarchyAndTeams", "ownerid", &[]),
    ("EqualUserOrUserTeams", "ownerid", &[]),
    ("EqualUserTeams", "ownerid", &[]),
    ("In", "statuscode", &["1", "2"]),
    ("InFiscalPeriod", "createdon", &["1"]),
    ("InFiscalPeriodAndYear", "createdon", &["1", "2026"]),
    ("InFiscalYear", "createdon", &["2026"]),
    ("InOrAfterFiscalPeriodAndYear", "createdon", &["1", "2026"]),
    ("InOrBeforeFiscalPeriodAndYear", "createdon", &["1", "2026"]),
    ("Last7Days", "createdon", &[]),
    ("LastFiscalPeriod", "createdon", &[]),
    ("LastFiscalYear", "createdon", &[]),
    ("LastMonth", "createdon", &[]),
    ("LastWeek", "createdon", &[]),
    ("LastXDays", "createdon", &["3"]),
    ("LastXFiscalPeriods", "createdon", &["3"]),
    ("LastXFiscalYears", "createdon", &["3"]),
    ("LastXHours", "createdon", &["3"]),
    ("LastXMonths", "createdon", &["3"]),
    ("LastXWeeks", "createdon", &["3"]),
    ("LastXYears", "createdon", &["3"]),
    ("LastYear", "createdon", &[]),
    ("Next7Days", "createdon", &[]),
    ("NextFiscalPeriod", "createdon", &[]),
    ("NextFiscalYear", "createdon", &[]),
    ("NextMonth", "createdon", &[]),
    ("NextWeek", "createdon", &[]),
    ("NextXDays", "createdon", &["3"]),
    ("NextXFiscalPeriods", "createdon", &["3"]),
    ("NextXFiscalYears", "createdon", &["3"]),
    ("NextXHours", "createdon", &["3"]),
    ("NextXMonths", "createdon", &["3"]),
    ("NextXWeeks", "createdon", &["3"]),
    ("NextXYears", "createdon", &["3"]),
    ("NextYear", "createdon", &[]),
    ("NotBetween", "estimatedvalue", &["1", "2"]),
    ("NotEqualBusinessId", "owningbusinessunit", &[]),
    ("NotEqualUserId", "ownerid", &[]),
    ("NotIn", "statuscode", &["1"]),
    ("NotUnder", "parentaccountid", &[ID]),
    ("OlderThanXDays", "createdon", &["3"]),
    ("OlderThanXHours", "createdon", &["3"]),
    ("OlderThanXMinutes", "createdon", &["3"]),
    ("OlderThanXMonths", "createdon", &["3"]),
    ("OlderThanXWeeks", "createdon", &["3"]),
    ("OlderThanXYears", "createdon", &["3"]),
    ("On", "createdon", &["2026-01-31"]),
    ("OnOrAfter", "createdon", &["2026-01-31"]),
    ("OnOrBefore", "createdon", &["2026-01-31"]),
    ("ThisFiscalPeriod", "createdon", &[]),
    ("ThisFiscalYear", "createdon", &[]),
    ("ThisMonth", "createdon", &[]),
    ("ThisWeek", "createdon", &[]),
    ("ThisYear", "createdon", &[]),
    ("Today", "createdon", &[]),
    ("Tomorrow", "createdon", &[]),
    ("Under", "parentaccountid", &[ID]),
    ("UnderOrEqual", "parentaccountid", &[ID]),
    ("Yesterday", "createdon", &[]),
];

/// Opportunities with a choices column of the customer's own.
fn metadata_with_choices() -> model::Metadata {
    let mut metadata = metadata();
    let table = metadata.tables.iter_mut().find(|table| table.name == "opportunity").unwrap();
    let options = [1, 2].map(|value| ChoiceOption { value, label: Label::default() });
    table.columns.push(Column {
        name: "new_tags".into(),
        kind: ColumnKind::Choices { options: options.to_vec() },
        required: model::Requirement::None,
        writable: model::Writable::Always,
        custom: true,
        auto_number: String::new(),
        label: Label::default(),
        description: Label::default(),
    });
    metadata
}

fn written(function: &str, column: &str, values: &[&str], start: usize) -> String {
    let values = match values {
        [] => String::new(),
        [period, year] if function.ends_with("FiscalPeriodAndYear") => {
            format!(",PropertyValue1={period},PropertyValue2={year}")
        }
        [value] if start == 0 => format!(",PropertyValue='{value}'"),
        values => format!(
            ",PropertyValues=[{}]",
            values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(",")
        ),
    };
    format!("Microsoft.Dynamics.CRM.{function}(PropertyName='{column}'{values})")
}

#[test]
fn every_query_function_becomes_a_condition_that_binds() {
    let metadata = metadata_with_choices();
    let table = metadata.table("opportunity").unwrap();
    let names: std::collections::BTreeSet<_> = FUNCTIONS.iter().map(|(name, _, _)| *name).collect();
    assert_eq!(names.len(), FUNCTIONS.len());
    for (function, column, values) in FUNCTIONS {
        for start in [0, 1] {
            let text = written(function, column, values, start);
            let query = format!("$filter={}", encode_query_value(&text));
            let plan =
                parse_query(table, &query, &metadata).unwrap_or_else(|error| panic!("{text}: {error}")).plan;
            let bound = query::bind(&plan, &metadata, &caller());
            assert!(bound.is_ok(), "{text}: {bound:?}");
        }
    }
}

#[test]
fn a_function_is_the_operator_that_fetch_xml_has() {
    for (function, operator) in [
        ("Today", "today"),
        ("NotBetween", "not-between"),
        ("DoesNotContainValues", "not-contain-values"),
        ("OlderThanXMonths", "olderthan-x-months"),
        ("InOrBeforeFiscalPeriodAndYear", "in-or-before-fiscal-period-and-year"),
        ("EqualUserOrUserTeams", "eq-useroruserteams"),
        ("EqualUserOrUserHierarchyAndTeams", "eq-useroruserhierarchyandteams"),
        ("AboveOrEqual", "eq-or-above"),
        ("NotUnder", "not-under"),
        ("NextXFiscalPeriods", "next-x-fiscal-periods"),
        ("Last7Days", "last-seven-days"),
    ] {
        assert_eq!(crate::options::functions::operator_of(function).as_deref(), Some(operator));
    }
    assert_eq!(crate::options::functions::operator_of("Shoe"), None);
}
