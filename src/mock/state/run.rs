//! Runs of a workflow.

/// Runs of a workflow.
#[derive(Debug, Clone, Default)]
pub struct Runs {}
