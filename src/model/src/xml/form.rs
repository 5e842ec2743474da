//! FormXML: header, tabs, sections, cells and footer of a form, and what stands beside them.

use super::control::{Descriptions, check_on_form, descriptions, read_control};
use super::{Element, Place, Problems, form_parts};
use crate::said;
use crate::{Cell, Form, FormColumn, FormKind, FormRecord, FormRow, LabelPosition, Problem, Section, Tab};

const MAX_SECTION_COLUMNS: usize = 4;

/// What may stand directly in a form; some of it says nothing to this app.
const PARTS: [&str; 16] = [
    "ancestor",
    "hiddencontrols",
    "tabs",
    "header",
    "footer",
    "events",
    "formLibraries",
    "Navigation",
    "formparameters",
    "clientresources",
    "DisplayConditions",
    "controlDescriptions",
    "externaldependencies",
    "internaldependencies",
    "labels",
    "RibbonDiffXml",
];

/// Reads a form. What cannot be used is left out or replaced and told as a problem; the form opens all the same.
#[must_use]
pub fn parse_form(record: &FormRecord) -> (Form, Vec<Problem>) {
    let mut problems = Problems::default();
    let kind = FormKind::from_number(record.kind);
    let mut form = Form::new(record.id, record.table.clone(), kind, Vec::new());
    form.name = record.name.clone();
    if let Some(root) = problems.read(&record.form_xml, "form") {
        let place = Place::root("form");
        let mut reading =
            Reading { descriptions: descriptions(&root), problems: &mut problems, is_dashboard: false };
        form.header = reading.cells(root.child("header"), &place.inside("header"));
        form.tabs = reading.tabs(&root, &place);
        form.footer = reading.cells(root.child("footer"), &place.inside("footer"));
        if form.tabs.is_empty() {
            problems.add("the form has no tabs", &place, "the form is shown empty");
        }
        form_parts::read(&mut form, &root, &place, &mut problems);
        problems.unknown_children(&root, &PARTS, &place);
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

/// Reads the cells of a form or dashboard.
pub(super) struct Reading<'r> {
    pub descriptions: Descriptions<'r>,
    pub problems: &'r mut Problems,
    /// Dashboards show pages; forms do not.
    pub is_dashboard: bool,
}

impl Reading<'_> {
    /// The tabs of a form.
    pub fn tabs(&mut self, root: &Element<'_>, place: &Place<'_>) -> Vec<Tab> {
        let place = place.inside("tabs");
        let tabs = root.all("tabs").flat_map(|tabs| tabs.all("tab")).enumerate();
        tabs.map(|(index, tab)| self.tab(tab, &place.of("tab", tab, index))).collect()
    }

    /// The cells of a header or footer in one row.
    fn cells(&mut self, element: Option<&Element<'_>>, place: &Place<'_>) -> Vec<Cell> {
        let rows = element.map(|element| self.rows(element, place)).unwrap_or_default();
        rows.into_iter().flat_map(|row| row.cells).collect()
    }

    fn tab(&mut self, element: &Element<'_>, place: &Place<'_>) -> Tab {
        let found: Vec<_> = element.all("columns").flat_map(|columns| columns.all("column")).collect();
        let equal = u8::try_from(100 / found.len().max(1)).unwrap_or(1).max(1);
        let mut columns = Vec::with_capacity(found.len());
        for (index, column) in found.into_iter().enumerate() {
            let place = place.nth("column", index);
            let width_percent = self.problems.number(column, "width", equal, &place, 1..=100);
            let sections = column.all("sections").flat_map(|sections| sections.all("section")).enumerate();
            let sections = sections
                .map(|(index, section)| self.section(section, &place.of("section", section, index)))
                .collect();
            columns.push(FormColumn { width_percent, sections });
        }
        form_parts::events(element, place, self.problems);
        Tab {
            name: name_or_id(element),
            label: self.problems.labels(element, place),
            visible: self.problems.flag(element, "visible", true, place),
            on_phone: self.problems.flag(element, "availableforphone", true, place),
            show_label: self.problems.flag(element, "showlabel", true, place),
            expanded: self.problems.flag(element, "expanded", true, place),
            columns,
        }
    }

    fn section(&mut self, element: &Element<'_>, place: &Place<'_>) -> Section {
        Section {
            name: name_or_id(element),
            label: self.problems.labels(element, place),
            show_label: self.problems.flag(element, "showlabel", true, place),
            visible: self.problems.flag(element, "visible", true, place),
            on_phone: self.problems.flag(element, "availableforphone", true, place),
            columns: section_columns(element, place, self.problems),
            label_position: match element.given("celllabelposition") {
                Some(text) if text.eq_ignore_ascii_case("top") => LabelPosition::Top,
                Some(text) if text.eq_ignore_ascii_case("left") => LabelPosition::Left,
                _ => LabelPosition::Auto,
            },
            label_width_pixels: element
                .given("labelwidth")
                .map(|_| self.problems.number(element, "labelwidth", 115, place, 0..=1000)),
            rows: self.rows(element, place),
        }
    }

    fn rows(&mut self, element: &Element<'_>, place: &Place<'_>) -> Vec<FormRow> {
        let rows = element.all("rows").flat_map(|rows| rows.all("row")).enumerate();
        rows.map(|(row, element)| {
            let place = place.nth("row", row);
            let cells = element.all("cell").enumerate();
            FormRow {
                cells: cells.map(|(cell, element)| self.cell(element, &place.nth("cell", cell))).collect(),
            }
        })
        .collect()
    }

    fn cell(&mut self, element: &Element<'_>, place: &Place<'_>) -> Cell {
        let is_disabled = self.problems.flag(element, "disabled", false, place);
        let spacer = self.problems.flag(element, "userspacer", false, place);
        let control = element.child("control").filter(|_| !spacer);
        if spacer && element.child("control").is_some() {
            self.problems.add("a spacer has a control", place, "the cell stays empty");
        }
        let mut control =
            control.and_then(|control| read_control(control, &mut self.descriptions, place, self.problems));
        if let Some(control) = &mut control {
            control.disabled |= is_disabled;
            if !self.is_dashboard {
                check_on_form(control, place, self.problems);
            }
        }
        form_parts::events(element, place, self.problems);
        Cell {
            label: self.problems.labels(element, place),
            show_label: self.problems.flag(element, "showlabel", true, place),
            visible: self.problems.flag(element, "visible", true, place),
            on_phone: self.problems.flag(element, "availableforphone", true, place),
            column_span: self.problems.number(element, "colspan", 1, place, 1..=4),
            row_span: self.problems.number(element, "rowspan", 1, place, 1..=99),
            spacer,
            locked: element.given("locklevel").is_some_and(|level| level != "0"),
            control,
        }
    }
}

