//! What the demo company sells: six families of luminaires, controls and emergency lighting, services, bundles, with
//! units, price lists in every currency and volume discounts. Product names are brand names, the same everywhere.

use super::organization::CURRENCIES;
use super::world::{Stream, World};
use model::{Decimal, Reference};

/// A unit group: its name, then its units with their names and what one holds of the first.
pub const UNIT_GROUPS: [(&str, &[(&str, i64)]); 4] = [
    ("Pieces", &[("Piece", 1), ("Box of 10", 10), ("Pallet of 400", 400)]),
    ("Lengths", &[("Metre", 1), ("Roll of 25 m", 25)]),
    ("Working Time", &[("Hour", 1), ("Day", 8)]),
    ("Subscription", &[("Month", 1), ("Year", 12)]),
];

/// Pieces, the first of the unit groups.
const PIECES: usize = 0;
/// Lengths, the second.
const LENGTHS: usize = 1;

/// Names of the discount lists; the first in percent, the second in euros a unit.
pub const DISCOUNT_LISTS: [&str; 2] = ["Volume Discount", "Cable by Length"];

/// The brackets: discount list, from and until which quantity, and hundredths of a percent or of a euro.
pub const DISCOUNTS: [(usize, i64, i64, i64); 5] =
    [(0, 10, 49, 300), (0, 50, 199, 600), (0, 200, 100_000, 900), (1, 100, 499, 10), (1, 500, 100_000, 20)];

/// What a product is in the hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    Single,
    Family,
    Bundle,
}

/// What stage of its life a product is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Active,
    Retired,
    Draft,
    UnderRevision,
}

/// A product as the catalogue has it.
#[derive(Debug)]
pub struct Product {
    pub name: &'static str,
    pub number: &'static str,
    pub structure: Structure,
    /// Index of its family.
    pub family: Option<usize>,
    /// Index of its unit group.
    pub group: usize,
    /// Index of its unit in the group.
    pub unit: usize,
    /// Cents of a euro.
    pub price: i64,
    pub life: Life,
    pub description: &'static str,
}

impl Product {
    /// True where it may stand on a line.
    pub fn is_sold(&self) -> bool {
        self.structure != Structure::Family && self.life == Life::Active
    }
}

const fn family(name: &'static str, number: &'static str, description: &'static str) -> Product {
    let (structure, life) = (Structure::Family, Life::Active);
    Product { name, number, structure, family: None, group: PIECES, unit: 0, price: 0, life, description }
}

const fn product(
    family: usize,
    (name, number): (&'static str, &'static str),
    (group, unit): (usize, usize),
    price: i64,
    description: &'static str,
) -> Product {
    let (structure, life) = (Structure::Single, Life::Active);
    Product { name, number, structure, family: Some(family), group, unit, price, life, description }
}

const fn piece(family: usize, name: &'static str, number: &'static str, price: i64) -> Product {
    product(family, (name, number), (PIECES, 0), price, "")
}

const fn with_life(mut product: Product, life: Life) -> Product {
    product.life = life;
    product
}

const fn bundle(name: &'static str, number: &'static str, price: i64, description: &'static str) -> Product {
    let (structure, life) = (Structure::Bundle, Life::Active);
    Product { name, number, structure, family: None, group: PIECES, unit: 0, price, life, description }
}

