use super::*;
use crate::error::limits;
use crate::percent::encode_query_value;
use crate::testing::{Numbers, metadata, shared_metadata};
use query::plan::{Aggregate, Function};
use query::{Filter, Link, LinkKind, Order};

mod answers;
mod functions;

const ID: &str = "abcdef67-89ab-4cde-8f01-23456789abcd";

fn parse(table: &str, options: &[(&str, &str)]) -> Result<ReadOptions, ODataError> {
    let metadata = shared_metadata();
    let pairs: Vec<String> =
        options.iter().map(|(name, value)| format!("{name}={}", encode_query_value(value))).collect();
    parse_query(metadata.table(table).unwrap(), &pairs.join("&"), metadata)
}

fn filter(table: &str, text: &str) -> Result<(String, Vec<Link>), ODataError> {
    let plan = parse(table, &[("$filter", text)])?.plan;
    Ok((show(&plan.filter.unwrap()), plan.links))
}

fn caller() -> query::Caller {
    query::Caller {
        user: model::RowId::from_u128(1),
        business_unit: model::RowId::from_u128(2),
        teams: Vec::new(),
        language: model::Language::English,
        time_zone: model::TimeZone::utc(),
        now: model::Timestamp::from_milliseconds(0),
        first_weekday: 1,
        fiscal: model::FiscalCalendar::default(),
    }
}

/// A filter as one line: `and(or(a eq [1], b null []), not(c gt [2]))`.
fn show(filter: &Filter) -> String {
    let all = |parts: &[Filter]| parts.iter().map(show).collect::<Vec<_>>().join(", ");
    match filter {
        Filter::And(parts) => format!("and({})", all(parts)),
        Filter::Or(parts) => format!("or({})", all(parts)),
        Filter::Not(part) => format!("not({})", show(part)),
        Filter::Condition(it) => {
            let link = it.link.as_ref().map_or_else(String::new, |link| format!("{link}:"));
            let operand = match &it.value_of {
                Some(column) => format!("={column}"),
                None => format!("[{}]", it.values.join("|")),
            };
            format!("{link}{} {} {operand}", it.column, it.operator)
        }
        Filter::Linked(link) => {
            let filter = link.filter.as_ref().map_or_else(String::new, show);
            let links: String =
                link.links.iter().map(|inner| show(&Filter::Linked(Box::new(inner.clone())))).collect();
            format!("{:?} {}.{}={}({filter}{links})", link.kind, link.table, link.from, link.to)
        }
        Filter::QuickFind { .. } => "quick find".to_owned(),
    }
}

