//! The web app: compiled, bound, named after its content, compressed, and held to its budget.
//!
//! Everything a page loads lies below `assets/` under a name with a hash in it, so that browsers keep it
//! for ever; only the pages change in place.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::dev::collect;
use crate::shell::{Done, Failure, run, target_folder, workspace};
use crate::wasm;

/// What `cargo xtask app` can be told.
#[derive(Args, Default)]
pub(crate) struct App {
    /// Build in seconds rather than small.
    #[arg(long)]
    pub(crate) dev: bool,
    /// Whether a bundle above its budget is only told, as for somebody who tries the product.
    #[arg(skip)]
    pub(crate) any_weight: bool,
}

struct Bundle {
    name: &'static str,
    title: &'static str,
    /// What a first visit may download, compressed.
    budget_kilobytes: usize,
}

const BUNDLES: [Bundle; 5] = [
    Bundle {
        name: "portal",
        title: "Tradepost",
        budget_kilobytes: 450,
    },
    Bundle {
        name: "shop",
        title: "Tradepost",
        budget_kilobytes: 500,
    },
    Bundle {
        name: "account",
        title: "Tradepost",
        budget_kilobytes: 550,
    },
    Bundle {
        name: "console",
        title: "Tradepost console",
        budget_kilobytes: 800,
    },
    Bundle {
        name: "office",
        title: "Tradepost console",
        budget_kilobytes: 800,
    },
];

/// In the order of the cascade.
const STYLES: [&str; 9] = [
    "tokens", "base", "controls", "surfaces", "data", "shell", "pages", "console", "print",
];

/// Builds `web/dist`.
pub(crate) fn build(app: &App) -> Done {
    let profile = if app.dev { "wasm-dev" } else { "wasm-release" };
    eprintln!("Building the web app ({profile}). The first time takes some minutes.");
    let compiler = wasm::compiler()?;
    run(compiler
        .cargo("build")
        .args(["--package", "tradepost-web", "--bins", "--profile", profile]))?;
    let compiled = compiler.output(profile);
    let weighed = assemble(&compiled, app.dev)
        .map_err(|error| Failure(format!("the web app could not be put together: {error}")))?;
    match weighed {
        Err(Failure(heavy)) if app.any_weight => {
            eprintln!("\n\x1b[33m{heavy}\x1b[0m");
            Ok(())
        }
        weighed => weighed,
    }
}

/// `Err` outside is a file that could not be read or written; inside, a budget that was exceeded.
fn assemble(compiled: &Path, dev: bool) -> std::io::Result<Done> {
    let fresh = target_folder().join("web-dist");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(fresh.join("assets"))?;
    let shared = shared_assets(&fresh)?;
    let mut pages = Vec::new();
    for bundle in &BUNDLES {
        let start = bind(compiled, &fresh, bundle, dev)?;
        fs::write(
            fresh.join(format!("{}.html", bundle.name)),
            page(bundle, &shared, &start),
        )?;
        pages.push((bundle, start));
    }
    let mut files = Vec::new();
    collect(&fresh, &mut files);
    if !dev {
        for file in &files {
            compress(file)?;
        }
    }
    let done = if dev { Ok(()) } else { weigh(&fresh, &shared, &pages)? };
    publish(&fresh)?;
    Ok(done)
}

/// What all pages load.
struct Shared {
    style: String,
    theme: String,
    icon: String,
    font: String,
}

fn shared_assets(dist: &Path) -> std::io::Result<Shared> {
    let web = workspace().join("web");
    let font = named(dist, "inter.woff2", &fs::read(web.join("fonts/inter.woff2"))?)?;
    let mut style = String::new();
    for name in STYLES {
        style.push_str(&fs::read_to_string(web.join(format!("styles/{name}.css")))?);
    }
    let style = style.replace("/assets/inter.woff2", &font);
    Ok(Shared {
        style: named(dist, "style.css", style.as_bytes())?,
        theme: named(dist, "theme.js", &fs::read(web.join("static/theme.js"))?)?,
        icon: named(dist, "icon.svg", &fs::read(web.join("static/icon.svg"))?)?,
        font,
    })
}

/// What a page starts.
struct Start {
    script: String,
    binding: String,
    wasm: String,
}

fn bind(compiled: &Path, dist: &Path, bundle: &Bundle, dev: bool) -> std::io::Result<Start> {
    let name = bundle.name;
    let folder = target_folder().join(format!("bindgen-{name}"));
    let _ = fs::remove_dir_all(&folder);
    Bindgen::new()
        .input_path(compiled.join(format!("{name}.wasm")))
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .omit_default_module_path(true)
                .debug(dev)
                .keep_debug(dev)
                .remove_name_section(!dev)
                .generate(&folder)
        })
        .map_err(std::io::Error::other)?;
    // A folder named after its content keeps the relative imports between its files as they are.
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    let mut hash = Sha256::new();
    for file in &files {
        hash.update(fs::read(file)?);
    }
    let place = format!("assets/{name}-{}", short(&hash.finalize()));
    for file in &files {
        let to = dist.join(&place).join(file.strip_prefix(&folder).unwrap_or(file));
        fs::create_dir_all(to.parent().unwrap_or(dist))?;
        fs::copy(file, to)?;
    }
    let (binding, wasm) = (format!("/{place}/{name}.js"), format!("/{place}/{name}_bg.wasm"));
    // In a file, because the pages allow no script inside them.
    let script = format!("import start from \"{binding}\";\nstart({{ module_or_path: \"{wasm}\" }});\n");
    Ok(Start {
        script: named(dist, &format!("start-{name}.js"), script.as_bytes())?,
        binding,
        wasm,
    })
}

