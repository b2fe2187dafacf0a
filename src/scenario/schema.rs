//! JSON Schemas (draft 2020-12) of scenario and world files and of plans, for editors.

use super::file::{FORMAT, ScenarioFile};
use super::plan_file::PlanFile;
use super::world_file::WorldFile;
use crate::text::FromValue;
use serde_json::{Value, json};

/// Dialect of the schemas.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Schema of a scenario file: its own sections, and the world's, in which nothing is required.
pub fn scenario() -> Value {
    let mut schema = with_format(ScenarioFile::schema(), "Scenario of twiplomacy");
    let mut world = WorldFile::schema();
    relax(&mut world);
    if let (Some(properties), Some(more)) =
        (schema["properties"].as_object_mut(), world["properties"].as_object_mut())
    {
        for (key, part) in std::mem::take(more) {
            properties.insert(key, part);
        }
    }
    schema
}

/// Schema of the world: of all its parts together.
pub fn world() -> Value {
    with_format(WorldFile::schema(), "World of twiplomacy")
}

/// Schema of the plan of a sweep.
pub fn plan() -> Value {
    with_format(PlanFile::schema(), "Sweep of twiplomacy")
}

/// Adds what every file has.
fn with_format(mut schema: Value, title: &str) -> Value {
    let format = json!({ "const": FORMAT, "description": "Format of the file; the first key." });
    let mut properties = serde_json::Map::from_iter([("format".to_owned(), format)]);
    properties.append(schema["properties"].as_object_mut().unwrap_or(&mut serde_json::Map::new()));
    let mut required = vec![json!("format")];
    required.extend(schema["required"].as_array().cloned().unwrap_or_default());
    json!({
        "$schema": DIALECT,
        "title": title,
        "description": schema["description"],
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// Lets every key be absent, except in a value with its origin, which is laid over another as a whole.
fn relax(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            let is_sourced =
                object.get("required").is_some_and(|keys| *keys == json!(["value", "basis", "source"]));
            if !is_sourced && object.get("required").is_some_and(Value::is_array) {
                object.remove("required");
            }
            object.values_mut().for_each(relax);
        }
        Value::Array(items) => items.iter_mut().for_each(relax),
        _ => {}
    }
}
