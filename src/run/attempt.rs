//! One request that a user wishes, filled in like the cases of a run.

use std::collections::BTreeMap;

use serde_json::Value;

use super::campaign::Campaign;
use super::cleanup::{self, Leftover};
use super::judge::Said;
use super::pool::{Bundle, For, may_use};
use super::session::Step;
use crate::contract::model::Location;
use crate::error::Problem;
use crate::exchange::Exchange;
use crate::generate::{DraftBody, File, Spot};
use crate::plan::{Attempt, Hold, Twist};

/// What a user wants to be sent; the rest is filled in.
pub struct Wish {
    /// The id of the operation.
    pub operation: String,
    /// Parameters of path, query and header, by name.
    pub parameters: BTreeMap<String, String>,
    /// The body.
    pub body: Option<Value>,
    /// Files, by the field of the form.
    pub files: Vec<(String, File)>,
    /// The name of the key.
    pub key: Option<String>,
}

/// What came of it.
pub struct Tried {
    /// The exchange, secrets masked.
    pub exchange: Exchange,
    /// What was found in it, the gravest first.
    pub said: Vec<Said>,
}

impl Campaign {
    /// Sends what is wished, and removes what was made; tells what could not be removed.
    ///
    /// # Errors
    /// A wish that the operation, the keys or the permission do not allow, and ids that cannot be had.
    pub async fn attempt(&self, wish: Wish) -> Result<(Tried, Vec<Leftover>), Problem> {
        let tried = self.send(wish).await;
        let session = &self.executor.session;
        // Ids may have been made even where the request was not sent.
        let leftovers = cleanup::all(session).await;
        session.ledger.close();
        Ok((tried?, leftovers))
    }

    async fn send(&self, wish: Wish) -> Result<Tried, Problem> {
        let session = &self.executor.session;
        let id = wish.operation.as_str();
        let of = |number: usize| session.contract.operations.get(number);
        let key_name = |key: Option<usize>| {
            key.and_then(|key| session.target.keys.get(key)).map(|key| key.name.as_str())
        };
        let mine = self.plan.cases.iter().filter(|case| {
            of(case.operation).is_some_and(|o| o.id == id)
                && (wish.key.is_none() || key_name(case.key) == wish.key.as_deref())
        });
        let mine: Vec<_> = mine.collect();
        let case =
            mine.iter().find(|case| case.skip.is_none()).or(mine.first()).ok_or_else(|| {
                let problem = Problem::new(format!("no key that is known opens {id} as wished"));
                problem.help("`dify-contract doctor` tells what each key opens")
            })?;
        if let Some(reason) = &case.skip {
            return Err(Problem::new(format!("{id} cannot be tried: {reason}")));
        }
        let (Attempt::One { draft, .. }, Some(operation)) = (&case.attempt, of(case.operation))
        else {
            return Err(Problem::new(format!("{id} has no plain request")));
        };
        let mut draft = draft.clone();
        let user = session.guide.user().unwrap_or_default();
        let mut signed = wish.parameters.contains_key(user);
        let mut needs = case.needs.clone();
        if let Some(body) = wish.body {
            signed |= body.get(user).is_some();
            draft.body = DraftBody::Json(body);
            needs.retain(|need| !matches!(need.spot, Spot::Body(_)));
        }
        for (name, value) in &wish.parameters {
            let known = operation.parameters.iter().find(|parameter| parameter.name == *name);
            let Some(known) = known else {
                let names: Vec<&str> =
                    operation.parameters.iter().map(|p| p.name.as_str()).collect();
                return Err(Problem::new(format!("{id} has no parameter `{name}`"))
                    .help(format!("it has these: {}", names.join(", "))));
            };
            let spot = Spot::parameter(known.location, name);
            needs.retain(|need| need.spot != spot);
            draft.set(&spot, Value::String(value.clone()));
        }
        for (field, file) in wish.files {
            if !draft.set_file(&field, file) {
                return Err(Problem::new(format!("{id} takes no form with files")));
            }
        }
        let whose = For { case: &case.name, number: 0, key: case.key };
        let bundle = if needs.is_empty() {
            Ok(Bundle::default())
        } else {
            self.executor.pool.provide(session, whose, &needs, Hold::Alone).await
        };
        let bundle = bundle
            .and_then(|b| may_use(session, case.operation, &needs, &b).map(|()| b))
            .map_err(|why| missing(&needs, &why))?;
        if !session.spend(case.model_calls) {
            return Err(Problem::new("the budget of model calls is spent"));
        }
        let twist = if signed { Twist::Signed } else { Twist::None };
        let step = Step {
            case: &case.name,
            order: (0, 1),
            key: case.key,
            draft: &draft,
            needs: &needs,
            ids: &bundle.ids,
            expects: None,
            twist: &twist,
        };
        let answered = session.call(step).await;
        Ok(Tried { exchange: answered.exchange, said: answered.said })
    }
}

/// Which parameters have to be given, and how.
fn missing(needs: &[crate::plan::Need], why: &str) -> Problem {
    let named = needs.iter().filter_map(|need| match &need.spot {
        Spot::Parameter { location: Location::Path, name, .. } => Some(format!("-p {name}=VALUE")),
        _ => None,
    });
    let named: Vec<String> = named.collect();
    let problem = Problem::new(format!("ids that it needs cannot be had: {why}"));
    if named.is_empty() { problem } else { problem.help(format!("give {}", named.join(" "))) }
}
