//! Rows of legal entities.

use crate::db::schema::legal_entities;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::programmes::{CreateLegalEntity, LegalEntity};
use tradepost_contract::{Id, LegalEntityId, Page, ProblemCode, Timestamp};

type Row = (
    LegalEntityId,
    String,
    String,
    Option<String>,
    String,
    String,
    String,
    Option<String>,
    Option<Timestamp>,
    Timestamp,
);

fn entity(row: Row) -> LegalEntity {
    let (
        id,
        name,
        country,
        tax_id,
        address,
        billing_zone,
        invoice_prefix,
        payment_instructions,
        closed_before,
        created_at,
    ) = row;
    LegalEntity {
        id,
        name,
        country,
        tax_id,
        address,
        billing_zone,
        invoice_prefix,
        payment_instructions,
        closed_before,
        created_at,
    }
}

pub(super) fn list(conn: &mut Conn, window: &Window) -> ApiResult<Page<LegalEntity>> {
    let mut query = legal_entities::table
        .order((legal_entities::created_at.desc(), legal_entities::id.desc()))
        .limit(window.fetch())
        .select((
            legal_entities::id,
            legal_entities::name,
            legal_entities::country,
            legal_entities::tax_id,
            legal_entities::address,
            legal_entities::billing_zone,
            legal_entities::invoice_prefix,
            legal_entities::payment_instructions,
            legal_entities::closed_before,
            legal_entities::created_at,
        ))
        .into_boxed();
    if let Some((at, id)) = window.after() {
        let id = LegalEntityId::from_i64(id);
        query = query
            .filter(legal_entities::created_at.le(at))
            .filter(legal_entities::created_at.lt(at).or(legal_entities::id.lt(id)));
    }
    let rows = query.load::<Row>(conn)?.into_iter().map(entity).collect();
    Ok(window.finish(rows, |entity: &LegalEntity| (entity.created_at, entity.id.as_i64())))
}

pub(super) fn insert(tx: &mut Tx<'_>, body: &CreateLegalEntity) -> ApiResult<LegalEntity> {
    let (id, created_at): (LegalEntityId, _) = (tx.new_id(), tx.wall_now());
    let entity = LegalEntity {
        id,
        name: body.name.trim().to_owned(),
        country: body.country.clone(),
        tax_id: body.tax_id.clone(),
        address: body.address.trim().to_owned(),
        billing_zone: body.billing_zone.clone(),
        invoice_prefix: body.invoice_prefix.clone(),
        payment_instructions: body.payment_instructions.as_ref().map(|text| text.trim().to_owned()),
        closed_before: None,
        created_at,
    };
    diesel::insert_into(legal_entities::table)
        .values((
            legal_entities::id.eq(id),
            legal_entities::name.eq(&entity.name),
            legal_entities::country.eq(&entity.country),
            legal_entities::tax_id.eq(&entity.tax_id),
            legal_entities::address.eq(&entity.address),
            legal_entities::billing_zone.eq(&entity.billing_zone),
            legal_entities::invoice_prefix.eq(&entity.invoice_prefix),
            legal_entities::payment_instructions.eq(&entity.payment_instructions),
            legal_entities::next_invoice_number.eq(1),
            legal_entities::next_credit_note_number.eq(1),
            legal_entities::created_at.eq(created_at),
        ))
        .execute(&mut **tx)
        .map_err(|cause| {
            if is_unique_violation(&cause) {
                let message = "Another legal entity numbers its invoices with this prefix.";
                ApiError::new(ProblemCode::Duplicate).field("/invoice_prefix", "taken", message)
            } else {
                cause.into()
            }
        })?;
    Ok(entity)
}
