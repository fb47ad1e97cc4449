//! The person behind a lead, as every query reads them that joins `lead_people`.

use diesel::prelude::*;
use tradepost_contract::leads::LeadPerson;

/// The columns, in the order of [`person_columns`].
#[derive(Debug, Clone, Default, Queryable)]
pub(crate) struct PersonRow {
    name: Option<String>,
    company: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    phone_as_given: Option<String>,
    address: Option<String>,
    notes: Option<String>,
}

/// What to select for an `Option<PersonRow>`: nothing is there once the person is erased.
macro_rules! person_columns {
    () => {{
        use $crate::db::schema::lead_people;
        (
            lead_people::name,
            lead_people::company,
            lead_people::email,
            lead_people::phone,
            lead_people::phone_as_given,
            lead_people::address,
            lead_people::notes,
        )
            .nullable()
    }};
}

pub(crate) use person_columns;

/// The person of a row; one without particulars where they were erased.
pub(crate) fn person_of(row: Option<PersonRow>) -> LeadPerson {
    let PersonRow {
        name,
        company,
        email,
        phone,
        phone_as_given,
        address,
        notes,
    } = row.unwrap_or_default();
    LeadPerson {
        name,
        company,
        email,
        phone,
        phone_as_given,
        address,
        notes,
    }
}
