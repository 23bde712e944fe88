//! The headers of an answer, each beside its promise.

use crate::contract::Contract;
use crate::contract::model::{Header, Response as Promise};
use crate::contract::schema::{Mismatch, Side};
use crate::exchange;

use super::request::{HIDDEN, coerce, list};

/// A documented header.
#[derive(Debug)]
pub struct HeaderEvidence<'a> {
    /// What is promised of it.
    pub promise: &'a Header,
    /// Its value; `None` if it is not there.
    pub value: Option<&'a str>,
    /// How the value differs from its schema.
    pub mismatches: Vec<Mismatch>,
}

impl<'a> HeaderEvidence<'a> {
    /// The headers that are documented for an answer; none where the record has no headers at all.
    #[must_use]
    pub fn all(
        contract: &'a Contract,
        response: &'a exchange::Response,
        promise: Option<&'a Promise>,
    ) -> Vec<Self> {
        let headers = promise.map(|promise| promise.headers.as_slice()).unwrap_or_default();
        if response.headers.0.is_empty() {
            return Vec::new();
        }
        // OpenAPI has this one described by the media types.
        let own = headers.iter().filter(|h| !h.name.eq_ignore_ascii_case("content-type"));
        own.map(|header| Self::new(contract, response, header)).collect()
    }

    fn new(contract: &'a Contract, response: &'a exchange::Response, promise: &'a Header) -> Self {
        let value = response.headers.get(&promise.name);
        let mut mismatches = Vec::new();
        // A schema that does not compile is a defect of the document, which `spec lint` tells.
        if let (Some(text), Some(schema)) = (value, promise.schema)
            && !HIDDEN.contains(&text)
        {
            let declared = &contract.schemas.get(schema).declared;
            let types = declared.root().types;
            let items = declared.root().items.and_then(|items| declared.node(items).types);
            let value = if types.is_some_and(|types| types.has("array")) {
                list(text.split(',').map(str::trim), items)
            } else {
                coerce(text, types)
            };
            let found = contract.schemas.compare(schema, &value, Side::Response);
            mismatches = found.unwrap_or_default();
        }
        Self { promise, value, mismatches }
    }
}
