//! Values of which nothing is said: small, of all types.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::SBoxedStrategy;
use proptest::string::string_regex;
use serde_json::{Map, Value};

use super::text::{Alphabet, free};

/// Any small JSON value.
pub fn values() -> SBoxedStrategy<Value> {
    let leaf = prop_oneof![
        4 => free(0, 16, Alphabet::Any).prop_map(Value::String),
        2 => (-1_000..1_000_i64).prop_map(Value::from),
        1 => (-100_000..100_000_i32).prop_map(|n| Value::from(f64::from(n) / 100.0)),
        1 => proptest::bool::ANY.prop_map(Value::Bool),
        1 => Just(Value::Null),
    ]
    .sboxed();
    let list = vec(leaf.clone(), 0..3).prop_map(Value::Array);
    let object = vec((names(), leaf.clone()), 0..3)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()));
    prop_oneof![6 => leaf, 1 => list, 1 => object].sboxed()
}

/// Names of members that nobody declared.
pub fn names() -> SBoxedStrategy<String> {
    let word = string_regex("[a-z][a-z0-9_]{0,9}")
        .map_or_else(|_| Just("name".to_owned()).sboxed(), Strategy::sboxed);
    prop_oneof![6 => word, 1 => free(1, 8, Alphabet::Any)].sboxed()
}
