//! FormXML: header, tabs, sections and cells of a form.

use super::{Element, Problems, labels};
use crate::{
    Cell, ColumnName, Control, ControlKind, Form, FormColumn, FormKind, FormRecord, FormRow, Problem,
    Section, Tab,
};

const MAX_SECTION_COLUMNS: usize = 4;

/// Reads a form. What cannot be used is left out or replaced and told as a problem; the form opens all the same.
#[must_use]
pub fn parse_form(record: &FormRecord) -> (Form, Vec<Problem>) {
    let mut problems = Problems::default();
    let kind = FormKind::from_number(record.kind);
    let mut form = Form::new(record.id, record.table.clone(), kind, Vec::new());
    form.name = record.name.clone();
    if let Some(root) = problems.read(&record.form_xml, "form") {
        if let Some(header) = root.child("header") {
            let rows = read_rows(header, "form/header", &mut problems);
            form.header = rows.into_iter().flat_map(|row| row.cells).collect();
        }
        for (index, tab) in root.all("tabs").flat_map(|tabs| tabs.all("tab")).enumerate() {
            let place = format!("form/tabs/{}", label_place("tab", tab, index));
            form.tabs.push(read_tab(tab, &place, &mut problems));
        }
        if form.tabs.is_empty() {
            problems.add("the form has no tabs", "form", "the form is shown empty");
        }
    }
    (form, problems.0)
}

impl FormKind {
    /// The kind of a `systemform.type`.
    #[must_use]
    pub const fn from_number(number: i32) -> Self {
        match number {
            2 => Self::Main,
            6 => Self::QuickView,
            7 => Self::QuickCreate,
            11 => Self::Card,
            other => Self::Other(other),
        }
    }
}

/// `tab[2]`, or `tab[SUMMARY_TAB]` where it has a name.
fn label_place(what: &str, element: &Element, index: usize) -> String {
    match element.attribute("name").filter(|name| !name.is_empty()) {
        Some(name) => format!("{what}[{name}]"),
        None => format!("{what}[{}]", index + 1),
    }
}

fn read_tab(element: &Element, place: &str, problems: &mut Problems) -> Tab {
    let found: Vec<_> = element.all("columns").flat_map(|columns| columns.all("column")).collect();
    let equal = u8::try_from(100 / found.len().max(1)).unwrap_or(1).max(1);
    let mut columns = Vec::with_capacity(found.len());
    for (index, column) in found.into_iter().enumerate() {
        let place = format!("{place}/column[{}]", index + 1);
        let width_percent = problems.number(column, "width", equal, &place, 1..=100);
        let sections = column.all("sections").flat_map(|sections| sections.all("section")).enumerate();
        let sections = sections
            .map(|(index, section)| {
                let place = format!("{place}/{}", label_place("section", section, index));
                read_section(section, &place, problems)
            })
            .collect();
        columns.push(FormColumn { width_percent, sections });
    }
    Tab {
        name: name_or_id(element),
        label: labels(element, problems, place),
        visible: problems.flag(element, "visible", true, place),
        on_phone: problems.flag(element, "availableforphone", true, place),
        columns,
        ..Tab::default()
    }
}

fn name_or_id(element: &Element) -> String {
    let given = |name| element.attribute(name).filter(|text| !text.is_empty());
    given("name").or_else(|| given("id")).unwrap_or_default().to_owned()
}

fn read_section(element: &Element, place: &str, problems: &mut Problems) -> Section {
    Section {
        name: name_or_id(element),
        label: labels(element, problems, place),
        show_label: problems.flag(element, "showlabel", true, place),
        visible: problems.flag(element, "visible", true, place),
        on_phone: problems.flag(element, "availableforphone", true, place),
        columns: section_columns(element, place, problems),
        rows: read_rows(element, place, problems),
        ..Section::default()
    }
}

/// The number of cells side by side: a text with one digit for each (`11`).
fn section_columns(element: &Element, place: &str, problems: &mut Problems) -> u8 {
    let Some(text) = element.attribute("columns") else { return 1 };
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits && (1..=MAX_SECTION_COLUMNS).contains(&text.len()) {
        return u8::try_from(text.len()).unwrap_or(1);
    }
    let columns: u8 = if is_digits && text.len() > MAX_SECTION_COLUMNS { 4 } else { 1 };
    let what = format!("columns=\"{text}\" is not one to {MAX_SECTION_COLUMNS} digits");
    problems.add(what, place, &format!("taken as {columns}"));
    columns
}

fn read_rows(element: &Element, place: &str, problems: &mut Problems) -> Vec<FormRow> {
    let rows = element.all("rows").flat_map(|rows| rows.all("row")).enumerate();
    rows.map(|(row, element)| {
        let cells = element.all("cell").enumerate();
        let cells = cells
            .map(|(cell, element)| {
                read_cell(element, &format!("{place}/row[{}]/cell[{}]", row + 1, cell + 1), problems)
            })
            .collect();
        FormRow { cells }
    })
    .collect()
}

