//! What means what: one line for each field of a lead.

use leptos::prelude::*;
use tradepost_contract::lead_imports::{FieldMapping, FieldTransform, ImportMapping};

use crate::format::words;
use crate::pages::imports::mapping::FIELDS;
use crate::ui::button::Button;

/// What something sent can fill. The source itself is whose ids they are.
fn fields() -> impl Iterator<Item = &'static str> {
    FIELDS.into_iter().filter(|field| *field != "external_source")
}

const ANSWER: &str = "answers.";

/// Where a field's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Column,
    Template,
    Constant,
}

impl Origin {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Column, "column", "Path"),
        (Self::Template, "template", "Text with {paths}"),
        (Self::Constant, "constant", "Always"),
    ];
}

/// One line that is being edited.
#[derive(Clone, Copy)]
struct Line {
    key: u32,
    field: RwSignal<String>,
    origin: RwSignal<Origin>,
    text: RwSignal<String>,
    transform: RwSignal<Option<FieldTransform>>,
    before: StoredValue<FieldMapping>,
}

/// A mapping that is being edited.
#[derive(Clone, Copy)]
pub struct Draft {
    lines: RwSignal<Vec<Line>>,
    next: StoredValue<u32>,
    keep: RwSignal<bool>,
    rest: StoredValue<ImportMapping>,
    /// Whose the lines are: what made one, such as a suggestion that is taken, may be gone before the draft is.
    owner: StoredValue<Option<Owner>>,
}

impl Draft {
    /// A draft that says what the mapping says.
    pub fn of(mapping: &ImportMapping) -> Self {
        let draft = Self {
            lines: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            keep: RwSignal::new(false),
            rest: StoredValue::new(ImportMapping::default()),
            owner: StoredValue::new(Owner::current()),
        };
        draft.take(mapping);
        draft
    }

    /// Says what the mapping says from now on.
    pub fn take(self, mapping: &ImportMapping) {
        self.keep.set(mapping.keep_other_columns);
        self.rest.set_value(mapping.clone());
        let lines = mapping.fields.iter().map(|one| self.line(one.clone())).collect();
        self.lines.set(lines);
    }

    fn line(self, mapping: FieldMapping) -> Line {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        let (origin, text) = match (&mapping.column, &mapping.template, &mapping.constant) {
            (Some(column), ..) => (Origin::Column, column.clone()),
            (None, Some(template), _) => (Origin::Template, template.clone()),
            (None, None, constant) => (Origin::Constant, constant.clone().unwrap_or_default()),
        };
        let line = move || Line {
            key,
            field: RwSignal::new(mapping.field.clone()),
            origin: RwSignal::new(origin),
            text: RwSignal::new(text),
            transform: RwSignal::new(mapping.transform),
            before: StoredValue::new(mapping),
        };
        match self.owner.get_value() {
            Some(owner) => owner.with(line),
            None => line(),
        }
    }

    fn add(self) {
        let mapping = FieldMapping {
            field: String::new(),
            column: Some(String::new()),
            template: None,
            constant: None,
            empty_when: Vec::new(),
            replace: std::collections::BTreeMap::new(),
            transform: None,
        };
        let line = self.line(mapping);
        self.lines.update(|lines| lines.push(line));
    }

    /// The mapping as it is written here.
    pub fn mapping(self) -> ImportMapping {
        let fields = self.lines.get_untracked().into_iter().filter_map(|line| {
            let (field, text) = (line.field.get_untracked(), line.text.get_untracked());
            if field.is_empty() && text.is_empty() {
                return None;
            }
            // An answer without a name of its own is called as the end of its path is.
            let field = match field.as_str() {
                ANSWER => format!("{ANSWER}{}", text.rsplit(['.', '/']).next().unwrap_or_default()),
                _ => field,
            };
            let mut mapping = line.before.get_value();
            (mapping.column, mapping.template, mapping.constant) = (None, None, None);
            match line.origin.get_untracked() {
                Origin::Column => mapping.column = Some(text),
                Origin::Template => mapping.template = Some(text),
                Origin::Constant => mapping.constant = Some(text),
            }
            Some(FieldMapping {
                field,
                transform: line.transform.get_untracked(),
                ..mapping
            })
        });
        ImportMapping {
            fields: fields.collect(),
            keep_other_columns: self.keep.get_untracked(),
            ..self.rest.get_value()
        }
    }
}

