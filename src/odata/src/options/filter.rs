//! `$filter`: read into the filter of a plan.

use crate::error::{ODataError, limits};
use crate::options::Request;
use crate::options::aliases::resolve_alias;
use crate::options::lexer::{Token, Tokens};
use crate::options::navigation::{Links, Place, Step, find_place, link_of};
use model::{ColumnName, Table, TableName};
use query::{Condition, Filter, LinkKind};

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
pub(super) struct Scope {
    pub table: TableName,
    pub variable: Option<String>,
}

/// Reads filters; what stands in functions and lambdas is read in `calls` and `lambda`.
pub(super) struct Parser<'p, 't, 'a> {
    pub tokens: &'p mut Tokens<'t>,
    pub request: &'p mut Request<'a>,
    links: &'p mut Links,
    pub scopes: Vec<Scope>,
    depth: usize,
}

/// One side of a comparison.
pub(super) enum Operand<'a> {
    Column(Place<'a>),
    Literal(String),
    Null,
}

const COMPARISONS: [&str; 6] = ["eq", "ne", "gt", "ge", "lt", "le"];

impl<'a> Parser<'_, '_, 'a> {
    pub(super) fn any_of(&mut self) -> Result<Filter, ODataError> {
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
        if self.tokens.take_word("in") {
            return self.one_of(left);
        }
        let Some(operator) = self.comparison() else { return self.alone(left) };
        let right = self.operand()?;
        self.compare(left, &operator, right)
    }

    pub(super) fn comparison(&mut self) -> Option<String> {
        let Token::Name(name) = self.tokens.peek() else { return None };
        let operator = COMPARISONS.contains(&name.as_str()).then(|| name.clone())?;
        self.tokens.take();
        Some(operator)
    }

    /// `statuscode in (1,2)`; a null among the values stands for rows without one.
    fn one_of(&mut self, left: Operand<'a>) -> Result<Filter, ODataError> {
        let Operand::Column(place) = left else {
            return Err(self.tokens.bad("the left side of in must be a property"));
        };
        let mut values = Vec::new();
        if let Token::Alias(alias) = self.tokens.peek().clone() {
            values = resolve_alias(&self.request.aliases, &alias, self.tokens)?;
            self.tokens.take();
        } else {
            self.tokens.expect_symbol('(')?;
            loop {
                match self.operand()? {
                    Operand::Literal(value) => values.push(Some(value)),
                    Operand::Null => values.push(None),
                    Operand::Column(_) => return Err(self.tokens.bad("in takes values, no properties")),
                }
                if !self.tokens.take_symbol(',') {
                    break;
                }
            }
            self.tokens.expect_symbol(')')?;
        }
        let wants_null = values.contains(&None);
        let values: Vec<String> = values.into_iter().flatten().collect();
        let mut parts = Vec::new();
        if !values.is_empty() {
            parts.push(self.condition(&place, "in".to_owned(), values)?);
        }
        if wants_null {
            parts.push(self.condition(&place, "null".to_owned(), Vec::new())?);
        }
        Ok(join(parts, Filter::Or))
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
        if is_in_lambda && !(left.steps.is_empty() && right.steps.is_empty()) {
            let what = "comparing properties over a navigation property inside any or all";
            return Err(ODataError::Unsupported(what.to_owned()));
        }
        let other = match self.links.alias(&right.steps)? {
            None if left.steps.is_empty() => right.column.name.clone(),
            // The row asked for has no alias that a column could be named by.
            None => return self.compare_columns(right, swapped(operator), left),
            Some(alias) => ColumnName::new(format!("{alias}.{}", right.column.name)),
        };
        let link = self.links.alias(&left.steps)?;
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

    pub(super) fn condition(
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
        if self.scopes.len() == 1 {
            return Ok(Filter::Condition(condition(self.links.alias(&place.steps)?)));
        }
        Ok(self.linked_condition(&place.steps, condition(None)))
    }

    /// Inside a lambda navigation properties are followed on their own.
    fn linked_condition(&mut self, steps: &[Step<'a>], condition: Condition) -> Filter {
        let wants_nothing = condition.operator == "null";
        let mut filter = Filter::Condition(condition);
        for step in steps.iter().rev() {
            let mut link = link_of(step, self.new_alias(), LinkKind::Any);
            link.filter = Some(filter);
            filter = Filter::Linked(Box::new(link));
            if wants_nothing {
                // Without a row to follow to, its columns hold nothing either.
                let no_row = Condition {
                    link: None,
                    column: step.lookup.name.clone(),
                    operator: "null".to_owned(),
                    values: Vec::new(),
                    value_of: None,
                };
                filter = Filter::Or(vec![Filter::Condition(no_row), filter]);
            }
        }
        filter
    }

    pub(super) fn new_alias(&mut self) -> String {
        self.request.lambdas += 1;
        format!("lambda{}", self.request.lambdas)
    }

    pub(super) fn operand(&mut self) -> Result<Operand<'a>, ODataError> {
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

    pub(super) fn table(&self) -> Result<&'a Table, ODataError> {
        let name = self.scopes.last().map_or("", |scope| scope.table.as_str());
        self.request.metadata.table(name).ok_or_else(|| ODataError::UnknownTable(name.to_owned()))
    }

    /// The path behind the variable of the lambda at hand.
    pub(super) fn below_variable<'s>(&self, path: &'s [String]) -> Result<&'s [String], ODataError> {
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

    pub(super) fn place(&self, path: &[String]) -> Result<Place<'a>, ODataError> {
        let path = self.below_variable(path)?;
        find_place(self.request.metadata, self.table()?, path, self.tokens.option())
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
