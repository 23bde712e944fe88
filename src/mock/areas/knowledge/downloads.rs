//! The files of documents: links to them, and archives of several.

use std::collections::HashSet;
use std::io::{Cursor, Write};

use serde_json::{Value, json};
use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

use super::take;
use crate::mock::call::Call;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route};
use crate::mock::state::{StoredFile, World, unix};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/datasets/{dataset_id:uuid}/documents/{document_id:uuid}/download",
        access: Access::Knowledge,
        handle: link,
    },
    Route {
        method: "POST",
        path: "/datasets/{dataset_id:uuid}/documents/download-zip",
        access: Access::Knowledge,
        handle: archive,
    },
];

/// How many documents an archive holds at most.
const MOST: usize = 100;

fn link(world: &mut World, call: &Call<'_>) -> Outcome {
    let own = take::document(take::base(world, call)?, call)?;
    let file = own.source.file().map(str::to_owned);
    let file = file.and_then(|file| world.files.get(&file)).map(|file| file.id.clone());
    let id = file.ok_or_else(|| Refusal::not_found("file to download"))?;
    let (nonce, sign, at) = (world.ids.token(32), world.ids.token(43), unix());
    let url = format!(
        "http://localhost/files/{id}/file-preview?timestamp={at}&nonce={nonce}&sign={sign}%3D&as_attachment=true"
    );
    Ok(Reply::json(json!({ "url": url })))
}

fn archive(world: &mut World, call: &Call<'_>) -> Outcome {
    let ids = take::body(call)?.list("document_ids").required()?;
    let message = "`document_ids` has to be a list of UUIDs.";
    let id = |id: &Value| uuid::Uuid::try_parse(id.as_str()?).ok().map(|id| id.to_string());
    let ids: Option<Vec<String>> = ids.iter().map(id).collect();
    let ids = ids.ok_or_else(|| Refusal::field(Breach::Format, message))?;
    if !(1..=MOST).contains(&ids.len()) {
        let message = format!("`document_ids` has to have 1 to {MOST} items.");
        return Err(Refusal::field(Breach::Bounds, message));
    }
    let base = take::base(world, call)?;
    let mut wanted = Vec::new();
    for id in &ids {
        let own = base.documents.get(id).ok_or_else(|| Refusal::not_found("document"))?;
        wanted.push(own.source.file().unwrap_or_default().to_owned());
    }
    let files: Option<Vec<&StoredFile>> = wanted.iter().map(|id| world.files.get(id)).collect();
    let files = files.ok_or_else(|| Refusal::not_found("file to download"))?;
    let bytes = zipped(&files).map_err(|_| Refusal::unknown())?;
    let name: String = world.ids.uuid().replace('-', "");
    let (size, now) = (bytes.len(), jiff::Timestamp::now());
    let modified = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    Ok(Reply::bytes(bytes, "application/zip")
        .header("Content-Disposition", format!("attachment; filename={name}.zip"))
        .header("Last-Modified", modified)
        .header("Cache-Control", "no-cache")
        .header("ETag", format!("\"{}-{size}-{}\"", now.as_second(), world.ids.digits(10))))
}

/// An archive of files, each under a name of its own.
fn zipped(files: &[&StoredFile]) -> ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut names = HashSet::new();
    for file in files {
        let name = own_name(&file.name, &names);
        archive.start_file(name.as_str(), SimpleFileOptions::default())?;
        archive.write_all(&file.content)?;
        names.insert(name);
    }
    Ok(archive.finish()?.into_inner())
}

/// A name that is not taken, and no path.
fn own_name(name: &str, taken: &HashSet<String>) -> String {
    let name = name.trim().replace(['/', '\\'], "_");
    let name = if name.is_empty() { "file".to_owned() } else { name };
    let (stem, extension) = match name.rfind('.') {
        Some(at) if at > 0 => name.split_at(at),
        _ => (name.as_str(), ""),
    };
    let numbered = (1..).map(|number| format!("{stem} ({number}){extension}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}
