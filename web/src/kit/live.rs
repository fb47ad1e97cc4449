//! Following a call report: the server says that something happened, and the page asks what it shows anew.
//!
//! The stream is a request like any other, with the token in its header: `EventSource` could send none, and an address
//! is no place for a token. It ends when the token does; the next one begins with a fresh token and the last id, so
//! that nothing is missed and nobody signs in again (R98).

use leptos::prelude::*;
use tradepost_contract::SupplierId;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::ReadableStreamDefaultReader as Reader;

use crate::api::{self, Failure};
use crate::browser;

/// The longest that a lost connection waits before it is tried again.
const LONGEST_WAIT: i32 = 30_000;
const SHORTEST_WAIT: i32 = 1_000;

/// A report that is being followed.
#[derive(Debug, Clone, Copy)]
pub struct Following {
    /// Rises with whatever happens: read it where something is fetched.
    pub news: RwSignal<u32>,
    /// Whether the server is being heard.
    pub connected: RwSignal<bool>,
}

impl Following {
    /// Whether the page that follows is still shown.
    fn is_wanted(self) -> bool {
        self.news.try_get_untracked().is_some()
    }
}

/// Follows a customer's report for as long as the component that calls this is shown.
pub fn follow(supplier: SupplierId) -> Following {
    let following = Following {
        news: RwSignal::new(0),
        connected: RwSignal::new(false),
    };
    let reader = StoredValue::new_local(None::<Reader>);
    on_cleanup(move || {
        if let Some(Some(reader)) = reader.try_update_value(Option::take) {
            // What is still on its way is of no interest.
            let _ = reader.cancel();
        }
    });
    wasm_bindgen_futures::spawn_local(listen(following, supplier, reader));
    following
}

async fn listen(following: Following, supplier: SupplierId, current: StoredValue<Option<Reader>, LocalStorage>) {
    let (mut last, mut wait) = (None::<String>, SHORTEST_WAIT);
    while following.is_wanted() {
        match api::calls::stream_call_report(supplier, last.as_deref()).await {
            Ok(stream) => {
                let reader: Reader = stream.get_reader().unchecked_into();
                if current.try_set_value(Some(reader.clone())).is_some() {
                    // The page was left meanwhile.
                    let _ = reader.cancel();
                    return;
                }
                following.connected.set(true);
                wait = SHORTEST_WAIT;
                read(&reader, following, &mut last).await;
                if !following.is_wanted() {
                    return;
                }
            }
            Err(Failure::SignedOut) => return,
            Err(_) if following.is_wanted() => {
                following.connected.set(false);
                browser::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
            Err(_) => return,
        }
    }
}

/// Reads until the stream ends.
async fn read(reader: &Reader, following: Following, last: &mut Option<String>) {
    let mut bytes = Vec::new();
    while let Ok(chunk) = JsFuture::from(reader.read()).await {
        let value = js_sys::Reflect::get(&chunk, &"value".into()).unwrap_or_default();
        let Ok(value) = value.dyn_into::<js_sys::Uint8Array>() else {
            return;
        };
        bytes.extend(value.to_vec());
        let ids = take_messages(&mut bytes);
        if let Some(id) = ids.into_iter().next_back() {
            *last = Some(id);
            if following.news.try_update(|news| *news = news.wrapping_add(1)).is_none() {
                return;
            }
        }
    }
}

/// Takes the whole messages off the front of what was read, and gives their ids. What is no message is a sign of life.
fn take_messages(bytes: &mut Vec<u8>) -> Vec<String> {
    let mut ids = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\n\n") {
        let message: Vec<u8> = bytes.drain(..end + 2).collect();
        let text = String::from_utf8_lossy(&message);
        if let Some(id) = text.lines().find_map(|line| line.strip_prefix("id: ")) {
            ids.push(id.to_owned());
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::take_messages;

    #[test]
    fn messages_are_taken_whole_however_they_come() {
        let text = "retry: 2000\nid: evt_1\nevent: ready\ndata: {}\n\n: still here\n\nid: evt_2\nevent: call\ndata: {\"name\":\"Zoë\"}\n\nid: evt_3\nev";
        for size in [1, 2, 3, 7, 50, 1_000] {
            let (mut bytes, mut ids) = (Vec::new(), Vec::new());
            for chunk in text.as_bytes().chunks(size) {
                bytes.extend(chunk);
                ids.extend(take_messages(&mut bytes));
            }
            assert_eq!(ids, ["evt_1", "evt_2"], "{size}");
            assert_eq!(bytes, b"id: evt_3\nev", "the rest stays");
        }
    }
}
