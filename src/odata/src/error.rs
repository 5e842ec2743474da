//! What can be wrong with a text of the Web API, and how it is told to the other side.

use crate::service_error::{ServiceError, codes};

/// How much of anything is read before it is refused.
pub mod limits {
    /// Most bytes of a query string (Dataverse takes 64 KB inside a batch).
    pub const QUERY_BYTES: usize = 64 * 1024;
    /// Deepest nesting of parentheses, `not` and lambdas in `$filter`.
    pub const FILTER_DEPTH: usize = 32;
    /// Most conditions in one query.
    pub const CONDITIONS: usize = 500;
    /// Most `$expand` items in one query, nested ones included.
    pub const EXPANDS: usize = 15;
    /// Deepest nesting of `$expand`.
    pub const EXPAND_DEPTH: usize = 3;
    /// Most navigation properties followed by the conditions and orders of one query.
    pub const LINKS: usize = 15;
    /// Most navigation properties in one path.
    pub const PATH_STEPS: usize = 4;
    /// Most operations of one batch.
    pub const BATCH_OPERATIONS: usize = 1000;
    /// Most rows of one page.
    pub const PAGE_ROWS: u32 = 5000;
}

/// Why a text of the Web API could not be understood or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ODataError {
    /// The bytes are no JSON, or another JSON than was expected.
    #[error("this is not the JSON that was expected: {reason}")]
    Json {
        /// What the parser stumbled over.
        reason: String,
    },
    /// The answer is neither a page of rows nor a row.
    #[error("the answer holds neither rows nor a row of “{table}”")]
    NoRows {
        /// The table whose rows were expected.
        table: String,
    },
    /// A row was read, but a value of it does not fit.
    #[error("a row of “{table}” could not be read: {problem}")]
    Row {
        /// The table.
        table: String,
        /// Which property and why.
        problem: String,
    },
    /// A property that the table does not have.
    #[error(
        "Could not find a property named '{property}' on type 'Microsoft.Dynamics.CRM.{table}'. Check the name; lookups are bound as '<navigation property>@odata.bind'."
    )]
    UnknownProperty {
        /// The property as it was written.
        property: String,
        /// The table.
        table: String,
    },
    /// A value of the wrong type.
    #[error("the property '{property}' expects {expected}, but got {found}")]
    BadValue {
        /// The property.
        property: String,
        /// What would fit.
        expected: String,
        /// What came, shortened.
        found: String,
    },
    /// A table the metadata does not have.
    #[error("Resource not found for the segment '{0}'")]
    UnknownTable(String),
    /// A query option that cannot be understood.
    #[error("the query option {option} is not valid at position {position}: {reason}")]
    BadQuery {
        /// Which option (`$filter`).
        option: String,
        /// Where, in characters from the start of the option's value.
        position: usize,
        /// What was expected there.
        reason: String,
    },
    /// Valid OData that is not supported.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// Too long, too deep, too many.
    #[error("{what} exceeds the limit of {limit}")]
    TooMuch {
        /// What is too long, too deep or too many.
        what: &'static str,
        /// How much is allowed.
        limit: usize,
    },
    /// A part of a batch that cannot be understood.
    #[error("the batch is not valid in {part}: {reason}")]
    BadBatch {
        /// Which part (`part 2, change 1`).
        part: String,
        /// What is wrong with it.
        reason: String,
    },
    /// FetchXML that cannot be understood.
    #[error("the FetchXML is not valid: {0}")]
    Fetch(String),
}

impl From<ODataError> for ServiceError {
    /// The one place where reading problems become answers.
    fn from(error: ODataError) -> Self {
        let (status, code) = match &error {
            ODataError::UnknownTable(_) => (404, codes::RESOURCE_NOT_FOUND),
            ODataError::Unsupported(_) => (501, codes::WEB_API_FAILURE),
            ODataError::TooMuch { .. } => (400, codes::INVALID_ARGUMENT),
            ODataError::UnknownProperty { .. } => (400, codes::UNDECLARED_PROPERTY),
            ODataError::Json { .. } | ODataError::BadValue { .. } => (400, codes::INVALID_ARGUMENT),
            _ => (400, codes::WEB_API_FAILURE),
        };
        Self::new(status, code, error.to_string())
    }
}
