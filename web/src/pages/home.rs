//! The portal's home: what is new, what can still be returned and for how long, what was sold lately.

use futures_util::future;
use leptos::prelude::*;
use tradepost_contract::deliveries::{Delivery, DeliveryCounts};
use tradepost_contract::invoices::{Invoice, InvoiceStatus};
use tradepost_contract::payments::Payment;
use tradepost_contract::permissions::Permission;
use tradepost_contract::return_requests::ReturnRequest;
use tradepost_contract::wallets::Wallet;
use tradepost_contract::{InvoiceId, Timestamp};

use crate::api;
use crate::clock;
use crate::format::money;
use crate::format::time::{date, short_day};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::deliveries::list::{lead_name, named};
use crate::pages::own::wallet::{WalletNews, own_wallet};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::chart::{BarChart, Series};
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::money::Money;
use crate::ui::page::{PageHead, Panel};
use crate::ui::paying::failure_text;
use crate::ui::problem::Notice;
use crate::ui::stat::Stat;
use crate::ui::time::{Due, Shown, Time};

const DAYS: i64 = 14;
const DAY_SECONDS: i64 = 86_400;

/// The first page that a supplier sees.
#[component]
pub fn Home() -> impl IntoView {
    let overview = Loader::new(read);
    let name = session::me().and_then(|me| me.supplier.as_ref().map(|account| account.name.clone()));
    view! {
        <PageHead title=name.unwrap_or_default() subtitle="Your leads, and what waits for you." />
        <Loaded loader=overview shape=Shape::Tile let:overview>
            <WalletNews wallet=overview.wallet.clone() />
            <MoneyNews owed=overview.owed.clone() failed=overview.failed />
            {overview.leads.clone().map(|leads| view! { <Today leads /> })}
            <div class="columns">
                <Owed invoices=overview.owed />
                <OpenReturns requests=overview.returns />
            </div>
            <AccountLinks />
            {overview.leads.map(|leads| leads.latest).filter(|all| !all.is_empty()).map(|leads| view! { <PerDay leads /> })}
        </Loaded>
    }
}

/// All of the page, read at once, so that nothing moves when a part comes later.
#[derive(Debug, Clone, PartialEq)]
struct Overview {
    /// Nothing for who may not see leads.
    leads: Option<Leads>,
    owed: Vec<Invoice>,
    /// Payments that failed, of invoices that are still open.
    failed: Vec<Payment>,
    returns: Vec<ReturnRequest>,
    /// Where the account has one.
    wallet: Option<Wallet>,
}

/// The leads that wait, and the latest.
#[derive(Debug, Clone, PartialEq)]
struct Leads {
    counts: DeliveryCounts,
    /// The newest that nobody has opened.
    unseen: Vec<Delivery>,
    /// Those whose return window closes first.
    closing: Vec<Delivery>,
    latest: Vec<Delivery>,
}

/// So many of what waits are shown; the list has the others.
const SHOWN: u32 = 5;

async fn read() -> api::Result<Overview> {
    // What somebody may not see is not asked for.
    let may = |permission| untrack(|| session::may(permission));
    let (may_leads, may_invoices, may_returns) = (
        may(Permission::DeliveriesRead),
        may(Permission::InvoicesRead),
        may(Permission::ReturnsRead),
    );
    let leads = async {
        if !may_leads {
            return Ok(None);
        }
        let counts = api::deliveries::count_deliveries();
        let unseen = api::deliveries::list_deliveries(ListQuery::first(SHOWN).with("seen", "false"));
        let closing = ListQuery::first(SHOWN)
            .with("returnable", "true")
            .with("sort", "deadline");
        let closing = api::deliveries::list_deliveries(closing);
        let latest = api::deliveries::list_deliveries(ListQuery::first(100));
        let (counts, unseen, closing, latest) = future::try_join4(counts, unseen, closing, latest).await?;
        Ok(Some(Leads {
            counts,
            unseen: unseen.data,
            closing: closing.data,
            latest: latest.data,
        }))
    };
    let owed = async {
        if !may_invoices {
            return Ok(Vec::new());
        }
        let query = ListQuery::first(20).with("status", "open,partly_paid,overdue");
        Ok(api::invoices::list_invoices(query).await?.data)
    };
    let failed = async {
        if !may_invoices {
            return Ok(Vec::new());
        }
        let query = ListQuery::first(5)
            .with("status", "failed,scheduled_retry,exhausted")
            .with("unsettled", "true");
        Ok(api::payments::list_payments(query).await?.data)
    };
    let returns = async {
        if !may_returns {
            return Ok(Vec::new());
        }
        Ok(api::return_requests::list_return_requests(ListQuery::first(20))
            .await?
            .data)
    };
    let owes = future::try_join3(owed, failed, own_wallet());
    let (leads, returns, (owed, failed, wallet)) = future::try_join3(leads, returns, owes).await?;
    Ok(Overview {
        leads,
        owed,
        failed,
        returns,
        wallet,
    })
}

