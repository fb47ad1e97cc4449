//! What the columns of a file mean, with what stands in them.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::collections::BTreeMap;

use leptos::prelude::*;
use tradepost_contract::lead_imports::{
    DateOrder, FieldMapping, ImportColumn, ImportMapping, LeadImport, LeadImportAction, RunLeadImport,
};

use crate::api;
use crate::format::{share, words};
use crate::kit::confirm::confirm;
use crate::kit::form::{Field, Form};
use crate::kit::toast;
use crate::ui::button::{Button, Look};
use crate::ui::page::Panel;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

/// The fields of a lead that a column can fill; anything else is an answer.
pub(crate) const FIELDS: [&str; 24] = [
    "external_id",
    "external_source",
    "source",
    "enquired_at",
    "assigned_number",
    "person.name",
    "person.company",
    "person.email",
    "person.phone",
    "person.address",
    "person.notes",
    "place.country",
    "place.region",
    "place.postcode",
    "place.city",
    "consent.text",
    "consent.text_version",
    "consent.given_at",
    "consent.ip",
    "consent.page_url",
    "verification.method",
    "verification.verified_at",
    "verification.verified_by",
    "verification.recording_ref",
];

#[component]
pub(super) fn MappingForm(import: LeadImport, done: Callback<LeadImport>) -> impl IntoView {
    let (id, version, rows) = (import.id, import.version, import.total_rows);
    let may = |action: LeadImportAction| import.allowed_actions.contains(&action);
    let (checks, starts) = (may(LeadImportAction::Check), may(LeadImportAction::Start));
    let form = Form::new("mapping");
    let known = import.mapping.clone();
    let fields: Vec<(ImportColumn, Field)> = import
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            (
                column.clone(),
                form.field(&format!("/columns/{at}"), meaning(&known, column)),
            )
        })
        .collect();
    let dates = form.field("/mapping/dates", known.dates.as_str());
    let keep = RwSignal::new(known.keep_other_columns);
    let items = fields
        .clone()
        .into_iter()
        .map(|(column, field)| view! { <ColumnRow column field /> })
        .collect_view();
    let fields = StoredValue::new(fields);
    // Templates, constants and replacements of a mapping that came through the API stay as they are.
    let others: Vec<FieldMapping> = known
        .fields
        .iter()
        .filter(|one| one.column.is_none())
        .cloned()
        .collect();
    let mapping = {
        let known = StoredValue::new((known, others));
        move || {
            let (known, mut mapped) = known.get_value();
            for (column, field) in fields.get_value() {
                let chosen = field.text();
                if chosen.is_empty() {
                    continue;
                }
                let before = known
                    .fields
                    .iter()
                    .find(|one| one.column.as_deref() == Some(&column.header));
                mapped.push(FieldMapping {
                    field: if chosen == ANSWER {
                        format!("answers.{}", answer_name(&column.header))
                    } else {
                        chosen
                    },
                    column: Some(column.header),
                    template: None,
                    constant: None,
                    empty_when: before.map(|one| one.empty_when.clone()).unwrap_or_default(),
                    replace: before.map_or_else(BTreeMap::new, |one| one.replace.clone()),
                    transform: before.and_then(|one| one.transform),
                });
            }
            ImportMapping {
                fields: mapped,
                empty_when: known.empty_when,
                dates: dates.text().parse().unwrap_or(DateOrder::YearMonthDay),
                keep_other_columns: keep.get_untracked(),
            }
        }
    };
    let check = Callback::new(move |()| {
        let body = RunLeadImport {
            mapping: Some(mapping()),
        };
        form.submit(
            move |key| async move { api::imports::check_lead_import(id, version, &body, &key).await },
            move |import| done.run(import),
        );
    });
    let name = import.file_name.clone();
    let start = Callback::new(move |()| {
        let count = share::count(rows);
        confirm(
            format!("Import {count} rows of {name}?"),
            "What is accepted is offered to the market at once, and whoever takes it pays for it.",
            format!("Import {count} rows"),
            true,
            move || {
                let body = RunLeadImport {
                    mapping: Some(mapping()),
                };
                form.submit(
                    move |key| async move { api::imports::start_lead_import(id, version, &body, &key).await },
                    move |import| {
                        toast::done("The import has started");
                        done.run(import);
                    },
                );
            },
        );
    });
    let orders = DateOrder::ALL
        .iter()
        .map(|word| {
            (
                word.as_str().to_owned(),
                match word {
                    DateOrder::YearMonthDay => "Year first: 2026-11-22",
                    DateOrder::DayMonthYear => "Day first: 22/11/2026",
                    DateOrder::MonthDayYear => "Month first: 11/22/2026",
                }
                .to_owned(),
            )
        })
        .collect();
    let busy = Signal::derive(move || form.is_busy());
    view! {
        <Panel title="What the columns mean">
            <FormProblem form />
            <div class="table-frame"><table class="table mapping"><thead><tr><th scope="col">"Column"</th><th scope="col">"First cells"</th><th scope="col">"Means"</th></tr></thead><tbody>{items}</tbody></table></div>
            <div class="form-grid spaced">
                <Select field=dates label="Dates that are not year first" options=orders />
                <label class="check"><input type="checkbox" prop:checked=move || keep.get() on:change=move |_| keep.update(|keep| *keep = !*keep) /><span>"Keep every other column as an answer"</span></label>
            </div>
            <div class="form-actions">
                {checks.then(|| view! { <Button look=if starts { Look::Plain } else { Look::Primary } on_click=check busy=busy>"Dry run"</Button> })}
                {starts.then(|| view! { <Button look=Look::Primary on_click=start busy=busy>"Import…"</Button> })}
            </div>
        </Panel>
    }
}

