//! Property paths: which column they name, and over which navigation properties.

use crate::error::{ODataError, limits};
use crate::names::{find_navigation, property_name};
use crate::options::{bad, shorten};
use model::{Column, ColumnKind, ColumnName, Metadata, Table};
use query::{Link, LinkKind};

/// The column a path names.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The navigation properties followed to it.
    pub steps: Vec<Step<'a>>,
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
pub struct Links {
    links: Vec<Link>,
    count: usize,
}

impl Links {
    /// The alias of the row that navigation properties lead to, with links made where they are new; none for the row
    /// at hand.
    pub fn alias(&mut self, steps: &[Step<'_>]) -> Result<Option<String>, ODataError> {
        let mut alias: Option<String> = None;
        let mut links = &mut self.links;
        for step in steps {
            let name = match &alias {
                None => step.navigation.clone(),
                Some(outer) => format!("{outer}__{}", step.navigation),
            };
            let known = links.iter().position(|link| link.alias == name);
            if known.is_none() {
                self.count += 1;
                if self.count > limits::LINKS {
                    let what = "the number of navigation properties in conditions and orders";
                    return Err(ODataError::TooMuch { what, limit: limits::LINKS });
                }
                links.push(link_of(step, name.clone(), LinkKind::Outer));
            }
            let place = known.unwrap_or(links.len() - 1);
            links = &mut links[place].links;
            alias = Some(name);
        }
        Ok(alias)
    }

    /// The links.
    pub fn into_links(self) -> Vec<Link> {
        self.links
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
    let Some((property, navigations)) = path.split_last() else {
        return Err(bad(option, 0, "a property is expected"));
    };
    if navigations.len() > limits::PATH_STEPS {
        let what = "the number of navigation properties of a path";
        return Err(ODataError::TooMuch { what, limit: limits::PATH_STEPS });
    }
    let mut steps: Vec<Step<'a>> = Vec::new();
    for navigation in navigations {
        let from = steps.last().map_or(table, |step| step.table);
        steps.push(find_step(metadata, from, navigation)?);
    }
    let column = find_column(steps.last().map_or(table, |step| step.table), property)?;
    match steps.pop() {
        // The other row's key is what the lookup holds.
        Some(last) if column.name == last.table.primary_id => Ok(Place { steps, column: last.lookup }),
        last => {
            steps.extend(last);
            Ok(Place { steps, column })
        }
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
