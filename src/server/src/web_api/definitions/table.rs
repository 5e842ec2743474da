//! Tables of the org's own: from Dataverse's metadata JSON to a table with everything that each table has.

use super::attribute::new_column;
use super::json::{Members, bad, custom_name};
use super::relationship;
use crate::error::Answered;
use model::{
    Cascade, Cascades, Column, ColumnKind, Label, Metadata, Ownership, Relationship, Requirement, Table,
    TableSource, Writable,
};
use serde_json::Value;
use store_sql::Customization;

/// The smallest object type code of a table of the org's own.
const FIRST_CODE: i32 = 10_000;

/// Columns that every table has, taken from the solution's own.
const COMMON: [&str; 9] = [
    "statecode",
    "statuscode",
    "createdon",
    "createdby",
    "createdonbehalfby",
    "modifiedon",
    "modifiedby",
    "modifiedonbehalfby",
    "versionnumber",
];
/// Columns of tables whose rows belong to somebody.
const OWNED: [&str; 4] = ["ownerid", "owningbusinessunit", "owninguser", "owningteam"];

/// A new table and the relationships that come with it.
pub struct NewTable {
    /// The table.
    pub table: Table,
    /// What has to be kept.
    pub changes: Vec<Customization>,
}

/// Reads a new table.
pub fn new_table(value: &Value, metadata: &Metadata) -> Answered<NewTable> {
    let members = Members::of(value, "the table");
    let name = custom_name(members.needed("SchemaName")?)?;
    if metadata.table(&name).is_some() {
        return Err(bad(format!("there is a table “{name}” already")));
    }
    if members.boolean("IsActivity")?.unwrap_or(false) {
        return Err(bad("activity tables of your own cannot be made; make a table with HasActivities"));
    }
    let label = members.label("DisplayName")?.ok_or_else(|| {
        bad(format!(
            "table {name}: DisplayName must have a label in at least one language, for people to read"
        ))
    })?;
    let plural_label = members.label("DisplayCollectionName")?.unwrap_or_else(|| label.clone());
    let ownership = match members.text("OwnershipType")? {
        None | Some("UserOwned") => Ownership::User,
        Some("OrganizationOwned") => Ownership::Organization,
        Some(_) => return Err(members.wrong("OwnershipType", "UserOwned or OrganizationOwned")),
    };
    let set_name = set_name(members, &name, metadata)?;
    let (primary_name, own) = own_columns(members, &name)?;
    let template = template(metadata)?;
    let mut columns = vec![key_column(&name, &label)];
    columns.extend(own);
    let owned = if ownership == Ownership::User { OWNED.as_slice() } else { &[] };
    columns.extend(COMMON.iter().chain(owned).filter_map(|column| template.column(column).cloned()));
    let code = metadata.tables.iter().map(|table| table.object_type_code).max().unwrap_or(0);
    let mut table = Table {
        name: name.as_str().into(),
        set_name,
        primary_id: format!("{name}id").as_str().into(),
        primary_name,
        object_type_code: code.saturating_add(1).max(FIRST_CODE),
        ownership,
        custom: true,
        is_available_offline: members.boolean("IsAvailableOffline")?.unwrap_or(true),
        has_quick_create: members.boolean("IsQuickCreateEnabled")?.unwrap_or(false),
        icon: "table".to_owned(),
        label,
        plural_label,
        description: members.label("Description")?.unwrap_or_default(),
        states: template.states.clone(),
        ..Table::default()
    };
    let mut changes = Vec::new();
    columns.extend(relationship::companions(&columns, metadata));
    for column in columns {
        let cascades = Cascades { delete: cascade_of(&column), ..Cascades::default() };
        for (parent, relationship) in relationship::of_column(&table.name, &column, None, cascades) {
            if parent == table.name {
                table.relationships.push(relationship);
            } else {
                relationship::check_parent(metadata, &parent)?;
                changes.push(Customization::put_relationship(&parent, &relationship));
            }
        }
        table.columns.push(column);
    }
    let parents = [
        ("HasNotes", vec!["annotation"], "objectid"),
        ("HasActivities", activities(metadata), "regardingobjectid"),
    ];
    for (member, children, column) in parents {
        if members.boolean(member)?.unwrap_or(false) {
            for child in children {
                changes.extend(follow(&mut table, metadata, child, column));
            }
        }
    }
    changes.insert(0, Customization::put(&table));
    Ok(NewTable { table, changes })
}

