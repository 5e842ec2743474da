//! Conditions resolved to tests: the operator against the column's type, operands typed, the caller filled in.

use super::operand::{Family, Target};
use super::{Binder, date_operator, hierarchy};
use crate::QueryError;
use crate::bound::{Caller, Comparison, Pattern, Predicate, Test};
use crate::plan::Condition;
use model::{ColumnName, Value};

/// A condition whose column is found.
pub(super) struct Found<'t> {
    pub target: Target<'t>,
    /// The alias the executor is told; none for the table the condition stands in.
    pub link: Option<String>,
    /// The column compared with, as the executor is told, and its type.
    pub other: Option<(ColumnName, Family)>,
}

const COMPARE: &str = "eq, ne, gt, ge, lt, le, in, not-in, between, not-between, null, not-null";
const CALLER_REFERENCE: &str = "eq-userid, ne-userid, eq-userteams, eq-useroruserteams, eq-useroruserhierarchy, \
                                eq-useroruserhierarchyandteams, eq-businessid, ne-businessid";
const HIERARCHY: &str = "above, eq-or-above, under, eq-or-under, not-under";

/// The operators a type has, for errors.
pub(super) fn allowed(family: Family) -> String {
    match family {
        Family::Text | Family::ReferenceName => {
            format!("{COMPARE}, like, not-like, begins-with, not-begin-with, ends-with, not-end-with")
        }
        Family::Integer => format!("{COMPARE}, eq-userlanguage"),
        Family::Decimal | Family::Float => COMPARE.to_owned(),
        Family::Choice => COMPARE.to_owned(),
        Family::Boolean => "eq, ne, in, not-in, null, not-null".to_owned(),
        Family::Choices => {
            "eq, ne, in, not-in, contain-values, not-contain-values, null, not-null".to_owned()
        }
        Family::Id => format!("eq, ne, in, not-in, {CALLER_REFERENCE}, {HIERARCHY}, null, not-null"),
        Family::Reference => {
            format!(
                "eq, ne, in, not-in, {CALLER_REFERENCE}, {HIERARCHY}, like, begins-with, ends-with (of its name), \
                 null, not-null"
            )
        }
        Family::Date(_) => format!(
            "{COMPARE}, on, on-or-before, on-or-after, today, yesterday, tomorrow, this-week, last-x-days, next-x-days, \
             olderthan-x-days and the like for weeks, months, years, fiscal periods"
        ),
        Family::Parties => {
            "null, not-null; for its members link activityparty by activityid and test partyid and \
             participationtypemask"
                .to_owned()
        }
        Family::Opaque => "null, not-null".to_owned(),
    }
}

/// True for types whose values have an order that conditions may use.
const fn has_ranges(family: Family) -> bool {
    !matches!(
        family,
        Family::Boolean | Family::Id | Family::Reference | Family::Choices | Family::Parties | Family::Opaque
    )
}

/// What a condition means.
pub(super) fn resolve(
    condition: &Condition,
    found: &Found<'_>,
    binder: &mut Binder<'_>,
) -> Result<Predicate, QueryError> {
    let caller = binder.caller;
    let resolver = Resolver { condition, found, caller, operator: condition.operator.as_str() };
    if found.other.is_some() {
        return resolver.compare_columns();
    }
    if let Some(predicate) = hierarchy::resolve(&resolver, binder)? {
        return Ok(predicate);
    }
    resolver.resolve()
}

/// A condition about to be resolved.
pub(super) struct Resolver<'a, 't> {
    condition: &'a Condition,
    pub found: &'a Found<'t>,
    caller: &'a Caller,
    pub operator: &'a str,
}

impl Resolver<'_, '_> {
    fn resolve(&self) -> Result<Predicate, QueryError> {
        let family = self.found.target.family;
        if let Some(comparison) = comparison(self.operator) {
            return self.compare(comparison);
        }
        let test = match self.operator {
            "null" | "not-null" => {
                self.takes(0, "no value")?;
                return Ok(self.wrap(if self.operator == "null" { Test::Null } else { Test::NotNull }));
            }
            // A choices column is compared as a whole: with the set that all values together make.
            "in" | "not-in" if family == Family::Choices => {
                Test::Compare(Comparison::Equal, Value::Choices(self.choices()?))
            }
            "in" | "not-in" => self.one_of()?,
            "between" | "not-between" => {
                self.fits(has_ranges(family))?;
                self.takes(2, "two values")?;
                Test::Range { from: Some(self.value(0)?), until: Some(self.value(1)?), includes_until: true }
            }
            "like" | "not-like" | "begins-with" | "not-begin-with" | "ends-with" | "not-end-with" => {
                self.like()?
            }
            "contain-values" | "not-contain-values" => self.contains()?,
            _ => return self.caller_or_date(),
        };
        let is_negative = self.operator.starts_with("not-");
        let predicate = self.wrap(test);
        Ok(if is_negative { Predicate::Not(Box::new(predicate)) } else { predicate })
    }

