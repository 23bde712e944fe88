//! One request sent, and the exchange that comes of it.

use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue,
    USER_AGENT,
};
use reqwest::{Method, Url};
use tokio::time::{Instant, timeout};

use super::client::Client;
use super::coding::Coding;
use super::failure::{self, Way};
use super::options;
use super::read::{LOOK, Reading, millis};
use super::secret::Secret;
use super::watch::{Next, Progress, Watch};
use crate::exchange::mask;
use crate::exchange::media_type::MediaType;
use crate::exchange::outcome::{End, Failure, FailureKind};
use crate::exchange::record::{Body, Exchange, Header, Headers, Request, Response, Times};
use crate::exchange::sse::{Frame, SseReader};
use crate::finding::Redactor;

/// Headers that belong to the connection and not to the request: those of the connection that we
/// make are made by us.
const NOT_OURS: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// Sends a request; see [`Client::send_watched`].
pub async fn send(
    client: &Client,
    request: &Request,
    secret: Option<&Secret>,
    watch: &mut Watch<'_>,
) -> Exchange {
    let masks = Masks { redactor: &client.options().redactor, secret };
    let written = written(request, secret);
    let mut exchange = Exchange {
        index: 0,
        request: masks.request(request, written.as_ref().ok()),
        response: None,
        failure: None,
        expects: None,
        unmet: None,
        case: None,
        variable: None,
        times: Times { started: format!("{:.6}", Timestamp::now()), ..Times::default() },
    };
    let began = Instant::now();
    match written {
        Ok(written) => {
            // Nobody can stop what has not begun.
            let _ = watch(Progress::Request(&exchange.request));
            match answer(client, request, written, began, &masks, watch).await {
                Ok((response, first_byte_ms, events_ms)) => {
                    exchange.response = Some(response);
                    exchange.times.first_byte_ms = Some(first_byte_ms);
                    exchange.times.events_ms = events_ms;
                }
                Err(failure) => exchange.failure = Some(masks.failure(failure)),
            }
        }
        Err(why) => {
            let message = format!("the request cannot be sent: {why}");
            exchange.failure = Some(masks.failure(Failure::new(FailureKind::NotSent, message)));
        }
    }
    exchange.times.total_ms = millis(began.elapsed());
    exchange
}

/// The request as it would be kept of an exchange, secrets masked; it is not sent.
///
/// # Errors
/// A request that cannot be sent.
pub fn kept(
    client: &Client,
    request: &Request,
    secret: Option<&Secret>,
) -> Result<Request, Failure> {
    let masks = Masks { redactor: &client.options().redactor, secret };
    let written = written(request, secret).map_err(|why| {
        let message = format!("the request cannot be sent: {why}");
        masks.failure(Failure::new(FailureKind::NotSent, message))
    })?;
    Ok(masks.request(request, Some(&written)))
}

/// The request as it goes on the wire.
fn written(request: &Request, secret: Option<&Secret>) -> Result<reqwest::Request, String> {
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| format!("{:?} is no method", request.method))?;
    let mut url = Url::parse(&request.url).map_err(|error| format!("the URL is none: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("the URL does not begin with `http://` or `https://`".to_owned());
    }
    url.set_fragment(None);
    let mut written = reqwest::Request::new(method, url);
    let headers = written.headers_mut();
    for Header { name, value } in &request.headers.0 {
        let is = |other: &&str| other.eq_ignore_ascii_case(name);
        // What begins with a colon is a part of the request line of HTTP/2.
        if NOT_OURS.iter().any(is) || name.starts_with(':') {
            continue;
        }
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("{name:?} cannot be the name of a header"))?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
            format!("the header `{name}` holds what no header can, say, a line break")
        })?;
        headers.append(name, value);
    }
    let ours = [(ACCEPT, "*/*"), (USER_AGENT, options::USER_AGENT), (ACCEPT_ENCODING, "gzip")];
    for (name, value) in ours {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Some(secret) = secret {
        headers.entry(secret.name()).or_insert_with(|| secret.value());
    }
    match &request.body {
        Body::Empty => {}
        Body::Bytes(bytes) => *written.body_mut() = Some(bytes.bytes().into()),
        Body::Missing { reason, .. } => return Err(format!("its body is {reason}")),
    }
    Ok(written)
}

