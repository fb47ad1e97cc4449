//! The invariants of erasures: who is erased is nowhere, and everybody who bought the lead was told.

use super::{Check, shown};
use tradepost_contract::{LeadId, ProgrammeId, SubjectRequestId};

pub(super) const PRIVACY: &[Check] = &[
    Check {
        invariant: "R81 nothing says who an erased lead was",
        show: shown::<LeadId>,
        sql: "SELECT l.id AS row_id, 'is erased and its particulars are there' AS detail FROM leads l \
              LEFT JOIN lead_people p ON p.lead_id = l.id LEFT JOIN lead_consents c ON c.lead_id = l.id \
              LEFT JOIN lead_verifications v ON v.lead_id = l.id WHERE l.status = 'erased' \
              AND (p.lead_id IS NOT NULL OR c.ip IS NOT NULL OR c.page_url IS NOT NULL OR v.recording_ref IS NOT NULL OR l.answers <> '{}' \
              OR l.postcode IS NOT NULL OR l.city IS NOT NULL)",
    },
    Check {
        invariant: "R81 nobody notes anything about an erased lead",
        show: shown::<LeadId>,
        sql: "SELECT l.id AS row_id, 'is erased and a note about it is there' AS detail FROM leads l \
              WHERE l.status = 'erased' AND (EXISTS (SELECT 1 FROM deliveries d WHERE d.lead_id = l.id AND d.note IS NOT NULL) \
              OR EXISTS (SELECT 1 FROM call_attempts a WHERE a.lead_id = l.id AND a.note IS NOT NULL) \
              OR EXISTS (SELECT 1 FROM lead_fingerprints f WHERE f.lead_id = l.id))",
    },
    Check {
        invariant: "R81 a held lead is not erased",
        show: shown::<LeadId>,
        sql: "SELECT h.lead_id AS row_id, 'is held and erased' AS detail FROM lead_holds h \
              JOIN leads l ON l.id = h.lead_id AND l.status = 'erased' WHERE h.lifted_at IS NULL",
    },
    Check {
        invariant: "R81 what the policy took away is counted",
        show: shown::<ProgrammeId>,
        sql: "SELECT p.id AS row_id, 'counts another number of anonymised leads' AS detail FROM programmes p \
              LEFT JOIN (SELECT programme_id, SUM(removed) AS counted FROM retention_removals \
              WHERE kind IN ('sold_leads', 'unsold_leads', 'refused_leads') GROUP BY programme_id) r ON r.programme_id = p.id \
              LEFT JOIN (SELECT programme_id, COUNT(*) AS gone FROM leads WHERE status = 'erased' AND status_reason = 'retention' \
              GROUP BY programme_id) l ON l.programme_id = p.id WHERE COALESCE(r.counted, 0) <> COALESCE(l.gone, 0)",
    },
    Check {
        invariant: "R82 every buyer of an erased lead was told",
        show: shown::<LeadId>,
        sql: "SELECT d.lead_id AS row_id, 'is erased and a buyer was not told' AS detail FROM deliveries d \
              JOIN leads l ON l.id = d.lead_id AND l.status = 'erased' AND COALESCE(l.status_reason, '') <> 'retention' \
              LEFT JOIN erasure_notices n ON n.delivery_id = d.id AND n.lead_id = d.lead_id AND n.supplier_id = d.supplier_id \
              WHERE n.id IS NULL",
    },
    Check {
        invariant: "R82 a request waits for those who have not acknowledged",
        show: shown::<SubjectRequestId>,
        sql: "SELECT r.id AS row_id, 'waits for another number of suppliers' AS detail FROM subject_requests r \
              LEFT JOIN (SELECT subject_request_id, COUNT(*) AS told, SUM(CASE WHEN acknowledged_at IS NULL THEN 1 ELSE 0 END) AS waiting \
              FROM erasure_notices GROUP BY subject_request_id) n ON n.subject_request_id = r.id \
              WHERE r.recipients <> COALESCE(n.told, 0) OR r.recipients_waiting <> COALESCE(n.waiting, 0)",
    },
    Check {
        invariant: "R81 who was erased is kept out",
        show: shown::<SubjectRequestId>,
        sql: "SELECT r.id AS row_id, 'is done and the person is not kept out' AS detail FROM subject_requests r \
              WHERE r.kind IN ('erasure', 'objection') AND r.status IN ('awaiting_recipients', 'done') \
              AND (r.phone_hash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.kind = 'phone' AND s.hash = r.phone_hash) \
              OR r.email_hash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.kind = 'email' AND s.hash = r.email_hash))",
    },
];
