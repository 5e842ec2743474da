//! Dashboards: FormXML of no table, each cell a list, a chart or a page.

use super::control::descriptions;
use super::form::Reading;
use super::{Place, Problems, form_parts};
use crate::said;
use crate::{ControlKind, Dashboard, DashboardRecord, Problem};

/// Components that one dashboard shows at most; each asks the database.
const MAX_COMPONENTS: usize = 20;

/// Reads a dashboard. A cell that shows nothing this app knows is emptied; its problem says why.
#[must_use]
pub fn parse_dashboard(record: &DashboardRecord) -> (Dashboard, Vec<Problem>) {
    let mut problems = Problems::default();
    let mut dashboard = Dashboard {
        id: record.id,
        name: record.name.clone(),
        description: record.description.clone(),
        is_default: record.is_default,
        display: crate::DisplayConditions::default(),
        tabs: Vec::new(),
    };
    if let Some(root) = problems.read(&record.form_xml, "form") {
        let place = Place::root("form");
        let mut reading =
            Reading { descriptions: descriptions(&root), problems: &mut problems, is_dashboard: true };
        dashboard.tabs = reading.tabs(&root, &place);
        dashboard.display = form_parts::display(&root, &place, &mut problems);
        form_parts::events(&root, &place, &mut problems);
        check(&mut dashboard, &place, &mut problems);
    }
    (dashboard, problems.0)
}

/// Empties the cells of a dashboard that show nothing, and those beyond the number that can be shown.
fn check(dashboard: &mut Dashboard, place: &Place<'_>, problems: &mut Problems) {
    let mut count = 0;
    let sections =
        dashboard.tabs.iter_mut().flat_map(|tab| &mut tab.columns).flat_map(|column| &mut column.sections);
    let cells = sections.flat_map(|section| &mut section.rows).flat_map(|row| &mut row.cells);
    for cell in cells {
        let Some(control) = &cell.control else { continue };
        let place = place.named("control", &control.id);
        if count == MAX_COMPONENTS {
            let what = said!("the dashboard has more than {most} components", most = MAX_COMPONENTS);
            problems.add(what, &place, "the cell stays empty");
        } else if control.component().is_some() {
            count += 1;
            continue;
        } else {
            let what = match control.kind {
                ControlKind::Subgrid => "the list or chart names no table (TargetEntityType)",
                ControlKind::IFrame => "the frame names no address (Url)",
                ControlKind::WebResource => "the web resource is not named (Url)",
                _ => "the control is neither a list, a chart, a frame nor a web resource",
            };
            problems.add(what, &place, "the cell stays empty");
        }
        cell.control = None;
    }
    if count == 0 {
        problems.add("the dashboard has no component", place, "it is shown empty");
    }
}
