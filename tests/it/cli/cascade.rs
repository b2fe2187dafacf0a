//! `cascade`: plain diffusion on edge lists.

use super::{Desk, json};

/// A star whose centre, 7, is followed by 100 to 109; 109 is followed by 7 and by 110.
fn star(desk: &Desk) {
    let leaves: Vec<String> = (100..110).map(|leaf| format!("7 {leaf}\n")).collect();
    desk.write("star.txt", leaves.concat() + "109 7\n109 110\n");
}

#[test]
fn json_has_the_keys_of_the_contract() {
    let desk = Desk::new();
    star(&desk);
    let arguments = [
        "cascade",
        "--edges",
        "star.txt",
        "--model",
        "ic",
        "--p",
        "0.5",
        "--seed-node",
        "7",
        "--runs",
        "4000",
    ];
    let answer = desk.ask(&[&arguments[..], &["--seed", "3", "--threads", "2", "--json"]].concat());
    assert_eq!(answer.code, 0, "{}", answer.err);
    let value = json(&answer.out);
    for key in [
        "model",
        "nodes",
        "edges",
        "runs",
        "threads",
        "mean",
        "standard_error",
        "seconds_per_run",
        "load_seconds",
        "edges_per_second",
    ] {
        assert!(value.get(key).is_some_and(|value| !value.is_null()), "{key} is missing in {}", answer.out);
    }
    assert_eq!(value["model"], "ic");
    assert_eq!((value["nodes"].as_u64(), value["edges"].as_u64()), (Some(12), Some(12)));
    assert_eq!((value["runs"].as_u64(), value["threads"].as_u64()), (Some(4000), Some(2)));
    // The seed, ten followers at one half, and 110 at a quarter: 6.25. The variance is 9/4 from the leaves but 109, and 11/16 from 109
    // with 110; α = 1e-4.
    let (mean, error) = (value["mean"].as_f64().unwrap(), value["standard_error"].as_f64().unwrap());
    let exact = ((9.0 / 4.0 + 11.0 / 16.0) / 4000.0_f64).sqrt();
    assert!((mean - 6.25).abs() < 3.9 * exact, "{mean}");
    assert!((error / exact - 1.0).abs() < 0.1, "{error} {exact}");
}

#[test]
fn sizes_do_not_depend_on_threads() {
    let desk = Desk::new();
    star(&desk);
    for model in [
        &["--p", "0.3"][..],
        &["--model", "sir", "--p", "0.2", "--recovery", "0.4"],
        &["--model", "lt"],
        &["--model", "lt", "--threshold", "0.5"],
        &["--model", "complex", "--threshold", "1"],
        &["--model", "hawkes", "--branching", "0.7"],
    ] {
        let table = |threads| {
            desk.get(
                &[&["cascade", "--edges", "star.txt", "--runs", "300", "--threads", threads], model].concat(),
            )
        };
        let one = table("1");
        assert_eq!(one, table("3"));
        assert!(one.contains("from 7 (10 followers)\n300 runs, seed 1, on 12 nodes and 12 edges\n"), "{one}");
        assert!(one.contains("share"), "{one}");
    }
}

#[test]
fn several_seeds_convince_where_one_does_not() {
    let desk = Desk::new();
    desk.write("two.txt", "1 3\n2 3\n3 4\n1 4\n");
    let mean = |seeds: &[&str]| {
        let arguments = [
            "cascade",
            "--edges",
            "two.txt",
            "--model",
            "complex",
            "--threshold",
            "2",
            "--runs",
            "2",
            "--json",
        ];
        json(&desk.get(&[&arguments[..], seeds].concat()))["mean"].as_f64()
    };
    assert_eq!(mean(&["--seed-node", "1"]), Some(1.0));
    assert_eq!(mean(&["--seed-node", "1", "--seed-node", "2", "--seed-node", "1"]), Some(4.0));
}

#[test]
fn quiet_says_nothing_but_the_result() {
    let desk = Desk::new();
    desk.write("loop.txt", "1 1\n1 2\n1 2\n");
    let arguments = ["cascade", "--edges", "loop.txt", "--p", "1"];
    let told = desk.ask(&arguments);
    assert!(told.err.contains("left out: 1 edges from a node to itself, 1 named before"), "{}", told.err);
    assert!(told.err.contains("per run on "), "{}", told.err);
    assert_eq!(desk.ask(&[&arguments[..], &["--quiet"]].concat()).err, "");
}

/// Asserts status 2, nothing on standard output, and all of `told` on standard error.
fn refused(desk: &Desk, arguments: &[&str], told: &[&str]) {
    let answer = desk.ask(&[&["cascade", "--edges", "star.txt"], arguments].concat());
    assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{arguments:?}: {}", answer.err);
    for part in told {
        assert!(answer.err.contains(part), "{arguments:?}: `{part}` is not in\n{}", answer.err);
    }
}

#[test]
fn wrong_parameters_are_refused_with_what_is_right() {
    let desk = Desk::new();
    star(&desk);
    refused(&desk, &[], &["the model `ic` needs `--p`", "hint: such as `--p 0.03`"]);
    refused(&desk, &["--p", "1.5"], &["1.5", "allowed: a number from 0 to 1"]);
    refused(&desk, &["--p", "-0.5"], &["-0.5", "allowed: a number from 0 to 1"]);
    refused(&desk, &["--p", "nan"], &["allowed: a number from 0 to 1"]);
    refused(
        &desk,
        &["--p", "0.1", "--recovery", "0.5"],
        &["`--recovery` does not belong to the model `ic`", "hint: `ic` takes `--p`"],
    );
    refused(
        &desk,
        &["--model", "lt", "--p", "0.1"],
        &["`--p` does not belong to the model `lt`", "`--threshold`"],
    );
    refused(&desk, &["--model", "sir", "--p", "0.1"], &["the model `sir` needs `--recovery`"]);
    refused(
        &desk,
        &["--model", "sir", "--p", "0.1", "--recovery", "0"],
        &["`--recovery` can't be 0", "above 0"],
    );
    refused(
        &desk,
        &["--model", "lt", "--threshold", "2"],
        &["`--threshold` can't be 2 under `lt`", "complex"],
    );
    refused(&desk, &["--model", "complex"], &["the model `complex` needs `--threshold`"]);
    for threshold in ["0", "1.5", "-1", "nan", "1e12"] {
        refused(&desk, &["--model", "complex", "--threshold", threshold], &["under `complex`", "1, 2, …"]);
    }
    refused(
        &desk,
        &["--model", "hawkes", "--branching", "1"],
        &["allowed: a number from 0 to 0.999", "no end"],
    );
    refused(&desk, &["--model", "seir"], &["seir", "hawkes"]);
    refused(&desk, &["--p", "0.1", "--runs", "0"], &["allowed: a whole number from 1"]);
}

#[test]
fn an_unknown_seed_node_is_told_which_there_are() {
    let desk = Desk::new();
    star(&desk);
    refused(
        &desk,
        &["--p", "0.1", "--seed-node", "8"],
        &["`star.txt` has no node `8`", "hint: its 12 nodes have numbers from 7 to 110, with gaps"],
    );
    for label in ["-1", "18446744073709551616", "x"] {
        refused(&desk, &["--p", "0.1", "--seed-node", label], &[&format!("no node `{label}`")]);
    }
    desk.write("star.txt", "0 1\n1 2\n");
    refused(&desk, &["--p", "0.1", "--seed-node", "3"], &["hint: its 3 nodes are 0 to 2"]);
}
