//! Operations by their names.

use super::suggest;
use crate::contract::{Contract, Operation};
use crate::error::Problem;

/// The operation that is meant: by its id, its operationId, or a part that only one of them has.
pub fn find<'c>(contract: &'c Contract, wanted: &str) -> Result<Vec<&'c Operation>, Problem> {
    let all = contract.by_id();
    let is = |variant: &&Operation| {
        variant.id.eq_ignore_ascii_case(wanted) || variant.operation_id.as_deref() == Some(wanted)
    };
    if let Some((_, variants)) = all.iter().find(|(_, variants)| variants.iter().any(is)) {
        return Ok(variants.clone());
    }
    let lower = wanted.to_lowercase();
    let has = |variant: &&Operation| {
        let names = [Some(&variant.id), variant.operation_id.as_ref()];
        names.into_iter().flatten().any(|name| name.to_lowercase().contains(&lower))
    };
    let mut matching: Vec<_> =
        all.iter().filter(|(_, variants)| variants.iter().any(has)).collect();
    // A whole path means the operations of that path, not those of longer ones.
    let whole = |(_, variants): &&(_, Vec<&Operation>)| variants.iter().any(|v| v.path == wanted);
    if matching.iter().any(whole) {
        matching.retain(whole);
    }
    match matching.as_slice() {
        [(_, variants)] => Ok(variants.clone()),
        [] => {
            let ids = all.iter().map(|(id, _)| *id);
            let operation_ids =
                contract.operations.iter().filter_map(|o| o.operation_id.as_deref());
            let near = suggest::like(wanted, ids.chain(operation_ids));
            let list = "`dify-contract list operations` shows them all";
            let help = match suggest::did_you_mean(&near) {
                Some(question) => format!("{question} {list}"),
                None => list.to_owned(),
            };
            Err(Problem::new(format!("there is no operation `{wanted}`")).help(help))
        }
        several => {
            let shown: Vec<_> =
                several.iter().take(8).map(|(id, _)| format!("\n    {id}")).collect();
            let more = match several.len().saturating_sub(shown.len()) {
                0 => String::new(),
                more => format!("\n    and {more} more"),
            };
            let problem = format!("`{wanted}` may mean {} operations", several.len());
            Err(Problem::new(problem).help(format!("name one of them:{}{more}", shown.concat())))
        }
    }
}

/// Whether any operation has the text in its id, as `--operation` means it.
pub fn known(contract: &Contract, wanted: &str) -> Result<(), Problem> {
    let ids: Vec<&str> = contract.by_id().into_iter().map(|(id, _)| id).collect();
    if ids.iter().any(|id| id.contains(wanted)) {
        return Ok(());
    }
    let problem = Problem::new(format!("no operation has `{wanted}` in its name"));
    let all = "`dify-contract list operations` shows them all";
    let mut names: Vec<&str> = contract.operations.iter().map(|o| o.path.as_str()).collect();
    names.dedup();
    Err(match suggest::did_you_mean(&suggest::like(wanted, ids.into_iter().chain(names))) {
        Some(question) => problem.help(format!("{question} {all}")),
        None => problem.help(all),
    })
}
