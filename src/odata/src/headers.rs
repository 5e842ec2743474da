//! Headers with a grammar of their own: `Prefer`, `ETag`, `If-Match`, `Retry-After`.

use crate::http::HttpResponse;
use crate::read::shape::{FORMATTED_VALUE, LOOKUP_LOGICAL_NAME};
use model::{Date, RowVersion, Timestamp};
use std::fmt;
use std::time::Duration;

/// What the `Prefer` headers of a request ask for, or what `Preference-Applied` says was followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefer {
    /// `odata.maxpagesize`
    pub max_page_size: Option<u32>,
    /// `odata.include-annotations`
    pub annotations: Annotations,
    /// `return=representation`: the row comes back after a write.
    pub representation: bool,
    /// `odata.track-changes`
    pub track_changes: bool,
    /// `odata.continue-on-error`
    pub continue_on_error: bool,
    /// `valise.formatted-values=references`
    pub formatted_values: FormattedValues,
    /// `omit-values=nulls`: properties without a value are left out of rows that are read.
    pub omit_nulls: bool,
    /// `valise.rows=packed`: rows as lists of values behind one list of names, see [`crate::write_packed_rows`].
    ///
    /// A preference of our own. Most of a page with thousands of rows is names that every row repeats; services that do not
    /// know it send rows as ever.
    pub packed_rows: bool,
    /// `valise.columns="name,fax"`: of the columns that are selected only these travel, beside the id and the version.
    ///
    /// A preference of our own: a device that knows most of a table learns what is new to it, and its change tracking goes
    /// on with everything that is selected. Services that do not know it send whole rows.
    pub only_columns: Option<Vec<String>>,
}

/// Which values are formatted where formatted values are wanted.
///
/// A preference of our own; services that do not know it must ignore it. What a device reads it formats itself, save for
/// the names of rows that it may not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FormattedValues {
    /// All that have another form for people.
    #[default]
    All,
    /// References alone.
    References,
}

/// Which annotations are wanted: names, `prefix.*` or `*`; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotations(pub Vec<String>);

impl Annotations {
    /// Every annotation.
    #[must_use]
    pub fn all() -> Self {
        Self(vec!["*".to_owned()])
    }

    /// What a reference is read from beside its id: the table of the row and the row's name.
    #[must_use]
    pub fn of_references() -> Self {
        Self(vec![FORMATTED_VALUE.to_owned(), LOOKUP_LOGICAL_NAME.to_owned()])
    }

    /// True when this annotation (`OData.Community.Display.V1.FormattedValue`) is wanted. A `-` in front excludes.
    #[must_use]
    pub fn wants(&self, annotation: &str) -> bool {
        let meets = |pattern: &str| {
            pattern == "*"
                || pattern == annotation
                || pattern.strip_suffix('*').is_some_and(|prefix| annotation.starts_with(prefix))
        };
        let excluded = self.0.iter().filter_map(|pattern| pattern.strip_prefix('-')).any(meets);
        !excluded && self.0.iter().any(|pattern| meets(pattern))
    }
}

impl Prefer {
    /// Reads one header value, or several joined by commas. What is unknown is left out, as HTTP asks.
    #[must_use]
    pub fn parse(header: &str) -> Self {
        let mut prefer = Self::default();
        for token in split_outside_quotes(header) {
            let (name, value) = token.split_once('=').unwrap_or((token, ""));
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "odata.maxpagesize" | "maxpagesize" => prefer.max_page_size = value.parse().ok(),
                "odata.include-annotations" | "include-annotations" => {
                    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
                    prefer.annotations = Annotations(names.map(str::to_owned).collect());
                }
                "return" => prefer.representation = value == "representation",
                "odata.track-changes" | "track-changes" => prefer.track_changes = true,
                "odata.continue-on-error" | "continue-on-error" => {
                    prefer.continue_on_error = !value.eq_ignore_ascii_case("false");
                }
                "valise.formatted-values" if value == "references" => {
                    prefer.formatted_values = FormattedValues::References;
                }
                "valise.rows" => prefer.packed_rows = value == "packed",
                "valise.columns" => {
                    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
                    prefer.only_columns = Some(names.map(str::to_owned).collect());
                }
                "omit-values" => prefer.omit_nulls = value.eq_ignore_ascii_case("nulls"),
                _ => {}
            }
        }
        prefer
    }

    /// What a service says that it followed.
    #[must_use]
    pub fn applied(response: &HttpResponse) -> Self {
        response.header("preference-applied").map(Self::parse).unwrap_or_default()
    }
}

