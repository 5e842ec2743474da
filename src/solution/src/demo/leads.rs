//! Leads: new companies and people for the most part; the first quarter is qualified and became the first opportunities.

use super::accounts::draw_industry;
use super::build::Build;
use super::draw::Draw;
use super::market::{Country, Industry, country};
use super::opportunities::Opportunity;
use super::organization::CURRENCIES;
use super::people::{Person, ascii};
use super::words::{City, Job};
use super::world::{Fill, Stream, World};
use model::{Date, Reference, Row};

/// What other rows need to know of a lead.
pub struct Lead {
    pub index: usize,
    pub rep: usize,
    pub language: usize,
    pub person: Person,
    pub company: String,
    pub telephone: String,
    domain: String,
    country: &'static Country,
    city: City,
    industry: &'static Industry,
    job: Job,
    employees: i64,
    topic: String,
    pub created: Date,
    /// The opportunity a qualified lead became.
    opportunity: Option<Opportunity>,
}

impl Lead {
    pub fn name(&self) -> String {
        self.person.name()
    }
}

impl World {
    /// How many leads are qualified: those with the first indexes.
    pub(super) const fn qualified_leads(&self) -> usize {
        self.counts.leads / 4
    }

    pub(super) fn lead(&self, index: usize) -> Lead {
        let mut draw = self.facts(Stream::Lead, index);
        if index < self.qualified_leads() {
            return self.qualified_lead(index, &mut draw);
        }
        let rep = self.draw_rep(&mut draw);
        let language = self.rep(rep).language;
        let industry = draw_industry(&mut draw);
        let city = self.draw_city(&mut draw, rep);
        let (company, _) = self.company_name(&mut draw, language, industry, city);
        let topic = self.topic(&mut draw, language, industry.key, city.name);
        let words = &self.words[language];
        Lead {
            index,
            rep,
            language,
            person: Person::draw(&mut draw, words),
            domain: format!("{}.example", ascii(&company)),
            company,
            country: country(city.country),
            telephone: draw.digits(city.phone),
            city,
            industry,
            job: draw.pick(&words.jobs),
            employees: draw.around(industry.employees).max(2),
            topic,
            created: self.today.plus_days(-draw.weighted_range([(1, 60, 7), (60, 330, 3)])),
            opportunity: None,
        }
    }

    fn qualified_lead(&self, index: usize, draw: &mut Draw) -> Lead {
        let opportunity = self.opportunity(index);
        let contact = self.contact(opportunity.contact);
        let account = &opportunity.account;
        Lead {
            index,
            rep: opportunity.rep,
            language: account.language,
            person: contact.person,
            company: account.name.clone(),
            telephone: contact.telephone,
            domain: account.domain.clone(),
            country: account.country,
            city: account.city,
            industry: account.industry,
            job: contact.job,
            employees: account.employees,
            topic: opportunity.name.clone(),
            created: opportunity.created.plus_days(-draw.between(4, 45)),
            opportunity: Some(opportunity),
        }
    }

    pub(super) fn lead_reference(&self, lead: &Lead) -> Reference {
        self.reference(Stream::Lead, lead.index, lead.name())
    }

    /// The lead that became an opportunity of the same index.
    pub(super) fn lead_reference_of(&self, opportunity: &Opportunity) -> Reference {
        self.reference(Stream::Lead, opportunity.index, self.contact(opportunity.contact).name())
    }

    pub(super) fn lead_row(&self, index: usize) -> Row {
        let lead = self.lead(index);
        let mut draw = self.details(Stream::Lead, index);
        let (state, status) = match &lead.opportunity {
            Some(_) => (1, 3),
            None if draw.chance(20) => (2, draw.weighted(&[(4, 3), (5, 3), (6, 3), (7, 1)])),
            None => (0, draw.weighted(&[(1, 6), (2, 4)])),
        };
        let changed = match &lead.opportunity {
            Some(opportunity) => opportunity.created,
            None => self.past(lead.created.plus_days(draw.between(0, 30))),
        };
        let stamps =
            [self.at_work(&mut draw, lead.rep, lead.created), self.at_work(&mut draw, lead.rep, changed)];
        let street = self.street(&mut draw, lead.language, lead.country);
        let build = self.address(Build::new(), &street, lead.city, lead.country);
        let build = self.owned(build, lead.rep, stamps);
        let build = self.lead_person(build, &mut draw, &lead);
        let build = self.lead_business(build, &mut draw, &lead);
        let mut build = build.choice("statecode", state).choice("statuscode", status);
        if let Some(opportunity) = &lead.opportunity {
            let contact = self.contact(opportunity.contact);
            build = build
                .reference("parentaccountid", self.account_reference(&opportunity.account))
                .reference("parentcontactid", self.contact_reference(&contact))
                .reference("qualifyingopportunityid", self.opportunity_reference(opportunity));
        }
        self.row(Stream::Lead, index, build)
    }

