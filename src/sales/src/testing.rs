//! The real solution and a user with all rights, for tests.

use crate::situation::Situation;
use model::{
    Columns, Command, Depth, Language, Metadata, Privileges, Reference, Right, Row, RowId, TableRights,
    TimeZone, Timestamp, UserProfile, Value,
};

/// The row commands are given on.
pub const ROW: RowId = RowId::from_u128(0x1000);

/// What situations are made of.
pub struct World {
    pub metadata: Metadata,
    pub user: UserProfile,
    pub units_below: Vec<RowId>,
    pub now: Timestamp,
}

impl World {
    pub fn new() -> Self {
        let metadata = solution::metadata().unwrap();
        let all = Depth::Organization;
        let rights = TableRights {
            create: all,
            read: all,
            write: all,
            delete: all,
            append: all,
            append_to: all,
            assign: all,
            share: all,
        };
        let privileges = metadata.tables.iter().map(|table| (table.name.clone(), rights)).collect();
        let user = UserProfile {
            user: RowId::from_u128(1),
            full_name: "Marie Curie".to_owned(),
            business_unit: RowId::from_u128(2),
            organization: RowId::from_u128(3),
            teams: vec![RowId::from_u128(4)],
            language: Language::French,
            locale: "fr-FR".to_owned(),
            time_zone: TimeZone::utc(),
            currency: Some(RowId::from_u128(5)),
            roles: Vec::new(),
            privileges: Privileges(privileges),
        };
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        Self { metadata, user, units_below: vec![RowId::from_u128(6)], now }
    }

    pub fn situation<'a>(&'a self, table: &str, row: Option<&'a Row>) -> Situation<'a> {
        Situation {
            metadata: &self.metadata,
            table: self.metadata.table(table).unwrap(),
            row,
            user: &self.user,
            units_below: &self.units_below,
            now: self.now,
        }
    }

    pub fn grant(&mut self, table: &str, right: Right, depth: Depth) {
        let rights = self.user.privileges.0.get_mut(table).unwrap();
        match right {
            Right::Create => rights.create = depth,
            Right::Read => rights.read = depth,
            Right::Write => rights.write = depth,
            Right::Delete => rights.delete = depth,
            Right::Append => rights.append = depth,
            Right::AppendTo => rights.append_to = depth,
            Right::Assign => rights.assign = depth,
            Right::Share => rights.share = depth,
        }
    }

    pub fn me(&self) -> Value {
        Value::Reference(Reference { table: "systemuser".into(), id: self.user.user, name: None })
    }
}

pub fn command(name: &str, table: &str, parameters: Columns) -> Command {
    Command { name: name.into(), table: table.into(), id: ROW, subject: String::new(), parameters }
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
