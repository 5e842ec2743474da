//! The few words that stand inside values, in the languages of the screens.

use crate::Language;

/// One and several of a unit.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    pub one: &'static str,
    pub many: &'static str,
}

/// The words of a language.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub yes: &'static str,
    pub no: &'static str,
    pub minute: Unit,
    pub hour: Unit,
    pub day: Unit,
    pub file: &'static str,
    pub picture: &'static str,
    pub unnamed: &'static str,
    pub kilobyte: &'static str,
    pub megabyte: &'static str,
}

const fn unit(one: &'static str, many: &'static str) -> Unit {
    Unit { one, many }
}

const ENGLISH: Words = Words {
    yes: "Yes",
    no: "No",
    minute: unit("minute", "minutes"),
    hour: unit("hour", "hours"),
    day: unit("day", "days"),
    file: "File",
    picture: "Image",
    unnamed: "(no name)",
    kilobyte: "kB",
    megabyte: "MB",
};
const FRENCH: Words = Words {
    yes: "Oui",
    no: "Non",
    minute: unit("minute", "minutes"),
    hour: unit("heure", "heures"),
    day: unit("jour", "jours"),
    file: "Fichier",
    picture: "Image",
    unnamed: "(sans nom)",
    kilobyte: "ko",
    megabyte: "Mo",
};
const GERMAN: Words = Words {
    yes: "Ja",
    no: "Nein",
    minute: unit("Minute", "Minuten"),
    hour: unit("Stunde", "Stunden"),
    day: unit("Tag", "Tage"),
    file: "Datei",
    picture: "Bild",
    unnamed: "(ohne Namen)",
    kilobyte: "kB",
    megabyte: "MB",
};

/// The words of a language.
pub const fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::German => &GERMAN,
    }
}

/// Days that people name instead of counting, folded.
pub const NAMED_DAYS: &[(&str, i32)] = &[
    ("today", 0),
    ("aujourd'hui", 0),
    ("aujourdhui", 0),
    ("heute", 0),
    ("tomorrow", 1),
    ("demain", 1),
    ("morgen", 1),
    ("apres-demain", 2),
    ("apres demain", 2),
    ("ubermorgen", 2),
    ("uebermorgen", 2),
    ("yesterday", -1),
    ("hier", -1),
    ("gestern", -1),
    ("avant-hier", -2),
    ("vorgestern", -2),
];

/// Words for yes and no in every language, folded.
pub const YES: &[&str] = &["yes", "y", "true", "1", "oui", "o", "vrai", "ja", "j", "wahr"];
/// See `YES`.
pub const NO: &[&str] = &["no", "n", "false", "0", "non", "faux", "nein", "falsch"];

/// Names of minutes, hours and days as they are typed, folded.
pub const MINUTES: &[&str] = &["m", "mn", "min", "mins", "minute", "minutes", "minuten"];
/// See `MINUTES`.
pub const HOURS: &[&str] =
    &["h", "hr", "hrs", "hour", "hours", "heure", "heures", "std", "stdn", "stunde", "stunden"];
/// See `MINUTES`.
pub const DAYS: &[&str] = &["d", "day", "days", "j", "jour", "jours", "t", "tag", "tage", "tagen"];
