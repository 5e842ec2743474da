//! The pipeline: lighting projects of the accounts, open, won and lost, from twelve months back to nine months ahead.

use super::accounts::{Account, of_city};
use super::build::Build;
use super::draw::Draw;
use super::organization::CURRENCIES;
use super::world::{Fill, Stream, World};
use model::{Date, Decimal, Reference, Row};

/// Names of the pipeline's phases, as the sales process writes them.
const STEPS: [&str; 4] = ["1-Qualify", "2-Develop", "3-Propose", "4-Close"];
/// Smallest and largest probability in each phase.
const PROBABILITIES: [(i32, i32); 4] = [(1, 4), (5, 9), (10, 14), (15, 19)];
/// Days until the expected close in each phase.
const HORIZONS: [(i32, i32); 4] = [(45, 270), (25, 200), (8, 110), (-20, 50)];

/// What other rows need to know of an opportunity.
pub struct Opportunity {
    pub index: usize,
    pub rep: usize,
    pub account: Account,
    /// Index of the contact.
    pub contact: usize,
    pub name: String,
    /// 0 open, 1 won, 2 lost.
    pub state: i32,
    /// 0 qualify to 3 close.
    pub stage: usize,
    /// In whole units of the account's currency.
    pub amount: i64,
    pub estimated_close: Date,
    pub actual_close: Option<Date>,
    pub created: Date,
}

impl World {
    pub(super) fn opportunity(&self, index: usize) -> Opportunity {
        let mut draw = self.facts(Stream::Opportunity, index);
        let account = self.account(self.draw_account(&mut draw));
        let rep = if draw.chance(92) {
            account.rep
        } else {
            self.draw_colleague(&mut draw, self.rep(account.rep).unit)
        };
        let name = self.topic(&mut draw, account.language, account.industry.key, account.city.name);
        let contact = self.draw_contact(&mut draw, account.index);
        let state = draw.weighted(&[(0, 46), (1, 31), (2, 23)]);
        let stage = if state == 1 { 3 } else { draw.weighted(&[(0, 30), (1, 30), (2, 25), (3, 15)]) };
        let amount = self.amount(&mut draw, &account);
        let (from, until) = HORIZONS[stage];
        let (estimated_close, actual_close, created) = if state == 0 {
            let estimated = self.today.plus_days(draw.between(from, until));
            (estimated, None, self.today.plus_days(-draw.between(3, 40 + 50 * stage as i32)))
        } else {
            let closed = self.today.plus_days(-draw.between(1, 360).min(draw.between(1, 420)));
            (closed.plus_days(draw.between(-30, 45)), Some(closed), closed.plus_days(-draw.between(15, 260)))
        };
        let created = self.past(created.max(account.created.plus_days(1)));
        let actual_close = actual_close.map(|closed| self.past(closed.max(created)));
        Opportunity {
            index,
            rep,
            account,
            contact,
            name,
            state,
            stage,
            amount,
            estimated_close: estimated_close.max(created),
            actual_close,
            created,
        }
    }

    pub(super) fn opportunity_reference(&self, opportunity: &Opportunity) -> Reference {
        self.reference(Stream::Opportunity, opportunity.index, opportunity.name.clone())
    }

    /// An account; those with small indexes more often, as a few customers make most of the business.
    pub(super) fn draw_account(&self, draw: &mut Draw) -> usize {
        let accounts = self.counts.accounts;
        if draw.chance(40) { draw.below(accounts / 4) } else { draw.below(accounts) }
    }

    /// What a project is called in an industry and a city.
    pub(super) fn topic(&self, draw: &mut Draw, language: usize, industry: &str, city: &str) -> String {
        let Some(words) = self.words[language].industry(industry) else { return String::new() };
        let site = draw.pick(&words.sites).replace("{de}", &of_city(city)).replace("{city}", city);
        draw.pick(&words.topics).replace("{site}", &site)
    }

    /// A project's amount in whole units of the account's currency, as round as people make it.
    fn amount(&self, draw: &mut Draw, account: &Account) -> i64 {
        let size = (account.employees * 100 / account.industry.employees).clamp(50, 300);
        let euros = draw.around(account.industry.project_amount) * (size + 100) / 200;
        let units = euros * CURRENCIES[account.country.currency].rate / 10_000;
        let step = match units {
            ..5_000 => 50,
            5_000..50_000 => 250,
            50_000..250_000 => 1_000,
            _ => 5_000,
        };
        (units / step).max(4) * step
    }

    pub(super) fn opportunity_row(&self, index: usize) -> Row {
        let opportunity = self.opportunity(index);
        let mut draw = self.details(Stream::Opportunity, index);
        let rep = opportunity.rep;
        let changed = match opportunity.actual_close {
            Some(closed) => closed,
            None => self.past(opportunity.created.max(self.today.plus_days(-draw.between(1, 45)))),
        };
        let stamps =
            [self.at_work(&mut draw, rep, opportunity.created), self.at_work(&mut draw, rep, changed)];
        let build = self.owned(Build::new(), rep, stamps);
        let build = self.opportunity_outcome(build, &mut draw, &opportunity);
        let build = self.opportunity_texts(build, &mut draw, &opportunity);
        let build = self.opportunity_steps(build, &mut draw, &opportunity);
        let build = self.installation(build, &opportunity);
        self.row(Stream::Opportunity, index, build)
    }

