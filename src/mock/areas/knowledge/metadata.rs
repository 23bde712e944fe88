//! Metadata fields of knowledge bases, and values for documents.

use serde_json::{Map, Value, json};

use super::base_views::BUILT_IN;
use super::document_views::built_in;
use super::take;
use crate::mock::call::Call;
use crate::mock::fields::Fields;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route};
use crate::mock::state::{Dataset, MetadataField, World, now};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/datasets/{dataset_id:uuid}/metadata",
        access: Access::Knowledge,
        handle: create,
    },
    Route {
        method: "GET",
        path: "/datasets/{dataset_id:uuid}/metadata",
        access: Access::Knowledge,
        handle: list,
    },
    Route {
        method: "PATCH",
        path: "/datasets/{dataset_id:uuid}/metadata/{metadata_id:uuid}",
        access: Access::Knowledge,
        handle: rename,
    },
    Route {
        method: "DELETE",
        path: "/datasets/{dataset_id:uuid}/metadata/{metadata_id:uuid}",
        access: Access::Knowledge,
        handle: delete,
    },
    Route {
        method: "GET",
        path: "/datasets/{dataset_id:uuid}/metadata/built-in",
        access: Access::Knowledge,
        handle: list_built_in,
    },
    Route {
        method: "POST",
        path: "/datasets/{dataset_id:uuid}/metadata/built-in/{action}",
        access: Access::Knowledge,
        handle: switch_built_in,
    },
    Route {
        method: "POST",
        path: "/datasets/{dataset_id:uuid}/documents/metadata",
        access: Access::Knowledge,
        handle: assign,
    },
];

/// The kinds of fields.
const KINDS: [&str; 3] = ["string", "number", "time"];

fn told(field: &MetadataField) -> Value {
    json!({ "id": field.id, "type": field.kind, "name": field.name })
}

/// A name that no field has.
fn free_name(base: &Dataset, fields: &Fields<'_>) -> Result<String, Refusal> {
    let name = fields.text("name").length(0..=255).required()?;
    let name = take::storable("name", Some(name))?.unwrap_or_default();
    let taken = base.metadata.iter().any(|field| field.name == name)
        || BUILT_IN.iter().any(|(own, _)| *own == name);
    if taken {
        return Err(Refusal::invalid_param("There is a field of this name already."));
    }
    Ok(name)
}

fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    let kind = fields.text("type").one_of(&KINDS).required()?;
    let kind = KINDS.into_iter().find(|own| *own == kind).unwrap_or_default();
    let id = world.ids.uuid();
    let base = take::base(world, call)?;
    let field = MetadataField { id, name: free_name(base, &fields)?, kind };
    let reply = Reply::json(told(&field)).status(201);
    base.metadata.push(field);
    Ok(reply)
}

fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let base = take::base(world, call)?;
    let field = |field: &MetadataField| {
        let count = base.documents.iter().filter(|own| own.fields.contains(&field.id)).count();
        json!({ "id": field.id, "name": field.name, "type": field.kind, "count": count })
    };
    let fields: Vec<Value> = base.metadata.iter().map(field).collect();
    Ok(Reply::json(json!({
        "doc_metadata": fields,
        "built_in_field_enabled": base.built_in_fields,
    })))
}

fn rename(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    let base = take::base(world, call)?;
    let name = free_name(base, &fields)?;
    let id = call.param("metadata_id");
    let Some(field) = base.metadata.iter_mut().find(|field| field.id == id) else {
        return Err(Refusal::invalid_param("There is no such field."));
    };
    let before = std::mem::replace(&mut field.name, name.clone());
    let reply = Reply::json(told(field));
    for own in base.documents.iter_mut().filter(|own| own.fields.iter().any(|own| own == id)) {
        if let Some(metadata) = &mut own.metadata {
            let value = metadata.shift_remove(&before).unwrap_or_default();
            metadata.insert(name.clone(), value);
        }
    }
    Ok(reply)
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let base = take::base(world, call)?;
    let id = call.param("metadata_id");
    // What is not there is gone already.
    if let Some(place) = base.metadata.iter().position(|field| field.id == id) {
        let field = base.metadata.remove(place);
        for own in base.documents.iter_mut().filter(|own| own.fields.contains(&field.id)) {
            own.fields.retain(|own| *own != field.id);
            if let Some(metadata) = &mut own.metadata {
                metadata.shift_remove(&field.name);
            }
        }
    }
    Ok(Reply::no_content())
}

