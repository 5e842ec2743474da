//! Who asks, and how far their rights reach.

use crate::app::App;
use crate::base_rows::ADMINISTRATOR_ROLE;
use crate::error::{Answered, Failure};
use crate::time_zone::time_zone;
use model::{
    Column, ColumnName, Depth, Language, Metadata, Ownership, Privileges, Right, RowId, Table, TableRights,
    TableSource, UserProfile, Value,
};
use odata::codes;
use sha2::{Digest as _, Sha256};
use store_sql::{Access, BusinessUnit, Reach, ReadTransaction, StoreError};

/// The user behind a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What the user's devices know of them, too.
    pub profile: UserProfile,
    /// The business units below the user's own.
    units_below: Vec<RowId>,
    /// What the user may read.
    pub access: Access,
}

const RIGHTS: [Right; 8] = [
    Right::Create,
    Right::Read,
    Right::Write,
    Right::Delete,
    Right::Append,
    Right::AppendTo,
    Right::Assign,
    Right::Share,
];

impl Caller {
    /// The user of this id; refused when disabled, gone, or without business unit.
    pub async fn load(app: &App, user: RowId) -> Answered<Self> {
        let mut read = app.database().read().await?;
        let refuse =
            |why: &str| Failure::refuse(403, codes::CALLER_DISABLED, format!("{why}; ask an administrator"));
        let row = read
            .row("systemuser", user, None, &Access::everything())
            .await?
            .ok_or_else(|| refuse("this user does not exist any more"))?;
        if *row.columns.get("isdisabled") == Value::Boolean(true) {
            return Err(refuse("this user is disabled"));
        }
        let business_unit = row
            .columns
            .get("businessunitid")
            .as_reference()
            .map(|unit| unit.id)
            .ok_or_else(|| refuse("this user belongs to no business unit"))?;
        let roles = read.roles_of(user).await?;
        let mut privileges = Privileges::default();
        for role in &roles {
            join(&mut privileges, &role.privileges);
        }
        let is_administrator = roles.iter().any(|role| role.name == ADMINISTRATOR_ROLE);
        add_custom_tables(&mut privileges, app.metadata(), is_administrator);
        let settings = read.user_settings(user).await?;
        let settings = settings.as_ref();
        let profile = UserProfile {
            user,
            full_name: row.columns.get("fullname").as_text().unwrap_or_default().to_owned(),
            business_unit,
            organization: app.organization(),
            teams: read.teams_of(user).await?,
            language: settings.map_or(Language::English, |settings| settings.language),
            locale: settings.map_or_else(|| "en-GB".to_owned(), |settings| settings.locale.clone()),
            time_zone: time_zone(settings.map_or("UTC", |settings| &settings.time_zone), app.clock().now()),
            currency: settings.and_then(|settings| settings.currency),
            roles: roles.into_iter().map(|role| role.name).collect(),
            privileges,
        };
        let units_below = below(business_unit, &read_units(&mut read).await?);
        let access = access(app.metadata(), &profile, &units_below);
        Ok(Self { profile, units_below, access })
    }

    /// How far a privilege reaches into a table.
    pub fn reach(&self, table: &Table, right: Right) -> Reach {
        let depth = self.profile.privileges.depth(table.name.as_str(), right);
        reach(table, depth, &self.profile, &self.units_below)
    }

    /// The user as questions are bound to them.
    pub fn for_query(&self, app: &App) -> query::Caller {
        query::Caller {
            user: self.profile.user,
            business_unit: self.profile.business_unit,
            teams: self.profile.teams.clone(),
            language: self.profile.language,
            time_zone: self.profile.time_zone.clone(),
            now: app.clock().now(),
            first_weekday: model::text::first_weekday(&self.profile.locale),
            fiscal: app.metadata().settings.fiscal,
        }
    }

