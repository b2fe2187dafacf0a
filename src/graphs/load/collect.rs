//! From labels of any size to nodes `0..n` in the order of the labels, in eight bytes an edge.
//!
//! While all labels fit in 32 bits they are kept as they are; a bitmap of those that occur then gives the rank of each.
//! If they are larger or too sparse for that, each is replaced by the order of its first appearance, found in a table, and
//! the ranks come from sorting what is in the table.

use crate::graphs::labels::Labels;

/// Edges between labels.
#[derive(Debug, Default)]
pub(super) struct Collector {
    /// Ends as labels; as places in the table of labels if there is one.
    edges: Vec<(u32, u32)>,
    table: Option<Interner>,
}

/// More different labels than a graph can have nodes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooManyLabels(pub(super) u64);

impl Collector {
    pub(super) fn len(&self) -> usize {
        self.edges.len()
    }

    /// Makes room for about so many edges in all.
    pub(super) fn expect(&mut self, n_edges: usize) {
        self.edges.reserve_exact(n_edges.saturating_sub(self.edges.len()));
    }

    #[inline]
    pub(super) fn push(&mut self, from: u64, to: u64) {
        if self.table.is_none() && (from | to) >> 32 == 0 {
            self.edges.push((from as u32, to as u32));
        } else {
            self.push_interned(from, to);
        }
    }

    #[cold]
    fn start_table(&mut self) -> Interner {
        let mut table = Interner::default();
        for (from, to) in &mut self.edges {
            *from = table.intern(u64::from(*from));
            *to = table.intern(u64::from(*to));
        }
        table
    }

    fn push_interned(&mut self, from: u64, to: u64) {
        let mut table = self.table.take().unwrap_or_else(|| self.start_table());
        self.edges.push((table.intern(from), table.intern(to)));
        self.table = Some(table);
    }

    /// The edges between nodes, and what the nodes are called.
    pub(super) fn finish(mut self) -> Result<(Vec<(u32, u32)>, Labels), TooManyLabels> {
        let largest = self.edges.iter().map(|&(from, to)| from.max(to)).max().unwrap_or(0);
        // The bitmap takes at most as much memory as the edges, or little.
        let affordable = (self.edges.len() as u64 * 64).max(1 << 23);
        let labels = match self.table.take() {
            None if u64::from(largest) < affordable => self.rank_by_bitmap(largest)?,
            table => {
                let table = table.unwrap_or_else(|| self.start_table());
                self.rank_by_sorting(table)?
            }
        };
        Ok((self.edges, labels))
    }

    fn rank_by_bitmap(&mut self, largest: u32) -> Result<Labels, TooManyLabels> {
        let n_words = largest as usize / 64 + 1;
        let mut seen = vec![0_u64; n_words];
        for &(from, to) in &self.edges {
            for label in [from, to] {
                seen[label as usize / 64] |= 1 << (label % 64);
            }
        }
        let mut n_before = Vec::with_capacity(n_words);
        let mut n_labels = 0_u64;
        for word in &seen {
            n_before.push(n_labels as u32);
            n_labels += u64::from(word.count_ones());
        }
        if self.edges.is_empty() {
            return Ok(Labels::Index(0));
        }
        let n_nodes = count(n_labels)?;
        if n_labels == u64::from(largest) + 1 {
            return Ok(Labels::Index(n_nodes));
        }
        let rank = |label: u32| {
            let word = label as usize / 64;
            let below = seen[word] & ((1 << (label % 64)) - 1);
            n_before[word] + below.count_ones()
        };
        for (from, to) in &mut self.edges {
            (*from, *to) = (rank(*from), rank(*to));
        }
        let mut numbers = Vec::with_capacity(n_nodes as usize);
        for (word, &bits) in seen.iter().enumerate() {
            let mut rest = bits;
            while rest != 0 {
                numbers.push(word as u64 * 64 + u64::from(rest.trailing_zeros()));
                rest &= rest - 1;
            }
        }
        Ok(Labels::Numbers(numbers))
    }

