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
            named_recipients_only: false,
        },
        verification: VerificationPolicy {
            required: false,
            methods: BTreeMap::new(),
        },
        checks: BTreeMap::from([(IntakeCheck::PhoneInvalid, CheckVerdict::Quarantine)]),
    }
}

fn now() -> Timestamp {
    "2026-03-01T09:30:00Z".parse().unwrap()
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
        named_recipients_only: false,
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
        page_url: Some("https://example.com/quotes?step=2".to_owned()),
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
        page_url: Some("ftp://example.com".to_owned()),
        recipients: vec![],
    });
    let expect = [
        "/consent/given_at too_early",
        "/consent/ip invalid_ip",
        "/consent/page_url invalid_url",
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
