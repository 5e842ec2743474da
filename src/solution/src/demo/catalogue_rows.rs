//! The rows of the catalogue. Everybody sees them and the administrator made them.

use super::build::Build;
use super::catalogue::{
    BUNDLE_ITEMS, DISCOUNT_LISTS, DISCOUNTS, LITERATURE, Life, PARTNER_PERCENT, PRICE_LISTS, PRODUCTS,
    PROPERTIES, PriceList, Product, SUGGESTIONS, Slot, Structure, UNIT_GROUPS, discount_list, price,
    price_list, slots, unit_at, unit_count,
};
use super::organization::{ADMINISTRATOR, CURRENCIES};
use super::world::{Stream, World};
use model::{Date, Decimal, Row};

/// How many rows a table of the catalogue has; nothing for the streams of other tables.
pub fn count(stream: Stream) -> Option<usize> {
    Some(match stream {
        Stream::UnitGroup => UNIT_GROUPS.len(),
        Stream::UnitOfMeasure => unit_count(),
        Stream::DiscountList => DISCOUNT_LISTS.len(),
        Stream::Discount => DISCOUNTS.len(),
        Stream::PriceList => PRICE_LISTS,
        Stream::Product => PRODUCTS.len(),
        Stream::PriceListItem => PRICE_LISTS * slots().len(),
        Stream::Suggestion => SUGGESTIONS.len(),
        Stream::BundleItem => BUNDLE_ITEMS.len(),
        Stream::Property => PROPERTIES.len(),
        Stream::PropertyOption => PROPERTIES.iter().map(|(.., options)| options.len()).sum(),
        Stream::Literature => LITERATURE.len(),
        _ => return None,
    })
}

impl World {
    pub(super) fn unit_group_row(&self, index: usize) -> Row {
        let (name, units) = UNIT_GROUPS[index];
        let build = Build::new().text("name", name).text("baseuomname", units[0].0);
        let build = build.choice("statecode", 0).choice("statuscode", 1);
        self.row(Stream::UnitGroup, index, self.set_up(build))
    }

    pub(super) fn unit_row(&self, index: usize) -> Row {
        let (group, unit) = unit_at(index);
        let (name, held) = UNIT_GROUPS[group].1[unit];
        let build = Build::new()
            .text("name", name)
            .reference("uomscheduleid", self.unit_group(group))
            .decimal("quantity", Decimal::from(held))
            .flag("isschedulebaseuom", unit == 0)
            .when(unit > 0, |build| build.reference("baseuom", self.unit_of(group, 0)));
        self.row(Stream::UnitOfMeasure, index, self.set_up(build))
    }

    pub(super) fn discount_list_row(&self, index: usize) -> Row {
        let is_amount = index == 1;
        let build = Build::new()
            .text("name", DISCOUNT_LISTS[index])
            .flag("isamounttype", is_amount)
            .choice("statecode", 0)
            .choice("statuscode", 100_001)
            .when(is_amount, |build| {
                build
                    .reference("transactioncurrencyid", self.currency(0))
                    .decimal("exchangerate", Decimal::ONE)
            });
        self.row(Stream::DiscountList, index, self.set_up(build))
    }

    pub(super) fn discount_row(&self, index: usize) -> Row {
        let (list, from, until, value) = DISCOUNTS[index];
        let is_amount = list == 1;
        let value = Decimal::new(value, 2);
        let (amount, percentage) = if is_amount { (value, Decimal::ZERO) } else { (Decimal::ZERO, value) };
        let build = Build::new()
            .text("name", format!("{from} – {until}"))
            .reference("discounttypeid", self.discount_list_reference(list))
            .decimal("lowquantity", Decimal::from(from))
            .decimal("highquantity", Decimal::from(until))
            .amount("amount", amount, CURRENCIES[0].rate)
            .decimal("percentage", percentage.normalize())
            .flag("isamounttype", is_amount)
            .reference("transactioncurrencyid", self.currency(0))
            .decimal("exchangerate", Decimal::ONE);
        self.row(Stream::Discount, index, self.set_up(build))
    }

