//! `Request::Table`: a table's definition in the user's language.

use crate::message::{Failure, Reply};
use crate::session::Session;
use model::{ColumnKind, PrecisionSource, Table, TableName};

impl Session {
    pub(crate) fn table(&self, name: &TableName) -> Result<Reply, Failure> {
        let definitions = self.device()?.definitions()?;
        let mut table = Table::clone(definitions.table(name)?);
        settle_digits(&mut table, definitions.metadata().settings.pricing_precision);
        table.keep_language(definitions.language());
        Ok(Reply::Table(table))
    }
}

/// A screen is told how many digits prices have, not where the org says so.
fn settle_digits(table: &mut Table, pricing_precision: u8) {
    for column in &mut table.columns {
        if let ColumnKind::Money { precision, source, .. } = &mut column.kind
            && *source == PrecisionSource::Organization
        {
            (*precision, *source) = (pricing_precision, PrecisionSource::Column);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::settle_digits;
    use model::{ColumnKind, PrecisionSource};

    #[test]
    fn prices_have_the_digits_of_the_org() {
        let mut table = solution::metadata().unwrap().table("quotedetail").unwrap().clone();
        let sources = |table: &model::Table| {
            let money = table.columns.iter().filter_map(|column| match column.kind {
                ColumnKind::Money { precision, source, .. } => Some((precision, source)),
                _ => None,
            });
            money.collect::<Vec<_>>()
        };
        let before = sources(&table);
        assert!(before.iter().any(|(_, source)| *source == PrecisionSource::Organization));
        settle_digits(&mut table, 4);
        for (before, after) in before.into_iter().zip(sources(&table)) {
            let expected =
                if before.1 == PrecisionSource::Organization { (4, PrecisionSource::Column) } else { before };
            assert_eq!(after, expected);
        }
    }
}
