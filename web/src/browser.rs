//! The browser's own services, without the `Option`s and `Result`s that cannot be otherwise in a tab.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, HtmlElement, Storage, Window};

/// The window of this tab.
#[expect(clippy::expect_used, reason = "the app runs in a browser's tab and nowhere else")]
pub fn window() -> Window {
    web_sys::window().expect("a browser's tab has a window")
}

/// The page.
#[expect(clippy::expect_used, reason = "the app runs in a browser's tab and nowhere else")]
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Whether the server said that it is a sandbox: it marks the page it serves.
pub fn is_sandbox() -> bool {
    root().is_some_and(|root| root.has_attribute("data-sandbox"))
}

/// The `<html>` element.
pub fn root() -> Option<web_sys::Element> {
    document().document_element()
}

fn storage() -> Option<Storage> {
    // Private windows may have none, and then nothing is remembered.
    window().local_storage().ok().flatten()
}

/// What was remembered under a name. Never holds anything secret.
pub fn remembered(name: &str) -> Option<String> {
    storage()?.get_item(&format!("tradepost.{name}")).ok().flatten()
}

/// Remembers a text, or forgets it.
pub fn remember(name: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    let key = format!("tradepost.{name}");
    // A full or forbidden storage only costs the memory of a preference.
    let _ = match value {
        Some(value) => storage.set_item(&key, value),
        None => storage.remove_item(&key),
    };
}

fn tab_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// What this tab remembers under a name, until it is closed. Never holds anything secret.
pub fn tab_remembered(name: &str) -> Option<String> {
    tab_storage()?.get_item(&format!("tradepost.{name}")).ok().flatten()
}

/// Remembers a text in this tab, or forgets it.
pub fn tab_remember(name: &str, value: Option<&str>) {
    let Some(storage) = tab_storage() else { return };
    let key = format!("tradepost.{name}");
    // Without it a page is loaded as whoever the cookie says.
    let _ = match value {
        Some(value) => storage.set_item(&key, value),
        None => storage.remove_item(&key),
    };
}

/// Answers a [`question`].
#[derive(Debug)]
pub struct Answer(js_sys::Function);

impl Answer {
    /// Gives the answer; a second one changes nothing.
    pub fn give(self, yes: bool) {
        // Whoever waited may be gone.
        let _ = self.0.call1(&JsValue::NULL, &JsValue::from_bool(yes));
    }
}

/// Something that is answered later: what answers it, and the answer.
pub fn question() -> (Answer, impl Future<Output = bool>) {
    let mut given = None;
    let promise = js_sys::Promise::new(&mut |resolve, _| given = Some(resolve));
    let answer = Answer(given.unwrap_or_default());
    let heard = async move {
        let heard = wasm_bindgen_futures::JsFuture::from(promise).await;
        heard.ok().and_then(|value| value.as_bool()).unwrap_or_default()
    };
    (answer, heard)
}

/// Moves the focus to the element with this id; true when there is one.
pub fn focus(id: &str) -> bool {
    let element = document().get_element_by_id(id);
    let element = element.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok())
}

/// Scrolls a list, or a row, just so far that its item with this id is in sight.
pub fn show(id: &str) {
    let item = document().get_element_by_id(id);
    let Some(item) = item.and_then(|item| item.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    let list = item.parent_element();
    let Some(list) = list.and_then(|list| list.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    let top = item.offset_top() - list.offset_top();
    let bottom = top + item.offset_height();
    if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if bottom > list.scroll_top() + list.client_height() {
        list.set_scroll_top(bottom - list.client_height());
    }
    let left = item.offset_left() - list.offset_left();
    let right = left + item.offset_width();
    if left < list.scroll_left() {
        list.set_scroll_left(left);
    } else if right > list.scroll_left() + list.client_width() {
        list.set_scroll_left(right - list.client_width());
    }
}

/// Does something after the page has been updated.
pub fn after_render(work: impl FnOnce() + 'static) {
    leptos::prelude::request_animation_frame(work);
}

/// The path and query of the address, as a sign-in brings one back to it.
pub fn here() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// This site: the scheme, host and port of the address.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// What stands behind `#` in the address, which is taken out of the address bar and the history.
pub fn take_fragment() -> String {
    let fragment = window().location().hash().unwrap_or_default();
    if let Ok(history) = window().history() {
        // Where that is refused the address stays as it is, and works all the same.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&here()));
    }
    fragment.trim_start_matches('#').to_owned()
}

/// Loads another page of this site in full: the other bundle.
pub fn load_page(path: &str) {
    // A refused navigation leaves everything as it is.
    let _ = window().location().replace(path);
}

/// Leaves for another site; Back comes back.
pub fn leave_for(address: &str) {
    // A refused navigation leaves everything as it is.
    let _ = window().location().assign(address);
}

/// Waits so many milliseconds.
pub async fn sleep(milliseconds: i32) {
    let waiting = js_sys::Promise::new(&mut |done, _| {
        // Where no timer can be set, nothing is waited for.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, milliseconds);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(waiting).await;
}

/// A random key that no other tab has.
pub fn random_key() -> String {
    let mut bytes = [0_u8; 16];
    // Every browser that runs WASM has it, on plain http too; only `randomUUID` asks for https.
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Offers a text as a file to keep.
pub fn save_file(name: &str, media_type: &str, content: &str) {
    save(name, media_type, &JsValue::from_str(content));
}

/// Offers bytes as a file to keep.
pub fn save_bytes(name: &str, media_type: &str, content: &[u8]) {
    save(name, media_type, &js_sys::Uint8Array::from(content).into());
}

fn save(name: &str, media_type: &str, content: &JsValue) {
    let parts = js_sys::Array::of1(content);
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(media_type);
    let Ok(blob) = web_sys::Blob::new_with_buffer_source_sequence_and_options(&parts, &options) else {
        return;
    };
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) else {
        return;
    };
    if let Some(link) = document()
        .create_element("a")
        .ok()
        .and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok())
    {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&url);
}
