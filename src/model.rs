//! State and vocabulary of the model; no behaviour.

pub mod outcome;
pub mod timeline;
