//! The people at the accounts. The first contacts are the primary ones, one for each account; the others are spread
//! over some of the accounts, one to four each, so that both directions can be computed.

use super::accounts::Account;
use super::build::Build;
use super::draw::Draw;
use super::organization::CURRENCIES;
use super::people::Person;
use super::words::Job;
use super::world::{Fill, Stream, World};
use model::{Date, Reference, Row};

/// Eight further contacts belong to four accounts: one, two, one and four.
const GROUP_STARTS: [usize; 4] = [0, 1, 3, 4];
const GROUP_OF: [usize; 8] = [0, 1, 1, 2, 3, 3, 3, 3];
/// Spreads the groups over the accounts; prime, so that no account is met twice.
pub const STRIDE: usize = 7919;

/// What other rows need to know of a contact.
pub struct Contact {
    pub index: usize,
    pub account: usize,
    pub person: Person,
    pub job: Job,
    pub telephone: String,
}

impl Contact {
    pub fn name(&self) -> String {
        self.person.name()
    }

    fn job_title(&self) -> &'static str {
        if self.person.is_female { self.job.female } else { self.job.male }
    }
}

impl World {
    pub(super) fn contact(&self, index: usize) -> Contact {
        let account = self.account_of_contact(index);
        let facts = self.account(account);
        let mut draw = self.facts(Stream::Contact, index);
        let words = &self.words[facts.language];
        let mut person = Person::draw(&mut draw, words);
        let mut job = draw.pick(&words.jobs);
        let is_founder = facts.founder.is_some() && index == account && facts.parent.is_none();
        if let (true, Some(founder)) = (is_founder && draw.chance(35), facts.founder) {
            person.surname = founder;
            job = words.jobs.get(draw.below(2)).copied().unwrap_or(job);
        }
        let telephone = draw.digits(facts.city.phone);
        Contact { index, account, person, job, telephone }
    }

    pub(super) fn contact_reference(&self, contact: &Contact) -> Reference {
        self.reference(Stream::Contact, contact.index, contact.name())
    }

    fn account_of_contact(&self, index: usize) -> usize {
        let accounts = self.counts.accounts;
        if index < accounts {
            return index;
        }
        let further = index - accounts;
        let group = further / GROUP_OF.len() * 4 + GROUP_OF[further % GROUP_OF.len()];
        group * STRIDE % accounts
    }

    /// One of the contacts of an account.
    pub(super) fn draw_contact(&self, draw: &mut Draw, account: usize) -> usize {
        let accounts = self.counts.accounts;
        let further = self.counts.contacts - accounts;
        let groups = further / 2;
        let group = account * self.stride_inverse % accounts;
        if group >= groups || draw.chance(55) {
            return account;
        }
        let first = group / 4 * GROUP_OF.len() + GROUP_STARTS[group % 4];
        let size = [1, 2, 1, 4][group % 4];
        accounts + (first + draw.below(size)).min(further - 1)
    }

    pub(super) fn contact_row(&self, index: usize) -> Row {
        let contact = self.contact(index);
        let account = self.account(contact.account);
        let mut draw = self.details(Stream::Contact, index);
        let created = self.past(account.created.plus_days(draw.between(0, 60)));
        let changed = self.past(created.plus_days(draw.between(2, 500)));
        let stamps =
            [self.at_work(&mut draw, account.rep, created), self.at_work(&mut draw, account.rep, changed)];
        let street = self.street(
            &mut self.details(Stream::Account, contact.account),
            account.language,
            account.country,
        );
        let build = self.address(Build::new(), &street, account.city, account.country);
        let build = self.owned(build, account.rep, stamps);
        let build = self.reach(build, &mut draw, &contact, &account);
        let build = self.private_life(build, &mut draw, &contact, &account);
        let rate = CURRENCIES[account.country.currency].rate;
        let build = build
            .reference("parentcustomerid", self.account_reference(&account))
            .reference("transactioncurrencyid", self.currency(account.country.currency))
            .decimal("exchangerate", model::Decimal::new(rate, 4))
            .choice("statecode", i32::from(account.is_inactive))
            .choice("statuscode", if account.is_inactive { 2 } else { 1 });
        self.row(Stream::Contact, index, build)
    }

    fn reach(&self, build: Build, draw: &mut Draw, contact: &Contact, account: &Account) -> Build {
        let mailbox = contact.person.mailbox_of_style(contact.account);
        let mobile =
            if account.country.mobile.is_empty() { account.city.phone } else { account.country.mobile };
        build
            .text("firstname", contact.person.given)
            .text("lastname", contact.person.surname)
            .text("fullname", contact.name())
            .text("jobtitle", contact.job_title())
            .text("department", contact.job.department)
            .text("emailaddress1", format!("{mailbox}@{}", account.domain))
            .text("telephone1", contact.telephone.as_str())
            .text("mobilephone", if draw.chance(78) { draw.digits(mobile) } else { String::new() })
            .choice("accountrolecode", contact.job.role)
            .choice("preferredcontactmethodcode", draw.weighted(&[(1, 5), (2, 4), (3, 3)]))
            .choice("customertypecode", 1)
            .choice("leadsourcecode", 1)
            .choice("address1_addresstypecode", 3)
            .flags(&["donotfax", "donotpostalmail", "creditonhold", "merged"], false)
            .flag("donotphone", draw.chance(3))
            .flag("donotemail", draw.chance(3))
            .flag("donotbulkemail", draw.chance(18))
            .flag("donotsendmm", draw.chance(14))
            .flag("followemail", !draw.chance(15))
    }

    fn private_life(&self, build: Build, draw: &mut Draw, contact: &Contact, account: &Account) -> Build {
        let salutations = [["M.", "Mme"], ["Herr", "Frau"], ["Mr", "Ms"]][account.language];
        let is_female = contact.person.is_female;
        let year = self.today.civil().year();
        let birthday = |draw: &mut Draw| {
            let age = i16::try_from(draw.between(26, 63)).unwrap_or(40);
            let (month, day) = (draw.between(1, 12), draw.between(1, 28));
            Date::from_civil(year - age, i8::try_from(month).unwrap_or(1), i8::try_from(day).unwrap_or(1))
        };
        let birthdate = if draw.chance(35) { birthday(draw) } else { None };
        let spouse = Person::draw(draw, &self.words[account.language]);
        let is_married = draw.chance(15);
        let anniversary = if is_married {
            birthdate.map(|born| born.plus_days(365 * draw.between(24, 25) + draw.between(1, 300)))
        } else {
            None
        };
        let description = self.phrase(draw, account.language, "contact", &Fill::default());
        let mut build = build
            .text("salutation", salutations[usize::from(is_female)])
            .text("description", if draw.chance(30) { description } else { String::new() })
            .choice("gendercode", if is_female { 2 } else { 1 })
            .when(is_married, |build| build.choice("familystatuscode", 2).text("spousesname", spouse.given));
        if let Some(birthdate) = birthdate {
            build = build.date("birthdate", birthdate);
        }
        if let Some(anniversary) = anniversary {
            build = build.date("anniversary", anniversary);
        }
        build
    }
}
