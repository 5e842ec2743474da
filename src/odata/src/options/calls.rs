//! Functions in `$filter`: OData's for texts, and Dataverse's query functions.

use crate::error::ODataError;
use crate::options::aliases::resolve_alias;
use crate::options::filter::{Operand, Parser};
use crate::options::functions::{NAMESPACE, containing, operator_of};
use crate::options::lexer::Token;
use query::Filter;

impl Parser<'_, '_, '_> {
    pub(super) fn function(&mut self, name: &str) -> Result<Filter, ODataError> {
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
        let filter = self.condition(&place, operator, values)?;
        self.compared_with_flag(filter)
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
