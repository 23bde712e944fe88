//! stub
pub const MASK: &str = "***";
#[derive(Debug,Clone,Default)]
pub struct Redactor;
