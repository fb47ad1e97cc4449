//! Merge patches (RFC 7396): a field that is left out stays, `null` takes the value away.

use serde::{Deserialize, Deserializer};

/// Reads a field that was given, so that `null` is told from a field that is left out. With an
/// `Option<Option<T>>` null takes the value away; with an `Option<T>` null is refused.
pub(crate) fn given<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(from).map(Some)
}
