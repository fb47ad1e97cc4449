//! Regular looks at how much suppliers send back, and the cases that people decide (R112).

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::RateReviewId;
use tradepost_contract::permissions::Permission;
use tradepost_contract::rate_reviews::{DecideRateCase, RateCaseAction, RateCaseStatus, RateFinding, RateReview};

use crate::api;
use crate::format::share;
use crate::kit::list::{Card, Column, Filter, List, ListQuery, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, Tone, status_badge};
use crate::ui::button::Look;
use crate::ui::icon::Icon;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::Notice;
use crate::ui::reason::ReasonAction;
use crate::ui::time::{Shown, Time};

/// All reviews, newest first.
#[component]
pub fn RateReviews() -> impl IntoView {
    let list = List::new("rate-reviews", api::rate_reviews::list_rate_reviews)
        .empty(
            "No reviews yet",
            "They are made by programmes whose policy looks at rejection rates, on their days.",
        )
        .link(|row: &RateReview| Some(Route::Console(ConsoleRoute::RateReview(row.id))))
        .filter(Filter::choices(
            "finding",
            "Finding",
            RateFinding::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::choices(
            "case_status",
            "Case",
            RateCaseStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme())
        .column(Column::text("supplier", "Supplier", |row: &RateReview| row.supplier_name.clone()).on_card(Card::Title))
        .column(
            Column::new(
                "finding",
                "Finding",
                |row: &RateReview| status_badge(row.finding),
                |row| row.finding.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::new(
            "case",
            "Case",
            |row: &RateReview| row.case_status.map(status_badge),
            |row| row.case_status.map(|status| status.label()).unwrap_or_default(),
        ))
        .column(
            Column::new(
                "rate",
                "Sent back",
                |row: &RateReview| share::percent(row.rate),
                |row| share::percent(row.rate),
            )
            .numeric()
            .on_card(Card::Below),
        )
        .column(Column::new("likely", "Likely", |row: &RateReview| likely(row), likely).numeric())
        .column(
            Column::new(
                "deliveries",
                "Leads",
                |row: &RateReview| share::count(row.deliveries),
                |row| row.deliveries.to_string(),
            )
            .numeric(),
        )
        .column(Column::new(
            "when",
            "Reviewed",
            |row: &RateReview| view! { <Time at=row.reviewed_at shown=Shown::Relative programme=row.programme_id /> },
            |row| row.reviewed_at.to_string(),
        ));
    view! {
        <PageHead title="Rate reviews" subtitle="How much suppliers send back, looked at regularly. A warning comes first, then a case, and a person decides it." />
        <ListView list />
    }
}

fn likely(row: &RateReview) -> String {
    format!("{} – {}", share::percent(row.rate_low), share::percent(row.rate_high))
}

/// One review, with the decision of its case.
#[component]
pub fn RateReviewPage(
    /// Which.
    id: RateReviewId,
) -> impl IntoView {
    let review = Loader::new(move || api::rate_reviews::get_rate_review(id));
    let done = Callback::new(move |()| review.reload());
    view! { <Loaded loader=review let:review><Reviewed review done /></Loaded> }
}

#[component]
fn Reviewed(review: RateReview, done: Callback<()>) -> impl IntoView {
    let (id, version, of) = (review.id, review.version, review.programme_id);
    let may = |action: RateCaseAction| {
        session::may(Permission::SuppliersStanding)
            && review.case_status.is_some_and(|status| status.after(action).is_ok())
    };
    let act = move |ends: bool| -> crate::ui::reason::Act {
        Box::new(move |reason, key| {
            async move {
                let body = DecideRateCase {
                    reason: reason.unwrap_or_default(),
                };
                api::rate_reviews::decide_rate_case(id, version, ends, &body, &key)
                    .await
                    .map(drop)
            }
            .boxed_local()
        })
    };
    let name = review.supplier_name.clone();
    let keep = may(RateCaseAction::Keep).then(|| view! {
        <ReasonAction label="The supplier stays …" title=format!("Keep {name}?") text="The case is closed. What comes from now on is looked at afresh." look=Look::Primary said="Kept" done run=act(false) />
    });
    let end = may(RateCaseAction::End).then(|| view! {
        <ReasonAction label="End the account …" title=format!("End the account of {name}?") text="It is terminated at once, gets no lead any more, and cannot be activated again. Its orders, plan and packages end, and what was sold is invoiced." look=Look::Danger said="Ended" done run=act(true) />
    });
    let siblings = if review.siblings == 0 {
        "Nobody else got these leads.".to_owned()
    } else {
        format!(
            "{} of {} other buyers of the same leads kept them.",
            share::count(review.siblings_kept),
            share::count(review.siblings)
        )
    };
    let meaning = match review.finding {
        RateFinding::TooFew => "There were too few leads to say anything.",
        RateFinding::Fine => "Nothing unusual.",
        RateFinding::Warned => {
            "More than the programme bears. The supplier was warned; only what comes after the warning counts next time."
        }
        RateFinding::Case => "It went on after a warning. A person decides; nothing happens by itself.",
    };
    let tone = review.finding.tone();
    let (supplier_name, range) = (review.supplier_name.clone(), likely(&review));
    let supplier = Route::Console(ConsoleRoute::Supplier(review.supplier_id)).path();
    view! {
        <PageHead title=review.supplier_name.clone() back=(Route::Console(ConsoleRoute::RateReviews).path(), "Rate reviews") subtitle="Rate review">
            {status_badge(review.finding)}
            {review.case_status.map(status_badge)}
            <div class="verdicts">{keep}{end}</div>
        </PageHead>
        <Notice tone>{meaning}</Notice>
        {review.decision_reason.clone().map(|reason| view! { <Notice tone=Tone::Neutral><strong>"Decided: "</strong>{reason}</Notice> })}
        <Panel title="What was counted">
            <Facts>
                <Fact name="Supplier"><a href=supplier>{supplier_name}</a></Fact>
                <Fact name="Time"><Time at=review.from programme=of />" to "<Time at=review.to programme=of /></Fact>
                <Fact name="Leads delivered">{share::count(review.deliveries)}</Fact>
                <Fact name="Sent back">{share::count(review.sent_back)}</Fact>
                <Fact name="Excused">{share::count(review.excused)}<br /><span class="muted">"Half or more of the other buyers sent the same lead back."</span></Fact>
                <Fact name="Other buyers">{siblings}</Fact>
                <Fact name="Rate">{share::percent(review.rate)}<br /><span class="muted">{format!("likely {range} (95 %)")}</span></Fact>
                <Fact name="The programme bears">{share::percent(Some(review.threshold.decimal()))}</Fact>
                {review.decided_at.map(|at| view! { <Fact name="Decided"><Time at programme=of /></Fact> })}
            </Facts>
        </Panel>
    }
}

/// The cases that wait for a person, among the queues.
#[component]
pub fn OpenCases() -> impl IntoView {
    let cases = Loader::new(|| api::rate_reviews::list_rate_reviews(ListQuery::first(6).with("case_status", "open")));
    view! {
        <Loaded loader=cases shape=Shape::Tile let:page>
            {(!page.data.is_empty()).then(|| {
                let rows = page.data.iter().map(|row| view! {
                    <li>
                        <a class="row-item" href=Route::Console(ConsoleRoute::RateReview(row.id)).path()>
                            <span class="row-text"><strong>{row.supplier_name.clone()}</strong><small>{format!("{} of {} leads sent back after a warning", row.sent_back - row.excused, row.deliveries)}</small></span>
                            <span class="row-side">{share::percent(row.rate)}<Time at=row.reviewed_at shown=Shown::Relative programme=row.programme_id /></span>
                            <Icon icon=icondata_lu::LuChevronRight />
                        </a>
                    </li>
                }).collect_view();
                view! {
                    <Panel title="Suppliers who send too much back" more=(Route::Console(ConsoleRoute::RateReviews).path(), "All reviews")>
                        <ul class="rows">{rows}</ul>
                    </Panel>
                }
            })}
        </Loaded>
    }
}
