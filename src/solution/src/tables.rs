//! The table definitions: one JSON file per table, compiled into the crate.

use crate::SolutionError;
use model::Table;

/// Each file with its text, in the order in which parents come before children.
const FILES: &[(&str, &str)] = &[];

/// Every table of the solution.
pub fn tables() -> Result<Vec<Table>, SolutionError> {
    FILES
        .iter()
        .map(|(file, text)| {
            serde_json::from_str(text).map_err(|source| SolutionError::Json { file: (*file).to_owned(), source })
        })
        .collect()
}
