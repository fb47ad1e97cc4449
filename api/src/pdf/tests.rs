use super::face::{Weight, printable, width, wrap};
use super::layout::{Mark, lay_out};
use super::*;

fn paper(rows: usize) -> Paper {
    let row = |n: usize| vec![format!("{n}"), "Roofing · Łódź Dachy".to_owned(), "19.99".to_owned()];
    Paper {
        title: "Invoice TP-000001".to_owned(),
        author: "Example Leads".to_owned(),
        foot: "Invoice TP-000001".to_owned(),
        dated: Timestamp::from_seconds(1_772_452_800),
        letter: false,
        blocks: vec![
            Block::Beside(vec![
                Passage::new("From", vec!["Example Leads".to_owned()]),
                Passage::new("To", vec!["Żółć & Söhne, Ελλάδα, Київ".to_owned()]),
            ]),
            Block::Table(Table {
                heading: "Leads".to_owned(),
                columns: vec![
                    Column::text("No.", 1),
                    Column::text("Lead", 5),
                    Column::number("Net", 2),
                ],
                rows: (1..=rows).map(row).collect(),
            }),
            Block::Sums(vec![Sum::strong("To pay", "£19.99".to_owned())]),
            Block::Passage(Passage::new("How to pay", vec!["€ and £ by transfer. ".repeat(400)])),
        ],
    }
}

fn texts(page: &[Mark]) -> Vec<&str> {
    page.iter()
        .filter_map(|mark| match mark {
            Mark::Text { text, .. } => Some(text.as_str()),
            Mark::Rule { .. } => None,
        })
        .collect()
}

#[test]
fn every_page_has_its_number_and_the_head_of_the_table() {
    let pages = lay_out(&paper(200)).pages;
    let count = pages.len();
    assert!(count > 4, "{count} pages");
    for (at, page) in pages.iter().enumerate() {
        let texts = texts(page);
        let number = format!("Page {} of {count}", at + 1);
        assert_eq!(texts.iter().filter(|text| **text == number).count(), 1, "page {at}");
        let rows = texts.iter().filter(|text| text.contains("Roofing")).count();
        assert_eq!(rows > 0, texts.contains(&"Lead"), "page {at} has {rows} rows");
    }
    let all: usize = pages
        .iter()
        .map(|page| texts(page).iter().filter(|text| text.contains("Roofing")).count())
        .sum();
    assert_eq!(all, 200, "and no row is lost where a page turns");
}

#[test]
fn nothing_is_drawn_beyond_the_edges() {
    let pages = lay_out(&paper(90));
    for mark in pages.pages.iter().flatten() {
        if let Mark::Text {
            x,
            y,
            size,
            weight,
            text,
            ..
        } = mark
        {
            assert!(
                *x >= 47.0 && x + width(text, *weight, *size) <= pages.size.0 - 47.0,
                "{text}"
            );
            assert!(*y > 40.0 && *y < pages.size.1 - 30.0, "{text}");
        }
    }
}

#[test]
fn texts_break_between_words_and_long_words_inside() {
    let lines = wrap("one two three", Weight::Regular, 10.0, 40.0);
    assert_eq!(lines, ["one two", "three"]);
    let lines = wrap(&"x".repeat(100), Weight::Regular, 10.0, 60.0);
    assert!(lines.len() > 5 && lines.iter().all(|line| width(line, Weight::Regular, 10.0) <= 60.0));
    assert_eq!(lines.concat(), "x".repeat(100));
}

#[test]
fn figures_have_one_width_and_every_name_its_letters() {
    for weight in [Weight::Regular, Weight::Strong] {
        let widths: Vec<_> = ('0'..='9')
            .map(|figure| width(&figure.to_string(), weight, 10.0))
            .collect();
        assert!(widths.iter().all(|one| (one - widths[0]).abs() < 0.001), "{widths:?}");
    }
    assert_eq!(
        printable("Łódź Ærø Ștefan Ελλάδα Київ 5 € £ − “x”"),
        "Łódź Ærø Ștefan Ελλάδα Київ 5 € £ − “x”"
    );
    assert_eq!(printable("王\u{202e}x\ty\u{0}"), "?x y");
}

#[test]
fn the_same_paper_is_the_same_file() {
    let first = print(&paper(60)).expect("a file");
    assert!(first.starts_with(b"%PDF-1.7"));
    assert_eq!(first, print(&paper(60)).expect("a file"));
}

/// Text in any script, of any length, is printed and never refused by the standard that the file keeps to.
#[test]
fn hostile_texts_are_printed() {
    for text in [
        "\u{fffd}\u{feff}\u{e000}",
        "مرحبا",
        "👩‍🚀",
        "a\u{301}",
        "",
        " ",
        "\u{0}",
        "<b>&amp;",
    ] {
        let mut paper = paper(1);
        paper.title = format!("Invoice {text}");
        paper.author = text.repeat(40);
        paper
            .blocks
            .push(Block::Passage(Passage::new(text, vec![text.to_owned()])));
        print(&paper).expect("a file");
    }
}
