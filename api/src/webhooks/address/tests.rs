use super::*;

const STRICT: Reach = Reach::of(false);
const SANDBOX: Reach = Reach::of(true);

/// URLs that are refused before any name is resolved.
const REFUSED: &[&str] = &[
    // Not https.
    "http://hooks.acme.com/",
    "ftp://hooks.acme.com/",
    "file:///etc/passwd",
    "gopher://hooks.acme.com/",
    "javascript:alert(1)",
    "data:text/plain,hello",
    "ws://hooks.acme.com/",
    "unix:/var/run/docker.sock",
    "//hooks.acme.com/",
    "hooks.acme.com",
    "",
    "https://",
    "https:///path",
    // Credentials, ports, fragments, what parsers read in two ways.
    "https://user@hooks.acme.com/",
    "https://user:password@hooks.acme.com/",
    "https://@hooks.acme.com/",
    "https://:@hooks.acme.com/",
    "https://hooks.acme.com@127.0.0.1/",
    "https://hooks.acme.com:8443/",
    "https://hooks.acme.com:80/",
    "https://hooks.acme.com:22/",
    "https://hooks.acme.com:0/",
    "https://hooks.acme.com:99999/",
    "https://hooks.acme.com/#top",
    "https://hooks.acme.com\\@127.0.0.1/",
    "https:\\\\127.0.0.1\\",
    " https://hooks.acme.com/",
    "https://hooks.acme.com/\n",
    "https://hooks.ac\tme.com/",
    "https://hooks acme.com/",
    "https://[::1/",
    // Names of one's own machine or network.
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://api.localhost/",
    "https://router/",
    "https://printer.local/",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://vault.corp/",
    "https://nas.home.arpa/",
    "https://nas.lan/",
    "https://expyuzz4wqqyqhjn.onion/",
    // Version 4, in every spelling.
    "https://127.0.0.1/",
    "https://127.0.0.1./",
    "https://127.1/",
    "https://127.255.255.254/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://%31%32%37.0.0.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://0.0.0.0/",
    "https://0/",
    "https://10.0.0.1/",
    "https://100.64.0.1/",
    "https://100.127.255.255/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0xa9fea9fe/",
    "https://168.63.129.16/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.0.0.192/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://192.168.0.1/",
    "https://3232235521/",
    "https://198.18.0.1/",
    "https://198.19.255.255/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://239.255.255.255/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    // Version 6, and version 4 inside of it.
    "https://[::]/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::1]/",
    "https://[100::1]/",
    "https://[2001::1]/",
    "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "https://[2001:10::1]/",
    "https://[2001:20::1]/",
    "https://[2001:db8::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a9fe:a9fe::1]/",
    "https://[3ffe::1]/",
    "https://[3fff::1]/",
    "https://[5f00::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
];

/// S6: no URL outside of the public internet is taken; each line is another way to write one.
#[test]
fn s6_urls_that_are_refused() {
    assert!(REFUSED.len() >= 60, "{}", REFUSED.len());
    let taken: Vec<_> = REFUSED.iter().filter(|url| parse(url, STRICT).is_ok()).collect();
    assert!(taken.is_empty(), "{taken:?}");
    let long = format!("https://hooks.acme.com/{}", "a".repeat(2048));
    assert_eq!(parse(&long, STRICT), Err(Refusal::TooLong));
}

/// S6: what a name leads to is judged by the same rules, whatever the resolver's spelling.
#[test]
fn s6_addresses_that_are_refused() {
    let refused = [
        "0.0.0.1",
        "10.255.255.255",
        "100.100.100.200",
        "127.0.0.53",
        "169.254.170.2",
        "172.20.10.1",
        "192.0.0.8",
        "192.168.178.1",
        "198.18.0.254",
        "233.252.0.1",
        "255.255.255.254",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2001:db8:ffff::",
        "2002:0a00:0001::1",
        "2001:1ff:ffff::1",
        "fdff::1",
        "febf::1",
        "ff0e::1",
        "4000::1",
        "1fff::1",
        "fe80::a9fe:a9fe",
    ];
    for text in refused {
        let address: IpAddr = text.parse().expect("an address");
        assert_eq!(check(address, STRICT), Err(Refusal::NotPublic), "{text}");
        assert_eq!(check(address, SANDBOX).is_ok(), address.is_loopback(), "{text}");
    }
}

#[test]
fn the_public_internet_is_reached() {
    for url in [
        "https://hooks.acme.com/",
        "https://hooks.acme.com:443/tradepost?team=7",
        "https://hooks.acme.com./in",
        "https://münchen-makler.de/",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
        "https://[2a00:1450:4001:81b::200e]/",
        "https://example.com/",
        "https://contest.acme.com/",
    ] {
        assert!(parse(url, STRICT).is_ok(), "{url}: {:?}", parse(url, STRICT));
    }
    for address in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
    ] {
        assert!(check(address.parse().expect("an address"), STRICT).is_ok(), "{address}");
    }
    for address in [
        "172.32.0.0",
        "192.167.255.255",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:200::1",
    ] {
        assert!(check(address.parse().expect("an address"), STRICT).is_ok(), "{address}");
    }
}

/// A sandbox also calls what runs beside it, and still nothing else of the private network.
#[test]
fn s6_a_sandbox_reaches_its_own_machine_and_no_further() {
    for url in [
        "http://127.0.0.1:4000/in",
        "http://localhost:4000/",
        "http://[::1]:4000/",
        "http://hooks.acme.com:81/",
    ] {
        assert!(parse(url, SANDBOX).is_ok(), "{url}");
    }
    for url in [
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://192.168.0.1/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "ftp://127.0.0.1/",
        "http://user@127.0.0.1/",
        "http://router/",
        "http://metadata.google.internal/",
    ] {
        assert!(parse(url, SANDBOX).is_err(), "{url}");
    }
}
