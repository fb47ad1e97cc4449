//! Embeds the web app anew when it was built anew.

fn main() {
    // A debug build reads the app from the disk while it runs, so building the app must not rebuild it.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../web/dist");
    } else {
        println!("cargo::rerun-if-changed=build.rs");
    }
}
