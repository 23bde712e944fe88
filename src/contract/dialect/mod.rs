//! The dialects a document may be written in, and their way to the shape of OpenAPI 3.0.

mod openapi31;
mod swagger2;

use serde_json::Value;

use super::schema::Dialect;
use crate::document::Bundle;
use crate::error::Problem;

/// Rewrites a document to the shape of OpenAPI 3.0 and tells the dialect of its schemas.
///
/// # Errors
///
/// A document that is no OpenAPI description, or of a version that is not supported.
pub fn rewrite(bundle: &mut Bundle) -> Result<Dialect, Problem> {
    let version = |name: &str| bundle.value.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(version) = version("swagger") {
        if version != "2.0" {
            let problem = format!("Swagger {version} is not supported");
            return Err(bundle.problem("/swagger", problem).help(SUPPORTED));
        }
        swagger2::rewrite(bundle);
        return Ok(Dialect::OpenApi30);
    }
    match version("openapi") {
        Some(version) if is_of(&version, "3.0") => Ok(Dialect::OpenApi30),
        Some(version) if is_of(&version, "3.1") => {
            openapi31::rewrite(&mut bundle.value);
            Ok(Dialect::OpenApi31)
        }
        Some(version) => {
            let problem = format!("OpenAPI {version} is not supported");
            Err(bundle.problem("/openapi", problem).help(SUPPORTED))
        }
        None => {
            for name in ["openapi", "swagger"] {
                if let Some(number) = bundle.value.get(name).filter(|version| version.is_number()) {
                    let problem = format!("the version of {} is a number", bundle.path());
                    let help = format!("put it in quotes: `{name}: \"{number}\"`");
                    return Err(bundle.problem(&format!("/{name}"), problem).help(help));
                }
            }
            let problem = format!("{} is no OpenAPI document", bundle.path());
            let problem = match bundle.value.get("openapi").or(bundle.value.get("swagger")) {
                None if !bundle.value.is_object() => match &bundle.value {
                    Value::Array(_) => format!("{problem} but a list"),
                    Value::String(text) if text.trim_start().starts_with('<') => {
                        format!("{problem} but a web page")
                    }
                    _ => format!("{problem} but a single value"),
                },
                Some(version) => format!("{problem}: its version is {version}, not a string"),
                None if bundle.value.get("overlay").is_some() => {
                    format!("{problem} but an overlay; give it with `--overlay`")
                }
                None if bundle.value.get("log").is_some() => {
                    format!("{problem} but a recording; give it without `--spec`")
                }
                None => format!("{problem}: it has neither `openapi` nor `swagger`"),
            };
            Err(bundle.problem("", problem).help(SUPPORTED))
        }
    }
}

/// Whether a version is a patch of the series; some authors leave the patch out.
fn is_of(version: &str, series: &str) -> bool {
    version.strip_prefix(series).is_some_and(|patch| patch.is_empty() || patch.starts_with('.'))
}

const SUPPORTED: &str = "the versions that can be read are OpenAPI 3.0 and 3.1 and Swagger 2.0";
