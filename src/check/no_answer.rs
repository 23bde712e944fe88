//! `no-answer`: a request that the server did not answer.

use super::{FailureCheck, Meta};
use crate::contract::Operation;
use crate::exchange::Failure;
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: FailureCheck = FailureCheck {
    meta: Meta {
        id: "no-answer",
        severity: Severity::Error,
        title: "a request that the server did not answer",
        what: "Reports requests to which a server that answers others gave no answer: it closed or reset \
               the connection, sent something that is no HTTP, or nothing within the time limit. Only \
               exchanges that this program made tell so; that a server is not there at all is no finding.",
        why: "A client waits in vain, and does not know whether the request was carried out.",
        example: "operation: promised an answer, seen 127.0.0.1:5001 closed the connection without an \
                  answer",
        remedy: "Look for a crash, a hang or a time limit in the log of the server, or of the proxy before \
                 it.",
    },
    judge,
};

fn judge(operation: &Operation, failure: &Failure, out: &mut Vec<Disagreement>) {
    if !failure.kind.is_servers() {
        return;
    }
    out.push(Disagreement {
        check: CHECK.meta.id,
        severity: CHECK.meta.severity,
        basis: Basis::Standard,
        operation: operation.id.clone(),
        place: Place::whole(Part::Operation),
        kind: failure.kind.word().to_owned(),
        promised: "an answer".to_owned(),
        seen: failure.message.clone(),
        promise: Some((operation.at.document, operation.at.pointer.clone())),
    });
}
