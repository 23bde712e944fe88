//! `example-key-absent`: a member that every documented example has, and no answer.

use super::absent::{Absent, each_absent};
use super::{Meta, Overall, ShapeCheck};
use crate::contract::{Contract, Operation};
use crate::finding::{Basis, Severity};
use crate::observe::OperationShape;

/// The check.
pub static CHECK: ShapeCheck = ShapeCheck {
    meta: Meta {
        id: "example-key-absent",
        severity: Severity::Warning,
        title: "a member that every documented example has, and no answer",
        what: "Looks at all answers together: a member that every documented example of the answer \
               has (where it has the object around it), and that was in none of the answers. Names in \
               free-form objects below the top are data, and are left out.",
        why: "Many documents promise by example alone, and readers copy what they see there.",
        example: "response 200 application/json /data[]/input_placeholder: every example has it; seen 7 objects, none with it",
        remedy: "Correct the example, or let the server send the member.",
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
        if absent.shown {
            let promised = "every example has it".to_owned();
            out.push(absent.disagreement(&CHECK.meta, Basis::Example, promised));
        }
    });
}
