//! Made-up people and firms in real places.

/// A real place: ZIP code or postcode, town, state or postcode area.
pub(super) struct Place {
    pub(super) postcode: &'static str,
    pub(super) city: &'static str,
    pub(super) region: &'static str,
}

const fn place(postcode: &'static str, city: &'static str, region: &'static str) -> Place {
    Place { postcode, city, region }
}

/// Real ZIP codes.
pub(super) const US: &[Place] = &[
    place("78701", "Austin", "TX"),
    place("75201", "Dallas", "TX"),
    place("77002", "Houston", "TX"),
    place("78205", "San Antonio", "TX"),
    place("90012", "Los Angeles", "CA"),
    place("94103", "San Francisco", "CA"),
    place("92101", "San Diego", "CA"),
    place("95814", "Sacramento", "CA"),
    place("10001", "New York", "NY"),
    place("11201", "Brooklyn", "NY"),
    place("14604", "Rochester", "NY"),
    place("33131", "Miami", "FL"),
    place("32801", "Orlando", "FL"),
    place("33602", "Tampa", "FL"),
    place("60601", "Chicago", "IL"),
    place("62701", "Springfield", "IL"),
    place("98101", "Seattle", "WA"),
    place("80202", "Denver", "CO"),
    place("85004", "Phoenix", "AZ"),
    place("30303", "Atlanta", "GA"),
    place("28202", "Charlotte", "NC"),
    place("02108", "Boston", "MA"),
    place("19103", "Philadelphia", "PA"),
    place("43215", "Columbus", "OH"),
    place("37203", "Nashville", "TN"),
];

/// Real postcodes.
pub(super) const UK: &[Place] = &[
    place("M1 1AE", "Manchester", "M"),
    place("M4 5JD", "Manchester", "M"),
    place("B33 8TH", "Birmingham", "B"),
    place("B1 1BB", "Birmingham", "B"),
    place("LS1 4DY", "Leeds", "LS"),
    place("LS6 2AD", "Leeds", "LS"),
    place("BS1 4DJ", "Bristol", "BS"),
    place("NE1 7RU", "Newcastle upon Tyne", "NE"),
    place("S1 2HE", "Sheffield", "S"),
    place("L1 8JQ", "Liverpool", "L"),
    place("CF10 1EP", "Cardiff", "CF"),
    place("NG1 5FS", "Nottingham", "NG"),
    place("CR2 6XH", "South Croydon", "CR"),
    place("EC1A 1BB", "London", "EC"),
    place("BN1 1UG", "Brighton", "BN"),
    place("OX1 1PT", "Oxford", "OX"),
];

/// Given names.
pub(super) const FIRST: &[&str] = &[
    "Dana", "Luis", "Grace", "Omar", "Helen", "Marcus", "Nina", "Peter", "Aisha", "Colin", "Maria", "Derek", "Yuki",
    "Brenda", "Ivan", "Fatima", "Stuart", "Leila", "Gordon", "Camille", "Rafael", "Joan", "Vikram", "Ellen", "Theo",
    "Bridget", "Kwame", "Sofia", "Alan", "Mei",
];

/// Family names.
pub(super) const LAST: &[&str] = &[
    "Reyes",
    "Harper",
    "Nguyen",
    "O'Neill",
    "Kowalski",
    "Bennett",
    "Ferreira",
    "Shah",
    "Lindgren",
    "Moreau",
    "Castillo",
    "Whitfield",
    "Tanaka",
    "Abbott",
    "Petrov",
    "Haddad",
    "McKenna",
    "Rossi",
    "Fletcher",
    "Dubois",
    "Santos",
    "Barlow",
    "Iyer",
    "Novak",
    "Greene",
    "Walsh",
    "Mensah",
    "Lopez",
    "Carver",
    "Zhang",
];

/// What small companies are called after a family name.
pub(super) const TRADES: &[&str] = &[
    "Dental",
    "Logistics",
    "Law Group",
    "Foods",
    "Motors",
    "Realty",
    "Clinic",
    "Studios",
];

/// Where the enquiries come from (R107).
pub(super) const SOURCES: &[&str] = &[
    "google ads",
    "bing ads",
    "facebook ads",
    "organic search",
    "partner directory",
    "newsletter",
];

/// Where the enquiries of local businesses come from (R107).
pub(super) const LOCAL_SOURCES: &[&str] = &[
    "google ads",
    "google places",
    "craigslist",
    "yellow pages",
    "landing page",
];
