//! What the memory of the machine allows: nanoseconds for one access of each kind.

use super::plain::stream;
use super::seconds;
use rand::Rng;
use std::hint::black_box;

const ACCESSES: usize = 1 << 22;

/// Measures and prints; all accesses but those of the chase are free to overlap.
pub(crate) fn print() {
    println!("limits of the memory: sequential read {:.1} GB/s", sequential());
    println!("{:>12}{:>14}{:>20}{:>14}", "", "gather, ns", "test-and-set, ns", "latency, ns");
    for (name, bytes) in [("64 kB", 1 << 16), ("4 MB", 1 << 22), ("64 MB", 1 << 26), ("1 GB", 1 << 30)] {
        let each = |time: f64| 1e9 * time / ACCESSES as f64;
        let [gather, set, chase] = [gather(bytes), test_and_set(bytes), chase(bytes)].map(each);
        println!("{name:>12}{gather:14.2}{set:20.2}{chase:14.2}");
    }
}

/// Random numbers below `n`.
fn below(n: usize) -> Vec<u32> {
    let mut stream = stream("accesses", n as u64);
    (0..ACCESSES).map(|_| (((stream.next_u64() >> 32) * n as u64) >> 32) as u32).collect()
}

/// Sums words of 4 bytes at random places.
fn gather(bytes: usize) -> f64 {
    let values: Vec<u32> = (0..(bytes / 4) as u32).collect();
    let indices = below(values.len());
    best(|| {
        black_box(indices.iter().fold(0_u32, |sum, &idx| sum.wrapping_add(values[idx as usize])));
    })
}

/// Sets words of 8 bytes at random places and counts those that were not set.
fn test_and_set(bytes: usize) -> f64 {
    let mut marks = vec![0_u64; bytes / 8];
    let indices = below(marks.len());
    best(|| {
        let mut new = 0;
        for &idx in &indices {
            let word = &mut marks[idx as usize];
            let bit = 1_u64 << (idx & 63);
            new += u64::from(*word & bit == 0);
            *word |= bit;
        }
        black_box(new);
    })
}

/// Follows words of 4 bytes, each of which says where the next one stands, in one circle through all of them: place i leads to
/// ai + c modulo their number, a power of two; with a − 1 divisible by 4 and c odd that is one circle (Hull & Dobell 1962), and
/// no prefetcher guesses it.
fn chase(bytes: usize) -> f64 {
    let n = bytes / 4;
    let next: Vec<u32> = (0..n)
        .map(|idx| idx.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(12_345) as u32 & (n - 1) as u32)
        .collect();
    let mut at = 0_u32;
    best(|| {
        for _ in 0..ACCESSES {
            at = next[at as usize];
        }
        black_box(at);
    })
}

/// Gigabytes a second that are read one after another.
fn sequential() -> f64 {
    let values = vec![1_u64; 25_000_000];
    let time = best(|| {
        black_box(values.iter().fold(0_u64, |sum, &value| sum.wrapping_add(value)));
    });
    200e6 / time / 1e9
}

/// Shortest of several times.
fn best(mut work: impl FnMut()) -> f64 {
    (0..3).map(|_| seconds(&mut work)).fold(f64::INFINITY, f64::min)
}
