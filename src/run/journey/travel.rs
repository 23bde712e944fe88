//! The way from step to step.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use roas_arazzo_executor::{
    ExecutionError, ExecutionReport, HttpRequest, HttpResponse, Outcome, Performed, Progress, Run,
};
use serde_json::{Value, json};

use super::own::Own;
use super::seen::{Scene, absent, place};
use crate::contract::Operation;
use crate::exchange::{MediaType, Unmet, sse};
use crate::finding::Severity;
use crate::generate::{Draft, Generator, Options};
use crate::plan::journeys::{Does, Inputs, Journey, MARK, Suite, Workflow, draft};
use crate::plan::{self, Case, Twist};
use crate::run::answered::Answered;
use crate::run::fetched;
use crate::run::judge::Said;
use crate::run::pool::Bundle;
use crate::run::result::UNFINISHED;
use crate::run::session::{Session, Step};

/// How long a journey may wait, all in all.
const PATIENCE: Duration = Duration::from_mins(15);

/// How a journey came to its end.
pub enum Arrival {
    /// It did, and this was found on the way.
    Ended(Vec<Said>),
    /// The user asked to end.
    Interrupted,
    /// It did not, since the suite is wrong: this is the matter.
    Stuck(String),
}

/// Why a journey does not go on.
enum Halt {
    /// It cannot be tried here.
    Cannot(String),
    /// The suite is wrong.
    Stuck(String),
    /// The user asked to end.
    Interrupted,
    /// It has come to its end.
    Ended,
}

impl From<String> for Halt {
    fn from(why: String) -> Self {
        Self::Cannot(why)
    }
}

/// Who travels.
pub struct Traveller<'t> {
    session: &'t Session,
    case: &'t Case,
    suite: &'t Suite,
    workflow: &'t Workflow,
    inputs: Inputs,
    own: Own,
    /// Calls of models that are paid for.
    calls: u32,
    said: Vec<Said>,
    /// The last exchange, which is not recorded yet.
    last: Option<Leg>,
}

/// A step that was done.
struct Leg {
    /// The step, as requests bear it.
    mark: String,
    order: (usize, u64),
    answered: Answered,
    /// The body, as expressions see it.
    body: Option<Value>,
}

impl<'t> Traveller<'t> {
    /// Who is to travel; `None` where there is no such workflow.
    pub fn new(
        session: &'t Session,
        case: &'t Case,
        journey: &'t Journey,
        bundle: &Bundle,
    ) -> Option<Self> {
        let workflow = journey.workflow()?;
        let name = || session.new_name();
        let form = form(session, case.key, journey);
        let user = session.user();
        Some(Self {
            session,
            case,
            suite: &journey.suite,
            workflow,
            inputs: Inputs::of(&workflow.inputs, &user, &bundle.ids, &form, name),
            own: Own::of(bundle),
            calls: case.model_calls,
            said: Vec::new(),
            last: None,
        })
    }

    /// Travels. `order` holds the number of the case, and counts its exchanges.
    ///
    /// # Errors
    /// Why it cannot be tried here.
    pub async fn travel(
        mut self,
        order: (usize, &AtomicU64),
        stop: &AtomicBool,
    ) -> Result<Arrival, String> {
        let halt = self.go(order, stop).await;
        // Whatever came of it: what was sent is recorded.
        self.close(None);
        let grave = self.said.iter().any(|said| said.severity == Severity::Error);
        match halt {
            Halt::Interrupted => Ok(Arrival::Interrupted),
            // What was found is not hidden by what could not be done because of it.
            Halt::Cannot(_) | Halt::Stuck(_) if grave => Ok(Arrival::Ended(self.said)),
            Halt::Cannot(why) => Err(why),
            Halt::Stuck(why) => Ok(Arrival::Stuck(why)),
            Halt::Ended => Ok(Arrival::Ended(self.said)),
        }
    }

    /// Goes from step to step.
    async fn go(&mut self, order: (usize, &AtomicU64), stop: &AtomicBool) -> Halt {
        let Err(halt) = self.steps(order, stop).await;
        halt
    }

