//! The demo's programmes, products, suppliers and standing orders.

use super::api::{Api, text};
use super::people::Staff;
use super::shop;
use super::world::{UK, US};
use super::{PASSWORD, Person};
use serde_json::{Value, json};

/// A product of the demo.
pub(super) struct Product {
    pub(super) code: &'static str,
    name: &'static str,
    max_buyers: u32,
    timing: &'static str,
    price_minor: i64,
    /// A merge patch on the programme's policy, as JSON.
    policy: &'static str,
    /// How soon leads come, in words.
    eta: Option<&'static str>,
}

const fn product(code: &'static str, name: &'static str, max_buyers: u32, price_minor: i64) -> Product {
    Product {
        code,
        name,
        max_buyers,
        timing: "real_time",
        price_minor,
        policy: "{}",
        eta: None,
    }
}

/// A programme of the demo: one of the five sellers, with a made-up name.
pub(super) struct Brand {
    pub(super) slug: &'static str,
    preset: &'static str,
    name: &'static str,
    invoice_prefix: &'static str,
    descriptor: &'static str,
    pub(super) country: &'static str,
    zone: &'static str,
    /// Leads on a working day; weekends have about a third.
    pub(super) leads_a_day: i64,
    pub(super) products: &'static [Product],
    suppliers: &'static [&'static str],
}

impl Brand {
    /// Whether orders are placed and paid at a checkout.
    pub(super) fn sells_at_checkout(&self) -> bool {
        self.preset == "lead-store"
    }
}

/// The five.
pub(super) const BRANDS: &[Brand] = &[
    Brand {
        slug: "meridian",
        preset: "b2b-monthly",
        name: "Meridian Business Leads",
        invoice_prefix: "MBL",
        descriptor: "MERIDIAN LEADS",
        country: "US",
        zone: "America/Chicago",
        leads_a_day: 14,
        products: &[
            product("phone-systems", "Business phone systems", 4, 4_500),
            product("office-coffee", "Office coffee services", 3, 3_200),
            product("storage-containers", "Storage containers", 1, 6_800),
        ],
        suppliers: &[
            "Lonestar Telecom",
            "Bluebonnet Voice",
            "Pacific Switchboard",
            "Empire Unified Comms",
            "Beanline Coffee",
            "Daily Grind Office",
            "Harbor Roast Supply",
            "Ironbox Containers",
            "Stackwell Storage",
            "Gulf Coast Phones",
            "Summit Office Services",
            "Keystone Communications",
        ],
    },
    Brand {
        slug: "prosper-store",
        preset: "lead-store",
        name: "Prosper Lead Store",
        invoice_prefix: "PLS",
        descriptor: "BRIGHT MEDIA SOLUTIONS",
        country: "US",
        zone: "America/New_York",
        leads_a_day: 16,
        products: &[
            Product {
                eta: Some("The first leads come within a business day."),
                ..product("exclusive", "Exclusive real-time prospects", 1, 1_200)
            },
            Product {
                eta: Some("The first leads come within hours."),
                ..product("shared", "Shared real-time prospects", 3, 400)
            },
            Product {
                timing: "batch",
                eta: Some("All leads come within a few business days."),
                ..product("aged", "Aged prospects", 3, 100)
            },
        ],
        suppliers: &[
            "Horizon Wellness Team",
            "Golden Circle Marketing",
            "Vantage Home Business",
            "Evergreen Partners",
            "Brightpath Network",
            "Liberty Lifestyle Group",
            "NewDay Ventures",
            "Crestline Independent",
        ],
    },
    Brand {
        slug: "trade-introductions",
        preset: "trade-weekly",
        name: "Trade Introductions",
        invoice_prefix: "TIL",
        descriptor: "TRADE INTRODUCTIONS LTD",
        country: "GB",
        zone: "Europe/London",
        leads_a_day: 12,
        products: &[
            product("windows-doors", "Windows and doors", 4, 3_800),
            product("driveways", "Driveways and paving", 3, 3_000),
            Product {
                policy: r#"{"returns": {"window": {"unit": "hours", "amount": 120, "starts": "delivered_at"}}}"#,
                ..product("boilers-premium", "Boilers, premium", 1, 5_500)
            },
        ],
        suppliers: &[
            "Pennine Windows",
            "Mersey Glazing",
            "Severn Doors & Windows",
            "Yorkshire Paving",
            "Albion Driveways",
            "Tyneside Heating",
            "Aire Valley Boilers",
            "Castle Conservatories",
            "Thames Frames",
            "Peak Paving",
        ],
    },
    Brand {
        slug: "dialwell",
        preset: "isa-calling",
        name: "Dialwell ISA",
        invoice_prefix: "DWI",
        descriptor: "DIALWELL ISA",
        country: "US",
        zone: "America/Denver",
        leads_a_day: 8,
        products: &[product("isa-lead", "Leads worked by phone", 1, 800)],
        suppliers: &[
            "Front Range Realty",
            "Mesa Homes Group",
            "Cascade Property Advisors",
            "Lakeshore Brokers",
        ],
    },
    Brand {
        slug: "hometown",
        preset: "local-exclusive",
        name: "Hometown Connect",
        invoice_prefix: "HTC",
        descriptor: "HOMETOWN CONNECT",
        country: "US",
        zone: "America/New_York",
        leads_a_day: 8,
        products: &[product("local-enquiry", "Exclusive local enquiries", 1, 5_500)],
        suppliers: &[
            "Reliable Garage Doors",
            "Magnolia Movers",
            "Sunrise Landscaping",
            "Oak Street Plumbing",
            "Blue Ridge Roofing",
            "Capital City Locksmiths",
        ],
    },
];

