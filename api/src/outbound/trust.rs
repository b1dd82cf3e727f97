//! Whose certificates others may show: those of public authorities, or of the ones in a file. Encryption is that of one
//! library, named here, so that nothing has to be set for the whole process.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Whose certificates are taken. Equal where those are, whatever their file is called.
#[derive(Clone)]
pub struct Trust {
    config: Arc<ClientConfig>,
    /// The authorities of a file, in their order; none where they are the public ones.
    named: Option<Arc<[CertificateDer<'static>]>>,
}

/// A file holds no certificates of authorities.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} holds no certificate in PEM that can be read", .0.display())]
pub struct BadAuthorities(PathBuf);

impl Trust {
    /// Certificates of the authorities in a PEM file and of no others; of public authorities, where there is no file.
    ///
    /// # Errors
    /// Where the file holds none.
    pub fn new(authorities: Option<&Path>) -> Result<Self, BadAuthorities> {
        let (mut roots, mut named) = (RootCertStore::empty(), None);
        match authorities {
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Some(file) => {
                let bad = || BadAuthorities(file.to_owned());
                let all = CertificateDer::pem_file_iter(file).map_err(|_| bad())?;
                let all = all.collect::<Result<Vec<_>, _>>().map_err(|_| bad())?;
                all.iter().try_for_each(|it| roots.add(it.clone())).map_err(|_| bad())?;
                if roots.is_empty() {
                    return Err(bad());
                }
                named = Some(all.into());
            }
        }
        let versions = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3");
        let config = Arc::new(versions.with_root_certificates(roots).with_no_client_auth());
        Ok(Self { config, named })
    }

    pub(super) fn config(&self) -> ClientConfig {
        ClientConfig::clone(&self.config)
    }
}

impl PartialEq for Trust {
    fn eq(&self, other: &Self) -> bool {
        self.named == other.named
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_come_from_a_file_or_are_public() {
        assert!(Trust::new(None).is_ok());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let refused = |path: &Path| Trust::new(Some(path)).unwrap_err().to_string();
        assert!(refused(&path).contains("ca.pem holds no certificate"));
        std::fs::write(&path, "no certificate").unwrap();
        assert!(refused(&path).contains("ca.pem holds no certificate"));
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        assert!(refused(&path).contains("ca.pem holds no certificate"));
    }
}
