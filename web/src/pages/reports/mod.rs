//! Numbers and pictures: the page of reports, and the pictures of the console's home.

mod churn;
mod numbers;
pub mod page;
pub mod pictures;
mod rates;
pub mod standings;
