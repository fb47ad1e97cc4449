//! Icons of the Lucide set, one at a time, so that only those in use are in the bundle.

use leptos::prelude::*;

const SVG: &str = "http://www.w3.org/2000/svg";

/// An icon beside a text. It is hidden from screen readers: the text says what it means.
#[component]
pub fn Icon(
    /// Such as `icondata_lu::LuPhone`.
    icon: icondata_core::Icon,
) -> impl IntoView {
    let node = NodeRef::<leptos::svg::Svg>::new();
    // The set holds markup. It becomes elements one by one, so that nothing is ever parsed as HTML.
    node.on_load(move |svg| {
        let document = crate::browser::document();
        for (name, attributes) in shapes(icon.data) {
            let Ok(shape) = document.create_element_ns(Some(SVG), name) else {
                continue;
            };
            for (name, value) in attributes {
                let _ = shape.set_attribute(name, value);
            }
            let _ = svg.append_child(&shape);
        }
    });
    view! {
        <svg node_ref=node class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"></svg>
    }
}

/// A shape's name and its attributes.
type Shape<'a> = (&'a str, Vec<(&'a str, &'a str)>);

/// The shapes of an icon's markup: a flat row of empty elements.
fn shapes(markup: &'static str) -> Vec<Shape<'static>> {
    let elements = markup.split('<').filter_map(|part| part.split('>').next());
    let elements = elements
        .map(|part| part.trim_end_matches('/').trim())
        .filter(|part| !part.is_empty());
    elements.filter(|part| !part.starts_with('/')).map(shape).collect()
}

fn shape(element: &'static str) -> Shape<'static> {
    let (name, mut rest) = element.split_once(' ').unwrap_or((element, ""));
    let mut attributes = Vec::new();
    while let Some((attribute, after)) = rest.split_once("=\"") {
        let Some((value, next)) = after.split_once('"') else {
            break;
        };
        attributes.push((attribute.trim(), value));
        rest = next;
    }
    (name, attributes)
}

#[cfg(test)]
mod tests {
    use super::shapes;

    #[test]
    fn markup_is_taken_apart() {
        let found = shapes(r#"<path d="M1 2 3 4" /><circle cx="12" cy="9" r="3"></circle>"#);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], ("path", vec![("d", "M1 2 3 4")]));
        assert_eq!(found[1].1[2], ("r", "3"));
    }

    #[test]
    fn an_icon_of_the_set_has_shapes() {
        assert!(!shapes(icondata_lu::LuPhone.data).is_empty());
    }
}
