//! Errors of the way to the server, sorted by what a person can do about them.

use std::error::Error;
use std::io;

use super::client::Route;
use super::options::{ClientOptions, Proxy};
use crate::exchange::outcome::{Failure, FailureKind};

/// Where a request was going.
pub struct Way<'w> {
    /// `HOST:PORT`, as it stands in the URL.
    pub place: &'w str,
    /// Over which connections.
    pub route: Route,
    /// How we send.
    pub options: &'w ClientOptions,
}

type Cause<'e> = &'e (dyn Error + 'static);

/// An error and everything that caused it, the innermost last. An I/O error hides its cause from
/// `source`, so it is asked for it.
pub fn causes<'e>(error: Cause<'e>) -> Vec<Cause<'e>> {
    let mut causes = vec![error];
    let mut last = error;
    loop {
        let inner = last.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let Some(next) = inner.map(|inner| inner as Cause<'e>).or_else(|| last.source()) else {
            return causes;
        };
        causes.push(next);
        last = next;
    }
}

/// The failure that an error before any answer stands for.
pub fn of(error: &reqwest::Error, way: &Way<'_>) -> Failure {
    let causes = causes(error);
    let failure = |kind, message: String| Failure::new(kind, message);
    let Way { place, .. } = way;
    if error.is_builder() {
        let message = format!("the request cannot be written as HTTP: {}", innermost(&causes));
        return failure(FailureKind::NotSent, message);
    }
    if let Some(why) = proxy(error, &causes, way) {
        let message = format!("the proxy did not let us through to {place}: {why}");
        return failure(FailureKind::Proxy, message)
            .help("correct the proxy's address or credentials, or list the host in `NO_PROXY`");
    }
    if error.is_dns() {
        return failure(
            FailureKind::Unresolved,
            format!("{place} has no address: {}", innermost(&causes)),
        )
        .help("correct the host in the base URL, or look after name resolution on this machine");
    }
    if let Some(error) = first::<rustls::Error>(&causes) {
        return encrypted(error, place);
    }
    if error.is_timeout() && error.is_connect() {
        let seconds = way.options.connect_timeout.as_secs_f64();
        let message = format!("no connection to {place} came about within {seconds} seconds");
        return failure(FailureKind::Unreachable, message).help(
            "correct the host and port of the base URL; a firewall that drops packets looks like this, too",
        );
    }
    // Errors of the network come wrapped in others that tell no kind.
    let kinds = causes.iter().filter_map(|cause| cause.downcast_ref()).map(io::Error::kind);
    let kind = kinds.into_iter().find(|kind| *kind != io::ErrorKind::Other);
    if error.is_connect() {
        return unconnected(kind, &causes, place);
    }
    answerless(kind, &causes, place)
}

/// No connection came about, for a reason that the system told.
fn unconnected(kind: Option<io::ErrorKind>, causes: &[Cause<'_>], place: &str) -> Failure {
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => {
            Failure::new(FailureKind::Refused, format!("nothing listens at {place}"))
                .help("start the server, or correct the host and port of the base URL")
        }
        Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
            let message = format!("{place} closed the connection while encryption was agreed upon");
            Failure::new(FailureKind::Tls, message)
                .help("if the server speaks plain HTTP, write the base URL with `http://`")
        }
        _ => {
            let message = format!("{place} cannot be reached: {}", innermost(causes));
            Failure::new(FailureKind::Unreachable, message)
                .help("correct the host and port of the base URL, or look after the network")
        }
    }
}