/// Where leads are called and not sold: the two places where that is followed.
#[component]
fn OwnLeads() -> impl IntoView {
    let go = |route: PortalRoute, icon, title: &'static str, text: &'static str| {
        view! {
            <li><a class="row-item" href=Route::Portal(route).path()>
                <Icon icon /><span class="row-text"><strong>{title}</strong><small>{text}</small></span><Icon icon=icondata_lu::LuChevronRight />
            </a></li>
        }
    };
    let hands_in = session::may(Permission::LeadsSubmit);
    view! {
        <Panel title="Your leads, as we call them">
            <ul class="rows">
                {go(PortalRoute::CallReport, icondata_lu::LuPhoneCall, "The call report", "Who was called, what came of it, and what comes next.")}
                {hands_in.then(|| go(PortalRoute::HandIn, icondata_lu::LuFileUp, "Hand in leads", "One, or a file of them. They are called in the order in which they come."))}
                {go(PortalRoute::CallScript, icondata_lu::LuScrollText, "What we say", "The script that our callers read from.")}
            </ul>
        </Panel>
    }
}

#[component]
fn Today(leads: Leads) -> impl IntoView {
    let Leads {
        counts,
        unseen,
        closing,
        latest,
    } = leads;
    if session::terms().is_some_and(|terms| terms.policy.calls()) {
        return view! { <OwnLeads /> }.into_any();
    }
    if latest.is_empty() {
        return view! {
            <Empty title="No leads yet" icon=icondata_lu::LuInbox>"They appear here as soon as one fits your orders."</Empty>
        }
        .into_any();
    }
    let inbox = Route::Portal(PortalRoute::Leads).path();
    let (new, returnable) = (
        format!("{inbox}?seen=false"),
        format!("{inbox}?returnable=true&sort=deadline"),
    );
    let rows = |leads: Vec<Delivery>| {
        let rows = leads.into_iter().map(|lead| view! { <LeadRow lead /> }).collect_view();
        view! { <ul class="rows">{rows}</ul> }
    };
    let unseen = (!unseen.is_empty()).then(|| rows(unseen));
    let closing = (!closing.is_empty()).then(|| rows(closing));
    view! {
        <div class="stats">
            <Stat label="New leads" value=counts.unseen.to_string() note="not opened yet" href=new.clone() />
            <Stat label="Can be returned" value=counts.returnable.to_string() note="their window is open" href=returnable.clone() />
            <Stat label="This week" value=counts.last_seven_days.to_string() note="delivered in seven days" />
        </div>
        <div class="columns">
            <Panel title="New leads" more=(new, "All of them")>
                {match unseen { None => view! { <p class="panel-none">"You have opened every lead."</p> }.into_any(), Some(rows) => rows.into_any() }}
            </Panel>
            <Panel title="Return window closes" more=(returnable, "All of them")>
                {match closing { None => view! { <p class="panel-none">"No window is open."</p> }.into_any(), Some(rows) => rows.into_any() }}
            </Panel>
        </div>
    }
    .into_any()
}

#[component]
fn PerDay(leads: Vec<Delivery>) -> impl IntoView {
    let (labels, counts) = per_day(&leads);
    let chart = Series {
        name: "leads".to_owned(),
        values: counts,
    };
    view! {
        <Panel title="Leads per day">
            <BarChart title=format!("Delivered in the last {DAYS} days") about="One bar a day." labels series=vec![chart] />
        </Panel>
    }
}

#[component]
fn LeadRow(lead: Delivery) -> impl IntoView {
    let due = lead.return_deadline_at.filter(|_| lead.returnable);
    view! {
        <li>
            <a class="row-item" href=Route::Portal(PortalRoute::Lead(lead.id)).path()>
                <span class="row-text"><strong>{lead_name(&lead)}</strong><small>{lead.product_name.clone()}</small></span>
                <span class="row-side">
                    <Time at=lead.delivered_at shown=Shown::Relative />
                    {due.map(|at| view! { <Due at /> })}
                </span>
                <Icon icon=icondata_lu::LuChevronRight />
            </a>
        </li>
    }
}

#[component]
fn OpenReturns(requests: Vec<ReturnRequest>) -> impl IntoView {
    let open: Vec<ReturnRequest> = requests
        .into_iter()
        .filter(|request| !request.allowed_actions.is_empty())
        .collect();
    if open.is_empty() {
        return ().into_any();
    }
    let rows = open
        .into_iter()
        .take(5)
        .map(|request| {
            view! {
                <li>
                    <a class="row-item" href=Route::Portal(PortalRoute::Return(request.id)).path()>
                        <span class="row-text"><strong>{named(request.lead_name.as_deref())}</strong><small>{request.reason_label.clone()}</small></span>
                        <span class="row-side">{status_badge(request.status)}</span>
                        <Icon icon=icondata_lu::LuChevronRight />
                    </a>
                </li>
            }
        })
        .collect_view();
    view! { <Panel title="Returns you can act on" more=(Route::Portal(PortalRoute::Returns).path(), "All returns")><ul class="rows">{rows}</ul></Panel> }
        .into_any()
}

