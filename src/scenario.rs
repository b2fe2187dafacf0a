//! Scenarios.

pub mod file;
mod measured;
pub mod world_file;
