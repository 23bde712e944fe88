//! How requests are sent, and what is waited for.

use std::path::PathBuf;
use std::time::Duration;

use crate::finding::Redactor;

/// The name under which we send: `dify-contract/VERSION`.
pub const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// How requests are sent, and what is waited for.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// How long a connection may take to come about. 10 seconds by default.
    pub connect_timeout: Duration,
    /// How long an exchange may take to the end of its body, or to the head of an event stream. Two
    /// minutes by default.
    pub timeout: Duration,
    /// How long an event stream may take to its end. 15 minutes by default.
    pub stream_timeout: Duration,
    /// How long a body or stream may go without a byte. 30 seconds by default.
    pub silence: Duration,
    /// How many bytes of a body are read, content codings removed. 16 MiB by default.
    pub max_body: usize,
    /// A file of certificates (PEM) that are trusted beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// The proxy.
    pub proxy: Proxy,
    /// What is masked in everything that is kept or told.
    pub redactor: Redactor,
}

/// Over which proxy requests go. What goes to this machine (`localhost`, `127.0.0.1`, `[::1]`) goes over
/// none but one that is named here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// What the environment says: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, or the
    /// settings of the system.
    #[default]
    System,
    /// None, whatever the environment says.
    None,
    /// This one: `http://`, `https://` or `socks5://`, with a host and a port.
    Url(String),
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_mins(2),
            stream_timeout: Duration::from_mins(15),
            silence: Duration::from_secs(30),
            max_body: 16 << 20,
            ca_file: None,
            proxy: Proxy::default(),
            redactor: Redactor::default(),
        }
    }
}