fn name_or_id(element: &Element<'_>) -> String {
    element.given("name").or_else(|| element.given("id")).unwrap_or_default().to_owned()
}

/// The number of cells side by side: a text with one digit for each (`11`).
fn section_columns(element: &Element<'_>, place: &Place<'_>, problems: &mut Problems) -> u8 {
    let Some(text) = element.attribute("columns") else { return 1 };
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits && (1..=MAX_SECTION_COLUMNS).contains(&text.len()) {
        return u8::try_from(text.len()).unwrap_or(1);
    }
    let columns: u8 = if is_digits && text.len() > MAX_SECTION_COLUMNS { 4 } else { 1 };
    let what = said!("columns=\"{text}\" is not one to {most} digits", text, most = MAX_SECTION_COLUMNS);
    problems.add(what, place, said!("taken as {columns}", columns));
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ColumnName, ControlKind, FormId, Label, Language, TableName};

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
              <QuickForms>&lt;QuickFormIds&gt;&lt;QuickFormId entityname="contact"&gt;{0549FBE9-a010-42af-9fed-d032f530dcc5}&lt;/QuickFormId&gt;&lt;/QuickFormIds&gt;</QuickForms>
              <Nested><QuickFormIds><QuickFormId entityname="contact">{0549FBE9-a010-42af-9fed-d032f530dcc5}</QuickFormId></QuickFormIds></Nested></parameters></control></cell></row>
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
        let quick = "0549fbe9-a010-42af-9fed-d032f530dcc5".parse().unwrap();
        assert_eq!(controls[4].quick_forms(), [(TableName::new("contact"), quick)]);
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
            problems.iter().map(|problem| (problem.place.as_str(), problem.instead.template())).collect();
        told.sort_unstable();
        let cell = "form/tabs/tab[T]/column[1]/section[1]/row[1]/cell";
        assert_eq!(
            told,
            [
                ("form/tabs/tab[T]", "the label is left out"),
                ("form/tabs/tab[T]/column[1]", "taken as {default}"),
                ("form/tabs/tab[T]/column[1]/section[1]", "taken as {columns}"),
                (&*format!("{cell}[1]"), "it is shown by its column's type"),
                (&*format!("{cell}[1]"), "taken as true"),
                (&*format!("{cell}[1]"), "taken as {default}"),
                (&*format!("{cell}[2]"), "the cell stays empty"),
                (&*format!("{cell}[3]"), "the cell stays empty"),
            ]
        );
        assert!(problems.iter().any(|problem| problem.what.to_string().contains("“{123}”")));
    }
}
