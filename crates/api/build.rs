//! Makes this crate be compiled again when the portal was built again, since its files are embedded.

fn main() {
    let portal = std::path::Path::new("../../portal/dist");
    // Cargo reruns a script on every build as long as a watched path is missing. The folder is
    // ignored by git; an empty one means that the portal was not built.
    let _ = std::fs::create_dir_all(portal);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", portal.display());
}
