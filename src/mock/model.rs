//! The mock's model. What it says follows from what it is asked.
//!
//! | a query that contains | gets |
//! |---|---|
//! | nothing of these | a sentence of about a dozen words that ends in the query |
//! | `#slow` | 60 words, each after twenty times the usual delay |
//! | `#error:NAME` | the error that the server gives when a model raises NAME |

use std::time::Duration;

use serde_json::{Value, json};

use super::refusal::Refusal;

/// The provider that the model is of, as Dify names providers.
pub const PROVIDER: &str = "langgenius/openai/openai";

/// The model's name.
pub const MODEL: &str = "stub-llm";

/// What a thousand tokens of a prompt, and of an answer, cost.
const PRICES: (f64, f64) = (0.001, 0.002);

/// The words of a slow answer.
const SLOW: usize = 60;

/// A longer query is not repeated to its end.
const ECHO: usize = 400;

/// An answer of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Its words, each with the space behind it.
    pub pieces: Vec<String>,
    /// How long each piece takes.
    pub pace: Duration,
    /// The tokens that went in.
    pub prompt_tokens: usize,
}

/// What the model failed with.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The name of the error: `InvokeRateLimitError`.
    pub name: String,
    /// What happened.
    pub message: String,
}

/// What the model answers to a query, or why it does not. The prompt has so many words beside the
/// query; `delay` is how long a piece takes as a rule.
///
/// # Errors
/// Where the query asks for an error.
pub fn ask(query: &str, prompt: usize, delay: Duration) -> Result<Answer, Fault> {
    if let Some((_, rest)) = query.split_once("#error:") {
        let name: String =
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        return Err(Fault { message: format!("The model gave up with {name}."), name });
    }
    let prompt_tokens = prompt + query.split_whitespace().count();
    if query.contains("#slow") {
        let word = |n: usize| format!("leaf{n}{}", if n + 1 < SLOW { " " } else { "" });
        let pieces = (0..SLOW).map(word).collect();
        return Ok(Answer { pieces, pace: delay * 20, prompt_tokens });
    }
    let echo: String = query.chars().take(ECHO).collect();
    let text = format!("I read it twice and this is my answer. You said: {echo}");
    let pieces = text.split_inclusive(' ').map(str::to_owned).collect();
    Ok(Answer { pieces, pace: delay, prompt_tokens })
}

impl Answer {
    /// The whole text.
    pub fn text(&self) -> String {
        self.pieces.concat()
    }

    /// The tokens that came out.
    pub fn completion_tokens(&self) -> usize {
        self.pieces.len()
    }

    /// All tokens.
    pub fn total_tokens(&self) -> usize {
        self.prompt_tokens + self.completion_tokens()
    }

    /// How long all pieces take.
    pub fn duration(&self) -> Duration {
        let pieces = u32::try_from(self.pieces.len()).unwrap_or(u32::MAX);
        self.pace.saturating_mul(pieces)
    }

    /// What all tokens cost, exact to the last digit, in text.
    pub fn total_price(&self) -> String {
        price(self.prompt_cost() + self.completion_cost())
    }

    /// The usage as answers tell it. Chatflows and nodes of runs know when the first token came and how
    /// long the rest took; other apps do not (`timed` is false).
    pub fn usage(&self, timed: bool) -> Value {
        let latency = self.duration().as_secs_f64();
        let first = timed.then(|| seconds(self.pace.as_secs_f64()));
        let rest = timed.then(|| seconds(latency - self.pace.as_secs_f64()));
        json!({
            "prompt_tokens": self.prompt_tokens,
            "prompt_unit_price": "0.001",
            "prompt_price_unit": "0.001",
            "prompt_price": price(self.prompt_cost()),
            "completion_tokens": self.completion_tokens(),
            "completion_unit_price": "0.002",
            "completion_price_unit": "0.001",
            "completion_price": price(self.completion_cost()),
            "total_tokens": self.total_tokens(),
            "total_price": self.total_price(),
            "currency": "USD",
            "latency": seconds(latency),
            "time_to_first_token": first,
            "time_to_generate": rest,
        })
    }

    fn prompt_cost(&self) -> f64 {
        thousands(self.prompt_tokens) * PRICES.0
    }

    fn completion_cost(&self) -> f64 {
        thousands(self.completion_tokens()) * PRICES.1
    }
}

impl Fault {
    /// The refusal that the server makes of it.
    pub fn refusal(&self) -> Refusal {
        let (status, code) = match self.name.as_str() {
            "ProviderTokenNotInitError" => (400, "provider_not_initialize"),
            "QuotaExceededError" => (400, "provider_quota_exceeded"),
            "ModelCurrentlyNotSupportError" => (400, "model_currently_not_support"),
            "ValueError" => (400, "invalid_param"),
            name if name.starts_with("Invoke") => (400, "completion_request_error"),
            _ => (500, "internal_server_error"),
        };
        Refusal::new(status, code, self.message.clone())
    }
}

/// Seconds, to the millisecond.
fn seconds(seconds: f64) -> f64 {
    (seconds.max(0.0) * 1e3).round() / 1e3
}

fn thousands(tokens: usize) -> f64 {
    f64::from(u32::try_from(tokens).unwrap_or(u32::MAX)) / 1e3
}

fn price(amount: f64) -> String {
    format!("{amount:.7}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::ask;

    #[test]
    fn what_is_said_follows_from_what_is_asked() {
        let answer = ask("hello", 1, Duration::from_millis(2)).unwrap();
        assert_eq!(answer.text(), "I read it twice and this is my answer. You said: hello");
        assert_eq!(answer.pieces.last().unwrap(), "hello");
        let usage = answer.usage(true);
        assert_eq!(usage["total_price"], json!("0.0000260"));
        assert_eq!(usage["time_to_generate"], json!(0.022));
        assert_eq!(answer.usage(false)["time_to_generate"], json!(null));
        let slow = ask("#slow", 1, Duration::from_millis(2)).unwrap();
        assert_eq!(slow.duration(), Duration::from_millis(2400));
    }

    #[test]
    fn errors_are_asked_for_by_name() {
        for (name, code) in [
            ("InvokeRateLimitError", "completion_request_error"),
            ("QuotaExceededError", "provider_quota_exceeded"),
            ("KeyError", "internal_server_error"),
        ] {
            let fault = ask(&format!("please #error:{name}, now"), 0, Duration::ZERO).unwrap_err();
            assert_eq!((fault.name.as_str(), fault.refusal().code), (name, code));
        }
    }
}
