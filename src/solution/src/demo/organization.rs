//! The company that owns the demo org: a maker of lighting and building technology with three sales units.

use super::build::Build;
use super::calendar::Zone;
use super::draw::Draw;
use super::people::{Person, ascii};
use super::world::{Stream, World};
use super::{DemoUser, Size};
use model::{Date, Decimal, Language, Reference, Row, RowId};

/// Index of a business unit: the whole company.
pub const ROOT: usize = 0;

/// The manager among the users.
pub const MANAGER: usize = 2;
/// Who imported the first rows.
pub const ADMINISTRATOR: usize = 3;

/// A currency with its rate against the euro.
pub struct Currency {
    /// The name.
    pub name: &'static str,
    /// ISO 4217 code.
    pub code: &'static str,
    /// The sign.
    pub symbol: &'static str,
    /// Units of it for one euro, in ten-thousandths.
    pub rate: i64,
}

/// Every currency; the first is the org's base currency.
pub const CURRENCIES: [Currency; 4] = [
    Currency { name: "Euro", code: "EUR", symbol: "€", rate: 10_000 },
    Currency { name: "Swiss Franc", code: "CHF", symbol: "CHF", rate: 9_372 },
    Currency { name: "Pound Sterling", code: "GBP", symbol: "£", rate: 8_641 },
    Currency { name: "US Dollar", code: "USD", symbol: "$", rate: 11_580 },
];

struct Unit {
    name: &'static str,
    division: &'static str,
    street: &'static str,
    city: &'static str,
    country: &'static str,
    currency: usize,
    mailbox: &'static str,
    description: &'static str,
}

const UNITS: [Unit; 4] = [
    Unit {
        name: "Orvelux Group",
        division: "Group",
        street: "18 rue de l’Industrie",
        city: "Strasbourg",
        country: "France",
        currency: 0,
        mailbox: "group",
        description: "Lighting and building technology, made in Europe.",
    },
    Unit {
        name: "Orvelux France & Benelux",
        division: "Sales",
        street: "42 cours Lafayette",
        city: "Lyon",
        country: "France",
        currency: 0,
        mailbox: "france",
        description: "Ventes en France, en Belgique et en Suisse romande.",
    },
    Unit {
        name: "Orvelux DACH",
        division: "Sales",
        street: "Hanauer Landstraße 150",
        city: "Frankfurt am Main",
        country: "Deutschland",
        currency: 0,
        mailbox: "dach",
        description: "Vertrieb in Deutschland und Österreich.",
    },
    Unit {
        name: "Orvelux UK & Ireland",
        division: "Sales",
        street: "7 Wharf Road",
        city: "London",
        country: "United Kingdom",
        currency: 2,
        mailbox: "uk",
        description: "Sales in the United Kingdom, Ireland and, for export, the United States.",
    },
];

/// Teams beyond the default team of each unit, by unit.
const KEY_ACCOUNT_TEAMS: [(usize, &str, &str); 3] = [
    (1, "Grands comptes", "Suivi des clients à plusieurs sites."),
    (2, "Großkunden", "Betreuung der Kunden mit mehreren Standorten."),
    (3, "Key Accounts", "Customers with several sites."),
];

/// How much of the company's business each unit does, from the first unit on.
const SHARES_SMALL: [(usize, usize); 3] = [(1, 44), (2, 35), (3, 21)];
const SHARES_LARGE: [(usize, usize); 3] = [(1, 50), (2, 30), (3, 20)];

/// A salesperson as the other rows need to know them.
#[derive(Clone, Copy, Debug)]
pub struct Rep {
    /// Index among the users.
    pub user: usize,
    /// Index of the business unit.
    pub unit: usize,
    /// Index in `Words::all`.
    pub language: usize,
    /// Where they work.
    pub zone: Zone,
    /// Where their customers are.
    pub countries: &'static [(&'static str, usize)],
    /// How much of the unit's business is theirs.
    pub weight: usize,
}

