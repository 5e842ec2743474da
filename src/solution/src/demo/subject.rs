//! What an activity or note is about, and who it is with.

use super::draw::Draw;
use super::world::{Fill, World};
use model::{Date, Reference};

/// How often a salesperson's own row is looked for before another one is taken.
const TRIES: usize = 4_000;

/// The row an activity is about.
pub struct Subject {
    pub regarding: Reference,
    /// Index of the salesperson.
    pub rep: usize,
    pub language: usize,
    /// The contact, or the lead itself.
    pub person: Reference,
    pub person_name: String,
    pub company: String,
    /// The person's telephone number.
    pub telephone: String,
    /// False for a closed opportunity.
    pub is_open: bool,
    /// Nothing about it happened earlier.
    pub since: Date,
}

impl Subject {
    pub fn fill(&self) -> Fill<'_> {
        Fill { contact: &self.person_name, company: &self.company }
    }
}

impl World {
    /// Something to be busy with: most often an opportunity.
    pub(super) fn subject(&self, draw: &mut Draw) -> Subject {
        match draw.below(100) {
            0..62 => {
                let mut subject = self.opportunity_subject(draw.below(self.counts.opportunities));
                // People are busy with what is still open.
                for _ in 0..2 {
                    if subject.is_open {
                        break;
                    }
                    subject = self.opportunity_subject(draw.below(self.counts.opportunities));
                }
                subject
            }
            62..90 => {
                let is_account = draw.chance(65);
                let account = self.draw_account(draw);
                self.customer_subject(draw, account, is_account)
            }
            _ => {
                let first = self.qualified_leads();
                self.lead_subject(first + draw.below(self.counts.leads - first))
            }
        }
    }

    /// An opportunity of one salesperson, or of somebody where theirs are rare.
    pub(super) fn subject_of(&self, draw: &mut Draw, rep: usize) -> Subject {
        let mut subject = self.opportunity_subject(draw.below(self.counts.opportunities));
        for _ in 0..TRIES {
            if subject.rep == rep && subject.is_open {
                break;
            }
            subject = self.opportunity_subject(draw.below(self.counts.opportunities));
        }
        subject
    }

    fn opportunity_subject(&self, index: usize) -> Subject {
        let opportunity = self.opportunity(index);
        let contact = self.contact(opportunity.contact);
        Subject {
            regarding: self.opportunity_reference(&opportunity),
            rep: opportunity.rep,
            language: opportunity.account.language,
            person: self.contact_reference(&contact),
            person_name: contact.name(),
            company: opportunity.account.core.clone(),
            telephone: contact.telephone,
            is_open: opportunity.state == 0,
            since: opportunity.created,
        }
    }

    fn customer_subject(&self, draw: &mut Draw, account: usize, is_account: bool) -> Subject {
        let account = self.account(account);
        let contact = self.contact(self.draw_contact(draw, account.index));
        let person = self.contact_reference(&contact);
        Subject {
            regarding: if is_account { self.account_reference(&account) } else { person.clone() },
            rep: account.rep,
            language: account.language,
            person,
            person_name: contact.name(),
            company: account.core.clone(),
            telephone: contact.telephone,
            is_open: true,
            since: account.created,
        }
    }

    fn lead_subject(&self, index: usize) -> Subject {
        let lead = self.lead(index);
        let regarding = self.lead_reference(&lead);
        Subject {
            person: regarding.clone(),
            regarding,
            rep: lead.rep,
            language: lead.language,
            person_name: lead.name(),
            telephone: lead.telephone,
            company: lead.company,
            is_open: true,
            since: lead.created,
        }
    }
}
