//! What is sold: which opportunities have lines, and which of these became quotes, orders and invoices.
//!
//! A deal is an opportunity with lines. Its quote, order and invoice have the same lines, so each of them follows from
//! the number of the deal alone. Amounts are computed as the pricing engine does: a line is worth its price times its
//! quantity, less discounts, plus tax; a header is the sum of its lines, less its own discount, plus freight and tax.

use super::catalogue::{self, PRODUCTS, PriceList, Slot, Structure, price_list};
use super::catalogue_rows::own_slot;
use super::draw::Draw;
use super::opportunities::Opportunity;
use super::world::{Counts, Fill, Stream, World};
use model::{Date, Decimal, money};

/// How many lines a deal has, by its number modulo the length.
const LINE_COUNTS: [usize; 5] = [2, 3, 1, 4, 2];
/// Shares of the lines in the deal's amount.
const WEIGHTS: [i64; 4] = [5, 3, 2, 1];
/// Every how many quotes one has been revised.
pub const REVISED_EVERY: usize = 10;

/// Documents of one kind with the deal each belongs to, in the order of deals, and where its lines begin.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    deals: Vec<usize>,
    starts: Vec<usize>,
}

impl Chain {
    fn new(deals: Vec<usize>) -> Self {
        let mut starts = vec![0];
        let mut lines = 0;
        for deal in &deals {
            lines += LINE_COUNTS[deal % LINE_COUNTS.len()];
            starts.push(lines);
        }
        Self { deals, starts }
    }

    pub const fn documents(&self) -> usize {
        self.deals.len()
    }

    pub fn lines(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The deal of a document.
    pub fn deal(&self, document: usize) -> usize {
        self.deals.get(document).copied().unwrap_or(0)
    }

    /// The document of a deal, where documents are in the order of deals.
    pub fn document(&self, deal: usize) -> Option<usize> {
        self.deals.binary_search(&deal).ok()
    }

    /// The number of a document's line.
    pub fn line(&self, document: usize, position: usize) -> usize {
        self.starts.get(document).copied().unwrap_or(0) + position
    }

    /// Document and position of a line.
    pub fn locate(&self, line: usize) -> (usize, usize) {
        let document = self.starts.partition_point(|start| *start <= line).saturating_sub(1);
        (document, line - self.starts.get(document).copied().unwrap_or(0))
    }
}

/// Every chain. The only lists that grow with the number of documents: some bytes for each.
#[derive(Clone, Debug, Default)]
pub struct Deals {
    pub opportunities: Chain,
    /// Quotes as they stand, then the versions before their revision.
    pub quotes: Chain,
    pub orders: Chain,
    pub invoices: Chain,
}

/// A line without its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is sold, or nothing for what is written in.
    pub slot: Option<Slot>,
    /// What the line is called.
    pub name: String,
    pub quantity: i64,
    pub price: Decimal,
    /// For one unit.
    pub volume_discount: Decimal,
    /// For the whole line.
    pub manual_discount: Decimal,
    pub tax: Decimal,
}

impl Line {
    pub fn base(&self) -> Decimal {
        self.price * Decimal::from(self.quantity)
    }

    /// What the line is worth without tax.
    pub fn net(&self) -> Decimal {
        self.base() - self.volume_discount * Decimal::from(self.quantity) - self.manual_discount
    }

    pub fn extended(&self) -> Decimal {
        self.net() + self.tax
    }
}

/// What is taken off and put on a whole document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Per cent of the lines.
    pub percentage: Decimal,
    pub discount: Decimal,
    pub freight: Decimal,
}

/// The amounts of a header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub detail: Decimal,
    pub line_discount: Decimal,
    pub total_discount: Decimal,
    pub less_freight: Decimal,
    pub tax: Decimal,
    pub total: Decimal,
}

impl Totals {
    pub fn of(lines: &[Line], terms: &Terms) -> Self {
        let detail: Decimal = lines.iter().map(Line::net).sum();
        let total_discount =
            money::round(detail * terms.percentage / Decimal::ONE_HUNDRED, 2) + terms.discount;
        let less_freight = detail - total_discount;
        let tax: Decimal = lines.iter().map(|line| line.tax).sum();
        Self {
            detail,
            line_discount: lines.iter().map(|line| line.manual_discount).sum(),
            total_discount,
            less_freight,
            tax,
            total: less_freight + terms.freight + tax,
        }
    }
}

/// An opportunity with what is to be sold.
pub struct Deal {
    pub number: usize,
    pub opportunity: Opportunity,
    /// Index of the price list, which is that of the currency.
    pub list: usize,
    /// Without tax.
    pub lines: Vec<Line>,
    pub terms: Terms,
}