    fn opportunity_outcome(&self, build: Build, draw: &mut Draw, opportunity: &Opportunity) -> Build {
        let account = &opportunity.account;
        let contact = self.contact_reference(&self.contact(opportunity.contact));
        let rate = CURRENCIES[account.country.currency].rate;
        let (low, high) = PROBABILITIES[opportunity.stage];
        let (probability, status, forecast) = match opportunity.state {
            0 => {
                let probability = draw.between(low, high) * 5;
                let forecast = match probability {
                    85.. => 100_000_003,
                    60..85 => 100_000_002,
                    _ => 100_000_001,
                };
                (probability, draw.weighted(&[(1, 9), (2, 1)]), forecast)
            }
            1 => (100, 3, 100_000_005),
            _ => (0, draw.weighted(&[(4, 3), (5, 4)]), 100_000_006),
        };
        let rating = match (opportunity.state, probability) {
            (0, 70..) => 1,
            (0, ..25) => 3,
            (0, _) => 2,
            _ => draw.weighted(&[(1, 1), (2, 2), (3, 1)]),
        };
        let won = opportunity.amount * i64::from(draw.between(88, 104)) / 100 / 10 * 10;
        let actual = if opportunity.state == 1 { won } else { 0 };
        let customer = self.account_reference(account);
        let has_budget = draw.chance(70);
        let budget = opportunity.amount * i64::from(draw.between(80, 125)) / 100 / 500 * 500;
        let mut build = build
            .text("name", opportunity.name.as_str())
            .reference("customerid", customer.clone())
            .reference("parentaccountid", customer)
            .reference("parentcontactid", contact)
            .reference("transactioncurrencyid", self.currency(account.country.currency))
            .decimal("exchangerate", Decimal::new(rate, 4))
            .date("estimatedclosedate", opportunity.estimated_close)
            .money("estimatedvalue", opportunity.amount, rate)
            .flag("isrevenuesystemcalculated", false)
            .integer("closeprobability", i64::from(probability))
            .choice("opportunityratingcode", rating)
            .choice("salesstage", i32::try_from(opportunity.stage).unwrap_or(0))
            .choice("salesstagecode", 1)
            .text("stepname", STEPS[opportunity.stage])
            .choice("msdyn_forecastcategory", forecast)
            .choice("statecode", opportunity.state)
            .choice("statuscode", status)
            .choice("prioritycode", 1)
            .choice("pricingerrorcode", 0)
            .choice("skippricecalculation", 0)
            .when(has_budget && budget > 0, |build| build.money("budgetamount", budget, rate));
        if let Some(closed) = opportunity.actual_close {
            build = build.date("actualclosedate", closed).money("actualvalue", actual, rate);
        }
        build = self.opportunity_prices(build, opportunity);
        if opportunity.index < self.qualified_leads() {
            build = build.reference("originatingleadid", self.lead_reference_of(opportunity));
        }
        build
    }

    fn opportunity_texts(&self, build: Build, draw: &mut Draw, opportunity: &Opportunity) -> Build {
        let language = opportunity.account.language;
        let fill = Fill::default();
        let stage = opportunity.stage;
        let mut some = |section: &str, percent: usize| {
            let text = self.phrase(draw, language, section, &fill);
            if draw.chance(percent) { text } else { String::new() }
        };
        build
            .text("customerneed", some("need", 85))
            .text("currentsituation", some("situation", 60))
            .text("proposedsolution", some("solution", if stage > 0 { 80 } else { 15 }))
            .text("customerpainpoints", some("pain", 40))
            .text("qualificationcomments", some("qualification", 35))
            .text("description", some("details", 35))
    }

    fn opportunity_steps(&self, build: Build, draw: &mut Draw, opportunity: &Opportunity) -> Build {
        let (stage, is_won) = (opportunity.stage, opportunity.state == 1);
        let soon = match opportunity.estimated_close.days() - self.today.days() {
            ..30 => 0,
            30..90 => 1,
            90..180 => 2,
            _ => 3,
        };
        let follow_up = self.today.plus_days(draw.between(1, 21));
        let is_open = opportunity.state == 0;
        build
            .choice("purchasetimeframe", soon)
            .choice("timeline", soon)
            .choice("purchaseprocess", draw.weighted(&[(0, 4), (1, 5), (2, 2)]))
            .choice("need", draw.weighted(&[(0, 4), (1, 4), (2, 2)]))
            .choice("budgetstatus", if stage > 1 { draw.between(1, 3) } else { draw.between(0, 2) })
            .choice("initialcommunication", i32::from(stage == 0 && draw.chance(40)))
            .flag("decisionmaker", stage > 0 && draw.chance(85))
            .flag("identifycustomercontacts", stage > 0)
            .flag("identifycompetitors", stage > 0 && draw.chance(60))
            .flag("identifypursuitteam", stage > 1 && draw.chance(80))
            .flag("developproposal", stage > 1)
            .flag("completeinternalreview", stage > 2 || (stage == 2 && draw.chance(50)))
            .flag("presentproposal", stage > 2)
            .flag("completefinalproposal", stage > 2 && (is_won || draw.chance(60)))
            .flag("presentfinalproposal", stage > 2 && (is_won || draw.chance(40)))
            .flag("sendthankyounote", is_won && draw.chance(70))
            .flag("filedebrief", !is_open && draw.chance(45))
            .flags(&["captureproposalfeedback", "resolvefeedback", "confirminterest", "evaluatefit"], false)
            .flags(&["pursuitdecision", "participatesinworkflow"], false)
            .when(is_open && stage > 1, |build| {
                build.date("finaldecisiondate", opportunity.estimated_close.plus_days(-draw.between(0, 14)))
            })
            .when(is_open && stage < 2, |build| {
                build.instant("schedulefollowup_qualify", self.at(opportunity.rep, follow_up, 12 * 60))
            })
            .when(is_open && stage == 1, |build| {
                let meeting = follow_up.plus_days(draw.between(3, 20));
                build.instant("scheduleproposalmeeting", self.at(opportunity.rep, meeting, 12 * 60))
            })
    }
}
