//! A believable org to try the app with: a maker of lighting and building technology, its people, customers and work.
//!
//! Every row follows from the seed, its table and its index alone, so that rows are made one at a time and refer to
//! each other without a look-up. Names are invented; addresses end in `.example`; telephone numbers are ones set aside
//! for fiction where the country has them, else subscriber numbers that start with zeros.

mod accounts;
mod appointments;
mod build;
mod calendar;
mod contacts;
mod draw;
mod leads;
mod market;
mod notes;
mod opportunities;
mod organization;
mod people;
mod phone_calls;
mod subject;
mod tasks;
#[cfg(test)]
mod tests;
mod words;
mod world;

use model::{Date, Language, Row, RowId};
use world::{Stream, World};

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Some thousand rows.
    Small,
    /// 100,000 opportunities and all that comes with them.
    Large,
}

/// A demo org: the few rows that sign-in needs at hand, all others on request.
pub struct Demo {
    /// The org's id.
    pub organization: RowId,
    /// Business units, the parent of all first.
    pub business_units: Vec<Row>,
    /// Teams.
    pub teams: Vec<Row>,
    /// Currencies, the base currency first.
    pub currencies: Vec<Row>,
    /// Users, those with fixed sign-in names first.
    pub users: Vec<DemoUser>,
    world: World,
}

/// A user of the demo org.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoUser {
    /// The row in `systemuser`.
    pub row: Row,
    /// The name to sign in with.
    pub user_name: String,
    /// The language of screens and labels.
    pub language: Language,
    /// BCP 47 tag for numbers and dates.
    pub locale: &'static str,
    /// IANA name.
    pub time_zone: &'static str,
    /// The user's business unit.
    pub business_unit: RowId,
    /// Names of the user's security roles.
    pub roles: Vec<&'static str>,
    /// The teams the user is a member of.
    pub teams: Vec<RowId>,
}

/// The demo org of a seed, with dates around `today`. The same arguments give the same rows.
#[must_use]
pub fn generate(seed: u64, size: Size, today: Date) -> Demo {
    let world = World::new(seed, size, today);
    Demo {
        organization: world.id(Stream::Organization, 0),
        business_units: world.business_unit_rows(),
        teams: world.team_rows(),
        currencies: world.currency_rows(),
        users: world.users(),
        world,
    }
}

/// Every table with rows, in an order in which rows can be inserted. A few columns point forward all the same:
/// `account.primarycontactid`, `lead.qualifyingopportunityid` and some of the first three tables.
const TABLES: [Stream; 12] = [
    Stream::BusinessUnit,
    Stream::User,
    Stream::Team,
    Stream::Currency,
    Stream::Account,
    Stream::Contact,
    Stream::Lead,
    Stream::Opportunity,
    Stream::Task,
    Stream::Appointment,
    Stream::PhoneCall,
    Stream::Note,
];

impl Demo {
    /// The tables that have rows, in the order to insert them.
    pub fn tables(&self) -> impl Iterator<Item = &'static str> {
        TABLES.into_iter().map(Stream::table)
    }

    /// How many rows a table has.
    #[must_use]
    pub fn count(&self, table: &str) -> usize {
        let counts = &self.world.counts;
        match TABLES.into_iter().find(|stream| stream.table() == table) {
            Some(Stream::BusinessUnit) => self.business_units.len(),
            Some(Stream::User) => self.users.len(),
            Some(Stream::Team) => self.teams.len(),
            Some(Stream::Currency) => self.currencies.len(),
            Some(Stream::Account) => counts.accounts,
            Some(Stream::Contact) => counts.contacts,
            Some(Stream::Lead) => counts.leads,
            Some(Stream::Opportunity) => counts.opportunities,
            Some(Stream::Task) => counts.tasks,
            Some(Stream::Appointment) => counts.appointments,
            Some(Stream::PhoneCall) => counts.phone_calls,
            Some(Stream::Note) => counts.notes,
            Some(Stream::Organization) | None => 0,
        }
    }

    /// The rows of a table, made one by one as they are asked for; none for a table the demo does not know.
    pub fn rows(&self, table: &str) -> Box<dyn Iterator<Item = Row> + '_> {
        let stream = TABLES.into_iter().find(|stream| stream.table() == table);
        let world = &self.world;
        let each = move |row: fn(&World, usize) -> Row, count| -> Box<dyn Iterator<Item = Row> + '_> {
            Box::new((0..count).map(move |index| row(world, index)))
        };
        match stream {
            Some(Stream::BusinessUnit) => Box::new(self.business_units.iter().cloned()),
            Some(Stream::User) => Box::new(self.users.iter().map(|user| user.row.clone())),
            Some(Stream::Team) => Box::new(self.teams.iter().cloned()),
            Some(Stream::Currency) => Box::new(self.currencies.iter().cloned()),
            Some(Stream::Account) => each(World::account_row, world.counts.accounts),
            Some(Stream::Contact) => each(World::contact_row, world.counts.contacts),
            Some(Stream::Lead) => each(World::lead_row, world.counts.leads),
            Some(Stream::Opportunity) => each(World::opportunity_row, world.counts.opportunities),
            Some(Stream::Task) => each(World::task_row, world.counts.tasks),
            Some(Stream::Appointment) => each(World::appointment_row, world.counts.appointments),
            Some(Stream::PhoneCall) => each(World::phone_call_row, world.counts.phone_calls),
            Some(Stream::Note) => each(World::note_row, world.counts.notes),
            Some(Stream::Organization) | None => Box::new(std::iter::empty()),
        }
    }
}
