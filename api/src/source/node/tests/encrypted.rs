//! A node that encrypts is asked where an authority that is trusted vouches for it, and not otherwise.

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::*;

/// A certificate of `localhost` that vouches for itself, and its key: of tests alone.
const CERTIFICATE: &str = "MIIBajCCARCgAwIBAgIBATAKBggqhkjOPQQDAjAaMRgwFgYDVQQDDA9yZWdpb2dyYXBoIHRlc3QwIBcNMjAwMTAxMDAwMDAwWhgP\
    MjEyMDAxMDEwMDAwMDBaMBoxGDAWBgNVBAMMD3JlZ2lvZ3JhcGggdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLzKOd/a\
    VOl75YDUO9yudsr7MkEgg8aZd/zNG2IN/NpjORMUdFlk4HKM1M5fc9FSGgNgzuaysdLJPTufzN3rq12jRTBDMBQGA1UdEQQNMAuC\
    CWxvY2FsaG9zdDAMBgNVHRMBAf8EAjAAMB0GA1UdDgQWBBShCV1nP3MzYCDpBM5RPFYja71A/TAKBggqhkjOPQQDAgNIADBFAiEA\
    5dNj5VRBpHd15euUM6n9MAKwpOa1mi2Q82UJSZ9sdBICIAVeIEDUDeWani3r5MKfVoEHMajq3hZMuq937QaEUr6C";
const KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFlQBP8kOycpb+qNKzsjIKQsk47uOI+inBwvU81wqx4GhRANCAAS8\
    yjnf2lTpe+WA1DvcrnbK+zJBIIPGmXf8zRtiDfzaYzkTFHRZZOByjNTOX3PRUhoDYM7msrHSyT07n8zd66td";

fn bytes(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

/// Answers every request, whatever it is, that it knows nothing.
async fn serve_encrypted() -> u16 {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(bytes(KEY)));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = config.with_single_cert(vec![bytes(CERTIFICATE).into()], key).unwrap();
    let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = vec![0; 16 * 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
            let _ = stream.flush().await;
        }
    });
    port
}

#[tokio::test]
async fn a_node_has_to_prove_who_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let pem = format!("-----BEGIN CERTIFICATE-----\n{CERTIFICATE}\n-----END CERTIFICATE-----\n");
    std::fs::write(&file, pem).unwrap();
    let endpoint = format!("https://localhost:{}/node", serve_encrypted().await).parse().unwrap();
    let room = Room::of(&Ask::Count(select()));
    let request = || Request { body: Vec::new(), authorization: None, credential: "x", room };
    let trusting = Http::new(&Trust::new(Some(&file)).unwrap(), 1);
    assert_eq!(trusting.put(&endpoint, request()).await, Err(Failure::Refused), "it was asked, and knows nothing");
    let public = Http::new(&Trust::new(None).unwrap(), 1);
    assert_eq!(public.put(&endpoint, request()).await, Err(Failure::Unconnected));
    assert_eq!(public.why_unreachable(&endpoint).await, "it cannot prove who it is");
}

#[tokio::test]
async fn why_a_node_is_away_is_said_without_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/node", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let http = Http::new(&Trust::new(None).unwrap(), 1);
    assert_eq!(http.why_unreachable(&endpoint).await, "connection refused");
}
