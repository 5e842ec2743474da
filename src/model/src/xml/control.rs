//! Controls of forms: their class ids, parameters and the custom controls that replace them.

use super::{Element, Place, Problems};
use crate::said;
use crate::{ColumnName, Control, ControlKind, CustomControl, FormFactor};
use std::collections::HashMap;

/// Custom controls that draw what the standard control draws here anyway.
const SAME_AS_STANDARD: [&str; 3] =
    ["MscrmControls.Grid.", "MscrmControls.Timeline.", "MscrmControls.Containers.SubGrid"];

/// The descriptions of custom controls, by the id of the control they replace.
pub(super) type Descriptions<'x> = HashMap<String, Vec<&'x Element<'x>>>;

/// Collects `<controlDescriptions>`.
pub(super) fn descriptions<'x>(form: &'x Element<'x>) -> Descriptions<'x> {
    let listed = form.all("controlDescriptions").flat_map(|all| all.all("controlDescription"));
    let mut found = Descriptions::new();
    for description in listed {
        let id = plain_id(description.attribute("forControl").unwrap_or_default());
        found.entry(id).or_default().extend(description.all("customControl"));
    }
    found
}

/// An id without braces, in lower case.
fn plain_id(id: &str) -> String {
    id.trim().trim_matches(['{', '}']).to_ascii_lowercase()
}

/// Reads a control; nothing when it cannot be drawn at all.
pub(super) fn read_control(
    element: &Element<'_>,
    descriptions: &mut Descriptions<'_>,
    place: &Place<'_>,
    problems: &mut Problems,
) -> Option<Control> {
    let id = element.attribute("id").unwrap_or_default().to_owned();
    let class = element.attribute("classid").unwrap_or_default();
    let column = element.given("datafieldname");
    let kind = ControlKind::from_class_id(class);
    if kind == ControlKind::Unknown && column.is_some() {
        let what = said!("the control {id} has the unknown class id “{class}”", id, class);
        problems.add(what, place, "it is shown by its column's type");
    }
    if column.is_none() && kind.needs_column() {
        let what = said!("the control {id} (class id “{class}”) names no column (datafieldname)", id, class);
        problems.add(what, place, "the cell stays empty");
        return None;
    }
    // Taken out: an id belongs to one control, and what one describes is not copied for others.
    let described = element.given("uniqueid").and_then(|unique| descriptions.remove(&plain_id(unique)));
    let described = described.or_else(|| descriptions.remove(&plain_id(&id)));
    let control = Control {
        kind,
        column: column.map(|name| ColumnName::new(name.to_ascii_lowercase())),
        disabled: problems.flag(element, "disabled", false, place),
        required: problems.flag(element, "isrequired", false, place),
        parameters: parameters(element),
        custom: described.map(|all| custom_controls(&all)).unwrap_or_default(),
        id,
    };
    check(&control, place, problems);
    Some(control)
}

