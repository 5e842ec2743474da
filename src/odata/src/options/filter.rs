//! `$filter`: read into the filter of a plan.

use crate::error::{ODataError, limits};
use crate::options::Request;
use crate::options::aliases::resolve_alias;
use crate::options::functions::{NAMESPACE, containing, operator_of};
use crate::options::lexer::{Token, Tokens};
use crate::options::navigation::{Links, Place, Step, find_place, link_of};
use model::{ColumnName, Table, TableName};
use query::{Condition, Filter, Link, LinkKind};

/// Reads a filter. Navigation properties outside of lambdas become links of the plan.
pub fn read_filter(
    option: &str,
    text: &str,
    table: &Table,
    request: &mut Request<'_>,
    links: &mut Links,
) -> Result<Filter, ODataError> {
    let mut tokens = Tokens::new(option, text)?;
    let filter = read_expression(&mut tokens, table, request, links)?;
    tokens.expect_end()?;
    Ok(filter)
}

/// Reads a filter that something else follows.
pub fn read_expression(
    tokens: &mut Tokens<'_>,
    table: &Table,
    request: &mut Request<'_>,
    links: &mut Links,
) -> Result<Filter, ODataError> {
    let scope = Scope { table: table.name.clone(), variable: None };
    Parser { tokens, request, links, scopes: vec![scope], depth: 0 }.any_of()
}

/// Where names are looked up: the table asked for, or the rows of a lambda.
struct Scope {
    table: TableName,
    variable: Option<String>,
}

struct Parser<'p, 't, 'a> {
    tokens: &'p mut Tokens<'t>,
    request: &'p mut Request<'a>,
    links: &'p mut Links,
    scopes: Vec<Scope>,
    depth: usize,
}

/// One side of a comparison.
enum Operand<'a> {
    Column(Place<'a>),
    Literal(String),
    Null,
}

const COMPARISONS: [&str; 6] = ["eq", "ne", "gt", "ge", "lt", "le"];

impl<'a> Parser<'_, '_, 'a> {
    fn any_of(&mut self) -> Result<Filter, ODataError> {
        self.depth += 1;
        if self.depth > limits::FILTER_DEPTH {
            return Err(ODataError::TooMuch {
                what: "the nesting of the filter",
                limit: limits::FILTER_DEPTH,
            });
        }
        let mut parts = vec![self.all_of()?];
        while self.tokens.take_word("or") {
            parts.push(self.all_of()?);
        }
        self.depth -= 1;
        Ok(join(parts, Filter::Or))
    }

    fn all_of(&mut self) -> Result<Filter, ODataError> {
        let mut parts = vec![self.negated()?];
        while self.tokens.take_word("and") {
            parts.push(self.negated()?);
        }
        Ok(join(parts, Filter::And))
    }

    fn negated(&mut self) -> Result<Filter, ODataError> {
        let mut is_negated = false;
        while matches!(self.tokens.peek(), Token::Name(name) if name == "not") {
            self.tokens.take();
            is_negated = !is_negated;
        }
        let filter = self.single()?;
        Ok(if is_negated { Filter::Not(Box::new(filter)) } else { filter })
    }

    fn single(&mut self) -> Result<Filter, ODataError> {
        if self.tokens.take_symbol('(') {
            let filter = self.any_of()?;
            self.tokens.expect_symbol(')')?;
            return Ok(filter);
        }
        if let Token::Name(name) = self.tokens.peek()
            && *self.tokens.peek_second() == Token::Symbol('(')
        {
            let name = name.clone();
            return self.function(&name);
        }
        let left = match self.operand_or_lambda()? {
            Side::Lambda(filter) => return Ok(filter),
            Side::Operand(operand) => operand,
        };
        let Some(operator) = self.comparison() else { return self.alone(left) };
        let right = self.operand()?;
        self.compare(left, &operator, right)
    }

    fn comparison(&mut self) -> Option<String> {
        let Token::Name(name) = self.tokens.peek() else { return None };
        let operator = COMPARISONS.contains(&name.as_str()).then(|| name.clone())?;
        self.tokens.take();
        Some(operator)
    }

    /// A yes/no column that stands alone means yes.
    fn alone(&mut self, operand: Operand<'a>) -> Result<Filter, ODataError> {
        match operand {
            Operand::Column(place) if matches!(place.column.kind, model::ColumnKind::Boolean(_)) => {
                self.condition(&place, "eq".to_owned(), vec!["true".to_owned()])
            }
            _ => Err(self.tokens.expected("eq, ne, gt, ge, lt or le")),
        }
    }

