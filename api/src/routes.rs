//! The whole API on one screen. Which permission an operation needs stands in `auth/operations.rs`.

use crate::auth::operations::{Access, OPERATIONS};
use actix_web::dev::HttpServiceFactory;
use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, get};
use utoipa::OpenApi;
use utoipa::openapi::path::Paths;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa_actix_web::OpenApiFactory;

/// Where the API lives.
pub const API: &str = "/api/v1";

/// What a resource gives its handlers to.
///
/// Describing an operation costs far more than answering at its path. The server would do it once a worker, for a
/// document that nobody reads, so it only takes the handlers, and the document only takes their descriptions.
pub enum Routes<'a> {
    /// A worker of the server, which answers.
    Served(&'a mut ServiceConfig),
    /// The document, which says what can be asked.
    Described(&'a mut utoipa::openapi::OpenApi),
}

impl Routes<'_> {
    /// Adds a handler at the path and method of its attribute.
    pub fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, handler: F) -> &mut Self {
        match self {
            Self::Served(config) => drop(config.service(handler)),
            Self::Described(document) => {
                let mut below = Paths::new();
                for (path, item) in handler.paths().paths {
                    below.paths.insert(format!("{API}{path}"), item);
                }
                document.paths.merge(below);
                let mut schemas = Vec::new();
                handler.schemas(&mut schemas);
                document.components.get_or_insert_default().schemas.extend(schemas);
            }
        }
        self
    }

    /// Adds the handlers of a resource.
    pub fn configure(&mut self, routes: impl FnOnce(&mut Routes<'_>)) -> &mut Self {
        routes(self);
        self
    }
}

/// The API as a worker of the server answers it.
pub fn api(config: &mut ServiceConfig) {
    let api = web::scope(API).configure(|config| every_resource(&mut Routes::Served(config)));
    config.service(api.wrap(from_fn(crate::auth::gate::keep)));
}

/// Every resource, below `/api/v1`. What programs ask for most stands first: a path is looked for in this order, and each
/// pattern that it is not costs as much as reading a row.
fn every_resource(routes: &mut Routes<'_>) {
    routes
        .configure(crate::leads::routes)
        .configure(crate::deliveries::routes)
        .configure(crate::events::routes)
        .configure(crate::return_requests::routes)
        .configure(crate::orders::routes)
        .configure(crate::suppliers::routes)
        .configure(crate::invoices::routes)
        .configure(crate::auth::routes)
        .configure(crate::health::routes)
        .configure(crate::lead_sources::routes)
        .configure(crate::delivery_targets::routes)
        .configure(crate::webhooks::routes)
        .configure(crate::second_factors::routes)
        .configure(crate::access_links::routes)
        .configure(crate::sessions::routes)
        .configure(crate::users::routes)
        .configure(crate::api_keys::routes)
        .configure(crate::impersonations::routes)
        .configure(crate::businesses::routes)
        .configure(crate::contacts::routes)
        .configure(crate::agreements::routes)
        .configure(crate::coverage::routes)
        .configure(crate::checkouts::routes)
        .configure(crate::coupons::routes)
        .configure(crate::sign_ups::routes)
        .configure(crate::storefronts::routes)
        .configure(crate::audit::routes)
        .configure(crate::notifications::routes)
        .configure(crate::mails::routes)
        .configure(crate::mail_templates::routes)
        .configure(crate::mail_preferences::routes)
        .configure(crate::search::routes)
        .configure(crate::replacements::routes)
        .configure(crate::rate_reviews::routes)
        .configure(crate::support_tickets::routes)
        .configure(crate::subject_requests::routes)
        .configure(crate::erasure_notices::routes)
        .configure(crate::lead_holds::routes)
        .configure(crate::retention::routes)
        .configure(crate::notice_acceptances::routes)
        .configure(crate::reports::routes)
        .configure(crate::billing_runs::routes)
        .configure(crate::payments::routes)
        .configure(crate::payment_methods::routes)
        .configure(crate::collection::routes)
        .configure(crate::refunds::routes)
        .configure(crate::wallets::routes)
        .configure(crate::loyalty_subscriptions::routes)
        .configure(crate::pauses::routes)
        .configure(crate::cancellations::routes)
        .configure(crate::change_requests::routes)
        .configure(crate::packages::routes)
        .configure(crate::plans::routes)
        .configure(crate::calls::routes)
        .configure(crate::gateway_events::routes)
        .configure(crate::reconciliations::routes)
        .configure(crate::credit_notes::routes)
        .configure(crate::statements::routes)
        .configure(crate::ledger::routes)
        .configure(crate::month_closes::routes)
        .configure(crate::legal_entities::routes)
        .configure(crate::programmes::routes)
        .configure(crate::policy::routes)
        .configure(crate::lead_products::routes)
        .configure(crate::lead_imports::routes)
        .configure(crate::selling::routes)
        .configure(crate::sandbox::routes);
}