    async fn steps(
        &mut self,
        order: (usize, &AtomicU64),
        stop: &AtomicBool,
    ) -> Result<Infallible, Halt> {
        let suite = self.suite;
        let base_url = self.session.target.base_url.as_str();
        let options = suite.options(self.workflow, base_url, self.inputs.values.clone());
        let mut run =
            Run::start(&suite.description, &options).map_err(|error| self.stuck(&error))?;
        let mut left = PATIENCE;
        loop {
            match run.advance() {
                Ok(Progress::Send(request)) => {
                    self.close(None);
                    if stop.load(Ordering::Relaxed) {
                        return Err(Halt::Interrupted);
                    }
                    let number = (order.0, order.1.fetch_add(1, Ordering::Relaxed));
                    let leg = self.send(&request, number).await?;
                    let response = response(&leg);
                    let why = leg.answered.why_not();
                    self.last = Some(leg);
                    // Without an answer there is no way on.
                    let response = response.ok_or(why)?;
                    if let Err(error) = run.supply(response) {
                        return Err(self.stumbled(&error));
                    }
                }
                Ok(Progress::Wait(time)) => {
                    left = left.checked_sub(time).ok_or_else(too_long)?;
                    // Long waits are made of short ones, so that the user can end them.
                    let mut rest = time;
                    while !rest.is_zero() && !stop.load(Ordering::Relaxed) {
                        let piece = rest.min(Duration::from_secs(1));
                        self.session.rest(piece).await;
                        rest -= piece;
                    }
                }
                Ok(Progress::Done(report)) => {
                    if report.outcome == Outcome::Failed {
                        self.failed(&report);
                    }
                    return Err(Halt::Ended);
                }
                Err(error) => return Err(self.stumbled(&error)),
            }
        }
    }

    /// Sends what the engine wants to send.
    async fn send(&mut self, request: &HttpRequest, order: (usize, u64)) -> Result<Leg, String> {
        let session = self.session;
        let mark = request.header(MARK).unwrap_or_default().to_owned();
        let step = self.suite.marked(&mark).map(|(_, step)| step);
        let Some(&Does::Operation(number)) = step.map(|step| &step.does) else {
            return Err(format!("no step sends {} {}", request.method, request.url));
        };
        let Some(operation) = session.contract.operations.get(number) else {
            return Err("the operation is not documented".to_owned());
        };
        let base_url = session.target.base_url.as_str();
        let draft = draft(session.contract, number, request, base_url, &self.inputs.files);
        let draft = fetched::pointed(session, &draft)?.into_owned();
        self.own.may(session, operation, &draft)?;
        self.pay(operation, &draft)?;
        let step = Step {
            case: &self.case.name,
            order,
            together: true,
            key: self.case.key,
            draft: &draft,
            needs: &[],
            ids: &BTreeMap::new(),
            expects: None,
            twist: &Twist::Written,
        };
        let (draft, answered) = session.call_unrecorded(step).await;
        let body = events(&answered).or_else(|| answered.json().cloned());
        self.own.note(session, &draft, &answered, body.as_ref());
        Ok(Leg { mark, order, answered, body })
    }

    /// Pays for the call of a model. What the plan foresaw is paid for; attempts beyond that are not.
    fn pay(&mut self, operation: &Operation, draft: &Draft) -> Result<(), String> {
        let session = self.session;
        let costs = session.guide.costs();
        let calls = costs.calls(session.contract, draft);
        if self.workflow.free || calls == 0 {
            return Ok(());
        }
        let needed = costs.needed(session.contract, draft);
        if needed > session.target.allow {
            let needed = needed.word();
            return Err(format!("{} may call a model: needs `--allow {needed}`", operation.id));
        }
        match self.calls.checked_sub(calls) {
            Some(left) => self.calls = left,
            None if session.budget.spend(calls) => {}
            None => return Err("the budget of model calls is spent".to_owned()),
        }
        Ok(())
    }

    /// Records the last exchange, and what was asked of it in vain.
    fn close(&mut self, unmet: Option<Unmet>) {
        let Some(mut leg) = self.last.take() else { return };
        let explained = leg.answered.said.iter().any(|said| said.severity == Severity::Error);
        self.said.append(&mut leg.answered.said);
        if let Some(unmet) = unmet.filter(|_| !explained) {
            Arc::make_mut(&mut leg.answered.exchange).unmet = Some(Box::new(unmet));
            let exchange = &leg.answered.exchange;
            self.said.extend(self.session.judge_unmet(exchange, &self.case.name, leg.order));
        }
        self.session.record(&leg.answered.exchange);
    }

