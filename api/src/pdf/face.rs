//! The typeface: which glyph a letter is, how wide a text is, and where it breaks.

use crate::error::{ApiError, ApiResult};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::MetadataProvider;
use skrifa::instance::{LocationRef, Size};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A weight of the typeface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Strong,
}

static REGULAR: &[u8] = include_bytes!("fonts/inter-regular.ttf");
static STRONG: &[u8] = include_bytes!("fonts/inter-semibold.ttf");

/// Glyph and width of every letter, in units of the em.
struct Metrics {
    glyphs: HashMap<char, (u32, f32)>,
}

impl Metrics {
    fn read(file: &'static [u8]) -> Self {
        let mut glyphs = HashMap::new();
        // The files are our own; one that cannot be read has no letters, which the tests would see.
        if let Ok(font) = skrifa::FontRef::new(file) {
            let widths = font.glyph_metrics(Size::unscaled(), LocationRef::default());
            let em = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
            for (letter, glyph) in font.charmap().mappings() {
                if let (Some(letter), Some(width)) = (char::from_u32(letter), widths.advance_width(glyph)) {
                    glyphs.insert(letter, (glyph.to_u32(), width / em));
                }
            }
        }
        Self { glyphs }
    }

    fn of(weight: Weight) -> &'static Self {
        static OF_REGULAR: LazyLock<Metrics> = LazyLock::new(|| Metrics::read(REGULAR));
        static OF_STRONG: LazyLock<Metrics> = LazyLock::new(|| Metrics::read(STRONG));
        match weight {
            Weight::Regular => &OF_REGULAR,
            Weight::Strong => &OF_STRONG,
        }
    }
}

/// The text with what can be printed in place of what cannot: spaces for white space, nothing for
/// letters of no width, a question mark for what the typeface does not have.
pub(super) fn printable(text: &str) -> String {
    let known = &Metrics::of(Weight::Regular).glyphs;
    text.chars()
        .filter_map(|letter| match letter {
            letter if letter.is_whitespace() => Some(' '),
            letter if letter.is_control() => None,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}' => None,
            letter if known.contains_key(&letter) => Some(letter),
            _ => Some('?'),
        })
        .collect()
}

/// How wide a printable text is.
pub(super) fn width(text: &str, weight: Weight, size: f32) -> f32 {
    let glyphs = &Metrics::of(weight).glyphs;
    let ems: f32 = text
        .chars()
        .map(|letter| glyphs.get(&letter).map_or(0.0, |(_, width)| *width))
        .sum();
    ems * size
}

/// Breaks a text into lines no wider than `most`: between words, and inside a word that is wider.
pub(super) fn wrap(text: &str, weight: Weight, size: f32, most: f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let paragraph = printable(paragraph);
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if width(&longer, weight, size) <= most {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                line.push(letter);
                if width(&line, weight, size) > most && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, letter.to_string()));
                }
            }
        }
        lines.push(line);
    }
    lines
}

/// The glyphs of a printable text.
pub(super) fn glyphs(text: &str, weight: Weight) -> Vec<KrillaGlyph> {
    let known = &Metrics::of(weight).glyphs;
    text.char_indices()
        .filter_map(|(at, letter)| {
            let (glyph, width) = *known.get(&letter)?;
            let range = at..at + letter.len_utf8();
            Some(KrillaGlyph::new(GlyphId::new(glyph), width, 0.0, 0.0, 0.0, range, None))
        })
        .collect()
}

/// The typeface as a file embeds it.
pub(super) fn font(weight: Weight) -> ApiResult<Font> {
    let file = match weight {
        Weight::Regular => REGULAR,
        Weight::Strong => STRONG,
    };
    Font::new(file.into(), 0).ok_or_else(|| ApiError::internal("the typeface cannot be read"))
}
