//! What runs ask of the allocator, counted on the thread that runs.

use allocation_counter::measure;
use std::hint::black_box;
use std::num::NonZeroU32;
use twiplomacy::diffusion::complex::Complex;
use twiplomacy::diffusion::hawkes::{Branching, Hawkes, Memory};
use twiplomacy::diffusion::ic::{CoupledIc, Ic};
use twiplomacy::diffusion::lt::{Lt, Threshold};
use twiplomacy::diffusion::sir::Sir;
use twiplomacy::diffusion::{Rule, Scratch};
use twiplomacy::engine::streams::RunKey;
use twiplomacy::model::graph::generate::small_world::SmallWorld;
use twiplomacy::units::Probability;

fn p(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

/// Runs that were made once need no memory when they are made again: what the largest of them needed is there.
#[test]
fn plain_rules_allocate_nothing_once_their_memory_has_grown() {
    let graph = SmallWorld { n_nodes: 3000, following: 10, rewiring: 0.3 }.generate(RunKey::new(1, 0));
    let two = NonZeroU32::new(2).unwrap();
    let rules: [(&str, Box<dyn Rule>); 7] = [
        ("ic", Box::new(Ic::new(p(0.15)))),
        ("coupled ic", Box::new(CoupledIc::new(p(0.15)))),
        ("sir", Box::new(Sir::new(p(0.08), p(0.5)).unwrap())),
        ("lt", Box::new(Lt::new(&graph, Threshold::Drawn))),
        ("lt, one threshold", Box::new(Lt::new(&graph, Threshold::Same(p(0.1))))),
        ("complex", Box::new(Complex::new(two))),
        ("hawkes", Box::new(Hawkes::new(Branching::new(0.95).unwrap(), Memory::Seismic))),
    ];
    let seeds: Vec<u32> = (0..40).collect();
    for (name, rule) in rules {
        let mut scratch = None;
        // The counter counts, or the rest of this test would say nothing.
        let made = measure(|| scratch = Some(Scratch::new(&graph)));
        assert!(made.count_total >= 2 && made.bytes_total >= 4 * 3000, "{name}: {made:?}");
        let mut scratch = scratch.unwrap();
        let mut sharers = 0;
        let mut pass = || {
            for run in 0..30 {
                sharers += black_box(rule.spread(&graph, &seeds, RunKey::new(2, run), &mut scratch)).sharers;
            }
        };
        pass();
        let again = measure(&mut pass);
        assert!(sharers > 60 * 60, "{name}: {sharers} sharers tell little");
        assert_eq!((again.count_total, again.bytes_total), (0, 0), "{name}: {again:?}");
    }
}
