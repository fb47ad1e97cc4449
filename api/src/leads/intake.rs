//! From what was sent to what can be kept: `NewLead::parse`. Later code never sees raw input.
//!
//! Two kinds of fault. What makes the request unusable (a text too long, a required field missing,
//! a date that cannot be) is a field error, and the sender corrects it. What is about the enquiry
//! (a phone number that cannot exist, no consent) is a finding: the policy says whether the lead is
//! taken all the same, quarantined or kept as rejected. A required field whose text is unusable and
//! whose finding the policy accepts is as good as missing, so that is a field error too.

use super::contact;
use crate::geography::{self, countries};
use std::collections::BTreeMap;
use std::net::IpAddr;
use time::Duration;
use tradepost_contract::leads::{CreateLead, LeadChannel, LeadConsent, LeadPerson, LeadPlace, LeadVerification};
use tradepost_contract::policy::{CheckVerdict, FieldNeed, IntakeCheck, IntakePolicy, LeadField};
use tradepost_contract::{FieldError, Timestamp};

/// What parsing depends on besides the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IntakeContext<'a> {
    /// The rules in force for the product.
    pub(crate) policy: &'a IntakePolicy,
    /// The programme's country: of phone numbers without a country code and of places without a country.
    pub(crate) country: &'a str,
    /// The business time.
    pub(crate) now: Timestamp,
    /// How the enquiry came where the sender does not say.
    pub(crate) channel: LeadChannel,
}

/// An enquiry that can be kept: normalised, within every limit, with what the checks found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewLead {
    /// Who the external id belongs to, where it is not the caller.
    pub(crate) external_source: Option<String>,
    /// The sender's own id.
    pub(crate) external_id: Option<String>,
    /// How it came.
    pub(crate) channel: LeadChannel,
    /// The advertising source.
    pub(crate) source: Option<String>,
    /// Who asked.
    pub(crate) person: LeadPerson,
    /// Where.
    pub(crate) place: LeadPlace,
    /// What else the form asked.
    pub(crate) answers: BTreeMap<String, String>,
    /// What the person agreed to.
    pub(crate) consent: Option<LeadConsent>,
    /// How the person was verified.
    pub(crate) verification: Option<LeadVerification>,
    /// The assigned number that was contacted, in E.164.
    pub(crate) assigned_number: Option<String>,
    /// When the person asked.
    pub(crate) enquired_at: Timestamp,
    /// The checks that failed, in the order of the list.
    pub(crate) findings: Vec<IntakeCheck>,
}

/// Senders' clocks run ahead of ours by so much at most.
const CLOCK_SKEW: Duration = Duration::minutes(5);
/// 2000-01-01T00:00:00Z: no enquiry on sale today is older.
const EARLIEST: Timestamp = Timestamp::from_seconds(946_684_800);
const MOST_ANSWERS: usize = 64;
const MOST_RECIPIENTS: usize = 50;

