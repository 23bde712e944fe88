//! What is done to runs from outside.

use serde_json::{Map, Value};

use super::graph;
use super::resume::{Cause, resume};
use crate::mock::state::{Run, RunStatus, World, now};

/// Stops a run of an app by the id of its task, if it is under way. Gives the run as it is then.
pub fn stop<'w>(world: &'w mut World, app: usize, task: &str) -> Option<&'w Run> {
    let (runs, feeds) = (&mut world.apps[app].runs, &mut world.feeds);
    let id = runs.of_task(task)?.head.run.clone();
    let run = runs.get_mut(&id)?;
    let time = now();
    let began = run.at(time).from;
    let ended = run.stop(time, "It was stopped by its user.")?.clone();
    if feeds.cut(task).is_some() {
        let finished = run.head.finished(&ended, began);
        feeds.extend(task, [(std::time::Duration::ZERO, finished)], false);
    }
    Some(run)
}

/// Fills the form in for which a run of an app waits, by the id of the run, and lets the run go on: so
/// late that those who are told of it can still join.
pub fn submit(world: &mut World, app: usize, run: &str, inputs: Map<String, Value>, action: &str) {
    let (app, feeds) = (&mut world.apps[app], &mut world.feeds);
    let graph = graph::of(app);
    let Some(run) = app.runs.get_mut(run) else { return };
    let time = now();
    if run.at(time).status != RunStatus::Paused {
        return;
    }
    run.forget_from(time);
    // It is past. A feed that begins here counts its frames anew.
    run.pause = None;
    if let Some(form) = &mut run.form {
        form.submitted = true;
    }
    let after = world.index_time;
    let pace = (time + after.as_secs_f64(), world.chunk_delay);
    let cause = Cause::Filled(inputs, action.to_owned());
    let mut frames = resume(run, graph, &mut world.ids, pace, cause);
    if let Some((delay, _)) = frames.first_mut() {
        *delay += after;
    }
    let task = &run.head.task;
    feeds.cut(task);
    if feeds.len(task) > 0 {
        feeds.extend(task, frames, false);
    } else {
        feeds.start(task, frames, false);
    }
}