impl Deal {
    /// The lines as a quote, order or invoice has them: with tax.
    pub fn taxed(&self) -> Vec<Line> {
        let per_mille = value_added_tax(self.opportunity.account.country.code);
        let taxed = |line: &Line| {
            let tax = money::round(line.net() * Decimal::new(per_mille, 3), 2);
            Line { tax, ..line.clone() }
        };
        self.lines.iter().map(taxed).collect()
    }
}

/// The usual rate of a country, per mille.
fn value_added_tax(country: &str) -> i64 {
    match country {
        "FR" | "AT" | "GB" => 200,
        "DE" => 190,
        "BE" => 210,
        "IE" => 230,
        "CH" => 81,
        _ => 0,
    }
}

/// What the demo company sells by itself, neither families nor bundles.
fn sold() -> Vec<usize> {
    let is_sold =
        |index: &usize| PRODUCTS[*index].is_sold() && PRODUCTS[*index].structure == Structure::Single;
    (0..PRODUCTS.len()).filter(is_sold).collect()
}

/// The most of a product that a deal can reasonably have, in its unit.
fn most(slot: Slot) -> i64 {
    let product = &PRODUCTS[slot.product];
    match (product.group, product.price) {
        (0, 100_000..) => 4,
        (0, 40_000..) => 12,
        (0, _) => 1_200,
        (1, _) => 2_500,
        (2, 50_000..) => 10,
        (2, _) => 60,
        (_, 50_000..) => 5,
        _ => 60,
    }
}

impl World {
    /// Finds which deals became quotes, orders and invoices.
    pub(super) fn find_deals(&self) -> Deals {
        let Counts { deals, quotes, .. } = self.counts;
        let quotes = quotes.min(deals);
        let revised = (0..quotes).step_by(REVISED_EVERY);
        let won = |deal: &usize| self.opportunity(self.opportunity_of(*deal)).state == 1;
        let orders: Vec<usize> = (0..quotes).filter(won).collect();
        let invoices = orders.iter().copied().filter(|deal| self.is_invoiced(*deal)).collect();
        Deals {
            opportunities: Chain::new((0..deals).collect()),
            quotes: Chain::new((0..quotes).chain(revised).collect()),
            orders: Chain::new(orders),
            invoices: Chain::new(invoices),
        }
    }

    /// Index of a deal's opportunity: deals are spread over all of them.
    pub(super) fn opportunity_of(&self, deal: usize) -> usize {
        deal * self.deal_step()
    }

    /// The deal of an opportunity, if it has lines.
    pub(super) fn deal_of(&self, opportunity: usize) -> Option<usize> {
        let step = self.deal_step();
        (opportunity.is_multiple_of(step) && opportunity / step < self.counts.deals)
            .then_some(opportunity / step)
    }

    fn deal_step(&self) -> usize {
        (self.counts.opportunities / self.counts.deals.max(1)).max(1)
    }

    pub(super) fn deal(&self, number: usize) -> Deal {
        let opportunity = self.opportunity(self.opportunity_of(number));
        let mut draw = self.facts(Stream::OpportunityLine, number);
        let list = opportunity.account.country.currency;
        let lines = self.deal_lines(&mut draw, number, &opportunity, price_list(list));
        let terms = Terms {
            percentage: if draw.chance(15) { Decimal::from(draw.between(2, 5)) } else { Decimal::ZERO },
            discount: if draw.chance(8) { Decimal::from(draw.pick(&[50, 100, 250])) } else { Decimal::ZERO },
            freight: if draw.chance(55) {
                Decimal::from((opportunity.amount / 100 / 5 * 5).clamp(10, 900))
            } else {
                Decimal::ZERO
            },
        };
        Deal { number, opportunity, list, lines, terms }
    }

    fn deal_lines(
        &self,
        draw: &mut Draw,
        number: usize,
        opportunity: &Opportunity,
        list: PriceList,
    ) -> Vec<Line> {
        let count = LINE_COUNTS[number % LINE_COUNTS.len()];
        let shares: i64 = WEIGHTS[..count].iter().sum();
        let sold = sold();
        let first = draw.below(sold.len());
        let mut lines = Vec::with_capacity(count);
        for (position, weight) in WEIGHTS[..count].iter().enumerate() {
            let target = Decimal::from((opportunity.amount * weight / shares).max(1));
            if position > 0 && position + 1 == count && draw.chance(20) {
                lines.push(self.written_in(draw, opportunity, target));
                continue;
            }
            // Seven and the number of products have no common factor: no product comes twice.
            let product = sold[(first + position * 7) % sold.len()];
            lines.push(catalogue_line(draw, own_slot(product, &PRODUCTS[product]), list, target));
        }
        lines
    }