/// The lines, to be changed where one may.
#[component]
pub fn MappingLines(
    /// What is edited.
    draft: Draft,
    /// Whether it may be changed.
    may: bool,
) -> impl IntoView {
    let lines = move || draft.lines.get();
    view! {
        <fieldset class="plain-set" disabled=!may>
            <div class="table-frame"><table class="table mapping">
                <thead><tr><th scope="col">"Field"</th><th scope="col">"Filled by"</th><th scope="col">"What"</th><th scope="col">"Then"</th><th scope="col"><span class="sr-only">"Remove"</span></th></tr></thead>
                <tbody><For each=lines key=|line| line.key let:line><Row line draft may /></For></tbody>
            </table></div>
            <div class="form-actions">
                <label class="check"><input type="checkbox" id="mapping-keep" prop:checked=move || draft.keep.get() on:change=move |_| draft.keep.update(|keep| *keep = !*keep) /><span>"Keep everything else as answers"</span></label>
                {may.then(|| view! { <Button icon=icondata_lu::LuPlus on_click=Callback::new(move |()| draft.add())>"Another field"</Button> })}
            </div>
        </fieldset>
    }
}

#[component]
fn Row(line: Line, draft: Draft, may: bool) -> impl IntoView {
    let Line {
        field,
        origin,
        text,
        transform,
        ..
    } = line;
    let options = fields()
        .map(|own| {
            view! { <option value=own selected=move || field.get() == own>{words::sentence(&own.replace('.', ": "))}</option> }
        })
        .collect_view();
    let named = Some(field.get_untracked()).filter(|word| word.starts_with(ANSWER) && word.len() > ANSWER.len());
    let origins = Origin::ALL
        .into_iter()
        .map(|(one, word, name)| view! { <option value=word selected=move || origin.get() == one>{name}</option> })
        .collect_view();
    let transforms = FieldTransform::ALL
        .iter()
        .map(|one| {
            let own = *one;
            view! { <option value=own.as_str() selected=move || transform.get() == Some(own)>{transform_name(own)}</option> }
        })
        .collect_view();
    let choose_origin = move |word: String| {
        let found = Origin::ALL.into_iter().find(|(_, known, _)| *known == word);
        origin.set(found.map_or(Origin::Column, |(one, ..)| one));
    };
    let remove = move |_| {
        draft.lines.update(|lines| lines.retain(|other| other.key != line.key));
    };
    view! {
        <tr>
            <td>
                <select class="input select" aria-label="Field of the lead" on:change:target=move |event| field.set(event.target().value())>
                    <option value="" selected=move || field.get().is_empty()>"Choose…"</option>
                    {named.map(|word| { let own = word.clone(); view! { <option value=word.clone() selected=move || field.get() == own>{word[ANSWER.len()..].to_owned()}</option> } })}
                    <option value=ANSWER selected=move || field.get() == ANSWER>"An answer"</option>
                    {options}
                </select>
            </td>
            <td><select class="input select" aria-label="Filled by" on:change:target=move |event| choose_origin(event.target().value())>{origins}</select></td>
            <td><input class="input" aria-label="Path or text" prop:value=move || text.get() on:input:target=move |event| text.set(event.target().value()) /></td>
            <td>
                <select class="input select" aria-label="Then" on:change:target=move |event| transform.set(event.target().value().parse().ok())>
                    <option value="" selected=move || transform.get().is_none()>"As it is"</option>
                    {transforms}
                </select>
            </td>
            <td>{may.then(|| view! { <button type="button" class="button quiet small" on:click=remove>"Remove"</button> })}</td>
        </tr>
    }
}

const fn transform_name(transform: FieldTransform) -> &'static str {
    match transform {
        FieldTransform::Boolean => "Yes or no",
        FieldTransform::FirstName => "First name",
        FieldTransform::LastName => "Last name",
        FieldTransform::WithoutPrefix => "Without l:, p:, z:",
    }
}
