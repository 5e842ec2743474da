//! Customers and prospects: companies of fourteen industries in eight countries, some with branches.

use super::build::Build;
use super::draw::Draw;
use super::market::{Country, INDUSTRIES, Industry, country};
use super::organization::{ADMINISTRATOR, CURRENCIES};
use super::people::ascii;
use super::words::City;
use super::world::{Fill, Stream, World};
use model::{Date, Reference, Row};

/// Every how many accounts one is a branch of another.
const BRANCH_EVERY: usize = 16;
/// Every how many accounts one is inactive.
const INACTIVE_EVERY: usize = 33;

/// What other rows need to know of an account.
pub struct Account {
    pub index: usize,
    /// Index of the salesperson.
    pub rep: usize,
    /// True when the unit's key account team owns it.
    pub is_team_owned: bool,
    pub language: usize,
    pub country: &'static Country,
    pub city: City,
    pub industry: &'static Industry,
    /// The name without legal form.
    pub core: String,
    pub name: String,
    /// Behind the @ and the `www.`.
    pub domain: String,
    /// The family name in the company's name.
    pub founder: Option<&'static str>,
    pub parent: Option<usize>,
    pub is_inactive: bool,
    pub created: Date,
    pub employees: i64,
}

impl World {
    pub(super) fn account(&self, index: usize) -> Account {
        let mut draw = self.facts(Stream::Account, index);
        if index % BRANCH_EVERY == BRANCH_EVERY - 1 {
            return self.branch(index, &mut draw);
        }
        let rep = self.draw_rep(&mut draw);
        let language = self.rep(rep).language;
        let industry = draw_industry(&mut draw);
        let city = self.draw_city(&mut draw, rep);
        let country = country(city.country);
        let employees = draw.around(industry.employees).max(2);
        let (core, founder) = self.company_name(&mut draw, language, industry, city);
        let name = with_legal_form(&mut draw, &core, country, industry, employees);
        Account {
            index,
            rep,
            is_team_owned: employees > 300 && draw.chance(40),
            language,
            country,
            city,
            industry,
            domain: format!("{}.example", ascii(&core)),
            core,
            name,
            founder,
            parent: None,
            is_inactive: index % INACTIVE_EVERY == INACTIVE_EVERY - 1,
            created: self.today.plus_days(-draw.weighted_range([(420, 3000, 8), (12, 300, 2)])),
            employees,
        }
    }

    /// A second site of one of the accounts just before.
    fn branch(&self, index: usize, draw: &mut Draw) -> Account {
        let parent = index - 1 - draw.below(8);
        let mut account = self.account(parent);
        account.index = index;
        account.parent = Some(parent);
        account.city = self.draw_city(draw, account.rep);
        account.country = country(account.city.country);
        account.core = match account.language {
            0 => format!("{} – agence {}", account.core, of_city(account.city.name)),
            1 => format!("{} – Niederlassung {}", account.core, account.city.name),
            _ => format!("{} – {} branch", account.core, account.city.name),
        };
        account.name.clone_from(&account.core);
        account.is_inactive = index % INACTIVE_EVERY == INACTIVE_EVERY - 1;
        account.employees = (account.employees / 4).max(2);
        let age = self.today.days() - account.created.days();
        account.created = self.today.plus_days(-(age * draw.between(30, 95) / 100).max(11));
        account
    }

    pub(super) fn account_reference(&self, account: &Account) -> Reference {
        self.reference(Stream::Account, account.index, account.name.clone())
    }

    pub(super) fn draw_city(&self, draw: &mut Draw, rep: usize) -> City {
        let rep = self.rep(rep);
        let code = draw.weighted(rep.countries);
        let cities = &self.words[rep.language].cities;
        let first = cities.iter().position(|city| city.country == code).unwrap_or(0);
        let count = cities.iter().filter(|city| city.country == code).count();
        cities[first + draw.below(count)]
    }

    /// A company's name without legal form, and the family name in it.
    pub(super) fn company_name(
        &self,
        draw: &mut Draw,
        language: usize,
        industry: &Industry,
        city: City,
    ) -> (String, Option<&'static str>) {
        let words = &self.words[language];
        let pattern = words.industry(industry.key).map_or("", |industry| draw.pick(&industry.names));
        let (surname, other, coined) =
            (draw.pick(&words.surnames), draw.pick(&words.surnames), draw.pick(&words.coined));
        let name = pattern
            .replace("{s}", surname)
            .replace("{t}", other)
            .replace("{c}", coined)
            .replace("{de}", &of_city(city.name));
        (name, pattern.contains("{s}").then_some(surname))
    }

