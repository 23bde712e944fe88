//! Files that a call gives to an app: uploaded before, or somewhere on the net.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Map, Value, json};

use super::refusal::{Breach, Refusal};
use super::state::{Files, StoredFile};

/// The kinds of files.
const KINDS: &[&str] = &["image", "document", "audio", "video", "custom"];

/// The uploaded files as one end user sees them.
pub struct Uploads<'w> {
    /// All files.
    pub files: &'w Files,
    /// The id of the end user.
    pub user: &'w str,
}

/// Holds the `files` of a call against what the app takes: the `file_upload` that `GET /parameters`
/// tells. Gives each as runs hand it on; [`upload_id`] finds its upload.
///
/// # Errors
/// 400 `invalid_param` for the first file that is not taken, or for too many.
pub fn check_files(
    files: &[Value],
    rule: &Value,
    uploads: &Uploads<'_>,
) -> Result<Vec<Value>, Refusal> {
    let rule = if rule["enabled"] == Value::Bool(true) { rule } else { &Value::Null };
    let mappings = files.iter().filter_map(Value::as_object);
    let files: Vec<Value> =
        mappings.map(|file| check_file(file, rule, uploads)).collect::<Result<_, _>>()?;
    if let Some(most) = rule["number_limits"].as_u64()
        && files.len() as u64 > most
    {
        let message = format!("At most {most} files are taken.");
        return Err(Refusal::field(Breach::Bounds, message));
    }
    Ok(files)
}

/// Holds one file against a rule: a field of a form, or the `file_upload` of an app. Gives it as runs
/// hand it on.
///
/// # Errors
/// 400 `invalid_param` where it cannot be had or is not taken.
pub fn check_file(
    file: &Map<String, Value>,
    rule: &Value,
    uploads: &Uploads<'_>,
) -> Result<Value, Refusal> {
    let refuse = |breach, message: &str| Err(Refusal::field(breach, message));
    let Some(method) = text(file, "transfer_method") else {
        return refuse(Breach::Missing, "A file needs its `transfer_method`.");
    };
    let kind = text(file, "type");
    if let Some(kind) = kind
        && !KINDS.contains(&kind)
    {
        return refuse(Breach::Enum, "The `type` of a file is not known.");
    }
    let id = ["upload_file_id", "reference", "related_id"].iter().find_map(|name| text(file, name));
    let value = match (method, id) {
        ("local_file" | "remote_url", Some(id)) => {
            let Ok(uuid) = uuid::Uuid::try_parse(&meant(id)) else {
                return refuse(Breach::Format, "The id of an uploaded file has to be a UUID.");
            };
            let upload = uploads.files.get(&uuid.to_string());
            match upload.filter(|upload| upload.owner == uploads.user) {
                Some(upload) => uploaded(upload, kind, method)?,
                None => return refuse(Breach::Bounds, "This user has uploaded no such file."),
            }
        }
        ("local_file", None) => {
            return refuse(Breach::Missing, "A local file needs its `upload_file_id`.");
        }
        ("remote_url", None) => remote(file, kind)?,
        ("tool_file" | "datasource_file", _) => {
            return refuse(Breach::Bounds, "No tool has made such a file.");
        }
        _ => return refuse(Breach::Enum, "The `transfer_method` of a file is not known."),
    };
    if allowed(rule, kind.unwrap_or("custom"), &value["extension"], method) {
        Ok(value)
    } else {
        refuse(Breach::Enum, "The app does not take files like that.")
    }
}

/// The id of the upload that a file of [`check_file`] stands for.
pub fn upload_id(file: &Value) -> Option<&str> {
    file["related_id"].as_str()
}

fn text<'v>(file: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    file.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// What references begin with; an object with the id follows, as Base64.
const REFERENCE: &str = "dify-file-ref:";

/// An upload as runs refer to it.
fn reference(id: &str) -> String {
    let object = json!({ "record_id": id }).to_string();
    format!("{REFERENCE}{}", URL_SAFE.encode(object))
}

/// The id that a reference holds; what is no reference is an id.
fn meant(text: &str) -> Cow<'_, str> {
    let object = || {
        let bytes = URL_SAFE.decode(text.strip_prefix(REFERENCE)?).ok()?;
        let object: Value = serde_json::from_slice(&bytes).ok()?;
        Some(Cow::Owned(object["record_id"].as_str()?.to_owned()))
    };
    object().unwrap_or(Cow::Borrowed(text))
}

