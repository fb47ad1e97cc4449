//! Where an enquiry belongs, and what the checks make of it before anything is kept.

use super::intake::{IntakeContext, NewLead};
use super::rules::{self, Standing};
use crate::auth::{Caller, Principal};
use crate::error::{ApiError, ApiResult};
use crate::market::{Business, Product, Programme, Snapshot};
use std::sync::Arc;
use tradepost_contract::leads::{CreateLead, LeadChannel};
use tradepost_contract::policy::{IntakePolicy, SellingMode};
use tradepost_contract::{FieldError, LeadImportId, ProblemCode, ProgrammeId, SupplierId, Timestamp};

/// Who submits a lead, and what that lets them submit.
#[derive(Debug, Clone)]
pub(crate) struct Submitter {
    /// Their id, as the lead keeps it.
    pub(crate) id_text: String,
    /// The supplier they belong to: they submit its own leads only (R99).
    pub(crate) supplier: Option<SupplierId>,
    /// The programme their key is bound to.
    pub(crate) programme: Option<ProgrammeId>,
    /// How a lead came where the sender does not say.
    pub(crate) channel: LeadChannel,
    /// The import that submits for them.
    pub(crate) import: Option<LeadImportId>,
}

impl Submitter {
    /// Somebody who calls the API.
    pub(crate) fn of(caller: &Caller) -> Self {
        let scope = caller.scope();
        let channel = match caller.principal {
            Principal::Key(_) => LeadChannel::Api,
            Principal::Staff(_) | Principal::Supplier(_) => LeadChannel::Console,
        };
        Self {
            id_text: caller.principal.id_text(),
            supplier: scope.supplier(),
            programme: scope.programme(),
            channel,
            import: None,
        }
    }
}

/// Where an enquiry belongs: found in the market, with the business that was contacted.
pub(super) struct Desk {
    pub(super) programme: Arc<Programme>,
    pub(super) product: Arc<Product>,
    pub(super) business: Option<Arc<Business>>,
    /// The customer whose own lead it is (R99).
    pub(super) own_of: Option<SupplierId>,
}

/// An enquiry that was checked and not kept yet. Everything that refuses an enquiry has refused by now.
pub(crate) struct Checked {
    pub(super) desk: Desk,
    /// The enquiry.
    pub(crate) new: NewLead,
    /// Who its external id belongs to.
    pub(crate) external_source: String,
    /// Where the checks alone put it.
    pub(crate) standing: Standing,
}

impl Checked {
    /// The rules that it was checked by.
    pub(crate) fn policy(&self) -> &IntakePolicy {
        &self.desk.product.policy.intake
    }

    /// Within what a second enquiry of the same person is a duplicate: the customer's own leads, the
    /// contacted business's leads, or the category.
    pub(crate) fn fingerprint_scope(&self) -> String {
        match (self.desk.own_of, &self.desk.business) {
            (Some(supplier), _) => supplier.to_string(),
            (None, Some(business)) => business.id.to_string(),
            (None, None) => self.desk.product.category.clone(),
        }
    }
}

/// An enquiry that was checked before its transaction began: reading phone numbers and places is most of
/// the work of an intake and needs no transaction, and there is one writer for all.
pub(super) struct EarlyCheck(Option<(i64, Checked)>);

impl EarlyCheck {
    /// Checks by the market as it was a moment ago. A refusal is not believed: the request may be a
    /// repeated one that has its answer, or the market may have changed.
    pub(super) fn new(market: Option<&Snapshot>, submitter: &Submitter, dto: &CreateLead, now: Timestamp) -> Self {
        Self(market.and_then(|market| {
            let checked = check(market, submitter, dto.clone(), now).ok()?;
            Some((market.version, checked))
        }))
    }

    /// What the check found, where the market is still the same.
    pub(super) fn by(&self, market: &Snapshot) -> Option<&Checked> {
        let (version, checked) = self.0.as_ref()?;
        (*version == market.version).then_some(checked)
    }
}

