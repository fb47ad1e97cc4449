//! Forged, spoilt and outdated access tokens.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::ids::Id;

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn secrets() -> Secrets {
    Secrets::derive(&[1; 32], None).expect("derived")
}

fn access() -> Access {
    Access {
        user_id: UserId::from_i64(11),
        session_id: SessionId::from_i64(22),
        token_version: 3,
        audience: Audience::Supplier,
        impersonation: None,
    }
}

fn good_header() -> Value {
    json!({"typ": "at+jwt", "alg": "EdDSA", "kid": secrets().signing.kid})
}

fn good_claims() -> Value {
    let at = NOW.as_seconds();
    json!({
        "iss": "tradepost", "aud": "supplier", "sub": UserId::from_i64(11), "sid": SessionId::from_i64(22),
        "ver": 3, "iat": at, "nbf": at, "exp": at + ACCESS_SECONDS,
    })
}

/// Signs any header and claims with the real key, as a forger could not, to see each check by itself.
fn sign(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let key = secrets().signing.sign;
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).expect("signed");
    format!("{message}.{signature}")
}

fn with(mut base: Value, field: &str, value: Value) -> Value {
    base[field] = value;
    base
}

fn without(mut base: Value, field: &str) -> Value {
    base.as_object_mut().map(|object| object.remove(field));
    base
}

#[test]
fn a_token_says_what_was_put_into_it() {
    let token = mint(&secrets(), &access(), NOW).expect("minted");
    assert_eq!(verify(&secrets(), &token, NOW), Ok(access()));
    assert_eq!(
        verify(&secrets(), &sign(&good_header(), &good_claims()), NOW),
        Ok(access())
    );
    let staff = Access {
        audience: Audience::Staff,
        impersonation: Some(ImpersonationId::from_i64(9)),
        ..access()
    };
    let token = mint(&secrets(), &staff, NOW).expect("minted");
    assert_eq!(verify(&secrets(), &token, NOW), Ok(staff));
}

#[rstest]
#[case::algorithm_none("alg", json!("none"))]
#[case::algorithm_none_shouted("alg", json!("NONE"))]
#[case::symmetric("alg", json!("HS256"))]
#[case::rsa("alg", json!("RS256"))]
#[case::ecdsa("alg", json!("ES256"))]
#[case::algorithm_number("alg", json!(1))]
#[case::plain_type("typ", json!("JWT"))]
#[case::type_in_capitals("typ", json!("AT+JWT"))]
#[case::refresh_type("typ", json!("rt+jwt"))]
#[case::empty_type("typ", json!(""))]
#[case::unknown_kid("kid", json!("0000000000000000"))]
#[case::empty_kid("kid", json!(""))]
#[case::path_as_kid("kid", json!("../../dev/null"))]
#[case::sql_as_kid("kid", json!("' OR 1=1 --"))]
#[case::critical_extension("crit", json!(["b64"]))]
fn a_header_of_another_kind_is_refused(#[case] field: &str, #[case] value: Value) {
    let header = with(good_header(), field, value);
    assert_eq!(verify(&secrets(), &sign(&header, &good_claims()), NOW), Err(BadToken));
}

#[rstest]
#[case("alg")]
#[case("typ")]
#[case("kid")]
fn a_header_without_a_field_is_refused(#[case] field: &str) {
    assert_eq!(
        verify(&secrets(), &sign(&without(good_header(), field), &good_claims()), NOW),
        Err(BadToken)
    );
}

#[rstest]
#[case::other_issuer("iss", json!("somebody"))]
#[case::issuer_list("iss", json!(["tradepost"]))]
#[case::other_audience("aud", json!("admin"))]
#[case::empty_audience("aud", json!(""))]
#[case::audience_list("aud", json!(["staff", "supplier"]))]
#[case::subject_of_another_kind("sub", json!("sup_0000000000001"))]
#[case::subject_number("sub", json!(11))]
#[case::session_of_another_kind("sid", json!("user_0000000000001"))]
#[case::version_text("ver", json!("3"))]
#[case::version_fraction("ver", json!(3.5))]
#[case::expiry_text("exp", json!("tomorrow"))]
#[case::expiry_null("exp", Value::Null)]
#[case::expiry_far_away("exp", json!(NOW.as_seconds() + 86_400))]
#[case::expiry_huge("exp", json!(i64::MAX))]
#[case::expiry_before_issue("exp", json!(NOW.as_seconds() - 1))]
#[case::expiry_infinite("exp", json!(1e300))]
#[case::not_yet("nbf", json!(NOW.as_seconds() + 60))]
#[case::not_before_null("nbf", Value::Null)]
#[case::issued_tomorrow("iat", json!(NOW.as_seconds() + 86_400))]
#[case::issued_long_ago("iat", json!(i64::MIN))]
#[case::extra_claim("role", json!("admin"))]
fn a_claim_of_another_value_is_refused(#[case] field: &str, #[case] value: Value) {
    let claims = with(good_claims(), field, value);
    assert_eq!(verify(&secrets(), &sign(&good_header(), &claims), NOW), Err(BadToken));
}

