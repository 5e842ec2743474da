//! The form and views that a new table starts with.

use crate::random::{self, NoRandomness};
use model::{FormId, FormRecord, Label, Language, Table, ViewId, ViewRecord};
use store_sql::Customization;

/// FormXML's class of a plain text control and of a lookup.
const TEXT_CONTROL: &str = "{4273EDBD-AC1D-40d3-9FB2-095C621B552D}";
const LOOKUP_CONTROL: &str = "{270BD3DB-D9AF-4782-9025-509E298DEC0A}";

/// A main form with the name and the owner; public, quick find, associated and lookup views.
pub fn first_screens(table: &Table) -> Result<Vec<Customization>, NoRandomness> {
    let mut changes = vec![Customization::put(&form(table)?)];
    let wording: [(i32, [&str; 3], bool); 5] = [
        (0, ["Active {}", "{} : actifs", "{}: aktiv"], true),
        (0, ["Inactive {}", "{} : inactifs", "{}: inaktiv"], false),
        (2, ["{} Associated View", "{} : vue associée", "{}: zugeordnete Ansicht"], true),
        (4, ["Quick Find {}", "{} : recherche rapide", "{}: Schnellsuche"], true),
        (64, ["{} Lookup View", "{} : vue de recherche", "{}: Suchansicht"], true),
    ];
    for (kind, words, is_default) in wording {
        let state = if words[0].starts_with("Inactive") { 1 } else { 0 };
        changes.push(Customization::put(&ViewRecord {
            id: ViewId::from_u128(random::row_id()?.as_u128()),
            table: table.name.clone(),
            name: named(&table.plural_label, words),
            kind,
            is_default,
            fetch_xml: fetch(table, state, kind == 4),
            layout_xml: layout(table),
        }));
    }
    Ok(changes)
}

/// The pattern of each language filled with the table's label in it, where it has one.
fn named(label: &Label, words: [&str; 3]) -> Label {
    let mut name = Label::default();
    for (language, pattern) in Language::ALL.into_iter().zip(words) {
        name.set(language.lcid(), pattern.replace("{}", label.text(language)));
    }
    name
}

fn form(table: &Table) -> Result<FormRecord, NoRandomness> {
    let id = || Ok(random::row_id()?.to_string());
    let mut cells = String::new();
    let mut columns = vec![(table.primary_name.as_str(), TEXT_CONTROL)];
    if table.column("ownerid").is_some() {
        columns.push(("ownerid", LOOKUP_CONTROL));
    }
    for (column, class) in columns {
        cells.push_str(&format!(
            "<row><cell id=\"{{{}}}\" showlabel=\"true\"><control id=\"{column}\" classid=\"{class}\" \
             datafieldname=\"{column}\" disabled=\"false\"/></cell></row>",
            id()?
        ));
    }
    let labels = |texts: [&str; 3]| {
        let label = |(language, text): (Language, &str)| {
            format!("<label description=\"{text}\" languagecode=\"{}\"/>", language.lcid())
        };
        format!("<labels>{}</labels>", Language::ALL.into_iter().zip(texts).map(label).collect::<String>())
    };
    let general = labels(["General", "Général", "Allgemein"]);
    let form_xml = format!(
        "<form><tabs><tab id=\"{{{}}}\" name=\"GENERAL\" showlabel=\"true\" expanded=\"true\" visible=\"true\">{general}\
         <columns><column width=\"100%\"><sections><section id=\"{{{}}}\" name=\"GENERAL_INFO\" showlabel=\"false\" \
         showbar=\"false\" columns=\"1\" visible=\"true\">{general}<rows>{cells}</rows></section></sections></column>\
         </columns></tab></tabs></form>",
        id()?,
        id()?
    );
    Ok(FormRecord {
        id: FormId::from_u128(random::row_id()?.as_u128()),
        table: table.name.clone(),
        name: named(&table.label, ["Information", "Informations", "Informationen"]),
        kind: 2,
        is_default: true,
        form_xml,
    })
}

fn fetch(table: &Table, state: i32, is_quick_find: bool) -> String {
    let (name, key, title) = (&table.name, &table.primary_id, &table.primary_name);
    let find = if is_quick_find {
        format!(
            "<filter type=\"or\" isquickfindfields=\"1\"><condition attribute=\"{title}\" operator=\"like\" \
             value=\"{{0}}\"/></filter>"
        )
    } else {
        String::new()
    };
    format!(
        "<fetch version=\"1.0\" mapping=\"logical\"><entity name=\"{name}\"><attribute name=\"{title}\"/>\
         <attribute name=\"createdon\"/><attribute name=\"{key}\"/><order attribute=\"{title}\" descending=\"false\"/>\
         <filter type=\"and\"><condition attribute=\"statecode\" operator=\"eq\" value=\"{state}\"/></filter>{find}\
         </entity></fetch>"
    )
}

fn layout(table: &Table) -> String {
    let (key, title, code) = (&table.primary_id, &table.primary_name, table.object_type_code);
    format!(
        "<grid name=\"resultset\" object=\"{code}\" jump=\"{title}\" select=\"1\" icon=\"1\" preview=\"1\">\
         <row name=\"result\" id=\"{key}\"><cell name=\"{title}\" width=\"300\"/><cell name=\"createdon\" width=\"125\"/>\
         </row></grid>"
    )
}
