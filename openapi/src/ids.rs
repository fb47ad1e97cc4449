//! Typed ids: 63-bit, time-ordered, shown as a prefix and 13 characters of Crockford base32.
//!
//! An id is a `BIGINT` in the database and a string on the wire, so that no JavaScript client
//! rounds it and no `LeadId` is ever passed where a `SupplierId` is meant.

use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 13 characters of 5 bits hold the 63 bits of an id.
const LENGTH: usize = 13;
/// Room for the longest prefix, the underscore and the characters.
const LONGEST: usize = 24;

/// Why a text is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id that starts with `{expected}_`")]
pub struct ParseIdError {
    /// The prefix an id of this kind has.
    pub expected: &'static str,
}

/// The text of an id on the stack: a page of a list writes hundreds of them.
struct Written {
    text: [u8; LONGEST],
    length: usize,
}

impl Written {
    fn new(prefix: &str, value: i64) -> Self {
        let mut text = [b'_'; LONGEST];
        let digits = prefix.len() + 1;
        let length = digits + LENGTH;
        text[..prefix.len()].copy_from_slice(prefix.as_bytes());
        let mut rest = value as u64;
        for slot in text[digits..length].iter_mut().rev() {
            *slot = ALPHABET[(rest & 31) as usize];
            rest >>= 5;
        }
        Self { text, length }
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[..self.length]).unwrap_or_default()
    }
}

fn decode(prefix: &'static str, text: &str) -> Result<i64, ParseIdError> {
    let wrong = || ParseIdError { expected: prefix };
    let digits = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .ok_or_else(wrong)?;
    if digits.len() != LENGTH {
        return Err(wrong());
    }
    let mut value: u64 = 0;
    for byte in digits.bytes() {
        let digit = ALPHABET.iter().position(|known| *known == byte).ok_or_else(wrong)? as u64;
        if value >> 58 != 0 {
            return Err(wrong());
        }
        value = value << 5 | digit;
    }
    i64::try_from(value).map_err(|_| wrong())
}

/// What all typed ids share.
pub trait Id: Copy + Eq + Ord + fmt::Display + FromStr<Err = ParseIdError> + Send + Sync + 'static {
    /// What stands before the underscore, such as `lead`.
    const PREFIX: &'static str;
    /// The id with this number.
    fn from_i64(value: i64) -> Self;
    /// The number in the database.
    fn as_i64(self) -> i64;
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "server", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "server", diesel(sql_type = diesel::sql_types::BigInt))]
        pub struct $name(i64);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_i64(value: i64) -> Self { Self(value) }
            fn as_i64(self) -> i64 { self.0 }
        }

        const _: () = assert!($prefix.len() + 1 + LENGTH <= LONGEST, "the prefix is too long");

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(Written::new($prefix, self.0).as_str()) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(Written::new($prefix, self.0).as_str()) }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> { decode($prefix, text).map(Self) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(Written::new($prefix, self.0).as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!("An id that starts with `", $prefix, "_`.")))
                    .pattern(Some(concat!("^", $prefix, "_[0-9a-hjkmnp-tv-z]{13}$")))
                    .examples([serde_json::json!(Self(0x0123_4567_89ab_cdef).to_string())])
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}

        #[cfg(feature = "server")]
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::BigInt, DB> for $name
        where DB: diesel::backend::Backend, i64: diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }

        #[cfg(feature = "server")]
        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for $name
        where DB: diesel::backend::Backend, i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                i64::from_sql(bytes).map(Self)
            }
        }
    )+};
}

