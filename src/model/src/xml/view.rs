//! LayoutXML, and its twin in JSON: the columns of a view.

use super::json::{self, Json};
use super::{Element, Place, Problems};
use crate::said;
use crate::{LayoutCell, Problem, View, ViewKind, ViewRecord};
use std::collections::BTreeSet;

const DEFAULT_WIDTH: u16 = 100;
const MAX_CELLS: usize = 200;

/// Reads a view. A view whose layout cannot be read has no columns; its problems say why.
#[must_use]
pub fn parse_view(record: &ViewRecord) -> (View, Vec<Problem>) {
    let mut problems = Problems::default();
    let layout = if record.layout_xml.trim_start().starts_with('{') {
        read_json(&record.layout_xml, &mut problems)
    } else {
        read_xml(&record.layout_xml, &mut problems)
    };
    let (jump, cells) = layout.unwrap_or_default();
    let view = View {
        id: record.id,
        table: record.table.clone(),
        name: record.name.clone(),
        kind: ViewKind::from_number(record.kind),
        is_default: record.is_default,
        fetch_xml: record.fetch_xml.clone(),
        jump,
        cells,
    };
    (view, problems.0)
}

impl ViewKind {
    /// The kind of a `savedquery.querytype`.
    #[must_use]
    pub const fn from_number(number: i32) -> Self {
        match number {
            0 => Self::Public,
            1 => Self::AdvancedFind,
            2 => Self::Associated,
            4 => Self::QuickFind,
            64 => Self::Lookup,
            other => Self::Other(other),
        }
    }
}

/// The column that typing jumps in, and the cells.
type Layout = (Option<String>, Vec<LayoutCell>);

fn read_xml(xml: &str, problems: &mut Problems) -> Option<Layout> {
    let grid = problems.read(xml, "grid")?;
    let place = Place::root("grid");
    let place = place.inside("row");
    let mut cells = Cells::default();
    for (index, cell) in grid.all("row").flat_map(|row| row.all("cell")).enumerate() {
        let place = place.nth("cell", index);
        let name = cell.given("name").unwrap_or_default();
        if cells.admits(name, &place, problems) {
            name_script(cell.given("imageproviderfunctionname"), &place, problems);
            cells.push(LayoutCell {
                name: name.to_owned(),
                width_pixels: width(cell, &place, problems),
                hidden: problems.flag(cell, "ishidden", false, &place),
                sortable: !problems.flag(cell, "disableSorting", false, &place),
            });
        }
    }
    Some((grid.given("jump").map(str::to_owned), cells.finish(problems)))
}

fn width(cell: &Element<'_>, place: &Place<'_>, problems: &mut Problems) -> u16 {
    problems.number(cell, "width", DEFAULT_WIDTH, place, 1..=4000)
}

fn read_json(text: &str, problems: &mut Problems) -> Option<Layout> {
    let grid = json::read(text, "layoutjson", problems)?;
    let place = Place::root("layoutjson");
    let place = place.inside("Rows");
    let mut cells = Cells::default();
    let rows = grid.items("Rows");
    for (index, cell) in rows.iter().flat_map(|row| row.items("Cells")).enumerate() {
        let place = place.nth("Cells", index);
        let name = cell.text("Name").map(str::trim).unwrap_or_default();
        if cells.admits(name, &place, problems) {
            name_script(cell.text("ImageProviderFunctionName"), &place, problems);
            let given = cell.number("Width");
            let width_pixels =
                given.and_then(|width| u16::try_from(width).ok()).filter(|width| (1..=4000).contains(width));
            if given.is_some() && width_pixels.is_none() {
                problems.add("Width is not a number from 1 to 4000", &place, "taken as 100");
            }
            cells.push(LayoutCell {
                name: name.to_owned(),
                width_pixels: width_pixels.unwrap_or(DEFAULT_WIDTH),
                hidden: cell.flag("IsHidden"),
                sortable: !cell.flag("DisableSorting"),
            });
        }
    }
    Some((grid.text("Jump").map(str::to_owned), cells.finish(problems)))
}

/// An icon chosen by a script in front of the value.
fn name_script(function: Option<&str>, place: &Place<'_>, problems: &mut Problems) {
    if let Some(function) = function.map(str::trim).filter(|name| !name.is_empty()) {
        problems.add(
            said!("the script {function} is not run", function),
            place,
            "the value is shown without its icon",
        );
    }
}

