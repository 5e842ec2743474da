//! Relationships: those that come with a lookup, those of the org's own making, and what amounts of money need.

use super::attribute::new_column;
use super::json::{Members, bad, custom_name};
use crate::error::Answered;
use model::{
    Cascade, Cascades, Column, ColumnKind, Label, LookupStyle, ManyToMany, Metadata, Ownership, Relationship,
    Requirement, Table, TableName, TableSource, Writable,
};
use serde_json::Value;
use store_sql::Customization;

/// The relationships of a lookup, each with its parent.
pub fn of_column(
    child: &TableName,
    column: &Column,
    schema_name: Option<&str>,
    cascades: Cascades,
) -> Vec<(TableName, Relationship)> {
    let ColumnKind::Lookup { targets, style } = &column.kind else { return Vec::new() };
    let property = schema_name.unwrap_or(column.name.as_str());
    let navigation = |target: &TableName| {
        if targets.len() == 1 || *style == LookupStyle::Owner {
            property.to_owned()
        } else {
            format!("{property}_{target}")
        }
    };
    let relationship = |target: &TableName| Relationship {
        name: format!("{target}_{child}_{}", column.name),
        child: child.clone(),
        column: column.name.clone(),
        navigation: navigation(target),
        cascades,
        hierarchical: false,
        mappings: Vec::new(),
    };
    targets.iter().map(|target| (target.clone(), relationship(target))).collect()
}

/// A table that rows can refer to.
pub fn check_parent(metadata: &Metadata, name: &TableName) -> Answered<()> {
    match metadata.table(name.as_str()) {
        Some(_) => Ok(()),
        None => Err(bad(format!("there is no table “{name}” to refer to"))),
    }
}

/// The columns that columns of a table need beside them: of each amount of money the one in the org's currency, and the
/// row's currency and its rate.
pub fn companions(columns: &[Column], metadata: &Metadata) -> Vec<Column> {
    let mut added: Vec<Column> = Vec::new();
    for column in columns.iter().filter(|column| matches!(column.kind, ColumnKind::Money { .. })) {
        let name = format!("{}_base", column.name);
        if columns.iter().all(|known| known.name != *name) {
            added.push(Column {
                name: name.as_str().into(),
                kind: ColumnKind::BaseMoney { of: column.name.clone() },
                required: Requirement::None,
                writable: Writable::Never,
                auto_number: String::new(),
                label: base_label(&column.label),
                description: Label::default(),
                custom: column.custom,
            });
        }
    }
    let has_money = columns.iter().any(|column| matches!(column.kind, ColumnKind::Money { .. }));
    for name in ["transactioncurrencyid", "exchangerate"] {
        let is_missing = has_money && columns.iter().all(|column| column.name != *name);
        let owner = |table: &&Table| table.name != *"transactioncurrency" && table.column(name).is_some();
        let known = metadata.tables.iter().find(owner).and_then(|table| table.column(name));
        added.extend(known.filter(|_| is_missing).cloned());
    }
    added
}

fn base_label(label: &Label) -> Label {
    let mut base = Label::default();
    for (lcid, text) in label.iter() {
        let word = match lcid {
            1036 => "de base",
            1031 => "Basis",
            _ => "Base",
        };
        base.set(lcid, format!("{text} ({word})"));
    }
    base
}

/// What keeps a new column: the column, its companions and its relationships.
pub fn put_column(
    table: &Table,
    column: Column,
    schema_name: &str,
    metadata: &Metadata,
) -> Answered<Vec<Customization>> {
    let mut columns = table.columns.clone();
    columns.push(column.clone());
    let companions =
        companions(&columns, metadata).into_iter().map(|column| Column { custom: true, ..column });
    let mut changes = Vec::new();
    for (column, schema_name) in
        std::iter::once((column, Some(schema_name))).chain(companions.map(|column| (column, None)))
    {
        let cascades = Cascades { delete: Cascade::RemoveLink, ..Cascades::default() };
        for (parent, relationship) in of_column(&table.name, &column, schema_name, cascades) {
            check_parent(metadata, &parent)?;
            changes.push(Customization::put_relationship(&parent, &relationship));
        }
        changes.push(Customization::put_column(&table.name, &column));
    }
    Ok(changes)
}