    fn rank_by_sorting(&mut self, table: Interner) -> Result<Labels, TooManyLabels> {
        let mut numbers = table.labels;
        let n_nodes = count(numbers.len() as u64)?;
        let mut order: Vec<u32> = (0..n_nodes).collect();
        order.sort_unstable_by_key(|&place| numbers[place as usize]);
        let mut rank = vec![0_u32; n_nodes as usize];
        for (idx, &place) in order.iter().enumerate() {
            rank[place as usize] = idx as u32;
        }
        for (from, to) in &mut self.edges {
            (*from, *to) = (rank[*from as usize], rank[*to as usize]);
        }
        numbers.sort_unstable();
        Ok(Labels::of_numbers(numbers))
    }
}

fn count(n_labels: u64) -> Result<u32, TooManyLabels> {
    u32::try_from(n_labels).map_err(|_| TooManyLabels(n_labels))
}

/// Labels in the order of their first appearance: an open-addressing table with linear probing, at most half full.
///
/// Past 2^32 − 1 labels places repeat; the caller refuses such a graph by the number of labels.
#[derive(Debug, Default)]
struct Interner {
    labels: Vec<u64>,
    /// Places in `labels`; [`VACANT`] where there is none. A power of two, or none.
    slots: Vec<u32>,
}

const VACANT: u32 = u32::MAX;

impl Interner {
    fn intern(&mut self, label: u64) -> u32 {
        if self.labels.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let slot = self.slot_of(label);
        if self.slots[slot] == VACANT {
            self.slots[slot] = self.labels.len() as u32;
            self.labels.push(label);
        }
        self.slots[slot]
    }

    /// Where `label` is, or may be put.
    fn slot_of(&self, label: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = mix(label) as usize & mask;
        while self.slots[slot] != VACANT && self.labels[self.slots[slot] as usize] != label {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        self.slots = vec![VACANT; (self.slots.len() * 2).max(1 << 10)];
        for place in 0..self.labels.len() {
            let slot = self.slot_of(self.labels[place]);
            self.slots[slot] = place as u32;
        }
    }
}

/// Spreads labels that differ in few bits, such as multiples of a power of two (finaliser of MurmurHash3, Appleby 2011).
fn mix(label: u64) -> u64 {
    let mut bits = label;
    bits = (bits ^ bits >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    bits = (bits ^ bits >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    bits ^ bits >> 33
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn collected(edges: &[(u64, u64)]) -> (Vec<(u32, u32)>, Labels) {
        let mut collector = Collector::default();
        for &(from, to) in edges {
            collector.push(from, to);
        }
        collector.finish().unwrap()
    }

    fn label() -> impl Strategy<Value = u64> {
        prop_oneof![0..200_u64, 0..1_u64 << 32, any::<u64>(), Just(u64::MAX), Just(u64::from(u32::MAX))]
    }

    proptest! {
        /// All three ways, by which labels happen to occur: dense, sparse and wide.
        #[test]
        fn nodes_are_the_ranks_of_their_labels(edges in prop::collection::vec((label(), label()), 1..300)) {
            let (found, labels) = collected(&edges);
            let mut expected: Vec<u64> = edges.iter().flat_map(|&(from, to)| [from, to]).collect();
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(labels.len(), expected.len());
            for ((from, to), (u, v)) in edges.into_iter().zip(found) {
                prop_assert_eq!((expected[u as usize], expected[v as usize]), (from, to));
                prop_assert_eq!(labels.find(&from.to_string()), Some(u));
            }
        }
    }

    #[test]
    fn labels_without_gaps_are_their_own_nodes() {
        let edges = [(0, 2), (1, 0), (2, 1)];
        let (found, labels) = collected(&edges.map(|(from, to)| (from as u64, to as u64)));
        assert_eq!((found.as_slice(), labels), (&edges[..], Labels::Index(3)));
    }

    #[test]
    fn a_wide_label_among_narrow_ones_changes_nothing_but_itself() {
        let (found, labels) = collected(&[(7, 3), (3, 1 << 40), (7, 1 << 40)]);
        assert_eq!(found, [(1, 0), (0, 2), (1, 2)]);
        assert_eq!(labels, Labels::Numbers(vec![3, 7, 1 << 40]));
    }

    #[test]
    fn what_was_collected_from_nothing_is_empty() {
        assert_eq!(collected(&[]), (Vec::new(), Labels::Index(0)));
    }
}
