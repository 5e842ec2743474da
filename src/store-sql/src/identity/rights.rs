//! Roles, teams, business units and the users' own settings: what rights are computed from.

use crate::cell::{Cell, Storage};
use crate::dialect::quoted;
use crate::error::{Result, StoreError};
use crate::read::ReadTransaction;
use crate::statement::{Question, Statement};
use crate::write::WriteTransaction;
use model::{Language, Privileges, RowId};

/// A security role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRow {
    /// Its name.
    pub name: String,
    /// What it allows.
    pub privileges: Privileges,
}

/// What a user chose for themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSettings {
    /// The language of screens and labels.
    pub language: Language,
    /// BCP 47 tag for numbers and dates.
    pub locale: String,
    /// The IANA name of the time zone.
    pub time_zone: String,
    /// The currency of new rows.
    pub currency: Option<RowId>,
}

/// A business unit and the one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusinessUnit {
    /// The unit.
    pub id: RowId,
    /// The unit above.
    pub parent: Option<RowId>,
}

impl ReadTransaction {
    /// The roles of a user, in the order of their names.
    pub async fn roles_of(&mut self, user: RowId) -> Result<Vec<RoleRow>> {
        let sql = "SELECT r.name, r.document FROM valise_role r JOIN valise_user_role u ON u.role_name = r.name \
                   WHERE u.user_id = ? ORDER BY r.name";
        let statement = Statement::with(self.session.dialect(), sql, vec![Cell::id(user)]);
        let rows =
            self.session.ask(Question { statement, kinds: vec![Storage::Text, Storage::Text] }).await?;
        rows.into_iter()
            .map(|cells| {
                let mut texts = cells.into_iter().map(|cell| cell.into_text().unwrap_or_default());
                let name = texts.next().unwrap_or_default();
                let privileges = serde_json::from_str(&texts.next().unwrap_or_default())
                    .map_err(|error| StoreError::Corrupt(format!("security role “{name}”: {error}")))?;
                Ok(RoleRow { name, privileges })
            })
            .collect()
    }

    /// The teams a user is a member of, in the order of their ids.
    pub async fn teams_of(&mut self, user: RowId) -> Result<Vec<RowId>> {
        let sql = "SELECT team_id FROM valise_team_member WHERE user_id = ? ORDER BY team_id";
        let statement = Statement::with(self.session.dialect(), sql, vec![Cell::id(user)]);
        let rows = self.session.ask(Question { statement, kinds: vec![Storage::Id] }).await?;
        Ok(rows.into_iter().filter_map(|cells| cells.first().and_then(Cell::as_id)).collect())
    }

    /// Every business unit.
    pub async fn business_units(&mut self) -> Result<Vec<BusinessUnit>> {
        let layout = self.layouts.table("businessunit")?;
        let key = quoted(layout.key());
        let parent = quoted(&layout.column("parentbusinessunitid")?.compared_name());
        let sql = format!("SELECT {key}, {parent} FROM {} ORDER BY {key}", layout.sql_name());
        let statement = Statement::of(self.session.dialect(), &sql);
        let rows = self.session.ask(Question { statement, kinds: vec![Storage::Id, Storage::Id] }).await?;
        Ok(rows
            .into_iter()
            .filter_map(|cells| match cells.as_slice() {
                [Cell::Id(Some(id)), Cell::Id(parent)] => Some(BusinessUnit { id: *id, parent: *parent }),
                _ => None,
            })
            .collect())
    }

    /// What a user chose; none when they never did.
    pub async fn user_settings(&mut self, user: RowId) -> Result<Option<UserSettings>> {
        let sql = "SELECT language, locale, time_zone, currency FROM valise_user_settings WHERE user_id = ?";
        let statement = Statement::with(self.session.dialect(), sql, vec![Cell::id(user)]);
        let kinds = vec![Storage::Integer, Storage::Text, Storage::Text, Storage::Id];
        let row = self.session.ask_one(Question { statement, kinds }).await?;
        Ok(row.and_then(|cells| match <[Cell; 4]>::try_from(cells) {
            Ok(
                [
                    Cell::Integer(Some(language)),
                    Cell::Text(Some(locale)),
                    Cell::Text(Some(time_zone)),
                    Cell::Id(currency),
                ],
            ) => Some(UserSettings {
                language: u32::try_from(language)
                    .ok()
                    .and_then(Language::from_lcid)
                    .unwrap_or(Language::English),
                locale,
                time_zone,
                currency,
            }),
            _ => None,
        }))
    }
}

impl WriteTransaction {
    /// Adds or replaces a role.
    pub async fn put_role(&mut self, role: &RoleRow) -> Result<()> {
        let document = serde_json::to_string(&role.privileges)
            .map_err(|error| StoreError::Corrupt(format!("security role “{}”: {error}", role.name)))?;
        let sql = "INSERT INTO valise_role (name, document) VALUES (?, ?) \
                   ON CONFLICT (name) DO UPDATE SET document = excluded.document";
        self.session.run_with(sql, vec![Cell::text(role.name.as_str()), Cell::text(document)]).await.map(drop)
    }

    /// A role by its name.
    pub async fn role(&mut self, name: &str) -> Result<Option<RoleRow>> {
        let sql = "SELECT document FROM valise_role WHERE name = ?";
        let statement = Statement::with(self.session.dialect(), sql, vec![Cell::text(name)]);
        let row = self.session.ask_one(Question { statement, kinds: vec![Storage::Text] }).await?;
        let text = row.and_then(|cells| cells.into_iter().next()?.into_text());
        let read = |text: String| {
            let privileges = serde_json::from_str(&text)
                .map_err(|error| StoreError::Corrupt(format!("security role “{name}”: {error}")))?;
            Ok(RoleRow { name: name.to_owned(), privileges })
        };
        text.map(read).transpose()
    }

    /// Gives a user a role.
    pub async fn give_role(&mut self, user: RowId, role: &str) -> Result<()> {
        let sql = "INSERT INTO valise_user_role (user_id, role_name) VALUES (?, ?) ON CONFLICT DO NOTHING";
        self.session.run_with(sql, vec![Cell::id(user), Cell::text(role)]).await.map(drop)
    }

    /// Takes a role from a user.
    pub async fn take_role(&mut self, user: RowId, role: &str) -> Result<()> {
        let sql = "DELETE FROM valise_user_role WHERE user_id = ? AND role_name = ?";
        self.session.run_with(sql, vec![Cell::id(user), Cell::text(role)]).await.map(drop)
    }

    /// Makes a user a member of a team.
    pub async fn put_team_member(&mut self, team: RowId, user: RowId) -> Result<()> {
        let sql = "INSERT INTO valise_team_member (team_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING";
        self.session.run_with(sql, vec![Cell::id(team), Cell::id(user)]).await.map(drop)
    }

    /// Keeps what a user chose.
    pub async fn put_user_settings(&mut self, user: RowId, settings: &UserSettings) -> Result<()> {
        let sql = "INSERT INTO valise_user_settings (user_id, language, locale, time_zone, currency) \
                   VALUES (?, ?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET language = excluded.language, \
                   locale = excluded.locale, time_zone = excluded.time_zone, currency = excluded.currency";
        let binds = vec![
            Cell::id(user),
            Cell::integer(i64::from(settings.language.lcid())),
            Cell::text(settings.locale.as_str()),
            Cell::text(settings.time_zone.as_str()),
            Cell::Id(settings.currency),
        ];
        self.session.run_with(sql, binds).await.map(drop)
    }
}
