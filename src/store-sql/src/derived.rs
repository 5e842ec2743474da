//! Tables whose rows follow from the rows of others: the activities seen as one table, and the members of their party
//! lists.
//!
//! The activities are a view over the activity tables. The parties are a table kept up by every write of an activity:
//! inside JSON no index would find the activities of a person.

use crate::bulk::BulkRow;
use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::dialect::{Dialect, quoted};
use crate::error::{Result, StoreError};
use crate::layout::{Codec, ColumnLayout, Layouts, TableLayout};
use crate::statement::{Question, Statement};
use crate::write::WriteTransaction;
use model::{Columns, REPEATED_COLUMNS, RowId, TableSource};
use std::sync::Arc;

/// Makes the views that are missing or have become different.
pub async fn apply(session: &mut Session, layouts: &Layouts) -> Result<()> {
    for view in layouts.tables().filter(|layout| layout.table.source == TableSource::Activities) {
        let wanted = definition(session.dialect(), layouts, view);
        if made(session, view).await?.is_some_and(|found| found == fingerprint(session.dialect(), &wanted)) {
            continue;
        }
        drop_view(session, view).await?;
        session.run(Statement::of(session.dialect(), &wanted)).await?;
        if session.dialect() == Dialect::Postgres {
            let mark = fingerprint(Dialect::Postgres, &wanted);
            let sql = format!("COMMENT ON VIEW {} IS '{mark}'", view.sql_name());
            session.run(Statement::of(Dialect::Postgres, &sql)).await?;
        }
    }
    Ok(())
}

/// Takes the views away, so that columns they show can be dropped; `apply` makes them again.
pub async fn drop_views(session: &mut Session, layouts: &Layouts) -> Result<()> {
    for view in layouts.tables().filter(|layout| layout.table.source == TableSource::Activities) {
        drop_view(session, view).await?;
    }
    Ok(())
}

async fn drop_view(session: &mut Session, view: &TableLayout) -> Result<()> {
    let sql = format!("DROP VIEW IF EXISTS {}", view.sql_name());
    session.run(Statement::of(session.dialect(), &sql)).await?;
    Ok(())
}

/// What tells the view that is there from another: its text on SQLite, a mark in its comment on PostgreSQL, which
/// rewrites the text.
async fn made(session: &mut Session, view: &TableLayout) -> Result<Option<String>> {
    let sql = match session.dialect() {
        Dialect::Sqlite => "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?",
        Dialect::Postgres => {
            "SELECT obj_description(c.oid, 'pg_class') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind = 'v' AND n.nspname = current_schema() AND c.relname = ?"
        }
    };
    let statement = Statement::with(session.dialect(), sql, vec![Cell::text(view.name().as_str())]);
    let found = session.ask_one(Question { statement, kinds: vec![Storage::Text] }).await?;
    Ok(found.and_then(|cells| cells.into_iter().next()?.into_text()))
}

fn fingerprint(dialect: Dialect, definition: &str) -> String {
    match dialect {
        Dialect::Sqlite => definition.to_owned(),
        Dialect::Postgres => {
            let hash = definition.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
            format!("{hash:016x}")
        }
    }
}

fn definition(dialect: Dialect, layouts: &Layouts, view: &TableLayout) -> String {
    let mut activities: Vec<&Arc<TableLayout>> = layouts
        .tables()
        .filter(|layout| layout.table.is_activity && layout.table.source == TableSource::Rows)
        .collect();
    activities.sort_by(|a, b| a.name().cmp(b.name()));
    let selects: Vec<String> =
        activities.iter().map(|activity| select_of(dialect, view, Some(activity))).collect();
    let rows = if selects.is_empty() {
        format!("{} WHERE 1 = 0", select_of(dialect, view, None))
    } else {
        selects.join(" UNION ALL ")
    };
    format!("CREATE VIEW {} AS {rows}", view.sql_name())
}