#[rstest]
fn every_claim_is_needed(#[values("iss", "aud", "sub", "sid", "ver", "iat", "nbf", "exp")] field: &str) {
    let claims = without(good_claims(), field);
    assert_eq!(verify(&secrets(), &sign(&good_header(), &claims), NOW), Err(BadToken));
}

#[rstest]
#[case::at_once(0, true)]
#[case::last_second(ACCESS_SECONDS - 1, true)]
#[case::within_the_leeway(ACCESS_SECONDS + 4, true)]
#[case::after_the_leeway(ACCESS_SECONDS + 5, false)]
#[case::a_day_later(86_400, false)]
#[case::clock_slightly_behind(-5, true)]
#[case::clock_far_behind(-6, false)]
fn a_token_lives_ten_minutes(#[case] later: i64, #[case] valid: bool) {
    let token = mint(&secrets(), &access(), NOW).expect("minted");
    let at = Timestamp::from_seconds(NOW.as_seconds() + later);
    assert_eq!(verify(&secrets(), &token, at).is_ok(), valid);
}

#[rstest]
#[case("")]
#[case(".")]
#[case("..")]
#[case("...")]
#[case("a.b.c")]
#[case("eyJhbGciOiJub25lIn0..")]
#[case("not a token")]
#[case("é.é.é")]
fn what_is_no_token_is_refused(#[case] text: &str) {
    assert_eq!(verify(&secrets(), text, NOW), Err(BadToken));
}

#[test]
fn a_changed_part_spoils_the_signature() {
    let token = mint(&secrets(), &access(), NOW).expect("minted");
    let parts: Vec<&str> = token.split('.').collect();
    let staff = URL_SAFE_NO_PAD.encode(with(good_claims(), "aud", json!("staff")).to_string());
    let flipped = format!("{}A", &parts[2][..parts[2].len() - 1]);
    for forged in [
        format!("{}.{staff}.{}", parts[0], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{token}.x"),
        format!("{}.{}.{}", parts[0], parts[1], flipped.replace("AA", "BB")),
    ] {
        if forged != token {
            assert_eq!(verify(&secrets(), &forged, NOW), Err(BadToken), "{forged}");
        }
    }
    let long = format!("{token}{}", "A".repeat(4000));
    assert_eq!(verify(&secrets(), &long, NOW), Err(BadToken));
}

/// A header may carry its own key; only ours count.
#[test]
fn a_key_in_the_header_is_ignored() {
    let other = Secrets::derive(&[9; 32], None).expect("derived");
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let header = with(
        with(good_header(), "jwk", jwk),
        "jku",
        json!("https://evil.example/keys"),
    );
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(good_claims().to_string())
    );
    let signature =
        jsonwebtoken::crypto::sign(message.as_bytes(), &other.signing.sign, Algorithm::EdDSA).expect("signed");
    assert_eq!(
        verify(&secrets(), &format!("{message}.{signature}"), NOW),
        Err(BadToken)
    );
}

/// The classic confusion: the public key taken as an HMAC secret.
#[test]
fn a_symmetric_signature_is_refused() {
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(secrets().signing.kid);
    let key = jsonwebtoken::EncodingKey::from_secret(secrets().signing.kid.as_bytes());
    let token = jsonwebtoken::encode(&header, &good_claims(), &key).expect("signed");
    assert_eq!(verify(&secrets(), &token, NOW), Err(BadToken));
}

#[test]
fn the_previous_secret_still_verifies_and_no_older_one() {
    let (first, second, third) = ([1; 32], [2; 32], [3; 32]);
    let token = mint(&secrets(), &access(), NOW).expect("minted");
    let changed = Secrets::derive(&second, Some(&first)).expect("derived");
    assert_eq!(verify(&changed, &token, NOW), Ok(access()));
    let changed_again = Secrets::derive(&third, Some(&second)).expect("derived");
    assert_eq!(verify(&changed_again, &token, NOW), Err(BadToken));
}
