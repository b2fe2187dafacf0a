//! Reading structured text: trees with places, sections described once, problems with carets.
//!
//! [`section!`], [`choices!`] and [`params!`] each declare a type, its reader and its JSON Schema from one list,
//! so that the documentation, the schema and what is accepted can't differ.

