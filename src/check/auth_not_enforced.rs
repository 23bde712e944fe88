//! `auth-not-enforced`: a request without a key, and accepted.

use super::{Check, Meta, expected};
use crate::exchange::Expects;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "auth-not-enforced",
        severity: Severity::Error,
        title: "a request without a key, and accepted",
        what: "Reports a success in answer to a request that was sent without a key on purpose, to \
               an operation that takes one. Recordings tell the purpose (`_expects` in a HAR): that \
               others left the key out of what they recorded is no fault of the server. A redirect, \
               which may lead to a sign-in, and an error with a status of success are none of this.",
        why: "What is behind the operation is open to everybody who knows the address.",
        example: "response 200: promised a refusal, since no key was sent; seen answered 200",
        remedy: "Let the server ask for the key before it does anything. If the operation is meant to \
                 be open, document it with `security: []`.",
    },
    applies: |evidence| expected::expected(evidence, Expects::NoKey),
    judge: |evidence, out| {
        if expected::taken_despite(evidence, Expects::NoKey) {
            let mut found = expected::disagreement(evidence, &CHECK.meta, 401);
            "a refusal, since no key was sent".clone_into(&mut found.promised);
            out.push(found);
        }
    },
};
