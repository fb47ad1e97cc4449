//! The twin run: the same commands give the same answers on SQLite and on PostgreSQL.
//!
//! Random sequences of what staff, suppliers and integrators do are sent to two servers in step. After
//! every command the two answers are compared, with ids named by their first appearance and instants
//! left out, since those two differ by nature. Two implementations of every statement make a strong
//! oracle: a rule that holds on one database only shows up here.

use std::collections::HashMap;

use reqwest::Method;
use serde_json::{Value, json};
use tradepost_tests::Database::{Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, Market, TestApp, merged, spawn};

const STEPS: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_give_the_same_answers() {
    let sequences = super::size(300, 12);
    // To go on where a run has stopped: each sequence has a seed, one more than its number.
    let first = std::env::var("TRADEPOST_TWIN_FROM").map_or(0, |number| number.parse().expect("a number"));
    let (mut commands, mut kinds) = (0, HashMap::new());
    for sequence in first..sequences {
        let presets = ["lead-store", "b2b-monthly", "local-exclusive", "trade-weekly"];
        let twins = Twins::start(presets[sequence % presets.len()], sequence as u64 + 1).await;
        commands += twins.run(&mut kinds).await;
    }
    let answered = kinds
        .iter()
        .map(|(status, count)| format!("{count}× {status}"))
        .collect::<Vec<_>>();
    println!("statuses: {}", answered.join(", "));
    super::report(
        "twin run",
        Sqlite,
        &format!("{} sequences, {commands} commands", sequences - first),
        "the same answers on both databases",
    );
}

/// One of the two servers, with the ids it gave out in the order in which they came.
struct Twin {
    app: TestApp,
    clients: HashMap<&'static str, Client>,
    names: HashMap<String, String>,
    ids: HashMap<String, Vec<String>>,
}

struct Twins {
    seed: u64,
    random: Random,
    sqlite: Twin,
    postgres: Twin,
    programme: Value,
    leads: u64,
    history: Vec<String>,
}

/// A command with `{ord}` and the like where an id of that kind belongs.
struct Command {
    who: &'static str,
    method: Method,
    path: String,
    body: Option<Value>,
}

impl Twins {
    async fn start(preset: &str, seed: u64) -> Self {
        let (sqlite, postgres) = (spawn(Sqlite).await, spawn(Postgres).await);
        let programme = {
            let (first, second) = (sqlite.market(preset).await, postgres.market(preset).await);
            (
                set_up(&first).await,
                set_up(&second).await,
                first.programme.clone(),
                second.programme.clone(),
            )
        };
        let ((first, first_buyers), (second, second_buyers), one, two) = programme;
        Self {
            seed,
            random: Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            sqlite: Twin::new(sqlite, first, &one, &first_buyers),
            postgres: Twin::new(postgres, second, &two, &second_buyers),
            programme: one,
            leads: 0,
            history: Vec::new(),
        }
    }

    async fn run(mut self, kinds: &mut HashMap<u16, usize>) -> usize {
        for step in 0..STEPS {
            let command = self.next_command();
            let choice = self.random.next();
            let (one, two) = (
                self.sqlite.send(&command, choice).await,
                self.postgres.send(&command, choice).await,
            );
            let (first, second) = (self.sqlite.normal(&one), self.postgres.normal(&two));
            self.history.push(format!(
                "{step}: {} {} {:?} → {}",
                command.method, command.path, command.body, one.status
            ));
            assert!(
                one.status == two.status && first == second,
                "seed {}, the answers differ\n{}\n\nSQLite:     {one}\n\nPostgreSQL: {two}\n\nnormal:\n{first}\n{second}",
                self.seed,
                self.history.join("\n")
            );
            assert!(one.status.as_u16() < 500, "seed {}: {one}", self.seed);
            *kinds.entry(one.status.as_u16()).or_default() += 1;
        }
        self.sqlite.app.audit_is_green().await;
        self.postgres.app.audit_is_green().await;
        STEPS
    }

