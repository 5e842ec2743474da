//! Who belongs to whom: stakeholders and sales teams of opportunities, competitors for the same deals, and the
//! marketing lists that customers are on.

use super::build::Build;
use super::draw::Draw;
use super::world::{Stream, World};
use model::{Reference, Row};

/// `connectionrole.category`
const BUSINESS: i32 = 1;
const STAKEHOLDER: i32 = 1000;
const SALES_TEAM: i32 = 1001;

/// Names of the connection roles with their categories.
pub const CONNECTION_ROLES: [(&str, i32); 9] = [
    ("Decision Maker", STAKEHOLDER),
    ("Influencer", STAKEHOLDER),
    ("Economic Buyer", STAKEHOLDER),
    ("Technical Buyer", STAKEHOLDER),
    ("Account Manager", SALES_TEAM),
    ("Lighting Designer", SALES_TEAM),
    ("Project Manager", SALES_TEAM),
    ("Installer", BUSINESS),
    ("Specifier", BUSINESS),
];

/// A company that sells the same.
struct Rival {
    name: &'static str,
    site: &'static str,
    product: &'static str,
    strengths: &'static str,
    weaknesses: &'static str,
    /// In millions of euros.
    revenue: i64,
    win_percentage: f64,
}

const RIVALS: [Rival; 7] = [
    Rival {
        name: "Lumetra",
        site: "lumetra",
        product: "Lumetra Track",
        strengths: "Short delivery times, large stock.",
        weaknesses: "No lighting design of their own.",
        revenue: 240,
        win_percentage: 31.0,
    },
    Rival {
        name: "Norluz Systems",
        site: "norluz",
        product: "Norluz Grid",
        strengths: "Strong in industry and logistics.",
        weaknesses: "Expensive controls.",
        revenue: 410,
        win_percentage: 27.5,
    },
    Rival {
        name: "Hellwerk Leuchten",
        site: "hellwerk",
        product: "Hellwerk H4",
        strengths: "Close to electrical contractors.",
        weaknesses: "Hardly known outside Germany.",
        revenue: 95,
        win_percentage: 22.0,
    },
    Rival {
        name: "Clartis Éclairage",
        site: "clartis",
        product: "Clartis Ligne",
        strengths: "Attractive leasing offers.",
        weaknesses: "Slow after-sales service.",
        revenue: 130,
        win_percentage: 24.5,
    },
    Rival {
        name: "Brightfield Lighting",
        site: "brightfield",
        product: "Brightfield Panel",
        strengths: "Very low prices.",
        weaknesses: "Three years of guarantee only.",
        revenue: 70,
        win_percentage: 18.0,
    },
    Rival {
        name: "Velora Controls",
        site: "velora",
        product: "Velora Sense",
        strengths: "Good software for building management.",
        weaknesses: "Depends on partners for luminaires.",
        revenue: 55,
        win_percentage: 14.0,
    },
    Rival {
        name: "Aurelight",
        site: "aurelight",
        product: "Aurelight Office",
        strengths: "Well-known design.",
        weaknesses: "Long planning phases.",
        revenue: 180,
        win_percentage: 20.5,
    },
];

/// Name, `createdfromcode`, table, purpose.
const LISTS: [(&str, i32, Stream, &str); 6] = [
    ("Newsletter", 2, Stream::Contact, "Four issues a year"),
    ("Key Accounts", 1, Stream::Account, "Invitations of the management"),
    ("Trade Fair Visitors", 4, Stream::Lead, "Follow-up after the trade fair"),
    ("Energy Saving Campaign", 2, Stream::Contact, "Replacement of fluorescent tubes"),
    ("Retail Customers", 1, Stream::Account, "New shop lighting"),
    ("Webinar Registrations", 4, Stream::Lead, "Emergency lighting webinar"),
];

/// Members are every so manieth row of their table.
const MEMBER_STEP: usize = 2;
/// An opportunity with rivals, and how many of the others lie between.
const RIVALS_PER_DEAL: usize = 2;
const DEAL_STEP: usize = 3;

impl World {
    pub(super) fn connection_role_row(&self, index: usize) -> Row {
        let (name, category) = CONNECTION_ROLES.get(index).copied().unwrap_or_default();
        let build = Build::new()
            .text("name", name)
            .choice("category", category)
            .choice("statecode", 0)
            .choice("statuscode", 1);
        self.row(Stream::ConnectionRole, index, self.set_up(build))
    }

    fn connection_role(&self, index: usize) -> Reference {
        let name = CONNECTION_ROLES.get(index).map_or("", |(name, _)| name);
        self.reference(Stream::ConnectionRole, index, name.to_owned())
    }

