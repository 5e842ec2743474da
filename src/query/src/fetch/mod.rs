//! FetchXML → plan.
use crate::{Plan, QueryError};

/// Reads FetchXML into a plan. What is unknown or bad is an error that names it and what would be right.
pub fn parse_fetch(xml: &str) -> Result<Plan, QueryError> {
    let _ = xml;
    Err(QueryError::Unsupported { what: "FetchXML".into() })
}
