//! What `jsonschema` reports, in our terms.

use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use super::compare::{Mismatch, MismatchKind};
use super::describe::{describe, excerpt, shorten, type_name};
use super::discriminator;
use super::normal::RANGE;
use super::table::{Schemas, keyword_place};
use crate::document::Pointer;
use crate::finding::Basis;

/// Adds the mismatches behind the errors; a value that breaks two keywords in one way counts once.
pub fn collect<'e>(
    schemas: &Schemas,
    errors: impl Iterator<Item = ValidationError<'e>>,
    found: &mut Vec<Mismatch>,
) {
    // The instances that were reported, to tell two errors of one value from those of two.
    let mut known: HashSet<(String, String)> = HashSet::new();
    for error in errors {
        add(schemas, &error, &mut known, found);
    }
}

fn add(
    schemas: &Schemas,
    error: &ValidationError<'_>,
    known: &mut HashSet<(String, String)>,
    found: &mut Vec<Mismatch>,
) {
    // A single branch is no choice: its faults are the value's. So it is, too, where a discriminator
    // names the branch.
    if let Kind::OneOfNotValid { context } | Kind::AnyOf { context } = error.kind()
        && let [errors] = context.as_slice()
    {
        for error in errors {
            add(schemas, error, known, found);
        }
        return;
    }
    let instance = error.instance_path().as_str();
    for mismatch in translate(schemas, error) {
        let key = (instance.to_owned(), format!("{:?} {}", mismatch.kind, mismatch.place));
        if known.insert(key) {
            found.push(mismatch);
        }
    }
}

fn translate(schemas: &Schemas, error: &ValidationError<'_>) -> Vec<Mismatch> {
    let value = error.instance().as_ref();
    let keyword = error.kind().keyword().to_owned();
    let (number, pointer) = error
        .absolute_keyword_location()
        .and_then(|uri| keyword_place(uri.as_str()))
        .unwrap_or_default();
    let document = schemas.document(number);
    let schema =
        Pointer::split_last(&pointer).and_then(|(parent, _)| Pointer::find(document, parent));
    if let Some(format) = schema.and_then(|schema| ranged(schema, &keyword)) {
        let at = pointer.strip_suffix(keyword.as_str()).unwrap_or(&pointer);
        return vec![Mismatch {
            kind: MismatchKind::Format,
            basis: Basis::Schema,
            detail: format.to_owned(),
            place: generic_place(error.instance_path().as_str(), error.evaluation_path().as_str()),
            promised: schema.map(|s| describe(document, s)).unwrap_or_default(),
            seen: excerpt(value),
            promise: (number, format!("{at}format")),
        }];
    }
    let promise = (number, discriminator::source(document, pointer));
    let place = generic_place(error.instance_path().as_str(), error.evaluation_path().as_str());
    let promised = schema.map_or_else(|| "something else".to_owned(), |s| describe(document, s));
    let at = |kind, detail: &str, place: String, promised: String, seen: String| Mismatch {
        kind,
        basis: Basis::Schema,
        detail: detail.to_owned(),
        place,
        promised,
        seen,
        promise: promise.clone(),
    };
    let one = |kind, detail: &str, promised: String| {
        vec![at(kind, detail, place.clone(), promised, excerpt(value))]
    };
    if let Some(bound) = bound(error.kind()) {
        return one(MismatchKind::Bounds, &keyword, bound);
    }
    match error.kind() {
        Kind::Type { .. } | Kind::Enum { .. } | Kind::Constant { .. } if value.is_null() => {
            let why = ineffective(schema, error.kind());
            one(MismatchKind::Null, &keyword, format!("{promised}, not null{why}"))
        }
        Kind::OneOfNotValid { context } | Kind::AnyOf { context }
            if value.is_null() && rejects_type(context) =>
        {
            one(MismatchKind::Null, &keyword, format!("{promised}, not null"))
        }
        Kind::Type { .. } => {
            let seen = format!("{} {}", type_name(value), excerpt(value));
            vec![at(MismatchKind::Type, &keyword, place, promised, seen)]
        }
        Kind::Enum { .. } | Kind::Constant { .. } => one(MismatchKind::Enum, &keyword, promised),
        Kind::Format { format } => one(MismatchKind::Format, format, promised),
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let mut place = Pointer::new(place);
            place.push(name);
            let seen = format!("no `{name}` in {}", excerpt(value));
            let promised = format!("`{name}` is required");
            let place = place.into_string();
            vec![at(MismatchKind::Required, &keyword, place, promised, shorten(&seen))]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let undeclared = |name: &String| {
                let mut place = Pointer::new(place.clone());
                place.push(name);
                let seen = value.get(name).map(excerpt).unwrap_or_default();
                let promised = format!("no member but those declared, and `{name}` is not");
                at(MismatchKind::Undeclared, &keyword, place.into_string(), promised, seen)
            };
            unexpected.iter().map(undeclared).collect()
        }
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            let promised = format!("{promised}; {}", nearest(context));
            one(MismatchKind::NoBranch, &keyword, promised)
        }
        Kind::OneOfMultipleValid { context } => {
            let fit = context.iter().filter(|errors| errors.is_empty()).count();
            let seen = format!("{fit} of them fit {}", excerpt(value));
            vec![at(MismatchKind::SeveralBranches, &keyword, place, promised, seen)]
        }
        Kind::MaxLength { limit } => {
            let length = value.as_str().map_or(0, |text| text.chars().count());
            let seen = format!("{}: {}", several(length as u64, "character"), excerpt(value));
            let promised = format!("at most {}", several(*limit, "character"));
            vec![at(MismatchKind::Bounds, &keyword, place, promised, seen)]
        }
        Kind::MinProperties { .. } | Kind::MaxProperties { .. } | Kind::UniqueItems => {
            one(MismatchKind::Bounds, &keyword, shorten(&error.to_string()))
        }
        Kind::Not { schema } => {
            one(MismatchKind::Other, &keyword, format!("nothing that fits {}", excerpt(schema)))
        }
        _ => one(MismatchKind::Other, &keyword, shorten(&error.to_string())),
    }
}

