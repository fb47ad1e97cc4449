//! Loading: every page that shows something of the server's shows it through [`Loaded`], so that its
//! loading, failing, forbidden and missing states are the same everywhere.

use std::future::Future;

use leptos::prelude::*;
use tradepost_contract::ProblemCode;

use crate::api::{Failure, Result};
use crate::ui::empty::Empty;
use crate::ui::problem::ProblemNotice;
use crate::ui::skeleton::Skeleton;

/// Something of the server's: fetched when made, again when a signal that `fetch` reads changes, and
/// again on [`Loader::reload`]. While it is fetched anew the old content stays.
pub struct Loader<T: Send + Sync + 'static> {
    content: RwSignal<Option<T>>,
    failure: RwSignal<Option<Failure>>,
    busy: RwSignal<bool>,
    round: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Copy for Loader<T> {}
impl<T: Send + Sync + 'static> Clone for Loader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Clone + Send + Sync + 'static> Loader<T> {
    /// Fetches now. Read signals in `fetch` itself, not inside its future.
    pub fn new<F: Future<Output = Result<T>> + 'static>(fetch: impl Fn() -> F + 'static) -> Self {
        let loader = Self {
            content: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(true),
            round: RwSignal::new(0),
        };
        let latest = StoredValue::new(0_u64);
        Effect::new(move |_| {
            loader.round.track();
            let future = fetch();
            let this = latest.get_value() + 1;
            latest.set_value(this);
            loader.busy.set(true);
            wasm_bindgen_futures::spawn_local(async move {
                let outcome = future.await;
                // The page may be gone, or a newer fetch on its way.
                if latest.try_get_value() != Some(this) {
                    return;
                }
                match outcome {
                    Ok(content) => {
                        loader.failure.set(None);
                        loader.content.set(Some(content));
                    }
                    Err(failure) => loader.failure.set(Some(failure)),
                }
                loader.busy.set(false);
            });
        });
        loader
    }

    /// Fetches again.
    pub fn reload(self) {
        self.round.update(|round| *round += 1);
    }

    /// Takes what an action answered, instead of fetching it.
    pub fn put(self, content: T) {
        self.failure.set(None);
        self.content.set(Some(content));
    }

    /// What is there, tracked.
    pub fn get(self) -> Option<T> {
        self.content.get()
    }

    /// Why there is nothing new, tracked.
    pub fn failure(self) -> Option<Failure> {
        self.failure.get()
    }

    /// Whether it is being fetched.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }
}

/// What the skeleton of a page looks like while it loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Rows of a list.
    Rows(usize),
    /// The page of one thing.
    Page,
    /// A tile.
    Tile,
}

/// Shows the content of a [`Loader`], or why there is none.
#[component]
pub fn Loaded<T, V>(
    /// What is loaded.
    loader: Loader<T>,
    /// What stands there meanwhile.
    #[prop(default = Shape::Page)]
    shape: Shape,
    /// The content.
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let content = Memo::new(move |_| loader.content.get());
    move || match (content.get(), loader.failure.get()) {
        (_, Some(failure)) => failed(loader, &failure),
        (Some(content), None) => children(content).into_any(),
        (None, None) => view! { <Skeleton shape /> }.into_any(),
    }
}

fn failed<T: Clone + Send + Sync + 'static>(loader: Loader<T>, failure: &Failure) -> AnyView {
    match failure.code() {
        Some(ProblemCode::NotFound) => view! {
            <Empty title="There is nothing here" icon=icondata_lu::LuCompass>
                "It may have been removed, or the link belongs to another account."
            </Empty>
        }
        .into_any(),
        Some(ProblemCode::Forbidden) => view! {
            <Empty title="This is not yours to see" icon=icondata_lu::LuLock>
                "Your role does not include it. Ask an administrator if it should."
            </Empty>
        }
        .into_any(),
        _ => {
            let retry = Callback::new(move |()| loader.reload());
            view! { <ProblemNotice failure=failure.clone() retry /> }.into_any()
        }
    }
}