impl fmt::Display for Prefer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.representation {
            parts.push("return=representation".to_owned());
        }
        if self.track_changes {
            parts.push("odata.track-changes".to_owned());
        }
        if self.continue_on_error {
            parts.push("odata.continue-on-error".to_owned());
        }
        if self.formatted_values == FormattedValues::References {
            parts.push("valise.formatted-values=references".to_owned());
        }
        if self.omit_nulls {
            parts.push("omit-values=nulls".to_owned());
        }
        if self.packed_rows {
            parts.push("valise.rows=packed".to_owned());
        }
        if let Some(columns) = &self.only_columns {
            parts.push(format!("valise.columns=\"{}\"", columns.join(",")));
        }
        if let Some(rows) = self.max_page_size {
            parts.push(format!("odata.maxpagesize={rows}"));
        }
        if !self.annotations.0.is_empty() {
            parts.push(format!("odata.include-annotations=\"{}\"", self.annotations.0.join(",")));
        }
        f.write_str(&parts.join(","))
    }
}

fn split_outside_quotes(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |character| {
        quoted ^= character == '"';
        (character == ',' || character == ';') && !quoted
    })
    .map(str::trim)
}

/// Tells the version of the org's metadata with every answer. A header of our own; other services do not send it.
pub const METADATA_VERSION: &str = "valise-metadata-version";

/// The version of the org's metadata that an answer tells of.
#[must_use]
pub fn metadata_version(response: &HttpResponse) -> Option<i64> {
    response.header(METADATA_VERSION)?.trim().parse().ok()
}

/// Tells with changes which offline profile they are cut by: another value means that there is another plan. A header of
/// our own.
pub const PROFILE_VERSION: &str = "valise-profile-version";

/// The option of a query by which rows are cut by the caller's offline profile. It stays in next and delta links.
pub const PROFILE_OPTION: &str = "offlineprofile=own";

/// The version in an ETag (`W/"123"`), if it is one of ours.
#[must_use]
pub fn parse_etag(text: &str) -> Option<RowVersion> {
    let text = text.trim();
    let quoted = text.strip_prefix("W/").unwrap_or(text);
    let digits = quoted.strip_prefix('"')?.strip_suffix('"')?;
    digits.parse().ok().map(RowVersion)
}

/// The ETag of a version.
#[must_use]
pub fn format_etag(version: RowVersion) -> String {
    format!("W/\"{}\"", version.0)
}

/// The condition of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// The row must exist.
    Any,
    /// The row must exist in this version.
    Version(RowVersion),
}

impl IfMatch {
    /// Reads the header; `None` for what is neither `*` nor one of our ETags.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        if header.trim() == "*" { Some(Self::Any) } else { parse_etag(header).map(Self::Version) }
    }
}

impl fmt::Display for IfMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Version(version) => f.write_str(&format_etag(*version)),
        }
    }
}

/// How long the service asks to wait: seconds, or an HTTP date against `now`.
#[must_use]
pub fn retry_after(response: &HttpResponse, now: Timestamp) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = parse_http_date(text)?.milliseconds().saturating_sub(now.milliseconds());
    Some(Duration::from_millis(u64::try_from(wait).unwrap_or(0)))
}

