//! `$select` and `$orderby`.

use crate::error::ODataError;
use crate::options::Request;
use crate::options::lexer::{Token, Tokens};
use crate::options::navigation::{Links, find_columns, find_place};
use model::{ColumnName, Table};
use query::plan::Aggregate;
use query::{Order, Output};

/// The columns of `$select`, each once.
pub fn read_select(table: &Table, text: &str) -> Result<Vec<ColumnName>, ODataError> {
    let mut columns: Vec<ColumnName> = Vec::new();
    for property in text.split(',').map(str::trim).filter(|property| !property.is_empty()) {
        for column in find_columns(table, property)? {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    Ok(columns)
}

/// The criteria of `$orderby`; in an aggregate they name groups and measures.
pub fn read_order(
    text: &str,
    table: &Table,
    request: &Request<'_>,
    links: &mut Links,
    output: &Output,
) -> Result<Vec<Order>, ODataError> {
    let mut tokens = Tokens::new("$orderby", text)?;
    let mut orders = Vec::new();
    loop {
        let (link, column) = match output {
            Output::Aggregate(aggregate) => {
                let name = read_grouped(&mut tokens)?;
                (None, find_alias(aggregate, &name, &tokens)?)
            }
            Output::Columns(_) | Output::All => {
                let path = tokens.expect_path()?;
                let place = find_place(request.metadata, table, &path, "$orderby")?;
                (links.alias(&place.steps)?, place.column.name.clone())
            }
        };
        let descending = tokens.take_word("desc");
        if !descending {
            tokens.take_word("asc");
        }
        orders.push(Order { link, column, descending });
        if *tokens.peek() == Token::End {
            return Ok(orders);
        }
        tokens.expect_symbol(',')?;
    }
}

/// The name of a group or measure: an alias, a path, or `year(createdon)`.
fn read_grouped(tokens: &mut Tokens<'_>) -> Result<String, ODataError> {
    let name = tokens.expect_path()?.join("/");
    if !tokens.take_symbol('(') {
        return Ok(name);
    }
    let inside = tokens.expect_path()?.join("/");
    tokens.expect_symbol(')')?;
    Ok(format!("{name}({inside})"))
}

fn find_alias(aggregate: &Aggregate, name: &str, tokens: &Tokens<'_>) -> Result<ColumnName, ODataError> {
    let groups = aggregate.groups.iter().map(|group| &group.alias);
    let measures = aggregate.measures.iter().map(|measure| &measure.alias);
    let alias = groups.chain(measures).find(|alias| *alias == name);
    alias.map(ColumnName::new).ok_or_else(|| {
        let shown: String = name.chars().take(60).collect();
        tokens.bad(format!("“{shown}” is neither a group nor a measure of $apply"))
    })
}
