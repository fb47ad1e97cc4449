//! Lists: one shape for all of them.

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
