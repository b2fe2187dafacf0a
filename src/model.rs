//! State and vocabulary of the model; no behaviour.

pub mod clock;
pub mod ids;
pub mod network;
pub mod outcome;
