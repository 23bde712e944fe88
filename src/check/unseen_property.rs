//! `unseen-property`: a documented member that no answer had.

use super::absent::{Absent, each_absent};
use super::{Meta, Overall, ShapeCheck};
use crate::contract::{Contract, Operation};
use crate::finding::{Basis, Severity};
use crate::observe::OperationShape;

/// The check.
pub static CHECK: ShapeCheck = ShapeCheck {
    meta: Meta {
        id: "unseen-property",
        severity: Severity::Note,
        title: "a documented member that no answer had",
        what: "Looks at all answers and events together: a member that the documents declare, and \
               that was never there although the object around it was. Members that belong to one of \
               several alternatives are left out, and so are those whose description says that they \
               are not always there. If a documented example shows the member, `example-key-absent` \
               reports it instead.",
        why: "The server may not send it at all (any more, or yet). The more objects were looked at, \
               the more likely that is.",
        example: "response 200 application/json /data[]/maintainer: 42 objects, none with it",
        remedy: "Exercise the operation in more ways; if the server never sends the member, take it out \
               of the documents.",
    },
    judge,
};

fn judge(
    contract: &Contract,
    variants: &[&Operation],
    shape: &OperationShape,
    out: &mut Vec<Overall>,
) {
    each_absent(contract, variants, shape, &mut |absent: Absent| {
        if absent.declared && !absent.shown && !absent.conditional {
            let promised = "it is documented".to_owned();
            out.push(absent.disagreement(&CHECK.meta, Basis::Traffic, promised));
        }
    });
}
