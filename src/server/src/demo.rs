//! Fills a new org with the solution's demo data: people who can sign in, and everything they work with.

use crate::app::{ORGANIZATION, OpenError};
use crate::options::DemoSize;
use crate::sign_in::hash_password;
use model::component::{KindVisitor, Part, visit_kinds};
use model::{ComponentKind, Metadata, Table, Timestamp};
use solution::demo::{Demo, Size, generate};
use std::collections::BTreeMap;
use std::convert::Infallible;
use store_sql::{BulkRow, Client, Customization, Database, RoleRow, SignIn, UserSettings, WriteTransaction};

/// The same org at every start, so that screenshots and tests agree.
const SEED: u64 = 2026;
const PASSWORD: &str = "demo";
/// The service client's id; its secret is the password.
const CLIENT: &str = "demo";
/// The user the service client acts as.
const CLIENT_USER: &str = "admin";
/// The setting that marks an org with demo accounts.
const MARK: &str = "demo";
const ROWS_AT_ONCE: usize = 2000;

/// True for an org with demo accounts, whatever this start was told.
pub async fn is_demo(database: &Database) -> Result<bool, OpenError> {
    Ok(database.read().await?.setting(MARK).await?.is_some())
}

/// The user names to show at the start.
pub fn users() -> Vec<String> {
    ["rep-fr", "rep-de", "manager", "admin"].map(str::to_owned).to_vec()
}

/// Makes the whole org in one transaction: a start that is broken off leaves nothing behind.
pub async fn fill(database: &Database, size: DemoSize, now: Timestamp) -> Result<(), OpenError> {
    let size = match size {
        DemoSize::None => return Ok(()),
        DemoSize::Small => Size::Small,
        DemoSize::Large => Size::Large,
    };
    let demo = generate(SEED, size, model::TimeZone::utc().date_of(now));
    let password_hash = hash_password(PASSWORD.to_owned()).await.map_err(OpenError::Password)?;
    let mut write = database.write().await?;
    // Another server on this database may have started at the same moment.
    if !write.add_setting(MARK, "yes").await? {
        return Ok(());
    }
    customize(&mut write).await?;
    put_rows(&mut write, &demo).await?;
    put_people(&mut write, &demo, &password_hash).await?;
    write.put_setting(ORGANIZATION, &demo.organization.to_string()).await?;
    write.commit().await?;
    Ok(())
}

/// Makes the demo company's own tables, columns and screens, and lets its people work with them.
async fn customize(write: &mut WriteTransaction) -> Result<(), OpenError> {
    let before = solution::metadata()?;
    let after = solution::demo::customize(before.clone())?;
    write.customize(&differences(&before, &after)).await?;
    for role in solution::demo::customize_roles(solution::roles()?)? {
        write.put_role(&RoleRow { name: role.name, privileges: role.privileges }).await?;
    }
    Ok(())
}

/// What leads from one metadata to another that only adds and changes: of a table that both have, its columns and
/// relationships one by one, so that the rest of it stays the solution's.
fn differences(before: &Metadata, after: &Metadata) -> Vec<Customization> {
    let mut found = Differences { before, after, changes: Vec::new() };
    let Ok(()) = visit_kinds(&mut found);
    found.changes
}

struct Differences<'a> {
    before: &'a Metadata,
    after: &'a Metadata,
    changes: Vec<Customization>,
}

impl KindVisitor for Differences<'_> {
    type Error = Infallible;

    fn visit<T: Part>(&mut self) -> Result<(), Infallible> {
        if T::KIND == ComponentKind::Table {
            self.tables();
            return Ok(());
        }
        let known: BTreeMap<String, &T> =
            T::list(self.before).iter().map(|part| (part.key(), part)).collect();
        let changed = T::list(self.after).iter().filter(|part| known.get(&part.key()) != Some(part));
        self.changes.extend(changed.map(Customization::put));
        Ok(())
    }
}

impl Differences<'_> {
    fn tables(&mut self) {
        for table in &self.after.tables {
            match self.before.table(table.name.as_str()) {
                Some(known) => self.parts_of(known, table),
                None => self.changes.push(Customization::put(table)),
            }
        }
    }

    fn parts_of(&mut self, known: &Table, table: &Table) {
        let columns = table.columns.iter().filter(|column| !known.columns.contains(column));
        self.changes.extend(columns.map(|column| Customization::put_column(&table.name, column)));
        let relationships = table.relationships.iter().filter(|it| !known.relationships.contains(it));
        self.changes.extend(relationships.map(|it| Customization::put_relationship(&table.name, it)));
    }
}

async fn put_rows(write: &mut WriteTransaction, demo: &Demo) -> Result<(), OpenError> {
    for table in demo.tables() {
        let mut rows = demo.rows(table).map(|row| BulkRow { id: row.id, columns: row.columns });
        loop {
            let chunk: Vec<BulkRow> = rows.by_ref().take(ROWS_AT_ONCE).collect();
            if chunk.is_empty() {
                break;
            }
            write.create_many(table, &chunk).await?;
        }
        tracing::info!(table, rows = demo.count(table), "demo rows written");
    }
    Ok(())
}

async fn put_people(write: &mut WriteTransaction, demo: &Demo, password_hash: &str) -> Result<(), OpenError> {
    for user in &demo.users {
        let id = user.row.id;
        let currency =
            user.row.columns.get("transactioncurrencyid").as_reference().map(|currency| currency.id);
        let settings = UserSettings {
            language: user.language,
            locale: user.locale.to_owned(),
            time_zone: user.time_zone.to_owned(),
            currency,
        };
        write.put_user_settings(id, &settings).await?;
        for role in &user.roles {
            write.give_role(id, role).await?;
        }
        for team in &user.teams {
            write.put_team_member(*team, id).await?;
        }
        let (user_name, password_hash) = (user.user_name.clone(), password_hash.to_owned());
        if user_name == CLIENT_USER {
            let secret_hash = password_hash.clone();
            write.put_client(&Client { client_id: CLIENT.to_owned(), user: id, secret_hash }).await?;
        }
        write.put_sign_in(&SignIn { user_name, user: id, password_hash }).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_company_s_own_is_what_leads_from_the_solution_to_its_metadata() {
        let before = solution::metadata().unwrap();
        let after = solution::demo::customize(before.clone()).unwrap();
        let changes = differences(&before, &after);
        let put = |part: &Customization| changes.contains(part);
        assert!(put(&Customization::put(after.table("new_visitreport").unwrap())));
        let opportunity = after.table("opportunity").unwrap();
        let column = opportunity.column("new_mounting").unwrap();
        assert!(put(&Customization::put_column(&opportunity.name, column)));
        assert!(!put(&Customization::put(opportunity)), "the table itself stays the solution's");
        let task = after.table("task").unwrap();
        let regarding = task.column("regardingobjectid").unwrap();
        assert!(put(&Customization::put_column(&task.name, regarding)), "it has one more target");
        let new_columns = opportunity.columns.iter().filter(|column| column.custom).count();
        assert!(changes.len() > new_columns + 20 && changes.len() < 120, "{}", changes.len());
        assert!(differences(&after, &after).is_empty());
    }
}
