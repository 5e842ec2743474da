//! The texts of the resources that site maps of Dataverse name instead of titles.

use crate::{Label, Language};

/// The text of a resource in every language of the solution.
pub(super) fn resource(name: &str) -> Option<Label> {
    let found = RESOURCES.iter().find(|(known, ..)| name.eq_ignore_ascii_case(known));
    found.map(|(_, english, french, german)| {
        let mut label = Label::one(Language::English, *english);
        label.set(Language::French.lcid(), *french);
        label.set(Language::German.lcid(), *german);
        label
    })
}

const RESOURCES: [(&str, &str, &str, &str); 22] = [
    ("Area_Sales", "Sales", "Ventes", "Vertrieb"),
    ("Area_Service", "Service", "Service", "Service"),
    ("Area_Marketing", "Marketing", "Marketing", "Marketing"),
    ("Area_Workplace", "Workplace", "Espace de travail", "Arbeitsplatz"),
    ("Area_Settings", "Settings", "Paramètres", "Einstellungen"),
    ("Area_AppSettings", "App Settings", "Paramètres de l’application", "App-Einstellungen"),
    ("Area_Training", "Training", "Formation", "Schulung"),
    ("Area_Help", "Help", "Aide", "Hilfe"),
    ("Group_MyWork", "My Work", "Mon travail", "Meine Arbeit"),
    ("Group_Customers", "Customers", "Clients", "Kunden"),
    ("Group_Sales", "Sales", "Ventes", "Vertrieb"),
    ("Group_Collateral", "Collateral", "Documents de vente", "Verkaufsunterlagen"),
    ("Group_Marketing", "Marketing", "Marketing", "Marketing"),
    ("Group_Performance", "Performance", "Performances", "Leistung"),
    ("Group_Goals", "Goals", "Objectifs", "Ziele"),
    ("Group_Tools", "Tools", "Outils", "Extras"),
    ("Group_Activities", "Activities", "Activités", "Aktivitäten"),
    ("Homepage_Dashboards", "Dashboards", "Tableaux de bord", "Dashboards"),
    ("Homepage_Activities", "Activities", "Activités", "Aktivitäten"),
    ("Homepage_Reports", "Reports", "Rapports", "Berichte"),
    ("Homepage_Calendar", "Calendar", "Calendrier", "Kalender"),
    ("Homepage_WhatsNew", "What’s New", "Nouveautés", "Neuigkeiten"),
];
