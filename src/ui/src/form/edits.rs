//! What is saved and what the user changed: the part of a form that needs no browser.

use model::limits::{self, Misfit};
use model::{Column, ColumnKind, ColumnName, Columns, Requirement, Table, Value, Writable};

/// A form's values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    /// As the device holds them.
    pub saved: Columns,
    /// What the user changed since.
    pub changed: Columns,
    /// What stood in the changed columns when the user began to change them.
    pub seen: Columns,
    /// What the user entered in columns that the org has removed meanwhile: kept with the draft, shown and saved nowhere.
    pub hidden: Columns,
}

/// Why a form cannot be saved, column by column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A required column is empty.
    Empty,
    /// A text is longer than its column.
    TooLong {
        /// UTF-16 units there are.
        length: usize,
        /// UTF-16 units there may be.
        max: usize,
    },
}

impl Edits {
    /// The value on screen.
    pub fn get(&self, column: &str) -> &Value {
        if self.changed.has(column) { self.changed.get(column) } else { self.saved.get(column) }
    }

    /// Takes what the user entered; what equals the saved value is no change.
    pub fn set(&mut self, column: &ColumnName, value: Value) {
        if self.saved.get(column.as_str()).is_same(&value) {
            self.changed.0.remove(column);
            self.seen.0.remove(column);
        } else {
            if !self.seen.has(column.as_str()) {
                self.seen.set(column.clone(), self.saved.get(column.as_str()).clone());
            }
            self.changed.set(column.clone(), value);
        }
    }

    /// True when the column differs from what is saved.
    pub fn is_changed(&self, column: &str) -> bool {
        self.changed.has(column)
    }

    /// Takes newer saved values; what the user entered stays, unless it is now what is saved.
    pub fn refresh(&mut self, saved: Columns) {
        self.saved = saved;
        self.forget_unchanged();
    }

    /// What was sent is saved now; what the user entered while it was on its way stays.
    pub fn saved_now(&mut self, sent: &Columns) {
        self.saved.extend(sent);
        self.seen.0.retain(|column, _| !sent.has(column.as_str()));
        for (column, value) in sent.iter().filter(|(column, _)| self.changed.has(column.as_str())) {
            self.seen.set(column.clone(), value.clone());
        }
        self.forget_unchanged();
    }

    /// Takes up a draft; `seen` is what the user saw when it was typed, where that is known.
    pub fn restore(&mut self, draft: &Columns, seen: &Columns) {
        for (column, value) in draft.iter() {
            self.set(column, value.clone());
            if self.is_changed(column.as_str()) && seen.has(column.as_str()) {
                self.seen.set(column.clone(), seen.get(column.as_str()).clone());
            }
        }
    }

    /// Puts aside what was entered in columns that are gone, and takes up what was put aside where a column is back.
    pub fn hide(&mut self, is_there: impl Fn(&str) -> bool) {
        let back: Vec<_> = self
            .hidden
            .iter()
            .filter(|(column, _)| is_there(column.as_str()))
            .map(|(column, _)| column.clone())
            .collect();
        for column in back {
            if let Some(value) = self.hidden.0.remove(&column) {
                self.set(&column, value);
            }
        }
        let gone: Vec<_> = self
            .changed
            .iter()
            .filter(|(column, _)| !is_there(column.as_str()))
            .map(|(column, _)| column.clone())
            .collect();
        for column in gone {
            if let Some(value) = self.changed.0.remove(&column) {
                self.hidden.set(column.clone(), value);
            }
            self.seen.0.remove(&column);
        }
    }

    /// What is worth keeping for a later visit: nothing while the form is as it began.
    pub fn draft(&self, initial: &Columns) -> Columns {
        let mut draft = if self.changed == *initial { Columns::new() } else { self.changed.clone() };
        draft.extend(&self.hidden);
        draft
    }

    fn forget_unchanged(&mut self) {
        let Self { saved, changed, seen, .. } = self;
        changed.0.retain(|column, value| !saved.get(column.as_str()).is_same(value));
        seen.0.retain(|column, _| changed.has(column.as_str()));
    }

