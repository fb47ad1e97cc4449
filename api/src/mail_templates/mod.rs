//! What mails say: ours, unless a programme has words of its own for a kind of message (R126).
//!
//! A template is lines, each of one sort (`mails/templates.rs`), and what stands between `{{` and `}}` is filled in with
//! what the message recorded. Staff write one for a programme, look at it filled in with made-up facts, have it sent to
//! themselves, and save it; it can be put back. A template that cannot be filled in, or that no longer leads to where the
//! mail is for (a lead's return form, R2; the link that lets somebody in), is refused with the number of its line. What
//! is saved holds for every mail that is written from then on, those too that are sent again.
//!
//! **Rows.** `mail_templates` has a row for each template that ever was the programme's own; put back, it keeps its row
//! without a text, so that its version never repeats.
//!
//! Tests: `mails/templates.rs`, `mails/samples.rs`, `tests/api/mail_templates.rs`.

mod http;
mod ops;
mod store;

pub(crate) use store::own;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_mail_templates)
        .service(http::get_mail_template)
        .service(http::write_mail_template)
        .service(http::reset_mail_template)
        .service(http::preview_mail_template)
        .service(http::test_mail_template);
}
