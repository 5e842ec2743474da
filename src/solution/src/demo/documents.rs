//! Quotes, orders and invoices of the deals, and the lines of all four documents.

use super::accounts::Account;
use super::build::Build;
use super::catalogue::PRODUCTS;
use super::deals::{Deal, Line, OrderFate, REVISED_EVERY, Terms, Totals};
use super::opportunities::Opportunity;
use super::organization::CURRENCIES;
use super::world::{Stream, World};
use model::{Date, Decimal, Reference, Row, Timestamp};

/// What other rows need to know of a quote.
struct Quote {
    deal: Deal,
    /// True for the version before a revision.
    is_outdated: bool,
    revision: i64,
    created: Date,
    closed: Option<Date>,
    state: i32,
    status: i32,
}

/// What other rows need to know of an invoice.
struct Invoice {
    created: Date,
    due: Date,
    state: i32,
    status: i32,
    changed: Date,
}

impl World {
    fn quote(&self, document: usize) -> Quote {
        let deal = self.deal(self.deals.quotes.deal(document));
        let is_outdated = document >= self.counts.quotes.min(self.counts.deals);
        let has_revision = deal.number.is_multiple_of(REVISED_EVERY);
        let opportunity = &deal.opportunity;
        let mut draw = self.facts(Stream::Quote, deal.number);
        let last =
            opportunity.actual_close.unwrap_or_else(|| self.today.plus_days(-1)).max(opportunity.created);
        let span = last.days() - opportunity.created.days();
        let created = opportunity.created.plus_days(span * draw.between(30, 90) / 100);
        let lot = draw.below(100);
        let (state, status) = match (opportunity.state, opportunity.stage) {
            (1, _) => (2, 4),
            (2, _) => (3, if lot < 60 { 5 } else { 6 }),
            (_, 2..) if lot < 85 => (1, if lot < 30 { 2 } else { 3 }),
            _ if lot < 25 => (1, 2),
            _ => (0, 1),
        };
        let closed = opportunity.actual_close;
        if is_outdated {
            let earlier = opportunity.created.plus_days((created.days() - opportunity.created.days()) / 2);
            let (closed, created) = (Some(created), earlier);
            return Quote { deal, is_outdated, revision: 0, created, closed, state: 3, status: 7 };
        }
        Quote { deal, is_outdated, revision: i64::from(has_revision), created, closed, state, status }
    }

    /// A number as the server gives it: counted, then letters so that it cannot be guessed.
    fn document_number(&self, stream: Stream, prefix: &str, deal: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let mut draw = self.details(stream, usize::MAX - deal);
        let letters: String = (0..6).map(|_| char::from(draw.pick(LETTERS))).collect();
        format!("{prefix}-{:05}-{letters}", 1_000 + deal)
    }

    fn stamps(&self, stream: Stream, deal: &Deal, [created, changed]: [Date; 2]) -> [Timestamp; 2] {
        let mut draw = self.details(stream, deal.number);
        let rep = deal.opportunity.rep;
        [
            self.at_work(&mut draw, rep, self.past(created)),
            self.at_work(&mut draw, rep, self.past(changed.max(created))),
        ]
    }

    fn noon(&self, deal: &Deal, date: Date) -> Timestamp {
        self.at(deal.opportunity.rep, date, 12 * 60)
    }

    /// What quotes, orders and invoices have in common.
    fn document(&self, deal: &Deal, terms: &Terms) -> Build {
        let opportunity = &deal.opportunity;
        let account = &opportunity.account;
        let build = Build::new()
            .text("name", opportunity.name.as_str())
            .reference("customerid", self.account_reference(account))
            .reference("opportunityid", self.opportunity_reference(opportunity))
            .reference("pricelevelid", self.price_list(deal.list))
            .choice("paymenttermscode", [1, 1, 1, 3, 3, 4][deal.number % 6])
            .choice("shippingmethodcode", [2, 4, 6, 2][deal.number % 4])
            .choice("shipto_freighttermscode", 1)
            .flag("willcall", false);
        let build = self.priced(build, deal, &Totals::of(&deal.taxed(), terms), terms);
        self.addresses(build, account)
    }

