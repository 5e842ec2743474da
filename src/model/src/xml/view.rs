//! LayoutXML: the columns of a view.

use super::Problems;
use crate::{LayoutCell, Problem, View, ViewKind, ViewRecord};
use std::collections::BTreeSet;

const DEFAULT_WIDTH: u16 = 100;
const MAX_CELLS: usize = 200;

/// Reads a view. A view whose layout cannot be read has no columns; its problems say why.
#[must_use]
pub fn parse_view(record: &ViewRecord) -> (View, Vec<Problem>) {
    let mut problems = Problems::default();
    let cells = read_cells(&record.layout_xml, &mut problems);
    let view = View {
        id: record.id,
        table: record.table.clone(),
        name: record.name.clone(),
        kind: ViewKind::from_number(record.kind),
        is_default: record.is_default,
        fetch_xml: record.fetch_xml.clone(),
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

fn read_cells(xml: &str, problems: &mut Problems) -> Vec<LayoutCell> {
    let Some(grid) = problems.read(xml, "grid") else { return Vec::new() };
    let mut cells = Vec::new();
    let mut names = BTreeSet::new();
    for (index, cell) in grid.all("row").flat_map(|row| row.all("cell")).enumerate() {
        let place = format!("grid/row/cell[{}]", index + 1);
        let name = cell.attribute("name").unwrap_or_default().trim();
        if name.is_empty() {
            problems.add("the cell has no name", &place, "the column is left out");
        } else if !names.insert(name) {
            problems.add(format!("the column {name} is listed twice"), &place, "it is shown once");
        } else if cells.len() == MAX_CELLS {
            problems.add(
                format!("the view has more than {MAX_CELLS} columns"),
                &place,
                "the rest is left out",
            );
            break;
        } else {
            cells.push(LayoutCell {
                name: name.to_owned(),
                width_pixels: problems.number(cell, "width", DEFAULT_WIDTH, &place, 1..=4000),
                hidden: problems.flag(cell, "ishidden", false, &place),
                sortable: !problems.flag(cell, "disableSorting", false, &place),
            });
        }
    }
    if cells.is_empty() && problems.0.is_empty() {
        problems.add("the layout has no columns", "grid", "the view is shown without columns");
    }
    cells
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
        let whats: Vec<_> =
            problems.iter().map(|problem| (problem.place.as_str(), problem.what.as_str())).collect();
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