ids! {
    /// The company that issues invoices; invoice numbers are gapless within it.
    LegalEntityId = "le";
    /// A brand with its rules.
    ProgrammeId = "prog";
    /// One published or draft version of a programme's policy.
    PolicyVersionId = "pol";
    /// A policy as resolved through all layers; stamped on deliveries, orders and pauses.
    ResolvedPolicyId = "rpol";
    /// A person who signs in.
    UserId = "user";
    /// A sign-in on one device: the family of its refresh tokens.
    SessionId = "sess";
    /// A third party's key.
    ApiKeyId = "key";
    /// A request that was made with a key.
    ApiKeyRequestId = "kreq";
    /// What is sold: a category of leads with a buyer limit and a price.
    LeadProductId = "prod";
    /// Who buys leads.
    SupplierId = "sup";
    /// One trading business of a supplier.
    BusinessId = "biz";
    /// The group that competing branches belong to; one lead is sold once within it.
    BusinessAssociationId = "assoc";
    /// An address that receives leads or invoices.
    ContactPointId = "cont";
    /// A signed agreement and the terms it overrides.
    AgreementId = "agr";
    /// One line of a coverage list.
    CoverageId = "cov";
    /// A standing request for leads.
    OrderId = "ord";
    /// An order on its way to being paid.
    CheckoutId = "chk";
    /// A code that makes an order cheaper.
    CouponId = "coup";
    /// One use of a coupon.
    RedemptionId = "rdm";
    /// An enquiry.
    LeadId = "lead";
    /// A file of leads.
    LeadImportId = "imp";
    /// A sender that posts enquiries in a format of its own.
    LeadSourceId = "src";
    /// One enquiry that a source was sent.
    LeadSourcePostId = "lsp";
    /// One lead sold to one supplier.
    DeliveryId = "del";
    /// A claim that a delivery was bad.
    ReturnRequestId = "ret";
    /// A lead owed for a returned one.
    ReplacementId = "repl";
    /// What a supplier asked the seller.
    SupportTicketId = "tkt";
    /// What somebody wrote in a support ticket.
    SupportMessageId = "tmsg";
    /// That a supplier accepted a version of a notice.
    NoticeAcceptanceId = "nac";
    /// What a person behind leads asked for.
    SubjectRequestId = "subj";
    /// That a lead's person must not be erased.
    LeadHoldId = "hold";
    /// That a supplier was told to erase a person.
    ErasureNoticeId = "ers";
    /// What a regular look at a supplier's returns found.
    RateReviewId = "rate";
    /// One pass over a billing period.
    BillingRunId = "run";
    /// What a supplier owes for a period.
    InvoiceId = "inv";
    /// One line of an invoice.
    InvoiceLineId = "line";
    /// A correction of a final invoice.
    CreditNoteId = "cn";
    /// A credit that one invoice used up, in part or whole.
    CreditAllocationId = "cal";
    /// A credit that was paid out.
    CreditRefundId = "crf";
    /// A month that was closed.
    MonthCloseId = "close";
    /// Money for an invoice: received, or on its way.
    PaymentId = "pay";
    /// One try of a payment at the gateway; also the key under which the gateway charges once.
    PaymentAttemptId = "att";
    /// A stored way to pay.
    PaymentMethodId = "pm";
    /// The adding of a way to pay on the gateway's page.
    PaymentMethodSessionId = "pms";
    /// What pays an invoice: a part of a payment, or of a credit balance.
    AllocationId = "alloc";
    /// Money given back.
    RefundId = "rfnd";
    /// An order that is placed again at an interval.
    LoyaltySubscriptionId = "loy";
    /// A while without leads.
    PauseId = "pause";
    /// The cancellation of an account.
    CancellationId = "canc";
    /// A change that somebody asked for.
    ChangeRequestId = "chg";
    /// A package of leads that a business commits to.
    PackageId = "pkg";
    /// A plan that a supplier has.
    PlanSubscriptionId = "plan";
    /// A call that was made for a customer.
    CallAttemptId = "call";
    /// One movement of a wallet.
    WalletEntryId = "went";
    /// Something the gateway told us.
    GatewayEventId = "gev";
    /// The comparison of one day with the gateway.
    ReconciliationId = "rec";
    /// Something in which the gateway and the books differed.
    ReconciliationDifferenceId = "rdif";
    /// An account of the journal.
    LedgerAccountId = "acct";
    /// A balanced entry of the journal.
    JournalEntryId = "je";
    /// Something that happened.
    EventId = "evt";
    /// An address that events are sent to.
    WebhookEndpointId = "whe";
    /// One event on its way to one endpoint.
    WebhookDeliveryId = "whd";
    /// One attempt to send an event.
    WebhookAttemptId = "wha";
    /// Where leads of a supplier are delivered besides the portal.
    DeliveryTargetId = "dtg";
    /// A record of a change that somebody made.
    AuditEntryId = "aud";
    /// A message that a rule demands.
    NotificationId = "note";
    /// A mail to one address.
    MailId = "mail";
    /// A piece of background work.
    JobId = "job";
    /// One posting of a journal entry.
    PostingId = "post";
    /// A purpose-bound, single-use link to a person.
    UserLinkId = "link";
    /// A look of staff at a supplier's portal.
    ImpersonationId = "imp";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_the_round_trip_and_sorts_like_its_number() {
        for value in [0, 1, 31, 32, i64::MAX, 0x0123_4567_89ab_cdef] {
            let id = LeadId::from_i64(value);
            assert_eq!(id.to_string().parse::<LeadId>(), Ok(id));
        }
        assert!(LeadId(1).to_string() < LeadId(i64::MAX).to_string());
    }

    #[test]
    fn anything_else_is_refused() {
        let good = LeadId(77).to_string();
        for bad in [
            "",
            "lead",
            "lead_",
            "lead_77",
            "lead_zzzzzzzzzzzzz",
            "sup_000000000002d",
            "77",
            "lead_00000000000U1",
        ] {
            assert!(bad.parse::<LeadId>().is_err(), "{bad}");
        }
        assert!(good.to_uppercase().parse::<LeadId>().is_err(), "one spelling an id");
    }
}