impl NewLead {
    /// Parses and normalises an enquiry, or says everything that is wrong with it at once.
    pub(crate) fn parse(dto: CreateLead, context: IntakeContext<'_>) -> Result<Self, Vec<FieldError>> {
        let mut faults = Faults::default();
        let policy = context.policy;
        let mut findings = Vec::new();

        let external_source = faults.line("/external_source", dto.external_source, 64);
        let external_id = faults.line("/external_id", dto.external_id, 200);
        let source = faults.line("/source", dto.source, 120);
        let enquired_at = dto.enquired_at.unwrap_or(context.now);
        faults.instant("/enquired_at", enquired_at, context.now);

        let country = match faults.line("/place/country", dto.place.country, 60) {
            None => context.country.to_owned(),
            Some(text) => match countries::code(&text) {
                Some(code) => code.to_owned(),
                None => {
                    faults.push(
                        "/place/country",
                        "unknown_country",
                        "expected an ISO 3166 code such as US, or a country's English name",
                    );
                    context.country.to_owned()
                }
            },
        };
        let located = geography::locate(
            &country,
            tradepost_contract::leads::CreateLeadPlace {
                country: None,
                region: faults.line("/place/region", dto.place.region, 100),
                postcode: faults.line("/place/postcode", dto.place.postcode, 20),
                city: faults.line("/place/city", dto.place.city, 100),
            },
        );

        let given_phone = faults.line("/person/phone", dto.person.phone, 40);
        let given_email = faults.line("/person/email", dto.person.email, 254);
        let phone = given_phone
            .as_deref()
            .and_then(|text| contact::phone(text, &country).or_else(|| contact::phone(text, context.country)));
        let email = given_email.as_deref().and_then(contact::email);
        if given_phone.is_some() && phone.is_none() {
            findings.push(IntakeCheck::PhoneInvalid);
        }
        if given_email.is_some() && email.is_none() {
            findings.push(IntakeCheck::EmailInvalid);
        }
        if !located.postcode_ok {
            findings.push(IntakeCheck::PostcodeInvalid);
        }
        if !policy.takes_country(&country) {
            findings.push(IntakeCheck::CountryNotServed);
        }

        let person = LeadPerson {
            name: faults.line("/person/name", dto.person.name, 200),
            company: faults.line("/person/company", dto.person.company, 200),
            email,
            phone,
            phone_as_given: given_phone,
            address: faults.text("/person/address", dto.person.address, 400),
            notes: faults.text("/person/notes", dto.person.notes, 4000),
        };
        let answers = faults.answers(dto.answers);
        let consent = dto.consent.map(|consent| faults.consent(consent, context.now));
        let verification = dto
            .verification
            .map(|verification| faults.verification(verification, context.now));
        findings.extend(missing_proof(
            policy,
            consent.as_ref(),
            verification.as_ref(),
            context.now,
        ));
        let assigned_number = faults
            .line("/assigned_number", dto.assigned_number, 40)
            .and_then(|text| {
                let number = contact::phone(&text, context.country);
                if number.is_none() {
                    faults.push(
                        "/assigned_number",
                        "invalid_phone",
                        "expected a phone number such as +15124740142",
                    );
                }
                number
            });

        let lead = Self {
            external_source,
            external_id,
            channel: dto.channel.unwrap_or(context.channel),
            source,
            person,
            place: located.place,
            answers,
            consent,
            verification,
            assigned_number,
            enquired_at,
            findings,
        };
        lead.required_fields(policy, given_email.is_some(), &mut faults);
        if faults.0.is_empty() { Ok(lead) } else { Err(faults.0) }
    }

    fn required_fields(&self, policy: &IntakePolicy, email_given: bool, faults: &mut Faults) {
        let usable =
            |check: IntakeCheck| !self.findings.contains(&check) || policy.verdict(check) != CheckVerdict::Accept;
        let present = |field: LeadField| match field {
            LeadField::Name => self.person.name.is_some(),
            LeadField::Company => self.person.company.is_some(),
            LeadField::Email => email_given && usable(IntakeCheck::EmailInvalid),
            LeadField::Phone => self.person.phone_as_given.is_some() && usable(IntakeCheck::PhoneInvalid),
            LeadField::Address => self.person.address.is_some(),
            LeadField::City => self.place.city.is_some(),
            LeadField::Postcode => self.place.postcode.is_some() && usable(IntakeCheck::PostcodeInvalid),
            LeadField::Region => self.place.region.is_some(),
            LeadField::Country => self.place.country.is_some(),
            LeadField::Notes => self.person.notes.is_some(),
            LeadField::Source => self.source.is_some(),
        };
        let of_need = |wanted: FieldNeed| {
            policy
                .required_fields
                .iter()
                .filter(move |(_, need)| **need == wanted)
                .map(|(field, _)| *field)
        };
        for field in of_need(FieldNeed::Required).filter(|field| !present(*field)) {
            faults.push(pointer_of(field), "required", "the programme requires this field");
        }
        let choices: Vec<LeadField> = of_need(FieldNeed::OneOf).collect();
        if let Some(first) = choices.first()
            && !choices.iter().any(|field| present(*field))
        {
            let names: Vec<&str> = choices.iter().map(|field| field.as_str()).collect();
            faults.push(
                pointer_of(*first),
                "required",
                &format!("the programme requires one of: {}", names.join(", ")),
            );
        }
    }
}

