//! Icons from the sprite that the build makes of the names in `www/icons/used.txt`.

use leptos::prelude::*;

/// Decoration beside a text or inside a named button, so it has no name of its own.
#[component]
pub fn Icon(
    /// The name in the sprite.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=move || format!("/icons.svg#{}", name.get())></use>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    /// The names that files with an ending hold behind certain marks.
    fn names_in(folder: &Path, ending: &str, marks: &[&str], found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                names_in(&path, ending, marks, found);
            } else if path.extension().is_some_and(|other| other == ending) {
                let source = std::fs::read_to_string(path).unwrap();
                for mark in marks {
                    let hits = source.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
                    found.extend(hits.filter(|name| !name.is_empty()).map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn every_icon_is_in_the_sprite() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut names = BTreeSet::new();
        names_in(&root.join("src"), "rs", &["<Icon name=\"", "icon: \"", "icon=\""], &mut names);
        names_in(
            &root.join("../solution/data/apps"),
            "xml",
            &["appmodule icon=\"", "\" icon=\"", "Icon=\""],
            &mut names,
        );
        names_in(&root.join("../solution/data/tables"), "json", &["\"icon\": \""], &mut names);
        assert!(names.len() > 20, "the icons are not recognised");
        let used = std::fs::read_to_string(root.join("../../www/icons/used.txt")).unwrap();
        let used: BTreeSet<&str> = used.lines().collect();
        let missing: Vec<_> = names.iter().filter(|name| !used.contains(name.as_str())).collect();
        assert!(missing.is_empty(), "www/icons/used.txt misses {missing:?}");
    }
}
