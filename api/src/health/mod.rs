//! Whether the server and its database answer.

use crate::app::App;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::routes::Routes;
use actix_web::get;
use actix_web::web::Data;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(get_health);
}

/// That the server answers and can read its database.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct Health {
    /// Always `ok`: anything else is a problem answer.
    #[schema(example = "ok")]
    status: &'static str,
    /// `sqlite` or `postgres`.
    database: &'static str,
    /// The server's version.
    version: &'static str,
}

/// Says whether the server can do its work
///
/// For load balancers: 200 when the database answers, 503 otherwise.
#[utoipa::path(tag = "health", responses((status = 200, body = Health), Problems))]
#[get("/health")]
async fn get_health(app: Data<App>) -> ApiResult<Reply> {
    use diesel::connection::SimpleConnection;
    app.db.read(|conn| Ok(conn.batch_execute("SELECT 1")?)).await?;
    Reply::ok(&Health {
        status: "ok",
        database: app.db.kind(),
        version: env!("CARGO_PKG_VERSION"),
    })
}
