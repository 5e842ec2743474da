//! `Request::NewRow`: what a new row starts with.

use crate::definitions::Definitions;
use crate::message::{Failure, Reply};
use crate::session::Session;
use model::{Columns, Reference, Table, TableName, Value};
use sales::Situation;
use store::Store;

impl Session {
    pub(crate) async fn new_row(&self, table: &TableName, preset: Columns) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let definition = definitions.table(table)?;
        let given = from_parents(definition, preset, &definitions, &device.store).await?;
        let units_below = definitions.units_below(&device.store).await?;
        let situation = Situation {
            metadata: definitions.metadata(),
            table: definition,
            row: None,
            user: &definitions.profile,
            units_below: &units_below,
            now: self.parts.clock.now(),
        };
        let mut columns = sales::new_row(&situation, &given);
        for value in columns.0.values_mut() {
            if let Value::Reference(reference) = value {
                name_reference(reference, &definitions, &device.store).await?;
            }
        }
        Ok(Reply::NewRow(columns))
    }
}

/// The columns given, and what follows from the rows they point to: the customer's own lookups and the currency.
async fn from_parents(
    table: &Table,
    mut given: Columns,
    definitions: &Definitions,
    store: &Store,
) -> Result<Columns, Failure> {
    if table.name == "opportunity" {
        if let Some(customer) = given.get("customerid").as_reference().cloned() {
            let column = if customer.table == "contact" { "parentcontactid" } else { "parentaccountid" };
            set_if_free(table, &mut given, column, Value::Reference(customer));
        }
        if let Some(contact) = given.get("parentcontactid").as_reference().cloned()
            && let Some(row) = row_of(&contact, definitions, store).await?
        {
            let company = row.get("parentcustomerid").as_reference().cloned();
            if let Some(account) = company.filter(|company| company.table == "account") {
                set_if_free(table, &mut given, "parentaccountid", Value::Reference(account));
            }
        }
    }
    let parents: Vec<Reference> =
        given.iter().filter_map(|(_, value)| value.as_reference().cloned()).collect();
    for parent in parents.iter().filter(|parent| parent.table != "transactioncurrency") {
        let Some(row) = row_of(parent, definitions, store).await? else { continue };
        let currency = row.get("transactioncurrencyid").clone();
        if !currency.is_null() {
            set_if_free(table, &mut given, "transactioncurrencyid", currency);
        }
    }
    Ok(given)
}

fn set_if_free(table: &Table, columns: &mut Columns, column: &str, value: Value) {
    if table.column(column).is_some() && columns.get(column).is_null() {
        columns.set(column, value);
    }
}

async fn row_of(
    reference: &Reference,
    definitions: &Definitions,
    store: &Store,
) -> Result<Option<Columns>, Failure> {
    if definitions.table(&reference.table).is_err() {
        return Ok(None);
    }
    Ok(store.row(&reference.table, reference.id).await?.map(|row| row.current.columns))
}

/// Gives a reference the name to show, where the row is on the device.
async fn name_reference(
    reference: &mut Reference,
    definitions: &Definitions,
    store: &Store,
) -> Result<(), Failure> {
    if reference.name.is_some() {
        return Ok(());
    }
    if let Some(columns) = row_of(reference, definitions, store).await? {
        let table = definitions.table(&reference.table)?;
        reference.name = Some(Definitions::row_name(table, &columns)).filter(|name| !name.is_empty());
    }
    Ok(())
}
