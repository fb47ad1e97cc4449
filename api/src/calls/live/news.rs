//! Who follows a report, and of whom there is news.

use crate::app::App;
use crate::clock;
use crate::error::ApiResult;
use crate::events;
use actix_web::web::Data;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tradepost_contract::{EventId, SupplierId};

/// So often the end of the event log is looked at while somebody follows.
const EVERY: Duration = Duration::from_millis(500);
/// So many streams a server has, and one caller: a person with a few windows, or a program with a few customers.
const SEATS: usize = 500;
const SEATS_OF_ONE: usize = 8;
/// What the first look goes back to, so that nothing falls between a stream's own look and this one.
const FIRST_LOOK: time::Duration = time::Duration::seconds(10);
/// So many events are looked at at a time.
const BATCH: i64 = 1_000;

/// Of whom there is news.
#[derive(Debug, Clone, Default)]
pub(super) struct News {
    /// The last event about the calls for a customer.
    pub(super) newest: HashMap<SupplierId, EventId>,
    /// The server is about to stop.
    pub(super) closing: bool,
}

/// The reports that are being followed on this server.
#[derive(Debug)]
pub(crate) struct Streams {
    news: watch::Sender<Arc<News>>,
    seats: Arc<Mutex<Seats>>,
}

#[derive(Debug, Default)]
struct Seats {
    next: u64,
    /// Whose, and until when at the longest.
    taken: HashMap<u64, (String, Instant)>,
    /// Whether the task that looks at the log runs.
    looking: bool,
}

/// One stream's place among those that a server has; free again when it goes.
#[derive(Debug)]
pub(super) struct Seat {
    number: u64,
    seats: Arc<Mutex<Seats>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        held(&self.seats).taken.remove(&self.number);
    }
}

fn held(seats: &Mutex<Seats>) -> MutexGuard<'_, Seats> {
    seats.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            news: watch::Sender::new(Arc::new(News::default())),
            seats: Arc::default(),
        }
    }
}

impl Streams {
    /// Ends all streams and lets no other begin: the server is about to stop, and would wait for them.
    pub(crate) fn close(&self) {
        self.news.send_modify(|news| Arc::make_mut(news).closing = true);
    }

    /// A place for another stream of this caller; none where it has its share, or there are no more. A stream whose
    /// time is over does not count, even where its client reads nothing and it could not end.
    pub(super) fn sit_down(&self, who: &str, until: Instant) -> Option<Seat> {
        let now = clock::stopwatch();
        let mut seats = held(&self.seats);
        let live = || seats.taken.values().filter(|(_, until)| *until > now);
        if live().count() >= SEATS || live().filter(|(whose, _)| whose == who).count() >= SEATS_OF_ONE {
            return None;
        }
        let number = seats.next;
        seats.next += 1;
        seats.taken.insert(number, (who.to_owned(), until));
        Some(Seat {
            number,
            seats: Arc::clone(&self.seats),
        })
    }

    /// Hears the news from now on; the log is looked at while anybody does.
    pub(super) fn follow(&self, app: &Data<App>) -> watch::Receiver<Arc<News>> {
        let receiver = self.news.subscribe();
        let mut seats = held(&self.seats);
        if !seats.looking {
            seats.looking = true;
            tokio::spawn(look_out(Data::clone(app)));
        }
        receiver
    }

    /// Ends the task that looks at the log, where nobody follows any more.
    fn may_stop(&self) -> bool {
        let mut seats = held(&self.seats);
        let over = self.news.receiver_count() == 0 || self.news.borrow().closing;
        if over {
            seats.looking = false;
            self.news.send_modify(|news| Arc::make_mut(news).newest.clear());
        }
        over
    }

    fn tell(&self, of: Vec<(SupplierId, EventId)>) {
        if of.is_empty() {
            return;
        }
        self.news.send_modify(|news| Arc::make_mut(news).newest.extend(of));
    }
}

/// Looks at the end of the event log while anybody follows a report.
async fn look_out(app: Data<App>) {
    let mut after = events::id_at(app.clock.wall_now().plus(-FIRST_LOOK));
    while !app.streams.may_stop() {
        match look(&app, after).await {
            Ok((last, of)) => {
                after = last;
                app.streams.tell(of);
            }
            Err(error) => tracing::warn!(%error, "the event log cannot be read for those who follow it"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// The last event of the log, and of whose calls there was something since.
async fn look(app: &App, after: EventId) -> ApiResult<(EventId, Vec<(SupplierId, EventId)>)> {
    app.db
        .read(move |conn| {
            let (mut last, mut of) = (after, HashMap::new());
            loop {
                let seen = events::suppliers_after(conn, last, BATCH)?;
                let is_all = (seen.len() as i64) < BATCH;
                for (id, kind, supplier) in seen {
                    last = id;
                    if let Some(supplier) = supplier.filter(|_| super::KINDS.contains(&kind)) {
                        of.insert(supplier, id);
                    }
                }
                if is_all {
                    return Ok((last, of.into_iter().collect()));
                }
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_more_than_their_share_and_what_is_over_does_not_count() {
        let streams = Streams::default();
        let now = clock::stopwatch();
        let later = now + Duration::from_secs(60);
        let mut own: Vec<Seat> = (0..SEATS_OF_ONE)
            .map(|_| streams.sit_down("mo", later).expect("a seat"))
            .collect();
        assert!(streams.sit_down("mo", later).is_none());
        assert!(streams.sit_down("ann", later).is_some(), "somebody else has their own");
        own.pop();
        let stale = streams.sit_down("mo", now).expect("one is free again");
        assert!(
            streams.sit_down("mo", later).is_some(),
            "one whose time is over leaves room"
        );
        drop(stale);
        assert_eq!(held(&streams.seats).taken.len(), SEATS_OF_ONE - 1);
    }

    #[test]
    fn closing_is_heard_by_who_follows() {
        let streams = Streams::default();
        let receiver = streams.news.subscribe();
        streams.close();
        assert!(receiver.borrow().closing);
        streams.tell(vec![]);
        assert!(receiver.borrow().closing, "and stays so");
    }
}
