//! Many runs of one scenario: what they have in common and how they differ. The only home of threads.

pub mod abc;
pub mod aggregate;
pub mod backtest;
pub mod calibration;
pub mod cascades;
pub mod comparison;
pub mod design;
mod ordered;
pub mod parameters;
pub mod points;
pub mod precision;
pub mod rare;
pub mod replicates;
pub mod sensitivity;
pub mod splitting;
pub mod summary;
pub mod sweep;
