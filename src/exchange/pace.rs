//! How fast requests follow each other: a steady rate, pauses that the server asks for, and a second
//! attempt where that can do no harm.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use tokio::time::{Instant, sleep, sleep_until};

use super::client::{Client, Next, Secret, Watch};
use super::record::{Exchange, Request, Response};

/// How fast requests follow each other.
#[derive(Debug, Clone, PartialEq)]
pub struct PaceOptions {
    /// Requests per second, in all tasks together; `None`: as fast as they come.
    pub rate: Option<f64>,
    /// The longest pause that a server may ask for. A minute by default.
    pub max_pause: Duration,
    /// How often a request that changes nothing is sent again where the connection failed. Twice by
    /// default.
    pub retries: u32,
    /// The pause before the first of these attempts; it doubles with each. A fifth of a second by
    /// default.
    pub backoff: Duration,
}

impl Default for PaceOptions {
    fn default() -> Self {
        Self {
            rate: None,
            max_pause: Duration::from_mins(1),
            retries: 2,
            backoff: Duration::from_millis(200),
        }
    }
}

/// Lets requests out at a rate, from any number of tasks at once.
#[derive(Debug, Default)]
pub struct Pace {
    options: PaceOptions,
    /// When the next request may go; `None` until the first has gone.
    next: Mutex<Option<Instant>>,
    /// Whether anybody has to wait at all: where there is no rate, only those whom the server asked to.
    waits: AtomicBool,
}

impl Pace {
    /// A pace at which nothing has gone out yet.
    #[must_use]
    pub fn new(options: PaceOptions) -> Self {
        let waits = AtomicBool::new(options.rate.is_some());
        Self { options, next: Mutex::new(None), waits }
    }

    /// Waits until a request may go. Those who wait go in the order in which they came.
    pub async fn turn(&self) {
        if !self.waits.load(Ordering::Acquire) {
            return;
        }
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let turn = next.unwrap_or(now).max(now);
            *next = Some(turn + self.interval());
            turn
        };
        if turn > Instant::now() {
            sleep_until(turn).await;
        }
    }

    /// Takes note of an answer: where it asks for a pause (`Retry-After` with 429 or 503), no further
    /// request goes out before that pause is over. Tells how long it is.
    pub fn heed(&self, exchange: &Exchange) -> Option<Duration> {
        let response = exchange.response.as_ref()?;
        if !matches!(response.status, 429 | 503) {
            return None;
        }
        let pause = retry_after(response, Timestamp::now())?.min(self.options.max_pause);
        let until = Instant::now() + pause;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = Some(next.map_or(until, |next| next.max(until)));
        self.waits.store(true, Ordering::Release);
        Some(pause)
    }

    /// Sends a request when its turn comes, and heeds the answer.
    ///
    /// GET and HEAD are sent again where the connection failed before any answer; an answer, whatever
    /// it says, is never asked for twice.
    pub async fn send(
        &self,
        client: &Client,
        request: &Request,
        secret: Option<&Secret>,
    ) -> Exchange {
        self.send_watched(client, request, secret, &mut |_| Next::Read).await
    }

    /// As [`Pace::send`], and tells of the head and of each event as they come.
    pub async fn send_watched(
        &self,
        client: &Client,
        request: &Request,
        secret: Option<&Secret>,
        watch: &mut Watch<'_>,
    ) -> Exchange {
        let is_safe = matches!(request.method.as_str(), "GET" | "HEAD");
        let mut left = if is_safe { self.options.retries } else { 0 };
        let mut backoff = self.options.backoff;
        loop {
            self.turn().await;
            let exchange = client.send_watched(request, secret, watch).await;
            let again = left > 0 && exchange.failure.as_ref().is_some_and(|f| f.kind.is_passing());
            if !again {
                self.heed(&exchange);
                return exchange;
            }
            left -= 1;
            sleep(backoff).await;
            backoff *= 2;
        }
    }

    /// The time between two requests.
    fn interval(&self) -> Duration {
        let seconds = self.options.rate.filter(|rate| *rate > 0.0).map_or(0.0, f64::recip);
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    }
}

/// How long the server asks to wait (RFC 9110, section 10.2.3): a number of seconds, or a date, which
/// is held against the clock of the server where the answer tells it.
fn retry_after(response: &Response, now: Timestamp) -> Option<Duration> {
    let value = response.headers.get("retry-after")?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok();
    let now = response.headers.get("date").and_then(date).unwrap_or(now);
    // A date that is past asks for no pause.
    Some(Duration::try_from(date(value)?.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests;
