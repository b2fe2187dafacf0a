//! The line of all follower lists, one behind the other in the order in which their owners share, and its carrying places.
//!
//! Everything here works on small arrays in loops without a branch that depends on what is drawn.

use super::Coins;
use super::gaps::Gaps;
use crate::model::graph::Graph;
use std::ops::Range;

/// Sharers taken at a time.
pub(super) const LISTS: usize = 512;
/// Carrying places drawn at a time, at most: with the arrays of the lists they fill half of a first-level cache.
const PLACES: usize = 1024;
/// Carrying places drawn first: a cascade that ends at once should not pay for more.
const FIRST_PLACES: usize = 16;

/// Carrying places of the line, in order.
#[derive(Debug, Clone)]
pub(super) struct Carrying {
    /// Drawn places, and behind the last one the next.
    places: Box<[u64; PLACES + 1]>,
    /// Those not yet used.
    unused: Range<usize>,
    /// How many are drawn next time.
    ahead: usize,
}

impl Default for Carrying {
    fn default() -> Self {
        Self { places: Box::new([0; PLACES + 1]), unused: 0..0, ahead: FIRST_PLACES }
    }
}

impl Carrying {
    /// Begins a line.
    pub(super) fn begin(&mut self, gaps: &Gaps, coins: &mut Coins) {
        self.places[0] = gaps.first(coins);
        self.unused = 0..0;
        self.ahead = FIRST_PLACES;
    }

    /// The next carrying place.
    pub(super) fn next(&self) -> u64 {
        self.places[self.unused.start]
    }

    /// Takes as many places below `end` as are at hand; at least one if the next is below `end`.
    pub(super) fn take(&mut self, end: u64, gaps: &Gaps, coins: &mut Coins) -> &[u64] {
        if self.unused.is_empty() {
            let first = self.next();
            self.places[self.ahead] = gaps.fill(&mut self.places[..self.ahead], first, coins);
            self.unused = 0..self.ahead;
            self.ahead = (2 * self.ahead).min(PLACES);
        }
        let begin = self.unused.start;
        self.unused.start += self.places[self.unused.clone()].partition_point(|&place| place < end);
        &self.places[begin..self.unused.start]
    }
}

/// Follower lists of the line that are dealt with together.
#[derive(Debug, Clone)]
pub(super) struct Lists {
    /// Where each list ends in the line.
    ends: Box<[u64; LISTS]>,
    /// What added to a place in the line gives the place among the targets of the graph, modulo 2^32.
    bases: Box<[u32; LISTS]>,
    len: usize,
    /// Places among the targets that carry, then the nodes to whom they lead: two parts, which are found side by side.
    edges: [Box<[u32; PLACES]>; 2],
}

impl Default for Lists {
    fn default() -> Self {
        let edges = || Box::new([0; PLACES]);
        Self { ends: Box::new([0; LISTS]), bases: Box::new([0; LISTS]), len: 0, edges: [edges(), edges()] }
    }
}

impl Lists {
    /// Puts the lists of `owners`, at most [`LISTS`], behind what ends at `begin`; returns where they end.
    pub(super) fn gather(&mut self, graph: &Graph, owners: &[u32], begin: u64) -> u64 {
        let starts = graph.starts();
        let mut end = begin;
        for ((&owner, slot), base) in owners.iter().zip(self.ends.iter_mut()).zip(self.bases.iter_mut()) {
            let (start, stop) = (starts[owner as usize], starts[owner as usize + 1]);
            *base = start.wrapping_sub(end as u32);
            end += u64::from(stop - start);
            *slot = end;
        }
        self.len = owners.len();
        end
    }

    /// The list that holds `place`.
    pub(super) fn holding(&self, place: u64) -> usize {
        self.ends[..self.len].partition_point(|&end| end <= place)
    }

    /// To whom the carrying `places` lead, in two parts; lists before `first` hold none of them.
    pub(super) fn reached(&mut self, graph: &Graph, first: usize, places: &[u64]) -> [&[u32]; 2] {
        let (front_places, back_places) = places.split_at(places.len() / 2);
        let last = |places: &[u64], before| places.last().map_or(before, |&place| self.holding(place));
        let middle = last(front_places, first);
        let end = last(back_places, middle);
        let (mut front, mut back) = (Merge { list: first, place: 0 }, Merge { list: middle, place: 0 });
        // One step for each place, and one for each list that is left behind.
        let (front_steps, back_steps) =
            (front_places.len() + middle - first, back_places.len() + end - middle);
        let [front_edges, back_edges] = &mut self.edges;
        let lists = (&*self.ends, &*self.bases);
        // Each step waits for the one before it; two walks side by side use the waiting time of each other.
        let both = front_steps.min(back_steps);
        for _ in 0..both {
            front.step(lists, front_places, front_edges);
            back.step(lists, back_places, back_edges);
        }
        for _ in both..front_steps {
            front.step(lists, front_places, front_edges);
        }
        for _ in both..back_steps {
            back.step(lists, back_places, back_edges);
        }
        let reached = [&mut front_edges[..front_places.len()], &mut back_edges[..back_places.len()]];
        reached.map(|edges| {
            for edge in &mut *edges {
                *edge = graph.targets()[*edge as usize];
            }
            &*edges
        })
    }
}

/// A walk along lists and places at once.
struct Merge {
    list: usize,
    place: usize,
}

impl Merge {
    /// Goes on by one: to the next place if this one lies in the list, else to the next list. What is written for a place before its
    /// list is found is written over.
    #[inline]
    fn step(
        &mut self,
        (ends, bases): (&[u64; LISTS], &[u32; LISTS]),
        places: &[u64],
        edges: &mut [u32; PLACES],
    ) {
        let list = self.list % LISTS;
        let place = places[self.place];
        edges[self.place] = bases[list].wrapping_add(place as u32);
        let is_inside = place < ends[list];
        self.place += usize::from(is_inside);
        self.list += usize::from(!is_inside);
    }
}
