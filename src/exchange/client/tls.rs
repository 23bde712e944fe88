//! Whom we trust, and with which cryptography.

use std::path::Path;

use reqwest::Certificate;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::error::Problem;

/// Makes ring the cryptography of this process, unless another was chosen.
pub fn use_ring() {
    // An error says that one was chosen before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The certificates in a file.
///
/// # Errors
/// Where it cannot be read, holds no certificate, or holds one that is broken.
pub fn certificates(path: &Path) -> Result<Vec<Certificate>, Problem> {
    let name = path.display();
    let pem = std::fs::read(path).map_err(|error| {
        Problem::new(format!("cannot read the certificates in {name}: {error}"))
            .help("give the path of a PEM file with the certificates of your authority")
    })?;
    let mut found = Vec::new();
    for (number, der) in CertificateDer::pem_slice_iter(&pem).enumerate() {
        let number = number + 1;
        let der = der.map_err(|error| {
            Problem::new(format!("certificate {number} in {name} is broken: {error}"))
                .help("export it again, in the PEM format")
        })?;
        // Broken ones would otherwise be told at the first connection.
        RootCertStore::empty().add(der.clone()).map_err(|error| {
            Problem::new(format!("certificate {number} in {name} cannot be used: {error}"))
                .help("give X.509 certificates of an authority, in the PEM format")
        })?;
        found.extend(Certificate::from_der(&der).ok());
    }
    if found.is_empty() {
        return Err(Problem::new(format!("{name} holds no certificate")).help(
            "a PEM file holds `-----BEGIN CERTIFICATE-----`; convert other formats with \
             `openssl x509 -inform der -in FILE`",
        ));
    }
    Ok(found)
}
