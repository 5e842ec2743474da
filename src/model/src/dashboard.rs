//! A dashboard: a form of no row, whose cells show charts, lists and pages.

use crate::{Cell, DisplayConditions, FormId, Label, Language, Subgrid, Tab};
use serde::{Deserialize, Serialize};

/// A dashboard as it is kept (`systemform` of type 0).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DashboardRecord {
    /// `formid`
    pub id: FormId,
    /// Its name.
    pub name: Label,
    /// What it is for, in a sentence.
    #[serde(default)]
    pub description: Label,
    /// True for the dashboard opened when none is named.
    #[serde(default)]
    pub is_default: bool,
    /// The FormXML.
    pub form_xml: String,
}

/// A dashboard, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// `formid`
    pub id: FormId,
    /// Its name.
    pub name: Label,
    /// What it is for, in a sentence.
    pub description: Label,
    /// True for the dashboard opened when none is named.
    pub is_default: bool,
    /// Who sees it, and how far up in the list.
    pub display: DisplayConditions,
    /// The tabs in order; each cell with a control has a component.
    pub tabs: Vec<Tab>,
}

/// What a cell of a dashboard shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Component {
    /// A list, a chart, or both, of the rows of a view.
    Rows(Subgrid),
    /// A page from elsewhere.
    Frame {
        /// Its address.
        url: String,
    },
    /// A web resource.
    WebResource {
        /// Its name.
        name: String,
    },
}

/// What a grid shows (`ChartGridMode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GridMode {
    /// The list.
    #[default]
    Grid,
    /// The chart.
    Chart,
    /// Both (`All`).
    Both,
}

impl Dashboard {
    /// Every cell that shows something, with what it shows, tab by tab.
    pub fn components(&self) -> impl Iterator<Item = (&Cell, Component)> {
        let sections = self.tabs.iter().flat_map(|tab| &tab.columns).flat_map(|column| &column.sections);
        let cells = sections.flat_map(|section| &section.rows).flat_map(|row| &row.cells);
        cells.filter_map(|cell| Some((cell, cell.control.as_ref()?.component()?)))
    }

    /// Keeps only the labels of one language: what is sent to a screen.
    pub fn keep_language(&mut self, language: Language) {
        self.name.keep(language);
        self.description.keep(language);
        self.tabs.iter_mut().for_each(|tab| tab.keep_language(language));
    }
}
