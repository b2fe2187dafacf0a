//! Statistics on plain slices.
//!
//! Numbers in, numbers out: nothing here knows what is being counted. Sums are taken in the order given and
//! transcendental functions come from `libm`, so equal input gives equal bits on every machine.

pub mod binomial;
pub mod bootstrap;
pub mod distance;
pub mod distribution;
pub mod ecdf;
pub mod interval;
pub mod logit;
pub mod low_discrepancy;
pub mod odds;
pub mod paired;
pub mod paired_tests;
pub mod power_law;
pub mod quantile;
pub mod score;
pub mod sensitivity;
pub mod sequential;
pub mod sketch;
pub mod summary;

#[cfg(test)]
mod fixture;
