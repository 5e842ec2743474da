//! Who reads the rows: what formatted values need to be written as that person reads.

use model::text::{Currency, Locale, ShowContext};
use model::{Language, RowId, TimeZone};
use std::collections::HashMap;

/// The person that formatted values are written for.
#[derive(Clone, Debug, PartialEq)]
pub struct Reader {
    /// The place whose notation they read.
    pub locale: Locale,
    /// Their time zone.
    pub zone: TimeZone,
    /// The org's digits of prices.
    pub pricing_precision: u8,
    /// The org's currencies.
    pub currencies: HashMap<RowId, Currency>,
    /// The org's base currency.
    pub base_currency: Option<Currency>,
}

impl Reader {
    /// What texts of a row need.
    pub(super) fn context(&self, language: Language, currency: Option<RowId>) -> ShowContext<'_> {
        ShowContext {
            currency: currency.and_then(|id| self.currencies.get(&id)),
            base_currency: self.base_currency.as_ref(),
            pricing_precision: self.pricing_precision,
            ..ShowContext::new(&self.zone, language)
        }
    }
}