#[test]
fn filters_mean_what_dataverse_means() {
    let guid = format!("accountid eq {ID}");
    let lookup = format!("_primarycontactid_value eq {ID}");
    let over = format!("primarycontactid/contactid eq {ID}");
    let lookup_meant = format!("primarycontactid eq [{ID}]");
    for (table, text, meant) in [
        ("account", "name eq 'O''Neil'", "name eq [O'Neil]"),
        ("account", "'x' ne name", "name ne [x]"),
        ("account", "1000 lt revenue", "revenue gt [1000]"),
        ("account", "revenue ge -1.5e3", "revenue ge [-1.5e3]"),
        ("account", "name eq null", "name null []"),
        ("account", "null ne name", "name not-null []"),
        ("account", "creditonhold eq true", "creditonhold eq [true]"),
        ("account", "creditonhold", "creditonhold eq [true]"),
        (
            "account",
            "not creditonhold and statecode eq 0",
            "and(not(creditonhold eq [true]), statecode eq [0])",
        ),
        (
            "account",
            "name eq 'a' or name eq 'b' and statecode eq 0",
            "or(name eq [a], and(name eq [b], statecode eq [0]))",
        ),
        (
            "account",
            "(name eq 'a' or name eq 'b') and statecode eq 0",
            "and(or(name eq [a], name eq [b]), statecode eq [0])",
        ),
        ("account", "not not (name eq 'a')", "name eq [a]"),
        ("account", "contains(name,'50%_[x]')", "name like [%50[%][_][[]x]%]"),
        ("account", "startswith(name,'a%')", "name begins-with [a%]"),
        ("account", "not endswith(name,'z')", "not(name ends-with [z])"),
        ("account", "contains(name,'a') eq false", "not(name like [%a%])"),
        ("account", "createdon ge 2026-01-31T08:30:00+01:00", "createdon ge [2026-01-31T08:30:00+01:00]"),
        ("contact", "birthdate lt 1900-01-01", "birthdate lt [1900-01-01]"),
        ("account", guid.as_str(), "accountid eq [abcdef67-89ab-4cde-8f01-23456789abcd]"),
        ("account", lookup.as_str(), lookup_meant.as_str()),
        ("account", over.as_str(), lookup_meant.as_str()),
        ("account", "_ownerid_value ne null", "ownerid not-null []"),
        ("opportunity", "actualvalue gt estimatedvalue", "actualvalue gt =estimatedvalue"),
        ("account", "primarycontactid/fullname eq 'Marie'", "primarycontactid:fullname eq [Marie]"),
        (
            "account",
            "primarycontactid/lastname eq null or contains(primarycontactid/firstname,'M')",
            "or(primarycontactid:lastname null [], primarycontactid:firstname like [%M%])",
        ),
        ("opportunity", "customerid_account/name eq 'A'", "customerid_account:name eq [A]"),
        ("task", "regardingobjectid_lead_task/subject eq 'A'", "regardingobjectid_lead_task:subject eq [A]"),
        ("account", "primarycontactid/fullname eq name", "name eq =primarycontactid.fullname"),
        ("account", "name eq primarycontactid/fullname", "name eq =primarycontactid.fullname"),
        (
            "account",
            "contact_customer_accounts/any(c:c/lastname eq 'Curie' and c/statecode eq 0)",
            "Any contact.parentcustomerid=accountid(and(lastname eq [Curie], statecode eq [0]))",
        ),
        ("account", "contact_customer_accounts/any()", "Any contact.parentcustomerid=accountid()"),
        (
            "account",
            "not contact_customer_accounts/all(c:c/statecode eq 0)",
            "not(NotAny contact.parentcustomerid=accountid(not(statecode eq [0])))",
        ),
        (
            "account",
            "contact_customer_accounts/any(c:c/Contact_Tasks/any(t:t/statecode eq 0))",
            "Any contact.parentcustomerid=accountid(Any task.regardingobjectid=contactid(statecode eq [0]))",
        ),
        (
            "account",
            "opportunity_customer_accounts/any(o:o/originatingleadid/subject eq null)",
            "Any opportunity.customerid=accountid(or(originatingleadid null [], Any lead.leadid=originatingleadid(subject null [])))",
        ),
        (
            "account",
            "Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=7)",
            "createdon last-x-days [7]",
        ),
        ("account", "Microsoft.Dynamics.CRM.ThisWeek(PropertyName='createdon')", "createdon this-week []"),
        ("account", "Microsoft.Dynamics.CRM.EqualUserId(PropertyName='ownerid')", "ownerid eq-userid []"),
        (
            "account",
            "Microsoft.Dynamics.CRM.Last7Days(PropertyName=\"createdon\")",
            "createdon last-seven-days []",
        ),
        (
            "account",
            "Microsoft.Dynamics.CRM.Between(PropertyName='revenue',PropertyValues=[\"1\",\"2\"])",
            "revenue between [1|2]",
        ),
        (
            "account",
            "Microsoft.Dynamics.CRM.In(PropertyName='statuscode',PropertyValues=['1','2'])",
            "statuscode in [1|2]",
        ),
        (
            "account",
            "Microsoft.Dynamics.CRM.InFiscalPeriodAndYear(PropertyName='createdon',PropertyValue1=1,PropertyValue2=2026)",
            "createdon in-fiscal-period-and-year [1|2026]",
        ),
        (
            "account",
            "Microsoft.Dynamics.CRM.OnOrAfter(PropertyName='primarycontactid/createdon',PropertyValue='2026-01-31')",
            "primarycontactid:createdon on-or-after [2026-01-31]",
        ),
        ("account", "statecode in (0,1)", "statecode in [0|1]"),
        (
            "account",
            "not (name in ('a','b')) and statecode eq 0",
            "and(not(name in [a|b]), statecode eq [0])",
        ),
        ("account", "name in ('a',null)", "or(name in [a], name null [])"),
        ("account", "name in (null)", "name null []"),
        ("account", "not(name eq 'a' or not(name eq 'b'))", "not(or(name eq [a], not(name eq [b])))"),
        (
            "account",
            "primarycontactid/parentcustomerid_account/name eq 'A'",
            "primarycontactid__parentcustomerid_account:name eq [A]",
        ),
        (
            "account",
            "primarycontactid/parentcustomerid_account/accountid ne null",
            "primarycontactid:parentcustomerid not-null []",
        ),
        (
            "account",
            "opportunity_customer_accounts/any(o:o/originatingleadid/parentcontactid/fullname eq 'A')",
            "Any opportunity.customerid=accountid(Any lead.leadid=originatingleadid(Any contact.contactid=parentcontactid(fullname eq [A])))",
        ),
        (
            "account",
            "Microsoft.Dynamics.CRM.UnderOrEqual(PropertyName='accountid',PropertyValue='abcdef67-89ab-4cde-8f01-23456789abcd') eq false",
            "not(accountid eq-or-under [abcdef67-89ab-4cde-8f01-23456789abcd])",
        ),
        (
            "account",
            "accountleads_association/any(l:l/statecode eq 0)",
            "Any accountleads.accountid=accountid(Inner lead.leadid=leadid(statecode eq [0]))",
        ),
        (
            "lead",
            "accountleads_association/all(a:a/statecode eq 0)",
            "NotAny accountleads.leadid=leadid(Inner account.accountid=accountid(not(statecode eq [0])))",
        ),
        (
            "appointment",
            "appointment_activity_parties/any(p:p/participationtypemask eq 5)",
            "Any activityparty.activityid=activityid(participationtypemask eq [5])",
        ),
        (
            "account",
            "contact_customer_accounts/any(c:Microsoft.Dynamics.CRM.Today(PropertyName='createdon'))",
            "Any contact.parentcustomerid=accountid(createdon today [])",
        ),
    ] {
        let read = filter(table, text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read.0, meant, "{text}");
    }
}

