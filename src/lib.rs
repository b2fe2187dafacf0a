//! `twiplomacy`: from a tweet to a rung on the escalation ladder to a price, thousands of times.

pub mod engine;
pub mod experiment;
pub mod io;
pub mod mechanisms;
pub mod model;
pub mod observers;
pub mod report;
pub mod scenario;
pub mod simulation;
pub mod stats;
pub mod text;
pub mod units;
