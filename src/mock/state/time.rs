//! Times as the server writes them.

use jiff::Timestamp;
use jiff::tz::Offset;

/// A time in UTC, which does not say so: `2026-11-23T12:22:54`.
pub fn naive(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or_default();
    Offset::UTC.to_datetime(time).to_string()
}