#[test]
fn conditions_on_one_navigation_property_meet_the_same_row() {
    let (_, links) =
        filter("account", "primarycontactid/firstname eq 'a' and primarycontactid/lastname eq 'b'").unwrap();
    let [link] = links.as_slice() else { panic!("{links:?}") };
    assert_eq!(
        (link.table.as_str(), link.from.as_str(), link.to.as_str()),
        ("contact", "contactid", "primarycontactid")
    );
    assert_eq!((link.alias.as_str(), link.kind), ("primarycontactid", LinkKind::Outer));
}

#[test]
fn filters_bind_to_the_schema() {
    let metadata = metadata();
    let caller = caller();
    for text in [
        "contains(name,'50%_[x]') and not creditonhold",
        "primarycontactid/fullname eq name or primarycontactid/statecode eq 0",
        "contact_customer_accounts/any(c:c/Contact_Tasks/any(t:t/statecode eq 0))",
        "opportunity_customer_accounts/any(o:o/originatingleadid/subject eq null)",
        "Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=7) and _ownerid_value ne null",
    ] {
        let plan =
            parse("account", &[("$filter", text), ("$orderby", "primarycontactid/fullname")]).unwrap().plan;
        let bound = query::bind(&plan, &metadata, &caller);
        assert!(bound.is_ok(), "{text}: {bound:?}");
    }
}

#[test]
fn parameter_aliases_stand_for_values() {
    let read = |options: &[(&str, &str)]| parse("account", options).map(|it| show(&it.plan.filter.unwrap()));
    let pair = ("$filter", "contains(name,@p) and statecode eq @s");
    assert_eq!(read(&[pair, ("@p", "'x'"), ("@s", "0")]).unwrap(), "and(name like [%x%], statecode eq [0])");
    assert_eq!(read(&[("$filter", "name eq @p"), ("@p", "null")]).unwrap(), "name null []");
    let list = ("$filter", "Microsoft.Dynamics.CRM.In(PropertyName=@n,PropertyValues=@v)");
    assert_eq!(
        read(&[list, ("@n", "'statuscode'"), ("@v", "[\"1\",\"2\"]")]).unwrap(),
        "statuscode in [1|2]"
    );
    assert!(read(&[pair, ("@p", "'x'")]).is_err());
    assert!(read(&[("$filter", "name eq @p"), ("@p", "@p")]).is_err(), "an alias is no alias of itself");
}

