//! What can be wrong with the data files of the solution.

/// Why the solution could not be assembled. Every case is a mistake in a data file.
#[derive(Debug, thiserror::Error)]
pub enum SolutionError {
    /// A data file is not the JSON its kind asks for.
    #[error("the data file {file} cannot be read ({source}); correct it there and build again")]
    Json {
        /// The file, relative to `data/`.
        file: String,
        /// What the JSON reader met.
        #[source]
        source: serde_json::Error,
    },
    /// A data file reads, but what it says cannot be used.
    #[error("the data file {file} cannot be used: {what}")]
    Content {
        /// The file, relative to `data/`.
        file: String,
        /// What is wrong, and what would be right.
        what: String,
    },
}
