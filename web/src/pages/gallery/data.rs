//! What one reads.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::deliveries::{BillingState, LeadOutcome};
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{Currency, Problem, ProblemCode, Timestamp};

use crate::api::Failure;
use crate::clock;
use crate::kit::load::Shape;
use crate::ui::badge::{Badge, Tone, status_badge};
use crate::ui::chart::{BarChart, LineChart, Series};
use crate::ui::empty::Empty;
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, Panel};
use crate::ui::problem::{Notice, ProblemNotice};
use crate::ui::progress::Progress;
use crate::ui::skeleton::Skeleton;
use crate::ui::stat::Stat;
use crate::ui::tabs::Tabs;
use crate::ui::time::{Due, Shown, Time};

fn in_hours(hours: i64) -> Timestamp {
    Timestamp::from_seconds(untrack(clock::now).as_seconds() + hours * 3600)
}

/// Badges, notices, numbers, pictures.
#[component]
pub(super) fn Data() -> impl IntoView {
    let tab = RwSignal::new("one");
    let tones = [Tone::Neutral, Tone::Info, Tone::Good, Tone::Warn, Tone::Bad];
    let failure = Failure::Problem(Box::new(Problem {
        r#type: String::new(),
        title: ProblemCode::Unavailable.title().to_owned(),
        status: 503,
        code: ProblemCode::Unavailable,
        detail: Some("The server is busy. Trying again is safe.".to_owned()),
        request_id: "req_9f3c2a71b0d4e856".to_owned(),
        errors: Vec::new(),
    }));
    let days: Vec<String> = (9..=22).map(|day| format!("{day} Nov")).collect();
    let sold = Series {
        name: "sold".to_owned(),
        values: vec![14, 18, 22, 19, 25, 9, 6, 21, 24, 27, 23, 30, 11, 8],
    };
    let returned = Series {
        name: "returned".to_owned(),
        values: vec![1, 2, 1, 3, 2, 0, 1, 2, 4, 2, 1, 3, 0, 1],
    };
    view! {
        <Panel title="Badges">
            <div class="gallery-row">{tones.map(|tone| view! { <Badge text=tone.class() tone /> }).collect_view()}</div>
            <div class="gallery-row">{ReturnStatus::ALL.iter().map(|status| status_badge(*status)).collect_view()}</div>
            <div class="gallery-row">{BillingState::ALL.iter().map(|state| status_badge(*state)).collect_view()}</div>
            <div class="gallery-row">{LeadOutcome::ALL.iter().map(|outcome| status_badge(*outcome)).collect_view()}</div>
            <div class="gallery-row">{SupplierStatus::ALL.iter().map(|status| status_badge(*status)).collect_view()}</div>
        </Panel>
        <Panel title="Time and money">
            <Facts>
                <Fact name="Absolute"><Time at=in_hours(-30) /></Fact>
                <Fact name="Relative"><Time at=in_hours(-30) shown=Shown::Relative /></Fact>
                <Fact name="Countdowns"><span class="gallery-row"><Due at=in_hours(52) /><Due at=in_hours(9) /><Due at=in_hours(1) /><Due at=in_hours(-5) /></span></Fact>
                <Fact name="Money"><Money amount=tradepost_contract::Money::new(123_450, Currency::USD) /></Fact>
                <Fact name="Negative"><Money amount=tradepost_contract::Money::new(-4_500, Currency::GBP) /></Fact>
            </Facts>
        </Panel>
        <Panel title="Notices">
            {tones.map(|tone| view! { <Notice tone>"A line that stands out, with "<strong>"a word"</strong>" in it."</Notice> }).collect_view()}
            <ProblemNotice failure retry=Callback::new(|()| {}) />
        </Panel>
        <Panel title="Numbers">
            <div class="stats">
                <Stat label="New leads" value="12" note="not opened yet" href="/console/gallery" />
                <Stat label="Return rate" value="8.3%" note="last 90 days" />
            </div>
            <Progress label="Checking rows" done=Signal::stored(640_u64) total=Signal::stored(1_000_u64) />
            <Progress label="Starting" done=Signal::stored(0_u64) total=Signal::stored(0_u64) />
        </Panel>
        <Panel title="Pictures">
            <BarChart title="Leads per day" about="More on weekdays than at weekends." labels=days.clone() series=vec![sold.clone(), returned.clone()] />
            <LineChart title="Sold and returned" about="Returns stay below five a day." labels=days series=vec![sold, returned] />
        </Panel>
        <Panel title="Tabs">
            <Tabs label="Parts" tabs=vec![("one", "Overview".to_owned()), ("two", "Coverage".to_owned()), ("three", "Orders".to_owned())] chosen=tab />
            <p>{move || format!("Part {}", tab.get())}</p>
        </Panel>
        <Panel title="Waiting and nothing"><Skeleton shape=Shape::Rows(3) /><Skeleton shape=Shape::Page /><Empty title="Nothing here yet">"What to do next stands here."</Empty></Panel>
    }
}
