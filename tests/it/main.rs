//! Integration tests: one binary, one module a subject.

#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod architecture;
mod bundled;
mod claims;
mod cli;
mod determinism;
mod golden;
mod invariants;
mod memory;
mod pages;
mod plans;
mod world;