/// Invoices that wait for money, the first due first.
#[component]
fn Owed(invoices: Vec<Invoice>) -> impl IntoView {
    let mut invoices = invoices;
    invoices.sort_by_key(|invoice| invoice.due_on);
    if invoices.is_empty() {
        return ().into_any();
    }
    let rows = invoices
        .into_iter()
        .take(3)
        .map(|invoice| {
            view! {
                <li>
                    <a class="row-item" href=Route::Portal(PortalRoute::Invoice(invoice.id)).path()>
                        <span class="row-text"><strong>{invoice.number.clone()}</strong><small>"Due "{date(invoice.due_on)}</small></span>
                        <span class="row-side"><Money amount=invoice.open />{status_badge(invoice.status)}</span>
                        <Icon icon=icondata_lu::LuChevronRight />
                    </a>
                </li>
            }
        })
        .collect_view();
    view! { <Panel title="To pay" more=(Route::Portal(PortalRoute::Invoices).path(), "All invoices")><ul class="rows">{rows}</ul></Panel> }
        .into_any()
}

/// What about money cannot wait: a payment that failed, an invoice that is overdue. One line each.
#[component]
fn MoneyNews(owed: Vec<Invoice>, failed: Vec<Payment>) -> impl IntoView {
    let told: Vec<InvoiceId> = failed.iter().filter_map(|payment| payment.invoice_id).collect();
    let failed = failed
        .into_iter()
        .filter_map(|payment| {
            let (invoice, number) = (payment.invoice_id?, payment.invoice_number?);
            let why = payment.failure.map(failure_text).unwrap_or("it was refused");
            let text = format!(
                "The payment of {} for invoice {number} failed: {why}.",
                money::text(payment.amount)
            );
            Some(view! { <MoneyNotice invoice text action="Choose how to pay" tone=Tone::Bad /> })
        })
        .collect_view();
    let overdue = owed
        .into_iter()
        .filter(|invoice| invoice.status == InvoiceStatus::Overdue && !told.contains(&invoice.id))
        .map(|invoice| {
            let text = format!(
                "Invoice {} over {} was due on {}.",
                invoice.number,
                money::text(invoice.open),
                date(invoice.due_on)
            );
            view! { <MoneyNotice invoice=invoice.id text action="Pay it" tone=Tone::Warn /> }
        })
        .collect_view();
    view! { {failed}{overdue} }
}

#[component]
fn MoneyNotice(invoice: InvoiceId, text: String, action: &'static str, tone: Tone) -> impl IntoView {
    view! {
        <Notice tone><strong>{text}</strong>" "<a href=Route::Portal(PortalRoute::Invoice(invoice)).path()>{action}</a></Notice>
    }
}

/// Everything of the account in one place (R108); what somebody may not see is not there.
#[component]
fn AccountLinks() -> impl IntoView {
    let wallet = (
        PortalRoute::Wallet,
        icondata_lu::LuWallet,
        "Wallet",
        Permission::InvoicesRead,
    );
    let wallet = session::is_prepaid().then_some(wallet);
    let links = [
        (
            PortalRoute::Business,
            icondata_lu::LuStore,
            "Account and businesses",
            Permission::SuppliersRead,
        ),
        (
            PortalRoute::Invoices,
            icondata_lu::LuReceipt,
            "Invoices to see, print and pay",
            Permission::InvoicesRead,
        ),
        (
            PortalRoute::PaymentMethods,
            icondata_lu::LuCreditCard,
            "Ways to pay",
            Permission::PaymentMethodsRead,
        ),
        (
            PortalRoute::Statement,
            icondata_lu::LuScrollText,
            "Statement",
            Permission::InvoicesRead,
        ),
    ];
    let links = wallet
        .into_iter()
        .chain(links)
        .filter(|(.., needs)| session::may(*needs))
        .map(|(route, icon, name, _)| {
            view! {
                <li><a class="row-item" href=Route::Portal(route).path()>
                    <Icon icon /><span class="row-text"><strong>{name}</strong></span><Icon icon=icondata_lu::LuChevronRight />
                </a></li>
            }
        })
        .collect_view();
    view! { <Panel title="Your account"><ul class="rows account-links">{links}</ul></Panel> }
}

fn age_days(at: Timestamp) -> i64 {
    (untrack(clock::now).as_seconds() - at.as_seconds()) / DAY_SECONDS
}

/// The last days and how many leads came on each, oldest first.
fn per_day(leads: &[Delivery]) -> (Vec<String>, Vec<i64>) {
    let now = untrack(clock::now);
    let zone = session::own_programme().map(|programme| programme.time_zone);
    let days = (0..DAYS).rev();
    let label = |ago: i64| {
        short_day(
            Timestamp::from_seconds(now.as_seconds() - ago * DAY_SECONDS),
            zone.as_deref(),
        )
    };
    let labels: Vec<String> = days.map(label).collect();
    let counts = labels
        .iter()
        .map(|day| {
            let of_the_day = leads
                .iter()
                .filter(|lead| age_days(lead.delivered_at) <= DAYS)
                .filter(|lead| short_day(lead.delivered_at, zone.as_deref()) == *day);
            i64::try_from(of_the_day.count()).unwrap_or(0)
        })
        .collect();
    (labels, counts)
}
