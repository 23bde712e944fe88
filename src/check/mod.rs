//! Checks: pure functions from exchanges to disagreements, one file each.
//!
//! A check is a file and a line in [`CHECKS`]; `list`, `explain`, the reports and the tests follow
//! from that list.

mod absent;
mod answers_disagree;
mod auth_not_enforced;
mod changing_value;
mod count_wrong;
mod counter_wrong;
mod created_not_found;
mod created_not_listed;
mod default_not_kept;
mod deleted_still_listed;
mod deleted_still_there;
pub mod episode;
mod error_status_mismatch;
pub mod evidence;
mod example_key_absent;
mod expected;
mod filter_leaves_out;
mod filter_not_kept;
mod has_more_wrong;
mod html_error;
mod id_not_as_asked;
mod illegal_event_order;
mod invalid_request_accepted;
mod journey_step_failed;
mod limit_not_kept;
mod listed_twice;
mod malformed_body;
mod malformed_error_envelope;
mod meta;
mod mislabelled_body;
mod missing_header;
mod missing_keep_alive;
mod missing_required;
mod never_ready;
mod no_answer;
mod no_branch_fits;
mod order;
mod order_not_as_asked;
mod other_users_data;
mod out_of_bounds;
mod oversized_body;
mod page_not_as_asked;
mod pages_overlap;
mod pages_skip;
mod refused_write_changed;
mod repeated_write_refused;
mod schema_violation;
mod server_error;
mod several_branches_fit;
mod silent_stream;
mod stream_differs;
mod stream_framing;
mod stream_not_as_asked;
mod time_goes_back;
mod total_wrong;
mod truncated_body;
mod undeclared_null;
mod undocumented_body;
mod undocumented_error_code;
mod undocumented_event;
mod undocumented_media_type;
mod undocumented_method;
mod undocumented_operation;
mod undocumented_property;
mod undocumented_query_parameter;
mod undocumented_status;
mod unfinished_stream;
mod unknown_id_accepted;
mod unnamed_changed;
mod unpaired_event;
mod unseen_property;
mod valid_request_refused;
mod value_not_as_asked;
mod value_not_in_description;
mod value_not_in_enum;
mod words;
mod written_not_read;
mod wrong_format;
mod wrong_header_value;
mod wrong_key_accepted;
mod wrong_time_unit;
mod wrong_type;

pub use journey_step_failed::disagreement as unmet;
pub use meta::{Check, FailureCheck, LawCheck, Meta, Overall, ShapeCheck};

/// The checks of single exchanges, in the order in which they are listed.
pub const CHECKS: &[&Check] = &[
    &undocumented_operation::CHECK,
    &undocumented_method::CHECK,
    &undocumented_status::CHECK,
    &undocumented_media_type::CHECK,
    &undocumented_body::CHECK,
    &undocumented_error_code::CHECK,
    &malformed_error_envelope::CHECK,
    &error_status_mismatch::CHECK,
    &html_error::CHECK,
    &server_error::CHECK,
    &truncated_body::CHECK,
    &oversized_body::CHECK,
    &malformed_body::CHECK,
    &mislabelled_body::CHECK,
    &wrong_type::CHECK,
    &undeclared_null::CHECK,
    &value_not_in_enum::CHECK,
    &wrong_format::CHECK,
    &out_of_bounds::CHECK,
    &missing_required::CHECK,
    &no_branch_fits::CHECK,
    &several_branches_fit::CHECK,
    &schema_violation::CHECK,
    &undocumented_property::CHECK,
    &missing_header::CHECK,
    &wrong_header_value::CHECK,
    &value_not_in_description::CHECK,
    &invalid_request_accepted::CHECK,
    &valid_request_refused::CHECK,
    &auth_not_enforced::CHECK,
    &wrong_key_accepted::CHECK,
    &unknown_id_accepted::CHECK,
    &other_users_data::CHECK,
    &undocumented_query_parameter::CHECK,
    &stream_not_as_asked::CHECK,
    &stream_framing::CHECK,
    &undocumented_event::CHECK,
    &illegal_event_order::CHECK,
    &unfinished_stream::CHECK,
    &silent_stream::CHECK,
    &missing_keep_alive::CHECK,
    &unpaired_event::CHECK,
    &changing_value::CHECK,
    &never_ready::CHECK,
    &id_not_as_asked::CHECK,
    &value_not_as_asked::CHECK,
    &limit_not_kept::CHECK,
    &default_not_kept::CHECK,
    &page_not_as_asked::CHECK,
    &has_more_wrong::CHECK,
    &count_wrong::CHECK,
    &listed_twice::CHECK,
    &order_not_as_asked::CHECK,
    &filter_not_kept::CHECK,
    &wrong_time_unit::CHECK,
    &time_goes_back::CHECK,
    &journey_step_failed::CHECK,
];

/// The checks of exchanges that no answer came to.
pub const FAILURE_CHECKS: &[&FailureCheck] = &[&no_answer::CHECK];

/// The laws: checks of all exchanges of one case together.
pub const LAWS: &[&LawCheck] = &[
    &created_not_found::CHECK,
    &created_not_listed::CHECK,
    &pages_overlap::CHECK,
    &pages_skip::CHECK,
    &total_wrong::CHECK,
    &counter_wrong::CHECK,
    &filter_leaves_out::CHECK,
    &has_more_wrong::LAW,
    &default_not_kept::LAW,
    &stream_differs::CHECK,
    &written_not_read::CHECK,
    &answers_disagree::CHECK,
    &unnamed_changed::CHECK,
    &refused_write_changed::CHECK,
    &repeated_write_refused::CHECK,
    &deleted_still_there::CHECK,
    &deleted_still_listed::CHECK,
];

/// The checks of what was learned from all exchanges together.
pub const SHAPE_CHECKS: &[&ShapeCheck] = &[&example_key_absent::CHECK, &unseen_property::CHECK];

/// What every check is about, in the order in which they are listed.
pub fn all() -> impl Iterator<Item = &'static Meta> {
    let failures = FAILURE_CHECKS.iter().map(|check| &check.meta);
    let shapes = SHAPE_CHECKS.iter().map(|check| &check.meta);
    // Some see a fault in one exchange or in several.
    let own = |law: &&&LawCheck| CHECKS.iter().all(|check| check.meta.id != law.meta.id);
    let laws = LAWS.iter().filter(own).map(|check| &check.meta);
    CHECKS.iter().map(|check| &check.meta).chain(failures).chain(laws).chain(shapes)
}
