//! Turns an entry of a HAR into an exchange, with secrets masked.

use std::borrow::Cow;

use super::entry::{self, Entry};
use super::text::{Number, Text};
use super::{HarError, HarErrorKind, Limits, RawEntry, body};
use crate::exchange::mask;
use crate::exchange::outcome::{End, Failure, FailureKind};
use crate::exchange::record::{Body, Exchange, Expects, Headers, Request, Response, Times, Unmet};
use crate::finding::{Redactor, Source};

/// What the writer puts where the time of an exchange is unknown, since HAR wants a time.
pub(super) const UNKNOWN_START: &str = "1970-01-01T00:00:00.000Z";

impl RawEntry {
    /// The exchange in this entry, with everything masked that the redactor knows.
    ///
    /// # Errors
    /// [`HarErrorKind::Entry`], with the place in the file, where the entry is no JSON, lacks its
    /// request, or holds broken base64. The message shows no value of the entry.
    pub fn parse(&self, redactor: &Redactor, limits: &Limits) -> Result<Exchange, HarError> {
        let entry: Entry<'_> =
            serde_json::from_slice(&self.bytes).map_err(|error| self.json_error(&error))?;
        let request = self.request(&entry.request, redactor, limits)?;
        let response = match &entry.response {
            Some(response) => self.response(response, &request.method, redactor, limits)?,
            None => None,
        };
        let started = entry.started_date_time.as_ref().map(Text::text).unwrap_or_default();
        let started = if started == UNKNOWN_START { Cow::Borrowed("") } else { started };
        Ok(Exchange {
            index: self.index,
            request,
            response,
            expects: entry.expects.as_ref().and_then(|word| Expects::of_word(&word.text())),
            unmet: entry.unmet.as_ref().map(|unmet| Box::new(not_met(unmet, redactor))),
            failure: entry.failure.as_ref().map(|failure| failed(failure, redactor)),
            case: entry.case.as_ref().map(|case| redactor.text(&case.text()).into()),
            variable: None,
            times: Times {
                started: redactor.text(&started).into_owned(),
                total_ms: entry.time.0.unwrap_or_default(),
                first_byte_ms: entry.first_byte_ms.0,
                events_ms: times(entry.events_ms.as_deref()),
            },
        })
    }

    fn request(
        &self,
        request: &entry::Request<'_>,
        redactor: &Redactor,
        limits: &Limits,
    ) -> Result<Request, HarError> {
        let mut headers = headers(request.headers.as_deref(), redactor);
        let data = request.post_data.as_ref();
        if headers.0.is_empty() {
            add_type(&mut headers, data.and_then(|data| data.mime_type.as_ref()), redactor);
        }
        let content_type = headers.get("content-type");
        let length = || headers.get("content-length").and_then(|value| value.trim().parse().ok());
        // Where we wrote the record ourselves, an unknown size was meant.
        let ours = data.is_some_and(|data| data.missing.is_some());
        let sent = request.body_size.size().or_else(|| if ours { None } else { length() });
        let body =
            body::of_request(data, content_type, sent, limits.max_body).map_err(|problem| {
                self.body_error(data.and_then(|data| data.text.as_ref()), problem)
            })?;
        let body = mask::body(body, content_type, redactor);
        Ok(Request {
            method: redactor.text(&request.method.text()).into_owned(),
            url: redactor.url(&request.url.text()).into_owned(),
            headers,
            body,
        })
    }

    fn response(
        &self,
        response: &entry::Response<'_>,
        method: &str,
        redactor: &Redactor,
        limits: &Limits,
    ) -> Result<Option<Response>, HarError> {
        let Some(status) = status(response.status) else { return Ok(None) };
        let mut headers = headers(response.headers.as_deref(), redactor);
        let content = response.content.as_ref();
        let text = content.and_then(|content| content.text.as_ref());
        let mut body = body::of_response(content, limits.max_body)
            .map_err(|problem| self.body_error(text, problem))?;
        let ours = content.is_some_and(|content| content.missing.is_some());
        if !ours && method == "HEAD" && matches!(body, Body::Missing { .. }) {
            // An answer to HEAD has no body; recorders take its size from Content-Length.
            body = Body::Empty;
        }
        if body != Body::Empty && headers.get("content-type").is_none() {
            add_type(
                &mut headers,
                content.and_then(|content| content.mime_type.as_ref()),
                redactor,
            );
        }
        let body = mask::body(body, headers.get("content-type"), redactor);
        let end = response.end.as_ref().and_then(|end| {
            let (how, why) = (end.how.text(), end.why.as_ref().map(Text::text));
            End::of_word(&how, &why.unwrap_or_default(), end.seconds.0.unwrap_or_default())
        });
        let end = end.map(|end| mask::end(end, redactor));
        Ok(Some(Response { status, headers, body, end }))
    }

