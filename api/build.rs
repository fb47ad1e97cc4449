//! Embeds the web app anew when it was built anew.

fn main() {
    // The program has 160,000 addresses to be moved when it starts; written in pairs of a base and a map they are
    // 4 MB smaller. glibc reads that since 2.36.
    let linux_with_glibc = std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux")
        && std::env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "gnu");
    if linux_with_glibc {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    // A debug build reads the app from the disk while it runs, so building the app must not rebuild it.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../web/dist");
    } else {
        println!("cargo::rerun-if-changed=build.rs");
    }
}
