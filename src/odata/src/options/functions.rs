//! Dataverse's query functions and the FetchXML operators they stand for.

/// The namespace of query functions.
pub const NAMESPACE: &str = "Microsoft.Dynamics.CRM.";

/// Functions whose name is not the operator's in another spelling.
const OTHER_NAMES: [(&str, &str); 27] = [
    ("ContainValues", "contain-values"),
    ("DoesNotContainValues", "not-contain-values"),
    ("EqualUserId", "eq-userid"),
    ("NotEqualUserId", "ne-userid"),
    ("EqualUserTeams", "eq-userteams"),
    ("EqualUserOrUserTeams", "eq-useroruserteams"),
    ("EqualUserOrUserHierarchy", "eq-useroruserhierarchy"),
    ("EqualUserOrUserHierarchyAndTeams", "eq-useroruserhierarchyandteams"),
    ("EqualUserLanguage", "eq-userlanguage"),
    ("EqualBusinessId", "eq-businessid"),
    ("NotEqualBusinessId", "ne-businessid"),
    ("AboveOrEqual", "eq-or-above"),
    ("UnderOrEqual", "eq-or-under"),
    ("Last7Days", "last-seven-days"),
    ("Next7Days", "next-seven-days"),
    ("OlderThanXMinutes", "olderthan-x-minutes"),
    ("OlderThanXHours", "olderthan-x-hours"),
    ("OlderThanXDays", "olderthan-x-days"),
    ("OlderThanXWeeks", "olderthan-x-weeks"),
    ("OlderThanXMonths", "olderthan-x-months"),
    ("OlderThanXYears", "olderthan-x-years"),
    ("Contains", "like"),
    ("StartsWith", "begins-with"),
    ("EndsWith", "ends-with"),
    ("BeginsWith", "begins-with"),
    ("DoesNotBeginWith", "not-begin-with"),
    ("DoesNotEndWith", "not-end-with"),
];

/// Functions whose name is the operator's with capitals instead of hyphens.
const SAME_NAMES: [&str; 47] = [
    "Above",
    "Under",
    "NotUnder",
    "Between",
    "NotBetween",
    "In",
    "NotIn",
    "On",
    "OnOrBefore",
    "OnOrAfter",
    "Yesterday",
    "Today",
    "Tomorrow",
    "LastWeek",
    "ThisWeek",
    "NextWeek",
    "LastMonth",
    "ThisMonth",
    "NextMonth",
    "LastYear",
    "ThisYear",
    "NextYear",
    "LastXHours",
    "LastXDays",
    "LastXWeeks",
    "LastXMonths",
    "LastXYears",
    "NextXHours",
    "NextXDays",
    "NextXWeeks",
    "NextXMonths",
    "NextXYears",
    "ThisFiscalYear",
    "ThisFiscalPeriod",
    "NextFiscalYear",
    "NextFiscalPeriod",
    "LastFiscalYear",
    "LastFiscalPeriod",
    "LastXFiscalYears",
    "LastXFiscalPeriods",
    "NextXFiscalYears",
    "NextXFiscalPeriods",
    "InFiscalYear",
    "InFiscalPeriod",
    "InFiscalPeriodAndYear",
    "InOrBeforeFiscalPeriodAndYear",
    "InOrAfterFiscalPeriodAndYear",
];

/// The FetchXML operator of a query function.
pub fn operator_of(function: &str) -> Option<String> {
    if let Some((_, operator)) = OTHER_NAMES.iter().find(|(name, _)| *name == function) {
        return Some((*operator).to_owned());
    }
    if !SAME_NAMES.contains(&function) {
        return None;
    }
    let mut operator = String::new();
    for character in function.chars() {
        if character.is_ascii_uppercase() && !operator.is_empty() {
            operator.push('-');
        }
        operator.push(character.to_ascii_lowercase());
    }
    Some(operator)
}

/// The pattern of a LIKE that finds a text anywhere, its wildcards taken as they are.
pub fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        match character {
            '%' | '_' | '[' => {
                pattern.push('[');
                pattern.push(character);
                pattern.push(']');
            }
            _ => pattern.push(character),
        }
    }
    pattern.push('%');
    pattern
}
