//! Looking at the runs of workflows: one, all, or one while it goes on.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use serde_json::{Value, json};

use crate::mock::call::Call;
use crate::mock::flow::{self, micro};
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Payload, Reply, View};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{App, EndUser, Frame, Mode, Run, RunStatus, World, now, whole};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/workflows/run/{workflow_run_id}",
        access: Access::App(UserIn::Nowhere),
        handle: detail,
    },
    Route {
        method: "GET",
        path: "/workflows/logs",
        access: Access::App(UserIn::Nowhere),
        handle: logs,
    },
    Route {
        method: "GET",
        path: "/workflow/{workflow_run_id}/events",
        access: Access::App(UserIn::QueryRequired),
        handle: events,
    },
];

/// The email address of the owner of the workspace, who has run nothing.
const OWNER: &str = "hazel@example.com";

/// Refuses apps that nobody has drawn.
fn only_drawn(app: &App) -> Result<(), Refusal> {
    if matches!(app.mode, Mode::Workflow | Mode::AdvancedChat) {
        return Ok(());
    }
    Err(Refusal::new(400, "not_workflow_app", "The key is that of an app without a workflow."))
}

/// How a run stands.
fn detail(world: &mut World, call: &Call<'_>) -> Outcome {
    let app = &world.apps[call.app];
    only_drawn(app)?;
    let run = app.runs.get(call.param("workflow_run_id"));
    let run = run.ok_or_else(|| Refusal::not_found("run"))?;
    let phase = run.at(now());
    let ended = phase.status.is_end();
    let nothing = serde_json::Map::new();
    Ok(Reply::json(json!({
        "id": run.head.run,
        "workflow_id": run.head.workflow,
        "status": phase.status.word(),
        "inputs": run.kept,
        "outputs": if ended { &phase.outputs } else { &nothing },
        "error": phase.error,
        "total_steps": phase.steps,
        "total_tokens": phase.tokens,
        "created_at": whole(run.created_at),
        "finished_at": ended.then(|| whole(phase.from)),
        "elapsed_time": if ended { micro(phase.elapsed) } else { 0.0 },
    })))
}

/// What runs are asked for.
struct Wanted {
    keyword: Option<String>,
    status: Option<String>,
    before: Option<f64>,
    after: Option<f64>,
    session: Option<String>,
}

/// A page of the runs of a workflow, the newest first.
fn logs(world: &mut World, call: &Call<'_>) -> Outcome {
    let query = call.query_fields();
    let text =
        |name| Ok::<_, Refusal>(query.text(name).optional()?.filter(|text| !text.is_empty()));
    let statuses = ["succeeded", "failed", "stopped"];
    let wanted = Wanted {
        keyword: text("keyword")?.map(|word| word.to_lowercase()),
        status: query.text("status").one_of(&statuses).optional()?,
        before: text("created_at__before")?
            .map(|text| moment("created_at__before", &text))
            .transpose()?,
        after: text("created_at__after")?
            .map(|text| moment("created_at__after", &text))
            .transpose()?,
        session: text("created_by_end_user_session_id")?,
    };
    let account = text("created_by_account")?;
    let page = number(query.integer("page").range(1..=99_999).or(1)?);
    let limit = number(query.integer("limit").range(1..=100).or(20)?);
    if account.as_ref().is_some_and(|account| account != OWNER) {
        return Err(Refusal::invalid_param("Nobody in the workspace has this email address."));
    }
    let app = &world.apps[call.app];
    let time = now();
    // Only runs of workflows are logged; those of a chatflow are told of as messages.
    let logged = app.mode == Mode::Workflow && account.is_none();
    let mut found = app.runs.iter().rev().filter(|run| logged && wanted.has(run, time));
    let skip = (page - 1) * limit;
    let all = wanted.is_all() && logged;
    let mut total = 0;
    let mut data = Vec::new();
    for run in found.by_ref() {
        if total >= skip && data.len() < limit {
            data.push(log(run, time, world.users.get(&run.head.user)));
        }
        total += 1;
        if all && data.len() == limit {
            break;
        }
    }
    if all {
        total = app.runs.len();
    }
    Ok(Reply::json(json!({
        "page": page,
        "limit": limit,
        "total": total,
        "has_more": total > page * limit,
        "data": data,
    })))
}

