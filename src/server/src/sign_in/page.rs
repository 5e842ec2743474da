//! The few pages the server draws itself: forms without scripts, in the reader's language.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use model::Language;

const STYLE: &str = include_str!("style.css");

/// The style sheet of the pages.
pub async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")], STYLE)
        .into_response()
}

/// A page.
pub struct Page {
    /// The language.
    pub language: Language,
    /// Its title and heading.
    pub title: String,
    /// A sentence below the heading.
    pub lead: String,
    /// What went wrong, if something did.
    pub problem: Option<String>,
    /// The inside of the form, as HTML.
    pub form: String,
    /// Where the form goes, already escaped.
    pub action: String,
    /// The answer's status.
    pub status: StatusCode,
    /// Another origin that the form's answer may lead to.
    pub leads_to: Option<String>,
}

impl Page {
    /// The page as an answer.
    pub fn into_response(self) -> Response {
        let problem = self
            .problem
            .map(|problem| format!("<p class=\"problem\" role=\"alert\">{}</p>", escape(&problem)))
            .unwrap_or_default();
        let form = if self.form.is_empty() {
            String::new()
        } else {
            format!("<form method=\"post\" action=\"{}\">{}</form>", self.action, self.form)
        };
        let html = format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n<title>{title} – Valise</title>\n\
             <link rel=\"icon\" href=\"/icons/valise.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"/oauth2/style.css\">\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
             <p>{lead}</p>\n{problem}{form}\n</main>\n</body>\n</html>\n",
            self.language.tag(),
            title = escape(&self.title),
            lead = escape(&self.lead),
        );
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
             form-action 'self' {}",
            self.leads_to.unwrap_or_default()
        );
        if let Ok(policy) = HeaderValue::from_str(policy.trim()) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        (self.status, headers, html).into_response()
    }
}

/// A labelled input.
pub struct Field<'a> {
    /// The label.
    pub label: &'a str,
    /// The name in the form.
    pub name: &'a str,
    /// `text`, `password`.
    pub kind: &'a str,
    /// What it holds.
    pub value: &'a str,
    /// What password managers call it.
    pub autocomplete: &'a str,
}

impl Field<'_> {
    /// The field as HTML.
    pub fn html(&self) -> String {
        format!(
            "<label>{}<input name=\"{}\" type=\"{}\" value=\"{}\" autocomplete=\"{}\" autocapitalize=\"none\" \
             spellcheck=\"false\" required></label>",
            escape(self.label),
            escape(self.name),
            escape(self.kind),
            escape(self.value),
            escape(self.autocomplete),
        )
    }
}

/// The form's button.
pub fn button(text: &str) -> String {
    format!("<button type=\"submit\">{}</button>", escape(text))
}

/// Text for inside HTML and attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The best of our languages for an `Accept-Language` header.
pub fn language_of(headers: &HeaderMap) -> Language {
    let header = headers.get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = (0.0_f32, Language::English);
    for part in header.split(',') {
        let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
        let quality = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse().ok());
        if let (Some(language), Some(quality)) = (Language::from_tag(tag.trim()), quality)
            && quality > best.0
        {
            best = (quality, language);
        }
    }
    best.1
}

/// A sentence of the pages in one language.
pub const fn say(language: Language, sentence: Sentence) -> &'static str {
    let [english, french, german] = sentence.texts();
    match language {
        Language::English => english,
        Language::French => french,
        Language::German => german,
    }
}