/// A programme that was set up.
pub(super) struct Programme {
    pub(super) brand: &'static Brand,
    /// Its products, in the brand's order.
    pub(super) products: Vec<String>,
    pub(super) buyers: Vec<Buyer>,
}

/// A supplier that was set up, with its owner signed in.
pub(super) struct Buyer {
    pub(super) name: &'static str,
    pub(super) id: String,
    /// Its first business.
    pub(super) business: String,
    pub(super) owner: Api,
    owner_email: String,
    /// The number that the seller gave the business, where leads come by phone (R104).
    pub(super) tracking_number: Option<String>,
}

/// All of the demo's market.
pub(super) struct Market {
    pub(super) programmes: Vec<Programme>,
    pub(super) integrator: Api,
    pub(super) integrator_key: String,
}

impl Market {
    /// One owner a programme is enough for a print-out; all have the same password.
    pub(super) fn people(&self) -> impl Iterator<Item = Person> {
        self.programmes.iter().filter_map(|programme| {
            let buyer = programme.buyers.first()?;
            let who = format!("owner of {}, a supplier of {}", buyer.name, programme.brand.name);
            Some(Person {
                email: buyer.owner_email.clone(),
                who,
            })
        })
    }
}

/// Sets everything up as staff would.
pub(super) async fn set_up(api: &Api, staff: &Staff) -> anyhow::Result<Market> {
    let scopes = [
        "leads:write",
        "leads:read",
        "market:read",
        "deliveries:read",
        "events:read",
    ];
    let key = staff
        .admin
        // Ten weeks of leads are sent within seconds.
        .post(
            "/api-keys",
            &json!({ "name": "Landing pages", "scopes": scopes, "requests_per_minute": 1_000_000 }),
        )
        .await?;
    let integrator_key = text(&key, "secret")?;
    let mut programmes = Vec::new();
    for (number, brand) in BRANDS.iter().enumerate() {
        programmes.push(programme(api, staff, number, brand).await?);
    }
    Ok(Market {
        programmes,
        integrator: api.with_key(&integrator_key),
        integrator_key,
    })
}

async fn programme(api: &Api, staff: &Staff, number: usize, brand: &'static Brand) -> anyhow::Result<Programme> {
    let british = brand.country == "GB";
    let currency = if british { "GBP" } else { "USD" };
    let entity = json!({
        "name": brand.name, "country": brand.country, "billing_zone": brand.zone,
        "address": if british { "4 Exchange Street, Manchester M2 7HA" } else { "500 Congress Avenue, Austin, TX 78701" },
        "tax_id": if british { Some("GB123456789") } else { None },
        "invoice_prefix": brand.invoice_prefix,
        "payment_instructions": if british {
            "Northern Example Bank, sort code 12-34-56, account 12345678"
        } else {
            "Example Bank of Texas, routing 021000021, account 123456789"
        },
    });
    let entity = staff.admin.post("/legal-entities", &entity).await?;
    let support = format!("support@{}.example", brand.slug);
    let phone = if british { "+44 161 496 0142" } else { "+1 512 555 0147" };
    let body = json!({
        "slug": brand.slug, "name": brand.name, "preset": brand.preset, "legal_entity_id": entity["id"],
        "time_zone": brand.zone, "currency": currency, "country": brand.country,
        "brand": {
            "descriptor": brand.descriptor, "support_email": support, "support_phone": phone,
            "department": { "name": "Account management", "email": format!("accounts@{}.example", brand.slug), "phone": phone },
        },
    });
    let id = text(&staff.admin.post("/programmes", &body).await?, "id")?;
    let mut products = Vec::new();
    for product in brand.products {
        let body = json!({
            "programme_id": id, "code": product.code, "name": product.name, "category": product.code,
            "exclusivity": if product.max_buyers == 1 { "exclusive" } else { "shared" },
            "max_buyers": product.max_buyers, "timing": product.timing,
            "price": { "amount": product.price_minor, "currency": currency },
            "policy_override": serde_json::from_str::<Value>(product.policy)?, "eta_text": product.eta,
        });
        products.push(text(&staff.admin.post("/lead-products", &body).await?, "id")?);
    }
    if brand.sells_at_checkout() {
        shop::make_coupons(staff, &id).await?;
    }
    let mut buyers = Vec::new();
    for (n, name) in brand.suppliers.iter().enumerate() {
        buyers.push(buyer(api, staff, brand, &id, &products, (number, n), name).await?);
    }
    Ok(Programme {
        brand,
        products,
        buyers,
    })
}