/// Reads `Wed, 21 Oct 2026 07:28:00 GMT`.
fn parse_http_date(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_ascii_whitespace().skip(1);
    let day: i8 = words.next()?.parse().ok()?;
    let name = words.next()?;
    let month = i8::try_from(MONTHS.iter().position(|month| *month == name)? + 1).ok()?;
    let date = Date::from_civil(words.next()?.parse().ok()?, month, day)?;
    let mut parts = words.next()?.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let time = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(seconds)?;
    if !(0..=86_400).contains(&time) || words.next() != Some("GMT") {
        return None;
    }
    Some(Timestamp::from_milliseconds(i64::from(date.days()) * 86_400_000 + time * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_survive_the_wire() {
        let all = Prefer {
            max_page_size: Some(5000),
            annotations: Annotations::all(),
            representation: true,
            track_changes: true,
            continue_on_error: true,
            formatted_values: FormattedValues::References,
            omit_nulls: true,
            packed_rows: true,
            only_columns: Some(vec!["name".to_owned(), "fax".to_owned()]),
        };
        assert_eq!(Prefer::parse(&all.to_string()), all);
        assert_eq!(Prefer::parse(&Prefer::default().to_string()), Prefer::default());
        let versions = Prefer { only_columns: Some(Vec::new()), ..Prefer::default() };
        assert_eq!(Prefer::parse(&versions.to_string()), versions, "no column is not the same as all");
    }

    #[test]
    fn preferences_are_read_as_clients_write_them() {
        let prefer = Prefer::parse(
            "odata.include-annotations=\"OData.Community.Display.V1.FormattedValue, Microsoft.Dynamics.CRM.*\" , \
             wait=10, odata.maxpagesize=ten;respond-async",
        );
        assert_eq!(prefer.max_page_size, None);
        assert!(!prefer.omit_nulls);
        assert!(Prefer::parse("omit-values=nulls").omit_nulls);
        assert!(!Prefer::parse("omit-values=defaults").omit_nulls, "more than nulls would be left out");
        assert!(prefer.annotations.wants("OData.Community.Display.V1.FormattedValue"));
        assert!(prefer.annotations.wants("Microsoft.Dynamics.CRM.lookuplogicalname"));
        assert!(!prefer.annotations.wants("odata.etag"));
        let without = Annotations(vec!["*".to_owned(), "-Microsoft.*".to_owned()]);
        assert!(without.wants("odata.count"));
        assert!(!without.wants("Microsoft.Dynamics.CRM.lookuplogicalname"));
        assert!(!Annotations::default().wants("odata.count"));
    }

    #[test]
    fn etags_and_conditions() {
        for (text, version) in
            [("W/\"12\"", Some(12)), ("\"7\"", Some(7)), ("W/12", None), ("*", None), ("W/\"x\"", None)]
        {
            assert_eq!(parse_etag(text), version.map(RowVersion), "{text}");
        }
        assert_eq!(IfMatch::parse("*"), Some(IfMatch::Any));
        assert_eq!(IfMatch::parse("W/\"9\""), Some(IfMatch::Version(RowVersion(9))));
        assert_eq!(IfMatch::parse("nonsense"), None);
        assert_eq!(IfMatch::Version(RowVersion(9)).to_string(), "W/\"9\"");
    }

    #[test]
    fn the_service_says_when_to_come_back() {
        let now: Timestamp = "2026-10-21T07:27:00Z".parse().unwrap();
        let wait = |value: &str| {
            let headers = vec![("retry-after".to_owned(), value.to_owned())];
            retry_after(&HttpResponse { status: 429, headers, body: Vec::new() }, now)
        };
        assert_eq!(wait("17"), Some(Duration::from_secs(17)));
        assert_eq!(wait("Wed, 21 Oct 2026 07:28:00 GMT"), Some(Duration::from_secs(60)));
        assert_eq!(wait("Tue, 20 Oct 2026 07:28:00 GMT"), Some(Duration::ZERO));
        for text in ["", "soon", "Wed, 21 Okt 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28 GMT", "-1"] {
            assert_eq!(wait(text), None, "{text}");
        }
    }
}
