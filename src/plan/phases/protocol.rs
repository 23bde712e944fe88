//! Keys, methods, routes, other users: what is true of every operation.

use crate::contract::METHODS;
use crate::exchange::Expects;
use crate::plan::case::{Attempt, Case, Hold, Phase, Twist};
use crate::plan::planner::Source;
use crate::target::Permission;

/// The cases.
pub fn cases(source: &Source<'_>) -> Vec<Case> {
    let Ok(plain) = source.plain() else { return Vec::new() };
    let plain = source.named(plain);
    let mut cases = Vec::new();
    let mut add = |name: &str, expects, twist| {
        let mut case = source.one(Phase::Protocol, name, plain.clone());
        case.hold = Hold::Shared;
        // None of these gets as far as a model.
        case.model_calls = 0;
        if let Attempt::One { expects: own, twist: how, .. } = &mut case.attempt {
            (*own, *how) = (expects, twist);
        }
        cases.push(case);
    };
    if source.key.is_some() {
        add("no-key", Some(Expects::NoKey), Twist::NoKey);
        add("wrong-key", Some(Expects::WrongKey), Twist::WrongKey);
        if let Some(other) = source.other_kind {
            add("key-of-another-kind", Some(Expects::WrongKey), Twist::OtherKey(other));
        }
        if let Some(other) = source.other_mode {
            add("key-of-another-mode", None, Twist::OtherKey(other));
        }
    }
    // Who knows what a method does that nobody documented?
    let harmless = match source.allowed() {
        Permission::Disrupt => true,
        Permission::Read => false,
        _ => source.needs.is_empty(),
    };
    if harmless && let Some(method) = source.other_method(METHODS) {
        add("other-method", None, Twist::Method(method));
    }
    add("unknown-route", None, Twist::Path(format!("{}/nowhere", source.operation.path)));
    if source.is_private() {
        add("another-user", Some(Expects::OtherUser), Twist::OtherUser);
    }
    cases
}