const PARIS: Zone = Zone { name: "Europe/Paris", winter_minutes: 60 };
const BRUSSELS: Zone = Zone { name: "Europe/Brussels", winter_minutes: 60 };
const ZURICH: Zone = Zone { name: "Europe/Zurich", winter_minutes: 60 };
const BERLIN: Zone = Zone { name: "Europe/Berlin", winter_minutes: 60 };
const VIENNA: Zone = Zone { name: "Europe/Vienna", winter_minutes: 60 };
const LONDON: Zone = Zone { name: "Europe/London", winter_minutes: 0 };
const DUBLIN: Zone = Zone { name: "Europe/Dublin", winter_minutes: 0 };

type Named =
    (&'static str, &'static str, &'static str, usize, &'static str, Zone, &'static [(&'static str, usize)]);

/// User name (empty: from the name), given name, family name, unit, locale, zone, countries.
const NAMED: [Named; 14] = [
    ("rep-fr", "Camille", "Rousseau", 1, "fr-FR", PARIS, &[("FR", 1)]),
    ("rep-de", "Jonas", "Hartmann", 2, "de-DE", BERLIN, &[("DE", 1)]),
    ("manager", "Margaret", "Ellison", 0, "en-GB", LONDON, &[]),
    ("admin", "Oliver", "Grant", 0, "en-GB", LONDON, &[]),
    ("", "Julien", "Mercier", 1, "fr-FR", PARIS, &[("FR", 1)]),
    ("", "Élodie", "Garnier", 1, "fr-FR", PARIS, &[("FR", 1)]),
    ("", "Sophie", "Peeters", 1, "fr-BE", BRUSSELS, &[("BE", 5), ("FR", 1)]),
    ("", "Luc", "Favre", 1, "fr-CH", ZURICH, &[("CH", 1)]),
    ("", "Katrin", "Vogel", 2, "de-DE", BERLIN, &[("DE", 1)]),
    ("", "Stefan", "Brandl", 2, "de-DE", BERLIN, &[("DE", 4), ("AT", 1)]),
    ("", "Lena", "Gruber", 2, "de-AT", VIENNA, &[("AT", 1)]),
    ("", "Emily", "Carter", 3, "en-GB", LONDON, &[("GB", 1)]),
    ("", "James", "Whitfield", 3, "en-GB", LONDON, &[("GB", 2), ("US", 1)]),
    ("", "Aoife", "Brennan", 3, "en-IE", DUBLIN, &[("IE", 1)]),
];

/// How many salespeople a large org has more, by unit.
const MORE: [(usize, usize); 3] = [(1, 20), (2, 16), (3, 12)];

/// A user before the rows are made.
pub struct User {
    /// The sign-in name.
    pub user_name: String,
    /// Their name.
    pub person: Person,
    /// Index of the business unit.
    pub unit: usize,
    locale: &'static str,
    zone: Zone,
    countries: &'static [(&'static str, usize)],
}

/// Everybody who works for the company, the four with fixed sign-in names first.
pub fn staff(seed: u64, size: Size, words: &[super::words::Words; 3]) -> Vec<User> {
    let mut staff: Vec<User> = NAMED
        .iter()
        .map(|&(user_name, given, surname, unit, locale, zone, countries)| {
            let person = Person { given, surname, is_female: false };
            let user_name = if user_name.is_empty() { person.mailbox() } else { user_name.to_owned() };
            User { user_name, person, unit, locale, zone, countries }
        })
        .collect();
    if size == Size::Large {
        let mut draw = Draw::new(seed, Stream::User as u64, 0);
        for (unit, count) in MORE {
            let wanted = staff.len() + count;
            while staff.len() < wanted {
                let person = Person::draw(&mut draw, &words[unit - 1]);
                let user_name = person.mailbox();
                if staff.iter().any(|known| known.user_name == user_name) {
                    continue;
                }
                let model = &NAMED[[4, 8, 11][unit - 1]];
                staff.push(User {
                    user_name,
                    person,
                    unit,
                    locale: model.4,
                    zone: model.5,
                    countries: model.6,
                });
            }
        }
    }
    staff
}

