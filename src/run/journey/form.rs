//! What the form of an app asks for, where a suite leaves it to the runner: in the input that is called
//! as the place that the form fills.

use serde_json::{Map, Value};

use crate::generate::{Generator, Options, Spot, files};
use crate::plan;
use crate::plan::journeys::Journey;
use crate::run::session::Session;

/// Adds what the app of a key requires to the input that stands for its form.
///
/// # Errors
/// Why the form cannot be filled in.
pub fn fill(
    session: &Session,
    key: Option<usize>,
    journey: &Journey,
    inputs: &mut Map<String, Value>,
) -> Result<(), String> {
    let Some(rule) = session.guide.form() else { return Ok(()) };
    let name = rule.into.trim_start_matches('/');
    let Some(Value::Object(given)) = inputs.get_mut(name) else { return Ok(()) };
    if let Some(Some(Err(kind))) = key.and_then(|key| session.forms.get(key)) {
        return Err(format!("the app requires a field of a kind we cannot fill: {kind}"));
    }
    for number in &journey.operations {
        let Some(operation) = session.contract.operations.get(*number) else { continue };
        let overrides =
            plan::overrides(session.contract, &session.guide, operation, &session.forms, key);
        if overrides.is_empty() {
            continue;
        }
        let options = Options {
            fixed: Vec::new(),
            overrides,
            files: vec![("-".to_owned(), vec![files::text()])],
        };
        let generator = Generator::new(session.contract, *number, &options);
        let draft = generator.and_then(|generator| generator.minimal());
        let draft = draft.map_err(|why| format!("the form of the app cannot be filled: {why}"))?;
        if let Some(Value::Object(wanted)) = draft.get(&Spot::body(&rule.into)) {
            for (field, value) in wanted {
                given.entry(field.clone()).or_insert_with(|| value.clone());
            }
        }
        break;
    }
    Ok(())
}