/// The columns of the view from one activity table; without one, no values.
fn select_of(dialect: Dialect, view: &TableLayout, activity: Option<&Arc<TableLayout>>) -> String {
    let mut cells = vec![
        activity.map_or_else(|| nothing(dialect, Storage::Id), |activity| quoted(activity.key()))
            + &format!(" AS {}", quoted(view.key())),
        activity.map_or_else(|| nothing(dialect, Storage::Integer), |_| "\"__version\"".to_owned())
            + " AS \"__version\"",
    ];
    for column in &view.columns {
        let own = activity.and_then(|activity| activity.find(column.column.name.as_str()));
        let own = own.filter(|own| own.codec == column.codec);
        for (name, storage) in column.write_names() {
            let cell = match (own, activity) {
                (_, Some(activity)) if is_type(column) => text(dialect, activity.name().as_str()),
                (Some(_), _) => quoted(&name),
                (None, _) => nothing(dialect, storage),
            };
            cells.push(format!("{cell} AS {}", quoted(&name)));
        }
    }
    let from = activity.map_or_else(String::new, |activity| format!(" FROM {}", activity.sql_name()));
    format!("SELECT {}{from}", cells.join(", "))
}

fn is_type(column: &ColumnLayout) -> bool {
    column.codec == Codec::PlainText && column.column.name == *"activitytypecode"
}

fn text(dialect: Dialect, text: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("'{text}'"),
        Dialect::Postgres => format!("CAST('{text}' AS TEXT) COLLATE \"C\""),
    }
}

fn nothing(dialect: Dialect, storage: Storage) -> String {
    match (dialect, storage) {
        (Dialect::Sqlite, _) => "NULL".to_owned(),
        (Dialect::Postgres, Storage::Text) => "CAST(NULL AS TEXT) COLLATE \"C\"".to_owned(),
        (Dialect::Postgres, storage) => format!("CAST(NULL AS {})", dialect.column_type(storage)),
    }
}

/// Refuses to write what follows from other rows.
pub fn refuse_derived(layout: &TableLayout) -> Result<()> {
    if layout.is_derived() { Err(StoreError::Derived(layout.name().clone())) } else { Ok(()) }
}

impl WriteTransaction {
    /// Where the rows of parties are kept, if the metadata has them and the table is an activity's.
    fn parties_of(&self, activity: &TableLayout) -> Option<Arc<TableLayout>> {
        let has_parties = activity.columns.iter().any(|column| column.codec == Codec::Parties);
        let mut tables = self.layouts.tables();
        let parties = tables.find(|layout| layout.table.source == TableSource::Parties);
        parties.filter(|_| activity.table.is_activity && has_parties).cloned()
    }

    /// Writes the parties of new activities.
    pub(crate) async fn add_parties(&mut self, activity: &TableLayout, rows: &[BulkRow]) -> Result<()> {
        let Some(parties) = self.parties_of(activity) else { return Ok(()) };
        let made: Vec<BulkRow> = rows
            .iter()
            .flat_map(|row| model::party_rows(&activity.table, row.id, &row.columns))
            .map(|(id, columns)| BulkRow { id, columns: known(&parties, columns) })
            .collect();
        if made.is_empty() { Ok(()) } else { self.insert_many(&parties, &made).await }
    }

    /// Writes the parties of an activity anew when the change touches what they show.
    pub(crate) async fn follow_parties(
        &mut self,
        activity: &TableLayout,
        id: RowId,
        changed: &Columns,
    ) -> Result<()> {
        let touches = changed.iter().any(|(name, _)| {
            REPEATED_COLUMNS.contains(&name.as_str())
                || activity.find(name.as_str()).is_some_and(|column| column.codec == Codec::Parties)
        });
        if !touches || self.parties_of(activity).is_none() {
            return Ok(());
        }
        self.remove_parties(activity, id).await?;
        if let Some(row) = self.row(activity.name().as_str(), id, crate::Hold::Content).await? {
            self.add_parties(activity, &[BulkRow { id, columns: row.columns }]).await?;
        }
        Ok(())
    }

    /// Removes the parties of an activity that goes.
    pub(crate) async fn remove_parties(&mut self, activity: &TableLayout, id: RowId) -> Result<()> {
        let Some(parties) = self.parties_of(activity) else { return Ok(()) };
        let sql = format!("DELETE FROM {} WHERE \"activityid\" = ?", parties.sql_name());
        self.session.run_with(&sql, vec![Cell::id(id)]).await?;
        Ok(())
    }
}

/// The columns that the table of parties has.
fn known(parties: &TableLayout, columns: Columns) -> Columns {
    columns.0.into_iter().filter(|(name, _)| parties.find(name.as_str()).is_some()).collect()
}
