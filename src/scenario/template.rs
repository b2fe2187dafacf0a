//! The scenario that `twiplomacy new FILE` writes.

/// A commented scenario on the bundled world that is valid and runs as it is.
pub const TEXT: &str = include_str!("template.toml");

/// The template with another id.
pub fn with_id(id: &str) -> String {
    TEXT.replacen(
        "id = \"my-scenario\"",
        &format!("id = {}", crate::text::inline(&crate::text::Value::text(id))),
        1,
    )
}