    fn lead_person(&self, build: Build, draw: &mut Draw, lead: &Lead) -> Build {
        let mailbox = lead.person.mailbox_of_style(lead.index);
        let mobile = if lead.country.mobile.is_empty() { lead.city.phone } else { lead.country.mobile };
        build
            .text("subject", lead.topic.as_str())
            .text("firstname", lead.person.given)
            .text("lastname", lead.person.surname)
            .text("fullname", lead.name())
            .text("jobtitle", if lead.person.is_female { lead.job.female } else { lead.job.male })
            .text("companyname", lead.company.as_str())
            .text("emailaddress1", format!("{mailbox}@{}", lead.domain))
            .text("telephone1", lead.telephone.as_str())
            .text("mobilephone", if draw.chance(65) { draw.digits(mobile) } else { String::new() })
            .text("websiteurl", format!("https://www.{}", lead.domain))
            .choice("preferredcontactmethodcode", draw.weighted(&[(1, 5), (2, 4), (3, 3)]))
            .flags(&["donotphone", "donotemail", "donotfax", "donotpostalmail", "merged"], false)
            .flag("donotbulkemail", draw.chance(15))
            .flag("donotsendmm", draw.chance(12))
            .flag("followemail", !draw.chance(10))
    }

    fn lead_business(&self, build: Build, draw: &mut Draw, lead: &Lead) -> Build {
        let rate = CURRENCIES[lead.country.currency].rate;
        let amount = draw.around(lead.industry.project_amount) / 500 * 500;
        let need = self.phrase(draw, lead.language, "need", &Fill::default());
        let comment = self.phrase(draw, lead.language, "qualification", &Fill::default());
        let follow_up = self.today.plus_days(draw.between(1, 25));
        build
            .text("description", if draw.chance(60) { need } else { String::new() })
            .text("qualificationcomments", if draw.chance(30) { comment } else { String::new() })
            .text("sic", lead.industry.sic)
            .choice("industrycode", lead.industry.code)
            .choice(
                "leadsourcecode",
                draw.weighted(&[(8, 6), (7, 5), (3, 3), (4, 3), (9, 2), (1, 2), (6, 1), (2, 1)]),
            )
            .choice("leadqualitycode", draw.weighted(&[(1, 3), (2, 5), (3, 3)]))
            .choice("prioritycode", 1)
            .choice("salesstage", 0)
            .choice("salesstagecode", 1)
            .choice("address1_addresstypecode", 1)
            .choice("address1_shippingmethodcode", 1)
            .choice("need", draw.weighted(&[(0, 3), (1, 4), (2, 3), (3, 1)]))
            .choice("budgetstatus", draw.weighted(&[(0, 4), (1, 4), (2, 2), (3, 1)]))
            .choice("purchasetimeframe", draw.weighted(&[(0, 1), (1, 3), (2, 4), (3, 3), (4, 2)]))
            .choice("purchaseprocess", draw.weighted(&[(0, 4), (1, 4), (2, 2)]))
            .choice("initialcommunication", draw.weighted(&[(0, 6), (1, 4)]))
            .flag("decisionmaker", lead.job.role == 1)
            .flags(&["confirminterest", "evaluatefit"], false)
            .integer("numberofemployees", lead.employees)
            .money("revenue", lead.employees * i64::from(draw.between(85, 260)) * 1000, rate)
            .reference("transactioncurrencyid", self.currency(lead.country.currency))
            .decimal("exchangerate", model::Decimal::new(rate, 4))
            .when(amount > 0, |build| build.money("estimatedamount", amount, rate))
            .when(amount > 0 && draw.chance(45), |build| build.money("budgetamount", amount, rate))
            .date("estimatedclosedate", self.today.plus_days(draw.between(30, 260)))
            .when(draw.chance(40), |build| {
                build.instant("schedulefollowup_prospect", self.at(lead.rep, follow_up, 12 * 60))
            })
    }
}