    /// Street and number in the order of the country.
    pub(super) fn street(&self, draw: &mut Draw, language: usize, country: &Country) -> String {
        let street = draw.pick(&self.words[language].streets);
        let number = draw.around(24).clamp(1, 240);
        if country.number_first {
            return format!("{number} {street}");
        }
        let mut letters = street.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        format!("{first}{} {number}", letters.as_str())
    }

    pub(super) fn address(&self, build: Build, street: &str, city: City, country: &Country) -> Build {
        let lines = match country.code {
            "GB" | "IE" => format!("{street}\n{}\n{}\n{}", city.name, city.postal_code, country.name),
            "US" => {
                format!("{street}\n{}, {} {}\n{}", city.name, city.region, city.postal_code, country.name)
            }
            _ => format!("{street}\n{} {}\n{}", city.postal_code, city.name, country.name),
        };
        build
            .text("address1_line1", street)
            .text("address1_postalcode", city.postal_code)
            .text("address1_city", city.name)
            .text("address1_stateorprovince", city.region)
            .text("address1_country", country.name)
            .text("address1_composite", lines)
    }

    pub(super) fn account_row(&self, index: usize) -> Row {
        let account = self.account(index);
        let mut draw = self.details(Stream::Account, index);
        let rate = CURRENCIES[account.country.currency].rate;
        let street = self.street(&mut draw, account.language, account.country);
        let revenue = account.employees * i64::from(draw.between(85, 260)) * 1000;
        let is_customer = draw.chance(62);
        let changed = self.past(account.created.plus_days(draw.between(3, 400)));
        let stamps = [
            self.at_work(&mut draw, account.rep, account.created),
            self.at_work(&mut draw, account.rep, changed),
        ];
        let build = self.address(Build::new(), &street, account.city, account.country);
        let build = self.owned(build, account.rep, stamps);
        let build = self
            .account_profile(build, &mut draw, &account, is_customer)
            .money("revenue", revenue, rate)
            .integer("numberofemployees", account.employees)
            .decimal("exchangerate", model::Decimal::new(rate, 4))
            .reference("transactioncurrencyid", self.currency(account.country.currency))
            .reference("defaultpricelevelid", self.price_list(account.country.currency))
            .when(is_customer, |build| build.money("creditlimit", (revenue / 90_000).max(2) * 1000, rate))
            .when(account.is_team_owned, |build| self.owned_by_team(build, account.rep))
            .when(account.created < self.today.plus_days(-2500), |build| {
                build.reference("createdby", self.user(ADMINISTRATOR))
            });
        self.row(Stream::Account, index, build)
    }

    fn owned_by_team(&self, build: Build, rep: usize) -> Build {
        let team = self.key_account_team(self.rep(rep).unit);
        let mut columns = build.finish();
        columns.0.remove("owninguser");
        Build::of(columns).reference("ownerid", team.clone()).reference("owningteam", team)
    }

