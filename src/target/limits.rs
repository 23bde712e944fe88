//! How much, how fast and how long.

use std::num::NonZeroUsize;
use std::time::Duration;

/// Limits of a run against a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Requests a second at most; absent: as many as there are.
    pub rate: Option<f64>,
    /// Requests at the same time at most.
    pub jobs: Option<NonZeroUsize>,
    /// How long a whole answer may take, a stream excepted.
    pub timeout: Duration,
    /// How long a stream may be silent.
    pub silence: Duration,
    /// How long what was made may take until it can be used.
    pub ready: Duration,
    /// Calls of models at most.
    pub max_model_calls: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rate: None,
            jobs: None,
            timeout: Duration::from_secs(100),
            silence: Duration::from_secs(30),
            ready: Duration::from_mins(2),
            max_model_calls: 25,
        }
    }
}

/// The longest time that may be given: a day. More is a slip of the pen.
const LONGEST: f64 = 86_400.0;

/// Reads a length of time: `30` and `30s` are seconds, and there are `500ms` and `2m`.
///
/// # Errors
///
/// In words, what a length of time is, for anything else, and for less than a millisecond or more than a
/// day.
pub fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let (number, unit) =
        text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let factor = match unit {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" | "min" => 60.0,
        _ => f64::NAN,
    };
    match number.trim().parse::<f64>() {
        Ok(number) => seconds(number * factor),
        Err(_) => Err(DURATION.to_owned()),
    }
}

/// What a length of time is.
const DURATION: &str = "a length of time is a number of seconds, or `500ms`, `30s`, `2m`";

/// A length of time in seconds.
///
/// # Errors
///
/// See [`duration`].
pub fn seconds(seconds: f64) -> Result<Duration, String> {
    if seconds.is_nan() {
        return Err(DURATION.to_owned());
    }
    if !(0.001..=LONGEST).contains(&seconds) {
        return Err("a length of time is at least a millisecond and at most a day".to_owned());
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| DURATION.to_owned())
}

/// Checks a rate in requests a second.
///
/// # Errors
///
/// In words, what a rate is, for anything that is not greater than 0.
pub fn rate(value: f64) -> Result<f64, String> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err("a rate is a number of requests a second, greater than 0, such as 5 or 0.5".to_owned())
    }
}