fn number(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

impl Wanted {
    /// Whether any run will do.
    fn is_all(&self) -> bool {
        self.keyword.is_none()
            && self.status.is_none()
            && self.before.is_none()
            && self.after.is_none()
            && self.session.is_none()
    }

    fn has(&self, run: &Run, time: f64) -> bool {
        self.before.is_none_or(|before| run.created_at <= before)
            && self.after.is_none_or(|after| run.created_at >= after)
            && self.session.as_ref().is_none_or(|session| *session == run.head.session)
            && self.status.as_ref().is_none_or(|status| run.at(time).status.word() == status)
            && self.keyword.as_ref().is_none_or(|word| mentions(run, time, word))
    }
}

/// Whether a word, in lower case, stands in the inputs or the outputs of a run or in the name of its user,
/// or is its id.
fn mentions(run: &Run, time: f64, word: &str) -> bool {
    let beginning: String = word.chars().take(30).collect();
    let has = |text: &str| text.to_lowercase().contains(&beginning);
    let outputs = || serde_json::to_string(&run.at(time).outputs).unwrap_or_default();
    run.head.run == word || has(&run.kept) || has(&run.head.session) || has(&outputs())
}

fn log(run: &Run, time: f64, user: Option<&EndUser>) -> Value {
    let phase = run.at(time);
    let ended = phase.status.is_end();
    json!({
        "id": run.log,
        "workflow_run": {
            "id": run.head.run,
            "version": run.version,
            "status": phase.status.word(),
            "triggered_from": "app-run",
            "error": phase.error,
            "elapsed_time": if ended { micro(phase.elapsed) } else { 0.0 },
            "total_tokens": phase.tokens,
            "total_steps": phase.steps,
            "created_at": whole(run.created_at),
            "finished_at": ended.then(|| whole(phase.from)),
            "exceptions_count": 0,
        },
        "details": null,
        "created_from": "service-api",
        "created_by_role": "end_user",
        "created_by_account": null,
        "created_by_end_user": user.map(EndUser::brief),
        "created_at": whole(run.created_at),
    })
}

/// A date, or a date and a time, as ISO 8601 has them, in seconds since 1970. Without an offset it is UTC.
fn moment(name: &str, text: &str) -> Result<f64, Refusal> {
    let date = |text: &str| {
        let day = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            _ => text.to_owned(),
        };
        day.parse::<Date>().ok().map(|date| date.to_datetime(Time::midnight()))
    };
    let civil = || text.parse::<DateTime>().ok().or_else(|| date(text));
    let time = text.parse::<Timestamp>().ok().or_else(|| Offset::UTC.to_timestamp(civil()?).ok());
    let refusal = || {
        let message =
            format!("`{name}` has to be a date, or a date and a time, as ISO 8601 has them.");
        Refusal::field(Breach::Format, message)
    };
    #[expect(clippy::cast_precision_loss, reason = "microseconds are enough")]
    time.map(|time| time.as_microsecond() as f64 / 1e6).ok_or_else(refusal)
}

/// What happens in a run from now on; only how it ended, once it has.
fn events(world: &mut World, call: &Call<'_>) -> Outcome {
    let app = &world.apps[call.app];
    only_drawn(app)?;
    let query = call.query_fields();
    let briefed = query.boolean("include_state_snapshot").or(false)?;
    let stays = query.boolean("continue_on_pause").or(false)?;
    let run = app.runs.get(call.param("workflow_run_id"));
    let run = run.filter(|run| run.head.user == call.user);
    let run = run.ok_or_else(|| Refusal::not_found("run of this user"))?;
    let time = now();
    let phase = run.at(time);
    if phase.status.is_end() {
        return Ok(headers(over(run)));
    }
    let mut lead = vec![Frame::Ping];
    if briefed {
        lead.extend(flow::snapshot(run, time, ""));
    }
    let task = &run.head.task;
    let feeds = &mut world.feeds;
    if feeds.len(task) == 0 {
        // Nobody has listened yet: all that is known is how it goes on at last.
        let last = run.last();
        let delay = Duration::try_from_secs_f64(last.from - time).unwrap_or_default();
        let finished = last.status.is_end().then(|| run.head.finished(last, run.created_at));
        let open = finished.is_none();
        feeds.start(task, finished.map(|frame| (delay, frame)), open);
    }
    let from = feeds.due(task);
    let paused = phase.status == RunStatus::Paused;
    let to = match run.pause {
        _ if stays => None,
        // A snapshot of a run that waits ends with that.
        _ if paused && briefed => Some(from),
        Some(pause) if !paused => Some(pause).filter(|pause| *pause > from),
        _ => None,
    };
    Ok(headers(Reply::view(View { name: task.clone(), lead, from, to })))
}

/// The one event that tells how a run ended.
fn over(run: &Run) -> Reply {
    let last = run.last();
    let data = run.head.finish(last, run.created_at);
    let event = json!({
        "event": "workflow_finished",
        "task_id": run.head.run,
        "workflow_run_id": run.head.run,
        "data": data,
    });
    let text = format!("data: {event}\n\n");
    Reply::new(200, Payload::Chunks(vec![text.into()]), "text/event-stream; charset=utf-8")
}

fn headers(reply: Reply) -> Reply {
    reply.header("Cache-Control", "no-cache").header("Connection", "keep-alive")
}
