//! A policy rule by rule: to read, and to edit. What is saved is the merge patch of what was changed, so
//! that two people who edit different rules do not undo each other.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use serde_json::{Map, Value};
use tradepost_contract::programmes::{PolicyVersion, UpdatePolicyDraft};

use crate::api;
use crate::format::{json, words};
use crate::kit::form::{Field, Form};
use crate::kit::toast;
use crate::ui::button::{Button, Look};
use crate::ui::field::{FieldFrame, TextField, described_by};
use crate::ui::page::{Fact, Facts};
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

/// All rules, to read.
#[component]
pub(super) fn PolicyView(value: Value) -> impl IntoView {
    sections(value)
        .into_iter()
        .map(|(name, section)| {
            let leaves = json::leaves(&section);
            let count = leaves.len();
            let facts = leaves
                .into_iter()
                .map(|(pointer, value)| view! { <Fact name=words::sentence(&json::readable(&pointer))>{json::line(&value)}</Fact> })
                .collect_view();
            view! {
                <details class="panel policy-section">
                    <summary><span>{words::sentence(&name)}</span><span class="muted figures">{count.to_string()}</span></summary>
                    <div class="policy-body"><Facts>{facts}</Facts></div>
                </details>
            }
        })
        .collect_view()
}

fn sections(value: Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(fields) => fields.into_iter().collect(),
        _ => Vec::new(),
    }
}

/// What is edited of one section: a field a rule, or the whole as JSON.
#[derive(Clone)]
struct Section {
    name: String,
    before: Value,
    fields: Vec<(String, Value, Field)>,
    whole: Field,
    as_json: RwSignal<bool>,
}

/// The form of a draft.
#[component]
pub(super) fn PolicyEditor(draft: PolicyVersion, done: Callback<()>) -> impl IntoView {
    let (id, version) = (draft.summary.id, draft.summary.version);
    let form = Form::new("policy");
    let note = form.field("/note", draft.summary.note);
    let value = serde_json::to_value(&draft.policy).unwrap_or_default();
    let parts: Vec<Section> = sections(value)
        .into_iter()
        .map(|(name, before)| {
            let at = format!("/policy/{name}");
            let fields = json::leaves(&before)
                .into_iter()
                .filter(|(pointer, _)| !pointer.is_empty())
                .map(|(pointer, value)| {
                    let field = form.field(&format!("{at}{pointer}"), typed(&value));
                    (pointer, value, field)
                })
                .collect();
            let text = serde_json::to_string_pretty(&before).unwrap_or_default();
            // The whole section comes last, so that an error at a rule is shown at the rule.
            let whole = form.field(&at, text);
            Section {
                name,
                before,
                fields,
                whole,
                as_json: RwSignal::new(false),
            }
        })
        .collect();
    let shown = parts
        .clone()
        .into_iter()
        .map(|section| view! { <SectionFields section /> })
        .collect_view();
    let parts = StoredValue::new(parts);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let mut patch = Map::new();
        for section in parts.get_value() {
            let after = if section.as_json.get_untracked() {
                match serde_json::from_str::<Value>(&section.whole.text()) {
                    Ok(value) => value,
                    Err(error) => {
                        wrong.push(section.whole.refusal("invalid", &format!("This is no JSON: {error}")));
                        continue;
                    }
                }
            } else {
                let mut after = section.before.clone();
                for (pointer, before, field) in &section.fields {
                    match (read(&field.value.get_untracked(), before), after.pointer_mut(pointer)) {
                        (Some(value), Some(place)) => *place = value,
                        _ => wrong.push(field.refusal("invalid", "This does not fit the rule.")),
                    }
                }
                after
            };
            if after != section.before {
                patch.insert(section.name, json::merge_patch(&section.before, &after));
            }
        }
        if form.refuse(wrong) {
            return;
        }
        let body = UpdatePolicyDraft {
            note: Some(note.text()),
            policy: Some(Value::Object(patch)),
        };
        form.submit(
            move |key| async move {
                let answer = api::policies::update_policy_draft(id, version, &body, &key).await;
                answer.map_err(below_policy)
            },
            move |_| {
                toast::done("The draft is saved");
                done.run(());
            },
        );
    };
    view! {
        <form on:submit=send novalidate>
            <FormProblem form />
            <TextField field=note label="What it changes, and why" />
            {shown}
            <div class="form-actions sticky"><Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Save the draft"</Button></div>
        </form>
    }
}

/// The API points into the policy; the fields of this form are below `/policy`.
fn below_policy(failure: api::Failure) -> api::Failure {
    match failure {
        api::Failure::Problem(mut problem) => {
            for error in &mut problem.errors {
                if !error.pointer.starts_with("/policy") && error.pointer != "/note" {
                    error.pointer = format!("/policy{}", error.pointer);
                }
            }
            api::Failure::Problem(problem)
        }
        other => other,
    }
}

#[component]
fn SectionFields(section: Section) -> impl IntoView {
    let as_json = section.as_json;
    let (fields, whole) = (StoredValue::new(section.fields), section.whole);
    let body = move || {
        if as_json.get() {
            return view! {
                <FieldFrame field=whole label="As JSON" hint="For what fields cannot say: another kind of rule, another entry, one less.">
                    <textarea class="input code" id=whole.id() rows="14" spellcheck="false" aria-describedby=described_by(whole, true)
                        prop:value=move || whole.value.get() on:input:target=move |event| whole.value.set(event.target().value())></textarea>
                </FieldFrame>
            }
            .into_any();
        }
        let inputs = fields
            .get_value()
            .into_iter()
            .map(|(pointer, value, field)| {
                let label = words::sentence(&json::readable(&pointer));
                match value {
                    Value::Bool(_) => view! { <Select field label options=vec![("true".to_owned(), "Yes".to_owned()), ("false".to_owned(), "No".to_owned())] /> }.into_any(),
                    Value::Number(_) => view! { <TextField field label kind="number" /> }.into_any(),
                    _ => view! { <TextField field label /> }.into_any(),
                }
            })
            .collect_view();
        view! { <div class="form-grid">{inputs}</div> }.into_any()
    };
    let count = fields.with_value(Vec::len);
    view! {
        <details class="panel policy-section">
            <summary><span>{words::sentence(&section.name)}</span><span class="muted figures">{count.to_string()}</span></summary>
            <div class="policy-body">
                <div class="tab-bar-actions">
                    <button type="button" class="button quiet small" on:click=move |_| as_json.update(|on| *on = !*on)>{move || if as_json.get() { "Edit rule by rule" } else { "Edit as JSON" }}</button>
                </div>
                {body}
            </div>
        </details>
    }
}

/// A rule as it stands in its field.
fn typed(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What a field means, given what it held: a text stays a text, a number a number.
fn read(text: &str, before: &Value) -> Option<Value> {
    match before {
        Value::String(_) => Some(Value::String(text.to_owned())),
        Value::Bool(_) => text.parse().ok().map(Value::Bool),
        Value::Number(_) | Value::Null | Value::Array(_) | Value::Object(_) => serde_json::from_str(text.trim()).ok(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{read, typed};

    #[test]
    fn a_rule_survives_its_field() {
        for value in [
            json!("until_invoiced"),
            json!(10),
            json!(true),
            json!(["a"]),
            json!({}),
            json!("0.10"),
        ] {
            assert_eq!(read(&typed(&value), &value), Some(value));
        }
        assert_eq!(read("ten", &json!(10)), None);
    }
}
