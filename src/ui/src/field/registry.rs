//! Which control draws a column: what the form asks for where it fits, then the column's type, then read-only text.

use model::{Column, ColumnKind, ControlKind, DateFormat, IntegerFormat, MemoFormat, TextFormat};

/// The controls there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Widget {
    Text,
    Memo,
    Integer,
    Duration,
    Named,
    Decimal,
    Float,
    Money,
    Choice,
    Choices,
    Toggle,
    Checkbox,
    Radio,
    Status,
    Date,
    DateTime,
    Lookup,
    Parties,
    Picture,
    ReadOnly,
}

/// The control for a column where the form asks for a kind.
pub fn widget(kind: ControlKind, column: &Column) -> Widget {
    match (kind, &column.kind) {
        (ControlKind::Memo, ColumnKind::Text { .. }) => Widget::Memo,
        (ControlKind::BooleanCheckbox, ColumnKind::Boolean(_)) => Widget::Checkbox,
        (ControlKind::BooleanRadio, ColumnKind::Boolean(_)) => Widget::Radio,
        (ControlKind::Duration, ColumnKind::Integer { .. }) => Widget::Duration,
        _ => by_type(&column.kind),
    }
}

const fn by_type(kind: &ColumnKind) -> Widget {
    match kind {
        // Shown as text; what is written in it must not be lost to an editor without its markup.
        ColumnKind::Memo { format: MemoFormat::RichText, .. } => Widget::ReadOnly,
        ColumnKind::Text { format: TextFormat::TextArea, .. } | ColumnKind::Memo { .. } => Widget::Memo,
        ColumnKind::Text { .. } => Widget::Text,
        ColumnKind::Integer { format: IntegerFormat::Duration, .. } => Widget::Duration,
        ColumnKind::Integer { format: IntegerFormat::TimeZone | IntegerFormat::Language, .. } => {
            Widget::Named
        }
        ColumnKind::Integer { .. } => Widget::Integer,
        ColumnKind::Decimal { .. } => Widget::Decimal,
        ColumnKind::Float { .. } => Widget::Float,
        ColumnKind::Money { .. } => Widget::Money,
        ColumnKind::Choice { .. } => Widget::Choice,
        ColumnKind::Choices { .. } => Widget::Choices,
        ColumnKind::Boolean(_) => Widget::Toggle,
        ColumnKind::Status => Widget::Status,
        ColumnKind::DateTime { format: DateFormat::Date, .. } => Widget::Date,
        ColumnKind::DateTime { format: DateFormat::DateAndTime, .. } => Widget::DateTime,
        ColumnKind::Lookup { .. } => Widget::Lookup,
        ColumnKind::PartyList { .. } => Widget::Parties,
        ColumnKind::Image => Widget::Picture,
        // Written by the server or by a command, or not of this screen's making.
        ColumnKind::BigInteger
        | ColumnKind::BaseMoney { .. }
        | ColumnKind::State
        | ColumnKind::UniqueId
        | ColumnKind::EntityName
        | ColumnKind::File { .. } => Widget::ReadOnly,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{
        BooleanOptions, DateBehavior, Decimal, Label, LookupStyle, PrecisionSource, Requirement, Writable,
    };

    /// Every column type once, with the control that draws it.
    fn every_type() -> Vec<(ColumnKind, Widget)> {
        let text = |format| ColumnKind::Text { format, max_length: 100 };
        let integer = |format| ColumnKind::Integer { format, min: 0, max: 10 };
        let date = |format| ColumnKind::DateTime { behavior: DateBehavior::UserLocal, format };
        let (min, max) = (Decimal::ZERO, Decimal::ONE);
        vec![
            (text(TextFormat::Plain), Widget::Text),
            (text(TextFormat::Email), Widget::Text),
            (text(TextFormat::Phone), Widget::Text),
            (text(TextFormat::Url), Widget::Text),
            (text(TextFormat::Ticker), Widget::Text),
            (text(TextFormat::AutoNumber), Widget::Text),
            (text(TextFormat::TextArea), Widget::Memo),
            (ColumnKind::Memo { format: MemoFormat::TextArea, max_length: 2000 }, Widget::Memo),
            (ColumnKind::Memo { format: MemoFormat::RichText, max_length: 2000 }, Widget::ReadOnly),
            (integer(IntegerFormat::Plain), Widget::Integer),
            (integer(IntegerFormat::Duration), Widget::Duration),
            (integer(IntegerFormat::TimeZone), Widget::Named),
            (integer(IntegerFormat::Language), Widget::Named),
            (ColumnKind::BigInteger, Widget::ReadOnly),
            (ColumnKind::Decimal { precision: 2, min, max }, Widget::Decimal),
            (ColumnKind::Float { precision: 5, min: 0.0, max: 1.0 }, Widget::Float),
            (ColumnKind::Money { precision: 2, source: PrecisionSource::Currency, min, max }, Widget::Money),
            (ColumnKind::BaseMoney { of: "revenue".into() }, Widget::ReadOnly),
            (ColumnKind::Choice { options: Vec::new(), default: None }, Widget::Choice),
            (ColumnKind::Choices { options: Vec::new() }, Widget::Choices),
            (ColumnKind::Boolean(BooleanOptions::default()), Widget::Toggle),
            (ColumnKind::State, Widget::ReadOnly),
            (ColumnKind::Status, Widget::Status),
            (date(DateFormat::Date), Widget::Date),
            (date(DateFormat::DateAndTime), Widget::DateTime),
            (ColumnKind::UniqueId, Widget::ReadOnly),
            (ColumnKind::Lookup { targets: Vec::new(), style: LookupStyle::Customer }, Widget::Lookup),
            (ColumnKind::PartyList { targets: Vec::new(), participation: 5 }, Widget::Parties),
            (ColumnKind::EntityName, Widget::ReadOnly),
            (ColumnKind::Image, Widget::Picture),
            (ColumnKind::File { max_kibibytes: 1 }, Widget::ReadOnly),
        ]
    }

    fn column(kind: ColumnKind) -> Column {
        Column {
            name: "column".into(),
            kind,
            required: Requirement::None,
            writable: Writable::Always,
            custom: false,
            auto_number: String::new(),
            label: Label::default(),
            description: Label::default(),
        }
    }

    #[test]
    fn every_column_type_has_its_control_when_the_form_names_none() {
        for (kind, expected) in every_type() {
            assert_eq!(widget(ControlKind::Unknown, &column(kind.clone())), expected, "{kind:?}");
        }
    }

    #[test]
    fn a_control_that_does_not_fit_the_type_is_not_drawn() {
        for (kind, expected) in every_type() {
            let column = column(kind);
            for wrong in [ControlKind::Map, ControlKind::IFrame, ControlKind::Lookup, ControlKind::Money] {
                assert_eq!(widget(wrong, &column), expected, "{wrong:?} on {:?}", column.kind);
            }
        }
        let flag = column(ColumnKind::Boolean(BooleanOptions::default()));
        assert_eq!(widget(ControlKind::BooleanCheckbox, &flag), Widget::Checkbox);
        assert_eq!(widget(ControlKind::BooleanRadio, &flag), Widget::Radio);
        let lines = column(ColumnKind::Text { format: TextFormat::Plain, max_length: 10 });
        assert_eq!(widget(ControlKind::Memo, &lines), Widget::Memo);
        assert_eq!(widget(ControlKind::BooleanRadio, &lines), Widget::Text);
    }
}
