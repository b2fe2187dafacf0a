//! `network`: graphs in, numbers and other formats out, and what is said of files that are no graphs.

use super::{Desk, SMALL, json};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;

const FOLLOWS: &str =
    "# u v: v sees u\r\nsource\ttarget\r\n5\t9000000000\r\n9000000000\t5\r\n5 70\r\n5,5\r\n5 70";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn an_edge_list_is_measured_plain_and_compressed() {
    let desk = Desk::new();
    desk.write("follows.txt", FOLLOWS);
    desk.write("packed.bin", gzip(FOLLOWS.as_bytes()));
    let plain = json(&desk.get(&["network", "--edges", "follows.txt", "--json"]));
    assert_eq!((&plain["nodes"], &plain["edges"]), (&3.into(), &3.into()));
    assert_eq!((&plain["file"]["self_loops"], &plain["file"]["duplicates"]), (&1.into(), &1.into()));
    assert_eq!(plain["reciprocity"]["edges"], 2.0 / 3.0);
    assert_eq!(plain["pagerank"][0]["id"], 5);
    let mut packed = json(&desk.get(&["network", "--edges", "packed.bin", "--format", "json"]));
    packed["source"] = plain["source"].clone();
    assert_eq!(packed, plain);
    let table = desk.get(&["network", "--edges", "follows.txt"]);
    assert!(table.contains("1 self-loops, 1 duplicates (edge list)"), "{table}");
}

#[test]
fn columns_that_are_not_read_are_pointed_out() {
    let desk = Desk::new();
    desk.write("weighted.txt", "1 2\n2 3 0.5\n");
    let answer = desk.ask(&["network", "--edges", "weighted.txt"]);
    assert_eq!(answer.code, 0);
    assert!(
        answer
            .err
            .contains("warning: columns of `weighted.txt` after the second are not read (first in line 2)")
    );
}

#[test]
fn what_is_exported_is_read_again_as_the_same_graph() {
    let desk = Desk::new();
    desk.write("follows.txt", FOLLOWS);
    let measured = |file: &str| {
        let mut object = json(&desk.get(&["network", "--edges", file, "--json"]));
        object["source"] = "".into();
        object["file"] = "".into();
        object
    };
    let before = measured("follows.txt");
    for name in ["a.txt", "a.edges.gz", "a.graphml", "a.graphml.gz"] {
        let export = ["network", "--edges", "follows.txt", "--export", name, "--only-export"];
        assert_eq!(desk.get(&export), "");
        assert_eq!(measured(name), before, "{name}");
        let again = desk.ask(&export);
        let told = format!("`{name}` exists\n\nhint: choose another name, or replace it with `--overwrite`");
        assert!(again.code == 2 && again.err.contains(&told), "{}", again.err);
        desk.get(&[&export[..], &["--overwrite"]].concat());
    }
    desk.get(&["network", "--edges", "follows.txt", "--export", "a.dot", "--only-export"]);
    assert!(desk.text("a.dot").contains("  5 -> 9000000000;\n"));
    let unknown = desk.ask(&["network", "--edges", "follows.txt", "--export", "a.xlsx"]);
    assert!(unknown.code == 2 && unknown.err.contains("`.graphml`"), "{}", unknown.err);
    let folder = desk.ask(&["network", "--edges", "follows.txt", "--export", "no/such/a.txt"]);
    assert!(folder.code == 1 && folder.err.contains("can't be written"), "{}", folder.err);
    let expected = ["a.dot", "a.edges.gz", "a.graphml", "a.graphml.gz", "a.txt", "follows.txt"];
    assert_eq!(desk.names("."), expected, "nothing unfinished is left");
}

#[test]
fn a_random_graph_has_what_was_asked_for_and_depends_on_the_seed_alone() {
    let desk = Desk::new();
    let model = "chung-lu: nodes = 5000, mean_degree = 10";
    let steps = ["--then", "reciprocity: share = 0.35", "--then", "elite: leaders = 20"];
    let ask = |seed: &str| {
        let command = ["network", "--json", "--seed", seed, "--generate", model];
        desk.get(&[&command[..], &steps].concat())
    };
    let found = json(&ask("1"));
    assert_eq!(found["nodes"], 5000);
    let reciprocity = found["reciprocity"]["edges"].as_f64().unwrap();
    assert!((0.33..0.40).contains(&reciprocity), "{reciprocity}");
    assert_eq!(ask("1"), ask("1"));
    assert_ne!(ask("1"), ask("2"));
}

#[test]
fn degrees_of_a_file_may_be_asked_for() {
    let desk = Desk::new();
    desk.get(&[
        "network",
        "--generate",
        "scale-free: nodes = 3000, alpha = 0.2, gamma = 0.2",
        "--export",
        "a.txt",
        "--only-export",
    ]);
    let found = json(&desk.get(&["network", "--json", "--generate", "configuration: like = \"a.txt\""]));
    let model = json(&desk.get(&["network", "--json", "--edges", "a.txt"]));
    assert_eq!(found["nodes"], model["nodes"]);
    let share = found["edges"].as_f64().unwrap() / model["edges"].as_f64().unwrap();
    assert!((0.95..=1.0).contains(&share), "{share}");
}

#[test]
fn mistakes_in_what_is_asked_for_are_told_with_their_place() {
    let desk = Desk::new();
    let cases: [(&[&str], &str); 7] = [
        (&["--generate", "chunglu: nodes = 5"], "hint: did you mean `chung-lu`?"),
        (&["--generate", "erdos-renyi: nodes = 10, mean_degree = 20"], "--generate:1:42"),
        (
            &["--generate", "erdos-renyi: nodes = 10, mean_degree = 2", "--then", "elit"],
            "did you mean `elite`?",
        ),
        (&["--then", "elite: leaders = 3", "--edges", "x"], "cannot be used with"),
        (&[], "<SCENARIO|--edges <FILE>|--generate <SPEC>>"),
        (&["canada-saudi-2018", "--edges", "x"], "cannot be used with"),
        (&["canada-saudi-2019"], "did you mean `canada-saudi-2018`?"),
    ];
    for (arguments, told) in cases {
        let answer = desk.ask(&[&["network"], arguments].concat());
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{arguments:?}: {}", answer.err);
        assert!(answer.err.contains(told), "`{told}` is not in\n{}", answer.err);
    }
}

#[test]
fn the_network_of_a_scenario_is_measured_as_it_is_simulated() {
    let desk = Desk::new();
    let found = json(&desk.get(&[&["network", "canada-saudi-2018", "--json"], &SMALL[..]].concat()));
    assert!(found["nodes"].as_u64().unwrap() > 20_000, "named accounts beside anonymous ones");
    // Named accounts follow nobody back, and theirs are most of the follows here.
    let reciprocity = found["reciprocity"]["edges"].as_f64().unwrap();
    assert!((0.02..0.5).contains(&reciprocity), "{reciprocity}");
    let exponent = found["audience"]["tail"]["exponent"].as_f64().unwrap();
    assert!((1.8..2.8).contains(&exponent), "{exponent}");
}
