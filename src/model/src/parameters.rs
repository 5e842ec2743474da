//! The parameters of the controls of forms and dashboards, by what they mean.

use crate::{ChartId, ColumnName, Component, Control, ControlKind, FormId, GridMode, TableName, ViewId};

impl Control {
    /// A parameter that holds something, its name compared without case.
    fn given(&self, name: &str) -> Option<&str> {
        self.parameter(name).map(str::trim).filter(|text| !text.is_empty())
    }

    fn is_set(&self, name: &str) -> bool {
        self.given(name).and_then(crate::xml::flag).unwrap_or_default()
    }

    fn view(&self, name: &str) -> Option<ViewId> {
        self.given(name).and_then(|id| id.parse().ok())
    }

    fn views(&self, name: &str) -> Vec<ViewId> {
        let listed = self.given(name).unwrap_or_default();
        listed.split([',', ';']).filter_map(|id| id.parse().ok()).collect()
    }

    fn table(&self, name: &str) -> Option<TableName> {
        self.given(name).map(|table| TableName::new(table.to_ascii_lowercase()))
    }
}
