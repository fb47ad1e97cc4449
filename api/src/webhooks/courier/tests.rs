use super::*;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Says what it is told to, one answer a question; the last one again and again.
struct Liar {
    answers: Mutex<Vec<Vec<&'static str>>>,
    asked: AtomicUsize,
}

impl Liar {
    fn new(answers: &[&[&'static str]]) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.iter().map(|answer| answer.to_vec()).collect()),
            asked: AtomicUsize::new(0),
        })
    }
}

impl Names for Liar {
    fn resolve(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().expect("no test panics here");
        let answer = if answers.len() > 1 {
            answers.remove(0)
        } else {
            answers[0].clone()
        };
        Ok(answer.iter().map(|text| text.parse().expect("an address")).collect())
    }
}

/// A server on the loopback address that counts who knocks, and answers with `answer`.
fn canary(answer: Vec<u8>) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let knocks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&knocks);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.set_read_timeout(Some(Duration::from_millis(300)));
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(&answer);
        }
    });
    (port, knocks)
}

fn letter(url: String) -> Letter {
    Letter {
        url,
        content_type: "application/json",
        headers: vec![("webhook-id".to_owned(), "evt_1".to_owned())],
        body: b"{}".to_vec(),
    }
}

/// Reaches any port, but not its own machine.
const PUBLIC: Reach = Reach {
    plain: true,
    loopback: false,
};

/// S6: a name that was public when the endpoint was made, and leads inside when a message is sent, is not called.
#[tokio::test]
async fn s6_a_name_that_turns_inward_is_not_called() {
    let (port, knocks) = canary(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec());
    let names = Liar::new(&[&["93.184.215.14"], &["127.0.0.1"]]);
    let courier = Courier::with(PUBLIC, names.clone());
    let url = format!("http://hooks.acme.com:{port}/in");
    courier.check(&url).expect("public when it is made");
    for _ in 0..3 {
        let answered = courier.carry(letter(url.clone())).await;
        assert_eq!(answered, Answered::failed(WebhookFault::AddressRefused));
    }
    assert_eq!(knocks.load(Ordering::SeqCst), 0, "nobody knocked inside");
    assert_eq!(
        names.asked.load(Ordering::SeqCst),
        4,
        "asked once to check, and once an attempt"
    );
    assert!(courier.check(&url).is_err());
}

/// S6: one private address among public ones is enough.
#[tokio::test]
async fn s6_every_address_of_a_name_has_to_be_public() {
    let (port, knocks) = canary(Vec::new());
    for mixed in [
        ["93.184.215.14", "127.0.0.1"],
        ["127.0.0.1", "93.184.215.14"],
        ["2606:4700:4700::1111", "::ffff:127.0.0.1"],
        ["93.184.215.14", "169.254.169.254"],
    ] {
        let courier = Courier::with(PUBLIC, Liar::new(&[&mixed]));
        let url = format!("http://hooks.acme.com:{port}/in");
        assert!(courier.check(&url).is_err(), "{mixed:?}");
        let answered = courier.carry(letter(url)).await;
        assert_eq!(answered.fault, Some(WebhookFault::AddressRefused), "{mixed:?}");
    }
    assert_eq!(knocks.load(Ordering::SeqCst), 0);
}

/// S6: the connection goes to the address that was checked: the name is looked up once an attempt, and the first answer
/// is the one that is called.
#[tokio::test]
async fn s6_the_checked_address_is_the_called_one() {
    let (port, knocks) = canary(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec());
    // 127.0.0.2 is nobody's: a second look-up would end there.
    let names = Liar::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let courier = Courier::with(Reach::of(true), names.clone());
    let answered = courier.carry(letter(format!("http://hooks.acme.com:{port}/in"))).await;
    assert_eq!((answered.status, answered.fault), (Some(204), None));
    assert_eq!(knocks.load(Ordering::SeqCst), 1);
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
}

/// S6: a redirect is an answer that is not 2xx, and leads nowhere.
#[tokio::test]
async fn s6_redirects_are_not_followed() {
    let (inner, knocks) = canary(Vec::new());
    let answer = format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inner}/\r\ncontent-length: 0\r\n\r\n");
    let (port, _) = canary(answer.into_bytes());
    let courier = Courier::with(Reach::of(true), Liar::new(&[&["127.0.0.1"]]));
    let answered = courier.carry(letter(format!("http://127.0.0.1:{port}/"))).await;
    assert_eq!(
        (answered.status, answered.fault),
        (Some(302), Some(WebhookFault::BadStatus))
    );
    assert_eq!(knocks.load(Ordering::SeqCst), 0);
}

/// S6: an endless answer is cut off, and its beginning is kept.
#[tokio::test]
async fn s6_a_long_answer_is_cut_off() {
    let mut answer = b"HTTP/1.1 500 Oops\r\n\r\n".to_vec();
    answer.extend(std::iter::repeat_n(b'x', 200 * 1024));
    let (port, _) = canary(answer);
    let courier = Courier::with(Reach::of(true), Liar::new(&[&["127.0.0.1"]]));
    let answered = courier.carry(letter(format!("http://127.0.0.1:{port}/"))).await;
    assert_eq!(
        (answered.status, answered.fault),
        (Some(500), Some(WebhookFault::TooLong))
    );
    assert_eq!(answered.beginning.map(|text| text.len()), Some(1000));
}

/// Outside of a sandbox nothing but https to port 443 leaves, whatever the database says.
#[tokio::test]
async fn s6_what_stands_in_the_database_is_judged_anew() {
    let (port, knocks) = canary(Vec::new());
    let courier = Courier::with(Reach::of(false), Liar::new(&[&["127.0.0.1"]]));
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        "https://10.0.0.1/".to_owned(),
    ] {
        assert_eq!(
            courier.carry(letter(url)).await,
            Answered::failed(WebhookFault::AddressRefused)
        );
    }
    assert_eq!(knocks.load(Ordering::SeqCst), 0);
    let nobody = Courier::with(Reach::of(true), Liar::new(&[&[]]));
    let answered = nobody.carry(letter("http://nobody.acme.com/".to_owned())).await;
    assert_eq!(answered, Answered::failed(WebhookFault::NameUnknown));
}
