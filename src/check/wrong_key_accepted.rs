//! `wrong-key-accepted`: a request with a wrong key, and accepted.

use super::{Check, Meta, expected};
use crate::exchange::Expects;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "wrong-key-accepted",
        severity: Severity::Error,
        title: "a request with a wrong key, and accepted",
        what: "Reports a success in answer to a request that was sent with a wrong key on purpose: \
               one that nobody was given, or one that does not open the operation. Recordings tell \
               the purpose (`_expects` in a HAR).",
        why: "A key that is not checked protects nothing, and one that was withdrawn goes on working.",
        example: "response 200: promised a refusal, since the key does not open the operation; seen \
               answered 200",
        remedy: "Let the server look the key up, and its kind, before it does anything.",
    },
    applies: |evidence| expected::expected(evidence, Expects::WrongKey),
    judge: |evidence, out| {
        if expected::taken_despite(evidence, Expects::WrongKey) {
            let mut found = expected::disagreement(evidence, &CHECK.meta, 401);
            "a refusal, since the key does not open the operation".clone_into(&mut found.promised);
            out.push(found);
        }
    },
};
