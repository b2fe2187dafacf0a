//! What a sweep costs beside its runs: encoding, files brought to the disk, statistics, plots.
//!
//! The same points are run twice in turn, once with rows thrown away and once with everything that `sweep` does with them; the program
//! prints both times and their ratio. `cargo bench --bench overhead -- 50 200` takes the number of points and of runs at each.

#![expect(clippy::unwrap_used, reason = "a benchmark that can't go on should stop")]
#![expect(clippy::disallowed_types, reason = "a benchmark measures time")]
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::sync::atomic::AtomicBool;
use std::time::Instant;
use twiplomacy::experiment::points::Space;
use twiplomacy::experiment::replicates::{ReplicatesError, Silent};
use twiplomacy::experiment::sweep::{Asked, Part, Row, Sweep, simulate_parts};
use twiplomacy::io::{Holding, WorkFolder};
use twiplomacy::model::outcome::Layout;
use twiplomacy::report::bundle::TableFormat;
use twiplomacy::report::sweep::{Swept, is_part, part_files, part_name};
use twiplomacy::report::tables::read::Groups;
use twiplomacy::report::tables::sweep::summaries;
use twiplomacy::scenario::plan_file::{DesignKind, read_option};
use twiplomacy::scenario::{Base, Request, Source, bundled};
use twiplomacy::simulation::Simulation;

/// Times that each is measured; the medians are compared.
const TIMES: usize = 3;

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let (points, runs) = match numbers[..] {
        [points, runs] => (points, runs),
        _ => (10, 200),
    };
    let text = bundled::scenario("canada-saudi-2018").unwrap().text;
    let mut base = Base::read(&Request::new(Source::new("canada-saudi-2018", text))).unwrap();
    let source = base.source("--vary", &format!("dispositions.response.base=-4:-2:{points}"));
    let varied = read_option(base.sources(), source).unwrap();
    let sweep = Sweep::new(&base, &[varied], Asked { design: DesignKind::Grid, points: None, runs, seed: 1 })
        .unwrap();
    let layout = Simulation::new(&base.with(&[]).unwrap(), 1).unwrap().layout().clone();
    let (mut bare, mut full) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        bare.push(seconds(|| simulate(&base, &sweep, &layout, &mut |_, _| ())));
        full.push(seconds(|| everything(&base, &sweep, &layout)));
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[TIMES / 2]
    };
    let (bare, full) = (median(&mut bare), median(&mut full));
    println!(
        "{points} points of {runs} runs: runs alone {bare:.2} s, all of the sweep {full:.2} s, {:+.1} %",
        100.0 * (full / bare - 1.0)
    );
}

fn seconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}

fn simulate(base: &Base, sweep: &Sweep, layout: &Layout, sink: &mut dyn FnMut(&Part, Vec<Row>)) {
    let settings = sweep.settings();
    let space = Space::new(base, sweep.seed, &settings);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let stop = AtomicBool::new(false);
    simulate_parts(&space, &sweep.parts(), layout, (threads, &Silent, &stop), |part, rows| {
        sink(part, rows);
        Ok::<(), ReplicatesError>(())
    })
    .unwrap();
}

fn everything(base: &Base, sweep: &Sweep, layout: &Layout) {
    let folder = tempfile::tempdir().unwrap();
    let work = WorkFolder::open(Some(&folder.path().join("s")), "s", Holding::Refuse, is_part).unwrap();
    let mut index = 0;
    simulate(base, sweep, layout, &mut |_, rows| {
        for file in part_files(sweep, layout, index, &rows, TableFormat::Parquet).unwrap() {
            work.commit(&file.path, &file.bytes).unwrap();
        }
        index += 1;
    });
    let points = summaries((layout, sweep.runs), &sweep.parts(), |fold, index, part| {
        fold.push_part(part, Groups::new("runs", work.read(&part_name(index)).unwrap())?)
    })
    .unwrap();
    let highlighted = base.with(&[]).unwrap().file.outcomes.highlight;
    let highlighted: Vec<String> = highlighted.iter().map(|id| id.to_string()).collect();
    let swept = Swept {
        scenario: "canada-saudi-2018",
        title: "Canada and Saudi Arabia",
        sweep,
        layout,
        highlighted: &highlighted,
        points,
    };
    for file in swept.files(TableFormat::Parquet).unwrap() {
        work.commit(&file.path, &file.bytes).unwrap();
    }
}