impl Sentence {
    /// English, French, German.
    const fn texts(self) -> [&'static str; 3] {
        match self {
            Self::SignIn => ["Sign in", "Se connecter", "Anmelden"],
            Self::SignInLead => [
                "Sign in to work with your accounts, also without a network.",
                "Connectez-vous pour travailler avec vos comptes, même sans réseau.",
                "Melden Sie sich an, um mit Ihren Firmen zu arbeiten, auch ohne Netz.",
            ],
            Self::UserName => ["User name", "Nom d’utilisateur", "Benutzername"],
            Self::Password => ["Password", "Mot de passe", "Kennwort"],
            Self::WrongPassword => [
                "The user name or the password is wrong. Check both and try again.",
                "Le nom d’utilisateur ou le mot de passe est incorrect. Vérifiez les deux et réessayez.",
                "Benutzername oder Kennwort ist falsch. Prüfen Sie beide und versuchen Sie es noch einmal.",
            ],
            Self::TooMany => [
                "Too many wrong passwords. Wait a few minutes and try again.",
                "Trop de mots de passe incorrects. Attendez quelques minutes et réessayez.",
                "Zu viele falsche Kennwörter. Versuchen Sie es in einigen Minuten noch einmal.",
            ],
            Self::BrokenLink => [
                "This address is not complete. Go back to the app and sign in from there.",
                "Cette adresse est incomplète. Revenez à l’application et connectez-vous depuis là.",
                "Diese Adresse ist unvollständig. Kehren Sie zur App zurück und melden Sie sich von dort aus an.",
            ],
            Self::SetUp => ["Set up Valise", "Configurer Valise", "Valise einrichten"],
            Self::SetUpLead => [
                "Make the administrator’s account. This page works once.",
                "Créez le compte de l’administrateur. Cette page ne fonctionne qu’une fois.",
                "Legen Sie das Konto des Administrators an. Diese Seite funktioniert einmal.",
            ],
            Self::Organization => ["Organization", "Organisation", "Organisation"],
            Self::FullName => ["Full name", "Nom complet", "Vollständiger Name"],
            Self::TimeZone => ["Time zone (IANA name)", "Fuseau horaire (nom IANA)", "Zeitzone (IANA-Name)"],
            Self::Create => ["Create", "Créer", "Anlegen"],
            Self::UsedLink => [
                "This set-up link has been used, or a newer one was made. Start the server again to get another, or sign in.",
                "Ce lien de configuration a déjà servi, ou un plus récent existe. Redémarrez le serveur pour en obtenir un autre, ou connectez-vous.",
                "Dieser Link wurde schon benutzt, oder es gibt einen neueren. Starten Sie den Server neu, um einen weiteren zu bekommen, oder melden Sie sich an.",
            ],
            Self::WeakPassword => [
                "Fill in every field; the password needs at least 12 characters.",
                "Remplissez tous les champs ; le mot de passe doit avoir au moins 12 caractères.",
                "Füllen Sie alle Felder aus; das Kennwort braucht mindestens 12 Zeichen.",
            ],
        }
    }
}

/// The sentences of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sentence {
    /// The sign-in page and its button.
    SignIn,
    /// Below the heading.
    SignInLead,
    /// A field.
    UserName,
    /// A field.
    Password,
    /// After a wrong password.
    WrongPassword,
    /// After too many.
    TooMany,
    /// A sign-in address that no app made.
    BrokenLink,
    /// The set-up page.
    SetUp,
    /// Below the heading.
    SetUpLead,
    /// A field.
    Organization,
    /// A field.
    FullName,
    /// A field.
    TimeZone,
    /// The button.
    Create,
    /// A set-up link that works no more.
    UsedLink,
    /// A password that is too short, or an empty field.
    WeakPassword,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_language_is_taken() {
        for (header, language) in [
            ("fr-CH, fr;q=0.9, en;q=0.8", Language::French),
            ("it, de;q=0.5, en;q=0.4", Language::German),
            ("en-US", Language::English),
            ("", Language::English),
            ("de;q=x, fr;q=0.1", Language::French),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("accept-language", HeaderValue::from_static(header));
            assert_eq!(language_of(&headers), language, "{header}");
        }
    }

    #[test]
    fn nothing_typed_becomes_html() {
        let field = Field { label: "L", name: "n", kind: "text", value: "\"><script>'", autocomplete: "off" };
        assert!(field.html().contains("value=\"&quot;&gt;&lt;script&gt;&#39;\""));
    }
}
