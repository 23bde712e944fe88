//! Encrypted connections, and whom we trust.

use std::path::PathBuf;
use std::sync::Arc;

use dify_contract::exchange::{End, FailureKind};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

use super::server::{Act, plain, read, serve};
use super::{answer, client, get, text};

/// A server that speaks TLS, with a certificate for this name by an authority of our own; gives the
/// port and the file of the authority's certificate.
async fn encrypted(name: &str) -> (u16, PathBuf) {
    let mut params = CertificateParams::new(Vec::new()).expect("no names are right");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let title = format!("the authority of {name}");
    params.distinguished_name.push(rcgen::DnType::CommonName, title);
    let authority_key = KeyPair::generate().expect("ring makes keys");
    let authority = CertifiedIssuer::self_signed(params, authority_key).expect("it can be signed");
    let key = KeyPair::generate().expect("ring makes keys");
    let params = CertificateParams::new(vec![name.to_owned()]).expect("it is a name");
    let certificate = params.signed_by(&key, &authority).expect("it can be signed");
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("authority-{name}.pem"));
    std::fs::write(&file, authority.pem()).expect("the folder for tests can be written");

    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
        .expect("certificate and key belong together");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback is there");
    let port = listener.local_addr().expect("it is bound").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(stream).await
                    && read(&mut stream).await.is_some()
                {
                    serve(&mut stream, &[Act::Send(plain("text/plain", "well"))]).await;
                }
            });
        }
    });
    (port, file)
}

#[tokio::test]
async fn an_authority_is_trusted_when_its_file_is_given() {
    let (port, file) = encrypted("localhost").await;
    let url = format!("https://localhost:{port}/v1/info");
    let exchange = get(&client(|options| options.ca_file = Some(file)), &url).await;
    assert_eq!(text(&exchange), "well");
    assert_eq!(answer(&exchange).end, Some(End::Complete));
}

#[tokio::test]
async fn whom_we_do_not_trust_is_told() {
    let (port, other) = encrypted("shop.example").await;
    let url = format!("https://127.0.0.1:{port}/v1/info");
    // The system need not have any authorities at all, so another one is given.
    let (_, foreign) = encrypted("foreign.example").await;
    for (file, words) in [(foreign, "not trusted"), (other, "another name")] {
        let exchange = get(&client(|options| options.ca_file = Some(file)), &url).await;
        let failure = exchange.failure.expect("it is not trusted");
        assert_eq!(failure.kind, FailureKind::Tls);
        assert!(failure.message.contains(words) && failure.help.is_some(), "{failure}");
    }
}
