//! The mapping that a file's headers suggest by themselves.

use std::collections::BTreeMap;
use tradepost_contract::lead_imports::{FieldMapping, FieldTransform, ImportMapping};

/// What headers usually mean, compared by letters and digits only.
const SUGGESTIONS: &[(&str, &[&str])] = &[
    (
        "external_id",
        &[
            "id",
            "leadid",
            "prospectid",
            "externalid",
            "leadnumber",
            "recordid",
            "enquiryid",
            "reference",
        ],
    ),
    (
        "source",
        &[
            "source",
            "leadsource",
            "utmsource",
            "campaign",
            "adsource",
            "advertisingsource",
            "medium",
            "platform",
        ],
    ),
    (
        "person.name",
        &[
            "name",
            "fullname",
            "contact",
            "contactname",
            "customer",
            "customername",
            "leadname",
        ],
    ),
    (
        "person.company",
        &[
            "company",
            "companyname",
            "business",
            "businessname",
            "organisation",
            "organization",
        ],
    ),
    (
        "person.email",
        &["email", "emailaddress", "mail", "emailid", "contactemail"],
    ),
    (
        "person.phone",
        &[
            "phone",
            "phonenumber",
            "telephone",
            "tel",
            "mobile",
            "mobileno",
            "mobilenumber",
            "cell",
            "contactnumber",
            "phoneno",
            "téléphone",
        ],
    ),
    (
        "person.address",
        &["address", "streetaddress", "street", "address1", "addressline1"],
    ),
    (
        "person.notes",
        &[
            "notes",
            "note",
            "comments",
            "comment",
            "message",
            "enquiry",
            "description",
            "remarks",
        ],
    ),
    ("place.country", &["country", "countrycode", "nation"]),
    ("place.region", &["state", "region", "province", "county"]),
    (
        "place.postcode",
        &["postcode", "zip", "zipcode", "postalcode", "pincode", "zippostalcode"],
    ),
    ("place.city", &["city", "town", "suburb"]),
    (
        "enquired_at",
        &[
            "date",
            "created",
            "createdat",
            "createddate",
            "createdtime",
            "enquiredat",
            "enquirydate",
            "submittedat",
            "timestamp",
            "leaddate",
        ],
    ),
    ("consent.text", &["consent", "consenttext", "optintext"]),
    ("consent.given_at", &["consentdate", "consentgivenat", "optindate"]),
    ("consent.ip", &["ip", "ipaddress"]),
    ("consent.page_url", &["pageurl", "formurl", "consenturl"]),
];

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The field that each header looks like; a field is suggested once.
pub(crate) fn suggested_fields(headers: &[String]) -> Vec<Option<&'static str>> {
    let mut taken: Vec<&str> = Vec::new();
    let plain: Vec<String> = headers.iter().map(|header| letters(header)).collect();
    let mut found = vec![None; headers.len()];
    // Within a field the words are in order of likelihood, so that `Lead Number` gives way to `Prospect ID`.
    for (field, words) in SUGGESTIONS {
        let at = words
            .iter()
            .find_map(|word| plain.iter().position(|header| header == word));
        if let Some(at) = at
            && found[at].is_none()
            && !taken.contains(field)
        {
            found[at] = Some(*field);
            taken.push(field);
        }
    }
    found
}

/// Whether a column is one of Meta's exports, where ids, phone numbers and postcodes have letters in front.
fn is_prefixed(cells: &[String]) -> bool {
    let mut used = cells.iter().filter(|cell| !cell.trim().is_empty()).peekable();
    used.peek().is_some() && used.all(|cell| super::transform::without_prefix(cell).is_some())
}

/// Words that stand in a cell where nobody chose anything.
const USUAL_BLANKS: &[&str] = &["select", "n/a", "null", "none", "-"];

/// The mapping that the headers suggest, for a person to look at. First and last names are joined.
pub(crate) fn suggested(headers: &[String], samples: &[Vec<String>]) -> ImportMapping {
    let mut fields: Vec<FieldMapping> = Vec::new();
    for (header, field) in headers.iter().zip(suggested_fields(headers)) {
        if let Some(field) = field {
            fields.push(from_column(field, header));
        }
    }
    for field in &mut fields {
        let column = headers.iter().position(|header| Some(header) == field.column.as_ref());
        let cells = column.and_then(|at| samples.get(at)).map_or(&[][..], Vec::as_slice);
        if is_prefixed(cells) {
            field.transform = Some(FieldTransform::WithoutPrefix);
        }
    }
    let named = |words: &[&str]| headers.iter().find(|header| words.contains(&letters(header).as_str()));
    if !fields.iter().any(|mapping| mapping.field == "person.name")
        && let (Some(first), Some(last)) = (
            named(&["firstname", "forename", "givenname"]),
            named(&["lastname", "surname", "familyname"]),
        )
    {
        fields.push(FieldMapping {
            column: None,
            template: Some(format!("{{{first}}} {{{last}}}")),
            ..from_column("person.name", first)
        });
    }
    let seen = |word: &&&str| samples.iter().flatten().any(|cell| cell.eq_ignore_ascii_case(word));
    let empty_when = USUAL_BLANKS
        .iter()
        .filter(seen)
        .map(|word| (*word).to_owned())
        .collect();
    ImportMapping {
        fields,
        empty_when,
        ..ImportMapping::default()
    }
}

fn from_column(field: &str, column: &str) -> FieldMapping {
    FieldMapping {
        field: field.to_owned(),
        column: Some(column.to_owned()),
        template: None,
        constant: None,
        empty_when: Vec::new(),
        replace: BTreeMap::new(),
        transform: None,
    }
}
