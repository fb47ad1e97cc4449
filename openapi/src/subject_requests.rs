//! What a person behind leads may ask for: to see what is kept, to be erased, to be left alone.

use crate::deliveries::LeadOutcome;
use crate::leads::{LeadConsent, LeadPerson, LeadPlace, LeadStatus, LeadVerification};
use crate::transition::InvalidTransition;
use crate::{
    CallAttemptId, DeliveryId, LeadId, LeadImportId, ProgrammeId, ReturnRequestId, SubjectRequestId, SupplierId,
    SupportTicketId, Timestamp,
};
use std::collections::BTreeMap;

text_enum! {
    /// What a person asks for.
    pub enum SubjectRequestKind {
        /// To see what is kept, or to have it in a file.
        Access = "access",
        /// To be erased.
        Erasure = "erasure",
        /// Not to be passed on or called any more.
        Objection = "objection",
    }
}

text_enum! {
    /// Where a person's request stands.
    pub enum SubjectRequestStatus {
        /// It is being worked on.
        Open = "open",
        /// The person is erased here, and suppliers that were told have not all said that they did it, too.
        AwaitingRecipients = "awaiting_recipients",
        /// It was done.
        Done = "done",
        /// It was refused, with a reason.
        Refused = "refused",
    }
}

text_enum! {
    /// What can be done with a person's request.
    pub enum SubjectRequestAction {
        /// What is kept was handed to the person.
        Answer = "answer",
        /// The leads are not passed on or called any more.
        Restrict = "restrict",
        /// The person is erased, and nobody is left to be waited for.
        Erase = "erase",
        /// The person is erased, and suppliers were told.
        EraseAndTell = "erase_and_tell",
        /// The last supplier has said that it erased the person.
        HearLast = "hear_last",
        /// It is refused.
        Refuse = "refuse",
    }
}

text_enum! {
    /// By what a lead was found.
    pub enum SubjectMatch {
        /// By the phone number.
        Phone = "phone",
        /// By the e-mail address.
        Email = "email",
        /// By the reference that the person has.
        Reference = "reference",
        /// By name and postcode: it may be somebody else, and staff look before they choose it.
        NameAndPostcode = "name_and_postcode",
    }
}

impl SubjectMatch {
    /// Whether it tells by itself that the lead is this person's.
    pub const fn is_sure(self) -> bool {
        match self {
            Self::Phone | Self::Email | Self::Reference => true,
            Self::NameAndPostcode => false,
        }
    }
}

impl SubjectRequestStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: SubjectRequestAction) -> Result<Self, InvalidTransition> {
        use SubjectRequestAction as A;
        match (self, action) {
            (Self::Open, A::Answer | A::Restrict | A::Erase) => Ok(Self::Done),
            (Self::Open, A::EraseAndTell) => Ok(Self::AwaitingRecipients),
            (Self::Open, A::Refuse) => Ok(Self::Refused),
            (Self::AwaitingRecipients, A::HearLast) => Ok(Self::Done),
            (Self::Open, A::HearLast)
            | (Self::AwaitingRecipients, A::Answer | A::Restrict | A::Erase | A::EraseAndTell | A::Refuse)
            | (
                Self::Done | Self::Refused,
                A::Answer | A::Restrict | A::Erase | A::EraseAndTell | A::HearLast | A::Refuse,
            ) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

/// What a person asked for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SubjectRequest {
    /// Its id, to quote to the person.
    pub id: SubjectRequestId,
    /// Whose rules and calendar it goes by. It is about the person's leads in all programmes.
    pub programme_id: ProgrammeId,
    /// What that programme is called.
    pub programme_name: String,
    /// What is asked for.
    pub kind: SubjectRequestKind,
    /// Where it stands.
    pub status: SubjectRequestStatus,
    /// What the person is called; gone once the request is over.
    pub name: Option<String>,
    /// The person's phone number in E.164; gone once the request is over.
    pub phone: Option<String>,
    /// The person's e-mail address; gone once the request is over.
    pub email: Option<String>,
    /// The person's postcode; gone once the request is over.
    pub postcode: Option<String>,
    /// The reference that the person gave; gone once the request is over.
    pub lead_reference: Option<String>,
    /// How staff made sure that it is this person who asks; gone once the request is over.
    pub identity_note: Option<String>,
    /// Who wrote it down.
    pub opened_by_name: String,
    /// When.
    pub opened_at: Timestamp,
    /// Until when it is to be answered.
    pub due_at: Timestamp,
    /// Whether that time is over and it is still open.
    pub is_late: bool,
    /// Until when what is kept can be fetched as a file.
    pub export_until: Option<Timestamp>,
    /// When it was answered, carried out or refused.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by_name: Option<String>,
    /// Why it was refused.
    pub refusal: Option<String>,
    /// How many leads were erased or restricted for it.
    pub leads: i64,
    /// How many suppliers were told.
    pub recipients: i64,
    /// How many of them have not acknowledged yet.
    pub recipients_waiting: i64,
    /// Counts the changes; the `ETag`.
    pub version: i64,
    /// What the caller may do with it now.
    pub allowed_actions: Vec<SubjectRequestAction>,
}

/// Writes down what a person asked for. Something is needed to find them by: a phone number, an e-mail address, a reference,
/// or a name with a postcode.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "programme_id": "prog_00000000000c5", "kind": "erasure", "name": "Dana Reyes", "phone": "+1 512 474 0142",
    "email": "dana@reyesdental.example", "identity_note": "Called back on the number of the lead."
}))]
pub struct CreateSubjectRequest {
    /// The programme the person turned to: its rules and calendar count.
    pub programme_id: ProgrammeId,
    /// What is asked for.
    pub kind: SubjectRequestKind,
    /// What the person is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// A phone number in any common spelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// An e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// The postcode of the enquiry, to find it by with the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20)]
    pub postcode: Option<String>,
    /// A reference that the person has: of the lead, of its sale, or the sender's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub lead_reference: Option<String>,
    /// How you made sure that it is this person who asks.
    #[schema(min_length = 1, max_length = 1000)]
    pub identity_note: String,
}

