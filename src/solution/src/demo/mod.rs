//! A believable org to try the app with: a maker of lighting and building technology, its people, customers and work.
//!
//! Every row follows from the seed, its table and its index alone, so that rows are made one at a time and refer to
//! each other without a look-up. Names are invented; addresses end in `.example`; telephone numbers are ones set aside
//! for fiction where the country has them, else subscriber numbers that start with zeros.

mod accounts;
mod appointments;
mod build;
mod calendar;
mod catalogue;
mod catalogue_rows;
mod contacts;
mod customize;
mod deals;
mod documents;
mod draw;
mod emails;
mod leads;
mod market;
mod network;
mod notes;
mod offline;
mod opportunities;
mod organization;
mod people;
mod phone_calls;
mod queues;
#[cfg(test)]
mod sales_tests;
mod subject;
mod tasks;
#[cfg(test)]
mod tests;
mod visits;
mod words;
#[cfg(test)]
mod work_tests;
mod world;

pub use customize::{customize, customize_roles};

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
const TABLES: [Stream; 46] = [
    Stream::BusinessUnit,
    Stream::User,
    Stream::Team,
    Stream::Currency,
    Stream::Queue,
    Stream::QueueMembership,
    Stream::TeamMembership,
    Stream::ConnectionRole,
    Stream::Competitor,
    Stream::UnitGroup,
    Stream::UnitOfMeasure,
    Stream::DiscountList,
    Stream::Discount,
    Stream::PriceList,
    Stream::Product,
    Stream::PriceListItem,
    Stream::Suggestion,
    Stream::BundleItem,
    Stream::Property,
    Stream::PropertyOption,
    Stream::Literature,
    Stream::Account,
    Stream::Contact,
    Stream::Lead,
    Stream::Opportunity,
    Stream::OpportunityCompetitor,
    Stream::Connection,
    Stream::List,
    Stream::ListMember,
    Stream::OpportunityLine,
    Stream::Quote,
    Stream::QuoteLine,
    Stream::Order,
    Stream::OrderLine,
    Stream::Invoice,
    Stream::InvoiceLine,
    Stream::Task,
    Stream::Appointment,
    Stream::PhoneCall,
    Stream::Email,
    Stream::QueueItem,
    Stream::Note,
    Stream::VisitReport,
    Stream::OfflineProfile,
    Stream::OfflineProfileItem,
    Stream::OfflineProfileAssociation,
];

impl Demo {
    /// The tables that have rows, in the order to insert them.
    pub fn tables(&self) -> impl Iterator<Item = &'static str> {
        TABLES.into_iter().map(Stream::table)
    }

    /// How many rows a table has.
    #[must_use]
    pub fn count(&self, table: &str) -> usize {
        match TABLES.into_iter().find(|stream| stream.table() == table) {
            Some(Stream::BusinessUnit) => self.business_units.len(),
            Some(Stream::User) => self.users.len(),
            Some(Stream::Team) => self.teams.len(),
            Some(Stream::Currency) => self.currencies.len(),
            Some(stream) => self.world.maker(stream).map_or(0, |(_, count)| count),
            None => 0,
        }
    }

    /// The rows of a table, made one by one as they are asked for; none for a table the demo does not know.
    pub fn rows(&self, table: &str) -> Box<dyn Iterator<Item = Row> + '_> {
        let world = &self.world;
        match TABLES.into_iter().find(|stream| stream.table() == table) {
            Some(Stream::BusinessUnit) => Box::new(self.business_units.iter().cloned()),
            Some(Stream::User) => Box::new(self.users.iter().map(|user| user.row.clone())),
            Some(Stream::Team) => Box::new(self.teams.iter().cloned()),
            Some(Stream::Currency) => Box::new(self.currencies.iter().cloned()),
            Some(stream) => match world.maker(stream) {
                Some((row, count)) => Box::new((0..count).map(move |index| row(world, index))),
                None => Box::new(std::iter::empty()),
            },
            None => Box::new(std::iter::empty()),
        }
    }
}

/// Makes the row of an index.
type Maker = fn(&World, usize) -> Row;

impl World {
    /// What makes the row of an index, and how many rows there are; nothing for tables that are kept at hand.
    fn maker(&self, stream: Stream) -> Option<(Maker, usize)> {
        let (counts, deals) = (&self.counts, &self.deals);
        let listed = catalogue_rows::count(stream).unwrap_or_default();
        Some(match stream {
            Stream::UnitGroup => (Self::unit_group_row, listed),
            Stream::UnitOfMeasure => (Self::unit_row, listed),
            Stream::DiscountList => (Self::discount_list_row, listed),
            Stream::Discount => (Self::discount_row, listed),
            Stream::PriceList => (Self::price_list_row, listed),
            Stream::Product => (Self::product_row, listed),
            Stream::PriceListItem => (Self::price_list_item_row, listed),
            Stream::Suggestion => (Self::suggestion_row, listed),
            Stream::BundleItem => (Self::bundle_item_row, listed),
            Stream::Property => (Self::property_row, listed),
            Stream::PropertyOption => (Self::property_option_row, listed),
            Stream::Literature => (Self::literature_row, listed),
            Stream::Account => (Self::account_row, counts.accounts),
            Stream::Contact => (Self::contact_row, counts.contacts),
            Stream::Lead => (Self::lead_row, counts.leads),
            Stream::Opportunity => (Self::opportunity_row, counts.opportunities),
            Stream::OpportunityLine => (Self::opportunity_line_row, deals.opportunities.lines()),
            Stream::Quote => (Self::quote_row, deals.quotes.documents()),
            Stream::QuoteLine => (Self::quote_line_row, deals.quotes.lines()),
            Stream::Order => (Self::order_row, deals.orders.documents()),
            Stream::OrderLine => (Self::order_line_row, deals.orders.lines()),
            Stream::Invoice => (Self::invoice_row, deals.invoices.documents()),
            Stream::InvoiceLine => (Self::invoice_line_row, deals.invoices.lines()),
            Stream::Task => (Self::task_row, counts.tasks),
            Stream::Appointment => (Self::appointment_row, counts.appointments),
            Stream::PhoneCall => (Self::phone_call_row, counts.phone_calls),
            Stream::Note => (Self::note_row, counts.notes),
            Stream::Email => (Self::email_row, counts.emails),
            Stream::ConnectionRole => (Self::connection_role_row, Self::count_of_network(stream)),
            Stream::Connection => (Self::connection_row, counts.connections),
            Stream::Competitor => (Self::competitor_row, Self::count_of_network(stream)),
            Stream::OpportunityCompetitor => (Self::opportunity_competitor_row, counts.rivalries),
            Stream::List => (Self::list_row, Self::count_of_network(stream)),
            Stream::ListMember => (Self::list_member_row, counts.list_members),
            Stream::Queue => (Self::queue_row, self.queues()),
            Stream::QueueItem => (Self::queue_item_row, counts.queue_items),
            Stream::QueueMembership => (Self::queue_membership_row, self.queue_memberships()),
            Stream::TeamMembership => (Self::team_membership_row, self.team_memberships()),
            Stream::VisitReport => (Self::visit_row, counts.visits),
            Stream::OfflineProfile => (Self::profile_row, Self::count_of_profiles(stream)),
            Stream::OfflineProfileItem => (Self::profile_item_row, Self::count_of_profiles(stream)),
            Stream::OfflineProfileAssociation => {
                (Self::profile_association_row, Self::count_of_profiles(stream))
            }
            Stream::Organization | Stream::BusinessUnit | Stream::User | Stream::Team | Stream::Currency => {
                return None;
            }
        })
    }
}
