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

/// What no rule tells: the fault, a part of the place or `*`, and the reason.
const KNOWN: &str = "tests/fixtures/detection/reasons.txt";

/// Why mutants are missed.
pub struct Reasons {
    known: Vec<[String; 3]>,
}

impl Reasons {
    /// Reads what is known.
    pub fn read() -> Self {
        let text = std::fs::read_to_string(KNOWN).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let cells = lines.map(|line| line.split(" | ").map(str::to_owned).collect::<Vec<_>>());
        Self { known: cells.map(|cells| cells.try_into().unwrap()).collect() }
    }

    /// Why a mutant is missed; empty if nobody knows.
    pub fn of(&self, contract: &Contract, mutant: &Mutant) -> String {
        let fits = |[fault, part, _]: &&[String; 3]| {
            let within = |text: &String| part == "*" || text.contains(part.as_str());
            *fault == mutant.fault.id && mutant.texts.iter().any(within)
        };
        let operation = contract.operations.iter().find(|known| known.id == mutant.operation);
        let own = operation.and_then(|operation| follows(contract, operation, mutant));
        let known = || self.known.iter().find(fits).map(|[.., why]| why.clone());
        own.or_else(known).unwrap_or_default()
    }
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