/// Every product, families first.
pub const PRODUCTS: [Product; 39] = [
    family("Linea", "LIN", "Linear luminaires and continuous rows for halls, shops and classrooms."),
    family("Strata", "STR", "Flat panels for offices and corridors."),
    family("Orbis", "ORB", "Round luminaires, from the downlight to the high bay."),
    family("Cadre", "CAD", "Tracks and spots that show goods at their best."),
    family("Pilota", "PIL", "Controls: sensors, switches, gateways and the service behind them."),
    family("Sentia", "SEN", "Emergency lighting and escape signs."),
    family("Orvelux Services", "SRV", "Design, installation, maintenance and recycling."),
    piece(0, "Linea 600", "LIN-0600", 8_490),
    piece(0, "Linea 1200", "LIN-1200", 12_900),
    piece(0, "Linea 1500", "LIN-1500", 14_950),
    piece(0, "Linea Duo 1500", "LIN-1500D", 21_900),
    with_life(piece(0, "Linea Air", "LIN-AIR", 26_400), Life::Draft),
    product(0, ("Linea Cable 5 × 1.5", "LIN-CAB"), (LENGTHS, 0), 185, "Halogen-free supply cable."),
    piece(1, "Strata 600 × 600", "STR-0606", 9_780),
    piece(1, "Strata 300 × 1200", "STR-0312", 10_450),
    with_life(piece(1, "Strata UGR16", "STR-UGR16", 15_600), Life::UnderRevision),
    piece(1, "Strata Clean IP65", "STR-IP65", 18_200),
    with_life(piece(2, "Orbis 120", "ORB-120", 3_950), Life::Retired),
    piece(2, "Orbis 150", "ORB-150", 4_850),
    piece(2, "Orbis 200", "ORB-200", 6_400),
    piece(2, "Orbis High Bay 100 W", "ORB-HB100", 23_900),
    piece(2, "Orbis High Bay 200 W", "ORB-HB200", 36_500),
    piece(3, "Cadre Spot 24°", "CAD-SP24", 7_950),
    piece(3, "Cadre Spot 36°", "CAD-SP36", 7_950),
    piece(3, "Cadre Track 2 m", "CAD-TR2", 5_480),
    piece(4, "Pilota Gateway", "PIL-GW", 48_900),
    piece(4, "Pilota Sensor", "PIL-SEN", 6_950),
    piece(4, "Pilota Switch", "PIL-SW", 5_250),
    product(4, ("Pilota Cloud", "PIL-CLD"), (3, 0), 3_900, "Scenes, reports and updates for one gateway."),
    piece(5, "Sentia Exit", "SEN-EXIT", 8_900),
    piece(5, "Sentia Spot", "SEN-SPOT", 7_400),
    piece(5, "Sentia Central Battery", "SEN-CB", 289_000),
    product(6, ("Lighting Design", "SRV-DES"), (2, 0), 9_500, "Calculation, plans and a visit."),
    product(6, ("Commissioning", "SRV-COM"), (2, 1), 84_000, "Settings, measurements and training on site."),
    product(6, ("Maintenance Contract", "SRV-MNT"), (3, 1), 118_000, "One visit a year, parts included."),
    product(6, ("Recycling", "SRV-REC"), (PIECES, 0), 350, "Removal and recycling of an old fitting."),
    bundle("Classroom Kit", "KIT-CLASS", 99_000, "Eight panels, a sensor and a switch."),
    bundle("Warehouse Aisle Kit", "KIT-AISLE", 285_000, "Ten high bays with two sensors."),
    bundle("Shop Window Kit", "KIT-SHOP", 69_500, "Six spots on two tracks."),
];

/// What is in the bundles: bundle, product, how many, whether it must be taken.
pub const BUNDLE_ITEMS: [(usize, usize, i64, bool); 8] = [
    (36, 13, 8, true),
    (36, 26, 1, true),
    (36, 27, 1, false),
    (37, 20, 10, true),
    (37, 26, 2, true),
    (37, 25, 1, false),
    (38, 22, 6, true),
    (38, 24, 2, true),
];

/// What to suggest with what: product, suggestion, `salesrelationshiptype`, whether it holds both ways.
pub const SUGGESTIONS: [(usize, usize, i32, bool); 10] = [
    (8, 10, 0, false),
    (13, 16, 0, false),
    (20, 21, 0, false),
    (8, 12, 2, false),
    (22, 24, 2, false),
    (25, 28, 1, false),
    (26, 25, 1, false),
    (29, 30, 1, true),
    (17, 18, 3, false),
    (22, 23, 3, true),
];

/// Properties of families: family, name, `datatype`, options.
pub const PROPERTIES: [(usize, &str, &[&str]); 4] = [
    (0, "Colour Temperature", &["3000 K", "4000 K", "6500 K"]),
    (1, "Colour Temperature", &["3000 K", "4000 K"]),
    (2, "Housing Colour", &["White", "Silver", "Black"]),
    (3, "Colour Rendering", &["CRI 90", "CRI 97"]),
];

/// Titles of the sales literature with `literaturetypecode` and whether customers may see it.
pub const LITERATURE: [(&str, i32, bool); 8] = [
    ("Linea Product Sheet", 1, true),
    ("Strata Product Sheet", 1, true),
    ("Orbis Product Sheet", 1, true),
    ("Pilota: How Controls Save Energy", 0, true),
    ("List Prices", 7, false),
    ("Installation Manual: Continuous Rows", 8, true),
    ("Discount Policy", 2, false),
    ("Orvelux at a Glance", 9, true),
];

