//! Step by step: how to ask for a return and how to pause, made of the programme's own rules and words (R50).
//! What the programme wrote about either (`help.replacing`, `help.pausing`) stands above the steps.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::policy::{DecisionMode, HelpArticle, PauseActor, ReturnWindow, WordingKey};

use super::guidelines;
use crate::api::terms::{PauseTerms, Terms};
use crate::format::time::plural;
use crate::routes::{PortalRoute, Route};
use crate::ui::page::Panel;

/// The articles that a tutorial shows, so that the help page does not show them twice.
pub(super) const TOLD_HERE: [&str; 2] = ["replacing", "pausing"];

/// How something is done.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tutorial {
    title: String,
    /// What the programme says to it.
    text: Option<String>,
    steps: Vec<String>,
    /// Where one does it.
    at: PortalRoute,
    link: String,
}

/// The tutorials of a programme: one for each thing that its suppliers can do.
pub(super) fn tutorials(terms: &Terms) -> Vec<Tutorial> {
    [returning(terms), pausing(terms)].into_iter().flatten().collect()
}

fn told(terms: &Terms, key: &str) -> (Option<String>, Option<String>) {
    let article: Option<&HelpArticle> = terms.help.get(key);
    (
        article.map(|article| article.title.clone()),
        article.map(|article| article.text.clone()),
    )
}

fn returning(terms: &Terms) -> Option<Tutorial> {
    let returns = &terms.returns;
    if returns.window == (ReturnWindow::None {}) {
        return None;
    }
    let word = |key| terms.word(key).to_owned();
    let mut steps = vec![
        format!("Open “{}” and choose the lead.", word(WordingKey::LeadList)),
        format!(
            "Choose “{}”. {}",
            word(WordingKey::ReturnLink),
            guidelines::window(&returns.window)
        ),
        "Pick the one reason that fits best.".to_owned(),
    ];
    if returns.note_required {
        steps.push("Write down what is wrong with it.".to_owned());
    }
    steps.push(format!("Choose “{}”.", word(WordingKey::ReturnAction)));
    steps.push(match returns.decision_mode {
        DecisionMode::Instant => "It is granted at once.".to_owned(),
        DecisionMode::Reviewer => format!("Follow it under “{}”.", word(WordingKey::ReturnRequests)),
    });
    let (title, text) = told(terms, "replacing");
    Some(Tutorial {
        title: title.unwrap_or_else(|| "How do I return a bad lead?".to_owned()),
        text,
        steps,
        at: PortalRoute::Leads,
        link: format!("Go to “{}”", word(WordingKey::LeadList)),
    })
}

fn pausing(terms: &Terms) -> Option<Tutorial> {
    let pause = &terms.pause;
    let (steps, at, link) = match pause.actor {
        PauseActor::Nobody => return None,
        PauseActor::Supplier => (
            vec![
                "Open “Orders” and choose the order.".to_owned(),
                "Choose “Pause”. No lead of it comes from then on.".to_owned(),
                restart(pause, "Choose “Resume” as soon as you want leads again."),
            ],
            PortalRoute::Orders,
            "Go to your orders",
        ),
        PauseActor::Staff => {
            let manager = terms.word(WordingKey::AccountManager).to_lowercase();
            let early = match pause.notice_hours {
                0 => String::new(),
                hours => format!(", at least {} before it begins", guidelines::span(hours)),
            };
            let mut steps = vec![format!(
                "Write to or call your {manager}{early}. The card on each page says how."
            )];
            if pause.return_date_required {
                steps.push("Say on which day your leads shall come again.".to_owned());
            }
            let again = format!("Tell your {manager} when you want leads again.");
            steps.push(restart(pause, &again));
            (steps, PortalRoute::Business, "See whom to ask")
        }
    };
    let (title, text) = told(terms, "pausing");
    Some(Tutorial {
        title: title.unwrap_or_else(|| "How do I pause my leads?".to_owned()),
        text,
        steps,
        at,
        link: link.to_owned(),
    })
}

/// How a pause ends.
fn restart(pause: &PauseTerms, by_hand: &str) -> String {
    let longest = pause.max_days.map(|days| plural(i64::from(days), "day"));
    match (longest, pause.auto_resume) {
        (Some(days), true) => format!("{by_hand} After {days} at most they start again by themselves."),
        (Some(days), false) => format!("{by_hand} A pause lasts {days} at most."),
        (None, _) => by_hand.to_owned(),
    }
}

/// One tutorial.
#[component]
pub(super) fn TutorialPanel(tutorial: Tutorial) -> impl IntoView {
    let Tutorial {
        title,
        text,
        steps,
        at,
        link,
    } = tutorial;
    let steps = steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view();
    view! {
        <Panel title>
            {text.map(|text| view! { <p class="panel-text">{text}</p> })}
            <ol class="tutorial">{steps}</ol>
            <p><a href=Route::Portal(at).path()>{link}</a></p>
        </Panel>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn terms(patch: &Value) -> Terms {
        let mut document = json!({
            "returns": {
                "window": { "unit": "calendar_days", "amount": 5, "starts": "delivered_at" }, "reasons": {},
                "note_required": false, "late": "refuse", "late_message": null, "decision_mode": "reviewer",
                "sla_hours": null, "remedy": "replacement", "appeal": { "allowed": false, "days": 0 },
            },
            "billing": { "cycle": { "unit": "none" }, "terms_days": 0, "collection_rule": { "kind": "at_order" }, "revocation": "suspend" },
            "pause": { "actor": "supplier", "max_days": 7, "notice_hours": 0, "auto_resume": true, "return_date_required": false },
            "cancel": { "effective": "at_once", "alternative": null, "undelivered": "finish" },
            "wording": { "lead_list": "Contact Manager", "return_link": "Return this Business Prospect" },
        });
        for (key, value) in patch.as_object().unwrap() {
            for (name, value) in value.as_object().unwrap() {
                document[key][name] = value.clone();
            }
        }
        serde_json::from_value(document).unwrap()
    }

    #[test]
    fn r50_replacing_and_pausing_are_told_in_the_programmes_own_words() {
        let article = json!({ "help": { "pausing": { "title": "Can I pause?", "text": "Yes." } } });
        let told = tutorials(&terms(&article));
        assert_eq!(told[0].title, "How do I return a bad lead?");
        assert_eq!(told[0].steps[0], "Open “Contact Manager” and choose the lead.");
        assert!(told[0].steps[1].starts_with("Choose “Return this Business Prospect”. A lead can be returned for 5"));
        assert_eq!(
            (told[1].title.as_str(), told[1].text.as_deref()),
            ("Can I pause?", Some("Yes."))
        );
        assert_eq!(told[1].at, PortalRoute::Orders);
        assert!(told[1].steps[2].ends_with("After 7 days at most they start again by themselves."));
    }

    #[test]
    fn r50_nobody_is_told_how_to_do_what_the_programme_does_not_offer() {
        let neither = json!({ "returns": { "window": { "unit": "none" } }, "pause": { "actor": "nobody" } });
        assert_eq!(tutorials(&terms(&neither)), []);
        let asked = json!({ "pause": { "actor": "staff", "notice_hours": 72, "return_date_required": true } });
        let pausing = tutorials(&terms(&asked)).remove(1);
        assert_eq!(
            pausing.steps[0],
            "Write to or call your account manager, at least 72 hours before it begins. The card on each page says how."
        );
        assert_eq!(pausing.steps[1], "Say on which day your leads shall come again.");
    }
}
