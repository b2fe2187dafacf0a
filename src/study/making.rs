//! How runs were made, for the manifest: program, machine, clock.

use super::COMMIT;
use super::prepare::Prepared;
use crate::report::manifest::{Input, Machine, Manifest, Program};
use std::time::Duration;

/// Processors that the program may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// When and how fast the runs were made.
#[derive(Debug)]
pub struct Making {
    /// When they began, as RFC 3339.
    pub started_at: String,
    /// How long they took.
    pub wall: Duration,
}

/// Runs that have begun.
#[derive(Debug)]
#[expect(clippy::disallowed_types, reason = "the manifest tells when and how long")]
pub struct Begun {
    started_at: String,
    clock: std::time::Instant,
}

impl Begun {
    /// Runs that begin now.
    #[expect(clippy::disallowed_types, reason = "the manifest tells when and how long")]
    pub fn now() -> Self {
        let started_at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Self { started_at, clock: std::time::Instant::now() }
    }

    /// The runs have ended now.
    pub fn ended(self) -> Making {
        Making { wall: self.clock.elapsed(), started_at: self.started_at }
    }
}

/// How runs of `prepared` were made: under which arms, with which seed, how many, on how many threads.
pub fn manifest_of(
    prepared: &Prepared,
    arm: &str,
    (seed, runs, threads): (u64, u64, usize),
    making: &Making,
) -> Manifest {
    let scenario = &prepared.scenario;
    let input = Input::of(prepared.id(), &scenario.scenario_text, &scenario.world_text);
    let overrides = scenario.overrides.iter().map(|(path, value)| format!("{path} = {value}")).collect();
    manifest_of_input(input, arm, overrides, (seed, runs, threads), making)
}

/// How runs of `input` were made.
pub fn manifest_of_input(
    input: Input,
    arm: &str,
    overrides: Vec<String>,
    (seed, runs, threads): (u64, u64, usize),
    making: &Making,
) -> Manifest {
    Manifest {
        program: Program {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: COMMIT.map(str::to_owned),
        },
        scenario: input,
        arm: arm.to_owned(),
        overrides,
        seed,
        runs,
        threads,
        wall_seconds: making.wall.as_secs_f64(),
        started_at: making.started_at.clone(),
        machine: Machine {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cores: cores(),
        },
        precision: Vec::new(),
        work: None,
    }
}
