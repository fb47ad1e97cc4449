//! The gateway behind TLS: who is who is checked, and an authority of one's own can be named.

use super::*;
use crate::settings::Settings;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use tradepost_contract::Id;

/// A server with a certificate of its own that makes one customer; its address and that certificate.
fn serve() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            config
                .with_no_client_auth()
                .with_single_cert(vec![made.cert.der().clone()], key)
        })
        .map(Arc::new)
        .expect("a server's settings");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream);
            let mut head = [0; 4_096];
            // A client that does not believe the certificate hangs up.
            if stream.read(&mut head).is_ok() {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 14\r\nconnection: close\r\n\r\n{\"id\":\"cus_7\"}";
                let _ = stream.write_all(answer).and_then(|()| stream.flush());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    (format!("https://localhost:{port}"), made.cert.pem())
}

/// A stranger's certificate is not believed, and one that is named in the settings is.
#[tokio::test]
async fn a_gateway_behind_tls_is_believed_only_when_somebody_vouches_for_it() {
    let (base, certificate) = serve();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, certificate).expect("a file");
    let supplier = SupplierId::from_i64(7);
    let answer = call(base.clone(), move |stripe| stripe.create_customer(supplier)).await;
    assert!(
        matches!(answer, Err(Fault::Lost(_))),
        "a stranger is believed: {answer:?}"
    );

    let settings = Settings {
        gateway_ca: Some(file.clone()),
        ..Settings::for_database(":memory:")
    };
    let authorities = crate::gateway::authorities(&settings).expect("a certificate");
    let vouched = tokio::task::spawn_blocking(move || {
        let stripe = Stripe::new(&base, "sk_test_1", Duration::from_secs(10), authorities);
        stripe.create_customer(supplier)
    });
    assert_eq!(vouched.await.expect("the call ends"), Ok("cus_7".to_owned()));
}

#[test]
fn a_file_without_certificates_is_refused_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("missing.pem", None),
        ("empty.pem", Some("")),
        ("picture.pem", Some("\u{1}PNG")),
    ] {
        let file = folder.path().join(name);
        if let Some(text) = text {
            std::fs::write(&file, text).expect("a file");
        }
        let settings = Settings {
            gateway_ca: Some(file),
            ..Settings::for_database(":memory:")
        };
        assert!(crate::gateway::authorities(&settings).is_err(), "{name}");
    }
}