    pub(super) fn price_list_row(&self, index: usize) -> Row {
        let list = price_list(index);
        let year = self.today.civil().year() - i16::from(list == PriceList::Last);
        let day = |month, day| Date::from_civil(year, month, day).unwrap_or(self.today);
        let noon = |date| self.instant_of_user(ADMINISTRATOR, date, 12 * 60);
        let currency = &CURRENCIES[list.currency()];
        let (state, status) = if list == PriceList::Last { (1, 100_002) } else { (0, 100_001) };
        let build = Build::new()
            .text("name", self.price_list_name(index))
            .reference("transactioncurrencyid", self.currency(list.currency()))
            .decimal("exchangerate", Decimal::new(currency.rate, 4))
            .instant("begindate", noon(day(1, 1)))
            .instant("enddate", noon(day(12, 31)))
            .choice("freighttermscode", 1)
            .choice("paymentmethodcode", 1)
            .choice("shippingmethodcode", 1)
            .choice("statecode", state)
            .choice("statuscode", status);
        self.row(Stream::PriceList, index, self.set_up(build))
    }

    pub(super) fn product_row(&self, index: usize) -> Row {
        let product = &PRODUCTS[index];
        let cents = |percent: i64| Decimal::new(product.price * percent / 100, 2);
        let rate = CURRENCIES[0].rate;
        let structure = match product.structure {
            Structure::Single => 1,
            Structure::Family => 2,
            Structure::Bundle => 3,
        };
        let (state, status) = match product.life {
            Life::Active => (0, 1),
            Life::Retired => (1, 2),
            Life::Draft => (2, 0),
            Life::UnderRevision => (3, 3),
        };
        let is_service = product.family == Some(6);
        let is_single = product.structure == Structure::Single;
        let build = Build::new()
            .text("name", product.name)
            .text("productnumber", product.number)
            .text("description", product.description)
            .text("hierarchypath", product.family.map_or("", |family| PRODUCTS[family].name))
            .choice("productstructure", structure)
            .choice("producttypecode", if is_service { 3 } else { 1 })
            .choice("statecode", state)
            .choice("statuscode", status)
            .integer("quantitydecimal", if is_service { 2 } else { 0 })
            .flag("iskit", false)
            .flag("isstockitem", is_single && !is_service)
            .reference("defaultuomscheduleid", self.unit_group(product.group))
            .reference("defaultuomid", self.unit_of(product.group, product.unit))
            .reference("transactioncurrencyid", self.currency(0))
            .decimal("exchangerate", Decimal::ONE)
            .when(product.structure != Structure::Family, |build| {
                build
                    .reference("pricelevelid", self.price_list(0))
                    .amount("price", cents(100), rate)
                    .amount("standardcost", cents(58), rate)
                    .amount("currentcost", cents(61), rate)
            })
            .when(is_single && !is_service, |build| self.stock(build, index, product));
        let build = match product.family {
            Some(family) => build.reference("parentproductid", self.product(family)),
            None => build,
        };
        self.row(Stream::Product, index, self.set_up(build))
    }

    fn stock(&self, build: Build, index: usize, product: &Product) -> Build {
        let mut draw = self.details(Stream::Product, index);
        build
            .decimal("quantityonhand", Decimal::from(draw.between(20, 900)))
            .decimal("stockweight", Decimal::new(i64::from(draw.between(20, 950)), 2).normalize())
            .text("suppliername", "Orvelux Group")
            .text("producturl", format!("https://www.orvelux.example/{}", product.number.to_lowercase()))
    }