    /// The totals of an opportunity with lines; what a won one brought is what was ordered, without freight and tax.
    pub(super) fn opportunity_prices(&self, build: Build, opportunity: &Opportunity) -> Build {
        let Some(number) = self.deal_of(opportunity.index) else { return build };
        let deal = self.deal(number);
        let rate = CURRENCIES[deal.list].rate;
        let totals = Totals::of(&deal.lines, &Terms::default());
        let ordered = Totals::of(&deal.lines, &deal.terms).less_freight;
        let was_ordered = self.deals.orders.document(number).is_some();
        self.priced(build, &deal, &totals, &Terms::default())
            .reference("pricelevelid", self.price_list(deal.list))
            .when(was_ordered, |build| build.amount("actualvalue", ordered, rate))
    }

    /// The amounts of a header.
    fn priced(&self, build: Build, deal: &Deal, totals: &Totals, terms: &Terms) -> Build {
        let rate = CURRENCIES[deal.list].rate;
        build
            .reference("transactioncurrencyid", self.currency(deal.list))
            .decimal("exchangerate", Decimal::new(rate, 4))
            .amount("totallineitemamount", totals.detail, rate)
            .amount("totallineitemdiscountamount", totals.line_discount, rate)
            .amount("totaldiscountamount", totals.total_discount, rate)
            .decimal("discountpercentage", terms.percentage)
            .amount("discountamount", terms.discount, rate)
            .amount("totalamountlessfreight", totals.less_freight, rate)
            .amount("freightamount", terms.freight, rate)
            .amount("totaltax", totals.tax, rate)
            .amount("totalamount", totals.total, rate)
            .choice("pricingerrorcode", 0)
            .choice("skippricecalculation", 0)
    }

    /// Where the bill and the goods go: to the account.
    fn addresses(&self, build: Build, account: &Account) -> Build {
        let mut draw = self.details(Stream::Account, account.index);
        let street = self.street(&mut draw, account.language, account.country);
        let lines = self.address(Build::new(), &street, account.city, account.country).finish();
        let parts = ["line1", "city", "stateorprovince", "postalcode", "country", "composite"];
        ["billto", "shipto"].iter().fold(build, |build, prefix| {
            let build = build.text(&format!("{prefix}_name"), account.name.as_str());
            parts.iter().fold(build, |build, part| {
                let text = lines.get(&format!("address1_{part}")).as_text().unwrap_or_default();
                build.text(&format!("{prefix}_{part}"), text)
            })
        })
    }

    pub(super) fn quote_row(&self, document: usize) -> Row {
        let quote = self.quote(document);
        let deal = &quote.deal;
        let mut draw = self.facts(Stream::QuoteLine, deal.number);
        let until = quote.created.plus_days(draw.pick(&[30, 45, 60]));
        let terms = quote_terms(&quote);
        let changed = quote.closed.unwrap_or(quote.created);
        let stamps = self.stamps(Stream::Quote, deal, [quote.created, changed]);
        let build = self.document(deal, &terms);
        let build = self.owned(build, deal.opportunity.rep, stamps);
        let build = build
            .text("quotenumber", self.document_number(Stream::Quote, "QUO", deal.number))
            .integer("revisionnumber", quote.revision)
            .choice("statecode", quote.state)
            .choice("statuscode", quote.status)
            .choice("freighttermscode", if terms.freight.is_zero() { 2 } else { 1 })
            .instant("effectivefrom", self.noon(deal, quote.created))
            .instant("effectiveto", self.noon(deal, until))
            .instant("requestdeliveryby", self.noon(deal, until.plus_days(draw.between(20, 60))))
            .date("expireson", until);
        let build = match quote.closed {
            Some(closed) if quote.state > 1 => build.date("closedon", closed),
            _ => build,
        };
        self.row(Stream::Quote, document, build)
    }

    fn quote_reference(&self, deal: &Deal) -> Reference {
        self.reference(Stream::Quote, deal.number, deal.opportunity.name.clone())
    }