#[test]
fn select_order_top_and_count() {
    let options = parse(
        "account",
        &[
            ("$select", "name, _primarycontactid_value,revenue,name"),
            ("$orderby", "revenue desc,primarycontactid/fullname,name asc"),
            ("$top", "10"),
            ("$count", "true"),
        ],
    )
    .unwrap();
    let names: Vec<_> = options.select.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["name", "primarycontactid", "revenue"]);
    let order = |link: Option<&str>, column: &str, descending| Order {
        link: link.map(str::to_owned),
        column: column.into(),
        descending,
    };
    let expected = [
        order(None, "revenue", true),
        order(Some("primarycontactid"), "fullname", false),
        order(None, "name", false),
    ];
    assert_eq!(options.plan.orders, expected);
    assert_eq!((options.plan.page.limit, options.plan.wants_total, options.top), (10, true, Some(10)));
    assert_eq!(parse("account", &[("$top", "9000")]).unwrap().plan.page.limit, limits::PAGE_ROWS);
    let parties = parse("appointment", &[("$select", "subject,appointment_activity_parties")]).unwrap();
    assert_eq!(parties.select.unwrap().len(), 4);
}

#[test]
fn what_the_client_selects_is_every_column() {
    for table in &metadata().tables {
        let list = crate::select_list(table);
        let select = parse(table.name.as_str(), &[("$select", &list)]).unwrap().select.unwrap();
        assert_eq!(select.len(), table.columns.len(), "{}", table.name);
    }
}

#[test]
fn expands_say_how_rows_belong_together() {
    let text = "primarycontactid($select=fullname),contact_customer_accounts($select=fullname;$filter=contains(fullname,'a,b;)') and statecode eq 0;$orderby=fullname desc;$top=3;$expand=ownerid($select=fullname)),customerid_x";
    let error = parse("account", &[("$expand", text)]).unwrap_err();
    assert!(error.to_string().contains("customerid_x"), "{error}");
    let options = parse("account", &[("$expand", text.strip_suffix(",customerid_x").unwrap())]).unwrap();
    let [single, many] = options.expands.as_slice() else { panic!() };
    assert_eq!((single.table.as_str(), single.many), ("contact", false));
    assert_eq!((single.from.as_str(), single.to.as_str()), ("contactid", "primarycontactid"));
    assert_eq!((many.table.as_str(), many.many), ("contact", true));
    assert_eq!((many.from.as_str(), many.to.as_str()), ("parentcustomerid", "accountid"));
    assert_eq!(many.options.plan.page.limit, 3);
    let filter = show(many.options.plan.filter.as_ref().unwrap());
    assert_eq!(filter, "and(fullname like [%a,b;)%], statecode eq [0])");
    assert_eq!(many.options.expands[0].property, "ownerid");
    let parties =
        parse("appointment", &[("$select", "subject"), ("$expand", "appointment_activity_parties")]);
    assert_eq!(parties.unwrap().select.unwrap().len(), 4);
}

#[test]
fn apply_groups_and_measures() {
    let text = "filter(statecode eq 0)/groupby((statuscode,_ownerid_value,parentaccountid/name),aggregate(estimatedvalue with sum as total,$count as rows))";
    let plan = parse("opportunity", &[("$apply", text), ("$orderby", "total desc")]).unwrap().plan;
    assert_eq!(show(plan.filter.as_ref().unwrap()), "statecode eq [0]");
    let Output::Aggregate(Aggregate { groups, measures }) = &plan.output else { panic!() };
    let groups: Vec<_> =
        groups.iter().map(|it| (it.link.as_deref(), it.column.as_str(), it.alias.as_str())).collect();
    assert_eq!(
        groups,
        [
            (None, "statuscode", "statuscode"),
            (None, "ownerid", "_ownerid_value"),
            (Some("parentaccountid"), "name", "parentaccountid/name")
        ]
    );
    let measures: Vec<_> = measures.iter().map(|it| (it.alias.as_str(), it.function)).collect();
    assert_eq!(measures, [("total", Function::Sum), ("rows", Function::Count)]);
    assert_eq!(plan.orders[0].column, "total");
    let plan =
        parse("opportunity", &[("$apply", "aggregate(estimatedvalue with average as mean)")]).unwrap().plan;
    assert!(matches!(plan.output, Output::Aggregate(_)));
    for text in [
        "",
        "sum(x)",
        "aggregate(estimatedvalue with sum)",
        "aggregate($count as a)/groupby((name))",
        "groupby(name)",
    ] {
        assert!(parse("opportunity", &[("$apply", text)]).is_err(), "{text}");
    }
    assert!(parse("opportunity", &[("$apply", "groupby((name))"), ("$orderby", "statecode")]).is_err());
}

