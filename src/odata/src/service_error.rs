//! The service's refusals: HTTP status, code and message, and their JSON.

use crate::http::HttpResponse;
use serde::{Deserialize, Serialize};

/// Error codes by their names in the public error-code list.
pub mod codes {
    /// A value or argument does not fit.
    pub const INVALID_ARGUMENT: &str = "0x80040203";
    /// Something unforeseen.
    pub const UNEXPECTED: &str = "0x80040216";
    /// The row is missing.
    pub const OBJECT_DOES_NOT_EXIST: &str = "0x80040217";
    /// The caller lacks a privilege.
    pub const PRIVILEGE_DENIED: &str = "0x80040220";
    /// The caller may not touch this row.
    pub const ACCESS_DENIED: &str = "0x80048306";
    /// The caller is disabled or has no business unit.
    pub const CALLER_DISABLED: &str = "0x80040225";
    /// Rows that depend on it hold it back (restrict cascade).
    pub const CANNOT_DELETE_DUE_TO_ASSOCIATION: &str = "0x80040227";
    /// A row that must not be deleted.
    pub const CANNOT_DELETE_READ_ONLY: &str = "0x80040228";
    /// A row that must not be changed.
    pub const CANNOT_UPDATE_READ_ONLY: &str = "0x8004022e";
    /// The row is inactive.
    pub const CANNOT_UPDATE_INACTIVE: &str = "0x80040230";
    /// A row with this primary key exists.
    pub const DUPLICATE_RECORD: &str = "0x80040237";
    /// A duplicate detection rule found rows.
    pub const DUPLICATE_RECORDS_FOUND: &str = "0x80040333";
    /// The opportunity is closed already.
    pub const OPPORTUNITY_ALREADY_CLOSED: &str = "0x80040515";
    /// The opportunity cannot be closed.
    pub const OPPORTUNITY_CANNOT_BE_CLOSED: &str = "0x80040516";
    /// The opportunity is open already.
    pub const OPPORTUNITY_ALREADY_OPEN: &str = "0x8004051a";
    /// The parent customer is inactive.
    pub const CUSTOMER_IS_INACTIVE: &str = "0x80040517";
    /// The lead is open already.
    pub const LEAD_ALREADY_OPEN: &str = "0x80040518";
    /// The lead is closed already.
    pub const LEAD_ALREADY_CLOSED: &str = "0x80040519";
    /// A text is longer than its column.
    pub const STRING_LENGTH_TOO_LONG: &str = "0x80044331";
    /// The delta token is too old: read everything again.
    pub const EXPIRED_VERSION_STAMP: &str = "0x80044352";
    /// The status reason does not belong to the state.
    pub const INVALID_STATE_CODE_STATUS_CODE: &str = "0x80048408";
    /// The state cannot be reached from the present one.
    pub const INVALID_STATE_TRANSITION: &str = "0x8004f00e";
    /// More than 50,000 rows would be aggregated.
    pub const AGGREGATE_QUERY_RECORD_LIMIT_EXCEEDED: &str = "0x8004e023";
    /// The row has changed since: the ETag does not match.
    pub const CONCURRENCY_VERSION_MISMATCH: &str = "0x80060882";
    /// A version is needed and was not given.
    pub const CONCURRENCY_VERSION_NOT_PROVIDED: &str = "0x80060883";
    /// A property the type does not declare.
    pub const UNDECLARED_PROPERTY: &str = "0x80060888";
    /// Any other failure of the Web API.
    pub const WEB_API_FAILURE: &str = "0x8006088a";
    /// No such segment in the address.
    pub const RESOURCE_NOT_FOUND: &str = "0x8006088a";
    /// No row has this alternate key.
    pub const RECORD_NOT_FOUND_BY_ENTITY_KEY: &str = "0x80060891";
    /// A row with this alternate key exists.
    pub const DUPLICATE_RECORD_ENTITY_KEY: &str = "0x80060892";
    /// Too many requests in five minutes.
    pub const TOO_MANY_REQUESTS: &str = "0x80072322";
    /// Too much execution time in five minutes.
    pub const TOO_MUCH_TIME: &str = "0x80072321";
    /// Too many requests at the same time.
    pub const TOO_MANY_CONCURRENT_REQUESTS: &str = "0x80072326";
    /// The service throttles.
    pub const THROTTLING: &str = "0x8005f103";
}

/// A refusal by the service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({status}, {code})")]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// The code (`0x80040217`); empty when the service gave none.
    pub code: String,
    /// The message, for people.
    pub message: String,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    error: WireError,
}

#[derive(Serialize, Deserialize)]
struct WireError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl ServiceError {
    /// A refusal.
    #[must_use]
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into() }
    }

    /// The JSON of the answer's body.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let wire = Wire { error: WireError { code: self.code.clone(), message: self.message.clone() } };
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    /// The whole answer.
    #[must_use]
    pub fn to_response(&self) -> HttpResponse {
        HttpResponse {
            status: self.status,
            headers: vec![
                ("content-type".to_owned(), "application/json; odata.metadata=minimal".to_owned()),
                ("odata-version".to_owned(), "4.0".to_owned()),
            ],
            body: self.to_json(),
        }
    }

    /// Reads the refusal out of an answer; a body that is no JSON (a proxy's page) becomes the message, shortened.
    #[must_use]
    pub fn from_response(response: &HttpResponse) -> Self {
        if let Ok(Wire { error }) = serde_json::from_slice(&response.body) {
            return Self { status: response.status, code: error.code, message: error.message };
        }
        let text = String::from_utf8_lossy(&response.body);
        let mut message: String = text.trim().chars().take(300).collect();
        if message.is_empty() {
            message = format!("the service answered with status {} and no explanation", response.status);
        }
        Self { status: response.status, code: String::new(), message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_survives_the_wire() {
        let error = ServiceError::new(412, codes::CONCURRENCY_VERSION_MISMATCH, "The row \"Ä\" has changed.");
        assert_eq!(ServiceError::from_response(&error.to_response()), error);
    }

    #[test]
    fn an_answer_that_is_no_json_is_still_told() {
        for (body, message) in [
            (&b"<html>Bad gateway</html>"[..], "<html>Bad gateway</html>"),
            (b"", "the service answered with status 502 and no explanation"),
            (b"{\"error\":\"invalid_grant\"}", "{\"error\":\"invalid_grant\"}"),
            (b"\xff\xfe", "\u{fffd}\u{fffd}"),
        ] {
            let response = HttpResponse { status: 502, headers: Vec::new(), body: body.to_vec() };
            let error = ServiceError::from_response(&response);
            assert_eq!((error.status, error.code.as_str(), error.message.as_str()), (502, "", message));
        }
    }
}
