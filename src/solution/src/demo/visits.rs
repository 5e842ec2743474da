//! The demo company's own: reports of visits, and what it notes on opportunities about the installation.

use super::build::Build;
use super::draw::Draw;
use super::opportunities::Opportunity;
use super::organization::CURRENCIES;
use super::world::{Fill, Stream, World};
use model::{Date, Decimal, Row, RowId, Timestamp};

/// The first number of options that a customer adds.
const FIRST: i32 = 100_000_000;
/// The stream of the installation columns, beside those of the tables.
const INSTALLATION: u64 = 9_001;
/// How many of a hundred opportunities have them.
const PLANNED: usize = 40;
const LANGUAGES: [i64; 3] = [1036, 1031, 1033];
/// Windows codes of the time zones of Paris, Berlin and London.
const TIME_ZONES: [i64; 3] = [105, 110, 85];
const MINUTES_PER_DAY: i64 = 24 * 60;

impl World {
    pub(super) fn visit_row(&self, index: usize) -> Row {
        let mut draw = self.facts(Stream::VisitReport, index);
        let opportunity = self.opportunity(draw.below(self.counts.opportunities));
        let (rep, account) = (opportunity.rep, &opportunity.account);
        let contact = self.contact(opportunity.contact);
        let back = draw.between(1, 25).max(draw.between(-150, self.counts.history_days));
        let date = self.past(self.today.plus_days(-back).max(opportunity.created));
        let minutes = draw.between(2, 12) * 15;
        let visited = self.at(rep, date, draw.between(34, 60) * 15);
        let written = visited.plus_milliseconds(i64::from(minutes + 45) * 60_000);
        let person = contact.name();
        let fill = Fill { contact: &person, company: &account.core };
        let text = self.phrase(&mut draw, account.language, "visit", &fill);
        let (report, next) = text.split_once('|').unwrap_or((&text, ""));
        let title = self.phrase(&mut draw, account.language, "visit-title", &fill);
        let is_shared = draw.chance(60);
        let is_old = back > 60;
        let build = self
            .owned(Build::new(), rep, [written, written])
            .text("new_name", title)
            .text("new_reportnumber", format!("VIS-{:06}", index + 1))
            .reference("new_accountid", self.account_reference(account))
            .reference("new_contactid", self.contact_reference(&contact))
            .reference("new_opportunityid", self.opportunity_reference(&opportunity))
            .instant("new_visitedon", visited)
            .integer("new_duration", i64::from(minutes))
            .choice("new_reason", FIRST + draw.weighted(&[(0, 4), (1, 3), (2, 3), (3, 1), (4, 2)]))
            .choice("new_outcome", FIRST + draw.weighted(&[(0, 2), (1, 4), (2, 3), (3, 1)]))
            .integer("new_satisfaction", i64::from(draw.weighted(&[(5, 4), (4, 5), (3, 3), (2, 1)])))
            .decimal("new_distance", Decimal::new(i64::from(draw.between(20, 3_200)), 1).normalize())
            .text("new_report", format!("<p>{}</p>", report.replace('&', "&amp;")))
            .text("new_nextsteps", next)
            .flag("new_shared", is_shared)
            .choice("statecode", i32::from(is_old))
            .choice(
                "statuscode",
                match (is_old, is_shared) {
                    (true, _) => 2,
                    (false, true) => FIRST,
                    (false, false) => 1,
                },
            )
            .when(draw.chance(55), |build| build.date("new_followupon", date.plus_days(draw.between(5, 40))));
        self.row(Stream::VisitReport, index, build)
    }

    /// The company's own columns of an opportunity, on a part of them.
    pub(super) fn installation(&self, build: Build, opportunity: &Opportunity) -> Build {
        let mut draw = Draw::new(self.seed, INSTALLATION, opportunity.index);
        let build = build.flag("new_isservice", draw.chance(18));
        if !draw.chance(PLANNED) {
            return build;
        }
        let build = self.installation_texts(build, &mut draw, opportunity);
        let build = self.installation_numbers(build, &mut draw, opportunity);
        self.installation_plan(build, &mut draw, opportunity)
    }