    fn compare(
        &mut self,
        left: Operand<'a>,
        operator: &str,
        right: Operand<'a>,
    ) -> Result<Filter, ODataError> {
        match (left, right) {
            (Operand::Column(place), Operand::Literal(value)) => {
                self.condition(&place, operator.to_owned(), vec![value])
            }
            (Operand::Literal(value), Operand::Column(place)) => {
                self.condition(&place, swapped(operator).to_owned(), vec![value])
            }
            (Operand::Column(place), Operand::Null) | (Operand::Null, Operand::Column(place)) => {
                match operator {
                    "eq" => self.condition(&place, "null".to_owned(), Vec::new()),
                    "ne" => self.condition(&place, "not-null".to_owned(), Vec::new()),
                    _ => {
                        Err(self.tokens.bad(format!("null can be compared by eq and ne, not by {operator}")))
                    }
                }
            }
            (Operand::Column(left), Operand::Column(right)) => {
                self.count_condition()?;
                self.compare_columns(&left, operator, &right)
            }
            _ => Err(self.tokens.bad("one side of a comparison must be a property")),
        }
    }

    fn compare_columns(
        &mut self,
        left: &Place<'a>,
        operator: &str,
        right: &Place<'a>,
    ) -> Result<Filter, ODataError> {
        let is_in_lambda = self.scopes.len() > 1;
        if is_in_lambda && (left.step.is_some() || right.step.is_some()) {
            let what = "comparing properties over a navigation property inside any or all";
            return Err(ODataError::Unsupported(what.to_owned()));
        }
        let other = match &right.step {
            None if left.step.is_none() => right.column.name.clone(),
            // The row asked for has no alias that a column could be named by.
            None => return self.compare_columns(right, swapped(operator), left),
            Some(step) => ColumnName::new(format!("{}.{}", self.links.alias(step)?, right.column.name)),
        };
        let link = left.step.as_ref().map(|step| self.links.alias(step)).transpose()?;
        Ok(Filter::Condition(Condition {
            link,
            column: left.column.name.clone(),
            operator: operator.to_owned(),
            values: Vec::new(),
            value_of: Some(other),
        }))
    }

    fn count_condition(&mut self) -> Result<(), ODataError> {
        self.request.conditions += 1;
        if self.request.conditions > limits::CONDITIONS {
            return Err(ODataError::TooMuch { what: "the number of conditions", limit: limits::CONDITIONS });
        }
        Ok(())
    }

    fn condition(
        &mut self,
        place: &Place<'a>,
        operator: String,
        values: Vec<String>,
    ) -> Result<Filter, ODataError> {
        self.count_condition()?;
        let condition = |link| Condition {
            link,
            column: place.column.name.clone(),
            operator: operator.clone(),
            values: values.clone(),
            value_of: None,
        };
        match &place.step {
            None => Ok(Filter::Condition(condition(None))),
            Some(step) if self.scopes.len() == 1 => {
                Ok(Filter::Condition(condition(Some(self.links.alias(step)?))))
            }
            Some(step) => Ok(self.linked_condition(step, condition(None))),
        }
    }

    /// Inside a lambda a navigation property is followed on its own.
    fn linked_condition(&mut self, step: &Step<'a>, condition: Condition) -> Filter {
        let wants_nothing = condition.operator == "null";
        let mut link = link_of(step, self.new_alias(), LinkKind::Any);
        link.filter = Some(Filter::Condition(condition));
        let linked = Filter::Linked(Box::new(link));
        if !wants_nothing {
            return linked;
        }
        // Without a row to follow to, its columns hold nothing either.
        let no_row = Condition {
            link: None,
            column: step.lookup.name.clone(),
            operator: "null".to_owned(),
            values: Vec::new(),
            value_of: None,
        };
        Filter::Or(vec![Filter::Condition(no_row), linked])
    }

    fn new_alias(&mut self) -> String {
        self.request.lambdas += 1;
        format!("lambda{}", self.request.lambdas)
    }

