//! The client: its connections, made when they are first needed.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Certificate, Url};
use tokio::runtime;

use super::options::{ClientOptions, Proxy};
use super::secret::Secret;
use super::send;
use super::tls;
use super::watch::{Next, Watch};
use crate::error::Problem;
use crate::exchange::outcome::{Failure, FailureKind};
use crate::exchange::record::{Exchange, Request};
use crate::shards::Shards;

/// A connection that lay idle for longer is not used again. Servers close theirs without a word, many
/// after two seconds, and a request that just then goes out would be lost.
const IDLE: Duration = Duration::from_secs(1);

/// Sends requests, from any number of tasks at once. Cheap to clone: clones share connections.
///
/// Redirects are not followed, cookies not kept, and nothing is sent twice: each request makes one
/// exchange.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    options: ClientOptions,
    certificates: Vec<Certificate>,
    proxy: Option<reqwest::Proxy>,
    /// Connections by what drives them, and by their [`Route`]. A runtime takes its connections along
    /// when it ends, and an answer that comes on another thread than the one that waits costs both time.
    connections: Connections,
}

type Connections = Shards<(Option<runtime::Id>, Route), Result<reqwest::Client, String>>;

/// The kinds of connection. The system's certificates take a while to load, and are not to be had on
/// every system: so where none are needed, none are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Route {
    /// Without encryption, straight.
    Plain,
    /// Encrypted, straight.
    Tls,
    /// Over a proxy, if there is one.
    Proxied,
}

impl Client {
    /// A client; connects to nothing yet.
    ///
    /// # Errors
    /// A file of certificates that cannot be used, a proxy that is no URL.
    pub fn new(options: ClientOptions) -> Result<Self, Problem> {
        tls::use_ring();
        let certificates = match &options.ca_file {
            Some(path) => tls::certificates(path)?,
            None => Vec::new(),
        };
        let proxy = match &options.proxy {
            Proxy::Url(url) => Some(explicit(url)?),
            Proxy::System | Proxy::None => None,
        };
        let connections = Connections::default();
        Ok(Self(Arc::new(Inner { options, certificates, proxy, connections })))
    }

    /// How it sends.
    #[must_use]
    pub fn options(&self) -> &ClientOptions {
        &self.0.options
    }

    /// Sends a request, and waits for the end of the answer.
    ///
    /// The key goes out in its header, unless the request has that header itself. What is kept is
    /// masked. Whatever goes wrong is told in the exchange: by its failure, or by the end of its
    /// answer.
    pub async fn send(&self, request: &Request, secret: Option<&Secret>) -> Exchange {
        self.send_watched(request, secret, &mut |_| Next::Read).await
    }

    /// Sends a request, and tells of the head and of each frame of an event stream as they come.
    pub async fn send_watched(
        &self,
        request: &Request,
        secret: Option<&Secret>,
        watch: &mut Watch<'_>,
    ) -> Exchange {
        send::send(self, request, secret, watch).await
    }

    /// The request as an exchange would keep it, secrets masked. Nothing is sent.
    ///
    /// # Errors
    /// A request that cannot be sent.
    pub fn kept(&self, request: &Request, secret: Option<&Secret>) -> Result<Request, Failure> {
        send::kept(self, request, secret)
    }

    /// The way to a URL.
    pub(super) fn route(&self, url: &Url) -> Route {
        let straight = match self.0.options.proxy {
            Proxy::None => true,
            Proxy::System => is_loopback(url),
            // Whoever names one means it.
            Proxy::Url(_) => false,
        };
        match url.scheme() {
            _ if !straight => Route::Proxied,
            "https" => Route::Tls,
            _ => Route::Plain,
        }
    }

    /// The connections of a route.
    ///
    /// # Errors
    /// Where the system has no certificates.
    pub(super) fn connections(&self, route: Route) -> Result<reqwest::Client, Failure> {
        let runtime = runtime::Handle::try_current().map(|handle| handle.id()).ok();
        let way = (runtime, route);
        let mut connections = self.0.connections.of(&way);
        let known = connections.entry(way).or_insert_with(|| self.build(route));
        known.clone().map_err(|why| {
            Failure::new(FailureKind::Tls, format!("encrypted connections cannot be made: {why}"))
                .help(
                    "install the system's certificates (`ca-certificates`), or give a file of your own",
                )
        })
    }

    fn build(&self, route: Route) -> Result<reqwest::Client, String> {
        let options = &self.0.options;
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // Else a copy of every request is kept.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .connect_timeout(options.connect_timeout)
            .pool_idle_timeout(IDLE);
        builder = match (&self.0.proxy, route) {
            (_, Route::Plain | Route::Tls) => builder.no_proxy(),
            (Some(proxy), Route::Proxied) => builder.proxy(proxy.clone()),
            (None, Route::Proxied) => builder,
        };
        builder = match route {
            Route::Plain => builder.tls_certs_only([]),
            Route::Tls | Route::Proxied => builder.tls_certs_merge(self.0.certificates.clone()),
        };
        builder.build().map_err(|error| {
            let innermost = super::failure::causes(&error).last().map(ToString::to_string);
            innermost.unwrap_or_else(|| error.to_string())
        })
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("options", &self.0.options).finish_non_exhaustive()
    }
}

/// The proxy at a URL. The URL may hold a password, and is not shown.
fn explicit(url: &str) -> Result<reqwest::Proxy, Problem> {
    let help = "write it as `http://HOST:PORT`, `https://HOST:PORT` or `socks5://HOST:PORT`";
    let parsed = Url::parse(url)
        .map_err(|error| Problem::new(format!("the proxy is no URL: {error}")).help(help))?;
    let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    if !schemes.contains(&parsed.scheme()) || parsed.host_str().is_none() {
        let problem = format!("there are no proxies with `{}:`", parsed.scheme());
        return Err(Problem::new(problem).help(help));
    }
    reqwest::Proxy::all(parsed)
        .map_err(|error| Problem::new(format!("the proxy cannot be used: {error}")).help(help))
}

/// Whether a URL leads to this machine by its very words.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or_else(
        |_| host == "localhost" || host.ends_with(".localhost"),
        |address| address.is_loopback(),
    )
}
