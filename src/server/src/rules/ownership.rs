//! Who a row belongs to: the owner given or the caller, and the columns that follow from it.

use super::Work;
use super::parents::{self, follows_parent};
use crate::error::{Answered, Failure};
use model::{Columns, Ownership, Reference, Table, Value};
use odata::codes;
use store_sql::Hold;

/// Sets the owner of a new row, and what follows from it.
pub async fn own_new(work: &mut Work<'_>, table: &Table, columns: &mut Columns) -> Answered<()> {
    match table.ownership {
        Ownership::User => {
            if follows_parent(table)
                && let Some(owner) = owner_of_parent(work, table, columns).await?
            {
                columns.set("ownerid", owner);
            }
            if columns.get("ownerid").is_null() {
                columns.set("ownerid", super::user_reference(work.caller.profile.user));
            }
            follow_owner(work, table, columns).await
        }
        Ownership::Business => {
            let is_unit = table.name == *"businessunit";
            if !is_unit && columns.get("businessunitid").is_null() {
                let unit = work.caller.profile.business_unit;
                columns.set("businessunitid", unit_reference(unit));
            }
            Ok(())
        }
        Ownership::Organization | Ownership::Parent => Ok(()),
    }
}

/// The owner of the row that a new row belongs to.
async fn owner_of_parent(work: &mut Work<'_>, table: &Table, columns: &Columns) -> Answered<Option<Value>> {
    for (lookup, parent) in parents::of(work.metadata(), table) {
        let Some(reference) = columns.get(lookup.as_str()).as_reference() else { continue };
        if reference.table != parent.name || parent.ownership != Ownership::User {
            continue;
        }
        let found = work.transaction.row(parent.name.as_str(), reference.id, Hold::Existence).await?;
        if let Some(found) = found {
            return Ok(Some(found.columns.get("ownerid").clone()));
        }
    }
    Ok(None)
}

/// Sets what follows from `ownerid`: the owning user or team, and the unit the row belongs to.
pub async fn follow_owner(work: &mut Work<'_>, table: &Table, columns: &mut Columns) -> Answered<()> {
    let Some(owner) = columns.get("ownerid").as_reference().cloned() else {
        return Err(refuse("ownerid must name a user or a team; an owned row cannot be nobody's"));
    };
    let row =
        work.transaction.row(owner.table.as_str(), owner.id, Hold::Existence).await?.ok_or_else(|| {
            refuse(&format!("{} With Id = {} Does Not Exist, so it can own nothing", owner.table, owner.id))
        })?;
    if *row.columns.get("isdisabled") == Value::Boolean(true) {
        return Err(refuse("the new owner is disabled; choose another"));
    }
    let unit = row.columns.get("businessunitid").as_reference().map(|unit| unit.id);
    let unit = unit.ok_or_else(|| refuse("the new owner belongs to no business unit; choose another"))?;
    let is_user = owner.table == *"systemuser";
    let owner = Value::Reference(owner);
    let mut set = |name: &str, value: Value| {
        if table.column(name).is_some() {
            columns.set(name, value);
        }
    };
    set("owningbusinessunit", unit_reference(unit));
    set("owninguser", if is_user { owner.clone() } else { Value::Null });
    set("owningteam", if is_user { Value::Null } else { owner });
    Ok(())
}

fn unit_reference(unit: model::RowId) -> Value {
    Value::Reference(Reference { table: "businessunit".into(), id: unit, name: None })
}

fn refuse(message: &str) -> Failure {
    Failure::refuse(400, codes::INVALID_ARGUMENT, message)
}