const ANSWER: &str = "answer";

#[component]
fn ColumnRow(column: ImportColumn, field: Field) -> impl IntoView {
    let options = FIELDS.iter().map(|word| {
        let own = *word;
        view! { <option value=own selected=move || field.value.get() == own>{words::sentence(&own.replace('.', ": "))}</option> }
    }).collect_view();
    // A field that this list does not know, such as an answer of a chosen name, stays what it is.
    let odd = Some(field.text()).filter(|word| !word.is_empty() && word != ANSWER && !FIELDS.contains(&word.as_str()));
    view! {
        <tr>
            <td><label for=field.id()>{column.header}</label></td>
            <td class="muted">{column.sample.join(" · ")}</td>
            <td>
                <select class="input select" id=field.id() on:change:target=move |event| field.value.set(event.target().value())>
                    <option value="" selected=move || field.value.get().is_empty()>"Nothing"</option>
                    {odd.map(|word| view! { <option value=word.clone() selected=true>{word.clone()}</option> })}
                    <option value=ANSWER selected=move || field.value.get() == ANSWER>"An answer"</option>
                    {options}
                </select>
                <p class="field-error" role="alert">{move || field.error()}</p>
            </td>
        </tr>
    }
}

/// The field of a column: as it was mapped, else as the server suggests while nothing was.
fn meaning(mapping: &ImportMapping, column: &ImportColumn) -> String {
    let mapped = mapping
        .fields
        .iter()
        .find(|one| one.column.as_deref() == Some(&column.header));
    match mapped {
        Some(one) => one.field.clone(),
        None if mapping.fields.is_empty() => column.suggested_field.clone().unwrap_or_default(),
        None => String::new(),
    }
}

/// A header as the name of an answer: small letters, digits and underscores.
fn answer_name(header: &str) -> String {
    let plain: String = header
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    plain.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_means_what_was_said_or_suggested() {
        let column = ImportColumn {
            header: "E-Mail".to_owned(),
            suggested_field: Some("person.email".to_owned()),
            sample: Vec::new(),
        };
        assert_eq!(meaning(&ImportMapping::default(), &column), "person.email");
        assert_eq!(answer_name("Wie viele Sitze?"), "wie_viele_sitze");
    }
}
