//! `manifest.json`: how a bundle was made; the only file that holds anything but results.

use super::bundle::TableFormat;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the program knows about the making of a bundle. Clock and machine are read by the program, never here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The program.
    pub program: Program,
    /// What was simulated.
    pub scenario: Input,
    /// The scenario's arm; `baseline` if nothing was changed.
    pub arm: String,
    /// Parameters overridden on the command line, as `path = value`, in the order given.
    pub overrides: Vec<String>,
    /// Seed of the ensemble.
    pub seed: u64,
    /// Number of runs.
    pub runs: u64,
    /// Threads used; results do not depend on them.
    pub threads: usize,
    /// Wall time of all runs in seconds.
    pub wall_seconds: f64,
    /// When the runs began, as RFC 3339.
    pub started_at: String,
    /// Where they ran.
    pub machine: Machine,
    /// Precision that was asked for, and how many runs it took; empty if the number of runs was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub precision: Vec<String>,
    /// What this is, if it is a sweep or a part of something that `twiplomacy merge` puts together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<Work>,
}

/// What a folder is that is no plain bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// What was asked for.
    pub kind: WorkKind,
    /// SHA-256 of the plan, for a sweep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_sha256: Option<String>,
    /// File format of the tables.
    pub tables: TableFormat,
    /// Which share of the work it is; `None` if it is all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Whether all of it is done.
    pub is_complete: bool,
    /// Outcomes that exist at some points of a sweep only, and have no columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// Kinds of work that can be shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkKind {
    /// Runs of one scenario.
    Run,
    /// A sweep.
    Sweep,
}

/// One of several shares of a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    /// Which one, from 1.
    pub index: u64,
    /// How many there are.
    pub count: u64,
}

/// The program that made a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Commit it was built from, with `-dirty` if files were changed; `None` if not known.
    pub commit: Option<String>,
}

/// What was simulated, as text and fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Id of the scenario.
    pub id: String,
    /// SHA-256 of `scenario.toml` as it lies in the bundle, in hexadecimal.
    pub scenario_sha256: String,
    /// SHA-256 of `world.toml` as it lies in the bundle, in hexadecimal.
    pub world_sha256: String,
}

impl Input {
    /// Fingerprints the texts of a scenario and its world.
    pub fn of(id: &str, scenario: &str, world: &str) -> Self {
        Self { id: id.to_owned(), scenario_sha256: sha256(scenario), world_sha256: sha256(world) }
    }
}

/// A computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Operating system, such as `linux`.
    pub os: String,
    /// Processor family, such as `x86_64`.
    pub arch: String,
    /// Processors that the program could use.
    pub cores: usize,
}

impl Manifest {
    /// Reads the bytes of the file; keys that this version does not know are passed over.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The bytes of the file.
    #[expect(clippy::missing_panics_doc, reason = "a struct of texts and numbers is always valid JSON")]
    pub fn to_bytes(&self) -> Vec<u8> {
        let value = serde_json::to_value(self).expect("a manifest has string keys only");
        super::json::to_bytes(&value)
    }
}

/// SHA-256 of a text in lower-case hexadecimal.
pub fn sha256(text: &str) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    Sha256::digest(text).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4 example: the one-block message "abc".
    #[test]
    fn the_fingerprint_is_sha_256() {
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn the_file_names_program_input_and_machine() {
        let manifest = Manifest {
            program: Program { name: "twiplomacy".into(), version: "0.1.0".into(), commit: None },
            scenario: Input::of("demo", "format = 1\n", ""),
            arm: "baseline".into(),
            overrides: vec!["network.accounts = 1000".into()],
            seed: u64::MAX,
            runs: 20,
            threads: 2,
            wall_seconds: 0.5,
            started_at: "2026-01-01T00:00:00Z".into(),
            machine: Machine { os: "linux".into(), arch: "x86_64".into(), cores: 2 },
            precision: Vec::new(),
            work: None,
        };
        assert_eq!(Manifest::from_bytes(&manifest.to_bytes()).unwrap(), manifest);
        let read: serde_json::Value = serde_json::from_slice(&manifest.to_bytes()).unwrap();
        assert_eq!(read["seed"], u64::MAX);
        assert_eq!(read["scenario"]["id"], "demo");
        assert_eq!(read["program"]["commit"], serde_json::Value::Null);
        assert_eq!(read["machine"]["cores"], 2);
        assert_eq!(read["overrides"][0], "network.accounts = 1000");
    }
}