    /// The error of the JSON parser, with its place in the file and without values: a message
    /// such as `invalid type: string "sk-…", expected a sequence` would show a secret.
    fn json_error(&self, error: &serde_json::Error) -> HarError {
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(head, _)| head);
        let problem = match (message.find('"'), message.rfind('"')) {
            (Some(first), Some(last)) if first < last => {
                let head = message.get(..first).unwrap_or_default();
                format!("{}{}", head.trim_end(), message.get(last + 1..).unwrap_or_default())
            }
            _ => message.to_owned(),
        };
        let mut before = 0;
        for _ in 1..error.line() {
            let rest = self.bytes.get(before..).unwrap_or_default();
            before += memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        }
        self.error(before + error.column().saturating_sub(1), problem)
    }

    fn body_error(&self, text: Option<&Text<'_>>, (member, problem): body::Problem) -> HarError {
        let before = text.and_then(|text| text.offset_in(&self.bytes)).unwrap_or_default();
        self.error(before, format!("`{member}`: {problem}"))
    }

    /// What is wrong behind so many bytes of the entry.
    fn error(&self, before: usize, problem: String) -> HarError {
        let before = self.bytes.get(..before).unwrap_or(&self.bytes);
        HarError {
            file: self.file.clone(),
            spot: Some(self.spot.after(before)),
            kind: HarErrorKind::Entry { entry: self.index, problem },
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
fn status(number: Number) -> Option<u16> {
    number.0.filter(|value| (1.0..=65535.0).contains(value)).map(|value| value as u16)
}

fn headers(list: Option<&[entry::Header<'_>]>, redactor: &Redactor) -> Headers {
    let header = |header: &entry::Header<'_>| {
        let name = header.name.text();
        let value = header.value.as_ref().map(Text::text).unwrap_or_default();
        mask::header(&name, &value, redactor)
    };
    Headers(list.unwrap_or_default().iter().map(header).collect())
}

/// Adds the media type that stands beside the body where the headers were not recorded.
fn add_type(headers: &mut Headers, media_type: Option<&Text<'_>>, redactor: &Redactor) {
    let value = media_type.map(Text::text).unwrap_or_default();
    // `x-unknown` is Chrome's word for "there was none".
    if !value.is_empty() && value != "x-unknown" {
        headers.0.push(mask::header("Content-Type", &value, redactor));
    }
}

fn not_met(unmet: &entry::Unmet<'_>, redactor: &Redactor) -> Unmet {
    let text = |text: &Text<'_>| redactor.text(&text.text()).into_owned();
    let count = |number: &Number| {
        number.size().and_then(|number| usize::try_from(number).ok()).unwrap_or(1)
    };
    Unmet {
        step: text(&unmet.step),
        criterion: text(&unmet.criterion),
        seen: text(&unmet.seen),
        source: Source {
            file: text(&unmet.file),
            line: count(&unmet.line),
            column: count(&unmet.column),
            pointer: text(&unmet.pointer),
        },
    }
}

fn failed(failure: &entry::Failure<'_>, redactor: &Redactor) -> Failure {
    let text = |text: &Text<'_>| text.text().into_owned();
    let failure = Failure {
        kind: FailureKind::of_word(&failure.kind.text()),
        message: text(&failure.message),
        help: failure.help.as_ref().map(text),
    };
    mask::failure(failure, redactor)
}

/// The times of events: all of them, or none.
fn times(list: Option<&[Number]>) -> Vec<f64> {
    let times: Option<Vec<f64>> = list.unwrap_or_default().iter().map(|time| time.0).collect();
    times.unwrap_or_default()
}
