#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod batch;
mod body;
mod change;
mod error;
mod headers;
pub mod http;
mod json;
mod names;
mod options;
mod path;
mod percent;
mod read;
mod service_error;
#[cfg(test)]
mod testing;
pub mod token;
mod write;

pub use body::{Body, BodyContext, References, read_body, read_body_in};
pub use change::write_change;
pub use error::{ODataError, limits};
pub use headers::{
    Annotations, FormattedValues, IfMatch, METADATA_VERSION, PROFILE_OPTION, PROFILE_VERSION, Prefer,
    format_etag, metadata_version, parse_etag, retry_after,
};
pub use names::{
    SERVICE_PATH, navigation_property, parties_property, property_name, row_path, select_list, set_path,
};
pub use options::{Expand, ReadOptions, Source, parse_query};
pub use path::{Key, KeyValue, Resource, parse_path};
pub use percent::{decode_percent, encode_component, encode_query_value, parse_pairs};
pub use read::shape::FORMATTED_VALUE;
pub use read::{
    PageEnvelope, Removed, RemovedReason, RowProblem, read_row, read_rows, read_rows_without_nulls,
};
pub use service_error::{ServiceError, codes};
pub use write::{
    Expanded, ExpandedRows, PageFrame, Reader, RowFormat, WriteOptions, close_page, open_page, row_context,
    write_answer, write_answer_row, write_answer_rows, write_packed_rows, write_row, write_rows,
};
