//! `undocumented-error-code`: an error code that the response does not mention.

use super::evidence::Evidence;
use super::{Check, Meta, words};
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "undocumented-error-code",
        severity: Severity::Warning,
        title: "an error code that the response does not mention",
        what: "Documents tell the error codes of a status by examples, or in the description. Reports \
               a code that is in neither. Where an operation documents nothing of a status that any \
               operation may answer, the codes of that general answer count. A status without any \
               documented code is not judged.",
        why: "Clients tell errors apart by their code.",
        example: "response 400 application/json /code: documented is not_chat_app; seen 400 \
               invalid_param: \"user is required\"",
        remedy: "Add an example with the code to the response.",
    },
    // A 5xx is reported as such, whatever its code.
    applies: |evidence| {
        evidence.response.status < 500
            && evidence.code().is_some()
            && !documented(evidence).is_empty()
    },
    judge,
};

/// The codes that the documents name for the answer's status.
fn documented<'a>(evidence: &Evidence<'a>) -> Vec<&'a str> {
    let promise = evidence.own.or(evidence.general);
    let codes = promise.into_iter().flat_map(|p| p.codes.iter().chain(&p.described_codes));
    let mut codes: Vec<&str> = codes.map(String::as_str).collect();
    codes.sort_unstable();
    codes.dedup();
    // A description mentions other words too; alone they do not make a list of codes.
    if promise.is_some_and(|p| p.codes.is_empty()) { Vec::new() } else { codes }
}

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(code) = evidence.code() else { return };
    let documented = documented(evidence);
    if documented.contains(&code) || evidence.own.or(evidence.general).is_none() {
        return;
    }
    let pointer = evidence.error_code_pointer().to_owned();
    let place = Place { part: evidence.part(), pointer };
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Example);
    code.clone_into(&mut found.kind);
    found.promised = words::documented(documented);
    found.seen = words::error(evidence);
    found.promise =
        evidence.own.or(evidence.general).map(|p| (p.at.document, p.at.pointer.clone()));
    out.push(found);
}
