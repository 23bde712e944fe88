//! The pace, in a time that stands still unless somebody waits.

use std::time::Duration;

use tokio::time::Instant;

use super::{Pace, PaceOptions, retry_after};
use crate::exchange::record::{Body, Exchange, Header, Headers, Request, Response, Times};

fn response(status: u16, headers: &[(&str, &str)]) -> Response {
    let header = |(name, value): &(&str, &str)| Header {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    let headers = Headers(headers.iter().map(header).collect());
    Response { status, headers, body: Body::Empty, end: None }
}

fn exchange(response: Response) -> Exchange {
    let request = Request {
        method: "GET".to_owned(),
        url: "http://h/".to_owned(),
        headers: Headers::default(),
        body: Body::Empty,
    };
    let times = Times::default();
    Exchange {
        index: 0,
        request,
        response: Some(response),
        failure: None,
        expects: None,
        unmet: None,
        case: None,
        variable: None,
        times,
    }
}

#[tokio::test(start_paused = true)]
async fn requests_go_out_at_the_rate() {
    let pace = Pace::new(PaceOptions { rate: Some(4.0), ..PaceOptions::default() });
    let start = Instant::now();
    for number in 0..9 {
        pace.turn().await;
        assert_eq!(start.elapsed().as_millis(), number * 250);
    }
    // Time in which nobody asked is not made up for.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let start = Instant::now();
    pace.turn().await;
    pace.turn().await;
    assert_eq!(start.elapsed().as_millis(), 250);
    let pace = Pace::default();
    let start = Instant::now();
    for _ in 0..1000 {
        pace.turn().await;
    }
    assert!(start.elapsed().is_zero());
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_asked_for_holds_for_all() {
    let pace =
        Pace::new(PaceOptions { max_pause: Duration::from_secs(5), ..PaceOptions::default() });
    let start = Instant::now();
    assert_eq!(
        pace.heed(&exchange(response(429, &[("Retry-After", "2")]))),
        Some(Duration::from_secs(2))
    );
    pace.turn().await;
    assert_eq!(start.elapsed().as_secs(), 2);
    // But not for ever.
    pace.heed(&exchange(response(503, &[("retry-after", "86400")])));
    pace.turn().await;
    assert_eq!(start.elapsed().as_secs(), 7);
    // And only where the server is busy.
    for other in [
        response(200, &[("retry-after", "9")]),
        response(429, &[]),
        response(429, &[("retry-after", "soon")]),
    ] {
        assert_eq!(pace.heed(&exchange(other)), None);
    }
}

#[test]
fn a_pause_is_a_number_of_seconds_or_a_date() {
    let now = "2026-03-14T09:26:53Z".parse().unwrap();
    let pause = |headers: &[(&str, &str)]| retry_after(&response(429, headers), now);
    assert_eq!(pause(&[("Retry-After", " 7 ")]), Some(Duration::from_secs(7)));
    let date = ("Retry-After", "Sat, 14 Mar 2026 09:27:53 GMT");
    assert_eq!(pause(&[date]), Some(Duration::from_mins(1)));
    // The server's clock counts, where it is known.
    assert_eq!(
        pause(&[date, ("Date", "Sat, 14 Mar 2026 09:27:50 GMT")]),
        Some(Duration::from_secs(3))
    );
    assert_eq!(pause(&[date, ("Date", "Sat, 14 Mar 2026 09:28:50 GMT")]), Some(Duration::ZERO));
    for odd in ["", "-1", "1.5", "tomorrow", "Sat, 14 Mar 2026"] {
        assert_eq!(pause(&[("Retry-After", odd)]), None, "{odd}");
    }
}
