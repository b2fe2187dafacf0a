//! Reading structured text: trees with places, sections described once, problems with carets.
//!
//! `section!`, `choices!` and `params!` each declare a type, its reader and its JSON Schema from one list,
//! so that the documentation, the schema and what is accepted can't differ.
//!
//! Reading never stops at the first mistake: syntax errors of a file are collected by [`parse`], all others by the
//! [`Reader`] that every section shares, and [`Failure`] shows them together, each at its line and column.
//!
//! ```text
//!  bytes ─decode→ Sources ─parse→ Value ─merge, set→ Value ─FromValue::read→ sections ─→ caller's own checks
//!                                   │                             │                          │
//!                                   └───────── Problems ←─────────┴──────────────────────────┘
//! ```

mod edit;
mod macros;
mod path;
mod print;
mod problem;
mod read;
mod source;
mod spanned;
#[cfg(test)]
mod tests;
mod value;
mod word;

pub use edit::{merge, set};
pub use path::Path;
pub use print::{inline, print};
pub use problem::{Failure, Look, Problem, Problems, Severity};
pub use read::{Entries, Field, FromValue, ParameterNote, Reader, object_schema};
pub use source::{Place, SourceId, Sources, decode};
pub use spanned::{Basis, Sourced, Spanned};
pub use value::{Entry, Kind, MAX_DEPTH, Table, Value, parse, parse_value};
pub use word::{list, nearest};

pub(crate) use macros::{choices, doc_text, missing, params, section};
