//! Makes this crate be compiled again when the portal was built again, since its files are embedded, and collects
//! the operations that are known by their hash: the portal's documents and `graphql/operations/`.

use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let portal = Path::new("../../portal/dist");
    // Cargo reruns a script on every build as long as a watched path is missing. The folder is
    // ignored by git; an empty one means that the portal was not built.
    let _ = fs::create_dir_all(portal);
    println!("cargo::rerun-if-changed={}", portal.display());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["portal/src", "graphql/operations"] {
        let folder = root.join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        collect(&folder, &mut files);
    }
    files.sort();
    let includes: String = files
        .iter()
        .map(|path| format!("    include_str!({path:?}),\n"))
        .collect();
    let folder = std::env::var_os("OUT_DIR").expect("Cargo sets it");
    let target = PathBuf::from(folder).join("known_operations.rs");
    fs::write(target, format!("&[\n{includes}]\n")).expect("Cargo's folder can be written");
}

/// A source tree without the portal has none of its operations.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("a folder that was opened can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "graphql")
        {
            files.push(path);
        }
    }
}
