//! The files of the web app, and which of their encodings a browser is given.

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

#[derive(RustEmbed)]
#[folder = "../web/dist"]
struct Dist;

/// How a file was compressed when it was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// One file of the app.
pub(super) struct File {
    name: String,
    plain: Cow<'static, [u8]>,
}

/// The file with this path, unless it is one of the compressed copies.
pub(super) fn find(name: &str) -> Option<File> {
    if name.ends_with(".br") || name.ends_with(".gz") || name.starts_with('.') {
        return None;
    }
    let file = Dist::get(name)?;
    Some(File {
        name: name.to_owned(),
        plain: file.data,
    })
}

impl File {
    pub(super) fn plain(&self) -> &[u8] {
        &self.plain
    }

    /// The smallest copy that the browser takes.
    pub(super) fn best(&self, accepted: &str) -> (Option<Encoding>, Cow<'static, [u8]>) {
        for encoding in [Encoding::Brotli, Encoding::Gzip] {
            if accepts(accepted, encoding.name())
                && let Some(copy) = Dist::get(&format!("{}{}", self.name, encoding.extension()))
            {
                return (Some(encoding), copy.data);
            }
        }
        (None, self.plain.clone())
    }

    /// Its media type. Only what the build makes is known.
    pub(super) fn media_type(&self) -> &'static str {
        match self.name.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("wasm") => "application/wasm",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("woff2") => "font/woff2",
            Some("webmanifest") => "application/manifest+json",
            _ => "text/plain; charset=utf-8",
        }
    }
}

/// Whether an `Accept-Encoding` names this encoding without refusing it.
pub(super) fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        let named = words.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        named && !words.any(is_refusal)
    })
}

/// Whether a word of a header weighs what it stands with at nothing.
pub(super) fn is_refusal(word: &str) -> bool {
    matches!(word, "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
}

/// A strong entity tag: the hash of what is sent.
pub(super) fn tag(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let short: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{short}\"")
}