    /// What keeps the form from being saved.
    pub fn missing(
        &self,
        shown: &[(ColumnName, bool)],
        table: &Table,
        is_new: bool,
    ) -> Vec<(ColumnName, Missing)> {
        let mut missing = Vec::new();
        for (name, form_insists) in shown {
            let Some(column) = table.column(name.as_str()) else { continue };
            if is_required(column, *form_insists, is_new) && is_blank(self.get(name.as_str())) {
                missing.push((name.clone(), Missing::Empty));
            }
        }
        for (name, value) in self.changed.iter() {
            let Some(column) = table.column(name.as_str()) else { continue };
            if let Err(Misfit::TooLong { length, max }) = limits::check(&column.kind, value, Some(table)) {
                missing.push((name.clone(), Missing::TooLong { length, max }));
            }
        }
        missing
    }
}

/// Whether a form must insist on a column. What the client cannot write, it cannot demand.
pub fn is_required(column: &Column, form_insists: bool, is_new: bool) -> bool {
    let is_writable = match column.writable {
        Writable::Always => true,
        Writable::OnCreate => is_new,
        Writable::OnUpdate => !is_new,
        Writable::Never => false,
    };
    let insists = form_insists || matches!(column.required, Requirement::Application | Requirement::System);
    // A flag always has a value: unset means no. A number that the server gives may wait for it.
    insists
        && is_writable
        && (!is_new || column.auto_number.is_empty())
        && !matches!(column.kind, ColumnKind::Boolean(_) | ColumnKind::Status | ColumnKind::State)
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::Parties(parties) => parties.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Label, Ownership, Reference, TextFormat};

    fn reference(id: u128, name: &str) -> Value {
        Value::Reference(Reference {
            table: "account".into(),
            id: model::RowId::from_u128(id),
            name: Some(name.to_owned()),
        })
    }

    #[test]
    fn typing_the_saved_value_again_is_no_change() {
        let saved =
            Columns::new().with("name", Value::Text("A".to_owned())).with("parent", reference(1, "Old"));
        let mut edits = Edits { saved, ..Edits::default() };
        edits.set(&"name".into(), Value::Text("B".to_owned()));
        edits.set(&"parent".into(), reference(1, "New name of the same row"));
        assert_eq!(edits.changed.len(), 1);
        assert_eq!(edits.get("name"), &Value::Text("B".to_owned()));
        edits.set(&"name".into(), Value::Text("A".to_owned()));
        assert!(edits.changed.is_empty());
    }

    #[test]
    fn news_from_the_server_do_not_overwrite_what_is_being_typed() {
        let mut edits = Edits::default();
        edits.set(&"name".into(), Value::Text("mine".to_owned()));
        edits.set(&"city".into(), Value::Text("Paris".to_owned()));
        edits.refresh(
            Columns::new()
                .with("name", Value::Text("theirs".to_owned()))
                .with("city", Value::Text("Paris".to_owned())),
        );
        assert_eq!(edits.get("name"), &Value::Text("mine".to_owned()));
        assert!(!edits.is_changed("city"));
    }

    #[test]
    fn what_is_typed_while_a_save_is_under_way_is_not_taken_for_saved() {
        let words = |words: &str| Value::Text(words.to_owned());
        let mut edits = Edits::default();
        edits.set(&"name".into(), words("A"));
        edits.set(&"phone".into(), words("1"));
        let sent = edits.changed.clone();
        edits.set(&"name".into(), words("A and more"));
        edits.set(&"city".into(), words("Paris"));
        edits.saved_now(&sent);
        assert_eq!(
            edits.changed,
            Columns::new().with("name", words("A and more")).with("city", words("Paris"))
        );
        assert_eq!(edits.seen, Columns::new().with("name", words("A")).with("city", Value::Null));
        assert_eq!(edits.get("phone"), &words("1"));
    }

    #[test]
    fn what_the_user_saw_is_kept_when_news_come_under_what_is_typed() {
        let words = |words: &str| Value::Text(words.to_owned());
        let saved = Columns::new().with("name", words("seen"));
        let mut edits = Edits { saved, ..Edits::default() };
        edits.set(&"name".into(), words("m"));
        edits.refresh(Columns::new().with("name", words("theirs")));
        edits.set(&"name".into(), words("mine"));
        assert_eq!(edits.seen, Columns::new().with("name", words("seen")));
        edits.set(&"name".into(), words("theirs"));
        assert!(edits.seen.is_empty() && edits.changed.is_empty());
    }

    #[test]
    fn a_draft_still_builds_on_what_the_user_saw_when_typing_it() {
        let name = |text: &str| Columns::new().with("name", Value::Text(text.to_owned()));
        let mut edits = Edits { saved: name("theirs"), ..Edits::default() };
        edits.restore(&name("mine"), &name("seen"));
        assert_eq!((&edits.changed, &edits.seen), (&name("mine"), &name("seen")));
    }

    #[test]
    fn what_was_entered_in_a_removed_column_is_kept_and_neither_shown_nor_saved() {
        let words = |words: &str| Value::Text(words.to_owned());
        let mut edits = Edits::default();
        edits.set(&"name".into(), words("A"));
        edits.set(&"new_color".into(), words("red"));
        edits.hide(|column| column != "new_color");
        assert_eq!(edits.changed, Columns::new().with("name", words("A")));
        assert!(edits.get("new_color").is_null() && !edits.seen.has("new_color"));
        assert_eq!(edits.draft(&Columns::new()).get("new_color"), &words("red"), "the draft still has it");
        edits.changed = Columns::new();
        assert_eq!(edits.draft(&Columns::new()), Columns::new().with("new_color", words("red")));
        edits.hide(|_| true);
        assert_eq!(edits.get("new_color"), &words("red"), "and so has the form, should the column come back");
        assert!(edits.hidden.is_empty());
    }

    #[test]
    fn what_a_new_row_starts_with_is_no_draft() {
        let initial = Columns::new().with("parent", reference(1, "A"));
        let mut edits = Edits { changed: initial.clone(), ..Edits::default() };
        assert!(edits.draft(&initial).is_empty());
        edits.set(&"name".into(), Value::Text("typed".to_owned()));
        assert_eq!(edits.draft(&initial).len(), 2);
    }

    #[test]
    fn required_and_too_long_columns_keep_a_form_from_being_saved() {
        let column = |name: &str, required, writable| Column {
            name: name.into(),
            kind: ColumnKind::Text { format: TextFormat::Plain, max_length: 3 },
            required,
            writable,
            custom: false,
            auto_number: String::new(),
            label: Label::default(),
            description: Label::default(),
        };
        let table = Table {
            name: "account".into(),
            set_name: "accounts".to_owned(),
            primary_id: "accountid".into(),
            primary_name: "name".into(),
            object_type_code: 1,
            ownership: Ownership::User,
            is_activity: false,
            is_available_offline: true,
            has_quick_create: true,
            icon: String::new(),
            label: Label::default(),
            plural_label: Label::default(),
            description: Label::default(),
            columns: vec![
                column("name", Requirement::Application, Writable::Always),
                column("city", Requirement::None, Writable::Always),
                column("number", Requirement::System, Writable::Never),
            ],
            states: Vec::new(),
            relationships: Vec::new(),
            keys: Vec::new(),
            ..Table::default()
        };
        let shown =
            [("name".into(), false), ("city".into(), true), ("number".into(), false), ("gone".into(), true)];
        let mut edits = Edits::default();
        edits.set(&"name".into(), Value::Text("  ".to_owned()));
        assert_eq!(
            edits.missing(&shown, &table, true),
            [("name".into(), Missing::Empty), ("city".into(), Missing::Empty)]
        );
        edits.set(&"name".into(), Value::Text("ééé".to_owned()));
        edits.set(&"city".into(), Value::Text("Paris".to_owned()));
        assert_eq!(
            edits.missing(&shown, &table, true),
            [("city".into(), Missing::TooLong { length: 5, max: 3 })]
        );
    }
}
