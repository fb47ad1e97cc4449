//! The receiver's fields: its name for each, and what stands in it.

use leptos::prelude::*;
use tradepost_contract::delivery_targets::{DeliveryTargetField, LeadField};

use crate::format::words;
use crate::ui::button::Button;

const ANSWER: &str = "answer";
const CONSTANT: &str = "constant";

/// One line that is being edited.
#[derive(Clone, Copy)]
struct Line {
    key: u32,
    name: RwSignal<String>,
    /// The word of a lead's field, or one of the two above.
    from: RwSignal<String>,
    text: RwSignal<String>,
}

/// Fields that are being edited.
#[derive(Clone, Copy)]
pub struct Draft {
    lines: RwSignal<Vec<Line>>,
    next: StoredValue<u32>,
}

impl Draft {
    /// A draft that says what these fields say.
    pub fn of(fields: &[DeliveryTargetField]) -> Self {
        let draft = Self {
            lines: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
        };
        for field in fields {
            let (from, text) = match (field.field, &field.answer, &field.constant) {
                (Some(ours), ..) => (ours.as_str(), String::new()),
                (None, Some(question), _) => (ANSWER, question.clone()),
                (None, None, constant) => (CONSTANT, constant.clone().unwrap_or_default()),
            };
            draft.push(field.name.clone(), from.to_owned(), text);
        }
        draft
    }

    fn push(self, name: String, from: String, text: String) {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        let line = Line {
            key,
            name: RwSignal::new(name),
            from: RwSignal::new(from),
            text: RwSignal::new(text),
        };
        self.lines.update(|lines| lines.push(line));
    }

    /// The fields as they are written here; lines that say nothing are left out.
    pub fn fields(self) -> Vec<DeliveryTargetField> {
        let lines = self.lines.get_untracked().into_iter();
        lines
            .filter_map(|line| {
                let (name, from) = (line.name.get_untracked(), line.from.get_untracked());
                if name.is_empty() && from.is_empty() {
                    return None;
                }
                let text = Some(line.text.get_untracked());
                Some(DeliveryTargetField {
                    name,
                    field: from.parse().ok(),
                    answer: text.clone().filter(|_| from == ANSWER),
                    constant: text.filter(|_| from == CONSTANT),
                })
            })
            .collect()
    }
}

/// The lines with what they are for.
#[component]
pub fn FieldLines(
    /// What is edited.
    draft: Draft,
) -> impl IntoView {
    let add = Callback::new(move |()| draft.push(String::new(), String::new(), String::new()));
    view! {
        <fieldset class="plain-set">
            <legend class="field-label">"Names of the receiver's fields"</legend>
            <p class="field-hint">"Without any, everything is sent under our own names: name, email, phone, postcode and so on."</p>
            <div class="target-fields">
                <For each=move || draft.lines.get() key=|line| line.key let:line><Row line draft /></For>
            </div>
            <Button icon=icondata_lu::LuPlus on_click=add>"Another field"</Button>
        </fieldset>
    }
}

#[component]
fn Row(line: Line, draft: Draft) -> impl IntoView {
    let Line { name, from, text, .. } = line;
    let options = LeadField::ALL
        .iter()
        .map(|field| {
            let word = field.as_str();
            view! { <option value=word selected=move || from.get() == word>{words::sentence(word)}</option> }
        })
        .collect_view();
    let has_text = move || matches!(from.get().as_str(), ANSWER | CONSTANT);
    let text_label = move || {
        if from.get() == ANSWER {
            "The question"
        } else {
            "The text"
        }
    };
    let remove = move |_| draft.lines.update(|lines| lines.retain(|other| other.key != line.key));
    view! {
        <div class="target-field">
            <input class="input" aria-label="Name of the receiver's field" placeholder="Their name" prop:value=move || name.get() on:input:target=move |event| name.set(event.target().value()) />
            <select class="input select" aria-label="Filled with" on:change:target=move |event| from.set(event.target().value())>
                <option value="" selected=move || from.get().is_empty()>"Choose…"</option>
                {options}
                <option value=ANSWER selected=move || from.get() == ANSWER>"An answer of the form"</option>
                <option value=CONSTANT selected=move || from.get() == CONSTANT>"Always the same text"</option>
            </select>
            {move || has_text().then(|| view! { <input class="input" aria-label=text_label prop:value=move || text.get() on:input:target=move |event| text.set(event.target().value()) /> })}
            <button type="button" class="button quiet small" on:click=remove>"Remove"</button>
        </div>
    }
}
