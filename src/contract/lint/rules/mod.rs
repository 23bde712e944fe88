//! The rules, one file each; the file's name is the rule's id.

mod array_without_items;
mod default_breaks_schema;
mod delete_with_body;
mod discriminator_without_one_of;
mod duplicate_component;
mod duplicate_operation_id;
mod error_example_without_envelope;
mod error_without_schema;
mod event_example_breaks_schema;
mod event_example_not_sse;
mod example_breaks_schema;
mod nullable_enum_without_null;
mod nullable_ineffective;
mod one_of_never_exclusive;
mod overlapping_templates;
mod path_parameter_undeclared;
mod path_parameter_unused;
mod ref_siblings;
mod required_not_declared;
mod stream_as_string;
mod success_accepts_anything;
mod undocumented_4xx;
mod unknown_format;
mod unreachable_component;

use super::Rule;

/// All rules, in the order in which their defects are reported: contradictions, silence, style.
static RULES: &[&Rule] = &[
    &duplicate_operation_id::RULE,
    &path_parameter_undeclared::RULE,
    &path_parameter_unused::RULE,
    &overlapping_templates::RULE,
    &one_of_never_exclusive::RULE,
    &nullable_ineffective::RULE,
    &nullable_enum_without_null::RULE,
    &ref_siblings::RULE,
    &array_without_items::RULE,
    &required_not_declared::RULE,
    &default_breaks_schema::RULE,
    &example_breaks_schema::RULE,
    &event_example_not_sse::RULE,
    &event_example_breaks_schema::RULE,
    &error_example_without_envelope::RULE,
    &success_accepts_anything::RULE,
    &error_without_schema::RULE,
    &stream_as_string::RULE,
    &unreachable_component::RULE,
    &discriminator_without_one_of::RULE,
    &unknown_format::RULE,
    &delete_with_body::RULE,
    &undocumented_4xx::RULE,
    &duplicate_component::RULE,
];

/// All rules.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied()
}

/// The rule with an id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}
