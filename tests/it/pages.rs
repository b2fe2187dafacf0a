//! Pages of the documentation that are generated, or that tell what can be tried.

use twiplomacy::scenario::{self, Request, Source, library};
use twiplomacy::simulation::Simulation;

/// Runs of the guide's scenario: what happens in seven of a hundred is missed in all of them once in 10¹² times.
const RUNS: u64 = 400;

#[expect(clippy::disallowed_methods, reason = "the test reads the shipped pages")]
fn page(name: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

/// What stands between a mark and the next end.
fn between<'a>(text: &'a str, mark: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("<!-- {mark} -->\n")).unwrap();
    rest.split_once("<!-- end -->").unwrap().0
}

#[test]
fn the_library_page_is_what_the_program_lists() {
    let listed = assert_cmd::cargo::cargo_bin_cmd!("twiplomacy")
        .args(["list", "--format", "markdown"])
        .output()
        .unwrap();
    assert!(listed.status.success());
    let listed = String::from_utf8(listed.stdout).unwrap();
    let page = page("library.md");
    let hint = "run .ci/readme, or put what `twiplomacy list --format markdown` prints between the marks";
    assert_eq!(
        between(&page, "output: library"),
        format!("\n{listed}"),
        "docs/library.md is out of date: {hint}"
    );
    assert!(listed.matches("\n#### ").count() >= 21, "{listed}");
}

/// The scenario that the guide writes, of at most forty lines: it loads on the bundled world without a warning, runs, and measures what it
/// records.
#[test]
fn the_scenario_of_the_guide_is_short_and_runs() {
    let guide = page("guide.md");
    let block = between(&guide, "scenario: germany-saudi-2017");
    let text = block.trim().strip_prefix("```toml\n").unwrap().strip_suffix("```").unwrap();
    assert!(text.lines().count() <= 40, "{} lines", text.lines().count());
    let request = Request::new(Source::new("guide.md", text));
    let scenario = scenario::load(&request).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(scenario.warnings.is_empty(), "the guide's scenario has warnings");
    let simulation = Simulation::new(&scenario, 1).unwrap();
    let place = |id: &str| simulation.layout().outcomes.iter().position(|outcome| outcome.id == id);
    let recorded: Vec<usize> = scenario.file.recorded.keys().map(|id| place(id).unwrap()).collect();
    let mut worker = simulation.worker();
    let runs: Vec<_> = (0..RUNS).map(|run| simulation.run(run, &mut worker)).collect();
    for place in recorded {
        let happened = runs.iter().filter(|run| run.scalars[place] == 1.0).count();
        assert!(
            (1..RUNS as usize).contains(&happened),
            "{happened} of {RUNS} runs: there is nothing to tell"
        );
    }
    assert!(runs.iter().all(|run| run.scalars[place("message.remark.posted").unwrap()] == 1.0));
    assert!(library::page([&scenario]).contains("Germany and Saudi Arabia"));
}

/// What the guide shows of TOML beside the scenario is written as the files are.
#[test]
fn every_toml_block_of_the_guide_is_toml() {
    let guide = page("guide.md");
    let blocks: Vec<&str> =
        guide.split("```toml\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        let mut sources = twiplomacy::text::Sources::new();
        let source = sources.add("guide.md", block);
        let (_, problems) = twiplomacy::text::parse(&sources, source);
        assert!(problems.is_empty(), "{block}");
    }
}