/// The connection was there, but no answer came over it.
fn answerless(kind: Option<io::ErrorKind>, causes: &[Cause<'_>], place: &str) -> Failure {
    let http = first::<hyper::Error>(causes);
    if http.is_some_and(hyper::Error::is_parse) {
        let message = format!("what {place} answers is no HTTP: {}", innermost(causes));
        return Failure::new(FailureKind::NotHttp, message).help(
            "correct the port of the base URL; if the server is encrypted, write `https://`",
        );
    }
    let closed = matches!(
        kind,
        Some(
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::NotConnected
        )
    );
    let message = match kind {
        Some(io::ErrorKind::ConnectionReset) => {
            format!("{place} reset the connection without an answer")
        }
        _ if closed
            || http.is_some_and(|http| http.is_incomplete_message() || http.is_canceled()) =>
        {
            format!("{place} closed the connection without an answer")
        }
        // What HTTP/2 has for a connection or a stream that is broken off.
        _ if http.is_some() => {
            format!("{place} broke off without an answer: {}", innermost(causes))
        }
        _ => {
            let message = format!("no answer came from {place}: {}", innermost(causes));
            return Failure::new(FailureKind::Other, message);
        }
    };
    Failure::new(FailureKind::Reset, message)
        .help("look into the log of the server, or of the proxy in front of it")
}

/// The failure of a request that was given up after so many seconds.
pub fn timed_out(place: &str, seconds: f64) -> Failure {
    Failure::new(FailureKind::TimedOut, format!("no answer from {place} within {seconds} seconds"))
        .help("look whether the server hangs; give it a longer limit if it is only slow")
}

/// Why a body broke off.
pub fn broken(error: &reqwest::Error) -> String {
    let causes = causes(error);
    let chunked = |text: &str| text.to_ascii_lowercase().contains("chunk");
    let found = causes.iter().filter_map(|cause| cause.downcast_ref::<io::Error>());
    for error in found {
        match error.kind() {
            io::ErrorKind::ConnectionReset => return "the connection was reset".to_owned(),
            // hyper's words for a body that is shorter than `Content-Length` or lacks its last chunk.
            io::ErrorKind::UnexpectedEof => {
                return "the connection was closed before the end of the body".to_owned();
            }
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData
                if chunked(&error.to_string()) =>
            {
                return format!("the chunked coding is broken: {error}");
            }
            _ => {}
        }
    }
    if first::<hyper::Error>(&causes).is_some_and(hyper::Error::is_incomplete_message) {
        return "the connection was closed before the end of the body".to_owned();
    }
    innermost(&causes)
}

/// Why the proxy is to blame, if it is.
fn proxy(error: &reqwest::Error, causes: &[Cause<'_>], way: &Way<'_>) -> Option<String> {
    if way.route != Route::Proxied || !error.is_connect() {
        return None;
    }
    // The types of these errors are not public; their words begin like this.
    let own = |cause: &&Cause<'_>| {
        let text = cause.to_string().to_ascii_lowercase();
        text.starts_with("tunnel error") || text.starts_with("socks")
    };
    if let Some(own) = causes.iter().find(own) {
        let (own, innermost) = (own.to_string(), innermost(causes));
        return Some(if own == innermost { own } else { format!("{own}: {innermost}") });
    }
    // Over plain HTTP there is no connection but that with the proxy.
    let explicit = matches!(way.options.proxy, Proxy::Url(_));
    let tls = first::<rustls::Error>(causes).is_some();
    (explicit && !tls).then(|| innermost(causes))
}

fn encrypted(error: &rustls::Error, place: &str) -> Failure {
    use rustls::CertificateError as Certificate;
    let (what, help) = match error {
        rustls::Error::InvalidMessage(_) => (
            "it does not speak TLS".to_owned(),
            "if the server speaks plain HTTP, write the base URL with `http://`",
        ),
        rustls::Error::InvalidCertificate(Certificate::UnknownIssuer) => (
            "its certificate is by an authority that is not trusted here".to_owned(),
            "give the certificate of your authority in a PEM file",
        ),
        rustls::Error::InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => (
            "its certificate is for another name".to_owned(),
            "write the host in the base URL as the certificate has it, or give the server another",
        ),
        rustls::Error::InvalidCertificate(
            Certificate::Expired | Certificate::ExpiredContext { .. },
        ) => (
            "its certificate has expired".to_owned(),
            "renew the certificate of the server; look at the clock of this machine, too",
        ),
        rustls::Error::InvalidCertificate(
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. },
        ) => (
            "its certificate is not valid yet".to_owned(),
            "look at the clocks of this machine and of the server",
        ),
        error => (error.to_string(), "look after the encryption (TLS) of the server"),
    };
    Failure::new(FailureKind::Tls, format!("no encrypted connection with {place}: {what}"))
        .help(help)
}

fn first<'e, E: Error + 'static>(causes: &[Cause<'e>]) -> Option<&'e E> {
    causes.iter().find_map(|cause| cause.downcast_ref())
}

/// The words of the innermost cause.
fn innermost(causes: &[Cause<'_>]) -> String {
    causes.last().map(ToString::to_string).unwrap_or_default()
}
