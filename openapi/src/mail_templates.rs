//! What mails say: each programme may have words of its own for any kind of message (R126).

use crate::events::NotificationKind;
use crate::{ProgrammeId, Timestamp};

/// A template, as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct MailTemplateSummary {
    /// The kind of message.
    pub kind: NotificationKind,
    /// Its subject, not filled in.
    #[schema(example = "New lead: {{ facts.product }}")]
    pub subject: String,
    /// Whether the programme has words of its own for it.
    pub is_own: bool,
    /// Whether it goes to the seller's own people.
    pub for_staff: bool,
    /// When it was last changed; null while it is ours.
    pub updated_at: Option<Timestamp>,
}

/// All templates of a programme.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct MailTemplates {
    /// One for each kind of message.
    pub data: Vec<MailTemplateSummary>,
}

/// A template, whole.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct MailTemplate {
    /// The programme.
    pub programme_id: ProgrammeId,
    /// The kind of message.
    pub kind: NotificationKind,
    /// The template in force, line by line: `subject: …`, then `# heading`, `- name: fact`, `> quote`,
    /// `=> label :: address` (the button), `-> label :: address` (a link), or a paragraph.
    pub source: String,
    /// Whether these are the programme's own words.
    pub is_own: bool,
    /// What it says without words of its own.
    pub original: String,
    /// What may be named between `{{` and `}}`, with made-up values: the preview is filled in with them.
    pub names: serde_json::Value,
    /// Whether it goes to the seller's own people.
    pub for_staff: bool,
    /// Counts the changes; 0 while the programme never had words of its own.
    pub version: i64,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// Puts words of its own in place of ours, or tries them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteMailTemplate {
    /// The template, at most 10,000 characters.
    #[schema(
        example = "subject: A lead for {{ account }}\n# A new lead\n- Phone: {{ lead.phone }}\n=> Open the lead :: {{ url(\"/leads/\" ~ facts.delivery_id) }}"
    )]
    pub source: String,
}

/// How a template looks as a mail, filled in with made-up facts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct MailPreview {
    /// Its subject.
    pub subject: String,
    /// Its sender, as the reader sees it.
    pub from: String,
    /// Its text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
}