fn read_cell(element: &Element, place: &str, problems: &mut Problems) -> Cell {
    let is_disabled = problems.flag(element, "disabled", false, place);
    let mut control = element.child("control").and_then(|control| read_control(control, place, problems));
    if let Some(control) = &mut control {
        control.disabled |= is_disabled;
    }
    Cell {
        label: labels(element, problems, place),
        show_label: problems.flag(element, "showlabel", true, place),
        visible: problems.flag(element, "visible", true, place),
        on_phone: problems.flag(element, "availableforphone", true, place),
        column_span: problems.number(element, "colspan", 1, place, 1..=4),
        row_span: problems.number(element, "rowspan", 1, place, 1..=99),
        control,
        ..Cell::default()
    }
}

fn read_control(element: &Element, place: &str, problems: &mut Problems) -> Option<Control> {
    let id = element.attribute("id").unwrap_or_default().to_owned();
    let class = element.attribute("classid").unwrap_or_default();
    let column = element.attribute("datafieldname").map(str::trim).filter(|name| !name.is_empty());
    let kind = ControlKind::from_class_id(class);
    if kind == ControlKind::Unknown && column.is_some() {
        let what = format!("the control {id} has the unknown class id “{class}”");
        problems.add(what, place, "it is shown by its column's type");
    }
    if column.is_none() && kind.needs_column() {
        let what = format!("the control {id} (class id “{class}”) names no column (datafieldname)");
        problems.add(what, place, "the cell stays empty");
        return None;
    }
    let parameters = element.all("parameters").flat_map(|parameters| &parameters.children);
    Some(Control {
        kind,
        column: column.map(|name| ColumnName::new(name.to_ascii_lowercase())),
        disabled: problems.flag(element, "disabled", false, place),
        required: problems.flag(element, "isrequired", false, place),
        parameters: parameters
            .map(|parameter| (parameter.name.clone(), parameter_value(parameter)))
            .collect(),
        id,
        ..Control::default()
    })
}

