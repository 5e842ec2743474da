//! Gives the crate a fingerprint of what messages are made of: this crate's and the model's sources. Tabs of two builds compare it
//! before they believe each other's words.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const SOURCES: [&str; 2] = ["src", "../model/src"];

fn main() -> io::Result<()> {
    let mut out = io::stdout();
    let mut files = Vec::new();
    for folder in SOURCES {
        writeln!(out, "cargo::rerun-if-changed={folder}")?;
        list(Path::new(folder), &mut files)?;
    }
    files.sort();
    // The same for every target of one build: the hasher has fixed keys, and only the sources go in.
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(&file)?.hash(&mut hasher);
    }
    writeln!(out, "cargo::rustc-env=VALISE_WIRE={:016x}", hasher.finish())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