/// What is not part of the API: its document and the pages that show it.
pub fn pages(config: &mut ServiceConfig) {
    config.service(openapi_json).service(
        utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}").config(utoipa_swagger_ui::Config::from("/openapi.json")),
    );
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tradepost",
        description = "The back office of a business that sells leads. \
            Money is in minor units, instants are RFC 3339 in UTC, errors are RFC 9457 problems with a stable `code`. \
            HEAD is answered wherever GET is, without the body. \
            An API key sends so many requests a minute: each answer to it has `RateLimit-Limit`, `RateLimit-Remaining` and \
            `RateLimit-Reset` (seconds until the next minute begins), and one too many is answered 429 with `Retry-After`.",
        license(name = "AGPL-3.0-only", identifier = "AGPL-3.0-only")
    ),
    components(schemas(
        tradepost_contract::Problem,
        tradepost_contract::problem::FieldError,
        tradepost_contract::ProblemCode
    ))
)]
struct Frame;

/// The whole OpenAPI document, with who may call each operation.
pub fn full_document() -> utoipa::openapi::OpenApi {
    let mut document = Frame::openapi();
    every_resource(&mut Routes::Described(&mut document));
    describe_access(&mut document);
    crate::webhooks::describe(&mut document);
    document
}

fn describe_access(document: &mut utoipa::openapi::OpenApi) {
    let schemes = &mut document.components.get_or_insert_default().security_schemes;
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.bearer_format = Some("JWT".to_owned());
    bearer.description = Some("The access token from `POST /auth/login` or `/auth/refresh`.".to_owned());
    schemes.insert("person".to_owned(), SecurityScheme::Http(bearer).into());
    let mut key = Http::new(HttpAuthScheme::Bearer);
    key.description = Some("An API key: `tp_live_…`, or `tp_test_…` in a sandbox.".to_owned());
    schemes.insert("api_key".to_owned(), SecurityScheme::Http(key).into());
    let cookie = ApiKeyValue::with_description("__Host-rt", "The refresh token; `rt` on a loopback address.");
    schemes.insert(
        "refresh_cookie".to_owned(),
        SecurityScheme::ApiKey(ApiKey::Cookie(cookie)).into(),
    );

    for (path, item) in &mut document.paths.paths {
        let methods = [
            ("GET", &mut item.get),
            ("POST", &mut item.post),
            ("PATCH", &mut item.patch),
            ("PUT", &mut item.put),
            ("DELETE", &mut item.delete),
        ];
        for (method, operation) in methods {
            let (Some(operation), Some(below)) = (operation, path.strip_prefix(API)) else {
                continue;
            };
            let Some(row) = OPERATIONS.iter().find(|row| row.method == method && row.path == below) else {
                continue;
            };
            if row.step_up {
                let told = "Needs a session that proved who it is a short while ago; 403 `step_up_required` else, and \
                    `POST /auth/step-up` proves it again.";
                let before = operation.description.take().unwrap_or_default();
                operation.description = Some(format!("{before}\n\n{told}").trim().to_owned());
                let marked = utoipa::openapi::extensions::ExtensionsBuilder::new()
                    .add("x-step-up", true)
                    .build();
                operation.extensions = Some(marked);
            }
            operation.security = Some(match row.access {
                Access::Public => Vec::new(),
                Access::Needs(permission) => {
                    use tradepost_contract::people::KeyScope;
                    let scopes: Vec<_> = KeyScope::ALL
                        .iter()
                        .filter(|scope| permission.held_by_key(**scope))
                        .collect();
                    let person = SecurityRequirement::new("person", [permission.as_str()]);
                    let key = (!scopes.is_empty())
                        .then(|| SecurityRequirement::new("api_key", scopes.iter().map(|scope| scope.as_str())));
                    std::iter::once(person).chain(key).collect()
                }
            });
        }
    }
}

/// The document as it is checked in.
pub fn document_json() -> String {
    let document = full_document();
    // Through a value, so that the keys of objects are in one order whatever made them.
    let value = serde_json::to_value(&document).unwrap_or_default();
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}

#[get("/openapi.json")]
async fn openapi_json() -> HttpResponse {
    static DOCUMENT: std::sync::LazyLock<String> = std::sync::LazyLock::new(document_json);
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .body(DOCUMENT.as_str())
}
