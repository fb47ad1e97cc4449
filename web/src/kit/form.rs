//! Forms: a signal a field, the server's pointers (`/contact/email`) mapped to the fields, the first bad
//! field focused, nothing typed lost, and one idempotency key until it has worked.

mod draft;

use std::future::Future;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use leptos::prelude::*;
use tradepost_contract::FieldError;

use crate::api::{Failure, Result};
use crate::browser;

pub use draft::keep_all as keep_drafts;

/// A form. Make one a page or dialog; its fields come from [`Form::field`].
#[derive(Clone, Copy)]
pub struct Form {
    name: &'static str,
    fields: StoredValue<Vec<(String, String)>>,
    errors: RwSignal<Vec<FieldError>>,
    failure: RwSignal<Option<Failure>>,
    busy: RwSignal<bool>,
    key: StoredValue<String>,
}

/// One field of a form.
#[derive(Clone, Copy)]
pub struct Field {
    /// What is typed.
    pub value: RwSignal<String>,
    pointer: StoredValue<String>,
    id: StoredValue<String>,
    form: Form,
}

impl Form {
    /// A form; the name makes the ids of its fields.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            fields: StoredValue::new(Vec::new()),
            errors: RwSignal::new(Vec::new()),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            key: StoredValue::new(browser::random_key()),
        }
    }

    /// A field at a JSON pointer of the body, with what it holds at first.
    pub fn field(self, pointer: &str, value: impl Into<String>) -> Field {
        let id = field_id(self.name, pointer);
        self.fields
            .update_value(|fields| fields.push((pointer.to_owned(), id.clone())));
        let first = value.into();
        // What was typed here before the session ended comes back.
        let typed = draft::take(self.name, pointer);
        let field = Field {
            value: RwSignal::new(typed.unwrap_or_else(|| first.clone())),
            pointer: StoredValue::new(pointer.to_owned()),
            id: StoredValue::new(id),
            form: self,
        };
        draft::watch(field, first);
        field
    }

    /// Whether it is being sent.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// The same for what is not shown.
    pub fn is_busy_untracked(self) -> bool {
        self.busy.get_untracked()
    }

    /// What the server said that belongs to no field: show it with `FormProblem`.
    pub fn problem(self) -> Option<Failure> {
        let failure = self.failure.get()?;
        let known = self.fields.get_value();
        let elsewhere = failure
            .fields()
            .iter()
            .any(|error| owner(&known, &error.pointer).is_none());
        (failure.fields().is_empty() || elsewhere).then_some(failure)
    }

    /// Says what is wrong before anything is sent; true when something is. Focuses the first bad field.
    pub fn refuse(self, errors: Vec<FieldError>) -> bool {
        self.failure.set(None);
        let refused = !errors.is_empty();
        self.errors.set(errors);
        if refused {
            self.focus_first_bad();
        }
        refused
    }

    /// Sends it. `send` gets the idempotency key; `done` gets the answer. A second click while the first
    /// is under way does nothing.
    pub fn submit<T: 'static, F: Future<Output = Result<T>> + 'static>(
        self,
        send: impl FnOnce(String) -> F,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        let answer = send(self.key.get_value());
        let outcome = async move {
            let answer = answer.await?;
            Ok(Box::new(move || done(answer)) as Box<dyn FnOnce()>)
        };
        self.run(outcome.boxed_local());
    }

    /// What is the same for all types of answers, compiled once.
    fn run(self, outcome: LocalBoxFuture<'static, Result<Box<dyn FnOnce()>>>) {
        self.busy.set(true);
        self.failure.set(None);
        self.errors.set(Vec::new());
        wasm_bindgen_futures::spawn_local(async move {
            let outcome = outcome.await;
            // The form may have been left while it was sent.
            if self.busy.try_get_untracked().is_none() {
                return;
            }
            self.busy.set(false);
            match outcome {
                Ok(done) => {
                    self.key.set_value(browser::random_key());
                    draft::forget(self);
                    done();
                }
                Err(failure) => {
                    self.errors.set(failure.fields().to_vec());
                    self.failure.set(Some(failure));
                    self.focus_first_bad();
                }
            }
        });
    }

    fn focus_first_bad(self) {
        let bad = self.errors.get_untracked();
        let fields = self.fields.get_value();
        let first = fields
            .into_iter()
            .find(|(pointer, _)| bad.iter().any(|error| belongs(&error.pointer, pointer)));
        if let Some((_, id)) = first {
            browser::after_render(move || {
                browser::focus(&id);
            });
        }
    }
}

impl Field {
    /// The id of its control.
    pub fn id(self) -> String {
        self.id.get_value()
    }

    /// What is wrong with it.
    pub fn error(self) -> Option<String> {
        let pointer = self.pointer.get_value();
        let errors = self.form.errors.get();
        let own: Vec<String> = errors
            .into_iter()
            .filter(|error| belongs(&error.pointer, &pointer))
            .map(|error| error.message)
            .collect();
        (!own.is_empty()).then(|| own.join(" "))
    }

    /// What is typed, without the blanks around it.
    pub fn text(self) -> String {
        self.value.get_untracked().trim().to_owned()
    }

    /// The same, or nothing where it is empty.
    pub fn optional(self) -> Option<String> {
        Some(self.text()).filter(|text| !text.is_empty())
    }

    /// A refusal of it, for [`Form::refuse`].
    pub fn refusal(self, code: &str, message: &str) -> FieldError {
        FieldError::new(self.pointer.get_value(), code, message)
    }
}

fn field_id(form: &str, pointer: &str) -> String {
    format!("{form}{}", pointer.replace('/', "-"))
}

/// Whether an error at `error` belongs to the field at `field`: there or below.
fn belongs(error: &str, field: &str) -> bool {
    error
        .strip_prefix(field)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn owner<'a>(fields: &'a [(String, String)], error: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(pointer, _)| belongs(error, pointer))
        .map(|(_, id)| id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_belongs_to_its_field_or_to_the_one_around_it() {
        assert!(belongs("/email", "/email"));
        assert!(belongs("/contact/email", "/contact"));
        assert!(!belongs("/contact_name", "/contact"));
        assert!(!belongs("/contact", "/contact/email"));
        let fields = [("/reason".to_owned(), "f-reason".to_owned())];
        assert_eq!(owner(&fields, "/reason"), Some("f-reason"));
        assert_eq!(owner(&fields, "/delivery_id"), None);
        assert_eq!(owner(&fields, ""), None);
    }

    #[test]
    fn ids_follow_from_pointers() {
        assert_eq!(field_id("return", "/contact/email"), "return-contact-email");
    }
}