/// The text of a parameter, or the XML inside it.
fn parameter_value(parameter: &Element) -> String {
    if parameter.children.is_empty() {
        return parameter.text.clone();
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
    use crate::{FormId, Label, Language, TableName};

    fn form(form_xml: &str) -> (Form, Vec<Problem>) {
        parse_form(&FormRecord {
            id: FormId::from_u128(7),
            table: TableName::new("account"),
            name: Label::one(Language::English, "Account"),
            kind: 2,
            is_default: true,
            form_xml: form_xml.into(),
        })
    }

    const GOOD: &str = r#"<form><events><event name="onload"/></events>
      <tabs><tab name="SUMMARY" id="{1}" IsUserDefined="0" locklevel="0" showlabel="true" expanded="true">
        <labels><label description="Summary" languagecode="1033"/><label description="Résumé" languagecode="1036"/></labels>
        <columns><column width="33%"><sections>
          <section name="INFO" showlabel="false" columns="11" availableforphone="false"><labels/>
            <rows><row><cell id="{2}" colspan="2" showlabel="false"><labels><label description="Name" languagecode="1033"/></labels>
              <control id="name" classid="{4273EDBD-AC1D-40d3-9FB2-095C621B552D}" datafieldname="name" isrequired="true" disabled="false"/></cell></row>
              <row><cell userspacer="true"/><cell disabled="true" visible="false" rowspan="4">
                <control id="p" classid="270bd3db-d9af-4782-9025-509e298dec0a" datafieldname="PrimaryContactId"><parameters>
                  <AllowFilterOff>false</AllowFilterOff><DefaultViewId>{A2D479C5-53E3-4C69-ADDD-802327E67A0D}</DefaultViewId></parameters></control></cell></row>
            </rows></section></sections></column>
          <column width="67%"><sections><section name="REL"><rows><row><cell>
            <control id="contacts" classid="{E7A81278-8635-4D9E-8D4D-59480B391C5B}" indicationOfSubgrid="true"><parameters>
              <RelationshipName>contact_customer_accounts</RelationshipName><TargetEntityType>contact</TargetEntityType></parameters></control></cell></row>
            <row><cell><control id="q" classid="{5C5600E0-1D6E-4205-A272-BE80DA87FD42}" datafieldname="primarycontactid"><parameters>
              <QuickForms>&lt;QuickFormIds&gt;&lt;QuickFormId entityname="contact"&gt;1&lt;/QuickFormId&gt;&lt;/QuickFormIds&gt;</QuickForms>
              <Nested><QuickFormIds><QuickFormId entityname="contact">1</QuickFormId></QuickFormIds></Nested></parameters></control></cell></row>
          </rows></section></sections></column></columns></tab>
        <tab visible="false" availableforphone="0"><columns/></tab></tabs>
      <header id="{9}" columns="111"><rows><row><cell><labels><label description="Owner" languagecode="1033"/></labels>
        <control id="header_ownerid" classid="{270BD3DB-D9AF-4782-9025-509E298DEC0A}" datafieldname="ownerid" disabled="true"/></cell><cell/></row></rows></header>
      <footer/><Navigation/></form>"#;

    #[test]
    fn a_form_is_read_with_all_it_says() {
        let (form, problems) = form(GOOD);
        assert_eq!(problems, []);
        assert_eq!(form.kind, FormKind::Main);
        assert_eq!(form.header.len(), 2);
        let owner = form.header[0].control.as_ref().unwrap();
        assert!(owner.disabled);
        assert_eq!(owner.column, Some(ColumnName::new("ownerid")));
        let [summary, hidden] = form.tabs.as_slice() else { panic!("two tabs") };
        assert_eq!((summary.name.as_str(), summary.label.text(Language::French)), ("SUMMARY", "Résumé"));
        assert!(!hidden.visible && !hidden.on_phone && summary.visible && summary.on_phone);
        let widths: Vec<_> = summary.columns.iter().map(|column| column.width_percent).collect();
        assert_eq!(widths, [33, 67]);
        let info = &summary.columns[0].sections[0];
        assert!(!info.show_label && !info.on_phone && info.visible);
        assert_eq!((info.columns, info.rows.len()), (2, 2));
        let name = &info.rows[0].cells[0];
        assert_eq!(
            (name.column_span, name.show_label, name.label.text(Language::German)),
            (2, false, "Name")
        );
        assert!(name.control.as_ref().unwrap().required);
        let [spacer, contact] = info.rows[1].cells.as_slice() else { panic!("two cells") };
        assert_eq!(spacer.control, None);
        assert!(!contact.visible && contact.control.as_ref().unwrap().disabled);
        assert_eq!(contact.row_span, 4);
        assert_eq!(contact.control.as_ref().unwrap().column, Some(ColumnName::new("primarycontactid")));
        let controls: Vec<_> = form.cells().filter_map(|cell| cell.control.as_ref()).collect();
        let kinds: Vec<_> = controls.iter().map(|control| control.kind).collect();
        use ControlKind::{Lookup, QuickView, Subgrid, Text};
        assert_eq!(kinds, [Lookup, Text, Lookup, Subgrid, QuickView]);
        assert_eq!(controls[3].parameter("relationshipname"), Some("contact_customer_accounts"));
        assert_eq!(controls[4].parameter("QuickForms"), controls[4].parameter("Nested"));
    }

    #[test]
    fn broken_forms_open_with_what_is_left() {
        // Cut at every place: never a panic, always a told problem, cells only ever fewer.
        let all = form(GOOD).0.cells().count();
        for end in (0..GOOD.len()).filter(|end| GOOD.is_char_boundary(*end)) {
            let (form, problems) = form(&GOOD[..end]);
            assert!(form.cells().count() <= all);
            assert!(!problems.is_empty(), "cut at {end}");
        }
    }

    #[test]
    fn each_trouble_is_told_with_its_place_and_what_is_done() {
        let (form, problems) = form(
            r#"<form><tabs><tab name="T"><labels><label description="x" languagecode="english"/></labels><columns><column width="half"><sections>
            <section columns="11111"><rows><row><cell colspan="9" visible="maybe"><control id="a" classid="{123}" datafieldname="name"/></cell>
            <cell><control id="b" classid="{4273EDBD-AC1D-40d3-9FB2-095C621B552D}"/></cell><cell><control id="c"/></cell></row></rows></section>
            </sections></column></columns></tab></tabs></form>"#,
        );
        let cells: Vec<_> =
            form.cells().map(|cell| cell.control.as_ref().map(|control| control.kind)).collect();
        assert_eq!(cells, [Some(ControlKind::Unknown), None, None]);
        let section = &form.tabs[0].columns[0].sections[0];
        assert_eq!((form.tabs[0].columns[0].width_percent, section.columns), (100, 4));
        let mut told: Vec<_> =
            problems.iter().map(|problem| (problem.place.as_str(), problem.instead.as_str())).collect();
        told.sort_unstable();
        let cell = "form/tabs/tab[T]/column[1]/section[1]/row[1]/cell";
        assert_eq!(
            told,
            [
                ("form/tabs/tab[T]", "the label is left out"),
                ("form/tabs/tab[T]/column[1]", "taken as 100"),
                ("form/tabs/tab[T]/column[1]/section[1]", "taken as 4"),
                (&*format!("{cell}[1]"), "it is shown by its column's type"),
                (&*format!("{cell}[1]"), "taken as 1"),
                (&*format!("{cell}[1]"), "taken as true"),
                (&*format!("{cell}[2]"), "the cell stays empty"),
                (&*format!("{cell}[3]"), "the cell stays empty"),
            ]
        );
        assert!(problems.iter().any(|problem| problem.what.contains("“{123}”")));
    }

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