    fn next_command(&mut self) -> Command {
        let pick = self.random.below(100);
        let staff = "account_manager";
        match pick {
            0..30 => self.lead(),
            30..34 => write(staff, "/orders/{ord}/pause", json!({ "reason": "asked by phone" })),
            34..38 => write(staff, "/orders/{ord}/resume", json!({})),
            38..40 => write(staff, "/orders/{ord}/cancel", json!({})),
            40..44 => {
                let body = json!({ "business_id": "{biz}", "product_id": "{prod}", "quantity": self.random.below(6), "priority": self.random.below(101) });
                write(staff, "/orders", body)
            }
            44..47 => {
                let body = json!({ "cap_day": self.random.below(4), "weight": self.random.below(5), "reason": "asked by phone" });
                Command {
                    who: staff,
                    method: Method::PATCH,
                    path: "/orders/{ord}".to_owned(),
                    body: Some(body),
                }
            }
            47..49 => write(staff, "/suppliers/{sup}/suspend", json!({ "reason": "overdue" })),
            49..52 => write(staff, "/suppliers/{sup}/activate", json!({})),
            52..55 => {
                let kinds = [
                    ("us_state", "TX"),
                    ("us_zip", "78701"),
                    ("uk_area", "SW"),
                    ("country", "US"),
                    ("us_zip", "00000"),
                ];
                let (kind, value) = kinds[self.random.below(kinds.len())];
                write(
                    staff,
                    "/suppliers/{sup}/coverage",
                    json!({ "kind": kind, "values": [value] }),
                )
            }
            55..63 => {
                let reasons = [
                    "disconnected",
                    "disconnected_number",
                    "wrong_number",
                    "not_interested",
                    "telemarketer",
                    "nonsense",
                ];
                let reason = reasons[self.random.below(reasons.len())];
                let note = ["The number is out of service.", ""][self.random.below(2)];
                write(
                    "support",
                    "/return-requests",
                    json!({ "delivery_id": "{del}", "reason": reason, "note": note }),
                )
            }
            63..66 => write(
                "returns_reviewer",
                "/return-requests/{ret}/approve",
                json!({ "explanation": "Checked." }),
            ),
            66..69 => write(
                "returns_reviewer",
                "/return-requests/{ret}/deny",
                json!({ "explanation": "It rings." }),
            ),
            69..71 => write("support", "/return-requests/{ret}/withdraw", json!({})),
            71..73 => write(
                "support",
                "/return-requests/{ret}/appeal",
                json!({ "note": "Please look again." }),
            ),
            73..77 => {
                let outcome = ["quoted", "won", "lost", "unreachable"][self.random.below(4)];
                let body = json!({ "rating": self.random.below(7), "outcome": outcome });
                Command {
                    who: staff,
                    method: Method::PATCH,
                    path: "/deliveries/{del}".to_owned(),
                    body: Some(body),
                }
            }
            77..80 => write(staff, "/deliveries/{del}/reject", json!({ "reason": "telemarketer" })),
            80..82 => write(staff, "/deliveries/{del}/undo-rejection", json!({})),
            82..86 => {
                let days = [1, 3, 8, 35][self.random.below(4)];
                write(
                    "finance",
                    "/sandbox/clock/advance",
                    json!({ "seconds": days * 86_400, "run_jobs": true }),
                )
            }
            _ => {
                let lists = [
                    "/leads?limit=100",
                    "/deliveries?limit=100",
                    "/orders?limit=100",
                    "/suppliers?limit=100",
                    "/invoices?limit=100",
                    "/credit-notes?limit=100",
                    "/return-requests?limit=100",
                    "/replacements?limit=100",
                    "/billing-runs?limit=100",
                    "/leads/{lead}",
                    "/leads/{lead}/trace",
                    "/deliveries/{del}",
                    "/orders/{ord}",
                    "/invoices/{inv}",
                ];
                Command {
                    who: "finance",
                    method: Method::GET,
                    path: lists[self.random.below(lists.len())].to_owned(),
                    body: None,
                }
            }
        }
    }

