//! The table definitions: one JSON file per table, compiled into the crate.

use crate::SolutionError;
use model::Table;

macro_rules! table_files {
    ($($name:literal),+ $(,)?) => {
        &[$((concat!("tables/", $name, ".json"), include_str!(concat!("../data/tables/", $name, ".json")))),+]
    };
}

/// Each file with its text, in an order in which rows can be fetched: what is pointed to comes first where possible.
const FILES: &[(&str, &str)] = table_files![
    "businessunit",
    "systemuser",
    "team",
    "transactioncurrency",
    "queue",
    "role",
    "systemuserroles",
    "teammembership",
    "queuemembership",
    "territory",
    "campaign",
    "account",
    "contact",
    "competitor",
    "lead",
    "opportunity",
    "opportunityproduct",
    "opportunityclose",
    "customeraddress",
    "leadaddress",
    "list",
    "listmember",
    "accountleads",
    "contactleads",
    "leadcompetitors",
    "opportunitycompetitors",
    "connectionrole",
    "connection",
    "activitypointer",
    "task",
    "appointment",
    "phonecall",
    "email",
    "template",
    "activityparty",
    "activitymimeattachment",
    "queueitem",
    "annotation",
    "leadtoopportunitysalesprocess",
    "opportunitysalesprocess",
    "workflow",
    "processstage",
    "savedquery",
    "userquery",
    "savedqueryvisualization",
    "systemform",
    "appmodule",
    "sitemap",
    "mobileofflineprofile",
    "mobileofflineprofileitem",
    "mobileofflineprofileitemassociation",
    "syncerror",
];

/// Every table of the solution.
pub fn tables() -> Result<Vec<Table>, SolutionError> {
    FILES.iter().map(|(file, text)| read(file, text)).collect()
}

fn read(file: &str, text: &str) -> Result<Table, SolutionError> {
    serde_json::from_str(text).map_err(|source| SolutionError::Json { file: file.to_owned(), source })
}

#[cfg(test)]
mod tests;