/// A table under other labels.
pub fn changed_table(known: &Table, value: &Value) -> Answered<Table> {
    let place = format!("table {}", known.name);
    let members = Members::of(value, &place);
    let mut table = known.clone();
    let labels = [
        ("DisplayName", &mut table.label),
        ("DisplayCollectionName", &mut table.plural_label),
        ("Description", &mut table.description),
    ];
    for (name, place) in labels {
        for (lcid, text) in members.label(name)?.iter().flat_map(Label::iter) {
            place.set(lcid, text);
        }
    }
    if let Some(quick) = members.boolean("IsQuickCreateEnabled")? {
        table.has_quick_create = quick;
    }
    if let Some(offline) = members.boolean("IsAvailableOffline")? {
        table.is_available_offline = offline;
    }
    Ok(table)
}

fn set_name(members: Members<'_>, name: &str, metadata: &Metadata) -> Answered<String> {
    let wanted = members.text("EntitySetName")?.map(str::to_ascii_lowercase);
    let set_name = wanted.unwrap_or_else(|| {
        if name.ends_with(['s', 'x']) || name.ends_with("ch") {
            format!("{name}es")
        } else {
            format!("{name}s")
        }
    });
    let fits =
        set_name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && set_name.len() <= 60;
    if !fits || metadata.table_of_set(&set_name).is_some() {
        return Err(members.wrong("EntitySetName", "a name of letters, digits and _ that no other table has"));
    }
    Ok(set_name)
}

/// The columns of the request, and which of them names rows.
fn own_columns(members: Members<'_>, table: &str) -> Answered<(model::ColumnName, Vec<Column>)> {
    let mut columns: Vec<Column> = Vec::new();
    let mut primary = members.text("PrimaryNameAttribute")?.map(model::ColumnName::new);
    for value in members.list("Attributes")? {
        let column = new_column(value)?;
        if columns.iter().any(|known| known.name == column.name) {
            return Err(bad(format!("there are two attributes “{}”", column.name)));
        }
        if Members::of(value, "an attribute").boolean("IsPrimaryName")?.unwrap_or(false) {
            primary = Some(column.name.clone());
        }
        columns.push(column);
    }
    let named = primary.and_then(|name| columns.iter_mut().find(|column| column.name == name));
    let named = named.filter(|column| matches!(column.kind, ColumnKind::Text { .. }));
    let named = named.ok_or_else(|| {
        bad(format!("table {table}: Attributes must have a StringAttributeMetadata with IsPrimaryName, which names its rows"))
    })?;
    if named.required == Requirement::None {
        named.required = Requirement::Application;
    }
    Ok((named.name.clone(), columns))
}

fn key_column(table: &str, label: &Label) -> Column {
    Column {
        name: format!("{table}id").as_str().into(),
        kind: ColumnKind::UniqueId,
        required: Requirement::System,
        writable: Writable::OnCreate,
        custom: false,
        auto_number: String::new(),
        label: label.clone(),
        description: Label::default(),
    }
}

/// The table of the solution that has every common column.
fn template(metadata: &Metadata) -> Answered<&Table> {
    let has_all = |table: &&Table| {
        !table.is_activity
            && table.states.len() == 2
            && COMMON.iter().chain(&OWNED).all(|column| table.column(column).is_some())
    };
    let account = metadata.table("account").filter(has_all);
    account
        .or_else(|| metadata.tables.iter().find(has_all))
        .ok_or_else(|| bad("the solution has no table to take the common columns of a new one from"))
}

fn activities(metadata: &Metadata) -> Vec<&str> {
    metadata.tables.iter().filter(|table| table.is_activity).map(|table| table.name.as_str()).collect()
}

/// Lets rows of `child` be about rows of the new table.
fn follow(table: &mut Table, metadata: &Metadata, child: &str, column: &str) -> Option<Customization> {
    let child = metadata.table(child)?;
    let mut column = child.column(column)?.clone();
    let ColumnKind::Lookup { targets, .. } = &mut column.kind else { return None };
    targets.push(table.name.clone());
    table.relationships.push(Relationship {
        name: format!("{}_{}", table.name, child.set_name),
        child: child.name.clone(),
        column: column.name.clone(),
        navigation: if child.is_activity {
            format!("{}_{}_{}", column.name, table.name, child.name)
        } else {
            format!("{}_{}", column.name, table.name)
        },
        // Of all activities seen as one nothing can be deleted; each goes with its own table.
        cascades: Cascades {
            delete: if child.source == TableSource::Activities {
                Cascade::RemoveLink
            } else {
                Cascade::Cascade
            },
            ..Cascades::default()
        },
        hierarchical: false,
        mappings: Vec::new(),
    });
    Some(Customization::put_column(&child.name, &column))
}

/// What becomes of a row when what it refers to is deleted: a row keeps its owner and currency.
fn cascade_of(column: &Column) -> Cascade {
    match column.name.as_str() {
        "ownerid" | "transactioncurrencyid" => Cascade::Restrict,
        name if COMMON.contains(&name) || OWNED.contains(&name) => Cascade::None,
        _ => Cascade::RemoveLink,
    }
}