/// A consent and a verification that are within every limit.
pub(crate) type Proof = (Option<LeadConsent>, Option<LeadVerification>);

/// Normalises a consent and a verification that come after the enquiry.
pub(crate) fn parse_proof(
    consent: Option<LeadConsent>,
    verification: Option<LeadVerification>,
    now: Timestamp,
) -> Result<Proof, Vec<FieldError>> {
    let mut faults = Faults::default();
    let consent = consent.map(|given| faults.consent(given, now));
    let verification = verification.map(|given| faults.verification(given, now));
    if faults.0.is_empty() {
        Ok((consent, verification))
    } else {
        Err(faults.0)
    }
}

/// What the policy demands and is not there, does not count, or is too old (R81).
pub(crate) fn missing_proof(
    policy: &IntakePolicy,
    consent: Option<&LeadConsent>,
    verification: Option<&LeadVerification>,
    now: Timestamp,
) -> Vec<IntakeCheck> {
    let consent_missing = policy.consent.required && !consent_counts(policy, consent, now);
    let verification_missing = policy.verification.required && !verification_counts(policy, verification);
    let checks = [
        (consent_missing, IntakeCheck::ConsentMissing),
        (verification_missing, IntakeCheck::VerificationMissing),
    ];
    checks
        .into_iter()
        .filter(|(missing, _)| *missing)
        .map(|(_, check)| check)
        .collect()
}

/// Where a field stands in `CreateLead`.
const fn pointer_of(field: LeadField) -> &'static str {
    match field {
        LeadField::Name => "/person/name",
        LeadField::Company => "/person/company",
        LeadField::Email => "/person/email",
        LeadField::Phone => "/person/phone",
        LeadField::Address => "/person/address",
        LeadField::City => "/place/city",
        LeadField::Postcode => "/place/postcode",
        LeadField::Region => "/place/region",
        LeadField::Country => "/place/country",
        LeadField::Notes => "/person/notes",
        LeadField::Source => "/source",
    }
}

fn consent_counts(policy: &IntakePolicy, consent: Option<&LeadConsent>, now: Timestamp) -> bool {
    let Some(consent) = consent else { return false };
    policy
        .consent
        .max_age_days
        .is_none_or(|days| now.since(consent.given_at) <= Duration::days(i64::from(days)))
}

fn verification_counts(policy: &IntakePolicy, verification: Option<&LeadVerification>) -> bool {
    verification.is_some_and(|given| policy.verification.methods.get(&given.method).copied().unwrap_or(false))
}

