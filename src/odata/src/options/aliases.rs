//! Parameter aliases: `$filter=contains(name,@p)&@p='x'`.

use crate::error::ODataError;
use crate::options::bad;
use crate::options::lexer::{Token, Tokens};

/// The values of an alias, one or a list; `None` for null. `tokens` are what it was used in.
pub fn resolve_alias(
    aliases: &[(&str, &str)],
    alias: &str,
    tokens: &Tokens<'_>,
) -> Result<Vec<Option<String>>, ODataError> {
    let found = aliases.iter().find(|(name, _)| *name == alias);
    let (name, text) = found.ok_or_else(|| tokens.bad(format!("the parameter {alias} is not given")))?;
    let mut tokens = Tokens::new(name, text)?;
    let mut values = Vec::new();
    let is_list = tokens.take_symbol('[');
    loop {
        match tokens.take() {
            Token::Text(text) | Token::Bare(text) => values.push(Some(text)),
            Token::Name(word) if word == "true" || word == "false" => values.push(Some(word)),
            Token::Name(word) if word == "null" && !is_list => values.push(None),
            _ => return Err(bad(name, 0, "a value or a list of values is expected")),
        }
        if !is_list {
            break;
        }
        if !tokens.take_symbol(',') {
            tokens.expect_symbol(']')?;
            break;
        }
    }
    tokens.expect_end()?;
    Ok(values)
}