    fn compare(&self, comparison: Comparison) -> Result<Predicate, QueryError> {
        let family = self.found.target.family;
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let fits = match family {
            Family::Boolean | Family::Id | Family::Reference => is_equality,
            Family::Choices => is_equality,
            Family::Parties | Family::Opaque => false,
            _ => true,
        };
        self.fits(fits)?;
        if family == Family::Choices {
            return self.equal_choices(comparison);
        }
        self.takes(1, "one value")?;
        Ok(self.wrap(Test::Compare(comparison, self.value(0)?)))
    }

    /// Equal choices are the same options, in whatever order they were written.
    fn equal_choices(&self, comparison: Comparison) -> Result<Predicate, QueryError> {
        let numbers = self.choices()?;
        Ok(self.wrap(Test::Compare(comparison, Value::Choices(numbers))))
    }

    fn choices(&self) -> Result<Vec<i32>, QueryError> {
        let target = &self.found.target;
        // One attribute may list several: value="1,2".
        let texts = self.condition.values.iter().flat_map(|text| text.split(',').map(move |one| (text, one)));
        let mut numbers = Vec::new();
        for (text, one) in texts {
            let number = target.value(one, self.caller).ok().and_then(|value| value.as_choice());
            numbers.push(number.ok_or_else(|| target.bad(text, target.family.expected()))?);
        }
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.is_empty() { Err(self.wrong_count("at least one value")) } else { Ok(numbers) }
    }

    fn one_of(&self) -> Result<Test, QueryError> {
        self.fits(!matches!(self.found.target.family, Family::Parties | Family::Opaque))?;
        if self.condition.values.is_empty() {
            return Err(self.wrong_count("at least one value"));
        }
        let count = self.condition.values.len();
        Ok(Test::In((0..count).map(|index| self.value(index)).collect::<Result<_, _>>()?))
    }

    fn like(&self) -> Result<Test, QueryError> {
        let family = self.found.target.family;
        self.fits(matches!(family, Family::Text | Family::Reference | Family::ReferenceName))?;
        self.takes(1, "one value")?;
        let text = self.condition.values.first().map_or("", String::as_str);
        Ok(Test::Like(match self.operator {
            "like" | "not-like" => Pattern::like(text),
            "begins-with" | "not-begin-with" => Pattern::begins_with(text),
            _ => Pattern::ends_with(text),
        }))
    }

    fn contains(&self) -> Result<Test, QueryError> {
        self.fits(self.found.target.family == Family::Choices)?;
        Ok(Test::ContainsAny(self.choices()?))
    }

    fn caller_or_date(&self) -> Result<Predicate, QueryError> {
        let (family, caller) = (self.found.target.family, self.caller);
        let ids = |ids: Vec<model::RowId>| {
            if ids.is_empty() {
                return Predicate::Constant(false);
            }
            self.wrap(Test::In(ids.into_iter().map(Value::Id).collect()))
        };
        let same = |comparison, value| self.wrap(Test::Compare(comparison, value));
        let predicate = match self.operator {
            "eq-userid" => same(Comparison::Equal, Value::Id(caller.user)),
            "ne-userid" => same(Comparison::NotEqual, Value::Id(caller.user)),
            "eq-businessid" => same(Comparison::Equal, Value::Id(caller.business_unit)),
            "ne-businessid" => same(Comparison::NotEqual, Value::Id(caller.business_unit)),
            "eq-userteams" => ids(caller.teams.clone()),
            "eq-useroruserteams" => {
                ids(std::iter::once(caller.user).chain(caller.teams.iter().copied()).collect())
            }
            "eq-userlanguage" => {
                self.fits(family == Family::Integer)?;
                self.takes(0, "no value")?;
                let language = i64::from(caller.language.lcid());
                return Ok(same(Comparison::Equal, Value::Integer(language)));
            }
            _ => return self.date(),
        };
        self.fits(matches!(family, Family::Reference | Family::Id))?;
        self.takes(0, "no value")?;
        Ok(predicate)
    }

    fn date(&self) -> Result<Predicate, QueryError> {
        let Some(count) = date_operator::operand_count(self.operator) else {
            return Err(QueryError::UnknownOperator {
                operator: self.operator.to_owned(),
                column: self.found.target.column.name.clone(),
                kind: self.found.target.family.name(),
                allowed: allowed(self.found.target.family),
            });
        };
        let Family::Date(behavior) = self.found.target.family else { return Err(self.does_not_fit()) };
        self.takes(count, ["no value", "one value", "two values"].get(count).copied().unwrap_or_default())?;
        let values = &self.condition.values;
        let target = &self.found.target;
        match date_operator::resolve(self.operator, values, target, behavior, self.caller)? {
            Some(resolved) => Ok(resolved.into_predicate(|test| self.wrap(test))),
            None => Err(self.does_not_fit()),
        }
    }

