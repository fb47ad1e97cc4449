//! A small cache whose entries are good for a few seconds: what the database says of a session or a key.
//!
//! It saves a read per request. A change made by this server is forgotten at once; a change made by
//! another server is seen when the entry ends.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

/// How long an entry is good for.
pub const GOOD_FOR: Duration = Duration::from_secs(5);
/// More entries than this are never kept.
const MOST: usize = 20_000;

/// The cache.
#[derive(Debug)]
pub struct ShortCache<K, V> {
    entries: RwLock<Entries<K, V>>,
}

#[derive(Debug)]
struct Entries<K, V> {
    by_key: HashMap<K, (Instant, Arc<V>)>,
    /// Counts the forgetting, so that what was read before a change is not put in after it.
    generation: u64,
}

/// Marks the state of the cache before a read of the database.
#[derive(Debug, Clone, Copy)]
pub struct Generation(u64);

impl<K: Hash + Eq, V> Default for ShortCache<K, V> {
    fn default() -> Self {
        Self {
            entries: RwLock::new(Entries {
                by_key: HashMap::new(),
                generation: 0,
            }),
        }
    }
}

impl<K: Hash + Eq + Clone, V> ShortCache<K, V> {
    /// The entry, if there is a fresh one.
    pub fn get(&self, key: &K, now: Instant) -> Option<Arc<V>> {
        let entries = self.entries.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        let (at, value) = entries.by_key.get(key)?;
        (now.saturating_duration_since(*at) < GOOD_FOR).then(|| value.clone())
    }

    /// To be asked before the database is read, and given to [`Self::put`].
    pub fn generation(&self) -> Generation {
        Generation(
            self.entries
                .read()
                .unwrap_or_else(|poisoned| poisoned.into_inner())
                .generation,
        )
    }

    /// Keeps what was read, unless something was forgotten meanwhile.
    pub fn put(&self, key: K, value: Arc<V>, read_after: Generation, now: Instant) {
        let mut entries = self.entries.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        if entries.generation != read_after.0 {
            return;
        }
        if entries.by_key.len() >= MOST {
            entries
                .by_key
                .retain(|_, (at, _)| now.saturating_duration_since(*at) < GOOD_FOR);
        }
        if entries.by_key.len() < MOST {
            entries.by_key.insert(key, (now, value));
        }
    }

    /// Forgets the entries that `which` names. To be called after the change is committed.
    pub fn forget(&self, which: impl Fn(&K, &V) -> bool) {
        let mut entries = self.entries.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        entries.generation += 1;
        entries.by_key.retain(|key, (_, value)| !which(key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_good_for_five_seconds() {
        let cache = ShortCache::default();
        let start = crate::clock::stopwatch();
        cache.put(1, Arc::new("one"), cache.generation(), start);
        assert_eq!(
            cache.get(&1, start + Duration::from_millis(4_999)).as_deref(),
            Some(&"one")
        );
        assert_eq!(cache.get(&1, start + Duration::from_secs(5)), None);
        assert_eq!(cache.get(&2, start), None);
    }

    #[test]
    fn what_is_forgotten_is_not_put_back_by_a_read_that_began_before() {
        let cache = ShortCache::default();
        let start = crate::clock::stopwatch();
        let before = cache.generation();
        cache.forget(|key, _| *key == 1);
        cache.put(1, Arc::new("stale"), before, start);
        assert_eq!(cache.get(&1, start), None);
        cache.put(1, Arc::new("fresh"), cache.generation(), start);
        cache.put(2, Arc::new("other"), cache.generation(), start);
        cache.forget(|key, _| *key == 1);
        assert_eq!((cache.get(&1, start), cache.get(&2, start).is_some()), (None, true));
    }

    #[test]
    fn it_never_grows_beyond_its_bound() {
        let cache = ShortCache::default();
        let start = crate::clock::stopwatch();
        for key in 0..MOST + 10 {
            cache.put(key, Arc::new(()), cache.generation(), start);
        }
        assert!(cache.get(&(MOST + 5), start).is_none());
        let later = start + GOOD_FOR;
        cache.put(MOST + 5, Arc::new(()), cache.generation(), later);
        assert!(cache.get(&(MOST + 5), later).is_some());
    }
}
