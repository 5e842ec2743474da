//! What the company's people carry on their devices: a profile for those who sell and one for those who lead them.

use super::build::Build;
use super::organization::{ADMINISTRATOR, MANAGER};
use super::world::{Stream, World};
use model::{Reference, Row};

const PROFILES: [(&str, &str); 2] = [
    (
        "Orvelux Sales",
        "The customers, deals and appointments of one's own business unit, with the catalogue.",
    ),
    ("Orvelux Sales Management", "All customers and deals, without the files of e-mails."),
];
const SALES: usize = 0;
const MANAGEMENT: usize = 1;

/// `recorddistributioncriteria`
const RELATED: i32 = 0;
const ALL: i32 = 1;
const OWNED: i32 = 2;
const FILTER: i32 = 3;

/// Older e-mails stay on the server.
const LATE_EMAILS: &str =
    "<filter><condition attribute=\"modifiedon\" operator=\"last-x-months\" value=\"24\"/></filter>";

/// A table: its name, which rows a seller carries, and the relationships along which rows come with them.
type Item = (&'static str, i32, &'static [&'static str]);

const ITEMS: [Item; 51] = [
    ("account", OWNED, &[]),
    ("contact", OWNED, &[]),
    ("lead", OWNED, &[]),
    ("opportunity", OWNED, &["product_opportunities", "Opportunity_OpportunityClose"]),
    ("opportunityproduct", RELATED, &[]),
    ("opportunityclose", RELATED, &[]),
    ("quote", OWNED, &["quote_details", "Quote_QuoteClose"]),
    ("quotedetail", RELATED, &[]),
    ("quoteclose", RELATED, &[]),
    ("salesorder", OWNED, &["order_details", "SalesOrder_OrderClose"]),
    ("salesorderdetail", RELATED, &[]),
    ("orderclose", RELATED, &[]),
    ("invoice", OWNED, &["invoice_details"]),
    ("invoicedetail", RELATED, &[]),
    ("task", OWNED, &[]),
    ("appointment", OWNED, &[]),
    ("phonecall", OWNED, &[]),
    ("email", FILTER, &["email_activity_mime_attachment"]),
    ("activitymimeattachment", OWNED, &[]),
    ("annotation", OWNED, &[]),
    ("new_visitreport", OWNED, &[]),
    ("list", OWNED, &[]),
    ("campaign", ALL, &[]),
    ("competitor", ALL, &[]),
    ("connection", ALL, &[]),
    ("connectionrole", ALL, &[]),
    ("customeraddress", ALL, &[]),
    ("leadaddress", ALL, &[]),
    ("leadtoopportunitysalesprocess", ALL, &[]),
    ("opportunitysalesprocess", ALL, &[]),
    ("pricelevel", ALL, &[]),
    ("product", ALL, &[]),
    ("productpricelevel", ALL, &[]),
    ("discount", ALL, &[]),
    ("discounttype", ALL, &[]),
    ("uom", ALL, &[]),
    ("uomschedule", ALL, &[]),
    ("queue", ALL, &[]),
    ("queueitem", ALL, &[]),
    ("queuemembership", ALL, &[]),
    ("salesliterature", ALL, &[]),
    ("template", ALL, &[]),
    ("territory", ALL, &[]),
    ("businessunit", ALL, &[]),
    ("systemuser", ALL, &[]),
    ("team", ALL, &[]),
    ("teammembership", ALL, &[]),
    ("transactioncurrency", ALL, &[]),
    ("userquery", ALL, &[]),
    ("listmember", ALL, &[]),
    ("opportunitycompetitors", ALL, &[]),
];

impl World {
    pub(super) const fn count_of_profiles(stream: Stream) -> usize {
        match stream {
            Stream::OfflineProfile => PROFILES.len(),
            Stream::OfflineProfileItem => PROFILES.len() * ITEMS.len(),
            Stream::OfflineProfileAssociation => associations(),
            _ => 0,
        }
    }

    /// What a user carries; the administrator carries whatever they may read.
    pub(super) fn profile_of(&self, user: usize) -> Option<Reference> {
        match user {
            ADMINISTRATOR => None,
            MANAGER => Some(self.profile(MANAGEMENT)),
            _ => Some(self.profile(SALES)),
        }
    }

    fn profile(&self, index: usize) -> Reference {
        self.reference(Stream::OfflineProfile, index, PROFILES[index].0.to_owned())
    }

    pub(super) fn profile_row(&self, index: usize) -> Row {
        let (name, description) = PROFILES[index];
        let build =
            Build::new().text("name", name).text("description", description).flag("isvalidated", true);
        self.row(Stream::OfflineProfile, index, self.set_up(build))
    }

    pub(super) fn profile_item_row(&self, index: usize) -> Row {
        let (profile, item) = (index / ITEMS.len(), index % ITEMS.len());
        let (table, rows, related) = ITEMS[item];
        // Who leads carries what everybody has; what belongs to it comes in any case.
        let rows = if profile == MANAGEMENT && rows != FILTER { ALL } else { rows };
        let has_files = profile == SALES || table != "activitymimeattachment";
        let is_owned = rows == OWNED;
        let build = Build::new()
            .text("name", table)
            .text("selectedentitytypecode", table)
            .choice("recorddistributioncriteria", rows)
            .flags(&["recordsownedbyme", "recordsownedbymyteam", "recordsownedbymybusinessunit"], is_owned)
            .flag("getrelatedentityrecords", !related.is_empty())
            .flag("canbefollowed", false)
            .flag("downloadfiles", has_files)
            .flags(&["isvisibleingrid", "isvalidated"], true)
            .text("profileitementityfilter", if rows == FILTER { LATE_EMAILS } else { "" })
            .reference("regardingobjectid", self.profile(profile));
        self.row(Stream::OfflineProfileItem, index, self.set_up(build))
    }

    pub(super) fn profile_association_row(&self, index: usize) -> Row {
        let mut all = ITEMS.iter().enumerate().flat_map(|(item, (_, _, related))| {
            related.iter().map(move |relationship| (item, *relationship))
        });
        let (item, relationship) = all.nth(index).unwrap_or((0, ""));
        let item = self.reference(Stream::OfflineProfileItem, item, ITEMS[item].0.to_owned());
        let build = Build::new()
            .text("name", relationship)
            .id("relationshipid", self.id(Stream::OfflineProfileAssociation, associations() + index))
            .choice("selectedrelationshipsschema", 0)
            .text("relationshipname", relationship)
            .text("relationshipdisplayname", relationship)
            .flag("isvalidated", true)
            .reference("mobileofflineprofileitemid", item);
        self.row(Stream::OfflineProfileAssociation, index, self.set_up(build))
    }
}

const fn associations() -> usize {
    let (mut count, mut item) = (0, 0);
    while item < ITEMS.len() {
        count += ITEMS[item].2.len();
        item += 1;
    }
    count
}