    fn compare_columns(&self) -> Result<Predicate, QueryError> {
        let Some(comparison) = comparison(self.operator) else { return Err(self.does_not_fit()) };
        let Some((column, other)) = &self.found.other else { return Err(self.does_not_fit()) };
        let target = &self.found.target;
        if !target.family.compares_with(*other) {
            return Err(QueryError::NotComparable {
                first: format!("{}.{}", target.table.name, target.column.name),
                second: column.to_string(),
            });
        }
        self.takes(0, "no value beside valueof")?;
        Ok(self.wrap(Test::CompareColumn(comparison, column.clone())))
    }

    pub fn value(&self, index: usize) -> Result<Value, QueryError> {
        let text = self.condition.values.get(index).map_or("", String::as_str);
        self.found.target.value(text, self.caller)
    }

    pub fn wrap(&self, test: Test) -> Predicate {
        wrap(self.found, test)
    }

    pub fn takes(&self, count: usize, expected: &'static str) -> Result<(), QueryError> {
        if self.condition.values.len() == count { Ok(()) } else { Err(self.wrong_count(expected)) }
    }

    fn wrong_count(&self, expected: &'static str) -> QueryError {
        QueryError::WrongCount {
            operator: self.operator.to_owned(),
            column: self.condition.column.clone(),
            expected,
            found: self.condition.values.len(),
        }
    }

    pub fn fits(&self, fits: bool) -> Result<(), QueryError> {
        if fits { Ok(()) } else { Err(self.does_not_fit()) }
    }

    fn does_not_fit(&self) -> QueryError {
        let target = &self.found.target;
        QueryError::OperatorDoesNotFit {
            operator: self.operator.to_owned(),
            table: target.table.name.clone(),
            column: target.column.name.clone(),
            kind: target.family.name(),
            allowed: allowed(target.family),
        }
    }
}

fn wrap(found: &Found<'_>, test: Test) -> Predicate {
    Predicate::Test { link: found.link.clone(), column: found.target.column.name.clone(), test }
}

fn comparison(operator: &str) -> Option<Comparison> {
    Some(match operator {
        "eq" => Comparison::Equal,
        "ne" | "neq" => Comparison::NotEqual,
        "gt" => Comparison::Greater,
        "ge" => Comparison::GreaterOrEqual,
        "lt" => Comparison::Less,
        "le" => Comparison::LessOrEqual,
        _ => return None,
    })
}

/// A find column against what a user typed. What cannot match (`Ltd` in a number) matches nothing instead of failing.
pub(super) fn search(
    condition: &Condition,
    found: &Found<'_>,
    text: &str,
    binder: &mut Binder<'_>,
) -> Result<Predicate, QueryError> {
    let (target, caller) = (&found.target, binder.caller);
    let nothing = Predicate::Constant(false);
    if condition.operator != "like" {
        let mut filled = condition.clone();
        filled.values.iter_mut().for_each(|value| *value = value.replace("{0}", text));
        return match resolve(&filled, found, binder) {
            Err(QueryError::BadOperand { .. }) => Ok(nothing),
            answer => answer,
        };
    }
    let test = match target.family {
        Family::Text | Family::Reference | Family::ReferenceName => Test::Like(Pattern::search(text)),
        Family::Choice | Family::Boolean => return Ok(labelled(found, &Pattern::search(text), caller)),
        Family::Date(behavior) => {
            match date_operator::resolve("on", &[text.to_owned()], target, behavior, caller) {
                Ok(Some(resolved)) => return Ok(resolved.into_predicate(|test| wrap(found, test))),
                Ok(None) | Err(_) => return Ok(nothing),
            }
        }
        Family::Choices | Family::Parties | Family::Opaque => return Ok(nothing),
        Family::Integer | Family::Decimal | Family::Float | Family::Id => match target.value(text, caller) {
            Ok(value) => Test::Compare(Comparison::Equal, value),
            Err(_) => return Ok(nothing),
        },
    };
    Ok(wrap(found, test))
}

/// The options whose label, in the caller's language, matches.
fn labelled(found: &Found<'_>, pattern: &Pattern, caller: &Caller) -> Predicate {
    let (table, column) = (found.target.table, found.target.column);
    let fits = |number: i32| {
        let label = table.option_label(column.name.as_str(), number);
        label.is_some_and(|label| pattern.matches(&crate::fold(label.text(caller.language))))
    };
    let values: Vec<_> = if found.target.family == Family::Boolean {
        [false, true].into_iter().filter(|flag| fits(i32::from(*flag))).map(Value::Boolean).collect()
    } else {
        let states = table.states.iter();
        let numbers: Vec<i32> = match column.kind {
            model::ColumnKind::State => states.map(|state| state.value).collect(),
            model::ColumnKind::Status => {
                states.flat_map(|state| &state.statuses).map(|status| status.value).collect()
            }
            _ => column.options().iter().map(|option| option.value).collect(),
        };
        numbers.into_iter().filter(|number| fits(*number)).map(Value::Choice).collect()
    };
    if values.is_empty() { Predicate::Constant(false) } else { wrap(found, Test::In(values)) }
}
