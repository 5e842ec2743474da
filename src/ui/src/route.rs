//! What an address means and how a place is written as one. Knows no browser.

use model::{AppName, ColumnName, FormId, Reference, RowId, TableName};

/// A place in the app: what is on screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// MyApps.
    Apps,
    /// An app's landing page.
    Landing(AppName),
    /// A view of a table.
    View(AppName, TableName),
    /// A form on a new row.
    New(AppName, TableName),
    /// A form on a row.
    Form(AppName, TableName, RowId),
    /// The offline page.
    Offline(AppName),
    /// The problems of definitions.
    Definitions(AppName),
    /// An address of ours or of the original that says the same as another.
    Redirect(String),
    /// Nothing is there.
    Unknown,
}

/// First segments that are no app and second segments that are no table.
const RESERVED: [&str; 5] = ["dashboard", "search", "day", "settings", "admin"];

impl Place {
    /// Reads a path with its query.
    pub fn parse(address: &str) -> Self {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let segments: Vec<String> =
            path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            [] => Self::Apps,
            ["main.aspx"] => deep_link(address),
            [first, ..] if RESERVED.contains(first) => Self::Unknown,
            [app] => Self::Landing(AppName::new(app)),
            [app, "settings", "definitions"] => Self::Definitions(AppName::new(app)),
            [app, "offline"] => Self::Offline(AppName::new(app)),
            [_, second, ..] if RESERVED.contains(second) => Self::Unknown,
            [app, table] => Self::View(AppName::new(app), TableName::new(table)),
            [app, table, "new"] => Self::New(AppName::new(app), TableName::new(table)),
            [app, table, id] => id
                .parse()
                .map_or(Self::Unknown, |id| Self::Form(AppName::new(app), TableName::new(table), id)),
            _ => Self::Unknown,
        }
    }

    /// The app this place is in.
    pub const fn app(&self) -> Option<&AppName> {
        match self {
            Self::Landing(app)
            | Self::View(app, _)
            | Self::New(app, _)
            | Self::Form(app, _, _)
            | Self::Offline(app)
            | Self::Definitions(app) => Some(app),
            Self::Apps | Self::Redirect(_) | Self::Unknown => None,
        }
    }

    /// The address without a query.
    pub fn address(&self) -> String {
        match self {
            Self::Apps | Self::Unknown => "/".to_owned(),
            Self::Landing(app) => format!("/{app}"),
            Self::View(app, table) => format!("/{app}/{table}"),
            Self::New(app, table) => format!("/{app}/{table}/new"),
            Self::Form(app, table, id) => format!("/{app}/{table}/{id}"),
            Self::Offline(app) => format!("/{app}/offline"),
            Self::Definitions(app) => format!("/{app}/settings/definitions"),
            Self::Redirect(address) => address.clone(),
        }
    }
}

/// The value of a query parameter.
pub fn parameter(address: &str, name: &str) -> Option<String> {
    let query = address.split_once('?')?.1.split('#').next()?;
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key) == name).then(|| decode(value))
    })
}