    /// A fingerprint of what the user sees of a table and of the columns that are read, all without `columns`. Delta tokens
    /// carry it: when it changes, a device must read the table again. A new column concerns nobody who did not ask for it.
    pub fn stamp(&self, table: &Table, columns: Option<&[ColumnName]>) -> String {
        let reach = format!("{:?}", self.access.reach(table.name.as_str()));
        let mut digest = Sha256::new().chain_update(reach.as_bytes());
        let is_read = |column: &&Column| columns.is_none_or(|columns| columns.contains(&column.name));
        for column in table.columns.iter().filter(is_read) {
            digest.update(column.name.as_str().as_bytes());
            digest.update(model::component::wire_type(&column.kind).as_bytes());
        }
        digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

async fn read_units(read: &mut ReadTransaction) -> Result<Vec<BusinessUnit>, StoreError> {
    read.business_units().await
}

/// Rights on tables of the org's own that no role speaks of: administrators have them all, and whoever may read both
/// sides of a many-to-many relationship may join them.
fn add_custom_tables(privileges: &mut Privileges, metadata: &Metadata, is_administrator: bool) {
    const ALL: Depth = Depth::Organization;
    let full = TableRights {
        create: ALL,
        read: ALL,
        write: ALL,
        delete: ALL,
        append: ALL,
        append_to: ALL,
        assign: ALL,
        share: ALL,
    };
    for table in metadata.tables.iter().filter(|table| table.custom) {
        let joins =
            table.source == TableSource::Intersect
                && table.columns.iter().flat_map(Column::targets).all(|side| {
                    is_administrator || privileges.depth(side.as_str(), Right::Read) > Depth::None
                });
        if is_administrator || joins {
            privileges.0.insert(table.name.clone(), full);
        }
    }
}

/// Each privilege as far as the role reaching farthest.
fn join(all: &mut Privileges, role: &Privileges) {
    for (table, rights) in &role.0 {
        let known = all.0.entry(table.clone()).or_default();
        for right in RIGHTS {
            let depth = known.depth(right).max(rights.depth(right));
            *slot(known, right) = depth;
        }
    }
}

const fn slot(rights: &mut TableRights, right: Right) -> &mut Depth {
    match right {
        Right::Create => &mut rights.create,
        Right::Read => &mut rights.read,
        Right::Write => &mut rights.write,
        Right::Delete => &mut rights.delete,
        Right::Append => &mut rights.append,
        Right::AppendTo => &mut rights.append_to,
        Right::Assign => &mut rights.assign,
        Right::Share => &mut rights.share,
    }
}

/// The units below one, however deep; the unit itself left out.
fn below(unit: RowId, units: &[BusinessUnit]) -> Vec<RowId> {
    let mut found = vec![unit];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        next += 1;
        for unit in units.iter().filter(|unit| unit.parent == Some(parent)) {
            // A circle in the hierarchy must not hold the server.
            if !found.contains(&unit.id) {
                found.push(unit.id);
            }
        }
    }
    found.remove(0);
    found
}

/// How far a privilege of this depth reaches into a table.
fn reach(table: &Table, depth: Depth, profile: &UserProfile, units_below: &[RowId]) -> Reach {
    let owners = || std::iter::once(profile.user).chain(profile.teams.iter().copied()).collect();
    let rows = |business_units: Vec<RowId>| Reach::Rows { owners: owners(), business_units };
    match depth {
        Depth::None => Reach::Nothing,
        Depth::Organization => Reach::Everything,
        _ if table.ownership == Ownership::Organization => Reach::Everything,
        Depth::User => rows(Vec::new()),
        Depth::BusinessUnit => rows(vec![profile.business_unit]),
        Depth::ParentBusinessUnit => {
            rows(std::iter::once(profile.business_unit).chain(units_below.iter().copied()).collect())
        }
    }
}

fn access(metadata: &Metadata, profile: &UserProfile, units_below: &[RowId]) -> Access {
    let reach_into = |table: &Table| {
        let depth = profile.privileges.depth(table.name.as_str(), Right::Read);
        (table.name.clone(), reach(table, depth, profile, units_below))
    };
    Access::to(metadata.tables.iter().map(reach_into).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> RowId {
        RowId::from_u128(number)
    }

    #[test]
    fn units_below_are_found_at_any_depth_and_circles_end() {
        let unit =
            |number: u128, parent: Option<u128>| BusinessUnit { id: id(number), parent: parent.map(id) };
        let units = [
            unit(1, None),
            unit(2, Some(1)),
            unit(3, Some(2)),
            unit(4, Some(1)),
            unit(5, Some(6)),
            unit(6, Some(5)),
        ];
        assert_eq!(below(id(1), &units), [id(2), id(4), id(3)]);
        assert_eq!(below(id(3), &units), []);
        assert_eq!(below(id(5), &units), [id(6)]);
    }

    #[test]
    fn roles_add_up_to_the_farthest_reach() {
        let role = |read, write| {
            let rights = TableRights { read, write, ..TableRights::default() };
            Privileges(std::iter::once(("account".into(), rights)).collect())
        };
        let mut all = Privileges::default();
        join(&mut all, &role(Depth::BusinessUnit, Depth::User));
        join(&mut all, &role(Depth::User, Depth::Organization));
        assert_eq!(all.depth("account", Right::Read), Depth::BusinessUnit);
        assert_eq!(all.depth("account", Right::Write), Depth::Organization);
        assert_eq!(all.depth("account", Right::Delete), Depth::None);
    }
}
