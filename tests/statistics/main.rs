//! Statistical tests: what thousands of runs must show, and exact statements on pairs of runs.
//!
//! Run them with `cargo test --release --test statistics`; they take a few minutes. Without optimisation they compile but are
//! ignored. All draws are keyed and every seed is written down, so a test that passes once passes always: the bounds say how
//! surprising another value would be, they do not make a test flaky. α = 1e-4 for each assertion, two-sided 3.9 standard
//! errors where a sum of many independent terms is compared.

#![expect(clippy::print_stdout, reason = "with `--nocapture` tests show what they measured")]
#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod branching;
mod calibration;
mod competition;
mod ensemble;
mod full_size;
mod keyed;
mod leader_stream;
mod made_up;
mod markets;
mod outbreaks;
mod patterns;
mod plain;
mod precision;
mod reach;
mod realism;
mod rules;
mod scale;
mod sharing_twin;
mod society;
mod stage;
mod twin;
mod voices;
mod yardsticks;
