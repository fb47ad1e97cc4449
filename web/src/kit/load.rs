//! Loading: every page that shows something of the server's shows it through [`Loaded`], so that its
//! loading, failing, forbidden and missing states are the same everywhere.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use leptos::prelude::*;
use tradepost_contract::ProblemCode;

use crate::api::{Failure, Result};
use crate::ui::empty::PageEmpty;
use crate::ui::problem::ProblemNotice;
use crate::ui::skeleton::Skeleton;

/// Something of the server's: fetched when made, again when a signal that `fetch` reads changes, and
/// again on [`Loader::reload`]. While it is fetched anew the old content stays.
pub struct Loader<T: Send + Sync + 'static> {
    core: Core,
    of: PhantomData<fn() -> T>,
}

impl<T: Send + Sync + 'static> Copy for Loader<T> {}
impl<T: Send + Sync + 'static> Clone for Loader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

/// A content whose type is known to the [`Loader`] only: signals, effects and memos of each type would be
/// compiled for each page.
type Content = Arc<dyn Any + Send + Sync>;

#[derive(Clone, Copy)]
struct Core {
    content: RwSignal<Option<Content>>,
    failure: RwSignal<Option<Failure>>,
    busy: RwSignal<bool>,
    round: RwSignal<u32>,
}

impl Core {
    fn new(fetch: Box<dyn Fn() -> LocalBoxFuture<'static, Result<Content>>>) -> Self {
        let core = Self {
            content: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(true),
            round: RwSignal::new(0),
        };
        let latest = StoredValue::new(0_u64);
        Effect::new(move |_| {
            core.round.track();
            let future = fetch();
            let this = latest.get_value() + 1;
            latest.set_value(this);
            core.busy.set(true);
            wasm_bindgen_futures::spawn_local(async move {
                let outcome = future.await;
                // The page may be gone, or a newer fetch on its way.
                if latest.try_get_value() != Some(this) {
                    return;
                }
                match outcome {
                    Ok(content) => {
                        core.failure.set(None);
                        core.content.set(Some(content));
                    }
                    Err(failure) => core.failure.set(Some(failure)),
                }
                core.busy.set(false);
            });
        });
        core
    }

    fn reload(self) {
        self.round.update(|round| *round += 1);
    }

    /// The failure that takes the content's place. Being offline does not: what was read stays, with all
    /// that was typed into it, and the notice above the page says what is the matter.
    fn blocking(self) -> Memo<Option<Failure>> {
        Memo::new(move |_| {
            let stays = self.content.with(Option::is_some);
            self.failure
                .get()
                .filter(|failure| !stays || *failure != Failure::Offline)
        })
    }
}

impl<T: Clone + Send + Sync + 'static> Loader<T> {
    /// Fetches now. Read signals in `fetch` itself, not inside its future.
    pub fn new<F: Future<Output = Result<T>> + 'static>(fetch: impl Fn() -> F + 'static) -> Self {
        let fetch = move || {
            let content = fetch();
            async move { content.await.map(|content| Arc::new(content) as Content) }.boxed_local()
        };
        Self {
            core: Core::new(Box::new(fetch)),
            of: PhantomData,
        }
    }

    /// Fetches again.
    pub fn reload(self) {
        self.core.reload();
    }

    /// Takes what an action answered, instead of fetching it.
    pub fn put(self, content: T) {
        self.core.failure.set(None);
        self.core.content.set(Some(Arc::new(content)));
    }

    /// What is there, tracked.
    pub fn get(self) -> Option<T> {
        self.core.content.get()?.downcast_ref::<T>().cloned()
    }

    /// Why there is nothing new, tracked.
    pub fn failure(self) -> Option<Failure> {
        self.core.failure.get()
    }

    /// The failure that takes the content's place.
    pub(super) fn blocking(self) -> Memo<Option<Failure>> {
        self.core.blocking()
    }

    /// Whether it is being fetched.
    pub fn is_busy(self) -> bool {
        self.core.busy.get()
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
    let show = move |content: &Content| Some(children(content.downcast_ref::<T>()?.clone()).into_any());
    loaded(loader.core, shape, differs::<T>, Box::new(show))
}

/// Whether a content is another than before: what is fetched anew and the same leaves the page as it is.
fn differs<T: PartialEq + 'static>(before: Option<&Option<Content>>, now: Option<&Option<Content>>) -> bool {
    let read = |content: Option<&Option<Content>>| content.and_then(Option::as_ref).cloned();
    match (read(before), read(now)) {
        (Some(before), Some(now)) => before.downcast_ref::<T>() != now.downcast_ref::<T>(),
        (before, now) => before.is_some() || now.is_some(),
    }
}

/// Compares two contents.
type Differs = fn(Option<&Option<Content>>, Option<&Option<Content>>) -> bool;
/// Shows a content; nothing when it is of another type, which a [`Loader`] does not let happen.
type Show = Box<dyn Fn(&Content) -> Option<AnyView> + Send + Sync>;

fn loaded(core: Core, shape: Shape, differs: Differs, show: Show) -> AnyView {
    let content = Memo::new_with_compare(move |_| core.content.get(), differs);
    let failure = core.blocking();
    let view = move || match (content.get(), failure.get()) {
        (_, Some(failure)) => failed(core, shape, &failure),
        (Some(content), None) => show(&content).into_any(),
        (None, None) => view! { <Skeleton shape /> }.into_any(),
    };
    view.into_any()
}

fn failed(core: Core, shape: Shape, failure: &Failure) -> AnyView {
    // A whole page that is missing still has a heading, for the focus and for those who do not see it.
    let page = shape == Shape::Page;
    match failure.code() {
        Some(ProblemCode::NotFound) => view! {
            <PageEmpty page title="There is nothing here" icon=icondata_lu::LuCompass
                text="It may have been removed, or the link belongs to another account." />
        }
        .into_any(),
        Some(ProblemCode::Forbidden) => view! {
            <PageEmpty page title="This is not yours to see" icon=icondata_lu::LuLock
                text="Your role does not include it. Ask an administrator if it should." />
        }
        .into_any(),
        _ => {
            let retry = Callback::new(move |()| core.reload());
            view! { <ProblemNotice failure=failure.clone() retry /> }.into_any()
        }
    }
}