/// What removes a column: the column, its companion and its relationships.
pub fn remove_column(table: &Table, column: &Column, metadata: &Metadata) -> Vec<Customization> {
    let mut changes = vec![Customization::remove_column(&table.name, &column.name)];
    for parent in &metadata.tables {
        let of_column = |it: &&Relationship| it.child == table.name && it.column == column.name;
        let gone = parent.relationships.iter().filter(of_column);
        changes.extend(gone.map(|it| Customization::remove_relationship(&parent.name, &it.name)));
    }
    let is_base = |other: &&Column| matches!(&other.kind, ColumnKind::BaseMoney { of } if *of == column.name);
    let bases = table.columns.iter().filter(is_base);
    changes.extend(bases.map(|base| Customization::remove_column(&table.name, &base.name)));
    changes
}

/// A relationship of the org's own: a one-to-many with its lookup, or a many-to-many with its table.
pub fn new_relationship(value: &Value, metadata: &Metadata) -> Answered<(String, Vec<Customization>)> {
    let members = Members::of(value, "the relationship");
    let name = members.needed("SchemaName")?.to_owned();
    custom_name(&name)?;
    let is_known = metadata.tables.iter().any(|table| {
        table.relationships.iter().any(|it| it.name == name)
            || table.many_to_many.iter().any(|it| it.name == name)
    });
    if is_known {
        return Err(bad(format!("there is a relationship “{name}” already")));
    }
    let changes = match members.odata_type() {
        Some("OneToManyRelationshipMetadata") => one_to_many(members, &name, metadata)?,
        Some("ManyToManyRelationshipMetadata") => many_to_many(members, &name, metadata)?,
        _ => {
            let kinds = "OneToManyRelationshipMetadata or ManyToManyRelationshipMetadata";
            return Err(members.wrong("@odata.type", kinds));
        }
    };
    Ok((name, changes))
}

fn table<'m>(members: Members<'_>, member: &str, metadata: &'m Metadata) -> Answered<&'m Table> {
    let name = members.needed(member)?;
    metadata.table(name).ok_or_else(|| bad(format!("{member}: there is no table “{name}”")))
}

fn one_to_many(members: Members<'_>, name: &str, metadata: &Metadata) -> Answered<Vec<Customization>> {
    let parent = table(members, "ReferencedEntity", metadata)?;
    let child = table(members, "ReferencingEntity", metadata)?;
    let lookup =
        members.get("Lookup").ok_or_else(|| bad("Lookup, the column of the relationship, is missing"))?;
    let mut lookup = lookup.clone();
    if let Value::Object(lookup) = &mut lookup {
        lookup
            .insert("@odata.type".to_owned(), Value::from("Microsoft.Dynamics.CRM.LookupAttributeMetadata"));
        lookup.insert("Targets".to_owned(), Value::from(vec![parent.name.as_str()]));
    }
    let schema_name = Members::of(&lookup, "Lookup").needed("SchemaName")?.to_owned();
    let column = new_column(&lookup)?;
    if child.column(column.name.as_str()).is_some() {
        return Err(bad(format!("{} has a column “{}” already", child.name, column.name)));
    }
    let cascades = cascades(members)?;
    let mut changes = Vec::new();
    for (parent, mut relationship) in of_column(&child.name, &column, Some(&schema_name), cascades) {
        name.clone_into(&mut relationship.name);
        relationship.hierarchical = members.boolean("IsHierarchical")?.unwrap_or(false);
        changes.push(Customization::put_relationship(&parent, &relationship));
    }
    changes.push(Customization::put_column(&child.name, &column));
    Ok(changes)
}

fn cascades(members: Members<'_>) -> Answered<Cascades> {
    let Some(configuration) = members.get("CascadeConfiguration") else {
        return Ok(Cascades { delete: Cascade::RemoveLink, ..Cascades::default() });
    };
    let configuration = Members::of(configuration, "CascadeConfiguration");
    let one = |name: &str, unsaid: Cascade| {
        Ok(match configuration.text(name)? {
            None => unsaid,
            Some("Cascade") => Cascade::Cascade,
            Some("NoCascade") => Cascade::None,
            Some("RemoveLink") => Cascade::RemoveLink,
            Some("Restrict") => Cascade::Restrict,
            Some(_) => {
                let known = "Cascade, NoCascade, RemoveLink or Restrict";
                return Err(configuration.wrong(name, known));
            }
        })
    };
    Ok(Cascades {
        delete: one("Delete", Cascade::RemoveLink)?,
        assign: one("Assign", Cascade::None)?,
        share: one("Share", Cascade::None)?,
        merge: one("Merge", Cascade::None)?,
        reparent: one("Reparent", Cascade::None)?,
    })
}

