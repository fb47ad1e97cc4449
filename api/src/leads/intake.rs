//! From what was sent to what can be kept: `NewLead::parse`. Later code never sees raw input.
//!
//! Two kinds of fault. What makes the request unusable (a text too long, a required field missing,
//! a date that cannot be) is a field error, and the sender corrects it. What is about the enquiry
//! (a phone number that cannot exist, no consent) is a finding: the policy says whether the lead is
//! taken all the same, quarantined or kept as rejected. A required field whose text is unusable and
//! whose finding the policy accepts is as good as missing, so that is a field error too.

mod faults;
#[cfg(test)]
mod tests;

use super::contact;
use crate::geography::{self, countries};
use faults::Faults;
use std::collections::BTreeMap;
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
