//! Operators that follow a hierarchy: of the rows of a table, or of the users.

use super::Binder;
use super::condition::Resolver;
use super::operand::Family;
use crate::QueryError;
use crate::bound::{BoundLink, Direction, HierarchyTest, Predicate, Test};
use crate::plan::LinkKind;
use model::{ColumnKind, ColumnName, RowId, Table, TableName, Value};

const USER_TABLE: &str = "systemuser";
/// The table that says which users are in which teams.
const MEMBERSHIP_TABLE: &str = "teammembership";
const MEMBER: &str = "systemuserid";
const TEAM: &str = "teamid";

/// What a hierarchy operator means; nothing for another operator.
pub(super) fn resolve(
    resolver: &Resolver<'_, '_>,
    binder: &mut Binder<'_>,
) -> Result<Option<Predicate>, QueryError> {
    let of_rows = |direction, includes_self| rows(resolver, binder, direction, includes_self).map(Some);
    match resolver.operator {
        "under" => of_rows(Direction::Under, false),
        "eq-or-under" => of_rows(Direction::Under, true),
        "not-under" => Ok(of_rows(Direction::Under, false)?.map(|under| Predicate::Not(Box::new(under)))),
        "above" => of_rows(Direction::Above, false),
        "eq-or-above" => of_rows(Direction::Above, true),
        "eq-useroruserhierarchy" => users(resolver, binder).map(Some),
        "eq-useroruserhierarchyandteams" => users_and_teams(resolver, binder).map(Some),
        _ => Ok(None),
    }
}

/// The rows above or under the one that the operand names.
fn rows(
    resolver: &Resolver<'_, '_>,
    binder: &Binder<'_>,
    direction: Direction,
    includes_self: bool,
) -> Result<Predicate, QueryError> {
    let target = &resolver.found.target;
    resolver.fits(matches!(target.family, Family::Id | Family::Reference))?;
    resolver.takes(1, "one value")?;
    let of = resolver.value(0)?;
    let of = crate::id_of(&of).unwrap_or(RowId::from_u128(0));
    let tables: Vec<&Table> = match &target.column.kind {
        ColumnKind::Lookup { targets, .. } => {
            targets.iter().filter_map(|name| binder.tables.table(name.as_str())).collect()
        }
        _ if target.column.name == target.table.primary_id => vec![target.table],
        _ => Vec::new(),
    };
    let tests = tables.iter().filter_map(|table| {
        let parent = table.hierarchy()?.column.clone();
        Some(test(resolver, table.name.clone(), parent, direction, of, includes_self))
    });
    let mut tests: Vec<_> = tests.collect();
    match tests.len() {
        0 => Err(QueryError::NoHierarchy {
            operator: resolver.operator.to_owned(),
            table: target.table.name.clone(),
            column: target.column.name.clone(),
        }),
        // A lookup to several tables: the ids of one are none of another's.
        1 => Ok(tests.remove(0)),
        _ => Ok(Predicate::Or(tests)),
    }
}

fn test(
    resolver: &Resolver<'_, '_>,
    table: TableName,
    parent: ColumnName,
    direction: Direction,
    of: RowId,
    includes_self: bool,
) -> Predicate {
    let (link, column) = (resolver.found.link.clone(), resolver.found.target.column.name.clone());
    Predicate::Hierarchy(Box::new(HierarchyTest {
        link,
        column,
        table,
        parent,
        direction,
        of,
        includes_self,
    }))
}

/// The user and who reports to the user, directly or over others.
fn users(resolver: &Resolver<'_, '_>, binder: &Binder<'_>) -> Result<Predicate, QueryError> {
    resolver.fits(matches!(resolver.found.target.family, Family::Id | Family::Reference))?;
    resolver.takes(0, "no value")?;
    let (table, parent) = reporting(binder)?;
    Ok(test(resolver, table, parent, Direction::Under, binder.caller.user, true))
}

/// The table of the users and its lookup of the manager.
fn reporting(binder: &Binder<'_>) -> Result<(TableName, ColumnName), QueryError> {
    let name = TableName::new(USER_TABLE);
    let table = super::table(binder.tables, &name)?;
    let parent = table.hierarchy().map(|relationship| relationship.column.clone());
    let parent = parent.ok_or_else(|| QueryError::NoHierarchy {
        operator: "eq-useroruserhierarchy".to_owned(),
        table: name.clone(),
        column: table.primary_id.clone(),
    })?;
    Ok((name, parent))
}

/// The same users, the user's teams and the teams of those users.
fn users_and_teams(resolver: &Resolver<'_, '_>, binder: &mut Binder<'_>) -> Result<Predicate, QueryError> {
    let mut parts = vec![users(resolver, binder)?];
    if !binder.caller.teams.is_empty() {
        let teams = binder.caller.teams.iter().copied().map(Value::Id);
        parts.push(resolver.wrap(Test::In(teams.collect())));
    }
    let membership = binder.tables.table(MEMBERSHIP_TABLE);
    if let Some(membership) =
        membership.filter(|table| table.column(MEMBER).is_some() && table.column(TEAM).is_some())
    {
        if let Some(alias) = &resolver.found.link {
            return Err(QueryError::Unsupported {
                what: format!(
                    "“{}” with entityname=\"{alias}\" (write the condition inside that <link-entity>)",
                    resolver.operator
                ),
            });
        }
        let (table, parent) = reporting(binder)?;
        let is_member = HierarchyTest {
            link: None,
            column: ColumnName::new(MEMBER),
            table,
            parent,
            direction: Direction::Under,
            of: binder.caller.user,
            includes_self: true,
        };
        parts.push(Predicate::Linked(Box::new(BoundLink {
            table: membership.name.clone(),
            from: ColumnName::new(TEAM),
            to: resolver.found.target.column.name.clone(),
            // No alias that is written can have a space.
            alias: binder.free_alias("teams of users"),
            kind: LinkKind::Any,
            columns: Vec::new(),
            filter: Some(Predicate::Hierarchy(Box::new(is_member))),
            links: Vec::new(),
        })));
    }
    Ok(Predicate::Or(parts))
}