/// Sends, and reads what comes. Also tells when the head and each frame of a stream were there.
async fn answer(
    client: &Client,
    request: &Request,
    written: reqwest::Request,
    began: Instant,
    masks: &Masks<'_>,
    watch: &mut Watch<'_>,
) -> Result<(Response, f64, Vec<f64>), Failure> {
    let options = client.options();
    let route = client.route(written.url());
    // Only those want to know it who have to tell of a failure.
    let place = || Url::parse(&request.url).map(|url| place(&url)).unwrap_or_default();
    let is_head = written.method() == Method::HEAD;
    let mut sent = std::pin::pin!(client.connections(route)?.execute(written));
    let mut answer = loop {
        let left = options.timeout.saturating_sub(began.elapsed());
        if left.is_zero() {
            return Err(failure::timed_out(&place(), options.timeout.as_secs_f64()));
        }
        match timeout(LOOK.min(left), &mut sent).await {
            Ok(Ok(answer)) => break answer,
            Ok(Err(error)) => {
                return Err(failure::of(&error, &Way { place: &place(), route, options }));
            }
            Err(_) => {
                if watch(Progress::Waiting { ms: millis(began.elapsed()) }) == Next::Stop {
                    let message = "it was given up before an answer came";
                    return Err(Failure::new(FailureKind::Other, message));
                }
            }
        }
    };
    let first_byte_ms = millis(began.elapsed());
    let (status, headers) = (answer.status().as_u16(), masks.headers(answer.headers()));
    let content_type = headers.get("content-type").map(str::to_owned);
    let next = watch(Progress::Head { status, headers: &headers, ms: first_byte_ms });
    let response = |body, end| Response { status, headers, body, end: Some(end) };
    if next == Next::Stop {
        return Ok((response(Body::Empty, End::Stopped), first_byte_ms, Vec::new()));
    }
    let length = answer.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let coding = answer.headers().get(CONTENT_ENCODING).map(HeaderValue::as_bytes);
    let coding = coding.map(String::from_utf8_lossy).filter(|_| !is_head);
    let (coding, unreadable) = match Coding::of(coding.as_deref()) {
        Ok(coding) => (coding, None),
        Err(reason) => (Coding::Identity, Some(reason)),
    };
    let plain = matches!(coding, Coding::Identity);
    let media_type = content_type.as_deref().and_then(|value| MediaType::parse(value).ok());
    let streams = media_type.is_some_and(|media_type| media_type.is_event_stream());
    let mut reading = Reading {
        options,
        began,
        coding,
        frames: (streams && unreadable.is_none()).then(SseReader::default),
        mask: &|frame| masks.frame(frame),
        watch,
        bytes: Vec::with_capacity(length.map_or(0, room)),
        events_ms: Vec::new(),
    };
    let end = reading.read(&mut answer).await;
    let (body, events_ms) = reading.finish(&end, length.filter(|_| plain));
    let body = match (unreadable, body) {
        (Some(reason), Body::Bytes(_) | Body::Missing { .. }) => {
            Body::Missing { size: length, reason }
        }
        (_, body) => masks.body(body, content_type.as_deref()),
    };
    Ok((response(body, mask::end(end, masks.redactor)), first_byte_ms, events_ms))
}

/// How many bytes are made room for, where so many are announced: not everything that is announced comes.
fn room(length: u64) -> usize {
    const MOST: usize = 64 << 10;
    usize::try_from(length).unwrap_or(MOST).min(MOST)
}

/// `HOST:PORT` of a URL, for people.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Masks what is kept: by the rules for recordings, and the key wherever it stands.
struct Masks<'m> {
    redactor: &'m Redactor,
    secret: Option<&'m Secret>,
}

impl Masks<'_> {
    /// The request, as it goes out; as it was meant, where it cannot go out.
    fn request(&self, request: &Request, written: Option<&reqwest::Request>) -> Request {
        let mut method = self.redactor.text(&request.method).into_owned();
        self.key(&mut method);
        let url = written.map_or(request.url.as_str(), |written| written.url().as_str());
        let mut url = self.redactor.url(url).into_owned();
        self.key(&mut url);
        let meant = || request.headers.0.iter().map(|h| self.header(&h.name, &h.value)).collect();
        Request {
            method,
            url,
            headers: written
                .map_or_else(|| Headers(meant()), |written| self.sent(written.headers())),
            body: self.body(request.body.clone(), request.headers.get("content-type")),
        }
    }

    /// The headers of the request that goes out.
    fn sent(&self, headers: &HeaderMap) -> Headers {
        let mut kept = self.headers(headers);
        if let Some(secret) = self.secret {
            let (name, header) = (secret.name(), secret.kept());
            let own = kept.0.iter_mut().filter(|kept| kept.name == header.name);
            for kept in own.filter(|_| headers.get(name).is_some_and(|value| secret.is(value))) {
                kept.value.clone_from(&header.value);
            }
        }
        kept
    }

    fn headers(&self, headers: &HeaderMap) -> Headers {
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            self.header(name.as_str(), &String::from_utf8_lossy(value.as_bytes()))
        };
        Headers(headers.iter().map(header).collect())
    }

    fn header(&self, name: &str, value: &str) -> Header {
        let mut header = mask::header(name, value, self.redactor);
        self.key(&mut header.value);
        header
    }

    fn body(&self, body: Body, content_type: Option<&str>) -> Body {
        let body = mask::body(body, content_type, self.redactor);
        match (&body, self.secret) {
            (Body::Bytes(bytes), Some(secret)) => match secret.masked(bytes) {
                Some(masked) => Body::from_bytes(masked),
                None => body,
            },
            _ => body,
        }
    }

    fn frame(&self, frame: &mut Frame) {
        for field in &mut frame.fields {
            let masked = self.redactor.body(None, field.value.as_bytes());
            if let std::borrow::Cow::Owned(masked) = masked {
                field.value = String::from_utf8_lossy(&masked).into_owned();
            }
            self.key(&mut field.value);
        }
    }

    fn failure(&self, failure: Failure) -> Failure {
        let mut failure = mask::failure(failure, self.redactor);
        self.key(&mut failure.message);
        failure
    }

    fn key(&self, text: &mut String) {
        if let Some(secret) = self.secret {
            secret.mask_text(text);
        }
    }
}