fn many_to_many(members: Members<'_>, name: &str, metadata: &Metadata) -> Answered<Vec<Customization>> {
    let first = table(members, "Entity1LogicalName", metadata)?;
    let second = table(members, "Entity2LogicalName", metadata)?;
    let intersect = custom_name(members.text("IntersectEntityName")?.unwrap_or(name))?;
    if metadata.table(&intersect).is_some() {
        return Err(bad(format!("there is a table “{intersect}” already")));
    }
    let column = |name: String, kind: ColumnKind, label: &Label| Column {
        name: name.as_str().into(),
        kind,
        required: Requirement::System,
        writable: Writable::OnCreate,
        custom: false,
        auto_number: String::new(),
        label: label.clone(),
        description: Label::default(),
    };
    let lookup = |table: &Table, name: String| {
        let kind = ColumnKind::Lookup { targets: vec![table.name.clone()], style: LookupStyle::Simple };
        column(name, kind, &table.label)
    };
    // A relationship of a table with itself needs two names.
    let (one, two) = if first.name == second.name {
        (format!("{}one", first.primary_id), format!("{}two", second.primary_id))
    } else {
        (first.primary_id.to_string(), second.primary_id.to_string())
    };
    let columns = vec![
        column(format!("{intersect}id"), ColumnKind::UniqueId, &first.label),
        lookup(first, one.clone()),
        lookup(second, two.clone()),
    ];
    let code = metadata.tables.iter().map(|table| table.object_type_code).max().unwrap_or(0);
    let joining = Table {
        name: intersect.as_str().into(),
        set_name: format!("{intersect}set"),
        primary_id: format!("{intersect}id").as_str().into(),
        primary_name: format!("{intersect}id").as_str().into(),
        object_type_code: code.saturating_add(1).max(10_000),
        ownership: Ownership::Organization,
        source: TableSource::Intersect,
        custom: true,
        is_available_offline: true,
        label: first.label.clone(),
        plural_label: first.plural_label.clone(),
        keys: vec![vec![one.as_str().into(), two.as_str().into()]],
        columns,
        ..Table::default()
    };
    let relationship = ManyToMany {
        name: name.to_owned(),
        intersect: joining.name.clone(),
        column: one.as_str().into(),
        other: second.name.clone(),
        other_column: two.as_str().into(),
    };
    Ok(vec![Customization::put(&joining), Customization::put_many_to_many(&first.name, &relationship)])
}

/// What removes a relationship of the org's own.
pub fn remove_relationship(name: &str, metadata: &Metadata) -> Answered<Vec<Customization>> {
    for table in &metadata.tables {
        if let Some(it) = table.relationships.iter().find(|it| it.name == name) {
            let child = metadata.table(it.child.as_str());
            let column = child.and_then(|child| Some((child, child.column(it.column.as_str())?)));
            return match column.filter(|(_, column)| column.custom) {
                Some((child, column)) => {
                    let used =
                        super::check::dependants(metadata, child.name.as_str(), Some(column.name.as_str()));
                    super::check::refuse_dependants(&format!("the lookup {} of {name}", column.name), &used)?;
                    Ok(remove_column(child, column, metadata))
                }
                None => Err(bad(format!("{name} is the solution's and cannot be removed"))),
            };
        }
        if let Some(it) = table.many_to_many.iter().find(|it| it.name == name) {
            let joining = metadata.table(it.intersect.as_str()).filter(|joining| joining.custom);
            let joining =
                joining.ok_or_else(|| bad(format!("{name} is the solution's and cannot be removed")))?;
            let key = model::component::key_of(joining);
            return Ok(vec![
                Customization::remove_many_to_many(&table.name, name),
                Customization::remove(&key),
            ]);
        }
    }
    Err(bad(format!("there is no relationship “{name}”")))
}