    pub(super) fn price_list_item_row(&self, index: usize) -> Row {
        let slots = slots();
        let list_index = index / slots.len();
        let slot = slots[index % slots.len()];
        let list = price_list(list_index);
        let rate = CURRENCIES[list.currency()].rate;
        let product = &PRODUCTS[slot.product];
        let is_percentage = list == PriceList::Partner && slot.unit == product.unit;
        let percentage = if is_percentage { Decimal::from(PARTNER_PERCENT) } else { Decimal::ZERO };
        let amount = if is_percentage { Decimal::ZERO } else { price(list, slot) };
        let build = Build::new()
            .text("productidname", product.name)
            .text("productnumber", product.number)
            .reference("pricelevelid", self.price_list(list_index))
            .reference("productid", self.product(slot.product))
            .reference("uomid", self.unit_of(product.group, slot.unit))
            .reference("uomscheduleid", self.unit_group(product.group))
            .choice("pricingmethodcode", if is_percentage { 2 } else { 1 })
            .amount("amount", amount, rate)
            .decimal("percentage", percentage)
            .choice("roundingpolicycode", 1)
            .choice("roundingoptioncode", 1)
            .amount("roundingoptionamount", Decimal::ZERO, rate)
            .choice("quantitysellingcode", if product.family == Some(6) { 3 } else { 2 })
            .reference("transactioncurrencyid", self.currency(list.currency()))
            .decimal("exchangerate", Decimal::new(rate, 4));
        let build = match discount_list(list, slot) {
            Some(discounts) => build.reference("discounttypeid", self.discount_list_reference(discounts)),
            None => build,
        };
        self.row(Stream::PriceListItem, index, self.set_up(build))
    }

    pub(super) fn suggestion_row(&self, index: usize) -> Row {
        let (product, suggestion, kind, both_ways) = SUGGESTIONS[index];
        let build = Build::new()
            .text("name", format!("{} – {}", PRODUCTS[product].name, PRODUCTS[suggestion].name))
            .reference("productid", self.product(product))
            .reference("substitutedproductid", self.product(suggestion))
            .choice("salesrelationshiptype", kind)
            .choice("direction", i32::from(both_ways))
            .choice("statecode", 0)
            .choice("statuscode", 1);
        self.row(Stream::Suggestion, index, self.set_up(build))
    }

    pub(super) fn bundle_item_row(&self, index: usize) -> Row {
        let (bundle, item, quantity, is_required) = BUNDLE_ITEMS[index];
        let product = &PRODUCTS[item];
        let build = Build::new()
            .text("name", product.name)
            .reference("productid", self.product(bundle))
            .reference("associatedproduct", self.product(item))
            .reference("uomid", self.unit_of(product.group, product.unit))
            .decimal("quantity", Decimal::from(quantity))
            .choice("productisrequired", i32::from(is_required))
            .choice("propertycustomizationstatus", 0)
            .choice("statecode", 0)
            .choice("statuscode", 1);
        self.row(Stream::BundleItem, index, self.set_up(build))
    }

    pub(super) fn property_row(&self, index: usize) -> Row {
        let (family, name, _) = PROPERTIES[index];
        let build = Build::new()
            .text("name", name)
            .reference("regardingobjectid", self.product(family))
            .choice("datatype", 0)
            .flag("isrequired", true)
            .flags(&["isreadonly", "ishidden"], false)
            .choice("statecode", 0)
            .choice("statuscode", 1);
        self.row(Stream::Property, index, self.set_up(build))
    }

    pub(super) fn property_option_row(&self, index: usize) -> Row {
        let all = PROPERTIES.iter().enumerate().flat_map(|(property, (_, name, options))| {
            options.iter().enumerate().map(move |(option, text)| (property, *name, option, *text))
        });
        let (property, name, option, text) = all.into_iter().nth(index).unwrap_or((0, "", 0, ""));
        let number = i64::try_from(option).unwrap_or(0) + 1;
        let build = Build::new()
            .text("dynamicpropertyoptionname", text)
            .reference("dynamicpropertyid", self.reference(Stream::Property, property, name.to_owned()))
            .integer("dynamicpropertyoptionvalue", number)
            .integer("dynamicpropertyoptionsequencenumber", number);
        self.row(Stream::PropertyOption, index, self.set_up(build))
    }

    pub(super) fn literature_row(&self, index: usize) -> Row {
        let (title, kind, for_customers) = LITERATURE[index];
        let build = Build::new()
            .text("name", title)
            .text("keywords", title.to_lowercase())
            .choice("literaturetypecode", kind)
            .flag("iscustomerviewable", for_customers)
            .flag("hasattachments", false)
            .reference("employeecontactid", self.user(ADMINISTRATOR));
        self.row(Stream::Literature, index, self.set_up(build))
    }
}

/// The slot of a product in its own unit.
pub const fn own_slot(index: usize, product: &Product) -> Slot {
    Slot { product: index, unit: product.unit }
}
