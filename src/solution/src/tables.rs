//! The table definitions: one JSON file per table, compiled into the crate.

use crate::SolutionError;
use model::Table;

macro_rules! table_files {
    ($($name:literal),+ $(,)?) => {
        [$((concat!("tables/", $name, ".json"), include_str!(concat!("../data/tables/", $name, ".json")))),+]
    };
}

/// Each file with its text, in an order in which rows can be fetched: what is pointed to comes first where possible.
const FILES: [(&str, &str); 12] = table_files![
    "businessunit",
    "systemuser",
    "team",
    "transactioncurrency",
    "account",
    "contact",
    "lead",
    "opportunity",
    "task",
    "appointment",
    "phonecall",
    "annotation",
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
