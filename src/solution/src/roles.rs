//! The security roles that come with the solution, one JSON file each.

use crate::SolutionError;
use model::{Label, Privileges};
use serde::Deserialize;

/// A security role: how far each privilege reaches on each table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRecord {
    /// The name by which apps and users refer to it.
    pub name: String,
    /// What people read.
    pub label: Label,
    /// The privileges; a table not named cannot be seen.
    pub privileges: Privileges,
}

const FILES: &[(&str, &str)] = &[
    ("roles/salesperson.json", include_str!("../data/roles/salesperson.json")),
    ("roles/sales-manager.json", include_str!("../data/roles/sales-manager.json")),
    ("roles/system-administrator.json", include_str!("../data/roles/system-administrator.json")),
];

/// Every role, the least powerful first.
pub fn roles() -> Result<Vec<RoleRecord>, SolutionError> {
    FILES
        .iter()
        .map(|(file, text)| {
            serde_json::from_str(text)
                .map_err(|source| SolutionError::Json { file: (*file).to_owned(), source })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Depth, Language, Right};

    #[test]
    fn each_role_reaches_as_far_as_its_name_says() {
        let roles = roles().unwrap();
        let depth = |name: &str, table: &str, right| {
            let role = roles.iter().find(|role| role.name == name).unwrap();
            role.privileges.depth(table, right)
        };
        for (role, table, right, expected) in [
            ("Salesperson", "opportunity", Right::Read, Depth::BusinessUnit),
            ("Salesperson", "opportunity", Right::Write, Depth::User),
            ("Salesperson", "account", Right::AppendTo, Depth::BusinessUnit),
            ("Salesperson", "systemuser", Right::Read, Depth::Organization),
            ("Salesperson", "systemuser", Right::Write, Depth::None),
            ("Sales Manager", "opportunity", Right::Assign, Depth::Organization),
            ("Sales Manager", "transactioncurrency", Right::Write, Depth::None),
            ("System Administrator", "transactioncurrency", Right::Write, Depth::Organization),
        ] {
            assert_eq!(depth(role, table, right), expected, "{role} {table} {right:?}");
        }
    }

    #[test]
    fn every_role_reads_and_is_named_in_every_language() {
        for role in roles().unwrap() {
            for table in crate::tables().unwrap() {
                assert_ne!(role.privileges.depth(table.name.as_str(), Right::Read), Depth::None);
            }
            for language in Language::ALL {
                assert!(role.label.exact(language).is_some(), "{} {language:?}", role.name);
            }
        }
    }
}
