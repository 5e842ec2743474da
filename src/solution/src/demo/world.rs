//! What every demo row follows from: seed, size, date, words and people. Of all this only `deals` grows with the
//! number of rows.

use super::build::Build;
use super::contacts::STRIDE;
use super::deals::Deals;
use super::draw::Draw;
use super::organization::{Rep, User, reps, shares, staff};
use super::words::Words;
use super::{Size, calendar};
use model::{Date, Reference, Row, RowId, TableName, Timestamp};

/// A table, as the number of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Organization,
    BusinessUnit,
    User,
    Team,
    Currency,
    Account,
    Contact,
    Lead,
    Opportunity,
    Task,
    Appointment,
    PhoneCall,
    Note,
    UnitGroup,
    UnitOfMeasure,
    DiscountList,
    Discount,
    PriceList,
    Product,
    PriceListItem,
    Suggestion,
    BundleItem,
    Property,
    PropertyOption,
    Literature,
    OpportunityLine,
    Quote,
    QuoteLine,
    Order,
    OrderLine,
    Invoice,
    InvoiceLine,
    Email,
    ConnectionRole,
    Connection,
    Competitor,
    OpportunityCompetitor,
    List,
    ListMember,
    Queue,
    QueueItem,
    QueueMembership,
    TeamMembership,
    VisitReport,
    OfflineProfile,
    OfflineProfileItem,
    OfflineProfileAssociation,
}

impl Stream {
    pub const fn table(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::BusinessUnit => "businessunit",
            Self::User => "systemuser",
            Self::Team => "team",
            Self::Currency => "transactioncurrency",
            Self::Account => "account",
            Self::Contact => "contact",
            Self::Lead => "lead",
            Self::Opportunity => "opportunity",
            Self::Task => "task",
            Self::Appointment => "appointment",
            Self::PhoneCall => "phonecall",
            Self::Note => "annotation",
            Self::UnitGroup => "uomschedule",
            Self::UnitOfMeasure => "uom",
            Self::DiscountList => "discounttype",
            Self::Discount => "discount",
            Self::PriceList => "pricelevel",
            Self::Product => "product",
            Self::PriceListItem => "productpricelevel",
            Self::Suggestion => "productsubstitute",
            Self::BundleItem => "productassociation",
            Self::Property => "dynamicproperty",
            Self::PropertyOption => "dynamicpropertyoptionsetitem",
            Self::Literature => "salesliterature",
            Self::OpportunityLine => "opportunityproduct",
            Self::Quote => "quote",
            Self::QuoteLine => "quotedetail",
            Self::Order => "salesorder",
            Self::OrderLine => "salesorderdetail",
            Self::Invoice => "invoice",
            Self::InvoiceLine => "invoicedetail",
            Self::Email => "email",
            Self::ConnectionRole => "connectionrole",
            Self::Connection => "connection",
            Self::Competitor => "competitor",
            Self::OpportunityCompetitor => "opportunitycompetitors",
            Self::List => "list",
            Self::ListMember => "listmember",
            Self::Queue => "queue",
            Self::QueueItem => "queueitem",
            Self::QueueMembership => "queuemembership",
            Self::TeamMembership => "teammembership",
            Self::VisitReport => "new_visitreport",
            Self::OfflineProfile => "mobileofflineprofile",
            Self::OfflineProfileItem => "mobileofflineprofileitem",
            Self::OfflineProfileAssociation => "mobileofflineprofileitemassociation",
        }
    }
}

/// How many rows each table has.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    pub accounts: usize,
    pub contacts: usize,
    pub leads: usize,
    pub opportunities: usize,
    pub tasks: usize,
    pub appointments: usize,
    pub phone_calls: usize,
    pub notes: usize,
    pub emails: usize,
    /// Pairs count twice.
    pub connections: usize,
    /// Rivals for opportunities.
    pub rivalries: usize,
    pub list_members: usize,
    pub queue_items: usize,
    pub visits: usize,
    /// Opportunities with lines.
    pub deals: usize,
    /// Deals that were quoted.
    pub quotes: usize,
    /// How many days activities reach back.
    pub history_days: i32,
}

const SMALL: Counts = Counts {
    accounts: 300,
    contacts: 500,
    leads: 250,
    opportunities: 600,
    tasks: 600,
    appointments: 500,
    phone_calls: 400,
    notes: 600,
    emails: 400,
    connections: 300,
    rivalries: 200,
    list_members: 240,
    queue_items: 60,
    visits: 250,
    deals: 200,
    quotes: 150,
    history_days: 75,
};

const LARGE: Counts = Counts {
    accounts: 40_000,
    contacts: 60_000,
    leads: 20_000,
    opportunities: 100_000,
    tasks: 60_000,
    appointments: 50_000,
    phone_calls: 40_000,
    notes: 60_000,
    emails: 20_000,
    connections: 4_000,
    rivalries: 8_000,
    list_members: 6_000,
    queue_items: 600,
    visits: 6_000,
    deals: 6_000,
    quotes: 4_500,
    history_days: 330,
};

