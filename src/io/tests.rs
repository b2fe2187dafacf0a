//! Reading with limits, and bundles that are whole or not there.

use super::*;
use crate::report::manifest::{Machine, Program};
use tempfile::TempDir;

fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

/// Names of everything in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn files() -> Vec<bundle::BundleFile> {
    vec![bundle::BundleFile::new("summary.json", "{}"), bundle::BundleFile::new("plots/reach.svg", "<svg/>")]
}

#[test]
fn a_file_is_measured_before_it_is_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x.toml");
    File::create(&path).unwrap().set_len(LARGEST_FILE + 1).unwrap();
    let message = scenario(path.to_str().unwrap()).unwrap_err().to_string();
    let expected = "has 16777217 bytes, more than a scenario can have (16777216)";
    assert!(message.ends_with(expected), "{message}");
    File::create(&path).unwrap().set_len(LARGEST_FILE).unwrap();
    assert_eq!(bytes(&path).unwrap().len() as u64, LARGEST_FILE);
}

#[test]
fn a_scenario_that_is_not_there_gets_the_nearest_bundled_one() {
    for (name, id) in [
        ("canada-saudi", "canada-saudi-2018"),
        ("canada-suadi-2018", "canada-saudi-2018"),
        ("scenarios/tarif-thread-2019.toml", "tariff-thread-2019"),
    ] {
        let message = scenario(name).unwrap_err().to_string();
        assert!(message.contains(&format!("did you mean `{id}`?")), "{message}");
    }
    let message = scenario("nothing-like-it").unwrap_err().to_string();
    assert!(message.ends_with("hint: `twiplomacy list` shows the bundled ones"), "{message}");
}

#[test]
fn a_folder_is_a_world_of_all_its_parts_in_order_of_name() {
    let folder = TempDir::new().unwrap();
    for name in ["b.toml", "a.toml", "notes.txt"] {
        write(&folder, name, b"format = 1\n");
    }
    let parts = world(folder.path()).unwrap();
    let names: Vec<_> = parts.iter().map(|part| part.name.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["a.toml", "b.toml"]);
    let empty = TempDir::new().unwrap();
    assert!(matches!(world(empty.path()), Err(ReadError::NoWorld { .. })));
}

#[test]
fn a_bundle_appears_as_a_whole() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("deep/er/bundle");
    let destination = Destination::choose(Some(&out), "x", Existing::Refuse).unwrap();
    assert!(!out.exists());
    assert_eq!(destination.write(&files()).unwrap(), out);
    assert_eq!(names(&out), ["plots", "summary.json"]);
    assert_eq!(names(out.parent().unwrap()), ["bundle"]);
}

#[test]
fn a_bundle_that_is_given_up_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let destination =
        Destination::choose(Some(&folder.path().join("a/b/bundle")), "x", Existing::Refuse).unwrap();
    assert_eq!(names(folder.path()), ["a"]);
    drop(destination);
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn a_bundle_that_can_not_be_written_to_its_end_leaves_the_old_one() {
    let folder = TempDir::new().unwrap();
    let old = write(&folder, "bundle/summary.json", b"old");
    let out = folder.path().join("bundle");
    let destination = Destination::choose(Some(&out), "x", Existing::Replace).unwrap();
    // A file where a folder is needed.
    let broken = [bundle::BundleFile::new("plots", ""), bundle::BundleFile::new("plots/reach.svg", "")];
    assert!(destination.write(&broken).is_err());
    assert_eq!(fs::read(old).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["bundle"]);
}

#[test]
fn a_folder_with_content_is_refused_or_replaced_but_for_what_is_the_users() {
    let folder = TempDir::new().unwrap();
    write(&folder, "bundle/summary.json", b"old");
    write(&folder, "bundle/runs.csv", b"old");
    write(&folder, "bundle/notes/my.txt", b"mine");
    let out = folder.path().join("bundle");
    let refused = Destination::choose(Some(&out), "x", Existing::Refuse).unwrap_err();
    assert!(matches!(refused, DestinationError::Occupied { .. }), "{refused}");
    Destination::choose(Some(&out), "x", Existing::Replace).unwrap().write(&files()).unwrap();
    assert_eq!(names(&out), ["notes", "plots", "summary.json"]);
    assert_eq!(fs::read(out.join("summary.json")).unwrap(), b"{}");
    assert_eq!(fs::read(out.join("notes/my.txt")).unwrap(), b"mine");
    assert_eq!(names(folder.path()), ["bundle"]);
}

#[test]
fn a_folder_that_fills_up_during_the_runs_is_not_replaced() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("bundle");
    let destination = Destination::choose(Some(&out), "x", Existing::Refuse).unwrap();
    write(&folder, "bundle/theirs", b"theirs");
    assert!(matches!(destination.write(&files()), Err(DestinationError::Occupied { .. })));
    assert_eq!(names(&out), ["theirs"]);
}

#[test]
fn files_and_the_current_folder_are_no_places_for_a_bundle() {
    let folder = TempDir::new().unwrap();
    let file = write(&folder, "file", b"");
    let choose = |out: &Path| Destination::choose(Some(out), "x", Existing::Replace).unwrap_err();
    assert!(matches!(choose(&file), DestinationError::File { .. }));
    assert!(matches!(choose(Path::new(".")), DestinationError::Current { .. }));
    assert!(matches!(choose(Path::new("/")), DestinationError::Current { .. }));
    assert!(matches!(choose(Path::new("")), DestinationError::Nameless { .. }));
}

#[test]
fn a_bundle_that_was_changed_is_not_read_back() {
    let folder = TempDir::new().unwrap();
    let manifest = Manifest {
        program: Program { name: "twiplomacy".into(), version: "0".into(), commit: None },
        scenario: Input::of("x", "scenario", "world"),
        arm: "baseline".into(),
        overrides: Vec::new(),
        seed: 7,
        runs: 2,
        threads: 1,
        wall_seconds: 0.0,
        started_at: String::new(),
        machine: Machine { os: String::new(), arch: String::new(), cores: 1 },
        precision: Vec::new(),
        work: None,
    };
    assert!(matches!(super::bundle(folder.path()), Err(ReadError::NoBundle { .. })));
    write(&folder, bundle::MANIFEST, &manifest.to_bytes());
    write(&folder, bundle::SCENARIO, b"scenario");
    write(&folder, bundle::WORLD, b"world");
    assert_eq!(super::bundle(folder.path()).unwrap().manifest, manifest);
    write(&folder, bundle::WORLD, b"another world");
    let error = super::bundle(folder.path()).unwrap_err();
    assert!(matches!(&error, ReadError::Changed { path } if path.ends_with(bundle::WORLD)), "{error}");
}

#[test]
fn a_new_file_never_replaces_one_that_exists() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x.toml");
    write_new(&path, "first").unwrap();
    assert!(matches!(write_new(&path, "second"), Err(WriteError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"first");
}

#[test]
fn a_file_is_written_whole_and_replaced_only_if_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.html");
    write_file(&path, b"first", Existing::Refuse).unwrap();
    assert!(matches!(write_file(&path, b"second", Existing::Refuse), Err(WriteError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"first");
    write_file(&path, b"second", Existing::Replace).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"second");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let nowhere = folder.path().join("no/page.html");
    assert!(matches!(write_file(&nowhere, b"", Existing::Replace), Err(WriteError::Refused { .. })));
}