    fn installation_texts(&self, build: Build, draw: &mut Draw, opportunity: &Opportunity) -> Build {
        let language = opportunity.account.language;
        let fill = Fill::default();
        let code = format!("{}{:04}", ["F", "D", "U"][language.min(2)], draw.below(10_000));
        let access = self.phrase(draw, language, "site-access", &fill);
        let notes = self.phrase(draw, language, "installation", &fill);
        let scope = self.phrase(draw, language, "solution", &fill);
        let is_listed = draw.chance(10);
        let city = super::people::ascii(opportunity.account.city.name);
        build
            .text("new_projectnumber", format!("PRJ-{:05}", opportunity.index + 1))
            .text("new_projectcode", code)
            .text("new_siteemail", format!("site.{}@{city}.example", opportunity.index % 97))
            .text("new_sitephone", draw.digits(opportunity.account.city.phone))
            .text("new_projectwebsite", format!("https://{city}.example/{}", opportunity.index))
            .text("new_investorticker", if is_listed { "ORVX" } else { "" })
            .text("new_siteaccess", access)
            .text("new_installationnotes", notes)
            .text("new_scopeofsupply", format!("<ul><li>{}</li></ul>", scope.replace('&', "&amp;")))
            .id("new_externalid", self.external_id(opportunity.index))
    }

    fn installation_numbers(&self, build: Build, draw: &mut Draw, opportunity: &Opportunity) -> Build {
        let language = opportunity.account.language.min(2);
        let rate = CURRENCIES[opportunity.account.country.currency].rate;
        let luminaires = (opportunity.amount / 180).clamp(4, 40_000);
        build
            .integer("new_luminaires", luminaires)
            .integer("new_installationtime", (luminaires * 35).min(200_000))
            .integer("new_sitetimezone", TIME_ZONES[language])
            .integer("new_documentationlanguage", LANGUAGES[language])
            .integer("new_meterreading", i64::from(draw.between(100_000, 2_000_000)) * 5_000)
            .decimal("new_paybackyears", Decimal::new(i64::from(draw.between(110, 780)), 2).normalize())
            .float("new_energysaving", f64::from(draw.between(250, 740)) / 10.0)
            .money("new_installationcost", (opportunity.amount / 8).max(100) / 10 * 10, rate)
    }

    fn installation_plan(&self, build: Build, draw: &mut Draw, opportunity: &Opportunity) -> Build {
        let ready = opportunity.estimated_close.plus_days(draw.between(20, 90));
        let visit = opportunity.created.plus_days(draw.between(3, 30));
        let installer = self.account(draw.below(self.counts.accounts));
        let specifier = self.contact(draw.below(self.counts.contacts));
        let services = (0..5).filter(|_| draw.chance(40)).map(|service| FIRST + service).collect();
        let (is_known, is_specified) = (draw.chance(50), draw.chance(35));
        build
            .choice("new_mounting", FIRST + draw.weighted(&[(0, 4), (1, 3), (2, 2), (3, 2)]))
            .choices("new_services", services)
            .instant("new_sitevisiton", self.at(opportunity.rep, visit, draw.between(16, 34) * 30))
            .date("new_installationdate", ready)
            .instant("new_deliveryslot", wall_clock(ready.plus_days(-4), draw.between(14, 30) * 30))
            .when(opportunity.stage > 1, |build| {
                build.instant("new_budgetreleasedon", self.at(opportunity.rep, visit.plus_days(9), 12 * 60))
            })
            .when(is_known, |build| build.reference("new_installerid", self.account_reference(&installer)))
            .when(is_specified, |build| {
                build.reference("new_specifierid", self.contact_reference(&specifier))
            })
    }

    /// What another program calls the project.
    fn external_id(&self, index: usize) -> RowId {
        let mut draw = Draw::new(self.seed, INSTALLATION + 1, index);
        RowId::from_random(u128::from(draw.bits()) << 64 | u128::from(draw.bits()))
    }
}

/// The same time of day wherever one reads it.
fn wall_clock(date: Date, minutes_of_day: i32) -> Timestamp {
    let minutes = i64::from(date.days()) * MINUTES_PER_DAY + i64::from(minutes_of_day);
    Timestamp::from_milliseconds(minutes * 60_000)
}
