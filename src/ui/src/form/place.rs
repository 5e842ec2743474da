//! A map of the row's address: a link to a map on the web, because none is on the device.

use super::FormState;
use crate::kit::Icon;
use crate::locale::text;
use crate::route::encode;
use leptos::prelude::*;
use model::Value;

const MAP: &str = "https://www.openstreetmap.org/search?query=";
/// The columns that make up an address, as the tables that have one name them.
const LINES: [&str; 7] = ["line1", "line2", "line3", "postalcode", "city", "stateorprovince", "country"];

/// The link, or that there is no address yet.
#[component]
pub fn MapLink(
    /// The form.
    state: FormState,
) -> impl IntoView {
    let address = Memo::new(move |_| {
        let part = |line: &str| {
            ["address1_", ""].iter().find_map(|prefix| match state.value_now(&format!("{prefix}{line}")) {
                Value::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
                _ => None,
            })
        };
        LINES.iter().filter_map(|line| part(line)).collect::<Vec<_>>().join(", ")
    });
    move || {
        let address = address.get();
        if address.is_empty() {
            return view! { <p class="quiet-note">{text("map.no-address")}</p> }.into_any();
        }
        view! {
            <a class="map-link" href=format!("{MAP}{}", encode(&address)) target="_blank" rel="noopener noreferrer">
                <span class="table-icon"><Icon name="map"/></span>
                <span class="map-words"><span>{address.clone()}</span> <span class="link">{text("map.open")}</span></span>
            </a>
        }
        .into_any()
    }
}