    /// The engine could not go on: the answer did not have what an expression names, or the suite is
    /// wrong.
    fn stumbled(&mut self, error: &ExecutionError) -> Halt {
        let found = absent(error).and_then(|expression| {
            let leg = self.last.as_ref()?;
            let (workflow, step) = self.suite.marked(&leg.mark)?;
            // It stands in the step that was done, or in one that follows.
            let (text, at) = [&step.at, &workflow.at]
                .into_iter()
                .find_map(|at| place(self.suite.raw(at.as_str())?, at, expression))?;
            let text = text.to_owned();
            Some(Unmet {
                step: format!("{}/{}", workflow.id, step.id),
                criterion: text,
                seen: format!("`{expression}` is not there"),
                source: self.suite.source(at.as_str()),
            })
        });
        match found {
            Some(unmet) => {
                self.close(Some(unmet));
                Halt::Ended
            }
            None => self.stuck(error),
        }
    }

    /// Notes that the engine could not go on, by no fault of the server.
    fn stuck(&self, error: &ExecutionError) -> Halt {
        let path = &self.suite.path;
        let line = self.suite.source(self.workflow.at.as_str()).line;
        let why = format!("{error} ({path}:{line})");
        self.session.problem(format!("the journey {} could not go on: {why}", self.workflow.id));
        Halt::Stuck(format!("{UNFINISHED}{why}"))
    }

    /// The workflow ended because a step failed.
    fn failed(&mut self, report: &ExecutionReport) {
        let Some(leg) = &self.last else { return };
        let request = |performed: &Performed| matches!(performed, Performed::Request { .. });
        let record = report.steps.iter().rev().find(|r| !r.passed && request(&r.performed));
        let Some(record) = record else { return };
        let Some(step) = self.suite.step(&record.workflow_id, &record.step_id) else { return };
        let scene = Scene {
            exchange: &leg.answered.exchange,
            body: leg.body.as_ref(),
            inputs: &self.inputs.values,
            records: &report.steps,
        };
        let index = record.criteria.iter().position(|criterion| !criterion.passed);
        let at = match index {
            Some(index) => step.at.join(&["successCriteria", &index.to_string()]),
            None => step.at.clone(),
        };
        let raw = index.and_then(|_| self.suite.raw(at.as_str()));
        let criterion = index.and_then(|index| record.criteria.get(index));
        let unmet = Unmet {
            step: format!("{}/{}", record.workflow_id, record.step_id),
            criterion: criterion.map_or_else(
                || "a status below 400, as no criterion says otherwise".to_owned(),
                |criterion| criterion.condition.clone(),
            ),
            seen: raw.map_or_else(|| scene.status(), |raw| scene.of_criterion(raw)),
            source: self.suite.source(at.child("condition").as_str()),
        };
        self.close(Some(unmet));
    }
}

fn too_long() -> Halt {
    Halt::Stuck(format!("{UNFINISHED}it would wait longer than {} seconds", PATIENCE.as_secs()))
}

/// What the app of a key asks for in its form: the plainest that it takes. An empty object where it asks for
/// nothing.
fn form(session: &Session, key: Option<usize>, journey: &Journey) -> Value {
    let contract = session.contract;
    let fill = |number: &usize| {
        let operation = contract.operations.get(*number)?;
        let overrides = plan::overrides(contract, &session.guide, operation, &session.forms, key);
        let (spot, _) = overrides.first()?.clone();
        let options = Options { overrides, ..Options::default() };
        let generator = Generator::new(contract, *number, &options).ok()?;
        generator.minimal().ok()?.get(&spot).cloned()
    };
    journey.operations.iter().find_map(fill).unwrap_or_else(|| json!({}))
}

/// The answer, as the engine takes it; `None` where there was none.
fn response(leg: &Leg) -> Option<HttpResponse> {
    let answer = leg.answered.exchange.response.as_ref()?;
    let mut response = HttpResponse::default();
    response.status = answer.status;
    response.headers = answer.headers.0.iter().map(|h| (h.name.clone(), h.value.clone())).collect();
    response.body = match &leg.body {
        Some(body) => body.to_string().into_bytes(),
        None => answer.body.bytes().map(<[u8]>::to_vec).unwrap_or_default(),
    };
    Some(response)
}

/// The data of the events of a stream; `None` where the answer is none.
fn events(answered: &Answered) -> Option<Value> {
    let response = answered.exchange.response.as_ref()?;
    let media_type = MediaType::parse(response.headers.get("content-type")?).ok()?;
    if media_type.essence() != "text/event-stream" {
        return None;
    }
    let frames = sse::frames(response.body.bytes().unwrap_or_default());
    let data = frames.into_iter().filter_map(|frame| frame.data());
    let events =
        data.map(|data| serde_json::from_str(&data).unwrap_or_else(|_| Value::String(data)));
    Some(Value::Array(events.collect()))
}
