//! An issuer over TLS: what ends it stands before the issuer, with a certificate of `localhost` that vouches for itself.

use std::sync::Arc;

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use super::Issuer;

/// The certificate, in PEM, of tests alone.
pub const CERTIFICATE: &str = include_str!("localhost.pem");

/// What ends TLS before an issuer, until it is dropped.
pub struct Encrypted {
    url: String,
    server: JoinHandle<()>,
}

impl Encrypted {
    /// Before this issuer.
    pub async fn before(issuer: &Issuer) -> Self {
        let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).expect("the file holds a certificate");
        let key = PrivateKeyDer::from_pem_slice(include_bytes!("localhost-key.pem")).expect("the file holds its key");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config =
            config.with_safe_default_protocol_versions().expect("the provider knows TLS").with_no_client_auth();
        let config = config.with_single_cert(vec![certificate], key).expect("they belong together");
        let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await);
        let listener = listener.expect("there is a free port");
        let port = listener.local_addr().expect("a listener has an address").port();
        let behind = issuer.url().trim_start_matches("http://").trim_end_matches("/realm").to_owned();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let Ok(mut issuer) = TcpStream::connect(&behind).await else { continue };
                tokio::spawn(async move { copy_bidirectional(&mut stream, &mut issuer).await });
            }
        });
        Self { url: format!("https://localhost:{port}/realm"), server }
    }

    /// Where the issuer is over TLS.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        self.server.abort();
    }
}
