//! What every handler is given, and the small questions they all ask of a request.

use crate::app::App;
use crate::caller::Caller;
use crate::error::{Answered, Failure};
use crate::offline_profile::Carried;
use model::{RowId, RowVersion, Table, TableName};
use odata::http::{HttpRequest, HttpResponse};
use odata::{Prefer, Reader, RowFormat, WriteOptions, codes};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Who asks what server.
pub struct Context<'a> {
    /// The server.
    pub app: &'a App,
    /// Who asks.
    pub caller: &'a Caller,
    /// The service's address with a slash at its end.
    pub service_root: String,
    /// Who formatted values are written for, where any are wanted.
    pub reader: Option<Arc<Reader>>,
    /// What the caller carries, for the parts of a batch together.
    carried: OnceCell<Carried>,
}

impl<'a> Context<'a> {
    /// What the handlers of one request are given.
    pub const fn new(
        app: &'a App,
        caller: &'a Caller,
        service_root: String,
        reader: Option<Arc<Reader>>,
    ) -> Self {
        Self { app, caller, service_root, reader, carried: OnceCell::const_new() }
    }

    /// What the caller carries by their offline profile.
    pub async fn carried(&self) -> Answered<&Carried> {
        self.carried.get_or_try_init(|| Carried::load(self.app, self.caller)).await
    }

    /// The definition of a table.
    pub fn table(&self, name: &TableName) -> Answered<&'a Table> {
        self.app.metadata().table(name.as_str()).ok_or_else(|| {
            Failure::refuse(
                404,
                codes::RESOURCE_NOT_FOUND,
                format!("Resource not found for the segment '{name}'"),
            )
        })
    }

    /// The address of a row.
    pub fn row_address(&self, table: &Table, id: RowId) -> String {
        format!("{}{}({id})", self.service_root, table.set_name)
    }

    /// What is written of each row.
    pub fn write_options(&self, prefer: &Prefer, select: Option<Vec<model::ColumnName>>) -> WriteOptions {
        WriteOptions {
            select,
            annotations: prefer.annotations.clone(),
            formatted_values: prefer.formatted_values,
            language: self.caller.profile.language,
            reader: self.reader.clone(),
            omit_nulls: prefer.omit_nulls,
        }
    }

    /// How rows of a table are written.
    pub fn format(&self, table: &Table, options: &WriteOptions) -> RowFormat {
        RowFormat::new(table, self.app.metadata(), options)
    }
}

/// A header by its lower-case name.
pub fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// All `Prefer` headers together.
pub fn prefer(request: &HttpRequest) -> Prefer {
    let values: Vec<&str> = request
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("prefer"))
        .map(|(_, value)| value.as_str())
        .collect();
    Prefer::parse(&values.join(","))
}

/// The query string, still percent-encoded.
pub fn query_of(request: &HttpRequest) -> &str {
    request.target.split_once('?').map_or("", |(_, query)| query)
}

/// The query string without one option.
pub fn query_without(query: &str, option: &str) -> String {
    let encoded = option.replace('$', "%24");
    let is_option = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        name != option && !name.eq_ignore_ascii_case(&encoded)
    };
    query.split('&').filter(|pair| !pair.is_empty()).filter(is_option).collect::<Vec<_>>().join("&")
}

/// A JSON answer.
pub fn json(status: u16, body: Vec<u8>) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".to_owned(), "application/json; odata.metadata=minimal".to_owned())],
        body,
    }
}

/// An answer without a body.
pub fn empty(status: u16) -> HttpResponse {
    HttpResponse { status, headers: Vec::new(), body: Vec::new() }
}

/// Adds a header.
pub fn with_header(mut response: HttpResponse, name: &str, value: impl Into<String>) -> HttpResponse {
    response.headers.push((name.to_owned(), value.into()));
    response
}

/// Adds the version of the row the answer is about.
pub fn with_etag(response: HttpResponse, version: Option<RowVersion>) -> HttpResponse {
    match version {
        Some(version) => with_header(response, "etag", odata::format_etag(version)),
        None => response,
    }
}

/// Says which preferences were followed.
pub fn with_applied(response: HttpResponse, prefer: &Prefer) -> HttpResponse {
    with_all_applied(response, &Prefer { packed_rows: false, ..prefer.clone() })
}

/// The same of an answer that may be packed.
pub fn with_all_applied(response: HttpResponse, prefer: &Prefer) -> HttpResponse {
    let applied = prefer.to_string();
    if applied.is_empty() { response } else { with_header(response, "preference-applied", applied) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_leaves_the_query_however_it_is_written() {
        for query in ["$skiptoken=o1&$select=name", "$select=name&%24skiptoken=x", "$select=name"] {
            assert_eq!(query_without(query, "$skiptoken"), "$select=name", "{query}");
        }
        assert_eq!(
            query_without("$select=a&$filter=b eq '$skiptoken'", "$skiptoken"),
            "$select=a&$filter=b eq '$skiptoken'"
        );
    }
}