/// The format of a number that a keyword stands for.
fn ranged<'s>(schema: &'s Value, keyword: &str) -> Option<&'s str> {
    let keywords = schema.get(RANGE)?.as_array()?;
    keywords.iter().any(|k| k == keyword).then(|| schema.get("format")?.as_str())?
}

/// A bound in words, but for the longest text, whose length is worth telling.
fn bound(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        Kind::MinLength { limit } => format!("at least {}", several(*limit, "character")),
        Kind::MinItems { limit } => format!("at least {}", several(*limit, "item")),
        Kind::MaxItems { limit } => format!("at most {}", several(*limit, "item")),
        Kind::Pattern { pattern } => format!("a match of the pattern {pattern}"),
        Kind::MultipleOf { multiple_of } => format!("a multiple of {multiple_of}"),
        _ => return None,
    })
}

fn several(count: u64, name: &str) -> String {
    if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") }
}

/// Whether every branch refuses the value because of its type.
fn rejects_type(context: &[Vec<ValidationError<'_>>]) -> bool {
    !context.is_empty()
        && context.iter().all(|errors| {
            errors.iter().any(|error| {
                matches!(
                    error.kind(),
                    Kind::Type { .. } | Kind::Enum { .. } | Kind::Constant { .. }
                )
            })
        })
}

/// Why the branch with the fewest errors does not fit.
fn nearest(context: &[Vec<ValidationError<'_>>]) -> String {
    let best = context.iter().enumerate().min_by_key(|(_, errors)| errors.len());
    match best.and_then(|(branch, errors)| Some((branch, errors.first()?))) {
        Some((branch, error)) => {
            let place = error.instance_path().as_str();
            shorten(&format!("the nearest, number {}, fails at `{place}`: {error}", branch + 1))
        }
        None => "there is no branch".to_owned(),
    }
}

/// Says it where a schema means to allow null but does not.
fn ineffective(schema: Option<&Value>, kind: &Kind) -> &'static str {
    let allows = schema.and_then(|s| s.get("type")).is_some_and(|types| {
        types.as_array().is_some_and(|types| types.iter().any(|t| t == "null"))
    });
    if allows && matches!(kind, Kind::Enum { .. }) {
        " (it is nullable, but its `enum` does not list null)"
    } else {
        ""
    }
}

/// The instance path with `[]` for indices and `{}` for members that are not declared by name.
///
/// Which members are declared by name is read off the keywords that led to the error.
fn generic_place(instance: &str, evaluation: &str) -> String {
    let mut segments = instance.split('/').skip(1);
    let mut keywords = evaluation.split('/').skip(1);
    let mut place = String::new();
    while let Some(keyword) = keywords.next() {
        match keyword {
            "properties" => {
                keywords.next();
                if let Some(name) = segments.next() {
                    place.push('/');
                    place.push_str(name);
                }
            }
            "patternProperties" | "additionalProperties" | "unevaluatedProperties" => {
                if keyword == "patternProperties" {
                    keywords.next();
                }
                place.push_str(segments.next().map_or("", |_| "{}"));
            }
            "prefixItems" | "items" | "contains" | "unevaluatedItems" => {
                if keyword == "prefixItems" {
                    keywords.next();
                }
                place.push_str(segments.next().map_or("", |_| "[]"));
            }
            "allOf" | "anyOf" | "oneOf" | "dependentSchemas" => {
                keywords.next();
            }
            _ => {}
        }
    }
    // What the keywords did not account for (there should be nothing) stays as it is.
    for segment in segments {
        if segment.bytes().all(|byte| byte.is_ascii_digit()) {
            place.push_str("[]");
        } else {
            place.push('/');
            place.push_str(segment);
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::generic_place;

    #[test]
    fn indices_and_free_members_are_generic() {
        for (instance, evaluation, place) in [
            ("/data/0/name", "/$ref/properties/data/items/properties/name/type", "/data[]/name"),
            ("/labels/en", "/properties/labels/additionalProperties/type", "/labels{}"),
            ("/items/3", "/properties/items/items/$ref/allOf/1/format", "/items[]"),
            ("", "/$ref/required", ""),
        ] {
            assert_eq!(generic_place(instance, evaluation), place);
        }
    }
}
