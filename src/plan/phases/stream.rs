//! Event streams: each one to its end, held against the blocking answer, stopped in the middle.

use crate::contract::StreamRules;
use crate::generate::{Draft, Spot};
use crate::plan::case::{Attempt, Case, Hold, Phase};
use crate::plan::guide;
use crate::plan::planner::Source;
use crate::plan::resources::Reveals;

/// The cases.
pub fn cases(source: &Source<'_>) -> Vec<Case> {
    let mut cases = Vec::new();
    if let Some(rules) = source.streams()
        && let Ok(plain) = source.plain()
    {
        let plain = source.named(plain);
        let streaming = source.streaming(plain.clone());
        cases.push(source.one(Phase::Stream, "to-the-end", streaming.clone()));
        if let Some(blocking) = blocking(source, &plain, rules) {
            let mut case = source.blank(Phase::Stream, "as-blocking");
            case.model_calls *= 2;
            case.attempt =
                Attempt::Twice { blocking: Box::new(blocking), streaming: Box::new(streaming) };
            cases.push(case);
        }
    }
    cases.extend(stop(source));
    cases
}

/// The draft that asks for a single answer, where there is one.
fn blocking(source: &Source<'_>, plain: &Draft, rules: &StreamRules) -> Option<Draft> {
    let (pointer, streaming) = rules.when.as_ref().filter(|_| !source.streams_only())?;
    let success = |r: &&crate::contract::model::Response| r.statuses.contains(200);
    let single = source
        .operation
        .responses
        .iter()
        .filter(success)
        .flat_map(|response| &response.content)
        .any(|content| content.stream.is_none());
    let other =
        guide::values_of(source.contract, source.operation, pointer.trim_start_matches('/'))
            .into_iter()
            .find(|value| value != streaming)?;
    let mut draft = plain.clone();
    (single && draft.set(&Spot::body(pointer), other)).then_some(draft)
}

/// An operation that acts on a run in progress: the stream that it stops is started for the purpose.
fn stop(source: &Source<'_>) -> Option<Case> {
    let need = source.needs.first().filter(|_| source.needs.len() == 1)?;
    let from_stream = |p: &&crate::plan::Provider| matches!(p.reveals, Reveals::Stream(_));
    let providers = || source.resources.providers(&need.resource);
    if !providers().all(|provider| from_stream(&provider)) {
        return None;
    }
    let provider = providers().find(|provider| source.opens(provider.operation))?;
    let (start, needs, calls) = source.start(provider)?;
    let mut case = source.blank(Phase::Stream, "in-the-middle");
    case.needs = needs;
    case.hold = Hold::Alone;
    case.model_calls = calls;
    case.attempt = Attempt::Stop {
        start: Box::new(start),
        resource: need.resource.clone(),
        starts: provider.operation,
        stop: Box::new(source.plain().ok()?),
    };
    Some(case)
}
