//! Countries and industries: what does not depend on a language.

/// A country customers live in.
#[derive(Debug)]
pub struct Country {
    /// ISO 3166 code.
    pub code: &'static str,
    /// The name in the country's language.
    pub name: &'static str,
    /// Index in `organization::CURRENCIES`.
    pub currency: usize,
    /// Mobile numbers, `#` for a digit; empty where they look like fixed lines.
    pub mobile: &'static str,
    /// True when the house number stands before the street.
    pub number_first: bool,
    /// Legal forms of small companies; empty text for none.
    pub small_forms: &'static [&'static str],
    /// Legal forms of large companies.
    pub large_forms: &'static [&'static str],
}

/// Every country.
pub const COUNTRIES: [Country; 8] = [
    Country {
        code: "FR",
        name: "France",
        currency: 0,
        mobile: "+33 6 39 98 ## ##",
        number_first: true,
        small_forms: &["SARL", "SARL", "SAS", "EURL"],
        large_forms: &["SAS", "SAS", "SA"],
    },
    Country {
        code: "BE",
        name: "Belgique",
        currency: 0,
        mobile: "+32 400 00 ## ##",
        number_first: false,
        small_forms: &["SRL", "SRL", "SC"],
        large_forms: &["SA", "SA", "SRL"],
    },
    Country {
        code: "CH",
        name: "Suisse",
        currency: 1,
        mobile: "+41 70 000 ## ##",
        number_first: false,
        small_forms: &["Sàrl", "Sàrl", "SA"],
        large_forms: &["SA"],
    },
    Country {
        code: "DE",
        name: "Deutschland",
        currency: 0,
        mobile: "+49 171 39200##",
        number_first: false,
        small_forms: &["GmbH", "GmbH", "e. K.", "OHG", "KG"],
        large_forms: &["GmbH", "GmbH & Co. KG", "AG"],
    },
    Country {
        code: "AT",
        name: "Österreich",
        currency: 0,
        mobile: "+43 650 000 ####",
        number_first: false,
        small_forms: &["GmbH", "GmbH", "OG", "KG"],
        large_forms: &["GmbH", "AG", "GmbH & Co KG"],
    },
    Country {
        code: "GB",
        name: "United Kingdom",
        currency: 2,
        mobile: "+44 7700 900###",
        number_first: true,
        small_forms: &["Ltd", "Ltd", "LLP"],
        large_forms: &["Ltd", "plc", "Group Ltd"],
    },
    Country {
        code: "IE",
        name: "Ireland",
        currency: 0,
        mobile: "+353 20 918 ####",
        number_first: true,
        small_forms: &["Ltd", "Limited"],
        large_forms: &["Ltd", "DAC", "plc"],
    },
    Country {
        code: "US",
        name: "United States",
        currency: 3,
        mobile: "",
        number_first: true,
        small_forms: &["LLC", "Inc."],
        large_forms: &["Inc.", "Corp.", "LLC"],
    },
];

/// The country of a code; France for an unknown one.
pub fn country(code: &str) -> &'static Country {
    COUNTRIES.iter().find(|country| country.code == code).unwrap_or(&COUNTRIES[0])
}

/// What a customer does.
#[derive(Debug)]
pub struct Industry {
    /// The heading in the `industries.txt` files.
    pub key: &'static str,
    /// `industrycode`
    pub code: i32,
    /// Standard industrial classification.
    pub sic: &'static str,
    /// How common it is.
    pub weight: usize,
    /// The middle of its projects' amounts, in euros.
    pub project_amount: i64,
    /// The middle of its companies' sizes.
    pub employees: i64,
}

const fn industry(
    key: &'static str,
    code: i32,
    sic: &'static str,
    [weight, project_amount, employees]: [i64; 3],
) -> Industry {
    Industry { key, code, sic, weight: weight as usize, project_amount, employees }
}

/// Every industry.
pub const INDUSTRIES: [Industry; 14] = [
    industry("transport", 30, "4213", [11, 38_000, 90]),
    industry("retail", 25, "5311", [11, 22_000, 45]),
    industry("manufacturing", 12, "3499", [16, 52_000, 140]),
    industry("food", 17, "2099", [8, 34_000, 80]),
    industry("health", 11, "8062", [8, 46_000, 110]),
    industry("education", 27, "8211", [6, 41_000, 70]),
    industry("hospitality", 13, "7011", [9, 18_000, 30]),
    industry("realty", 29, "6512", [8, 64_000, 25]),
    industry("offices", 7, "8742", [8, 15_000, 35]),
    industry("insurance", 20, "6411", [3, 28_000, 120]),
    industry("agriculture", 2, "0172", [4, 21_000, 18]),
    industry("printing", 3, "2752", [3, 16_000, 28]),
    industry("wholesale", 33, "5063", [6, 57_000, 60]),
    industry("automotive", 32, "5511", [5, 19_000, 40]),
];
