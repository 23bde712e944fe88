//! `unknown-id-accepted`: a request about something that is not there, and accepted.

use super::{Check, Meta, expected};
use crate::exchange::Expects;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "unknown-id-accepted",
        severity: Severity::Error,
        title: "a request about something that is not there, and accepted",
        what: "Reports a success in answer to a request that names, on purpose, something that does \
               not exist, where the documents promise a refusal. Recordings tell the purpose \
               (`_expects` in a HAR).",
        why: "A client takes the success for its word: it believes that it read, changed or removed \
               what it named, and does not notice its mistake.",
        example: "response 200: promised a refusal, since nothing has the id; seen answered 200",
        remedy: "Let the server look for what is named, and refuse with 404. If it is meant to take \
                 any id, document that by leaving out the 404.",
    },
    applies: |evidence| expected::expected(evidence, Expects::UnknownId),
    judge: |evidence, out| {
        if expected::taken_despite(evidence, Expects::UnknownId) {
            let mut found = expected::disagreement(evidence, &CHECK.meta, 404);
            "a refusal, since nothing has the id".clone_into(&mut found.promised);
            out.push(found);
        }
    },
};
