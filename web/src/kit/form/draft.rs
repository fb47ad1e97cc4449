//! What is typed outlives the session: when it ends, the pages go and the sign-in page comes, and whoever
//! comes back to the page finds in its fields what stood there. It is kept in memory, for the same person
//! and the same page only, and never leaves the tab: notes on leads are nobody else's business.

use std::cell::RefCell;
use std::collections::HashMap;

use leptos::prelude::*;
use tradepost_contract::UserId;

use super::{Field, Form};
use crate::{router, session};

/// Where a text was typed: the page, the form, the field.
type Place = (String, &'static str, String);

/// Texts that were typed and not sent.
#[derive(Debug, Default)]
struct Drafts {
    whose: Option<UserId>,
    texts: HashMap<Place, String>,
}

impl Drafts {
    /// Keeps what somebody typed; what anybody else did is gone.
    fn keep(&mut self, whose: UserId, texts: impl IntoIterator<Item = (Place, String)>) {
        if self.whose != Some(whose) {
            self.texts.clear();
        }
        self.whose = Some(whose);
        self.texts.extend(texts);
    }

    /// Gives a text back, once, to whoever typed it.
    fn take(&mut self, whose: UserId, place: &Place) -> Option<String> {
        if self.whose != Some(whose) {
            *self = Self::default();
            return None;
        }
        self.texts.remove(place)
    }
}

thread_local! {
    static DRAFTS: RefCell<Drafts> = RefCell::default();
    /// The fields of the pages that are shown, with what they held at first.
    static FIELDS: RefCell<Vec<(Field, String)>> = const { RefCell::new(Vec::new()) };
}

fn here() -> String {
    router::address().get_untracked().path
}

/// Keeps an eye on a field while its page is shown.
pub(super) fn watch(field: Field, first: String) {
    FIELDS.with_borrow_mut(|fields| {
        // Fields of pages that are gone have no value any more.
        fields.retain(|(field, _)| field.value.try_get_untracked().is_some());
        fields.push((field, first));
    });
}

/// What was typed into a field before the session ended.
pub(super) fn take(form: &'static str, pointer: &str) -> Option<String> {
    let whose = session::me()?.id;
    DRAFTS.with_borrow_mut(|drafts| drafts.take(whose, &(here(), form, pointer.to_owned())))
}

/// A form was sent: what stands in it now is no draft any more.
pub(super) fn forget(form: Form) {
    FIELDS.with_borrow_mut(|fields| {
        for (field, first) in fields.iter_mut().filter(|(field, _)| field.form.busy == form.busy) {
            *first = field.value.try_get_untracked().unwrap_or_default();
        }
    });
}

/// The session ends: keeps what is typed on the page that is shown.
pub fn keep_all() {
    let Some(whose) = session::me().map(|me| me.id) else {
        return;
    };
    let page = here();
    let typed: Vec<(Place, String)> = FIELDS.with_borrow_mut(|fields| {
        let typed = fields.iter().filter_map(|(field, first)| {
            let text = field.value.try_get_untracked()?;
            let place = (page.clone(), field.form.name, field.pointer.try_get_value()?);
            (text != *first && !is_secret(&place.2)).then_some((place, text))
        });
        let typed = typed.collect();
        fields.clear();
        typed
    });
    DRAFTS.with_borrow_mut(|drafts| drafts.keep(whose, typed));
}

/// Whether a field holds what must not lie about.
fn is_secret(pointer: &str) -> bool {
    pointer.contains("password") || pointer.contains("secret")
}

#[cfg(test)]
mod tests {
    use tradepost_contract::Id;

    use super::*;

    fn place(pointer: &str) -> Place {
        ("/leads/del_1".to_owned(), "return", pointer.to_owned())
    }

    #[test]
    fn a_text_comes_back_once_to_whoever_typed_it() {
        let (ann, bob) = (UserId::from_i64(1), UserId::from_i64(2));
        let mut drafts = Drafts::default();
        drafts.keep(ann, [(place("/note"), "Dead line.".to_owned())]);
        assert_eq!(drafts.take(ann, &place("/reason")), None);
        assert_eq!(drafts.take(ann, &place("/note")).as_deref(), Some("Dead line."));
        assert_eq!(drafts.take(ann, &place("/note")), None);

        drafts.keep(ann, [(place("/note"), "Dead line.".to_owned())]);
        assert_eq!(drafts.take(bob, &place("/note")), None);
        assert_eq!(drafts.take(ann, &place("/note")), None, "bob was here");
    }

    #[test]
    fn drafts_of_two_people_are_never_together() {
        let (ann, bob) = (UserId::from_i64(1), UserId::from_i64(2));
        let mut drafts = Drafts::default();
        drafts.keep(ann, [(place("/note"), "of Ann".to_owned())]);
        drafts.keep(bob, [(place("/text"), "of Bob".to_owned())]);
        assert_eq!(drafts.take(bob, &place("/note")), None);
        assert_eq!(drafts.take(bob, &place("/text")).as_deref(), Some("of Bob"));
    }

    #[test]
    fn passwords_are_not_kept() {
        assert!(is_secret("/password") && is_secret("/new_password"));
        assert!(!is_secret("/note"));
    }
}
