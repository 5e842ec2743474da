//! Light, dark, or as the system says.

use crate::browser;

const THEME: &str = "valise.theme";

/// The looks there are, as kept and as `data-theme` has them.
pub const THEMES: [&str; 3] = ["system", "light", "dark"];

/// The look chosen on this device.
pub fn theme() -> String {
    browser::kept(THEME).filter(|kept| THEMES.contains(&kept.as_str())).unwrap_or_else(|| "system".to_owned())
}

/// Draws everything in the look chosen.
pub fn apply_theme() {
    let theme = theme();
    browser::mark_root("data-theme", (theme != "system").then_some(theme.as_str()));
}

/// Chooses a look.
pub fn choose_theme(theme: &str) {
    browser::keep(THEME, theme);
    apply_theme();
}
