//! Commands of command bars: the `appaction` elements of a solution export, or such rows as the Web API gives them.

use super::json::{self, Json};
use super::{Element, Place, Problems};
use crate::said;
use crate::{
    AppName, CommandAction, CommandButton, CommandButtonKind, CommandLocation, CommandName, CommandSet,
    CommandSetRecord, Label, Language, Problem, TableName,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// The web resource whose functions are the commands of this app.
const OWN_LIBRARY: &str = "valise_commands";
/// Commands that one set holds at most.
const MAX_BUTTONS: usize = 500;

/// Reads the commands of a set. A command that cannot run stays in the list with what it would have run, and is named.
#[must_use]
pub fn parse_command_set(record: &CommandSetRecord) -> (CommandSet, Vec<Problem>) {
    let mut reading =
        Reading { record, problems: Problems::default(), ids: BTreeSet::new(), buttons: Vec::new() };
    if record.definition.trim_start().starts_with(['{', '[']) {
        reading.json();
    } else {
        reading.xml();
    }
    reading.check_parents();
    let Reading { problems, mut buttons, .. } = reading;
    buttons.sort_by(|first, second| first.sequence.total_cmp(&second.sequence));
    let set = CommandSet { name: record.name.clone(), table: record.table.clone(), buttons };
    (set, problems.0)
}

struct Reading<'r> {
    record: &'r CommandSetRecord,
    problems: Problems,
    ids: BTreeSet<String>,
    buttons: Vec<CommandButton>,
}

/// A command in either form: the column of a row by name.
trait Row {
    /// The text of a column.
    fn column(&self, name: &str) -> Option<&str>;
    /// What a lookup points to, by the name of what is written of it (`uniquename`, `logicalname`, `name`).
    fn lookup(&self, name: &str, by: &str) -> Option<&str>;
    /// A text per language.
    fn label(&self, name: &str, place: &Place<'_>, problems: &mut Problems) -> Label;
    /// A number or yes/no, as text.
    fn option(&self, name: &str) -> Option<String>;
}

impl Row for Element<'_> {
    fn column(&self, name: &str) -> Option<&str> {
        self.child_text(name)
    }

    fn lookup(&self, name: &str, by: &str) -> Option<&str> {
        self.child(name)?.child_text(by)
    }

    fn label(&self, name: &str, place: &Place<'_>, problems: &mut Problems) -> Label {
        let Some(element) = self.child(name) else { return Label::default() };
        let mut label = Label::default();
        for one in element.all("label") {
            let code = one.attribute("languagecode").unwrap_or_default();
            problems.text(&mut label, code, one.attribute("description").unwrap_or_default(), place);
        }
        let default =
            element.given("default").or_else(|| Some(element.text.as_ref()).filter(|text| !text.is_empty()));
        if let Some(text) = default.filter(|_| label.is_empty()) {
            label.set(Language::English.lcid(), text);
        }
        label
    }

    fn option(&self, name: &str) -> Option<String> {
        self.child_text(name).map(str::to_owned)
    }
}

impl Row for Value {
    fn column(&self, name: &str) -> Option<&str> {
        self.text(name)
    }

    fn lookup(&self, name: &str, by: &str) -> Option<&str> {
        self.inside(name).text(by)
    }

    fn label(&self, name: &str, _place: &Place<'_>, _problems: &mut Problems) -> Label {
        self.text(name).map(|text| Label::one(Language::English, text)).unwrap_or_default()
    }

