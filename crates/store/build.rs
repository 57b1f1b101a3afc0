//! Lists the files of `sql/functions` and `sql/views`, so that the library carries their texts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../..");
    let root = root.canonicalize().expect("the workspace is there");
    println!(
        "cargo::rerun-if-changed={}",
        root.join("migrations").display()
    );
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
        writeln!(
            list,
            "    ({:?}, include_str!({path:?})),",
            name.to_string_lossy()
        )
        .expect("writing to a string works");
    }
    list.push(']');
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("schema_objects.rs");
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
