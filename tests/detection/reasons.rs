//! Why a mutant is missed.
//!
//! Most of it follows from the contract: what is not promised cannot be broken. The rest is a list.

use dify_contract::contract::Contract;
use dify_contract::contract::model::Operation;

use crate::mutants::Mutant;

/// What the documents leave open at a mutant's place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Slack {
    /// Not all of them require the member.
    pub optional: bool,
    /// The object around it takes members of any name.
    pub open: bool,
}

const UNCOUNTED: &str = "no other answer of a case tells this count while it stands still";
const FREE_ORDER: &str =
    "the promised order allows it: pages may come and be complete in any order";
const SLOW: &str =
    "no stream of the embedded mock is silent for 15 seconds, as long as it may be, within a test";
const WORDS_OF_RUN: &str = "what the pieces of a run add up to is not stored: its outputs are what its last node makes of them";
const NO_READ: &str = "nothing that has a key of this kind reads it back";
const REFUSED: &str = "a refused request tells no id of what it might have made, and other cases add to the lists, too";
const SUGGESTED: &str =
    "a model writes the questions, in any order and number, anew each time, and they have no ids";
const GIVEN: &str = "what there is was made elsewhere, and nothing else tells of it";
const FORM: &str = "what this form asks for is told by the form alone, so a single request is refused for what it lacks, key or no key";

const NODE: &str = "the node that is asked for is of another kind of source than the file, and is refused for that, key or no key";

/// What no rule tells: the fault, a part of the place, and the reason.
const KNOWN: &[(&str, &str, &str)] = &[
    ("auth-not-enforced", "POST /form/human_input", FORM),
    ("wrong-key-accepted", "POST /form/human_input", FORM),
    ("auth-not-enforced", "/pipeline/run", NODE),
    ("wrong-key-accepted", "/pipeline/run", NODE),
    ("strange-id-fails", "annotation-reply", "no document says what comes of an id that is unknown there, so none is tried"),
    ("changing-id", "/events", "most listeners join a run that is over, and hear of its end alone: one event has nothing to differ from"),
    ("other-id", "/events", "a stream tells ids in its events, and only the single answers of a kind are held against what was asked for"),
    ("retype-property", "/disabled_at", "it is null unless something is switched off, and of a null the fault makes a number, which is documented there"),
    ("no-ping", "", SLOW),
    ("event-order", "datasource/nodes", FREE_ORDER),
    ("no-terminal-event", "datasource/nodes", FREE_ORDER),
    ("double-end", "datasource/nodes", FREE_ORDER),
    ("lost-words", "POST /workflows", WORDS_OF_RUN),
    ("lost-words", "POST /completion-messages", NO_READ),
    (
        "created-not-listed",
        "POST /completion-messages",
        "the messages of completion apps are in no list",
    ),
    (
        "other-id",
        "#/document_process_rule/",
        "it is the id of something beside what was asked for, which nothing else tells",
    ),
    (
        "miscount",
        "/hit_count",
        "how often something was found is counted some time later, and nothing else tells it",
    ),
    (
        "miscount",
        "/exceptions_count",
        "no run of the embedded mock tells of the nodes that failed one by one",
    ),
    (
        "miscount",
        "/app_count",
        "apps that use a knowledge base are not made through this API, and nothing else counts them",
    ),
    (
        "miscount",
        "datasource/nodes",
        "a source announces as many pages as it likes, whatever comes",
    ),
    ("miscount", "", UNCOUNTED),
    ("reversed-list", "/suggested", SUGGESTED),
    ("lost-item", "/suggested", SUGGESTED),
    ("repeated-item", "/suggested", SUGGESTED),
    ("lost-item", "datasource-plugins", GIVEN),
    (
        "repeated-item",
        "#/doc_metadata",
        "the list of a document's fields is no page of its own, and a field may be bound in several ways",
    ),
    (
        "pages-overlap",
        "/variables",
        "an app has the variables that it has: too few for a second page, and none can be made",
    ),
    (
        "pages-skip",
        "/variables",
        "an app has the variables that it has: too few for a second page, and none can be made",
    ),
    (
        "update-not-kept",
        "/retrieve",
        "what it changes, the history of queries, is read back by nothing",
    ),
    (
        "update-resets",
        "=doc_language",
        "a text that is replaced is indexed anew, and its language is not promised to stay",
    ),
    (
        "refused-but-changed",
        "/retrieve",
        "what it would change, the history of queries, is read back by nothing",
    ),
    ("refused-but-changed", "datasource/nodes", "it keeps nothing that could be read back"),
    (
        "refused-but-changed",
        "tags/unbinding",
        "a refused request names no binding, so nothing is bound or unbound by it that a read would show",
    ),
    (
        "refused-but-changed",
        "/conversations/{conversation_id}/name",
        "a name that a model finds anew changes with or without it",
    ),
    ("refused-but-changed", "", REFUSED),
    (
        "parameter-ignored",
        "created_at__",
        "all runs of a case are of one time, so that the limits of a period leave out none",
    ),
    (
        "parameter-ignored",
        "created_by_account",
        "the accounts of the workspace run nothing through this API, and their names are not told",
    ),
    ("other-default", "auto_generate_name", "whether a model has named a conversation is not told"),
    ("other-default", "/events=", "with or without it a run that is over tells the same events"),
    (
        "other-default",
        "GET /app/feedbacks=page",
        "ratings of all users are listed together, too few for a second page",
    ),
    ("other-default", "include_all", "a key sees all knowledge bases anyway"),
    (
        "other-default",
        "datasource-plugins",
        "the draft of the pipeline and what is published of it have the same sources",
    ),
    (
        "other-default",
        "permission",
        "the default of the permission is promised in words that no answer of its own repeats",
    ),
    (
        "api-off",
        "annotation-reply",
        "where it is switched off is told by a documented refusal, and no journey depends on it",
    ),
];

/// Why it is missed; empty if nobody knows.
pub fn reason(contract: &Contract, mutant: &Mutant) -> String {
    let operation = contract.operations.iter().find(|known| known.id == mutant.operation);
    let listed = KNOWN.iter().find(|(fault, place, _)| {
        *fault == mutant.fault.id && mutant.texts.iter().any(|text| text.contains(place))
    });
    let own = operation.and_then(|operation| follows(contract, operation, mutant));
    own.or_else(|| listed.map(|(_, _, why)| (*why).to_owned())).unwrap_or_default()
}

/// What follows from the contract.
fn follows(contract: &Contract, operation: &Operation, mutant: &Mutant) -> Option<String> {
    let Slack { optional, open } = mutant.slack;
    match mutant.fault.id {
        "drop-property" if optional => {
            Some("no schema requires the member in every case, so that it may be absent".to_owned())
        }
        "rename-property" if optional && open => {
            Some("the member may be absent, and the object takes members of any name".to_owned())
        }
        "reversed-list" => {
            let page = contract.raw(&operation.at)?.get("x-contract-page");
            let ordered = page.is_some_and(|page| page.get("order").is_some());
            (!ordered).then(|| "no order is promised for this list".to_owned())
        }
        _ => None,
    }
}