#[test]
fn stored_queries_and_tokens_are_handed_through() {
    let fetch = "<fetch><entity name='account'><attribute name='name'/></entity></fetch>";
    let options = parse("account", &[("fetchXml", fetch)]).unwrap();
    assert_eq!((options.source, options.plan.table.as_str()), (Source::FetchXml, "account"));
    assert!(matches!(parse("contact", &[("fetchXml", fetch)]), Err(ODataError::Fetch(_))));
    assert!(matches!(parse("account", &[("fetchXml", "<fetch>")]), Err(ODataError::Fetch(_))));
    let options = parse("account", &[("savedQuery", ID), ("$skiptoken", "a b&c")]).unwrap();
    assert_eq!(options.source, Source::SavedQuery(ID.parse().unwrap()));
    assert_eq!(options.skip_token.as_deref(), Some("a b&c"));
    let options = parse("account", &[("$select", "name"), ("$deltatoken", "919042%21")]).unwrap();
    assert_eq!(options.delta_token.as_deref(), Some("919042%21"));
    assert_eq!(options.check_trackable(), Ok(()));
    for (name, value) in [
        ("$filter", "statecode eq 0"),
        ("$orderby", "name"),
        ("$expand", "primarycontactid"),
        ("$top", "3"),
        ("savedQuery", ID),
    ] {
        let error = parse("account", &[(name, value)]).unwrap().check_trackable();
        assert!(matches!(error, Err(ODataError::Unsupported(_))), "{name}");
    }
}

#[test]
fn broken_options_say_where_and_what_was_expected() {
    for (name, value, expected) in [
        ("$filter", "", "position 0: a property or a value is expected"),
        ("$filter", "name", "position 4: eq, ne, gt, ge, lt or le is expected, but the end was found"),
        ("$filter", "name eq", "position 7: a property or a value"),
        ("$filter", "name eq 'a", "position 8: the closing '"),
        ("$filter", "name eq 'a' or", "position 14"),
        ("$filter", "(name eq 'a'", "')' is expected"),
        ("$filter", "name eq 'a')", "the end is expected, but ')'"),
        ("$filter", "name eq 'a' 'b'", "the end is expected, but “b”"),
        ("$filter", "name like 'a'", "but “like” was found"),
        ("$filter", "name gt null", "by eq and ne"),
        ("$filter", "'a' eq 'a'", "must be a property"),
        ("$filter", "shoesize eq 44", "'shoesize' on type 'Microsoft.Dynamics.CRM.account'"),
        ("$filter", "primarycontactid/shoe eq 44", "'shoe' on type 'Microsoft.Dynamics.CRM.contact'"),
        (
            "$filter",
            "primarycontactid/ownerid/name eq 'a'",
            "'name' on type 'Microsoft.Dynamics.CRM.systemuser'",
        ),
        (
            "$filter",
            "parentaccountid/parentaccountid/parentaccountid/parentaccountid/parentaccountid/name eq 'a'",
            "exceeds the limit of 4",
        ),
        ("$filter", "statecode in 1", "'(' is expected"),
        ("$filter", "statecode in ()", "a property or a value is expected"),
        ("$filter", "1 in (1)", "the left side of in must be a property"),
        ("$filter", "statecode in (statuscode)", "in takes values"),
        (
            "$filter",
            "Microsoft.Dynamics.CRM.EqualTo(PropertyName='name',PropertyValue='a')",
            "the query function 'EqualTo'",
        ),
        ("$filter", "tolower(name) eq 'a'", "the function 'tolower'"),
        ("$filter", "contains('a',name)", "the first argument"),
        ("$filter", "contains(name)", "',' is expected"),
        ("$filter", "contact_customer_accounts/any(c:name eq 'a')", "start it with 'c/'"),
        ("$filter", "contact_customer_accounts/all()", "all needs a condition"),
        ("$filter", "shoes/any(s:s/x eq 1)", "'shoes'"),
        ("$filter", "Microsoft.Dynamics.CRM.Shoe(PropertyName='name')", "the query function 'Shoe'"),
        ("$filter", "Microsoft.Dynamics.CRM.Today()", "needs PropertyName"),
        ("$filter", "Microsoft.Dynamics.CRM.Today(Name='a')", "no parameter Name"),
        ("$filter", "name ; eq", "';' has no meaning here"),
        ("$orderby", "name desc asc", "',' is expected"),
        ("$orderby", "", "a property is expected"),
        ("$select", "shoe", "'shoe'"),
        ("$top", "0", "above 0"),
        ("$top", "-1", "above 0"),
        ("$count", "yes", "true or false"),
        ("savedQuery", "mine", "guid"),
        ("$skip", "5", "$skip is not supported"),
        ("$search", "a", "$search is not supported"),
        ("$expand", "shoes", "'shoes'"),
        ("$expand", "primarycontactid($select=fullname", "is expected"),
        ("$expand", "primarycontactid)", "')' without '('"),
        ("$expand", "primarycontactid(fullname)", "are expected in parentheses"),
        ("$expand", "primarycontactid($apply=x)", "$apply inside $expand"),
    ] {
        let error = parse("account", &[(name, value)]).unwrap_err().to_string();
        assert!(error.contains(expected), "{name}={value}: {error}\n  instead of {expected}");
    }
    let metadata = metadata();
    let account = metadata.table("account").unwrap();
    assert!(parse_query(account, "$filter=%zz", &metadata).is_err());
    assert!(parse_query(account, "$top=1&$top=2", &metadata).unwrap_err().to_string().contains("twice"));
}

