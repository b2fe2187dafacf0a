//! Tells the program its version, and which commit it is built from where git knows.

use std::path::Path;
use std::process::Command;

fn main() {
    // What the answer depends on: the files of the program, and where git stands.
    for path in ["build.rs", "Cargo.toml", "Cargo.lock", "assets", "scenarios", "src"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let Some(commit) = commit() else {
        println!("cargo::rustc-env=TWIPLOMACY_VERSION={version}");
        return;
    };
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists()) {
        println!("cargo::rerun-if-changed={log}");
    }
    println!("cargo::rustc-env=TWIPLOMACY_VERSION={version} ({commit})");
    println!("cargo::rustc-env=TWIPLOMACY_COMMIT={commit}");
}

/// The commit, with `-dirty` if files were changed; nothing without git, or if the package lies inside another repository.
fn commit() -> Option<String> {
    let root = Path::new(&git(&["rev-parse", "--show-toplevel"])?).canonicalize().ok()?;
    let package = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR")?).canonicalize().ok()?;
    if root != package {
        return None;
    }
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let is_clean = git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(if is_clean { commit } else { commit + "-dirty" })
}

/// What git answers, if it does.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