fn uploaded(upload: &StoredFile, kind: Option<&str>, method: &str) -> Result<Value, Refusal> {
    let extension = upload.extension();
    let found = kind_of(&extension, &upload.media_type);
    let kind = told(kind, found)?;
    let url = format!("/files/{}/file-preview", upload.id);
    Ok(json!({
        "dify_model_identity": "__dify__file__",
        "id": null,
        "type": kind,
        "transfer_method": method,
        "remote_url": url,
        "reference": reference(&upload.id),
        "filename": upload.name,
        "extension": format!(".{extension}"),
        "mime_type": upload.media_type,
        "size": upload.content.len(),
        "related_id": upload.id,
        "url": url,
    }))
}

fn remote(file: &Map<String, Value>, kind: Option<&str>) -> Result<Value, Refusal> {
    let Some(url) = text(file, "url").or_else(|| text(file, "remote_url")) else {
        return Err(Refusal::field(Breach::Missing, "A remote file needs its `url`."));
    };
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let extension = name.rsplit_once('.').map_or("bin", |(_, ending)| ending).to_ascii_lowercase();
    let kind = told(kind, kind_of(&extension, ""))?;
    Ok(json!({
        "dify_model_identity": "__dify__file__",
        "id": null,
        "type": kind,
        "transfer_method": "remote_url",
        "remote_url": url,
        "reference": null,
        "filename": name,
        "extension": format!(".{extension}"),
        "mime_type": null,
        "size": -1,
        "related_id": null,
        "url": url,
    }))
}

/// The kind that a file is taken for. What is said of it must be true, but for `custom`.
fn told<'k>(said: Option<&'k str>, found: &'k str) -> Result<&'k str, Refusal> {
    match said {
        None => Ok(found),
        Some("custom") => Ok("custom"),
        Some(said) if said == found => Ok(said),
        Some(_) => {
            Err(Refusal::field(Breach::Enum, "The file is not of the `type` it is said to be."))
        }
    }
}

/// The kind of a file by the ending of its name, or by its media type.
fn kind_of(extension: &str, media_type: &str) -> &'static str {
    match extension {
        "jpg" | "jpeg" | "png" | "webp" | "gif" | "svg" => "image",
        "mp4" | "mov" | "mpeg" | "webm" => "video",
        "mp3" | "m4a" | "wav" | "amr" | "mpga" => "audio",
        "txt" | "markdown" | "md" | "mdx" | "pdf" | "html" | "htm" | "xlsx" | "xls" | "vtt"
        | "properties" | "doc" | "docx" | "csv" | "eml" | "msg" | "pptx" | "ppt" | "xml"
        | "epub" => "document",
        _ => match media_type.split('/').next() {
            Some("image") => "image",
            Some("video") => "video",
            Some("audio") => "audio",
            _ => "custom",
        },
    }
}

/// Whether a rule lets a file pass. A rule that says nothing lets everything pass.
fn allowed(rule: &Value, kind: &str, extension: &Value, method: &str) -> bool {
    let has = |name: &str, value: &str| {
        rule[name].as_array().is_some_and(|list| list.iter().any(|v| v == value))
    };
    let empty = |name: &str| rule[name].as_array().is_none_or(Vec::is_empty);
    if rule.is_null() {
        return true;
    }
    let fits = empty("allowed_file_types") || has("allowed_file_types", kind);
    if !fits && !has("allowed_file_types", "custom") {
        return false;
    }
    if (kind == "custom" || !fits) && !listed(&rule["allowed_file_extensions"], extension) {
        return false;
    }
    empty("allowed_file_upload_methods") || has("allowed_file_upload_methods", method)
}

/// Whether an ending is in a list, whatever its case, with or without its dot.
fn listed(endings: &Value, extension: &Value) -> bool {
    let bare = |ending: &Value| {
        ending.as_str().unwrap_or_default().trim_start_matches('.').to_ascii_lowercase()
    };
    let wanted = bare(extension);
    endings.as_array().is_some_and(|endings| endings.iter().any(|ending| bare(ending) == wanted))
}
