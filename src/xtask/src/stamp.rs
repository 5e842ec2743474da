//! Notices whether the inputs of a build changed, by content, so that a second start builds nothing.

use anyhow::{Context, Result};
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::Path;

/// Names that are no inputs wherever they stand.
const LEFT_OUT: [&str; 5] = ["dist", "generated", "node_modules", "target", ".git"];

/// A number that stands for the names and contents of these files and folders.
pub fn of(paths: &[&Path]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        add(path, &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// True when the file holds this stamp.
pub fn is_fresh(file: &Path, stamp: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|text| text.trim() == stamp)
}

/// Leaves the stamp after a finished build.
pub fn leave(file: &Path, stamp: &str) -> Result<()> {
    fs::write(file, stamp).with_context(|| format!("cannot write {}", file.display()))
}

fn add(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    if !path.is_dir() {
        path.file_name().hash(hasher);
        fs::read(path).with_context(|| format!("cannot read {}", path.display()))?.hash(hasher);
        return Ok(());
    }
    let entries = fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))?;
    let mut children = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    children.sort();
    for child in children {
        if !child.file_name().is_some_and(|name| LEFT_OUT.iter().any(|left_out| name == *left_out)) {
            add(&child, hasher)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_leaves_behind_is_no_input() {
        let folder = std::env::temp_dir().join(format!("valise-stamp-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("page.html"), "one").unwrap();
        let before = of(&[&folder]).unwrap();
        fs::create_dir_all(folder.join("generated")).unwrap();
        fs::write(folder.join("generated/app.css"), "made").unwrap();
        assert_eq!(of(&[&folder]).unwrap(), before);
        fs::write(folder.join("page.html"), "two").unwrap();
        assert_ne!(of(&[&folder]).unwrap(), before);
        fs::remove_dir_all(&folder).unwrap();
    }
}