#[expect(clippy::unnecessary_wraps, reason = "a handler may refuse")]
fn list_built_in(_: &mut World, _: &Call<'_>) -> Outcome {
    let field = |(name, kind): &(&str, &str)| json!({ "name": name, "type": kind });
    let fields: Vec<Value> = BUILT_IN.iter().map(field).collect();
    Ok(Reply::json(json!({ "fields": fields })))
}

fn switch_built_in(world: &mut World, call: &Call<'_>) -> Outcome {
    let base = take::base(world, call)?;
    let on = match call.param("action") {
        "enable" => true,
        "disable" => false,
        // The server says the same to any other word.
        _ => return Ok(Reply::success()),
    };
    if base.built_in_fields != on {
        base.built_in_fields = on;
        let now = now();
        for own in base.documents.iter_mut().filter(|own| own.is_available(now)) {
            let values = built_in(own);
            let metadata = own.metadata.get_or_insert_default();
            for (name, value) in values {
                if on {
                    metadata.insert(name, value);
                } else {
                    metadata.shift_remove(&name);
                }
            }
        }
    }
    Ok(Reply::success())
}

/// What a document is given.
struct Assignment {
    document: String,
    /// Ids of fields, their names, and values.
    values: Vec<(String, String, Value)>,
    partial: bool,
}

fn assignment(item: &Value) -> Result<Assignment, Refusal> {
    let object = |item: &Value, name: &str| {
        let message = format!("`{name}` has to be a list of objects.");
        item.as_object().cloned().ok_or_else(|| Refusal::field(Breach::Type, message))
    };
    let operation = object(item, "operation_data")?;
    let own = Fields::of_object(&operation);
    let mut values = Vec::new();
    for item in own.list("metadata_list").required()? {
        let item: Map<String, Value> = object(&item, "metadata_list")?;
        let own = Fields::of_object(&item);
        let value = item.get("value").cloned().unwrap_or_default();
        if !(value.is_null() || value.is_string() || value.is_number()) {
            let message = "`value` has to be a text, a number or null.";
            return Err(Refusal::field(Breach::Type, message));
        }
        let (id, name) = (own.uuid("id").required()?, own.text("name").required()?);
        values.push((id, take::storable("name", Some(name))?.unwrap_or_default(), value));
    }
    Ok(Assignment {
        document: own.uuid("document_id").required()?,
        values,
        partial: own.boolean("partial_update").or(false)?,
    })
}

fn assign(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = take::body(call)?.list("operation_data").required()?;
    let assignments: Result<Vec<Assignment>, Refusal> = items.iter().map(assignment).collect();
    let assignments = assignments?;
    let base = take::base(world, call)?;
    for assignment in assignments {
        let Some(own) = base.documents.get_mut(&assignment.document) else {
            return Err(Refusal::invalid_param("There is no such document."));
        };
        own.updated_at = now();
        let mut metadata = own.metadata.take().unwrap_or_default();
        if !assignment.partial {
            metadata.clear();
            own.fields.clear();
        }
        for (id, name, value) in assignment.values {
            metadata.insert(name, value);
            if !own.fields.contains(&id) {
                own.fields.push(id);
            }
        }
        if base.built_in_fields {
            metadata.extend(built_in(own));
        }
        own.metadata = Some(metadata);
    }
    Ok(Reply::success())
}
