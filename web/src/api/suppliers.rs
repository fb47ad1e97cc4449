//! Suppliers.

use tradepost_contract::agreements::{Agreement, CreateAgreement};
use tradepost_contract::businesses::{
    Business, BusinessAssociation, CreateBusiness, CreateBusinessAssociation, UpdateBusiness,
};
use tradepost_contract::contacts::{ContactPoint, CreateContact, UpdateContact};
use tradepost_contract::coverage::{Coverage, CoverageAdded, CreateCoverage, EndCoverage};
use tradepost_contract::suppliers::{
    ChangeStanding, CreateMember, CreateSupplier, Member, Supplier, UpdateMember, UpdateSupplier,
};
use tradepost_contract::{AgreementId, BusinessId, ContactPointId, CoverageId, Page, SupplierId, UserId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /suppliers`
pub async fn list_suppliers(query: ListQuery) -> Result<Page<Supplier>> {
    Call::get(query.behind("/suppliers")).send().await
}

/// `GET /suppliers/{id}`
pub async fn get_supplier(id: SupplierId) -> Result<Supplier> {
    Call::get(format!("/suppliers/{id}")).send().await
}

/// `PATCH /suppliers/{id}`
pub async fn update_supplier(id: SupplierId, version: i64, body: &UpdateSupplier, key: &str) -> Result<Supplier> {
    Call::patch(format!("/suppliers/{id}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /suppliers/{id}/activate`
pub async fn activate_supplier(id: SupplierId, version: i64, body: &ChangeStanding, key: &str) -> Result<Supplier> {
    Call::post(format!("/suppliers/{id}/activate"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /suppliers/{id}/suspend`
pub async fn suspend_supplier(id: SupplierId, version: i64, body: &ChangeStanding, key: &str) -> Result<Supplier> {
    Call::post(format!("/suppliers/{id}/suspend"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /suppliers/{id}/close`
pub async fn close_supplier(id: SupplierId, version: i64, body: &ChangeStanding, key: &str) -> Result<Supplier> {
    Call::post(format!("/suppliers/{id}/close"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `GET /suppliers/{id}/businesses`
pub async fn list_businesses(id: SupplierId, query: ListQuery) -> Result<Page<Business>> {
    Call::get(query.behind(&format!("/suppliers/{id}/businesses")))
        .send()
        .await
}

/// `GET /suppliers/{id}/contacts`
pub async fn list_contacts(id: SupplierId, query: ListQuery) -> Result<Page<ContactPoint>> {
    Call::get(query.behind(&format!("/suppliers/{id}/contacts")))
        .send()
        .await
}

/// `GET /suppliers/{id}/coverage`
pub async fn list_coverage(id: SupplierId, query: ListQuery) -> Result<Page<Coverage>> {
    Call::get(query.behind(&format!("/suppliers/{id}/coverage")))
        .send()
        .await
}

/// `GET /suppliers/{id}/members`
pub async fn list_members(id: SupplierId, query: ListQuery) -> Result<Page<Member>> {
    Call::get(query.behind(&format!("/suppliers/{id}/members")))
        .send()
        .await
}

/// `GET /suppliers/{id}/agreements`
pub async fn list_agreements(id: SupplierId, query: ListQuery) -> Result<Page<Agreement>> {
    Call::get(query.behind(&format!("/suppliers/{id}/agreements")))
        .send()
        .await
}

/// `POST /suppliers/{id}/contacts`
pub async fn create_contact(id: SupplierId, body: &CreateContact, key: &str) -> Result<ContactPoint> {
    Call::post(format!("/suppliers/{id}/contacts"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `PATCH /contacts/{id}`
pub async fn update_contact(id: ContactPointId, version: i64, body: &UpdateContact, key: &str) -> Result<ContactPoint> {
    Call::patch(format!("/contacts/{id}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /suppliers/{id}/coverage`
pub async fn create_coverage(id: SupplierId, body: &CreateCoverage, key: &str) -> Result<CoverageAdded> {
    Call::post(format!("/suppliers/{id}/coverage"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /coverage/{id}/end`
pub async fn end_coverage(id: CoverageId, body: &EndCoverage, key: &str) -> Result<Coverage> {
    Call::post(format!("/coverage/{id}/end"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /suppliers`
pub async fn create_supplier(body: &CreateSupplier, key: &str) -> Result<Supplier> {
    Call::post("/suppliers").once(key).json(body).send().await
}

/// `POST /suppliers/{id}/businesses`
pub async fn create_business(id: SupplierId, body: &CreateBusiness, key: &str) -> Result<Business> {
    Call::post(format!("/suppliers/{id}/businesses"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `PATCH /businesses/{id}`
pub async fn update_business(id: BusinessId, version: i64, body: &UpdateBusiness, key: &str) -> Result<Business> {
    Call::patch(format!("/businesses/{id}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `GET /business-associations`
pub async fn list_business_associations(query: ListQuery) -> Result<Page<BusinessAssociation>> {
    Call::get(query.behind("/business-associations")).send().await
}

/// `POST /business-associations`
pub async fn create_business_association(body: &CreateBusinessAssociation, key: &str) -> Result<BusinessAssociation> {
    Call::post("/business-associations").once(key).json(body).send().await
}

/// `POST /suppliers/{id}/members`
pub async fn create_member(id: SupplierId, body: &CreateMember, key: &str) -> Result<Member> {
    Call::post(format!("/suppliers/{id}/members"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `PATCH /members/{id}`
pub async fn update_member(user: UserId, version: i64, body: &UpdateMember, key: &str) -> Result<Member> {
    Call::patch(format!("/members/{user}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /members/{id}/remove`
pub async fn remove_member(user: UserId, key: &str) -> Result<()> {
    Call::post(format!("/members/{user}/remove"))
        .once(key)
        .json(&serde_json::Map::new())
        .send_only()
        .await
}

/// `POST /members/{id}/resend-invitation`
pub async fn resend_invitation(user: UserId, key: &str) -> Result<Member> {
    Call::post(format!("/members/{user}/resend-invitation"))
        .once(key)
        .json(&serde_json::Map::new())
        .send()
        .await
}

/// `POST /suppliers/{id}/agreements`
pub async fn create_agreement(id: SupplierId, body: &CreateAgreement, key: &str) -> Result<Agreement> {
    Call::post(format!("/suppliers/{id}/agreements"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `GET /agreements/{id}`
pub async fn get_agreement(id: AgreementId) -> Result<Agreement> {
    Call::get(format!("/agreements/{id}")).send().await
}
