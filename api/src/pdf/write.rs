//! Makes a PDF of pages.

use super::Paper;
use super::face::{Weight, font, glyphs};
use super::layout::{Mark, Pages, Role};
use crate::error::{ApiError, ApiResult};
use krilla::color::luma;
use krilla::configure::ConfigurationBuilder;
use krilla::configure::validate::{Accessibility, Archival};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag};
use krilla::tagging::{TagGroup, TagKind, TagTree};
use krilla::{Document, SerializeSettings};
use std::num::NonZeroU16;

pub(super) fn write(paper: &Paper, pages: &Pages) -> ApiResult<Vec<u8>> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|cause| ApiError::internal(format!("{cause:?}")))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    let (regular, strong) = (font(Weight::Regular)?, font(Weight::Strong)?);
    let (width, height) = pages.size;
    let mut leaves: Vec<Vec<Identifier>> = pages.parts.iter().map(|_| Vec::new()).collect();
    for marks in &pages.pages {
        let settings = PageSettings::from_wh(width, height).ok_or_else(|| ApiError::internal("a page has a size"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            match mark {
                Mark::Text {
                    x,
                    y,
                    size,
                    weight,
                    grey,
                    text,
                    part,
                } => {
                    let tag = match part {
                        Some(_) => ContentTag::Span(SpanTag::empty()),
                        None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
                    };
                    let leaf = surface.start_tagged(tag);
                    surface.set_fill(Some(ink(if *grey { 90 } else { 20 })));
                    let face = match weight {
                        Weight::Regular => regular.clone(),
                        Weight::Strong => strong.clone(),
                    };
                    surface.draw_glyphs(Point::from_xy(*x, *y), &glyphs(text, *weight), face, text, *size, false);
                    surface.end_tagged();
                    if let Some(leaves) = part.and_then(|part| leaves.get_mut(part)) {
                        leaves.push(leaf);
                    }
                }
                Mark::Rule { x, y, width, thick } => {
                    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
                    surface.set_fill(Some(ink(if *thick < 0.5 { 205 } else { 140 })));
                    let mut path = PathBuilder::new();
                    if let Some(rect) = Rect::from_xywh(*x, *y, *width, *thick) {
                        path.push_rect(rect);
                    }
                    if let Some(path) = path.finish() {
                        surface.draw_path(&path);
                    }
                    surface.end_tagged();
                }
            }
        }
        surface.finish();
        page.finish();
    }
    document.set_metadata(metadata(paper));
    let mut outline = Outline::new();
    let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    outline.push_child(OutlineNode::new(paper.title.clone(), top));
    document.set_outline(outline);
    document.set_tag_tree(tree(pages, leaves, &paper.title));
    document
        .finish()
        .map_err(|cause| ApiError::internal(format!("{cause:?}")))
}

fn ink(grey: u8) -> Fill {
    Fill {
        paint: luma::Color::new(grey).into(),
        ..Fill::default()
    }
}

fn metadata(paper: &Paper) -> Metadata {
    let at = paper.dated.to_offset();
    let dated = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(at.month().into())
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(paper.title.clone())
        .authors(vec![paper.author.clone()])
        .creator("Tradepost".to_owned())
        .producer("Tradepost".to_owned())
        .language("en".to_owned())
        .document_id(paper.title.clone())
        .creation_date(dated)
}

/// The document's structure. Parts come before their own parts, so it is put together from the end.
fn tree(pages: &Pages, leaves: Vec<Vec<Identifier>>, title: &str) -> TagTree {
    let mut groups: Vec<Vec<Node>> = leaves
        .into_iter()
        .map(|leaves| leaves.into_iter().map(Node::from).collect())
        .collect();
    let mut top = Vec::new();
    for (at, part) in pages.parts.iter().enumerate().rev() {
        let mut children = std::mem::take(&mut groups[at]);
        if matches!(part.role, Role::Table | Role::Row) {
            children.reverse();
        }
        let empty_cell = matches!(part.role, Role::Cell | Role::Head);
        if children.is_empty() && !empty_cell {
            continue;
        }
        let group = Node::from(TagGroup::with_children(kind(part.role, title), children));
        match part.parent {
            Some(parent) => groups[parent].push(group),
            None => top.push(group),
        }
    }
    top.reverse();
    TagTree::from(top).with_lang(Some("en".to_owned()))
}

fn kind(role: Role, title: &str) -> TagKind {
    let level = |level| NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
    match role {
        Role::Title => Tag::Hn(level(1), Some(title.to_owned())).into(),
        Role::Heading => Tag::Hn(level(2), Some("Section".to_owned())).into(),
        Role::Paragraph => Tag::P.into(),
        Role::Table => Tag::Table.into(),
        Role::Row => Tag::TR.into(),
        Role::Head => Tag::TH(TableHeaderScope::Column).into(),
        Role::Cell => Tag::TD.into(),
    }
}
