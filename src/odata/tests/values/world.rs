//! A table with the column of a case, and who looks at it.

use super::kinds::Case;
use model::text::{Currency, Locale, ShowContext};
use model::{
    Column, ColumnKind, Label, Language, Metadata, Requirement, State, StatusReason, Table, TimeZone,
    Timestamp, Writable, ZoneChange,
};
use odata::Reader;
use std::collections::HashMap;
use std::sync::Arc;

/// The column of the case.
pub const COLUMN: &str = "new_column";

/// What a case is tried in.
pub struct World {
    pub metadata: Metadata,
    pub place: &'static str,
    pub language: Language,
    zone: TimeZone,
    currency: Currency,
    base: Currency,
}

impl World {
    pub fn new(case: &Case, place: &'static str, language: Language) -> Self {
        let currency = |code: &str, symbol: &str, digits| Currency {
            code: code.to_owned(),
            symbol: symbol.to_owned(),
            digits,
        };
        let thing = Table {
            name: "new_thing".into(),
            set_name: "new_things".to_owned(),
            primary_id: "new_thingid".into(),
            columns: vec![column("new_thingid", ColumnKind::UniqueId), column(COLUMN, case.kind.clone())],
            states: states(&case.labels),
            ..Table::default()
        };
        let other = |name: &str| Table {
            name: name.into(),
            set_name: format!("{name}s"),
            primary_id: format!("{name}id").as_str().into(),
            columns: vec![column(&format!("{name}id"), ColumnKind::UniqueId)],
            ..Table::default()
        };
        let tables = vec![thing, other("account"), other("contact")];
        Self {
            metadata: Metadata { tables, ..Metadata::default() },
            place,
            language,
            zone: Self::zones().swap_remove(case.zone),
            currency: currency("EUR", "€", case.currency_digits),
            base: currency("CHF", "Fr.", 2),
        }
    }

    pub fn table(&self) -> &Table {
        &self.metadata.tables[0]
    }

    pub fn show(&self) -> ShowContext<'_> {
        ShowContext {
            table: Some(self.table()),
            currency: Some(&self.currency),
            base_currency: Some(&self.base),
            pricing_precision: self.currency.digits,
            ..ShowContext::new(&self.zone, self.language)
        }
    }

    pub fn reader(&self) -> Arc<Reader> {
        Arc::new(Reader {
            locale: Locale::of(self.place),
            zone: self.zone.clone(),
            pricing_precision: 2,
            currencies: HashMap::new(),
            base_currency: Some(self.base.clone()),
        })
    }

    /// Without changes, with two a year, and off the whole hour.
    pub fn zones() -> Vec<TimeZone> {
        vec![
            TimeZone::utc(),
            seasonal("Europe/Berlin", 60),
            seasonal("America/New_York", -300),
            fixed("Asia/Kathmandu", 345),
        ]
    }
}

fn fixed(name: &str, offset_minutes: i32) -> TimeZone {
    let change = ZoneChange { from: Timestamp::from_milliseconds(0), offset_minutes };
    TimeZone { name: name.to_owned(), changes: vec![change] }
}

fn seasonal(name: &str, offset_minutes: i32) -> TimeZone {
    let change = |year: i32, day: &str, offset_minutes| ZoneChange {
        from: format!("{year}-{day}T01:00:00Z").parse().unwrap(),
        offset_minutes,
    };
    let changes = (1970..2100)
        .flat_map(|year| [change(year, "03-29", offset_minutes + 60), change(year, "10-25", offset_minutes)]);
    TimeZone { name: name.to_owned(), changes: changes.collect() }
}

fn column(name: &str, kind: ColumnKind) -> Column {
    Column {
        name: name.into(),
        kind,
        required: Requirement::None,
        writable: Writable::Always,
        custom: true,
        auto_number: String::new(),
        label: Label::default(),
        description: Label::default(),
    }
}

/// Two states, each with every second label as its reasons.
fn states(labels: &[Label]) -> Vec<State> {
    let reasons = |parity: usize| {
        let labels = labels.iter().enumerate().filter(move |(index, _)| index % 2 == parity);
        labels.map(|(index, label)| StatusReason {
            value: i32::try_from(index).unwrap(),
            label: label.clone(),
            next: Vec::new(),
        })
    };
    let label = |at: usize| labels.get(at).cloned().unwrap_or_default();
    (0..2)
        .map(|at| State {
            value: i32::try_from(at).unwrap(),
            label: label(at),
            default_status: i32::try_from(at).unwrap(),
            statuses: reasons(at).collect(),
        })
        .collect()
}
