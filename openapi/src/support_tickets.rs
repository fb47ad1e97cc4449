//! Support tickets: what a supplier asks the seller, until when it is to be answered, and the answer (R34, R83).

use crate::transition::InvalidTransition;
use crate::{DeliveryId, InvoiceId, ProgrammeId, SupplierId, SupportMessageId, SupportTicketId, Timestamp, UserId};

text_enum! {
    /// Where a ticket stands.
    pub enum TicketStatus {
        /// It waits for staff.
        Open = "open",
        /// Staff wrote last.
        Answered = "answered",
        /// It is over.
        Closed = "closed",
    }
}

text_enum! {
    /// What can happen to a ticket.
    pub enum TicketAction {
        /// The supplier writes: once more, or after it was closed.
        Ask = "ask",
        /// Staff answer.
        Answer = "answer",
        /// It is settled.
        Close = "close",
    }
}

impl TicketStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: TicketAction) -> Result<Self, InvalidTransition> {
        use TicketAction as A;
        match (self, action) {
            (Self::Open | Self::Answered | Self::Closed, A::Ask) => Ok(Self::Open),
            (Self::Open | Self::Answered, A::Answer) => Ok(Self::Answered),
            (Self::Open | Self::Answered, A::Close) => Ok(Self::Closed),
            (Self::Closed, A::Answer | A::Close) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

text_enum! {
    /// What a ticket is about.
    pub enum TicketTopic {
        /// The leads.
        Leads = "leads",
        /// Returned leads.
        Returns = "returns",
        /// Invoices and payments.
        Billing = "billing",
        /// Orders, plans, packages.
        Orders = "orders",
        /// The account and its people.
        Account = "account",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// Who wrote.
    pub enum TicketAuthor {
        /// Somebody of the supplier.
        Supplier = "supplier",
        /// Somebody of the seller.
        Staff = "staff",
    }
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SupportMessage {
    /// Its id.
    pub id: SupportMessageId,
    /// Which side wrote.
    pub author: TicketAuthor,
    /// Who wrote.
    pub author_name: String,
    /// What.
    pub text: String,
    /// Staff wrote it down after they had called.
    pub by_phone: bool,
    /// Only staff read it.
    pub internal: bool,
    /// When.
    pub written_at: Timestamp,
}

/// A ticket without what was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SupportTicket {
    /// Its id.
    pub id: SupportTicketId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Whose.
    pub supplier_id: SupplierId,
    /// What that supplier is called now.
    pub supplier_name: String,
    /// What it is about.
    pub topic: TicketTopic,
    /// The same in a line.
    pub subject: String,
    /// Where it stands.
    pub status: TicketStatus,
    /// Who opened it.
    pub opened_by_name: String,
    /// The lead that it is about.
    pub delivery_id: Option<DeliveryId>,
    /// The invoice that it is about.
    pub invoice_id: Option<InvoiceId>,
    /// They want to be called at this number (R34), in E.164.
    pub call_back_phone: Option<String>,
    /// Whose it is among staff; nobody's in particular where there is none.
    pub assigned_to: Option<UserId>,
    /// What they are called.
    pub assigned_to_name: Option<String>,
    /// Until when it is to be answered, by the programme's business hours (R34); none where nothing is promised, or nothing
    /// waits for an answer.
    pub reply_due_at: Option<Timestamp>,
    /// That time is over.
    pub is_late: bool,
    /// When staff answered for the first time.
    pub first_answered_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When somebody wrote last.
    pub last_written_at: Timestamp,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

/// A ticket with what was written, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SupportThread {
    /// The ticket.
    pub ticket: SupportTicket,
    /// What was written; a supplier does not see what only staff read.
    pub messages: Vec<SupportMessage>,
    /// What the caller may do with it now.
    pub allowed_actions: Vec<TicketAction>,
}

/// A question of a supplier, or one that staff write down for it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSupportTicket {
    /// Whose question it is.
    pub supplier_id: SupplierId,
    /// What it is about.
    pub topic: TicketTopic,
    /// The same in a line.
    #[schema(example = "Leads from outside of my area", min_length = 1, max_length = 150)]
    pub subject: String,
    /// The question.
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
    /// The lead that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<DeliveryId>,
    /// The invoice that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<InvoiceId>,
    /// Call back at this number, where the programme does that (R34).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "+15125550123")]
    pub call_back_phone: Option<String>,
}

/// Something more to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteSupportMessage {
    /// What.
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
    /// It was said in a call, and staff write it down.
    #[serde(default)]
    pub by_phone: bool,
    /// Only for staff: it answers nothing.
    #[serde(default)]
    pub internal: bool,
}

/// Whose a ticket is from now on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignSupportTicket {
    /// Somebody of staff who answers tickets; null for nobody in particular.
    pub assigned_to: Option<UserId>,
}

/// Nothing needs to be said to close a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseSupportTicket {}

/// What a supplier may ask for, and how soon it is answered (R34).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SupportPromise {
    /// An answer comes within so many hours of business days, a business day having 24; none where nothing is promised.
    pub reply_within_business_hours: Option<u32>,
    /// When that would be for a question that is asked now.
    pub reply_due_at: Option<Timestamp>,
    /// They may ask to be called.
    pub call_back: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of state and action.
    #[test]
    fn each_action_from_each_state() {
        use TicketAction as A;
        use TicketStatus as S;
        let expected = [
            (S::Open, A::Ask, Some(S::Open)),
            (S::Open, A::Answer, Some(S::Answered)),
            (S::Open, A::Close, Some(S::Closed)),
            (S::Answered, A::Ask, Some(S::Open)),
            (S::Answered, A::Answer, Some(S::Answered)),
            (S::Answered, A::Close, Some(S::Closed)),
            (S::Closed, A::Ask, Some(S::Open)),
            (S::Closed, A::Answer, None),
            (S::Closed, A::Close, None),
        ];
        assert_eq!(expected.len(), S::ALL.len() * A::ALL.len());
        for (from, action, to) in expected {
            assert_eq!(from.after(action).ok(), to, "{from} {action}");
        }
    }
}