    fn account_profile(&self, build: Build, draw: &mut Draw, account: &Account, is_customer: bool) -> Build {
        let mailbox =
            [["contact", "accueil"], ["info", "kontakt"], ["enquiries", "office"]][account.language];
        let jitter = |draw: &mut Draw, degrees: f64| {
            ((degrees + f64::from(draw.between(-150, 150)) / 10_000.0) * 100_000.0).round() / 100_000.0
        };
        let is_listed = account.name.ends_with(" plc") || account.name.ends_with(" AG");
        let description = self.phrase(draw, account.language, "account", &Fill::default());
        let contact = self.contact(account.index);
        let wholesale = account.industry.key == "wholesale";
        build
            .text("name", account.name.as_str())
            .text("accountnumber", format!("{}-{:06}", account.country.code, 100_000 + account.index))
            .text("telephone1", draw.digits(account.city.phone))
            .text("fax", if draw.chance(25) { draw.digits(account.city.phone) } else { String::new() })
            .text("emailaddress1", format!("{}@{}", draw.pick(&mailbox), account.domain))
            .text("websiteurl", format!("https://www.{}", account.domain))
            .text("sic", account.industry.sic)
            .text("description", if draw.chance(55) { description } else { String::new() })
            .text(
                "tickersymbol",
                if is_listed && draw.chance(50) { ticker(&account.core) } else { String::new() },
            )
            .float("address1_latitude", jitter(draw, account.city.latitude))
            .float("address1_longitude", jitter(draw, account.city.longitude))
            .choice("address1_addresstypecode", 3)
            .choice("address1_shippingmethodcode", draw.weighted(&[(2, 4), (4, 3), (6, 2), (7, 1)]))
            .choice("address1_freighttermscode", draw.weighted(&[(1, 1), (2, 3)]))
            .choice("industrycode", account.industry.code)
            .choice("ownershipcode", if is_listed { 1 } else { draw.weighted(&[(2, 8), (3, 1), (4, 1)]) })
            .choice(
                "customertypecode",
                match (is_customer, wholesale) {
                    (true, true) => 9,
                    (true, false) => 3,
                    _ => draw.weighted(&[(8, 8), (5, 1), (2, 1)]),
                },
            )
            .choice("accountcategorycode", if account.employees > 150 { 1 } else { 2 })
            .choice("businesstypecode", 1)
            .choice("accountratingcode", 1)
            .choice("paymenttermscode", draw.weighted(&[(1, 6), (2, 1), (3, 3), (4, 1)]))
            .choice("preferredcontactmethodcode", draw.weighted(&[(1, 5), (2, 3), (3, 2)]))
            .choice("preferredappointmentdaycode", draw.weighted(&[(1, 1), (2, 3), (3, 3), (4, 3), (5, 1)]))
            .choice("preferredappointmenttimecode", draw.weighted(&[(1, 3), (2, 2)]))
            .choice("statecode", i32::from(account.is_inactive))
            .choice("statuscode", if account.is_inactive { 2 } else { 1 })
            .flags(&["donotphone", "donotfax", "donotpostalmail", "donotemail", "merged"], false)
            .flag("creditonhold", is_customer && draw.chance(3))
            .flag("donotbulkemail", draw.chance(12))
            .flag("donotsendmm", draw.chance(10))
            .flag("followemail", !draw.chance(8))
            .reference("primarycontactid", self.contact_reference(&contact))
            .when(account.parent.is_some(), |build| {
                let parent = self.account(account.parent.unwrap_or_default());
                build.reference("parentaccountid", self.account_reference(&parent))
            })
            .when(draw.chance(15), |build| {
                build.reference("preferredsystemuserid", self.user(self.rep(account.rep).user))
            })
    }
}

pub fn draw_industry(draw: &mut Draw) -> &'static Industry {
    let mut weights = [(0, 0); INDUSTRIES.len()];
    for (index, industry) in INDUSTRIES.iter().enumerate() {
        weights[index] = (index, industry.weight);
    }
    &INDUSTRIES[draw.weighted(&weights)]
}

fn with_legal_form(
    draw: &mut Draw,
    core: &str,
    country: &Country,
    industry: &Industry,
    employees: i64,
) -> String {
    let is_small = employees < 50;
    let goes_without =
        matches!(industry.key, "hospitality" | "agriculture" | "education" | "health" | "automotive");
    if is_small && goes_without && draw.chance(50) {
        return core.to_owned();
    }
    let form = draw.pick(if is_small { country.small_forms } else { country.large_forms });
    format!("{core} {form}")
}

/// "de Lille", "d’Amiens", "du Mans".
pub fn of_city(city: &str) -> String {
    if let Some(rest) = city.strip_prefix("Le ") {
        format!("du {rest}")
    } else if city.starts_with(['A', 'E', 'É', 'I', 'O', 'U', 'Y']) {
        format!("d’{city}")
    } else {
        format!("de {city}")
    }
}

fn ticker(name: &str) -> String {
    let letters = ascii(name).chars().filter(char::is_ascii_lowercase).collect::<String>();
    let consonants: String = letters.chars().filter(|letter| !"aeiou".contains(*letter)).take(4).collect();
    consonants.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::of_city;

    #[test]
    fn french_prepositions_follow_the_city() {
        for (city, expected) in [
            ("Lille", "de Lille"),
            ("Amiens", "d’Amiens"),
            ("Le Havre", "du Havre"),
            ("La Rochelle", "de La Rochelle"),
            ("Yverdon-les-Bains", "d’Yverdon-les-Bains"),
        ] {
            assert_eq!(of_city(city), expected);
        }
    }
}