    fn operand(&mut self) -> Result<Operand<'a>, ODataError> {
        match self.operand_or_lambda()? {
            Side::Operand(operand) => Ok(operand),
            Side::Lambda(_) => Err(self.tokens.bad("any and all cannot be compared")),
        }
    }

    fn operand_or_lambda(&mut self) -> Result<Side<'a>, ODataError> {
        let operand = match self.tokens.peek().clone() {
            Token::Name(name) if name == "null" => Operand::Null,
            Token::Name(name) if name == "true" || name == "false" => Operand::Literal(name),
            Token::Text(text) | Token::Bare(text) => Operand::Literal(text),
            Token::Alias(alias) => {
                match resolve_alias(&self.request.aliases, &alias, self.tokens)?.as_slice() {
                    [Some(value)] => Operand::Literal(value.clone()),
                    [None] => Operand::Null,
                    _ => return Err(self.tokens.bad(format!("{alias} must be a single value"))),
                }
            }
            Token::Name(_) => return self.path(),
            _ => return Err(self.tokens.expected("a property or a value")),
        };
        self.tokens.take();
        Ok(Side::Operand(operand))
    }

    /// `a`, `a/b` or `collection/any(…)`.
    fn path(&mut self) -> Result<Side<'a>, ODataError> {
        let path = self.tokens.expect_path()?;
        if let [before @ .., last] = path.as_slice()
            && matches!(last.as_str(), "any" | "all")
            && *self.tokens.peek() == Token::Symbol('(')
        {
            return self.lambda(before, last == "all").map(Side::Lambda);
        }
        self.place(&path).map(|place| Side::Operand(Operand::Column(place)))
    }

    fn table(&self) -> Result<&'a Table, ODataError> {
        let name = self.scopes.last().map_or("", |scope| scope.table.as_str());
        self.request.metadata.table(name).ok_or_else(|| ODataError::UnknownTable(name.to_owned()))
    }

    /// The path behind the variable of the lambda at hand.
    fn below_variable<'s>(&self, path: &'s [String]) -> Result<&'s [String], ODataError> {
        match self.scopes.last().and_then(|scope| scope.variable.as_deref()) {
            None => Ok(path),
            Some(variable) => match path {
                [first, rest @ ..] if first == variable => Ok(rest),
                _ => Err(ODataError::Unsupported(format!(
                    "the property '{}' of an outer row inside any or all (start it with '{variable}/')",
                    path.join("/").chars().take(100).collect::<String>()
                ))),
            },
        }
    }

    fn place(&self, path: &[String]) -> Result<Place<'a>, ODataError> {
        let path = self.below_variable(path)?;
        find_place(self.request.metadata, self.table()?, path, self.tokens.option())
    }

    fn lambda(&mut self, path: &[String], is_all: bool) -> Result<Filter, ODataError> {
        let table = self.table()?;
        let [collection] = self.below_variable(path)? else {
            return Err(ODataError::Unsupported("any or all behind a navigation property".to_owned()));
        };
        let relationship = table
            .relationships
            .iter()
            .find(|relationship| relationship.name == *collection)
            .ok_or_else(|| crate::options::navigation::unknown(table, collection))?;
        self.tokens.expect_symbol('(')?;
        let alias = self.new_alias();
        let filter = if self.tokens.take_symbol(')') {
            None
        } else {
            let variable = self.tokens.expect_name("the variable of the lambda")?;
            self.tokens.expect_symbol(':')?;
            self.scopes.push(Scope { table: relationship.child.clone(), variable: Some(variable) });
            let filter = self.any_of()?;
            self.scopes.pop();
            self.tokens.expect_symbol(')')?;
            Some(filter)
        };
        // All rows meet it when there is none that does not.
        let (kind, filter) = match (is_all, filter) {
            (true, Some(filter)) => (LinkKind::NotAny, Some(Filter::Not(Box::new(filter)))),
            (true, None) => return Err(self.tokens.bad("all needs a condition")),
            (false, filter) => (LinkKind::Any, filter),
        };
        Ok(Filter::Linked(Box::new(Link {
            table: relationship.child.clone(),
            from: relationship.column.clone(),
            to: table.primary_id.clone(),
            alias,
            kind,
            columns: Vec::new(),
            filter,
            links: Vec::new(),
        })))
    }

    fn function(&mut self, name: &str) -> Result<Filter, ODataError> {
        if let Some(function) = name.strip_prefix(NAMESPACE) {
            return self.query_function(function);
        }
        let operator = match name {
            "contains" => "like",
            "startswith" => "begins-with",
            "endswith" => "ends-with",
            _ => return Err(ODataError::Unsupported(format!("the function '{name}' in $filter"))),
        };
        self.tokens.take();
        self.tokens.expect_symbol('(')?;
        let Operand::Column(place) = self.operand()? else {
            return Err(self.tokens.bad(format!("the first argument of {name} must be a property")));
        };
        self.tokens.expect_symbol(',')?;
        let Operand::Literal(value) = self.operand()? else {
            return Err(self.tokens.bad(format!("the second argument of {name} must be a text")));
        };
        self.tokens.expect_symbol(')')?;
        let value = if operator == "like" { containing(&value) } else { value };
        let filter = self.condition(&place, operator.to_owned(), vec![value])?;
        self.compared_with_flag(filter)
    }

    /// `contains(…) eq true`, which some clients write.
    fn compared_with_flag(&mut self, filter: Filter) -> Result<Filter, ODataError> {
        let Some(operator) = self.comparison() else { return Ok(filter) };
        let flag = match self.operand()? {
            Operand::Literal(text) if text == "true" => true,
            Operand::Literal(text) if text == "false" => false,
            _ => return Err(self.tokens.bad("a function can be compared with true or false")),
        };
        match operator.as_str() {
            "eq" if flag => Ok(filter),
            "ne" if !flag => Ok(filter),
            "eq" | "ne" => Ok(Filter::Not(Box::new(filter))),
            _ => Err(self.tokens.bad("a function can be compared by eq and ne")),
        }
    }

    /// `Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=7)`
    fn query_function(&mut self, function: &str) -> Result<Filter, ODataError> {
        let operator = operator_of(function)
            .ok_or_else(|| ODataError::Unsupported(format!("the query function '{function}'")))?;
        self.tokens.take();
        self.tokens.expect_symbol('(')?;
        let mut property = None;
        let mut values = Vec::new();
        while !self.tokens.take_symbol(')') {
            let parameter = self.tokens.expect_name("a parameter such as PropertyName")?;
            self.tokens.expect_symbol('=')?;
            let mut given = self.arguments()?;
            match parameter.as_str() {
                "PropertyName" => property = given.pop(),
                "PropertyValue" | "PropertyValues" | "PropertyValue1" | "PropertyValue2" => {
                    values.append(&mut given);
                }
                other => {
                    let shown: String = other.chars().take(60).collect();
                    return Err(self.tokens.bad(format!("{function} has no parameter {shown}")));
                }
            }
            if !self.tokens.take_symbol(',') {
                self.tokens.expect_symbol(')')?;
                break;
            }
        }
        let property = property.ok_or_else(|| self.tokens.bad(format!("{function} needs PropertyName")))?;
        let mut path: Vec<String> = property.split('/').map(str::to_owned).collect();
        if let Some(variable) = self.scopes.last().and_then(|scope| scope.variable.clone())
            && path.first() != Some(&variable)
        {
            path.insert(0, variable);
        }
        let place = self.place(&path)?;
        if operator == "like" && function == "Contains" {
            values.iter_mut().for_each(|value| *value = containing(value));
        }
        self.condition(&place, operator, values)
    }

    /// One value or a list of them.
    fn arguments(&mut self) -> Result<Vec<String>, ODataError> {
        let mut values = Vec::new();
        if self.tokens.take_symbol('[') {
            while !self.tokens.take_symbol(']') {
                values.extend(self.argument()?);
                if !self.tokens.take_symbol(',') {
                    self.tokens.expect_symbol(']')?;
                    break;
                }
            }
        } else {
            values = self.argument()?;
        }
        Ok(values)
    }

    fn argument(&mut self) -> Result<Vec<String>, ODataError> {
        match self.tokens.peek().clone() {
            Token::Text(text) | Token::Bare(text) => {
                self.tokens.take();
                Ok(vec![text])
            }
            Token::Name(name) if name == "true" || name == "false" => {
                self.tokens.take();
                Ok(vec![name])
            }
            Token::Alias(alias) => {
                let values = resolve_alias(&self.request.aliases, &alias, self.tokens)?;
                self.tokens.take();
                let values: Option<Vec<String>> = values.into_iter().collect();
                values.ok_or_else(|| self.tokens.bad(format!("{alias} must not be null here")))
            }
            _ => Err(self.tokens.expected("a value")),
        }
    }
}

enum Side<'a> {
    Operand(Operand<'a>),
    Lambda(Filter),
}

fn join(mut parts: Vec<Filter>, make: fn(Vec<Filter>) -> Filter) -> Filter {
    match (parts.len(), parts.pop()) {
        (1, Some(part)) => part,
        (_, last) => {
            parts.extend(last);
            make(parts)
        }
    }
}

fn swapped(operator: &str) -> &str {
    match operator {
        "gt" => "lt",
        "ge" => "le",
        "lt" => "gt",
        "le" => "ge",
        other => other,
    }
}
