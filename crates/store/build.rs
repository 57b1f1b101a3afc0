//! Lists the files of `sql/functions` and `sql/views`, so that the library carries their texts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    // Cargo runs this in the crate's folder. Relative paths, and texts instead of paths in the result,
    // because several clones may share one target folder.
    let root = PathBuf::from("../..");
    println!("cargo::rerun-if-changed=../../migrations");
    let mut paths = Vec::new();
    for folder in ["sql/functions", "sql/views"] {
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
        collect(&root.join(folder), &mut paths);
    }
    paths.sort();
    let mut list = String::from("&[\n");
    for path in &paths {
        let name = path
            .strip_prefix(root.join("sql"))
            .expect("it was found there");
        let text = fs::read_to_string(path).expect("the file is readable");
        writeln!(list, "    ({:?}, {text:?}),", name.to_string_lossy())
            .expect("writing to a string works");
    }
    list.push(']');
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("schema_objects.rs");
    // A copied target folder may share its files with another clone's: never write into one in place.
    if target.exists() {
        fs::remove_file(&target).expect("the output folder is writable");
    }
    fs::write(target, list).expect("the output folder is writable");
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("the folder is readable").path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            paths.push(path);
        }
    }
}