/// The cells taken so far.
#[derive(Default)]
struct Cells {
    names: BTreeSet<String>,
    taken: Vec<LayoutCell>,
    is_full: bool,
}

impl Cells {
    /// True when a cell of this name is shown.
    fn admits(&mut self, name: &str, place: &Place<'_>, problems: &mut Problems) -> bool {
        if self.is_full {
            false
        } else if name.is_empty() {
            problems.add("the cell has no name", place, "the column is left out");
            false
        } else if self.names.contains(name) {
            problems.add(said!("the column {name} is listed twice", name), place, "it is shown once");
            false
        } else if self.taken.len() == MAX_CELLS {
            let what = said!("the view has more than {most} columns", most = MAX_CELLS);
            problems.add(what, place, "the rest is left out");
            self.is_full = true;
            false
        } else {
            true
        }
    }

    fn push(&mut self, cell: LayoutCell) {
        self.names.insert(cell.name.clone());
        self.taken.push(cell);
    }

    fn finish(self, problems: &mut Problems) -> Vec<LayoutCell> {
        if self.taken.is_empty() && problems.0.is_empty() {
            problems.add(
                "the layout has no columns",
                &Place::root("grid"),
                "the view is shown without columns",
            );
        }
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Label, Language, TableName, ViewId};

    fn view(layout_xml: &str) -> (View, Vec<Problem>) {
        parse_view(&ViewRecord {
            id: ViewId::from_u128(1),
            table: TableName::new("account"),
            name: Label::one(Language::English, "Active Accounts"),
            kind: 0,
            is_default: true,
            fetch_xml: "<fetch/>".into(),
            layout_xml: layout_xml.into(),
        })
    }

    #[test]
    fn cells_keep_their_order_width_and_marks() {
        let (view, problems) = view(
            r#"<grid name="resultset" object="1" jump="name" select="1" icon="1" preview="1">
                 <row name="result" id="accountid"><cell name="name" width="300"/>
                 <cell name="c.emailaddress1" width="150px" disableSorting="1" LabelId="x"/>
                 <cell name="address1_city"/><cell name="statecode" ishidden="true"/></row></grid>"#,
        );
        assert_eq!(problems, []);
        assert_eq!(view.kind, ViewKind::Public);
        let cell = |name: &str, width_pixels, hidden, sortable| LayoutCell {
            name: name.into(),
            width_pixels,
            hidden,
            sortable,
        };
        assert_eq!(
            view.cells,
            [
                cell("name", 300, false, true),
                cell("c.emailaddress1", 150, false, false),
                cell("address1_city", 100, false, true),
                cell("statecode", 100, true, true)
            ]
        );
    }

    #[test]
    fn a_bad_cell_costs_itself_alone() {
        let (view, problems) = view(
            "<grid><row><cell width='10'/><cell name='name' width='wide'/><cell name='name'/><cell name='city' \
             ishidden='perhaps'/></row>",
        );
        let names: Vec<_> = view.cells.iter().map(|cell| cell.name.as_str()).collect();
        assert_eq!(names, ["name", "city"]);
        let told: Vec<_> = problems.iter().map(|one| (one.place.clone(), one.what.to_string())).collect();
        let whats: Vec<_> = told.iter().map(|(place, what)| (place.as_str(), what.as_str())).collect();
        assert_eq!(whats[0].0, "grid", "{problems:?}");
        assert_eq!(whats[1], ("grid/row/cell[1]", "the cell has no name"));
        assert_eq!(whats[2], ("grid/row/cell[2]", "width=\"wide\" is not a number from 1 to 4000"));
        assert_eq!(whats[3], ("grid/row/cell[3]", "the column name is listed twice"));
        assert_eq!(whats[4], ("grid/row/cell[4]", "ishidden=\"perhaps\" is neither true nor false"));
        assert_eq!(problems.len(), 5);
    }

    #[test]
    fn no_layout_is_a_problem_not_a_crash() {
        for xml in ["", "<rows/>", "<grid/>", "\0"] {
            let (view, problems) = view(xml);
            assert_eq!((view.cells.len(), problems.len()), (0, 1), "{xml}: {problems:?}");
        }
    }
}
