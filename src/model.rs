//! State and vocabulary of the model; no behaviour.

pub mod calendar;
pub mod outcome;