/// The salespeople of a staff. The two with fixed sign-in names have more than their colleagues.
pub fn reps(staff: &[User], size: Size) -> Vec<Rep> {
    let reps = staff.iter().enumerate().filter(|(_, user)| user.unit != ROOT);
    reps.map(|(index, user)| Rep {
        user: index,
        unit: user.unit,
        language: user.unit - 1,
        zone: user.zone,
        countries: user.countries,
        weight: match (index, size) {
            (0 | 1, Size::Small) => 8,
            _ => 4,
        },
    })
    .collect()
}

/// How the company's business is spread over its units.
pub const fn shares(size: Size) -> &'static [(usize, usize)] {
    match size {
        Size::Small => &SHARES_SMALL,
        Size::Large => &SHARES_LARGE,
    }
}

impl World {
    pub(super) fn unit(&self, index: usize) -> Reference {
        self.reference(Stream::BusinessUnit, index, UNITS.get(index).map_or("", |unit| unit.name).to_owned())
    }

    pub(super) fn user(&self, index: usize) -> Reference {
        let name = self.staff.get(index).map_or_else(String::new, |user| user.person.name());
        self.reference(Stream::User, index, name)
    }

    /// The team for customers with several sites in a unit.
    pub(super) fn key_account_team(&self, unit: usize) -> Reference {
        let name = KEY_ACCOUNT_TEAMS.iter().find(|(of, ..)| *of == unit).map_or("", |(_, name, _)| name);
        self.reference(Stream::Team, UNITS.len() + unit - 1, name.to_owned())
    }

    pub(super) fn currency(&self, index: usize) -> Reference {
        let name = CURRENCIES.get(index).map_or("", |currency| currency.name);
        self.reference(Stream::Currency, index, name.to_owned())
    }

    /// When the org was set up: before any other row.
    fn founded(&self) -> Date {
        self.today.plus_days(-3_200)
    }

    pub(super) fn set_up(&self, build: Build) -> Build {
        let at = self.instant_of_user(ADMINISTRATOR, self.founded(), 9 * 60);
        let user = self.user(ADMINISTRATOR);
        build
            .instant("createdon", at)
            .instant("modifiedon", at)
            .reference("createdby", user.clone())
            .reference("modifiedby", user)
    }

    pub(super) fn instant_of_user(&self, user: usize, date: Date, minutes: i32) -> model::Timestamp {
        let zone = self.staff.get(user).map_or(LONDON, |user| user.zone);
        super::calendar::instant(zone, date, minutes)
    }

    pub(super) fn business_unit_rows(&self) -> Vec<Row> {
        let row = |(index, unit): (usize, &Unit)| {
            let mut build = Build::new()
                .text("name", unit.name)
                .text("divisionname", unit.division)
                .text("emailaddress", format!("{}@orvelux.example", unit.mailbox))
                .text("websiteurl", format!("https://{}.orvelux.example", unit.mailbox))
                .text("address1_line1", unit.street)
                .text("address1_city", unit.city)
                .text("address1_country", unit.country)
                .text("description", unit.description)
                .flag("isdisabled", false)
                .reference("transactioncurrencyid", self.currency(unit.currency));
            if index != ROOT {
                build = build.reference("parentbusinessunitid", self.unit(ROOT));
            }
            self.row(Stream::BusinessUnit, index, self.set_up(build))
        };
        UNITS.iter().enumerate().map(row).collect()
    }

    pub(super) fn team_rows(&self) -> Vec<Row> {
        let default = UNITS.iter().enumerate().map(|(index, unit)| (index, index, unit.name, "", true));
        let key = KEY_ACCOUNT_TEAMS
            .iter()
            .map(|(unit, name, description)| (UNITS.len() + unit - 1, *unit, *name, *description, false));
        default
            .chain(key)
            .map(|(index, unit, name, description, is_default)| {
                let build = Build::new()
                    .text("name", name)
                    .text("description", description)
                    .choice("teamtype", 0)
                    .flag("isdefault", is_default)
                    .flag("systemmanaged", is_default)
                    .reference("administratorid", self.user(ADMINISTRATOR))
                    .reference("businessunitid", self.unit(unit))
                    .reference("transactioncurrencyid", self.currency(UNITS[unit].currency));
                self.row(Stream::Team, index, self.set_up(build))
            })
            .collect()
    }