    fn option(&self, name: &str) -> Option<String> {
        match self.inside(name) {
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(flag) => Some(u8::from(*flag).to_string()),
            Self::String(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Reading<'_> {
    fn xml(&mut self) {
        let record = self.record;
        let Some(root) = self.problems.read_any(&record.definition, "appactions") else { return };
        match root.name.as_ref() {
            "appaction" => self.button(&root, root.given("uniquename"), 0),
            "appactions" => {
                let place = Place::root("appactions");
                self.problems.unknown_children(&root, &["appaction"], &place);
                for (index, row) in root.all("appaction").enumerate() {
                    self.button(row, row.given("uniquename"), index);
                }
            }
            other => {
                let what =
                    said!("the outermost element is <{other}>, expected <appactions> or <appaction>", other);
                self.problems.add(what, &Place::root(other), "it is left out");
            }
        }
    }

    fn json(&mut self) {
        let record = self.record;
        let Some(root) = json::read(&record.definition, "appactions", &mut self.problems) else { return };
        let rows = match &root {
            Value::Array(rows) => rows.as_slice(),
            _ if root.get("value").is_some() => root.items("value"),
            row => std::slice::from_ref(row),
        };
        for (index, row) in rows.iter().enumerate() {
            self.button(row, row.text("uniquename"), index);
        }
    }

    fn button<R: Row>(&mut self, row: &R, id: Option<&str>, index: usize) {
        let outer = Place::root("appactions");
        let place = id.map_or_else(|| outer.nth("appaction", index), |id| outer.named("appaction", id));
        let Some(id) = id else {
            self.problems.add("the command has no uniquename", &place, "the command is left out");
            return;
        };
        if row.option("statecode").as_deref() == Some("1") {
            return;
        }
        if self.buttons.len() == MAX_BUTTONS {
            if self.ids.insert(String::new()) {
                let what = said!("there are more than {most} commands", most = MAX_BUTTONS);
                self.problems.add(what, &place, "the rest is left out");
            }
            return;
        }
        if !self.ids.insert(id.to_owned()) {
            let what = said!("the uniquename {id} is used twice", id);
            self.problems.add(what, &place, "the second command is left out");
            return;
        }
        let table = row.column("contextvalue").or_else(|| row.lookup("contextentity", "logicalname"));
        let button = CommandButton {
            id: id.to_owned(),
            app: row.lookup("appmoduleid", "uniquename").map(AppName::new),
            table: table.map(|name| TableName::new(name.to_ascii_lowercase())),
            location: self.option(row, "location", CommandLocation::from_number, &place),
            kind: self.option(row, "type", CommandButtonKind::from_number, &place),
            parent: row.lookup("parentappactionid", "uniquename").map(str::to_owned),
            sequence: self.sequence(row, &place),
            hidden: self.flag(row, "hidden", &place),
            disabled: self.flag(row, "isdisabled", &place),
            label: row.label("buttonlabeltext", &place, &mut self.problems),
            tooltip: row.label("buttontooltiptitle", &place, &mut self.problems),
            description: row.label("buttontooltipdescription", &place, &mut self.problems),
            accessibility: row.label("buttonaccessibilitytext", &place, &mut self.problems),
            icon: row.column("fonticon").unwrap_or_default().trim_start_matches("$clientsvg:").to_owned(),
            action: self.action(row, &place),
            has_visibility_formula: row.option("visibilitytype").as_deref() == Some("1"),
        };
        self.check(&button, row, &place);
        self.buttons.push(button);
    }

    /// Names what of a command does nothing here.
    fn check<R: Row>(&mut self, button: &CommandButton, row: &R, place: &Place<'_>) {
        if button.label.is_empty() && button.kind != CommandButtonKind::Group {
            self.problems.add(
                "the command has no label (buttonlabeltext)",
                place,
                "it is called by its name",
            );
        }
        if row.option("context").as_deref() == Some("1") && button.table.is_none() {
            self.problems.add(
                "the command names no table (contextvalue)",
                place,
                "it is taken as for every table",
            );
        }
        match row.option("visibilitytype").as_deref() {
            None | Some("0") => {}
            Some("1") => {
                self.problems.add(
                    "a formula decides whether it is seen; formulas are not run",
                    place,
                    "it is always seen",
                );
            }
            Some("2") => {
                let what = "classic rules decide whether it is seen; they are not run";
                self.problems.add(what, place, "it is always seen");
            }
            Some(other) => {
                let what = said!("visibilitytype {other} is not known", other);
                self.problems.add(what, place, "it is always seen");
            }
        }
        if row
            .lookup("iconwebresourceid", "name")
            .or_else(|| row.lookup("iconwebresourceid", "webresourceid"))
            .is_some()
            && button.icon.is_empty()
        {
            self.problems.add("the icon is a web resource", place, "it is shown without icon");
        }
    }

    fn action<R: Row>(&mut self, row: &R, place: &Place<'_>) -> CommandAction {
        let kind = row.option("onclickeventtype").unwrap_or_default();
        match kind.as_str() {
            "" | "0" => CommandAction::None,
            "1" => {
                let function = row.column("onclickeventformulafunctionname").unwrap_or_default().to_owned();
                self.problems.add(
                    said!("the formula {function} is not run", function),
                    place,
                    "the command is not offered",
                );
                CommandAction::Formula { function }
            }
            "2" => {
                let lookup = "onclickeventjavascriptwebresourceid";
                let library = row.lookup(lookup, "name").or_else(|| row.lookup(lookup, "webresourceid"));
                let library = library.unwrap_or_default();
                let function = row.column("onclickeventjavascriptfunctionname").unwrap_or_default();
                if library == OWN_LIBRARY && !function.is_empty() {
                    return CommandAction::Command(CommandName::from(function));
                }
                let what = said!("the script {function} (library {library}) is not run", function, library);
                self.problems.add(what, place, "the command is not offered");
                CommandAction::Script { library: library.to_owned(), function: function.to_owned() }
            }
            other => {
                let what = said!("onclickeventtype {other} is not known", other);
                self.problems.add(what, place, "the command is not offered");
                CommandAction::None
            }
        }
    }

    /// The value of a choice, or its first.
    fn option<R: Row, T: Default>(
        &mut self,
        row: &R,
        name: &str,
        from_number: impl Fn(i32) -> Option<T>,
        place: &Place<'_>,
    ) -> T {
        let Some(text) = row.option(name) else { return T::default() };
        text.trim().parse().ok().and_then(from_number).unwrap_or_else(|| {
            self.problems.add(said!("{name} {text} is not known", name, text), place, "taken as 0");
            T::default()
        })
    }

    fn flag<R: Row>(&mut self, row: &R, name: &str, place: &Place<'_>) -> bool {
        let Some(text) = row.option(name) else { return false };
        super::flag(&text).unwrap_or_else(|| {
            self.problems.add(said!("{name} {text} is neither 0 nor 1", name, text), place, "taken as 0");
            false
        })
    }

    fn sequence<R: Row>(&mut self, row: &R, place: &Place<'_>) -> f64 {
        let text = row.option("sequence").or_else(|| row.option("buttonsequencepriority"));
        let Some(text) = text else { return 0.0 };
        text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).unwrap_or_else(|| {
            self.problems.add(said!("the sequence {text} is not a number", text), place, "taken as 0");
            0.0
        })
    }

    /// A command whose menu is not in the set stands in the bar itself; one inside itself too.
    fn check_parents(&mut self) {
        let place = Place::root("appactions");
        for button in &mut self.buttons {
            let lost = button.parent.take_if(|parent| *parent == button.id || !self.ids.contains(parent));
            if let Some(parent) = lost {
                let what = said!("the menu {parent} is not in the set", parent);
                self.problems.add(
                    what,
                    &place.named("appaction", &button.id),
                    "the command stands in the bar itself",
                );
            }
        }
    }
}
