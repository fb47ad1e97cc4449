//! The invariants of messages and mails.

use super::{Check, shown};
use tradepost_contract::{MailId, NotificationId};

pub(super) const MAILS: &[Check] = &[
    Check {
        invariant: "R126 a message that was mailed has mails",
        show: shown::<NotificationId>,
        sql: "SELECT n.id AS row_id, 'has addresses and no mail to any of them' AS detail FROM notifications n \
              WHERE n.mailed_at IS NOT NULL AND n.recipients <> '[]' \
              AND NOT EXISTS (SELECT 1 FROM mails m WHERE m.notification_id = n.id)",
    },
    Check {
        invariant: "F19 a mail is of a message that was mailed",
        show: shown::<MailId>,
        sql: "SELECT m.id AS row_id, 'is to an address of no message that was mailed' AS detail FROM mails m \
              JOIN notifications n ON n.id = m.notification_id \
              WHERE n.mailed_at IS NULL OR n.kind <> m.kind OR n.programme_id <> m.programme_id \
              OR n.recipients NOT LIKE '%' || m.recipient || '%'",
    },
    Check {
        invariant: "F19 a message has one mail to an address",
        show: shown::<NotificationId>,
        sql: "SELECT notification_id AS row_id, 'has ' || COUNT(*) || ' mails to one address' AS detail FROM mails \
              GROUP BY notification_id, LOWER(recipient) HAVING COUNT(*) > 1",
    },
    Check {
        invariant: "F19 what is being sent is claimed, and what was sent says when",
        show: shown::<MailId>,
        sql: "SELECT id AS row_id, 'is ' || status || ' without what belongs to it' AS detail FROM mails WHERE \
              (status = 'sending' AND (lease_token IS NULL OR leased_until IS NULL)) \
              OR (status <> 'sending' AND lease_token IS NOT NULL) \
              OR (status = 'sent' AND sent_at IS NULL) OR (status = 'queued' AND next_attempt_at IS NULL)",
    },
];
