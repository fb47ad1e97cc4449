//! The other end of a sandbox's webhooks, so that the demo market has somebody to tell.

use crate::app::App;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpResponse, post};

/// Its route. It answers 404 outside of a sandbox.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(receive);
}

/// Takes whatever comes.
#[post("/sandbox/webhooks")]
async fn receive(app: Data<App>) -> HttpResponse {
    if app.settings.sandbox {
        HttpResponse::Ok().body("Thank you.")
    } else {
        HttpResponse::NotFound().finish()
    }
}