/// What is kept of a person. It is looked up each time; no copy is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SubjectFindings {
    /// The leads of the person, and those that may be, the newest first; at most 200.
    pub leads: Vec<SubjectLead>,
    /// Whether there are more than those.
    pub more: bool,
    /// What would be erased, in numbers.
    pub counts: SubjectCounts,
    /// Whether the person is kept out already, by an earlier request.
    pub kept_out: bool,
}

/// How much there is of a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SubjectCounts {
    /// Leads that are not erased.
    pub leads: i64,
    /// Their sales: so many suppliers are told.
    pub deliveries: i64,
    /// Return requests for these.
    pub return_requests: i64,
    /// Rows of imported files, also of those that became no lead.
    pub import_rows: i64,
    /// What lead sources sent, was refused and is still kept.
    pub lead_source_posts: i64,
    /// Calls with a note.
    pub call_notes: i64,
    /// Messages of support tickets that name the person.
    pub support_messages: i64,
    /// Messages to other programs about these leads; they hold no particulars, but an answer may.
    pub webhook_deliveries: i64,
    /// Mails about these leads; their texts are written from what is kept, so that they lose the particulars with it.
    pub mails: i64,
    /// Recordings that lie elsewhere and are to be deleted there.
    pub recordings: i64,
}

/// One lead of a person, with everything that is kept about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SubjectLead {
    /// The lead.
    pub lead_id: LeadId,
    /// By what it was found.
    pub found_by: Vec<SubjectMatch>,
    /// Whether it is held, so that its person cannot be erased.
    pub is_held: bool,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// What that is called.
    pub programme_name: String,
    /// What it was offered as.
    pub product_name: String,
    /// Where it stands.
    pub status: LeadStatus,
    /// Where it came from, as the sender says.
    pub source: Option<String>,
    /// The sender's own id.
    pub external_id: Option<String>,
    /// The file it came with.
    pub import_id: Option<LeadImportId>,
    /// When the person asked.
    pub enquired_at: Timestamp,
    /// Who asked.
    pub person: LeadPerson,
    /// Where.
    pub place: LeadPlace,
    /// What else the form asked.
    pub answers: BTreeMap<String, String>,
    /// What the person agreed to.
    pub consent: Option<LeadConsent>,
    /// How the person was verified, and where a recording lies.
    pub verification: Option<LeadVerification>,
    /// Whom it was sold to.
    pub deliveries: Vec<SubjectDelivery>,
    /// Calls that were made.
    pub calls: Vec<SubjectCall>,
}

/// One buyer of a person's lead.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SubjectDelivery {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Who bought.
    pub supplier_id: SupplierId,
    /// What they are called.
    pub supplier_name: String,
    /// When.
    pub delivered_at: Timestamp,
    /// What the supplier says came of it.
    pub outcome: Option<LeadOutcome>,
    /// What the supplier noted.
    pub note: Option<String>,
    /// The return request for it.
    pub return_request_id: Option<ReturnRequestId>,
    /// What the supplier wrote there.
    pub return_note: Option<String>,
    /// Support tickets about it.
    pub support_tickets: Vec<SupportTicketId>,
}

/// One call to a person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SubjectCall {
    /// The call.
    pub call_attempt_id: CallAttemptId,
    /// When.
    pub started_at: Timestamp,
    /// How it ended.
    pub disposition: String,
    /// What the caller noted.
    pub note: Option<String>,
}

/// Everything that is kept of a person, as a file to hand over.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SubjectExport {
    /// The request it was made for.
    pub subject_request_id: SubjectRequestId,
    /// Who is asked.
    pub programme_name: String,
    /// When it was put together.
    pub made_at: Timestamp,
    /// The leads.
    pub leads: Vec<SubjectLead>,
}

/// Erases or restricts leads of a person, or none where there is something of them elsewhere only. They must be among those
/// that are found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnSubject {
    /// Which leads: those that staff looked at. At most 200.
    #[schema(max_items = 200)]
    pub leads: Vec<LeadId>,
}

/// Makes the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowSubjectExport {
    /// Which leads go into it, at most 200; without it those that are surely the person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub leads: Option<Vec<LeadId>>,
}

/// Says that what is kept was handed to the person. Nothing else is to be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerSubject {}

/// Refuses what a person asked for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefuseSubject {
    /// Why, as it was told to the person; no names or numbers.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_status_and_action_is_decided() {
        use SubjectRequestAction as A;
        use SubjectRequestStatus as S;
        let allowed = [
            (S::Open, A::Answer, S::Done),
            (S::Open, A::Restrict, S::Done),
            (S::Open, A::Erase, S::Done),
            (S::Open, A::EraseAndTell, S::AwaitingRecipients),
            (S::Open, A::Refuse, S::Refused),
            (S::AwaitingRecipients, A::HearLast, S::Done),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expected = allowed.iter().find(|(f, a, _)| f == from && a == action);
                assert_eq!(
                    from.after(*action).ok(),
                    expected.map(|(_, _, to)| *to),
                    "{from} {action}"
                );
            }
        }
    }
}
