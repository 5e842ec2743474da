//! The names, streets, cities and phrases of one language, read from the files in `data/demo`.

use std::collections::BTreeMap;

/// What the demo rows of one language are made of.
pub struct Words {
    /// Family names.
    pub surnames: Vec<&'static str>,
    /// Given names of women.
    pub female: Vec<&'static str>,
    /// Given names of men.
    pub male: Vec<&'static str>,
    /// Streets without numbers.
    pub streets: Vec<&'static str>,
    /// Words companies name themselves after.
    pub coined: Vec<&'static str>,
    /// Jobs in companies.
    pub jobs: Vec<Job>,
    /// Places in the countries of the language.
    pub cities: Vec<City>,
    industries: BTreeMap<&'static str, IndustryWords>,
    texts: BTreeMap<&'static str, Vec<&'static str>>,
}

/// A job in a company.
#[derive(Clone, Copy, Debug, Default)]
pub struct Job {
    /// As a man calls it.
    pub male: &'static str,
    /// As a woman calls it.
    pub female: &'static str,
    /// The department.
    pub department: &'static str,
    /// `contact.accountrolecode`.
    pub role: i32,
}

/// A place with what belongs to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct City {
    /// ISO 3166 code of the country.
    pub country: &'static str,
    /// The name in the language of the place.
    pub name: &'static str,
    /// One of its postal codes.
    pub postal_code: &'static str,
    /// Region, canton, state or county.
    pub region: &'static str,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Its fixed-line numbers, `#` for a digit; numbers set aside for fiction where the country has them, else subscriber numbers that start with zeros.
    pub phone: &'static str,
}

/// How companies of an industry are called and what they plan.
#[derive(Default)]
pub struct IndustryWords {
    /// Patterns of company names.
    pub names: Vec<&'static str>,
    /// Patterns of opportunity topics.
    pub topics: Vec<&'static str>,
    /// Patterns of the places that topics speak of.
    pub sites: Vec<&'static str>,
}

macro_rules! words {
    ($folder:literal) => {
        Words::read([
            include_str!(concat!("../../data/demo/", $folder, "/surnames.txt")),
            include_str!(concat!("../../data/demo/", $folder, "/given-names.txt")),
            include_str!(concat!("../../data/demo/", $folder, "/streets.txt")),
            include_str!(concat!("../../data/demo/", $folder, "/coined.txt")),
            include_str!(concat!("../../data/demo/", $folder, "/jobs.txt")),
            include_str!(concat!("../../data/demo/", $folder, "/cities.txt")),
            include_str!(concat!("../../data/demo/", $folder, "/industries.txt")),
            include_str!(concat!("../../data/demo/", $folder, "/texts.txt")),
        ])
    };
}

impl Words {
    /// French, German and English, in this order.
    pub fn all() -> [Self; 3] {
        [words!("fr"), words!("de"), words!("en")]
    }

    /// The words of an industry.
    pub fn industry(&self, key: &str) -> Option<&IndustryWords> {
        self.industries.get(key)
    }

    /// The phrases of a section (`task`, `note`).
    pub fn texts(&self, section: &str) -> &[&'static str] {
        self.texts.get(section).map_or(&[], Vec::as_slice)
    }

    fn read(files: [&'static str; 8]) -> Self {
        let [surnames, given, streets, coined, jobs, cities, industries, texts] = files;
        let given = sections(given);
        let names = |key| given.get(key).into_iter().flatten().flat_map(|line| list(line)).collect();
        Self {
            surnames: list(surnames).collect(),
            female: names("female"),
            male: names("male"),
            streets: list(streets).collect(),
            coined: list(coined).collect(),
            jobs: jobs.lines().filter_map(job).collect(),
            cities: cities.lines().filter_map(city).collect(),
            industries: sections(industries)
                .into_iter()
                .map(|(key, lines)| (key, industry(&lines)))
                .collect(),
            texts: sections(texts),
        }
    }
}

fn list(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty())
}

/// The lines below each `# heading`.
fn sections(text: &'static str) -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut sections: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
    let mut heading = "";
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(next) = line.strip_prefix("# ") {
            heading = next;
        } else {
            sections.entry(heading).or_default().push(line);
        }
    }
    sections
}

fn job(line: &'static str) -> Option<Job> {
    let mut fields = line.split('|');
    let (male, female, department) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Job { male, female, department, role: fields.next()?.parse().ok()? })
}

fn city(line: &'static str) -> Option<City> {
    let mut fields = line.split('|');
    Some(City {
        country: fields.next()?,
        name: fields.next()?,
        postal_code: fields.next()?,
        region: fields.next()?,
        latitude: fields.next()?.parse().ok()?,
        longitude: fields.next()?.parse().ok()?,
        phone: fields.next()?,
    })
}

fn industry(lines: &[&'static str]) -> IndustryWords {
    let mut words = IndustryWords::default();
    for line in lines {
        match line.split_once(' ') {
            Some(("name", pattern)) => words.names.push(pattern),
            Some(("topic", pattern)) => words.topics.push(pattern),
            Some(("site", pattern)) => words.sites.push(pattern),
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::market::INDUSTRIES;

    #[test]
    fn every_language_has_words_enough_and_none_twice() {
        for words in Words::all() {
            assert!(words.surnames.len() > 300 && words.female.len() > 150 && words.male.len() > 150);
            assert!(words.streets.len() > 150 && words.coined.len() > 100 && words.jobs.len() > 20);
            let cities: std::collections::BTreeSet<_> = words.cities.iter().map(|city| city.name).collect();
            assert!(cities.len() >= 40, "{}", cities.len());
            for list in [&words.surnames, &words.female, &words.male, &words.streets, &words.coined] {
                let once: std::collections::BTreeSet<_> = list.iter().collect();
                assert_eq!(once.len(), list.len());
                assert!(list.iter().all(|word| !word.contains(|letter: char| letter.is_ascii_digit())));
            }
        }
    }

    #[test]
    fn no_line_of_a_file_is_lost() {
        let files = [
            (include_str!("../../data/demo/fr/cities.txt"), include_str!("../../data/demo/fr/jobs.txt")),
            (include_str!("../../data/demo/de/cities.txt"), include_str!("../../data/demo/de/jobs.txt")),
            (include_str!("../../data/demo/en/cities.txt"), include_str!("../../data/demo/en/jobs.txt")),
        ];
        for (words, (cities, jobs)) in Words::all().iter().zip(files) {
            assert_eq!(words.cities.len(), cities.lines().count());
            assert_eq!(words.jobs.len(), jobs.lines().count());
        }
    }

    #[test]
    fn every_language_speaks_of_every_industry_and_has_the_same_sections() {
        let all = Words::all();
        for words in &all {
            for industry in INDUSTRIES {
                let found = words.industry(industry.key).unwrap_or_else(|| panic!("{}", industry.key));
                assert!(found.names.len() > 4 && found.topics.len() > 3 && found.sites.len() > 2);
            }
            assert_eq!(words.industries.len(), INDUSTRIES.len());
            assert!(words.texts.keys().eq(all[0].texts.keys()));
            assert!(words.texts("note").iter().all(|note| note.split('|').count() == 2));
        }
    }
}
