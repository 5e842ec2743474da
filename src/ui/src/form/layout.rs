//! What of a form is drawn on this screen: hidden cells, what phones leave out, and controls we do not have are left out whole.

use model::{Cell, ColumnKind, Control, ControlKind, Form, FormColumn, Label, Language, Section, Tab, Table};

/// How a control is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The value of a column.
    Field,
    /// Rows of a related table.
    Subgrid,
    /// A few values of a related row.
    QuickView,
    /// Notes and activities.
    Timeline,
    /// Where the row's address is.
    Place,
    /// The time left until a moment.
    Timer,
}

/// How a control is drawn; nothing when it is not.
pub fn part(control: &Control, table: &Table) -> Option<Part> {
    match control.kind {
        ControlKind::Subgrid => Some(Part::Subgrid),
        ControlKind::QuickView => control.column.is_some().then_some(Part::QuickView),
        ControlKind::Timeline => Some(Part::Timeline),
        ControlKind::Map => Some(Part::Place),
        ControlKind::Timer => {
            let column = control.column.as_ref()?;
            let is_moment = table
                .column(column.as_str())
                .is_some_and(|column| matches!(column.kind, ColumnKind::DateTime { .. }));
            is_moment.then_some(Part::Timer)
        }
        _ => {
            let column = control.column.as_ref()?;
            table.column(column.as_str()).map(|_| Part::Field)
        }
    }
}

fn is_drawn(cell: &Cell, table: &Table, is_phone: bool, is_new: bool) -> bool {
    let is_visible = cell.visible && (cell.on_phone || !is_phone);
    let part = cell.control.as_ref().and_then(|control| part(control, table));
    // What belongs to the row's id can only be there once the row is.
    is_visible
        && (is_spacer(cell)
            || part.is_some_and(|part| matches!(part, Part::Field | Part::QuickView) || !is_new))
}

/// An empty place that keeps what stands after it in line.
pub const fn is_spacer(cell: &Cell) -> bool {
    cell.spacer && cell.control.is_none()
}

/// A section as it is drawn: its rows without what is left out; nothing when nothing is left.
fn drawn_section(section: &Section, table: &Table, is_phone: bool, is_new: bool) -> Option<Section> {
    if !section.visible || (is_phone && !section.on_phone) {
        return None;
    }
    let mut drawn = section.clone();
    for row in &mut drawn.rows {
        row.cells.retain(|cell| is_drawn(cell, table, is_phone, is_new));
    }
    if is_phone {
        drawn.rows.iter_mut().for_each(|row| row.cells.retain(|cell| !is_spacer(cell)));
    }
    drawn.rows.retain(|row| !row.cells.is_empty());
    drawn.rows.iter().flat_map(|row| &row.cells).any(|cell| !is_spacer(cell)).then_some(drawn)
}

/// The tabs as they are drawn; `timeline` is what its tab on a phone is called.
pub fn drawn_tabs(form: &Form, table: &Table, is_phone: bool, is_new: bool, timeline: &str) -> Vec<Tab> {
    let tab = |tab: &Tab| {
        if !tab.visible || (is_phone && !tab.on_phone) {
            return None;
        }
        let mut drawn = tab.clone();
        for column in &mut drawn.columns {
            column.sections = column
                .sections
                .iter()
                .filter_map(|section| drawn_section(section, table, is_phone, is_new))
                .collect();
        }
        drawn.columns.retain(|column| !column.sections.is_empty());
        (!drawn.columns.is_empty()).then_some(drawn)
    };
    let mut tabs: Vec<Tab> = form.tabs.iter().filter_map(tab).collect();
    if is_phone {
        split_timeline(&mut tabs, timeline);
    }
    tabs
}

/// A phone has no room for a timeline beside or below other things: it gets a tab of its own, after the first.
fn split_timeline(tabs: &mut Vec<Tab>, label: &str) {
    let has_timeline = |section: &Section| {
        let controls =
            section.rows.iter().flat_map(|row| &row.cells).filter_map(|cell| cell.control.as_ref());
        controls.map(|control| control.kind).any(|kind| kind == ControlKind::Timeline)
    };
    let Some(first) = tabs.first_mut() else { return };
    let mut taken = Vec::new();
    for column in &mut first.columns {
        taken.extend(column.sections.extract_if(.., |section| has_timeline(section)));
    }
    first.columns.retain(|column| !column.sections.is_empty());
    if taken.is_empty() {
        return;
    }
    let own = Tab {
        name: "timeline".to_owned(),
        label: Label::one(Language::English, label),
        columns: vec![FormColumn { width_percent: 100, sections: taken }],
        ..Tab::default()
    };
    if first.columns.is_empty() {
        tabs[0] = own;
    } else {
        tabs.insert(1, own);
    }
}

