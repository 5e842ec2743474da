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
    "uomschedule",
    "uom",
    "discounttype",
    "discount",
    "pricelevel",
    "product",
    "productpricelevel",
    "productsubstitute",
    "productassociation",
    "dynamicproperty",
    "dynamicpropertyoptionsetitem",
    "salesliterature",
    "salesliteratureitem",
    "productsalesliterature",
    "territory",
    "campaign",
    "account",
    "contact",
    "competitor",
    "competitorproduct",
    "competitorsalesliterature",
    "lead",
    "opportunity",
    "opportunityproduct",
    "opportunityclose",
    "quote",
    "quotedetail",
    "quoteclose",
    "salesorder",
    "salesorderdetail",
    "orderclose",
    "invoice",
    "invoicedetail",
    "contactquotes",
    "contactorders",
    "contactinvoices",
    "dynamicpropertyinstance",
    "customeraddress",
    "leadaddress",
    "list",
    "listmember",
    "accountleads",
    "contactleads",
    "leadcompetitors",
    "leadproduct",
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
