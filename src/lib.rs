//! `twiplomacy`: from a tweet to a rung on the escalation ladder to a price, thousands of times.

pub mod experiment;
pub mod model;
pub mod report;
pub mod stats;
pub mod text;
pub mod units;