    pub(super) fn order_row(&self, document: usize) -> Row {
        let deal = self.deal(self.deals.orders.deal(document));
        let fate = self.order_fate(deal.number);
        let OrderFate { placed, delivered, state, status } = fate;
        let changed = delivered.unwrap_or(placed);
        let stamps = self.stamps(Stream::Order, &deal, [placed, changed]);
        let build = self.owned(self.document(&deal, &deal.terms), deal.opportunity.rep, stamps);
        let mut build = build
            .text("ordernumber", self.document_number(Stream::Order, "ORD", deal.number))
            .reference("quoteid", self.quote_reference(&deal))
            .choice("statecode", state)
            .choice("statuscode", status)
            .choice("prioritycode", 1)
            .choice("freighttermscode", if deal.terms.freight.is_zero() { 2 } else { 1 })
            .flag("ispricelocked", state > 0)
            .instant("requestdeliveryby", self.noon(&deal, placed.plus_days(30)));
        if matches!(state, 1 | 3 | 4) {
            build = build.instant("submitdate", self.noon(&deal, self.past(placed.plus_days(2))));
        }
        if let Some(delivered) = delivered {
            build = build.instant("datefulfilled", self.noon(&deal, delivered));
        }
        self.row(Stream::Order, document, build)
    }

    fn order_reference(&self, deal: &Deal) -> Reference {
        let document = self.deals.orders.document(deal.number).unwrap_or(0);
        self.reference(Stream::Order, document, deal.opportunity.name.clone())
    }

    fn invoice(&self, deal: &Deal) -> Invoice {
        let fate = self.order_fate(deal.number);
        let created = fate.delivered.unwrap_or(fate.placed);
        let due = created.plus_days(30);
        let mut draw = self.facts(Stream::Invoice, deal.number);
        let lot = draw.below(100);
        let paid = due.plus_days(draw.between(-12, 6));
        let is_past = paid < self.today;
        let (state, status) = match lot {
            0..3 => (3, 100_003),
            3..90 if is_past => (2, if lot < 7 { 100_002 } else { 100_001 }),
            _ if lot.is_multiple_of(2) => (0, 1),
            _ => (0, 4),
        };
        Invoice { created, due, state, status, changed: if state == 2 { paid.max(created) } else { created } }
    }

    pub(super) fn invoice_row(&self, document: usize) -> Row {
        let deal = self.deal(self.deals.invoices.deal(document));
        let invoice = self.invoice(&deal);
        let stamps = self.stamps(Stream::Invoice, &deal, [invoice.created, invoice.changed]);
        let build = self.owned(self.document(&deal, &deal.terms), deal.opportunity.rep, stamps);
        let build = build
            .text("invoicenumber", self.document_number(Stream::Invoice, "INV", deal.number))
            .reference("salesorderid", self.order_reference(&deal))
            .choice("statecode", invoice.state)
            .choice("statuscode", invoice.status)
            .choice("prioritycode", 1)
            .flag("ispricelocked", true)
            .instant("datedelivered", self.noon(&deal, invoice.created))
            .date("duedate", invoice.due);
        self.row(Stream::Invoice, document, build)
    }

    /// What the lines of all documents have in common.
    fn line(&self, deal: &Deal, line: &Line, position: usize, created: Date) -> Build {
        let rate = CURRENCIES[deal.list].rate;
        let number = i64::try_from(position).unwrap_or(0) + 1;
        let is_written_in = line.slot.is_none();
        let stamps = self.stamps(Stream::OpportunityLine, deal, [created, created]);
        let build = self.owned(Build::new(), deal.opportunity.rep, stamps);
        let build = build
            .text("productname", line.name.as_str())
            .flag("isproductoverridden", is_written_in)
            .flag("ispriceoverridden", is_written_in)
            .decimal("quantity", Decimal::from(line.quantity))
            .amount("priceperunit", line.price, rate)
            .amount("volumediscountamount", line.volume_discount, rate)
            .amount("manualdiscountamount", line.manual_discount, rate)
            .amount("tax", line.tax, rate)
            .amount("baseamount", line.base(), rate)
            .amount("extendedamount", line.extended(), rate)
            .integer("lineitemnumber", number)
            .integer("sequencenumber", number)
            .choice("pricingerrorcode", 0)
            .choice("skippricecalculation", 0)
            .choice("producttypecode", 1)
            .choice("propertyconfigurationstatus", 2)
            .reference("transactioncurrencyid", self.currency(deal.list))
            .decimal("exchangerate", Decimal::new(rate, 4));
        match line.slot {
            Some(slot) => build
                .reference("productid", self.product(slot.product))
                .reference("uomid", self.unit_of(PRODUCTS[slot.product].group, slot.unit)),
            None => build.text("productdescription", line.name.as_str()),
        }
    }