fn page(bundle: &Bundle, shared: &Shared, start: &Start) -> String {
    let mut html = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    let _ = write!(
        html,
        "<title>{}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"{}\">\n\
         <script src=\"{}\"></script>\n\
         <link rel=\"stylesheet\" href=\"{}\">\n\
         <link rel=\"preload\" as=\"font\" type=\"font/woff2\" href=\"{}\" crossorigin>\n\
         <link rel=\"modulepreload\" href=\"{}\">\n\
         <link rel=\"preload\" as=\"fetch\" type=\"application/wasm\" href=\"{}\" crossorigin>\n\
         <script type=\"module\" src=\"{}\"></script>\n\
         </head>\n<body>\n\
         <div class=\"boot\" id=\"boot\" role=\"status\"><span class=\"boot-mark\"></span><span class=\"sr-only\">Loading</span></div>\n\
         <noscript><p class=\"noscript\">Tradepost needs JavaScript.</p></noscript>\n\
         </body>\n</html>\n",
        bundle.title, shared.icon, shared.theme, shared.style, shared.font, start.binding, start.wasm, start.script,
    );
    html
}

/// Writes an asset under a name that holds the hash of its content; gives its path.
fn named(dist: &Path, name: &str, content: &[u8]) -> std::io::Result<String> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    let path = format!("assets/{stem}-{}.{extension}", short(&Sha256::digest(content)));
    fs::write(dist.join(&path), content)?;
    Ok(format!("/{path}"))
}

fn short(digest: &[u8]) -> String {
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn compress(file: &Path) -> std::io::Result<()> {
    let extension = file
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    // Fonts are compressed already, and the pages are finished when they are served.
    if matches!(extension, "woff2" | "html") {
        return Ok(());
    }
    let content = fs::read(file)?;
    let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", file.display()));
    let mut gzip = flate2::write::GzEncoder::new(fs::File::create(beside(".gz"))?, flate2::Compression::best());
    gzip.write_all(&content)?;
    gzip.finish()?;
    let settings = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    let mut to = fs::File::create(beside(".br"))?;
    brotli::BrotliCompress(&mut content.as_slice(), &mut to, &settings)?;
    Ok(())
}

/// Prints what a first visit downloads, and fails above the budget.
fn weigh(dist: &Path, shared: &Shared, pages: &[(&Bundle, Start)]) -> std::io::Result<Done> {
    let size = |path: &str| -> std::io::Result<usize> {
        let path = dist.join(path.trim_start_matches('/'));
        let brotli = PathBuf::from(format!("{}.br", path.display()));
        let smallest = if brotli.exists() { brotli } else { path };
        Ok(usize::try_from(fs::metadata(smallest)?.len()).unwrap_or(usize::MAX))
    };
    let mut too_heavy = Vec::new();
    eprintln!("\nA first visit downloads (brotli):");
    for (bundle, start) in pages {
        let (wasm, font, style) = (size(&start.wasm)?, size(&shared.font)?, size(&shared.style)?);
        let scripts = size(&start.binding)? + size(&start.script)? + size(&shared.theme)?;
        let kilobytes = |bytes: usize| bytes.div_ceil(1024);
        let total = kilobytes(wasm + font + style + scripts + size(&shared.icon)?);
        eprintln!(
            "  {:<8} {total:>4} KB of {} (wasm {}, font {}, scripts {}, styles {})",
            bundle.name,
            bundle.budget_kilobytes,
            kilobytes(wasm),
            kilobytes(font),
            kilobytes(scripts),
            kilobytes(style),
        );
        if total > bundle.budget_kilobytes {
            too_heavy.push(format!("{} {total} KB of {}", bundle.name, bundle.budget_kilobytes));
        }
    }
    if too_heavy.is_empty() {
        Ok(Ok(()))
    } else {
        Ok(Err(Failure(format!(
            "the web app is over its budget: {}",
            too_heavy.join(", ")
        ))))
    }
}

/// Puts the new files in place: assets first and the pages last, so that a running debug server never
/// shows a page whose assets are missing.
fn publish(fresh: &Path) -> std::io::Result<()> {
    let dist = workspace().join("web/dist");
    fs::create_dir_all(&dist)?;
    let mut files = Vec::new();
    collect(fresh, &mut files);
    files.sort_by_key(|file| file.extension().is_some_and(|extension| extension == "html"));
    let mut kept: Vec<PathBuf> = Vec::new();
    for file in &files {
        let to = dist.join(file.strip_prefix(fresh).unwrap_or(file));
        fs::create_dir_all(to.parent().unwrap_or(&dist))?;
        if fs::read(&to).ok() != fs::read(file).ok() {
            fs::copy(file, &to)?;
        }
        kept.push(to);
    }
    let mut there = Vec::new();
    collect(&dist, &mut there);
    for old in there {
        let keep = kept.contains(&old) || old.file_name().is_some_and(|name| name == ".gitignore");
        if !keep {
            fs::remove_file(&old)?;
            // The folder of an older bundle; one that still holds files stays.
            let _ = old.parent().map(fs::remove_dir);
        }
    }
    Ok(())
}

/// Nothing in the app makes HTML of a text: that is what keeps a lead's note from running.
pub(crate) fn refuse_markup() -> Done {
    let mut files = Vec::new();
    collect(&workspace().join("web/src"), &mut files);
    let forbidden = [
        "inner_html",
        "innerHTML",
        "outer_html",
        "insert_adjacent_html",
        "document.write",
    ];
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default();
        if let Some(word) = forbidden.iter().find(|word| text.contains(**word)) {
            return Err(Failure(format!(
                "{} uses `{word}`: build elements instead",
                file.display()
            )));
        }
    }
    Ok(())
}