/// One price list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceList {
    /// This year's prices in a currency.
    Current(usize),
    /// Last year's in euros.
    Last,
    /// Percentages of the list price for resellers, in euros.
    Partner,
}

/// How many price lists there are.
pub const PRICE_LISTS: usize = CURRENCIES.len() + 2;

/// The price list of an index.
pub const fn price_list(index: usize) -> PriceList {
    match index {
        index if index < CURRENCIES.len() => PriceList::Current(index),
        index if index == CURRENCIES.len() => PriceList::Last,
        _ => PriceList::Partner,
    }
}

impl PriceList {
    /// Index of its currency.
    pub const fn currency(self) -> usize {
        match self {
            Self::Current(currency) => currency,
            Self::Last | Self::Partner => 0,
        }
    }
}

/// What a price list has a price for: a product in one of its units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub product: usize,
    /// Index of the unit in the product's group.
    pub unit: usize,
}

/// Everything a price list has prices for: each product in its own unit, luminaires by the box as well.
pub fn slots() -> Vec<Slot> {
    let own = |(index, product): (usize, &Product)| {
        product.is_sold().then_some(Slot { product: index, unit: product.unit })
    };
    let boxes = |(index, product): (usize, &Product)| {
        (product.is_sold() && is_boxed(product)).then_some(Slot { product: index, unit: 1 })
    };
    let each = || PRODUCTS.iter().enumerate();
    each().filter_map(own).chain(each().filter_map(boxes)).collect()
}

/// True for what comes in boxes: small things counted in pieces.
pub fn is_boxed(product: &Product) -> bool {
    product.group == PIECES
        && product.structure == Structure::Single
        && (1_000..30_000).contains(&product.price)
}

/// Per cent of the list price that resellers pay.
pub const PARTNER_PERCENT: i64 = 82;

/// The price of a product in a unit in a list, in the list's currency, as round as prices are.
pub fn price(list: PriceList, slot: Slot) -> Decimal {
    let Some(product) = PRODUCTS.get(slot.product) else { return Decimal::ZERO };
    let held = unit_factor(product.group, slot.unit) / unit_factor(product.group, product.unit).max(1);
    // A box costs five per cent less than its pieces.
    let cents = product.price * held * if held > 1 { 95 } else { 100 } / 100;
    let rate = CURRENCIES.get(list.currency()).map_or(10_000, |currency| currency.rate);
    let cents = match list {
        PriceList::Current(0) => cents,
        PriceList::Current(_) => (cents * rate / 10_000 + 4) / 5 * 5,
        PriceList::Last => (cents * 96 / 100 + 4) / 5 * 5,
        PriceList::Partner => cents * PARTNER_PERCENT / 100,
    };
    Decimal::new(cents.max(1), 2)
}

/// The discount list for a product in a unit; none for services and in units other than the product's own.
pub fn discount_list(list: PriceList, slot: Slot) -> Option<usize> {
    let product = PRODUCTS.get(slot.product)?;
    let is_own_unit = slot.unit == product.unit && product.structure == Structure::Single;
    match (product.group, list) {
        (PIECES, PriceList::Current(_)) if is_own_unit => Some(0),
        (LENGTHS, PriceList::Current(0)) if is_own_unit => Some(1),
        _ => None,
    }
}

/// The discount on one unit for a quantity.
pub fn volume_discount(list: PriceList, slot: Slot, quantity: i64) -> Decimal {
    let Some(discount_list) = discount_list(list, slot) else { return Decimal::ZERO };
    let bracket = DISCOUNTS
        .iter()
        .find(|(of, from, until, _)| *of == discount_list && (*from..=*until).contains(&quantity));
    let Some((.., value)) = bracket else { return Decimal::ZERO };
    if discount_list == 1 {
        return Decimal::new(*value, 2);
    }
    model::money::round(price(list, slot) * Decimal::new(*value, 4), 2)
}

fn unit_factor(group: usize, unit: usize) -> i64 {
    UNIT_GROUPS.get(group).and_then(|(_, units)| units.get(unit)).map_or(1, |(_, held)| *held)
}

/// The number of a unit among all units.
pub fn unit_index(group: usize, unit: usize) -> usize {
    UNIT_GROUPS.iter().take(group).map(|(_, units)| units.len()).sum::<usize>() + unit
}

/// How many units there are.
pub fn unit_count() -> usize {
    unit_index(UNIT_GROUPS.len(), 0)
}