async fn buyer(
    api: &Api,
    staff: &Staff,
    brand: &'static Brand,
    programme: &str,
    products: &[String],
    (number, n): (usize, usize),
    name: &'static str,
) -> anyhow::Result<Buyer> {
    let british = brand.country == "GB";
    let places = if british { UK } else { US };
    let home = &places[(n * 3 + number) % places.len()];
    let manager = staff.manager_ids.get(n % staff.manager_ids.len().max(1));
    let body = json!({
        "programme_id": programme, "external_id": format!("acct-{number}{n:02}"), "name": name,
        "legal_name": format!("{name} {}", if british { "Ltd" } else { "LLC" }), "country": brand.country,
        "address": format!("{} Market Street, {} {}", 10 + n, home.city, home.postcode),
        // One account of each seller shows the department's contact instead of a name (R1).
        "account_manager_id": if n == 1 { None } else { manager },
    });
    let id = text(&staff.manager.post("/suppliers", &body).await?, "id")?;
    let slug: String = name
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let contact = |purpose: &str| json!({ "purpose": purpose, "email": format!("{purpose}@{slug}.example") });
    for purpose in ["leads", "billing", "general"] {
        staff
            .manager
            .post(&format!("/suppliers/{id}/contacts"), &contact(purpose))
            .await?;
    }
    let tracking_number = (brand.preset == "local-exclusive").then(|| format!("+1212555{:04}", 100 + n));
    let forward_to = if tracking_number.is_some() {
        vec![format!("+1212555{:04}", 150 + n)]
    } else {
        vec![]
    };
    let body = json!({
        "name": format!("{name} {}", home.city), "trade": brand.products[0].name, "phone": phone(british, n),
        "tracking_number": tracking_number, "forward_to": forward_to,
    });
    let business = text(
        &staff
            .manager
            .post(&format!("/suppliers/{id}/businesses"), &body)
            .await?,
        "id",
    )?;
    // Every third buys everywhere; the others around home and in a neighbouring place or two.
    let coverage = if n % 3 == 0 || tracking_number.is_some() {
        json!({ "kind": "country", "values": [brand.country] })
    } else {
        let mut regions = vec![
            home.region,
            places[(n * 5 + 1) % places.len()].region,
            places[(n * 7 + 2) % places.len()].region,
        ];
        regions.sort_unstable();
        regions.dedup();
        json!({ "kind": if british { "uk_area" } else { "us_state" }, "values": regions,
            "override_reason": "Set up with the account" })
    };
    staff
        .manager
        .post(&format!("/suppliers/{id}/coverage"), &coverage)
        .await?;
    staff
        .manager
        .post(&format!("/suppliers/{id}/activate"), &json!({}))
        .await?;
    if brand.preset != "isa-calling" && !brand.sells_at_checkout() {
        let first = n % products.len();
        for (turn, product) in products.iter().enumerate() {
            // Everybody buys one kind of lead, every second a further one.
            if turn == first || (n % 2 == 0 && turn == (first + 1) % products.len()) {
                let order = json!({
                    "business_id": business, "product_id": product, "cap_day": 3 + n % 5, "priority": (n * 7) % 20,
                    "weight": 1 + n % 4,
                });
                staff.manager.post("/orders", &order).await?;
            }
        }
    }
    let owner_email = format!("owner@{slug}.example");
    let member =
        json!({ "email": owner_email, "name": format!("Owner of {name}"), "role": "owner", "password": PASSWORD });
    staff.manager.post(&format!("/suppliers/{id}/members"), &member).await?;
    let owner = api.sign_in(&owner_email).await?;
    if n == 0 {
        // Somebody who was invited and has not come yet: the link is in the console's mailbox.
        let colleague =
            json!({ "email": format!("books@{slug}.example"), "name": format!("Books of {name}"), "role": "billing" });
        let members = format!("/suppliers/{id}/members");
        staff.manager.post(&members, &colleague).await?;
    }
    if brand.sells_at_checkout() {
        shop::store_card(staff, &id).await?;
        let wanted = shop::Wanted::first(&business, &products[n % products.len()], n);
        shop::buy(&owner, &wanted).await?;
    }
    Ok(Buyer {
        name,
        id,
        business,
        owner,
        owner_email,
        tracking_number,
    })
}

fn phone(british: bool, n: usize) -> String {
    if british {
        format!("+44 161 496 {:04}", 200 + n)
    } else {
        format!("+1 512 555 {:04}", 160 + n % 40)
    }
}