    pub(super) fn opportunity_line_row(&self, index: usize) -> Row {
        let (document, position) = self.deals.opportunities.locate(index);
        let deal = self.deal(self.deals.opportunities.deal(document));
        let line = &deal.lines[position];
        let build = self
            .line(&deal, line, position, deal.opportunity.created)
            .text("opportunityproductname", line.name.as_str())
            .reference("opportunityid", self.opportunity_reference(&deal.opportunity))
            .choice("opportunitystatecode", deal.opportunity.state);
        self.row(Stream::OpportunityLine, index, build)
    }

    pub(super) fn quote_line_row(&self, index: usize) -> Row {
        let (document, position) = self.deals.quotes.locate(index);
        let quote = self.quote(document);
        let deal = &quote.deal;
        let line = &deal.taxed()[position];
        let build = self
            .line(deal, line, position, quote.created)
            .text("quotedetailname", line.name.as_str())
            .reference("quoteid", self.reference(Stream::Quote, document, deal.opportunity.name.clone()))
            .reference("salesrepid", self.user(self.rep(deal.opportunity.rep).user))
            .choice("quotestatecode", quote.state)
            .flag("willcall", false);
        self.row(Stream::QuoteLine, index, build)
    }

    pub(super) fn order_line_row(&self, index: usize) -> Row {
        let (document, position) = self.deals.orders.locate(index);
        let deal = self.deal(self.deals.orders.deal(document));
        let fate = self.order_fate(deal.number);
        let line = &deal.taxed()[position];
        let shipped = if fate.delivered.is_some() { line.quantity } else { 0 };
        let quoted = self.deals.quotes.line(deal.number, position);
        let build = self
            .line(&deal, line, position, fate.placed)
            .text("salesorderdetailname", line.name.as_str())
            .reference("salesorderid", self.order_reference(&deal))
            .reference("quotedetailid", self.reference(Stream::QuoteLine, quoted, line.name.clone()))
            .reference("salesrepid", self.user(self.rep(deal.opportunity.rep).user))
            .choice("salesorderstatecode", fate.state)
            .decimal("quantityshipped", Decimal::from(shipped))
            .flag("salesorderispricelocked", fate.state > 0)
            .flag("iscopied", true)
            .flag("willcall", false);
        self.row(Stream::OrderLine, index, build)
    }

    pub(super) fn invoice_line_row(&self, index: usize) -> Row {
        let (document, position) = self.deals.invoices.locate(index);
        let deal = self.deal(self.deals.invoices.deal(document));
        let invoice = self.invoice(&deal);
        let line = &deal.taxed()[position];
        let order = self.deals.orders.document(deal.number).unwrap_or(0);
        let ordered = self.deals.orders.line(order, position);
        let name = deal.opportunity.name.clone();
        let build = self
            .line(&deal, line, position, invoice.created)
            .text("invoicedetailname", line.name.as_str())
            .reference("invoiceid", self.reference(Stream::Invoice, document, name))
            .reference("salesorderdetailid", self.reference(Stream::OrderLine, ordered, line.name.clone()))
            .reference("salesrepid", self.user(self.rep(deal.opportunity.rep).user))
            .instant("actualdeliveryon", self.noon(&deal, invoice.created))
            .choice("invoicestatecode", invoice.state)
            .decimal("quantityshipped", Decimal::from(line.quantity))
            .flag("invoiceispricelocked", true)
            .flag("iscopied", true)
            .flag("willcall", false);
        self.row(Stream::InvoiceLine, index, build)
    }
}

/// Before a revision nothing was taken off the whole quote.
fn quote_terms(quote: &Quote) -> Terms {
    if quote.is_outdated {
        Terms { freight: quote.deal.terms.freight, ..Terms::default() }
    } else {
        quote.deal.terms
    }
}
