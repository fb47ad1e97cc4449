//! A question before money moves or something dangerous happens. It names the object and the amount.

use std::cell::Cell;

use leptos::prelude::*;

/// What is asked.
#[derive(Clone)]
pub struct Question {
    /// What happens, as a question: "Credit $45.00 to Okafor Roofing?"
    pub title: String,
    /// What follows from it.
    pub text: String,
    /// The button that does it, with a verb: "Credit $45.00".
    pub action: String,
    /// Whether it cannot be undone.
    pub dangerous: bool,
    run: Callback<()>,
}

thread_local! {
    static ASKED: Cell<Option<RwSignal<Option<Question>>>> = const { Cell::new(None) };
}

/// Makes room for questions; once, when the app starts.
pub fn start() {
    ASKED.set(Some(RwSignal::new(None)));
}

/// The question that is being asked.
pub fn asked() -> RwSignal<Option<Question>> {
    ASKED.get().unwrap_or_else(|| RwSignal::new(None))
}

/// Asks, and does it when the answer is yes.
pub fn confirm(
    title: impl Into<String>,
    text: impl Into<String>,
    action: impl Into<String>,
    dangerous: bool,
    run: impl Fn() + Send + Sync + 'static,
) {
    asked().set(Some(Question {
        title: title.into(),
        text: text.into(),
        action: action.into(),
        dangerous,
        run: Callback::new(move |()| run()),
    }));
}

/// Takes the answer.
pub fn answer(yes: bool) {
    let question = asked().get_untracked();
    asked().set(None);
    if let Some(question) = question.filter(|_| yes) {
        question.run.run(());
    }
}