fn custom_controls(described: &[&Element<'_>]) -> Vec<CustomControl> {
    let custom = described.iter().map(|custom| CustomControl {
        form_factor: custom.given("formFactor").and_then(|number| match number {
            "0" => Some(FormFactor::Phone),
            "1" => Some(FormFactor::Tablet),
            "2" => Some(FormFactor::Web),
            _ => None,
        }),
        name: custom.given("name").or_else(|| custom.given("id")).unwrap_or_default().to_owned(),
        parameters: parameters(custom),
    });
    custom.collect()
}

/// Names what of a control cannot be used.
fn check(control: &Control, place: &Place<'_>, problems: &mut Problems) {
    let id = &control.id;
    let stranger = control.custom.iter().map(|custom| custom.name.as_str()).find(|name| {
        let is_class_id = ControlKind::from_class_id(name) != ControlKind::Unknown;
        !is_class_id && !SAME_AS_STANDARD.iter().any(|known| name.starts_with(known))
    });
    if let Some(name) = stranger.filter(|name| !name.is_empty()) {
        let what = said!("the custom control {name} of the control {id} is not available", name, id);
        problems.add(what, place, "the standard control is shown");
    }
    if control.kind == ControlKind::QuickView && control.quick_forms().is_empty() {
        let what = said!("the quick view {id} names no form (QuickForms)", id);
        problems.add(what, place, "the cell stays empty");
    }
}

/// Names what a control shows on dashboards but not on forms.
pub(super) fn check_on_form(control: &Control, place: &Place<'_>, problems: &mut Problems) {
    let id = &control.id;
    match control.kind {
        ControlKind::Subgrid if control.subgrid().is_none() => {
            let what = said!("the subgrid {id} names no table (TargetEntityType)", id);
            problems.add(what, place, "the table of its relationship is used");
        }
        ControlKind::WebResource | ControlKind::IFrame | ControlKind::PowerBi => {
            let what = said!("the control {id} shows a page or web resource", id);
            problems.add(what, place, "it is not shown on forms");
        }
        _ => {}
    }
}

/// Parameters by name: the text of each, or the XML inside it.
fn parameters(element: &Element<'_>) -> Vec<(String, String)> {
    let listed = element.all("parameters").flat_map(|parameters| &parameters.children);
    listed.map(|parameter| (parameter.name.to_string(), parameter_value(parameter))).collect()
}

fn parameter_value(parameter: &Element<'_>) -> String {
    if parameter.children.is_empty() {
        return parameter.text.to_string();
    }
    parameter.children.iter().map(Element::to_xml).collect()
}

impl ControlKind {
    /// The kind a class id names; braces and case do not matter.
    #[must_use]
    pub fn from_class_id(class_id: &str) -> Self {
        let wanted = class_id.trim().trim_start_matches('{').trim_end_matches('}');
        let found = CLASS_IDS.iter().find(|(id, _)| wanted.eq_ignore_ascii_case(id));
        found.map_or(Self::Unknown, |(_, kind)| *kind)
    }

    /// False for controls that show something else than one column of the row.
    #[must_use]
    pub const fn needs_column(self) -> bool {
        !matches!(
            self,
            Self::Subgrid
                | Self::Timeline
                | Self::WebResource
                | Self::IFrame
                | Self::Map
                | Self::Timer
                | Self::PowerBi
        )
    }
}

const CLASS_IDS: [(&str, ControlKind); 33] = [
    ("4273edbd-ac1d-40d3-9fb2-095c621b552d", ControlKind::Text),
    ("e0dece4b-6fc8-4a8f-a065-082708572369", ControlKind::Memo),
    ("ada2203e-b4cd-49be-9ddf-234642b43b52", ControlKind::Email),
    ("71716b6c-711e-476c-8ab8-5d11542bfb47", ControlKind::Url),
    ("8c10015a-b339-4982-9474-a95fe05631a5", ControlKind::Phone),
    ("1e1fc551-f7a8-43af-ac34-a8dc35c7b6d4", ControlKind::Ticker),
    ("c6d124ca-7eda-4a60-aea9-7fb8d318b68f", ControlKind::Integer),
    ("aa987274-ce4e-4271-a803-66164311a958", ControlKind::Duration),
    ("671a9387-ca5a-4d1e-8ab7-06e39ddcf6b5", ControlKind::Language),
    ("7c624a0b-f59e-493d-9583-638d34759266", ControlKind::TimeZone),
    ("c3efe0c3-0ec6-42be-8349-cbd9079dfd8e", ControlKind::Decimal),
    ("0d2c745a-e5a8-4c8f-ba63-c6d3bb604660", ControlKind::Float),
    ("533b9e00-756b-4312-95a0-dc888637ac78", ControlKind::Money),
    ("67fac785-cd58-4f9f-abb3-4b7ddc6ed5ed", ControlKind::BooleanRadio),
    ("b0c6723a-8503-4fd7-bb28-c8a06ac933c2", ControlKind::BooleanCheckbox),
    ("3ef39988-22bb-4f0b-bbbe-64b5a3748aee", ControlKind::Choice),
    ("5d68b988-0661-4db2-bc3e-17598ad3be6c", ControlKind::StatusReason),
    ("4aa28ab7-9c13-4f57-a73d-ad894d048b5f", ControlKind::Choices),
    ("270bd3db-d9af-4782-9025-509e298dec0a", ControlKind::Lookup),
    ("cbfb742c-14e7-4a17-96bb-1a13f7f64aa2", ControlKind::PartyList),
    ("f3015350-44a2-4aa0-97b5-00166532b5e9", ControlKind::Regarding),
    ("5b773807-9fb2-42db-97c3-7a91eff8adff", ControlKind::DateTime),
    ("e7a81278-8635-4d9e-8d4d-59480b391c5b", ControlKind::Subgrid),
    ("5c5600e0-1d6e-4205-a272-be80da87fd42", ControlKind::QuickView),
    ("06375649-c143-495e-a496-c962e5b4488e", ControlKind::Timeline),
    ("9fdf5f91-88b1-47f4-ad53-c11efc01a01d", ControlKind::WebResource),
    ("fd2a7985-3187-444e-908d-6624b21f69c0", ControlKind::IFrame),
    ("62b0df79-0464-470f-8af7-4483cfea0c7d", ControlKind::Map),
    ("9c5ca0a1-ab4d-4781-be7e-8dfbe867b87e", ControlKind::Timer),
    ("6f3fb987-393b-4d2d-859f-9d0f0349b6ad", ControlKind::EmailBody),
    ("0a7ff475-b016-4687-9ce5-042bfdbd6519", ControlKind::File),
    ("7e548b0d-209c-477b-9dcd-f0f44472381d", ControlKind::Image),
    ("8c54228c-1b25-4909-a12a-f2b968bb0d62", ControlKind::PowerBi),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_ids_are_read_in_any_case_with_or_without_braces() {
        for (id, kind) in CLASS_IDS {
            for text in [id.to_owned(), format!("{{{}}}", id.to_uppercase()), format!(" {{{id}}} ")] {
                assert_eq!(ControlKind::from_class_id(&text), kind, "{text}");
            }
        }
        assert_eq!(ControlKind::from_class_id(""), ControlKind::Unknown);
    }
}