/// The same address with a query parameter set, or removed when empty.
pub fn with_parameter(address: &str, name: &str, value: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let is_other =
        |pair: &&str| !pair.is_empty() && decode(pair.split_once('=').map_or(*pair, |(key, _)| key)) != name;
    let mut pairs: Vec<String> = query.split('&').filter(is_other).map(str::to_owned).collect();
    if !value.is_empty() {
        pairs.push(format!("{}={}", encode(name), encode(value)));
    }
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// The address of a new row that is made for another one.
pub fn new_for(app: &AppName, table: &TableName, column: &ColumnName, parent: &Reference) -> String {
    let address = Place::New(app.clone(), table.clone()).address();
    let from = format!("{column}:{}:{}", parent.table, parent.id);
    let address = with_parameter(&address, "for", &from);
    with_parameter(&address, "name", parent.name.as_deref().unwrap_or_default())
}

/// The lookup that `new_for` put into an address.
pub fn preset(address: &str) -> Option<(ColumnName, Reference)> {
    let from = parameter(address, "for")?;
    let mut parts = from.split(':');
    let column = ColumnName::new(parts.next()?);
    let table = TableName::new(parts.next()?);
    let id = parts.next()?.parse().ok()?;
    Some((column, Reference { table, id, name: parameter(address, "name") }))
}

/// The form an address asks for.
pub fn form_of(address: &str) -> Option<FormId> {
    parameter(address, "form").and_then(|form| form.parse().ok())
}

/// `/main.aspx?appname=&pagetype=&etn=&id=&viewid=`, as links in e-mails have it.
fn deep_link(address: &str) -> Place {
    let get = |name| parameter(address, name).filter(|value| !value.is_empty());
    let Some(app) = get("appname") else { return Place::Redirect("/".to_owned()) };
    let app = AppName::new(app.trim_start_matches("msdynce_"));
    let table = get("etn").map(TableName::new);
    let place = match (get("pagetype").as_deref(), table) {
        (Some("entityrecord"), Some(table)) => match get("id").map(|id| id.parse()) {
            Some(Ok(id)) => Place::Form(app, table, id),
            Some(Err(_)) => return Place::Unknown,
            None => Place::New(app, table),
        },
        (Some("entitylist"), Some(table)) => {
            let address = Place::View(app, table).address();
            let view = get("viewid").unwrap_or_default();
            return Place::Redirect(with_parameter(&address, "view", view.trim_matches(['{', '}'])));
        }
        _ => Place::Landing(app),
    };
    Place::Redirect(place.address())
}

/// Percent-encodes what must not stand in a query.
pub fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Decodes percent signs and plus signs; what is no valid code stays as it is.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = (*first == b'%' && tail.len() >= 2)
            .then(|| std::str::from_utf8(&tail[..2]).ok())
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = match code {
            Some(byte) => {
                bytes.push(byte);
                &tail[2..]
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                tail
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01234567-89ab-4cde-8f01-23456789abcd";

    #[test]
    fn addresses_name_what_is_on_screen() {
        let app = || AppName::new("saleshub");
        let account = || TableName::new("account");
        let form = Place::Form(app(), account(), ID.parse().unwrap());
        for (address, place) in [
            ("/", Place::Apps),
            ("/saleshub", Place::Landing(app())),
            ("/saleshub/", Place::Landing(app())),
            ("/saleshub/account?view=My%20Accounts&q=x", Place::View(app(), account())),
            ("/saleshub/account/new", Place::New(app(), account())),
            (&format!("/saleshub/account/{ID}?tab=details"), form.clone()),
            ("/saleshub/account/17", Place::Unknown),
            ("/saleshub/offline", Place::Offline(app())),
            ("/saleshub/settings/definitions", Place::Definitions(app())),
            ("/saleshub/settings", Place::Unknown),
            ("/admin", Place::Unknown),
            ("/saleshub/account/new/more", Place::Unknown),
        ] {
            assert_eq!(Place::parse(address), place, "{address}");
        }
        assert_eq!(Place::parse(&form.address()), form);
    }

    #[test]
    fn links_of_the_original_lead_to_the_same_places() {
        for (address, place) in [
            (
                format!("/main.aspx?appname=saleshub&pagetype=entityrecord&etn=account&id=%7B{ID}%7D"),
                format!("/saleshub/account/{ID}"),
            ),
            (
                format!("/main.aspx?appname=msdynce_saleshub&pagetype=entitylist&etn=lead&viewid={ID}"),
                format!("/saleshub/lead?view={ID}"),
            ),
            (
                "/main.aspx?appname=saleshub&pagetype=entityrecord&etn=lead".to_owned(),
                "/saleshub/lead/new".to_owned(),
            ),
            ("/main.aspx".to_owned(), "/".to_owned()),
        ] {
            assert_eq!(Place::parse(&address), Place::Redirect(place));
        }
    }

    #[test]
    fn parameters_are_read_set_and_removed() {
        let address = with_parameter("/a?view=1&q=old", "q", "Müller & Söhne");
        assert_eq!(parameter(&address, "q").as_deref(), Some("Müller & Söhne"));
        assert_eq!(parameter(&address, "view").as_deref(), Some("1"));
        assert_eq!(with_parameter(&address, "q", ""), "/a?view=1");
        assert_eq!(with_parameter("/a?q=1", "q", ""), "/a");
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%C3%A9+%zz"), "é %zz");
    }

    #[test]
    fn a_new_row_remembers_what_it_is_made_for() {
        let parent =
            Reference { table: "account".into(), id: ID.parse().unwrap(), name: Some("A: B & C".to_owned()) };
        let address = new_for(&"saleshub".into(), &"contact".into(), &"parentcustomerid".into(), &parent);
        assert_eq!(preset(&address), Some(("parentcustomerid".into(), parent)));
        assert_eq!(preset("/saleshub/contact/new"), None);
    }
}
