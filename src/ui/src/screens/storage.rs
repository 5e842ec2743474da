//! How much of the device is used, and whether the browser keeps it.

use crate::format::formats;
use crate::kit::Icon;
use crate::locale::{fill, text};
use crate::session::{ToastKind, use_session};
use crate::storage::{self, Room};
use crate::task;
use leptos::prelude::*;

/// Above this share of what may be used, room is scarce.
const SCARCE: f64 = 0.9;

/// The section.
#[component]
pub fn StorageSection() -> impl IntoView {
    let session = use_session();
    let asked = RwSignal::new(0u32);
    let found = task::load(move || {
        asked.track();
        session.sync.with(|sync| sync.synced_at);
        storage::room()
    });
    let ask = move |_| {
        task::spawn(async move {
            if storage::ask_to_keep().await {
                session.toast(ToastKind::Success, text("storage.kept"));
            } else {
                session.toast(ToastKind::Info, text("storage.refused"));
            }
            asked.try_update(|count| *count += 1);
        });
    };
    let content = move || match found.get() {
        None => ().into_any(),
        Some(None) => view! { <p class="quiet-note">{text("storage.unknown")}</p> }.into_any(),
        Some(Some(room)) => draw(room, ask).into_any(),
    };
    view! {
        <section class="form-section" aria-labelledby="storage-title" data-section="storage">
            <h2 class="section-title" id="storage-title">{text("storage.title")}</h2>
            {content}
        </section>
    }
}

fn draw(room: Room, ask: impl Fn(leptos::ev::MouseEvent) + Copy + Send + Sync + 'static) -> impl IntoView {
    let free = (room.quota - room.used).max(0.0);
    let is_scarce = room.used > room.quota * SCARCE;
    let used = fill("storage.used", &[("used", &size(room.used)), ("quota", &size(room.quota))]);
    view! {
        <div class="storage">
            <meter class="storage-meter" min="0" max=room.quota.to_string() value=room.used.to_string() aria-label=used.clone()></meter>
            <p>{used} " · " {fill("storage.free", &[("free", &size(free))])}</p>
            {is_scarce.then(|| view! {
                <p class="inline-problem"><Icon name="warning"/> <span>{text("storage.scarce")}</span></p>
            })}
            <div class="storage-keep" data-persisted=room.is_persisted.to_string()>
                <Icon name=if room.is_persisted { "shield_checkmark" } else { "shield" }/>
                <p>{if room.is_persisted { text("storage.persisted") } else { text("storage.evictable") }}</p>
                {(!room.is_persisted).then(|| view! {
                    <button type="button" class="button" data-command="keep-data" on:click=ask>{text("storage.keep")}</button>
                })}
            </div>
        </div>
    }
}

/// A number of bytes, about.
pub fn size(bytes: f64) -> String {
    const KILO: f64 = 1e3;
    const MEGA: f64 = 1e6;
    const GIGA: f64 = 1e9;
    #[expect(clippy::cast_possible_truncation, reason = "no disk holds more than 2^63 kilobytes")]
    let number = |unit: f64| formats().integer((bytes / unit).ceil() as i64);
    if bytes >= 10.0 * GIGA {
        fill("storage.gigabytes", &[("number", &number(GIGA))])
    } else if bytes >= MEGA {
        fill("storage.megabytes", &[("number", &number(MEGA))])
    } else {
        fill("storage.kilobytes", &[("number", &number(KILO))])
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_told_in_the_unit_people_would_use() {
        for (bytes, expected) in [
            (0.0, "0 kB"),
            (1.0, "1 kB"),
            (999_000.0, "999 kB"),
            (1_500_000.0, "2 MB"),
            (9_400_000_000.0, "9,400 MB"),
            (12_000_000_000.0, "12 GB"),
            (2_000_000_000_000.0, "2,000 GB"),
        ] {
            assert_eq!(size(bytes).replace('\u{a0}', " "), expected, "{bytes}");
        }
    }
}