/// Every fault found so far, in the order of the fields.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn push(&mut self, pointer: &str, code: &str, message: &str) {
        self.0.push(FieldError::new(pointer, code, message));
    }

    /// A text of one line: trimmed, blanks made single, nothing where nothing is left.
    fn line(&mut self, pointer: &str, text: Option<String>, most: usize) -> Option<String> {
        let text = text?;
        let trimmed = text.trim();
        if trimmed.chars().any(char::is_control) {
            self.push(pointer, "control_character", "control characters are not accepted");
            return None;
        }
        self.sized(pointer, contact::one_line(trimmed), most)
    }

    /// A text that may have line breaks and tabs.
    fn text(&mut self, pointer: &str, text: Option<String>, most: usize) -> Option<String> {
        let text = text?.replace("\r\n", "\n");
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            self.push(
                pointer,
                "control_character",
                "control characters other than line breaks and tabs are not accepted",
            );
            return None;
        }
        self.sized(pointer, text.trim().to_owned(), most)
    }

    fn sized(&mut self, pointer: &str, text: String, most: usize) -> Option<String> {
        if text.chars().count() > most {
            self.push(pointer, "too_long", &format!("at most {most} characters"));
            return None;
        }
        (!text.is_empty()).then_some(text)
    }

    /// A text that must be there once its record is.
    fn must(&mut self, pointer: &str, text: Option<String>) -> String {
        if text.is_none() && !self.0.iter().any(|fault| fault.pointer == pointer) {
            self.push(pointer, "required", "it must not be empty");
        }
        text.unwrap_or_default()
    }

    fn instant(&mut self, pointer: &str, at: Timestamp, now: Timestamp) {
        if at > now.plus(CLOCK_SKEW) {
            self.push(pointer, "in_the_future", "it must not lie in the future");
        } else if at < EARLIEST {
            self.push(pointer, "too_early", "it must not lie before the year 2000");
        }
    }

    fn answers(&mut self, given: BTreeMap<String, String>) -> BTreeMap<String, String> {
        if given.len() > MOST_ANSWERS {
            self.push("/answers", "too_many", &format!("at most {MOST_ANSWERS} answers"));
            return BTreeMap::new();
        }
        let mut kept = BTreeMap::new();
        for (name, text) in given {
            let pointer = format!("/answers/{}", name.replace('~', "~0").replace('/', "~1"));
            let name = self.line(&pointer, Some(name), 120);
            let name = self.must(&pointer, name);
            if let Some(text) = self.text(&pointer, Some(text), 2000) {
                kept.insert(name, text);
            }
        }
        kept
    }

    fn consent(&mut self, given: LeadConsent, now: Timestamp) -> LeadConsent {
        self.instant("/consent/given_at", given.given_at, now);
        let text = self.text("/consent/text", Some(given.text), 4000);
        let version = self.line("/consent/text_version", Some(given.text_version), 60);
        let ip = self.line("/consent/ip", given.ip, 45);
        if ip.as_deref().is_some_and(|ip| ip.parse::<IpAddr>().is_err()) {
            self.push("/consent/ip", "invalid_ip", "expected an IPv4 or IPv6 address");
        }
        if given.recipients.len() > MOST_RECIPIENTS {
            self.push(
                "/consent/recipients",
                "too_many",
                &format!("at most {MOST_RECIPIENTS} recipients"),
            );
        }
        let recipients = given.recipients.into_iter().take(MOST_RECIPIENTS).enumerate();
        let recipients = recipients
            .filter_map(|(at, name)| self.line(&format!("/consent/recipients/{at}"), Some(name), 200))
            .collect();
        LeadConsent {
            text: self.must("/consent/text", text),
            text_version: self.must("/consent/text_version", version),
            given_at: given.given_at,
            ip,
            recipients,
        }
    }

    fn verification(&mut self, given: LeadVerification, now: Timestamp) -> LeadVerification {
        self.instant("/verification/verified_at", given.verified_at, now);
        let by = self.line("/verification/verified_by", Some(given.verified_by), 120);
        LeadVerification {
            method: given.method,
            verified_at: given.verified_at,
            verified_by: self.must("/verification/verified_by", by),
            recording_ref: self.line("/verification/recording_ref", given.recording_ref, 400),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tradepost_contract::leads::{CreateLeadPerson, CreateLeadPlace, VerificationMethod};
    use tradepost_contract::policy::{ConsentPolicy, DuplicateAction, VerificationPolicy};

    fn policy() -> IntakePolicy {
        IntakePolicy {
            required_fields: BTreeMap::from([
                (LeadField::Phone, FieldNeed::OneOf),
                (LeadField::Email, FieldNeed::OneOf),
            ]),
            countries: BTreeMap::new(),
            duplicate: DuplicateAction::Reject,
            duplicate_window_days: 30,
            duplicate_by_phone: true,
            duplicate_by_email: true,
            consent: ConsentPolicy {
                required: false,
                max_age_days: None,
            },
            verification: VerificationPolicy {
                required: false,
                methods: BTreeMap::new(),
            },
            checks: BTreeMap::from([(IntakeCheck::PhoneInvalid, CheckVerdict::Quarantine)]),
        }
    }

    fn now() -> Timestamp {
        "2026-03-01T09:30:00Z".parse().unwrap_or(EARLIEST)
    }

    fn enquiry() -> CreateLead {
        CreateLead {
            programme: "b2b-monthly".to_owned(),
            product: "phone-systems".to_owned(),
            external_source: None,
            external_id: Some(" form-1 ".to_owned()),
            channel: None,
            source: Some("google  ads".to_owned()),
            person: CreateLeadPerson {
                name: Some("  Dana   Reyes ".to_owned()),
                email: Some("Dana@Example.COM".to_owned()),
                phone: Some("(512) 474-0142".to_owned()),
                ..CreateLeadPerson::default()
            },
            place: CreateLeadPlace {
                postcode: Some("78701-0001".to_owned()),
                ..CreateLeadPlace::default()
            },
            answers: BTreeMap::new(),
            consent: None,
            verification: None,
            assigned_number: None,
            enquired_at: None,
        }
    }

    fn parse(dto: CreateLead, policy: &IntakePolicy) -> Result<NewLead, Vec<FieldError>> {
        NewLead::parse(
            dto,
            IntakeContext {
                policy,
                country: "US",
                now: now(),
                channel: LeadChannel::Api,
            },
        )
    }

    /// `pointer code` of each fault.
    fn faults(dto: CreateLead, policy: &IntakePolicy) -> Vec<String> {
        parse(dto, policy)
            .err()
            .unwrap_or_default()
            .iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code))
            .collect()
    }

    #[test]
    fn an_enquiry_is_normalised() {
        let lead = parse(enquiry(), &policy()).unwrap();
        assert_eq!(lead.person.name.as_deref(), Some("Dana Reyes"));
        assert_eq!(lead.person.email.as_deref(), Some("Dana@example.com"));
        assert_eq!(lead.person.phone.as_deref(), Some("+15124740142"));
        assert_eq!(lead.place.city.as_deref(), Some("Austin"));
        assert_eq!(
            (lead.source.as_deref(), lead.external_id.as_deref()),
            (Some("google ads"), Some("form-1"))
        );
        assert_eq!(
            (lead.enquired_at, lead.channel, lead.findings),
            (now(), LeadChannel::Api, vec![])
        );
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let mut dto = enquiry();
        dto.person.name = Some("x".repeat(201));
        dto.person.notes = Some("bell \u{7}".to_owned());
        dto.person.company = Some("nul \0 byte".to_owned());
        dto.place.country = Some("Atlantis".to_owned());
        dto.enquired_at = Some(now().plus(Duration::minutes(6)));
        dto.assigned_number = Some("12".to_owned());
        dto.answers = BTreeMap::from([("a/b".to_owned(), "\u{1}".to_owned())]);
        let expect = [
            "/enquired_at in_the_future",
            "/place/country unknown_country",
            "/person/name too_long",
            "/person/company control_character",
            "/person/notes control_character",
            "/answers/a~1b control_character",
            "/assigned_number invalid_phone",
        ];
        assert_eq!(faults(dto, &policy()), expect);
    }

    #[test]
    fn what_the_policy_requires_must_be_there() {
        let mut dto = enquiry();
        dto.person.phone = Some("  ".to_owned());
        dto.person.email = None;
        assert_eq!(faults(dto.clone(), &policy()), ["/person/email required"]);
        let mut strict = policy();
        strict.required_fields.insert(LeadField::Phone, FieldNeed::Required);
        dto.person.email = Some("dana@example.com".to_owned());
        assert_eq!(faults(dto, &strict), ["/person/phone required"]);
    }

    #[test]
    fn an_invalid_phone_is_what_the_policy_says() {
        let mut dto = enquiry();
        dto.person.phone = Some("12345".to_owned());
        let lead = parse(dto.clone(), &policy()).unwrap();
        assert_eq!(
            (lead.findings, lead.person.phone, lead.person.phone_as_given.as_deref()),
            (vec![IntakeCheck::PhoneInvalid], None, Some("12345"))
        );
        // Accepted as it is, it does not serve where a phone is required.
        let mut strict = policy();
        strict.checks.clear();
        strict.required_fields.insert(LeadField::Phone, FieldNeed::Required);
        assert_eq!(faults(dto, &strict), ["/person/phone required"]);
    }

    /// R81: consent and verification are demanded by policy; old consent and methods that do not count are as none.
    #[test]
    fn r81_consent_and_verification_are_findings() {
        let mut trade = policy();
        trade.consent = ConsentPolicy {
            required: true,
            max_age_days: Some(30),
        };
        trade.verification = VerificationPolicy {
            required: true,
            methods: BTreeMap::from([(VerificationMethod::PhoneCall, true)]),
        };
        let findings = |dto: CreateLead| parse(dto, &trade).unwrap().findings;
        let both = [IntakeCheck::ConsentMissing, IntakeCheck::VerificationMissing];
        assert_eq!(findings(enquiry()), both);
        let mut dto = enquiry();
        let consent = |days: i64| LeadConsent {
            text: "Yes, pass my details on.".to_owned(),
            text_version: "2026-1".to_owned(),
            given_at: now().plus(Duration::days(-days)),
            ip: Some("192.0.2.7".to_owned()),
            recipients: vec!["Up to three tradespeople".to_owned()],
        };
        let verification = |method| LeadVerification {
            method,
            verified_at: now(),
            verified_by: "call team".to_owned(),
            recording_ref: Some("rec/1".to_owned()),
        };
        dto.consent = Some(consent(31));
        dto.verification = Some(verification(VerificationMethod::EmailLink));
        assert_eq!(findings(dto.clone()), both);
        dto.consent = Some(consent(30));
        dto.verification = Some(verification(VerificationMethod::PhoneCall));
        assert_eq!(findings(dto), []);
    }

    #[test]
    fn a_country_that_is_not_served_is_a_finding() {
        let mut usa_only = policy();
        usa_only.countries = BTreeMap::from([("US".to_owned(), true), ("IN".to_owned(), false)]);
        let mut dto = enquiry();
        dto.place = CreateLeadPlace {
            country: Some("India".to_owned()),
            ..CreateLeadPlace::default()
        };
        let lead = parse(dto, &usa_only).unwrap();
        assert_eq!(
            (lead.place.country.as_deref(), lead.findings),
            (Some("IN"), vec![IntakeCheck::CountryNotServed])
        );
    }

    #[test]
    fn empty_records_are_faults_where_they_are_given() {
        let mut dto = enquiry();
        dto.consent = Some(LeadConsent {
            text: " ".to_owned(),
            text_version: String::new(),
            given_at: Timestamp::from_seconds(0),
            ip: Some("not an ip".to_owned()),
            recipients: vec![],
        });
        let expect = [
            "/consent/given_at too_early",
            "/consent/ip invalid_ip",
            "/consent/text required",
            "/consent/text_version required",
        ];
        assert_eq!(faults(dto, &policy()), expect);
    }

    proptest! {
        #[test]
        fn no_enquiry_panics(name in "\\PC{0,30}", phone in "\\PC{0,30}", email in "\\PC{0,30}", postcode in "\\PC{0,12}", country in "\\PC{0,12}") {
            let mut dto = enquiry();
            dto.person.name = Some(name);
            dto.person.phone = Some(phone);
            dto.person.email = Some(email);
            dto.place = CreateLeadPlace { country: Some(country), postcode: Some(postcode), region: None, city: None };
            let _ = parse(dto, &policy());
        }
    }
}