    /// A lead that is new, a repetition, or wrong in some way.
    fn lead(&mut self) -> Command {
        let known = self.leads.saturating_sub(self.random.below(4) as u64);
        let number = if self.random.below(4) == 0 {
            known
        } else {
            self.leads += 1;
            self.leads
        };
        let british = self.programme["country"] == "GB";
        let phone = if british {
            format!("07400 {number:06}")
        } else {
            format!("512 200 {number:04}")
        };
        let postcode = if british {
            "SW1A 1AA"
        } else {
            ["78701", "10001", "94105"][self.random.below(3)]
        };
        let body = json!({
            "programme": "{slug}", "product": "main", "external_source": "twin",
            "external_id": format!("enquiry-{}", if self.random.below(8) == 0 { number } else { self.random.next() >> 40 }),
            "person": { "name": "Dana Reyes", "company": "Reyes Dental", "email": format!("dana.{number}@reyes.example"), "phone": phone },
            "place": { "country": self.programme["country"], "postcode": postcode },
            "consent": { "text": "You may call me.", "text_version": "1", "given_at": "2026-01-05T10:00:00Z", "recipients": [] },
            "verification": { "method": "phone_call", "verified_at": "2026-01-05T10:05:00Z", "verified_by": "Call centre" },
        });
        let flaw = [
            json!({}),
            json!({}),
            json!({}),
            json!({}),
            json!({ "consent": null }),
            json!({ "person": { "phone": "12" } }),
            json!({ "person": { "email": "nobody" } }),
            json!({ "place": { "postcode": "00000" } }),
            json!({ "surprise": 1 }),
        ];
        write(
            "key",
            "/leads",
            merged(body, flaw[self.random.below(flaw.len())].clone()),
        )
    }
}

fn write(who: &'static str, path: &str, body: Value) -> Command {
    Command {
        who,
        method: Method::POST,
        path: path.to_owned(),
        body: Some(body),
    }
}

/// Suppliers of two associations and of none, and who calls.
async fn set_up(market: &Market<'_>) -> (HashMap<&'static str, Client>, Vec<Buyer>) {
    let manager = market.app.staff("account_manager").await;
    let association = manager
        .post("/business-associations")
        .json(&json!({ "name": "Sunrise" }))
        .send()
        .await
        .created()["id"]
        .clone();
    let mut buyers = Vec::new();
    for number in 0..4 {
        let business = if number < 2 {
            json!({ "association_id": association })
        } else {
            json!({})
        };
        let buyer = market
            .supplier_with(&format!("Supplier {number}"), json!({}), business)
            .await;
        let order = market.order(&buyer, json!({ "priority": number * 10 })).await;
        buyers.push(Buyer {
            order_id: order["id"].as_str().map(str::to_owned),
            ..buyer
        });
    }
    let mut clients = HashMap::from([("key", market.key.clone())]);
    for role in ["account_manager", "support", "returns_reviewer", "finance"] {
        clients.insert(role, market.app.staff(role).await);
    }
    (clients, buyers)
}

impl Twin {
    fn new(app: TestApp, clients: HashMap<&'static str, Client>, programme: &Value, buyers: &[Buyer]) -> Self {
        let mut ids: HashMap<String, Vec<String>> = HashMap::new();
        let mut put = |kind: &str, id: &str| ids.entry(kind.to_owned()).or_default().push(id.to_owned());
        put("slug", programme["slug"].as_str().unwrap_or_default());
        for buyer in buyers {
            put("sup", &buyer.id);
            put("biz", &buyer.business_id);
            put("ord", buyer.order_id.as_deref().unwrap_or_default());
        }
        Self {
            app,
            clients,
            names: HashMap::new(),
            ids,
        }
    }

