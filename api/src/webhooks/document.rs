//! The `webhooks` of the OpenAPI document: a message for each kind of event, with an example.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tradepost_contract::events::EventKind;
use tradepost_contract::webhooks::{WebhookMessage, is_for_suppliers};
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, OpenApi, PathItem, Paths, Ref, Required, ResponseBuilder, Type};
use utoipa::{PartialSchema, ToSchema};

/// The facts of each kind of event, such as a demo market has them; a test compares them with those of a real one.
const EXAMPLES: &str = include_str!("../../../openapi/src/webhooks/examples.json");

#[derive(Debug, Deserialize)]
struct Example {
    subject: String,
    programme_id: Option<String>,
    supplier_id: Option<String>,
    facts: Value,
}

/// Adds a webhook for each kind of event.
pub(crate) fn describe(document: &mut OpenApi) {
    let examples: BTreeMap<EventKind, Example> = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let components = document.components.get_or_insert_default();
    let mut schemas = Vec::new();
    WebhookMessage::schemas(&mut schemas);
    schemas.push((WebhookMessage::name().into_owned(), WebhookMessage::schema()));
    for (name, schema) in schemas {
        components.schemas.entry(name).or_insert(schema);
    }
    let mut webhooks = Paths::new();
    for kind in EventKind::ALL {
        if let Some(example) = examples.get(kind) {
            webhooks.paths.insert(
                kind.to_string(),
                PathItem::new(HttpMethod::Post, message(*kind, example)),
            );
        }
    }
    document.webhooks = Some(webhooks);
}

fn message(kind: EventKind, example: &Example) -> OperationBuilder {
    let body = json!({
        "type": kind, "timestamp": "2026-11-23T09:30:00Z",
        "data": {
            "subject": example.subject, "programme_id": example.programme_id, "supplier_id": example.supplier_id,
            "facts": example.facts,
        },
    });
    let audience = if is_for_suppliers(kind) {
        "For the seller's endpoints and those of the supplier that it concerns."
    } else {
        "For the seller's endpoints."
    };
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(WebhookMessage::name())))
        .example(Some(body))
        .build();
    let header = |name: &str, what: &str, example: &str| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(what))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .example(Some(json!(example)))
            .build()
    };
    OperationBuilder::new()
        .tag("webhooks")
        .summary(Some(format!("{kind} is sent")))
        .description(Some(audience))
        .parameter(header(
            "webhook-id",
            "The id of the event: the same at every attempt.",
            "evt_04hmasw9nf6yg",
        ))
        .parameter(header(
            "webhook-timestamp",
            "The seconds at which the attempt was made.",
            "1795426200",
        ))
        .parameter(header(
            "webhook-signature",
            "`v1,` and the HMAC-SHA256 over `id.timestamp.body` in base64; two with a blank between after a rotation.",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ))
        .request_body(Some(
            RequestBodyBuilder::new()
                .content("application/json", content)
                .required(Some(Required::True))
                .build(),
        ))
        .response("2XX", ResponseBuilder::new().description("It was taken.").build())
        .response(
            "410",
            ResponseBuilder::new()
                .description("Nothing more shall be sent: the endpoint is disabled.")
                .build(),
        )
        .response(
            "default",
            ResponseBuilder::new()
                .description("It is sent again, ten times within three days.")
                .build(),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_event_has_an_example() {
        let examples: BTreeMap<EventKind, Example> = serde_json::from_str(EXAMPLES).expect("known kinds only");
        let missing: Vec<_> = EventKind::ALL
            .iter()
            .filter(|kind| !examples.contains_key(kind))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        for (kind, example) in examples {
            assert!(example.facts.is_object() && !example.subject.is_empty(), "{kind}");
            assert!(
                !is_for_suppliers(kind) || example.supplier_id.is_some() || kind == EventKind::WebhookEndpointChanged
            );
        }
    }
}
