//! Lists: one shape for all of them.

text_enum! {
    /// How a list is sorted that is sorted by time only.
    pub enum TimeSort {
        /// Newest first.
        Newest = "newest",
        /// Oldest first.
        Oldest = "oldest",
    }
}

text_enum! {
    /// How a list of what has a name is sorted; a minus turns it round.
    pub enum NameSort {
        /// Newest first.
        Newest = "newest",
        /// Oldest first.
        Oldest = "oldest",
        /// By name, from A to Z.
        Name = "name",
        /// By name, from Z to A.
        NameFalling = "-name",
    }
}

/// One page of a list, newest first unless the list says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows of this page.
    pub data: Vec<T>,
    /// Give this back as `cursor` to read the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// Whether there are rows after these.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// The same page with what becomes of all its rows together, so that what they lack can be read at once.
    pub fn try_map_rows<U, E>(self, show: impl FnOnce(Vec<T>) -> Result<Vec<U>, E>) -> Result<Page<U>, E> {
        Ok(Page {
            data: show(self.data)?,
            next_cursor: self.next_cursor,
            has_more: self.has_more,
        })
    }
}