    async fn send(&mut self, command: &Command, choice: u64) -> Answer {
        let path = self.with_ids(&command.path, choice);
        let mut call = self.clients[command.who].call(command.method.clone(), &path);
        if let Some(body) = &command.body {
            let body = self.with_ids(&body.to_string(), choice);
            call = call.bytes("application/json", body);
        }
        let answer = call.send().await;
        self.learn(&answer);
        answer
    }

    /// Puts an id of the named kind wherever one belongs; without any there is one that leads nowhere.
    fn with_ids(&self, text: &str, choice: u64) -> String {
        let mut text = text.to_owned();
        for kind in ["slug", "sup", "biz", "ord", "prod", "lead", "del", "ret", "inv"] {
            let known = self.ids.get(kind).map(Vec::as_slice).unwrap_or_default();
            let chosen = known.get(usize::try_from(choice % (known.len().max(1) as u64)).unwrap_or(0));
            text = text.replace(
                &format!("{{{kind}}}"),
                chosen.map_or("nothing_0000000000000", String::as_str),
            );
        }
        text
    }

    /// Keeps the ids of what an answer shows, in the order in which they come.
    fn learn(&mut self, answer: &Answer) {
        let Ok(value) = serde_json::from_slice::<Value>(&answer.body) else {
            return;
        };
        let mut found = Vec::new();
        visit(&value, &mut |text| {
            if let Some((kind, _)) = text.rsplit_once('_').filter(|(_, code)| code.len() == 13) {
                found.push((kind.to_owned(), text.to_owned()));
            }
        });
        for (kind, id) in found {
            let known = self.ids.entry(kind).or_default();
            if !known.contains(&id) {
                known.push(id);
            }
        }
    }

    /// The answer without what differs by nature.
    fn normal(&mut self, answer: &Answer) -> String {
        let Ok(mut value) = serde_json::from_slice::<Value>(&answer.body) else {
            return answer.text();
        };
        self.rewrite(&mut value);
        format!("{} {value}", answer.status)
    }

    fn rewrite(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.rewrite(item)),
            Value::Object(fields) => {
                fields.remove("request_id");
                fields.remove("next_cursor");
                // The jobs also run by themselves, so how much was left to do differs.
                fields.remove("done");
                // Both clocks stand at the same business instant; the wall's has moved on between the two.
                fields.remove("ahead_seconds");
                if fields.contains_key("suppliers_done") {
                    // A run's version counts its turns, and the job and the sandbox both take some.
                    fields.remove("version");
                }
                fields.values_mut().for_each(|field| self.rewrite(field));
            }
            Value::String(text) => *text = self.rename(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Ids become their kind and number, instants a mark; ids also where they stand within a sentence.
    fn rename(&mut self, text: &str) -> String {
        if is_instant(text) {
            return "an instant".to_owned();
        }
        let words =
            text.split_inclusive(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '-'));
        let mut renamed = String::new();
        for word in words {
            let core = word
                .trim_end_matches(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '-'));
            let rest = &word[core.len()..];
            let is_id = core
                .rsplit_once('_')
                .is_some_and(|(prefix, code)| code.len() == 13 && !prefix.is_empty());
            if let Some(name) = self.names.get(core) {
                renamed.push_str(name);
            } else if is_id {
                let name = format!(
                    "{}#{}",
                    core.rsplit_once('_').map_or("", |(prefix, _)| prefix),
                    self.names.len()
                );
                self.names.insert(core.to_owned(), name.clone());
                renamed.push_str(&name);
            } else {
                renamed.push_str(core);
            }
            renamed.push_str(rest);
        }
        renamed
    }
}

fn is_instant(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 20 && bytes.len() <= 32 && bytes[4] == b'-' && bytes[10] == b'T' && bytes.ends_with(b"Z")
}

fn visit(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| visit(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| visit(field, found)),
        Value::String(text) => found(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// xorshift64*: the same sequence from the same seed, everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from((self.next() >> 33) % end as u64).unwrap_or(0)
    }
}