/// Checks an enquiry without keeping it: where it belongs, whether it can be read, where the checks put it.
pub(crate) fn check(market: &Snapshot, submitter: &Submitter, dto: CreateLead, now: Timestamp) -> ApiResult<Checked> {
    let (programme, product) = find_product(market, submitter, &dto)?;
    let intake = &product.policy.intake;
    let context = IntakeContext {
        policy: intake,
        country: &programme.country,
        now,
        channel: submitter.channel,
    };
    let new = NewLead::parse(dto, context).map_err(ApiError::invalid)?;
    let (business, own_of) = find_desk(market, submitter, programme, product, new.assigned_number.as_deref())?;
    let mut standing = rules::after_checks(intake, &new.findings);
    if own_of.is_some() {
        standing = rules::in_service(standing);
    }
    let external_source = new.external_source.clone().unwrap_or_else(|| submitter.id_text.clone());
    // A customer's ids are its own: they never meet another customer's, nor the seller's (R127).
    let external_source = match submitter.supplier {
        Some(supplier) => format!("{supplier}/{external_source}"),
        None => external_source,
    };
    let (programme, product) = (Arc::clone(programme), Arc::clone(product));
    let desk = Desk {
        programme,
        product,
        business: business.map(Arc::clone),
        own_of,
    };
    Ok(Checked {
        desk,
        new,
        external_source,
        standing,
    })
}

fn find_product<'m>(
    market: &'m Snapshot,
    submitter: &Submitter,
    dto: &CreateLead,
) -> ApiResult<(&'m Arc<Programme>, &'m Arc<Product>)> {
    let unknown =
        |pointer: &str, message: &str| ApiError::invalid(vec![FieldError::new(pointer, "unknown_id", message)]);
    let own_programme = submitter
        .supplier
        .and_then(|id| market.supplier(id))
        .map(|supplier| supplier.programme_id);
    let visible = |programme: &&Arc<Programme>| {
        let of_key = submitter.programme.is_none_or(|own| own == programme.id);
        let of_supplier = submitter.supplier.is_none() || own_programme == Some(programme.id);
        programme.active && of_key && of_supplier
    };
    let programme = market.find_programme(&dto.programme).filter(visible);
    let programme = programme.ok_or_else(|| unknown("/programme", "There is no such programme."))?;
    let product = market
        .find_product(programme.id, &dto.product)
        .filter(|product| product.active);
    let product = product.ok_or_else(|| unknown("/product", "The programme has no such product."))?;
    Ok((programme, product))
}

/// The contacted business, and the customer whose own lead it is.
type Belonging<'m> = (Option<&'m Arc<Business>>, Option<SupplierId>);

fn find_desk<'m>(
    market: &'m Snapshot,
    submitter: &Submitter,
    programme: &Programme,
    product: &Product,
    number: Option<&str>,
) -> ApiResult<Belonging<'m>> {
    let unknown_number = || {
        let message = "The number is assigned to no business.";
        ApiError::invalid(vec![FieldError::new("/assigned_number", "unknown_number", message)])
    };
    let reachable = |business: &&Arc<Business>| {
        let supplier = market.supplier(business.supplier_id);
        let own = submitter.supplier.is_none_or(|own| own == business.supplier_id);
        business.active && own && supplier.is_some_and(|supplier| supplier.programme_id == programme.id)
    };
    let business = match number {
        None => None,
        Some(number) => Some(
            market
                .business_with_number(number)
                .filter(reachable)
                .ok_or_else(unknown_number)?,
        ),
    };
    let refuse = |code: &str, message: &str| {
        ApiError::new(ProblemCode::PolicyRefuses)
            .detail(message)
            .field("/programme", code, message)
    };
    match (product.policy.distribution.mode, submitter.supplier, business) {
        (SellingMode::OwnLeads, None, None) => Err(refuse("own_leads_only", "Here customers submit leads, their own.")),
        (SellingMode::OwnLeads, supplier, business) => Ok((
            business,
            supplier.or_else(|| business.map(|business| business.supplier_id)),
        )),
        (SellingMode::Market | SellingMode::AssignedNumber, Some(_), _) => {
            Err(refuse("not_a_seller", "Here the seller submits leads, not a supplier."))
        }
        (SellingMode::AssignedNumber, None, None) => {
            let message = "Here a lead reaches one business: give the assigned number that was contacted.";
            Err(ApiError::invalid(vec![FieldError::new(
                "/assigned_number",
                "required",
                message,
            )]))
        }
        (SellingMode::Market | SellingMode::AssignedNumber, None, business) => Ok((business, None)),
    }
}

/// How many may buy it.
pub(super) fn buyers(desk: &Desk) -> i32 {
    let policy = desk.product.policy.distribution.max_buyers;
    rules::max_buyers(
        desk.product.max_buyers,
        policy,
        desk.business.is_some(),
        desk.own_of.is_some(),
    )
}