    pub(super) fn currency_rows(&self) -> Vec<Row> {
        let row = |(index, currency): (usize, &Currency)| {
            let build = Build::new()
                .text("currencyname", currency.name)
                .text("isocurrencycode", currency.code)
                .text("currencysymbol", currency.symbol)
                .integer("currencyprecision", 2)
                .decimal("exchangerate", Decimal::new(currency.rate, 4))
                .choice("statecode", 0)
                .choice("statuscode", 1);
            self.row(Stream::Currency, index, self.set_up(build))
        };
        CURRENCIES.iter().enumerate().map(row).collect()
    }

    pub(super) fn users(&self) -> Vec<DemoUser> {
        (0..self.staff.len()).map(|index| self.demo_user(index)).collect()
    }

    fn demo_user(&self, index: usize) -> DemoUser {
        let user = &self.staff[index];
        let (role, title) = match index {
            MANAGER => ("Sales Manager", "Sales Director"),
            ADMINISTRATOR => ("System Administrator", "IT Manager"),
            _ => (
                "Salesperson",
                ["Sales Manager", "Responsable de secteur", "Vertrieb Außendienst", "Area Sales Manager"]
                    [user.unit],
            ),
        };
        let mut draw = Draw::new(self.seed, Stream::User as u64, index + 1);
        let (fixed, mobile) = [
            ("+44 20 7946 0###", "+44 7700 900###"),
            ("+33 4 65 71 ## ##", "+33 6 39 98 ## ##"),
            ("+49 69 90009 ###", "+49 171 39200##"),
            ("+44 20 7946 0###", "+44 7700 900###"),
        ][user.unit];
        let mailbox = ascii(&user.person.mailbox());
        let mut build = Build::new()
            .text("fullname", user.person.name())
            .text("firstname", user.person.given)
            .text("lastname", user.person.surname)
            .text("domainname", format!("{}@orvelux.example", user.user_name))
            .text("internalemailaddress", format!("{mailbox}@orvelux.example"))
            .text("title", title)
            .text("jobtitle", title)
            .text("address1_telephone1", draw.digits(fixed))
            .text("mobilephone", draw.digits(mobile))
            .choice("accessmode", 0)
            .choice("preferredemailcode", 1)
            .integer("identityid", i64::try_from(index).unwrap_or(0) + 1)
            .flag("isdisabled", false)
            .flag("isintegrationuser", false)
            .flag("setupuser", false)
            .reference("businessunitid", self.unit(user.unit))
            .reference("queueid", self.queue_of_user(index))
            .reference("transactioncurrencyid", self.currency(UNITS[user.unit].currency));
        if let Some(profile) = self.profile_of(index) {
            build = build.reference("mobileofflineprofileid", profile);
        }
        if user.unit != ROOT {
            build = build.reference("parentsystemuserid", self.user(MANAGER));
        }
        DemoUser {
            row: self.row(Stream::User, index, self.set_up(build)),
            user_name: user.user_name.clone(),
            language: [Language::English, Language::French, Language::German, Language::English][user.unit],
            locale: user.locale,
            time_zone: user.zone.name,
            business_unit: self.id(Stream::BusinessUnit, user.unit),
            roles: vec![role],
            teams: self.teams_of(index),
        }
    }

    /// The teams a user belongs to: that of the unit, and for some the one for customers with several sites.
    pub(super) fn teams_of(&self, index: usize) -> Vec<RowId> {
        let unit = self.staff.get(index).map_or(ROOT, |user| user.unit);
        let mut teams = vec![self.id(Stream::Team, unit)];
        if unit != ROOT && matches!(index, 0 | 1 | 4 | 8 | 11) {
            teams.push(self.key_account_team(unit).id);
        }
        teams
    }
}