    /// A line for what is not in the catalogue.
    fn written_in(&self, draw: &mut Draw, opportunity: &Opportunity, target: Decimal) -> Line {
        let name = self.phrase(draw, opportunity.account.language, "write-in", &Fill::default());
        let price =
            (target / Decimal::from(10)).floor().clamp(Decimal::ONE, Decimal::from(360)) * Decimal::from(5);
        Line {
            slot: None,
            name,
            quantity: 1,
            price,
            volume_discount: Decimal::ZERO,
            manual_discount: Decimal::ZERO,
            tax: Decimal::ZERO,
        }
    }

    /// What became of the order of a won deal, by its age.
    pub(super) fn order_fate(&self, deal: usize) -> OrderFate {
        let opportunity = self.opportunity(self.opportunity_of(deal));
        let mut draw = self.facts(Stream::Order, deal);
        let placed = opportunity.actual_close.unwrap_or(opportunity.created);
        let age = self.today.days() - placed.days();
        let delivered = self.past(placed.plus_days(draw.between(12, 28)));
        let lot = draw.below(100);
        let (state, status) = match (age, lot) {
            (_, 0..4) => (2, 4),
            (..10, _) => (0, if lot < 60 { 1 } else { 2 }),
            (10..32, _) => (1, 3),
            (_, 4..20) => (3, if lot < 8 { 100_002 } else { 100_001 }),
            _ => (4, 100_003),
        };
        OrderFate { placed, delivered: (state >= 3).then_some(delivered), state, status }
    }

    fn is_invoiced(&self, deal: usize) -> bool {
        self.order_fate(deal).state == 4
    }
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderFate {
    pub placed: Date,
    pub delivered: Option<Date>,
    pub state: i32,
    pub status: i32,
}

/// As much of a product as comes near an amount.
fn catalogue_line(draw: &mut Draw, own: Slot, list: PriceList, target: Decimal) -> Line {
    let product = &PRODUCTS[own.product];
    let wanted = (target / catalogue::price(list, own)).round();
    let wanted = i64::try_from(wanted).unwrap_or(1).clamp(1, most(own));
    let in_boxes = wanted >= 40 && catalogue::is_boxed(product) && draw.chance(40);
    let (slot, quantity) =
        if in_boxes { (Slot { unit: 1, ..own }, (wanted + 5) / 10) } else { (own, wanted) };
    let price = catalogue::price(list, slot);
    let base = price * Decimal::from(quantity);
    let manual_discount =
        if draw.chance(22) { money::round(base * Decimal::new(5, 2), 2) } else { Decimal::ZERO };
    Line {
        slot: Some(slot),
        name: product.name.to_owned(),
        quantity,
        price,
        volume_discount: catalogue::volume_discount(list, slot, quantity),
        manual_discount,
        tax: Decimal::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_header_adds_up_its_lines() {
        let line = |quantity, price, volume, manual, tax| Line {
            slot: None,
            name: String::new(),
            quantity,
            price: number(price),
            volume_discount: number(volume),
            manual_discount: number(manual),
            tax: number(tax),
        };
        let lines = [line(11, "100", "2", "10", "213.60"), line(1, "0.35", "0", "0", "0.07")];
        assert_eq!(lines[0].extended(), number("1281.60"));
        let terms = Terms { percentage: number("3"), discount: number("5"), freight: number("20") };
        let totals = Totals::of(&lines, &terms);
        assert_eq!(totals.detail, number("1068.35"));
        assert_eq!(totals.total_discount, number("37.05"));
        assert_eq!(totals.less_freight, number("1031.30"));
        assert_eq!(totals.total, number("1264.97"));
        assert_eq!(totals.line_discount, number("10"));
    }

    #[test]
    fn lines_are_found_by_their_number() {
        let chain = Chain::new(vec![0, 3, 4, 7]);
        assert_eq!((chain.documents(), chain.lines()), (4, 9));
        for (line, expected) in [(0, (0, 0)), (1, (0, 1)), (2, (1, 0)), (5, (1, 3)), (6, (2, 0)), (8, (3, 0))]
        {
            assert_eq!(chain.locate(line), expected, "{line}");
            assert_eq!(chain.line(expected.0, expected.1), line);
        }
        assert_eq!((chain.document(4), chain.document(5)), (Some(2), None));
        assert_eq!(Chain::new(Vec::new()).lines(), 0);
    }

    #[test]
    fn no_two_lines_of_a_deal_sell_the_same() {
        let sold = sold();
        for first in 0..sold.len() {
            let mut products: Vec<_> = (0..4).map(|position| (first + position * 7) % sold.len()).collect();
            products.sort_unstable();
            products.dedup();
            assert_eq!(products.len(), 4);
        }
    }
}