/// The tab in which a column stands first.
pub fn tab_of(tabs: &[Tab], column: &str) -> Option<usize> {
    tabs.iter().position(|tab| {
        tab.columns
            .iter()
            .flat_map(|side| &side.sections)
            .flat_map(|section| &section.rows)
            .flat_map(|row| &row.cells)
            .filter_map(|cell| cell.control.as_ref())
            .any(|control| control.column.as_ref().is_some_and(|name| *name == *column))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{FormKind, FormRow};

    fn cell(kind: ControlKind, column: Option<&str>) -> Cell {
        let column = column.map(Into::into);
        let control = Control { id: "control".to_owned(), kind, column, ..Control::default() };
        Cell { control: Some(control), ..Cell::default() }
    }

    fn tab(cells: Vec<Cell>) -> Tab {
        let rows = cells.into_iter().map(|cell| FormRow { cells: vec![cell] }).collect();
        let section = Section { name: "section".to_owned(), rows, ..Section::default() };
        let columns = vec![FormColumn { width_percent: 100, sections: vec![section] }];
        Tab { name: "tab".to_owned(), columns, ..Tab::default() }
    }

    fn form(tabs: Vec<Tab>) -> Form {
        Form::new(model::FormId::from_u128(1), "account".into(), FormKind::Main, tabs)
    }

    fn table() -> Table {
        let json = serde_json::json!({
            "name": "account", "set_name": "accounts", "primary_id": "accountid", "primary_name": "name",
            "object_type_code": 1, "ownership": "User", "label": {}, "plural_label": {},
            "columns": [{ "name": "name", "kind": { "type": "Text", "max_length": 100 }, "label": {} }],
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_tab_of_controls_we_do_not_have_is_left_out_and_so_are_unknown_columns() {
        let form = form(vec![
            tab(vec![cell(ControlKind::Text, Some("name")), cell(ControlKind::Text, Some("unheard_of"))]),
            tab(vec![cell(ControlKind::IFrame, None), cell(ControlKind::WebResource, None)]),
            tab(vec![cell(ControlKind::Timeline, None)]),
        ]);
        let tabs = drawn_tabs(&form, &table(), false, false, "Timeline");
        assert_eq!(tabs.len(), 2);
        assert_eq!(tabs[0].columns[0].sections[0].rows.len(), 1);
        assert_eq!(tab_of(&tabs, "name"), Some(0));
        assert_eq!(tab_of(&tabs, "unheard_of"), None);
        assert_eq!(
            drawn_tabs(&form, &table(), false, true, "Timeline").len(),
            1,
            "a new row has no timeline"
        );
    }

    #[test]
    fn a_phone_shows_the_timeline_on_a_tab_of_its_own() {
        let mut summary = tab(vec![cell(ControlKind::Text, Some("name"))]);
        summary.columns.push(tab(vec![cell(ControlKind::Timeline, None)]).columns.remove(0));
        let form = form(vec![summary, tab(vec![cell(ControlKind::Text, Some("name"))])]);
        let names = |tabs: Vec<Tab>| tabs.into_iter().map(|tab| tab.name).collect::<Vec<_>>();
        assert_eq!(names(drawn_tabs(&form, &table(), true, false, "Timeline")), ["tab", "timeline", "tab"]);
        assert_eq!(names(drawn_tabs(&form, &table(), false, false, "Timeline")), ["tab", "tab"]);
    }

    #[test]
    fn a_phone_leaves_out_what_the_form_says() {
        let mut narrow = cell(ControlKind::Text, Some("name"));
        narrow.on_phone = false;
        let form = form(vec![tab(vec![narrow])]);
        assert_eq!(drawn_tabs(&form, &table(), false, false, "Timeline").len(), 1);
        assert!(drawn_tabs(&form, &table(), true, false, "Timeline").is_empty());
    }
}
