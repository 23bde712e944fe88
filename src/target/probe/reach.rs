//! Whether an API answers at an address, and if not, what does.

use super::answer::{Answer, title};
use super::report::Trouble;
use crate::exchange::{End, Exchange, FailureKind};
use crate::target::BaseUrl;

/// What is in the way, and other addresses at which the API may be.
#[derive(Debug)]
pub struct Wrong {
    pub trouble: Trouble,
    pub elsewhere: Vec<BaseUrl>,
}

/// Judges the answer to a request without a key: any JSON that is no 404 and no failure will do.
///
/// # Errors
///
/// What stands in the way.
pub fn judge(
    exchange: &Exchange,
    code: &str,
    base_url: &BaseUrl,
    suffix: Option<&str>,
) -> Result<(), Wrong> {
    let Some(answer) = Answer::of(exchange, code) else {
        return Err(no_answer(exchange, base_url));
    };
    let there = Wrong { trouble: Trouble::server("", ""), elsewhere: elsewhere(base_url, suffix) };
    let wrong =
        |message: String, help: &str| Wrong { trouble: Trouble::server(message, help), ..there };
    let status = answer.status();
    if let Some(location) = redirect(&answer) {
        return Err(redirected(base_url, &location, wrong));
    }
    if let Some(end) = answer.end() {
        let message = format!("{base_url} begins to answer, but {}", ended(end));
        return Err(wrong(
            message,
            "look into the log of the server, or of the proxy in front of it",
        ));
    }
    let page = answer.is_page();
    if page && status == 400 && answer.words().to_ascii_lowercase().contains("https") {
        let mut wrong = wrong(
            format!("{} wants an encrypted connection", base_url.host()),
            "write the base URL with `https://`",
        );
        wrong.elsewhere = base_url.with_scheme("https").into_iter().collect();
        return Err(wrong);
    }
    match status {
        407 => {
            let help = "set `HTTPS_PROXY` and `HTTP_PROXY` with user and password, or list the host in `NO_PROXY`";
            return Err(wrong(
                format!("a proxy in front of {base_url} asks for a password (407)"),
                help,
            ));
        }
        429 => {
            let help = "wait a minute, then try again";
            return Err(wrong(format!("{base_url} takes no more requests for now (429)"), help));
        }
        502..=504 if answer.value.is_none() => {
            let help = "look whether the API server itself is running; the proxy in front of it is";
            return Err(wrong(
                format!("a proxy answers at {base_url}, but not the API behind it ({status})"),
                help,
            ));
        }
        500.. => {
            let help = "look into the log of the server";
            return Err(wrong(
                format!("the server at {base_url} fails: {}", answer.briefly()),
                help,
            ));
        }
        _ => {}
    }
    if answer.value.is_some() && status != 404 {
        return Ok(());
    }
    Err(no_api(&answer, base_url, page, wrong))
}

/// Something answers, but not an API.
fn no_api(
    answer: &Answer<'_>,
    base_url: &BaseUrl,
    page: bool,
    wrong: impl FnOnce(String, &str) -> Wrong,
) -> Wrong {
    let status = answer.status();
    if !page {
        let what = answer.response.headers.get("content-type").unwrap_or("no media type");
        return match answer.value {
            Some(_) => wrong(
                format!("there is no such API at {base_url}: {}", answer.briefly()),
                "correct the path of the base URL",
            ),
            None => wrong(
                format!("what answers at {base_url} is no API: {status} with {what}"),
                "correct host, port and path of the base URL",
            ),
        };
    }
    let words = answer.words();
    let name = title(&words).map(|title| format!(", “{title}”")).unwrap_or_default();
    let message = format!("{base_url} answers with a web page, not as an API ({status}{name})");
    if status != 404 && is_login(&words) {
        return wrong(
            format!(
                "a login page stands in the way: {base_url} answers with a web page ({status}{name})"
            ),
            "sign in to the network or VPN first, or give an address that lets the API through",
        );
    }
    if matches!(status, 401 | 403) {
        return wrong(
            format!("something in front of {base_url} refuses us with a web page ({status}{name})"),
            "have the firewall or gateway in front of the API let this machine through",
        );
    }
    wrong(message, "correct the base URL: that of the API, not of the web interface")
}

fn is_login(page: &str) -> bool {
    let page = page.to_ascii_lowercase();
    ["type=\"password\"", "type='password'", "log in", "login", "sign in", "signin"]
        .iter()
        .any(|word| page.contains(word))
}

/// Where a redirection leads.
fn redirect(answer: &Answer<'_>) -> Option<String> {
    let location = answer.response.headers.get("location")?;
    matches!(answer.status(), 300..=399).then(|| location.to_owned())
}

fn redirected(
    base_url: &BaseUrl,
    location: &str,
    wrong: impl FnOnce(String, &str) -> Wrong,
) -> Wrong {
    // What stands behind the path may be a token.
    let shown = location.split(['?', '#']).next().unwrap_or(location);
    let message = format!("{base_url} redirects to {shown}");
    let secure = format!("https://{}", base_url.host());
    if !base_url.is_tls() && location.starts_with(&secure) {
        let mut wrong = wrong(
            message,
            "write the base URL with `https://`: no request is sent on with its key",
        );
        wrong.elsewhere = base_url.with_scheme("https").into_iter().collect();
        return wrong;
    }
    let lower = shown.to_ascii_lowercase();
    if ["login", "signin", "sign-in", "sso", "oauth", "auth"]
        .iter()
        .any(|word| lower.contains(word))
    {
        return wrong(
            format!("a login page stands in the way: {message}"),
            "correct the base URL to that of the API, or give an address that needs no login",
        );
    }
    wrong(message, "write the address that it leads to: no request is sent on with its key")
}

fn no_answer(exchange: &Exchange, base_url: &BaseUrl) -> Wrong {
    let Some(failure) = &exchange.failure else {
        let trouble =
            Trouble::server(format!("no answer came from {base_url}"), "look after the network");
        return Wrong { trouble, elsewhere: Vec::new() };
    };
    let trouble = Trouble::about("server", failure.message.clone(), failure.help.clone());
    let elsewhere = match failure.kind {
        FailureKind::Tls if base_url.is_tls() => base_url.with_scheme("http"),
        FailureKind::NotHttp | FailureKind::Reset if !base_url.is_tls() => {
            base_url.with_scheme("https")
        }
        _ => None,
    };
    Wrong { trouble, elsewhere: elsewhere.into_iter().collect() }
}

/// How a body ended that did not come to its end.
fn ended(end: &End) -> String {
    match end {
        End::CutOff { why } => why.clone(),
        End::Silent { seconds } | End::TimedOut { seconds } => {
            format!("hangs: no end within {seconds} seconds")
        }
        End::TooLarge => "does not come to an end".to_owned(),
        End::Complete | End::Stopped => "is not read to its end".to_owned(),
    }
}

/// Addresses at which the API may be, if it is not at this one.
fn elsewhere(base_url: &BaseUrl, suffix: Option<&str>) -> Vec<BaseUrl> {
    let Some(suffix) = suffix else { return Vec::new() };
    let path = base_url.path();
    let mut paths = Vec::new();
    // `/v1/chat-messages`: an operation was taken along.
    if let Some(at) = path.find(&format!("{suffix}/")) {
        paths.push(format!("{}{suffix}", path.get(..at).unwrap_or_default()));
    }
    paths.push(format!("{path}{suffix}"));
    paths.push(suffix.to_owned());
    let mut found = Vec::new();
    for path in paths {
        let other = base_url.with_path(&path);
        if other != *base_url && !found.contains(&other) {
            found.push(other);
        }
    }
    found
}
