//! SQL text under construction, with its values beside it: values never enter the text.

use crate::cell::{Cell, Storage};
use crate::dialect::{Dialect, quoted};

/// A statement for one of the dialects.
#[derive(Clone, Debug)]
pub struct Statement {
    dialect: Dialect,
    sql: String,
    binds: Vec<Cell>,
}

impl Statement {
    /// An empty statement.
    pub const fn new(dialect: Dialect) -> Self {
        Self { dialect, sql: String::new(), binds: Vec::new() }
    }

    /// A statement without values.
    pub fn of(dialect: Dialect, sql: &str) -> Self {
        let mut statement = Self::new(dialect);
        statement.push(sql);
        statement
    }

    /// A statement whose `?` stand for these values in order. The text must have no other question mark.
    pub fn with(dialect: Dialect, sql: &str, binds: Vec<Cell>) -> Self {
        let mut statement = Self::new(dialect);
        let mut binds = binds.into_iter();
        for (index, part) in sql.split('?').enumerate() {
            if index > 0
                && let Some(bind) = binds.next()
            {
                statement.bind(bind);
            }
            statement.push(part);
        }
        statement
    }

    /// Which database it is for.
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Adds SQL text.
    pub fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Adds a name in quotes.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.push(&quoted(name))
    }

    /// Adds a value.
    pub fn bind(&mut self, value: Cell) -> &mut Self {
        self.binds.push(value);
        match self.dialect {
            Dialect::Sqlite => self.sql.push('?'),
            Dialect::Postgres => {
                self.sql.push('$');
                self.sql.push_str(&self.binds.len().to_string());
            }
        }
        self
    }

    /// Adds `(?, ?, …)`.
    pub fn bind_list(&mut self, values: impl IntoIterator<Item = Cell>) -> &mut Self {
        self.push("(");
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self.push(")")
    }

    /// The text with its values written into it, for a place inside another text. Only ids can be written so.
    pub fn with_literals(self) -> String {
        let ids = self.binds.iter().filter_map(Cell::as_id).map(|id| self.dialect.id_literal(id));
        match self.dialect {
            Dialect::Sqlite => {
                let mut parts = self.sql.split('?');
                let mut text = parts.next().unwrap_or_default().to_owned();
                for (literal, part) in ids.zip(parts) {
                    text.push_str(&literal);
                    text.push_str(part);
                }
                text
            }
            // From the last to the first, so that $1 is not found in $12.
            Dialect::Postgres => {
                let literals: Vec<String> = ids.collect();
                literals.iter().enumerate().rev().fold(self.sql.clone(), |text, (index, literal)| {
                    text.replace(&format!("${}", index + 1), literal)
                })
            }
        }
    }

    /// The text and the values.
    pub fn into_parts(self) -> (String, Vec<Cell>) {
        (self.sql, self.binds)
    }
}

/// A statement that answers rows, with the kinds of their cells.
#[derive(Clone, Debug)]
pub struct Question {
    /// The statement.
    pub statement: Statement,
    /// The kinds of the cells of each row.
    pub kinds: Vec<Storage>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_for_postgresql_only() {
        let values = || vec![Cell::integer(1), Cell::text("x")];
        let (sql, binds) = Statement::with(Dialect::Postgres, "a = ? AND b = ?", values()).into_parts();
        assert_eq!((sql.as_str(), binds), ("a = $1 AND b = $2", values()));
        let (sql, binds) = Statement::with(Dialect::Sqlite, "a = ? AND b = ?", values()).into_parts();
        assert_eq!((sql.as_str(), binds), ("a = ? AND b = ?", values()));
    }

    #[test]
    fn a_quote_in_a_name_cannot_end_the_name() {
        let mut statement = Statement::new(Dialect::Sqlite);
        statement.name("a\" OR \"b");
        assert_eq!(statement.into_parts().0, "\"a\"\" OR \"\"b\"");
    }
}
