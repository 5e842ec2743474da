//! What every org has before anybody works in it: the solution's roles, and the first unit, currency and administrator.

use crate::app::OpenError;
use crate::error::Failure;
use crate::random;
use model::{Columns, Decimal, Language, Reference, RowId, TableName, Timestamp, Value};
use odata::codes;
use store_sql::{Database, RoleRow, SignIn, UserSettings, WriteTransaction};

/// The role of those who may do everything.
pub const ADMINISTRATOR_ROLE: &str = "System Administrator";

/// Adds the solution's roles and brings known ones up to it. What they allow on tables of the org's own stays.
pub async fn put_roles(database: &Database) -> Result<(), OpenError> {
    let roles = solution::roles()?;
    let mut write = database.write().await?;
    let definitions = write.definitions();
    let own =
        |table: &TableName| definitions.metadata.table(table.as_str()).is_some_and(|table| table.custom);
    for role in roles {
        let mut privileges = role.privileges;
        if let Some(known) = write.role(&role.name).await? {
            let kept = known.privileges.0.into_iter().filter(|(table, _)| own(table));
            for (table, rights) in kept {
                privileges.0.entry(table).or_insert(rights);
            }
        }
        write.put_role(&RoleRow { name: role.name, privileges }).await?;
    }
    write.commit().await?;
    Ok(())
}

/// Who sets the org up.
#[derive(Debug)]
pub struct Administrator {
    /// The org's name, which becomes that of its first business unit.
    pub organization: String,
    /// The administrator's name.
    pub full_name: String,
    /// What they sign in with, in lower case.
    pub user_name: String,
    /// The password's hash.
    pub password_hash: String,
    /// The language of screens.
    pub language: Language,
    /// IANA name.
    pub time_zone: String,
    /// Now.
    pub now: Timestamp,
}

/// Makes the org's first rows. An org whose set-up was repeated keeps the rows it has and gets one more administrator.
pub async fn put_administrator(
    write: &mut WriteTransaction,
    administrator: Administrator,
) -> Result<(), Failure> {
    if administrator.user_name.is_empty() {
        return Err(Failure::refuse(400, codes::INVALID_ARGUMENT, "the user name is empty"));
    }
    let (unit, currency, user) = (random::row_id()?, random::row_id()?, random::row_id()?);
    let Administrator { organization, full_name, user_name, password_hash, language, time_zone, now } =
        administrator;
    let to = |table: &str, id: RowId| Value::Reference(Reference { table: table.into(), id, name: None });
    let stamped = |columns: Columns| {
        columns
            .with("createdon", Value::DateTime(now))
            .with("modifiedon", Value::DateTime(now))
            .with("createdby", to("systemuser", user))
            .with("modifiedby", to("systemuser", user))
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let (name, code, symbol) = currency_of(language);
    let euro = Columns::new()
        .with("currencyname", text(name))
        .with("isocurrencycode", text(code))
        .with("currencysymbol", text(symbol))
        .with("currencyprecision", Value::Integer(2))
        .with("exchangerate", Value::Decimal(Decimal::ONE))
        .with("statecode", Value::Choice(0))
        .with("statuscode", Value::Choice(1));
    write.create("transactioncurrency", currency, &stamped(euro)).await?;
    let root = Columns::new()
        .with("name", text(&organization))
        .with("isdisabled", Value::Boolean(false))
        .with("transactioncurrencyid", to("transactioncurrency", currency));
    write.create("businessunit", unit, &stamped(root)).await?;
    let (first, last) = full_name.rsplit_once(' ').unwrap_or(("", full_name.as_str()));
    let person = Columns::new()
        .with("fullname", text(&full_name))
        .with("firstname", text(first))
        .with("lastname", text(last))
        .with("domainname", text(&user_name))
        .with("businessunitid", to("businessunit", unit))
        .with("transactioncurrencyid", to("transactioncurrency", currency))
        .with("isdisabled", Value::Boolean(false))
        .with("accessmode", Value::Choice(0))
        .with("isintegrationuser", Value::Boolean(false))
        .with("setupuser", Value::Boolean(false));
    write.create("systemuser", user, &stamped(person)).await?;
    write.give_role(user, ADMINISTRATOR_ROLE).await?;
    let locale = match language {
        Language::English => "en-GB",
        Language::French => "fr-FR",
        Language::German => "de-DE",
    };
    let settings = UserSettings { language, locale: locale.to_owned(), time_zone, currency: Some(currency) };
    write.put_user_settings(user, &settings).await?;
    write.put_sign_in(&SignIn { user_name, user, password_hash }).await?;
    Ok(())
}

/// The currency an org of this language most likely works in: name, ISO code, sign.
const fn currency_of(language: Language) -> (&'static str, &'static str, &'static str) {
    match language {
        Language::English => ("US Dollar", "USD", "$"),
        Language::French | Language::German => ("Euro", "EUR", "€"),
    }
}