    /// Connections come in pairs: from the opportunity to the person, and back.
    pub(super) fn connection_row(&self, index: usize) -> Row {
        let (pair, is_back) = (index / 2, index % 2 == 1);
        let mut draw = self.facts(Stream::Connection, pair);
        let opportunity = self.opportunity(draw.below(self.counts.opportunities));
        let is_team = draw.chance(35);
        let (person, code, role) = if is_team {
            let colleague = self.draw_colleague(&mut draw, self.rep(opportunity.rep).unit);
            (self.user(self.rep(colleague).user), 8, draw.between(4, 6))
        } else {
            let contact = self.contact(self.draw_contact(&mut draw, opportunity.account.index));
            (self.contact_reference(&contact), 2, draw.between(0, 3))
        };
        let deal = self.opportunity_reference(&opportunity);
        let role = self.connection_role(usize::try_from(role).unwrap_or_default());
        let made = self.past(opportunity.created.plus_days(draw.between(0, 20)));
        let at = self.at_work(&mut draw, opportunity.rep, made);
        let name = if is_back { deal.name.clone() } else { person.name.clone() }.unwrap_or_default();
        let twin = self.reference(
            Stream::Connection,
            index ^ 1,
            if is_back { person.name.clone() } else { deal.name.clone() }.unwrap_or_default(),
        );
        let build = self
            .owned(Build::new(), opportunity.rep, [at, at])
            .text("name", name)
            .reference("relatedconnectionid", twin)
            .flag("ismaster", !is_back)
            .choice("statecode", 0)
            .choice("statuscode", 1);
        let (deal_code, [from, to]) = (3, if is_back { ["2", "1"] } else { ["1", "2"] });
        let build = build
            .reference(&format!("record{from}id"), deal)
            .choice(&format!("record{from}objecttypecode"), deal_code)
            .reference(&format!("record{to}id"), person)
            .choice(&format!("record{to}objecttypecode"), code)
            .reference(&format!("record{to}roleid"), role);
        self.row(Stream::Connection, index, build)
    }

    pub(super) fn competitor_row(&self, index: usize) -> Row {
        let rival = &RIVALS[index.min(RIVALS.len() - 1)];
        let build = Build::new()
            .text("name", rival.name)
            .text("websiteurl", format!("https://www.{}.example", rival.site))
            .text("keyproduct", rival.product)
            .text("strengths", rival.strengths)
            .text("weaknesses", rival.weaknesses)
            .float("winpercentage", rival.win_percentage)
            .reference("transactioncurrencyid", self.currency(0))
            .decimal("exchangerate", model::Decimal::ONE)
            .money("reportedrevenue", rival.revenue * 1_000_000, 10_000);
        self.row(Stream::Competitor, index, self.set_up(build))
    }

    pub(super) fn opportunity_competitor_row(&self, index: usize) -> Row {
        let deal = index / RIVALS_PER_DEAL;
        let first = Draw::new(self.seed, Stream::OpportunityCompetitor as u64, deal).below(RIVALS.len());
        let rival = (first + index % RIVALS_PER_DEAL * DEAL_STEP) % RIVALS.len();
        let opportunity = self.opportunity(deal * DEAL_STEP % self.counts.opportunities);
        let build = Build::new()
            .reference("opportunityid", self.opportunity_reference(&opportunity))
            .reference("competitorid", self.competitor(rival));
        self.row(Stream::OpportunityCompetitor, index, build)
    }

    fn competitor(&self, index: usize) -> Reference {
        self.reference(Stream::Competitor, index, RIVALS[index.min(RIVALS.len() - 1)].name.to_owned())
    }

    /// How many rows of the lists of this file there are.
    pub(super) const fn count_of_network(stream: Stream) -> usize {
        match stream {
            Stream::ConnectionRole => CONNECTION_ROLES.len(),
            Stream::Competitor => RIVALS.len(),
            Stream::List => LISTS.len(),
            _ => 0,
        }
    }

    pub(super) fn list_row(&self, index: usize) -> Row {
        let (name, code, _, purpose) = LISTS[index.min(LISTS.len() - 1)];
        let rep = index % self.reps.len();
        let made = self.past(self.today.plus_days(-200 - 10 * i32::try_from(index).unwrap_or(0)));
        let at = self.at(rep, made, 10 * 60);
        let members = self.counts.list_members;
        let members = members / LISTS.len() + usize::from(index < members % LISTS.len());
        let build = self
            .owned(Build::new(), rep, [at, at])
            .text("listname", name)
            .text("purpose", purpose)
            .flags(&["type", "lockstatus"], false)
            .flags(&["donotsendonoptout", "ignoreinactivelistmembers"], true)
            .integer("membertype", i64::from(code))
            .choice("createdfromcode", code)
            .integer("membercount", i64::try_from(members).unwrap_or(0))
            .choice("statecode", 0)
            .choice("statuscode", 0);
        self.row(Stream::List, index, build)
    }

    pub(super) fn list_member_row(&self, index: usize) -> Row {
        let list = index % LISTS.len();
        let (name, _, stream, _) = LISTS[list];
        let member = index / LISTS.len() * MEMBER_STEP;
        let member = match stream {
            Stream::Account => self.account_reference(&self.account(member % self.counts.accounts)),
            Stream::Lead => self.lead_reference(&self.lead(member % self.counts.leads)),
            _ => self.contact_reference(&self.contact(member % self.counts.contacts)),
        };
        let build = Build::new()
            .reference("listid", self.reference(Stream::List, list, name.to_owned()))
            .text("entitytype", member.table.as_str())
            .reference("entityid", member);
        self.row(Stream::ListMember, index, build)
    }
}
