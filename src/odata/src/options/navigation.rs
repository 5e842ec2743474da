//! Property paths: which column they name, and over which navigation properties.

use crate::error::{ODataError, limits};
use crate::names::{find_navigation, property_name};
use crate::options::{bad, shorten};
use model::{Column, ColumnKind, ColumnName, Metadata, Table};
use query::{Link, LinkKind};

/// The column a path names.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The navigation property followed to it, if one was.
    pub step: Option<Step<'a>>,
    /// The column.
    pub column: &'a Column,
}

/// A navigation property followed.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// Its name.
    pub navigation: String,
    /// The lookup it stands for.
    pub lookup: &'a Column,
    /// The table it leads to.
    pub table: &'a Table,
}

/// Links made by paths, one per navigation property, so that conditions on the same row meet the same row.
#[derive(Debug, Default)]
pub struct Links(Vec<Link>);

impl Links {
    /// The alias of the link of a navigation property, made when it is new.
    pub fn alias(&mut self, step: &Step<'_>) -> Result<String, ODataError> {
        if !self.0.iter().any(|link| link.alias == step.navigation) {
            if self.0.len() >= limits::LINKS {
                let what = "the number of navigation properties in conditions and orders";
                return Err(ODataError::TooMuch { what, limit: limits::LINKS });
            }
            self.0.push(link_of(step, step.navigation.clone(), LinkKind::Outer));
        }
        Ok(step.navigation.clone())
    }

    /// The links.
    pub fn into_links(self) -> Vec<Link> {
        self.0
    }
}

/// The link of a navigation property.
pub fn link_of(step: &Step<'_>, alias: String, kind: LinkKind) -> Link {
    Link {
        table: step.table.name.clone(),
        from: step.table.primary_id.clone(),
        to: step.lookup.name.clone(),
        alias,
        kind,
        columns: Vec::new(),
        filter: None,
        links: Vec::new(),
    }
}

/// The column a path names.
pub fn find_place<'a>(
    metadata: &'a Metadata,
    table: &'a Table,
    path: &[String],
    option: &str,
) -> Result<Place<'a>, ODataError> {
    match path {
        [property] => Ok(Place { step: None, column: find_column(table, property)? }),
        [navigation, property] => {
            let step = find_step(metadata, table, navigation)?;
            let column = find_column(step.table, property)?;
            if column.name == step.table.primary_id {
                // The other row's key is what the lookup holds.
                return Ok(Place { step: None, column: step.lookup });
            }
            Ok(Place { step: Some(step), column })
        }
        [] => Err(bad(option, 0, "a property is expected")),
        _ => Err(ODataError::Unsupported(format!(
            "a path over more than one navigation property ('{}')",
            shorten(&path.join("/"))
        ))),
    }
}

/// The table a single-valued navigation property leads to.
pub fn find_step<'a>(
    metadata: &'a Metadata,
    table: &'a Table,
    navigation: &str,
) -> Result<Step<'a>, ODataError> {
    let unknown = || unknown(table, navigation);
    let (lookup, target) = find_navigation(metadata, table, navigation).ok_or_else(unknown)?;
    let target = target.or(lookup.targets().first()).ok_or_else(unknown)?;
    let table = metadata.table(target.as_str()).ok_or_else(unknown)?;
    Ok(Step { navigation: navigation.to_owned(), lookup, table })
}

/// The column of a property: its own name, or `_x_value` of a lookup.
pub fn find_column<'a>(table: &'a Table, property: &str) -> Result<&'a Column, ODataError> {
    let lookup = || {
        let name = property.strip_prefix('_')?.strip_suffix("_value")?;
        table.column(name).filter(|column| matches!(column.kind, ColumnKind::Lookup { .. }))
    };
    table.column(property).or_else(lookup).ok_or_else(|| unknown(table, property))
}

/// The columns of a property: several for the activity parties.
pub fn find_columns(table: &Table, property: &str) -> Result<Vec<ColumnName>, ODataError> {
    let is_party_list = |column: &&Column| {
        matches!(column.kind, ColumnKind::PartyList { .. }) && property_name(table, column) == property
    };
    let parties: Vec<ColumnName> =
        table.columns.iter().filter(is_party_list).map(|column| column.name.clone()).collect();
    if parties.is_empty() { Ok(vec![find_column(table, property)?.name.clone()]) } else { Ok(parties) }
}

pub fn unknown(table: &Table, property: &str) -> ODataError {
    ODataError::UnknownProperty { property: shorten(property), table: table.name.to_string() }
}