/// Group and place in it of a unit.
pub fn unit_at(index: usize) -> (usize, usize) {
    let mut rest = index;
    for (group, (_, units)) in UNIT_GROUPS.iter().enumerate() {
        if rest < units.len() {
            return (group, rest);
        }
        rest -= units.len();
    }
    (0, 0)
}

impl World {
    pub(super) fn unit_of(&self, group: usize, unit: usize) -> Reference {
        let name = UNIT_GROUPS.get(group).and_then(|(_, units)| units.get(unit)).map_or("", |(name, _)| name);
        self.reference(Stream::UnitOfMeasure, unit_index(group, unit), name.to_owned())
    }

    pub(super) fn unit_group(&self, group: usize) -> Reference {
        let name = UNIT_GROUPS.get(group).map_or("", |(name, _)| name);
        self.reference(Stream::UnitGroup, group, name.to_owned())
    }

    pub(super) fn product(&self, index: usize) -> Reference {
        let name = PRODUCTS.get(index).map_or("", |product| product.name);
        self.reference(Stream::Product, index, name.to_owned())
    }

    /// The price list of an index; the first are this year's in each currency.
    pub(super) fn price_list(&self, index: usize) -> Reference {
        self.reference(Stream::PriceList, index, self.price_list_name(index))
    }

    pub(super) fn price_list_name(&self, index: usize) -> String {
        let year = i32::from(self.today.civil().year());
        let list = price_list(index);
        let code = CURRENCIES.get(list.currency()).map_or("", |currency| currency.code);
        match list {
            PriceList::Current(_) => format!("List Prices {year} ({code})"),
            PriceList::Last => format!("List Prices {} ({code})", year - 1),
            PriceList::Partner => format!("Partner Prices {year} ({code})"),
        }
    }

    pub(super) fn discount_list_reference(&self, index: usize) -> Reference {
        let name = DISCOUNT_LISTS.get(index).map_or("", |name| name);
        self.reference(Stream::DiscountList, index, name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn products_have_numbers_of_their_own_and_a_family_that_is_one() {
        let numbers: BTreeSet<_> = PRODUCTS.iter().map(|product| product.number).collect();
        assert_eq!(numbers.len(), PRODUCTS.len());
        for product in &PRODUCTS {
            assert!(product.family.is_none_or(|family| PRODUCTS[family].structure == Structure::Family));
            assert!(UNIT_GROUPS[product.group].1.len() > product.unit);
            assert_eq!(product.structure == Structure::Family, product.price == 0, "{}", product.name);
        }
        for (bundle, item, quantity, _) in BUNDLE_ITEMS {
            assert!(PRODUCTS[bundle].structure == Structure::Bundle && quantity > 0);
            assert!(PRODUCTS[item].structure == Structure::Single, "{}", PRODUCTS[item].name);
        }
    }

    #[test]
    fn prices_follow_unit_currency_and_list() {
        let linea = PRODUCTS.iter().position(|product| product.number == "LIN-1200").unwrap();
        for (list, unit, expected) in [
            (PriceList::Current(0), 0, "129.00"),
            (PriceList::Current(0), 1, "1225.50"),
            (PriceList::Current(2), 0, "111.50"),
            (PriceList::Last, 0, "123.85"),
            (PriceList::Partner, 0, "105.78"),
        ] {
            assert_eq!(price(list, Slot { product: linea, unit }).to_string(), expected, "{list:?} {unit}");
        }
    }

    #[test]
    fn volume_discounts_begin_at_their_bracket_and_end_with_the_list() {
        let slot = Slot { product: 8, unit: 0 };
        for (list, quantity, expected) in [
            (PriceList::Current(0), 9, "0"),
            (PriceList::Current(0), 10, "3.87"),
            (PriceList::Current(0), 50, "7.74"),
            (PriceList::Current(0), 5_000, "11.61"),
            (PriceList::Partner, 50, "0"),
        ] {
            assert_eq!(volume_discount(list, slot, quantity).to_string(), expected, "{quantity}");
        }
        let cable = Slot { product: 12, unit: 0 };
        assert_eq!(volume_discount(PriceList::Current(0), cable, 120).to_string(), "0.10");
        assert_eq!(volume_discount(PriceList::Current(2), cable, 120).to_string(), "0");
    }

    #[test]
    fn units_are_counted_through() {
        for index in 0..unit_count() {
            let (group, unit) = unit_at(index);
            assert_eq!(unit_index(group, unit), index);
        }
    }
}
