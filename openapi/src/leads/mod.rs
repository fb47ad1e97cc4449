//! Leads on the wire: an enquiry as it comes in, as it is kept, and why it went to whom.

mod enquiry;
mod lead;
mod status;
mod trace;

pub use crate::policy::VerificationMethod;
pub use enquiry::*;
pub use lead::*;
pub use status::*;
pub use trace::*;