/// The source of every row.
pub struct World {
    pub seed: u64,
    pub today: Date,
    pub counts: Counts,
    pub words: [Words; 3],
    pub staff: Vec<User>,
    pub reps: Vec<Rep>,
    shares: &'static [(usize, usize)],
    reps_of_unit: [Vec<(usize, usize)>; 4],
    /// What `contacts::STRIDE` is undone by, modulo the number of accounts.
    pub stride_inverse: usize,
    /// Which opportunities have lines, and which of these were quoted, ordered and billed.
    pub deals: Deals,
}

impl World {
    pub fn new(seed: u64, size: Size, today: Date) -> Self {
        let words = Words::all();
        let staff = staff(seed, size, &words);
        let reps = reps(&staff, size);
        let of_unit = |unit| {
            let reps = reps.iter().enumerate().filter(|(_, rep)| rep.unit == unit);
            reps.map(|(index, rep)| (index, rep.weight)).collect()
        };
        let reps_of_unit = [of_unit(0), of_unit(1), of_unit(2), of_unit(3)];
        let counts = match size {
            Size::Small => SMALL,
            Size::Large => LARGE,
        };
        let stride_inverse = (1..counts.accounts).find(|factor| factor * STRIDE % counts.accounts == 1);
        let mut world = Self {
            seed,
            today,
            counts,
            words,
            staff,
            reps_of_unit,
            reps,
            shares: shares(size),
            stride_inverse: stride_inverse.unwrap_or(0),
            deals: Deals::default(),
        };
        world.deals = world.find_deals();
        world
    }

    /// The stream of what other rows need to know of a row.
    pub const fn facts(&self, stream: Stream, index: usize) -> Draw {
        Draw::new(self.seed, stream as u64 * 2 + 100, index)
    }

    /// The stream of a row's other columns.
    pub const fn details(&self, stream: Stream, index: usize) -> Draw {
        Draw::new(self.seed, stream as u64 * 2 + 101, index)
    }

    pub const fn id(&self, stream: Stream, index: usize) -> RowId {
        let mut draw = Draw::new(self.seed, stream as u64 + 1000, index);
        RowId::from_random((draw.bits() as u128) << 64 | draw.bits() as u128)
    }

    pub fn reference(&self, stream: Stream, index: usize, name: String) -> Reference {
        Reference { table: TableName::new(stream.table()), id: self.id(stream, index), name: Some(name) }
    }

    pub fn row(&self, stream: Stream, index: usize, build: Build) -> Row {
        Row {
            table: TableName::new(stream.table()),
            id: self.id(stream, index),
            version: None,
            columns: build.finish(),
        }
    }

    /// A salesperson, as likely as their share of the business.
    pub fn draw_rep(&self, draw: &mut Draw) -> usize {
        let unit = draw.weighted(self.shares);
        self.draw_colleague(draw, unit)
    }

    /// A salesperson of a unit.
    pub fn draw_colleague(&self, draw: &mut Draw, unit: usize) -> usize {
        self.reps_of_unit.get(unit).map_or(0, |reps| draw.weighted(reps))
    }

    /// The salesperson of this index.
    pub fn rep(&self, index: usize) -> Rep {
        self.reps[index.min(self.reps.len() - 1)]
    }

    /// A wall-clock time where a salesperson works.
    pub fn at(&self, rep: usize, date: Date, minutes: i32) -> Timestamp {
        calendar::instant(self.rep(rep).zone, date, minutes)
    }

    /// Some time in working hours of a date.
    pub fn at_work(&self, draw: &mut Draw, rep: usize, date: Date) -> Timestamp {
        self.at(rep, date, draw.between(8 * 60, 17 * 60 + 59))
    }

    /// The date, or yesterday if it is later: rows are made in the past.
    pub fn past(&self, date: Date) -> Date {
        date.min(self.today.plus_days(-1))
    }

    /// Adds who owns the row and who made and changed it when.
    pub fn owned(&self, build: Build, rep: usize, [created, modified]: [Timestamp; 2]) -> Build {
        let rep = self.rep(rep);
        let user = self.user(rep.user);
        build
            .reference("ownerid", user.clone())
            .reference("owninguser", user.clone())
            .reference("owningbusinessunit", self.unit(rep.unit))
            .reference("createdby", user.clone())
            .reference("modifiedby", user)
            .instant("createdon", created)
            .instant("modifiedon", modified.max(created))
    }

    /// A phrase of a section with its placeholders filled.
    pub fn phrase(&self, draw: &mut Draw, language: usize, section: &str, fill: &Fill<'_>) -> String {
        let words = &self.words[language.min(2)];
        let product = draw.pick(words.texts("product"));
        draw.pick(words.texts(section))
            .replace("{product}", product)
            .replace("{contact}", fill.contact)
            .replace("{company}", fill.company)
    }
}

/// What a phrase speaks of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fill<'a> {
    pub contact: &'a str,
    pub company: &'a str,
}
