//! The script, laid out: headings, points of lists, and paragraphs (R100).

use leptos::prelude::*;
use tradepost_contract::policy::CallScript;

/// A part of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Heading(String),
    Points(Vec<String>),
    Paragraph(String),
}

/// The parts of a script's text: what begins with `## ` is a heading, with `- ` a point of a list; the rest are
/// paragraphs, with blank lines between them.
fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            open = false;
        } else if let Some(heading) = line.strip_prefix("## ") {
            parts.push(Part::Heading(heading.to_owned()));
            open = false;
        } else if let Some(point) = line.strip_prefix("- ") {
            match parts.last_mut() {
                Some(Part::Points(points)) if open => points.push(point.to_owned()),
                _ => parts.push(Part::Points(vec![point.to_owned()])),
            }
            open = true;
        } else {
            match parts.last_mut() {
                Some(Part::Paragraph(text)) if open => {
                    text.push(' ');
                    text.push_str(line);
                }
                _ => parts.push(Part::Paragraph(line.to_owned())),
            }
            open = true;
        }
    }
    parts
}

/// A script as it is read.
#[component]
pub fn Script(
    /// The script.
    script: CallScript,
) -> impl IntoView {
    let parts = parts(&script.text)
        .into_iter()
        .map(|part| match part {
            Part::Heading(text) => view! { <h3>{text}</h3> }.into_any(),
            Part::Paragraph(text) => view! { <p>{text}</p> }.into_any(),
            Part::Points(points) => {
                let points = points
                    .into_iter()
                    .map(|point| view! { <li>{point}</li> })
                    .collect_view();
                view! { <ul>{points}</ul> }.into_any()
            }
        })
        .collect_view();
    view! { <div class="script">{parts}</div> }
}

#[cfg(test)]
mod tests {
    use super::{Part, parts};

    #[test]
    fn a_script_is_laid_out_as_it_is_written() {
        let text = "\n## Opening\nHello,\nis this Ann?\n\n- If so, go on.\n- If not, stop.\nThen this.\n\n\n## Closing\n- Thank them.\n";
        let words = |text: &str| text.to_owned();
        assert_eq!(
            parts(text),
            [
                Part::Heading(words("Opening")),
                Part::Paragraph(words("Hello, is this Ann?")),
                Part::Points(vec![words("If so, go on."), words("If not, stop.")]),
                Part::Paragraph(words("Then this.")),
                Part::Heading(words("Closing")),
                Part::Points(vec![words("Thank them.")]),
            ]
        );
        assert!(parts("  \n\n").is_empty());
    }
}