#[test]
fn everything_has_a_limit() {
    let nested = format!("{}name eq 'a'{}", "(".repeat(50_000 / 2), ")".repeat(50_000 / 2));
    let negated = format!("{}name eq 'a'", "not ".repeat(10_000));
    let conditions = vec!["name eq 'a'"; 501].join(" or ");
    let lambdas = (0..40).fold("x0/name eq 'a'".to_owned(), |inner, number| {
        format!("account_parent_account/any(x{number}:x{number}/{inner})")
    });
    let expand =
        (0..5).fold("parentaccountid".to_owned(), |inner, _| format!("parentaccountid($expand={inner})"));
    let expands = vec!["parentaccountid"; 16].join(",");
    for (name, value) in [
        ("$filter", nested),
        ("$filter", conditions),
        ("$filter", lambdas),
        ("$expand", expand),
        ("$expand", expands),
    ] {
        let error = parse("account", &[(name, value.as_str())]);
        assert!(matches!(error, Err(ODataError::TooMuch { .. })), "{error:?}");
    }
    assert!(parse("account", &[("$filter", negated.as_str())]).is_ok(), "not is no nesting");
    let long = format!("name eq '{}'", "x".repeat(limits::QUERY_BYTES));
    assert!(matches!(parse("account", &[("$filter", &long)]), Err(ODataError::TooMuch { .. })));
}

#[test]
fn no_query_makes_the_parser_panic() {
    let metadata = metadata();
    let account = metadata.table("account").unwrap();
    let good = "$select=name,_ownerid_value&$filter=(contains(name,'é''x') or not (primarycontactid/fullname eq null)) and \
        contact_customer_accounts/any(c:c/createdon ge 2026-01-31T08:30:00Z) and Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=[\"a\"])\
        &$expand=contact_customer_accounts($filter=statecode eq 0;$top=2)&$orderby=name desc&$apply=groupby((statecode),aggregate(revenue with sum as s))&$count=true";
    assert!(parse_query(account, &good.replace("&$orderby=name desc", ""), &metadata).is_ok());
    let mut numbers = Numbers::new(11);
    for _ in 0..5000 {
        let mutated = numbers.mutate(good.as_bytes());
        let _ = parse_query(account, &String::from_utf8_lossy(&mutated), &metadata);
        let _ = crate::parse_path(&String::from_utf8_lossy(&mutated), &metadata);
    }
}
