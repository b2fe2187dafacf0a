//! The cascade tree of one message: who shared it from whom, when and in which frame.

use super::ids::AccountId;
use crate::units::{SimTime, TimeSpan};

/// How a message is presented by the one who passes it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// As its author meant it.
    AsIntended,
    /// Quoted against its author.
    Hostile,
    /// Told as something harsher than it says, by friend or foe.
    Distorted,
}

impl Frame {
    /// Number of frames.
    pub const COUNT: usize = 3;
    /// All frames, in the order of their indices.
    pub const ALL: [Self; Self::COUNT] = [Self::AsIntended, Self::Hostile, Self::Distorted];

    /// Position in tables.
    pub const fn idx(self) -> usize {
        self as usize
    }

    /// Slant: on whose side the message is in this frame, that of its author (1), against it (−1), or that of whoever tells it (0).
    pub const fn side(self) -> f64 {
        match self {
            Self::AsIntended => 1.0,
            Self::Hostile => -1.0,
            Self::Distorted => 0.0,
        }
    }
}

/// One share, or the original.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// Who shared.
    pub account: AccountId,
    /// Node from which it was shared; the original is its own parent.
    pub parent: u32,
    /// When.
    pub time: SimTime,
    /// In which frame it was passed on.
    pub frame: Frame,
    /// Shares between it and the original.
    pub depth: u16,
    /// Variant of the text; 0 is the author's.
    pub variant: u32,
    /// Real shares for which it stands.
    pub weight: f32,
}

/// The tree of shares of a message. Node 0 is the original; parents come before their children.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cascade {
    nodes: Vec<Node>,
    shares: f64,
    n_variants: u32,
}

/// How the shares of a message are divided among the variants of its text, measured on the simulated accounts.
#[derive(Debug, Clone, PartialEq)]
pub struct Variants {
    /// Nodes of each variant, the original among those of variant 0.
    pub sizes: Vec<u32>,
    /// Largest part of all real shares that one variant has; `None` without shares.
    pub largest: Option<f64>,
}

/// Shape of a cascade tree, measured on the simulated accounts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Largest number of steps from the original.
    pub depth: u16,
    /// Largest number of nodes at one depth.
    pub breadth: u32,
    /// Mean distance of two different nodes (Goel et al. 2016); `None` for the original alone.
    pub structural_virality: Option<f64>,
}

impl Cascade {
    /// Starts the tree with the original.
    pub fn start(&mut self, author: AccountId, time: SimTime) {
        self.nodes.clear();
        self.shares = 0.0;
        self.n_variants = 1;
        self.nodes.push(Node {
            account: author,
            parent: 0,
            time,
            frame: Frame::AsIntended,
            depth: 0,
            variant: 0,
            weight: 0.0,
        });
    }

    /// Adds a share from node `parent`, with the text of `parent`; returns its position.
    pub fn add(&mut self, account: AccountId, parent: u32, time: SimTime, frame: Frame, weight: f64) -> u32 {
        let Node { depth, variant, .. } = self.nodes[parent as usize];
        let depth = depth.saturating_add(1);
        self.nodes.push(Node { account, parent, time, frame, depth, variant, weight: weight as f32 });
        self.shares += weight;
        (self.nodes.len() - 1) as u32
    }

    /// Gives `node`, from which nobody has shared yet, a text of its own.
    pub fn mutate(&mut self, node: u32) {
        self.nodes[node as usize].variant = self.n_variants;
        self.n_variants += 1;
    }

    /// Sizes of the variants of the text, and the share of the largest.
    pub fn variants(&self) -> Variants {
        let mut sizes = vec![0_u32; self.n_variants as usize];
        let mut weights = vec![0.0_f64; self.n_variants as usize];
        for node in &self.nodes {
            sizes[node.variant as usize] += 1;
            weights[node.variant as usize] += f64::from(node.weight);
        }
        // Weights are kept in single precision: their own sum makes the parts add up to 1.
        let total: f64 = weights.iter().sum();
        let largest = weights.iter().copied().fold(0.0, f64::max);
        Variants { sizes, largest: (total > 0.0).then(|| largest / total) }
    }

    /// Share of all real shares that were made in another frame than the author's; `None` without shares.
    pub fn reframed_share(&self) -> Option<f64> {
        let weight = |reframed: bool| -> f64 {
            let nodes = self.nodes.iter().filter(|node| (node.frame != Frame::AsIntended) == reframed);
            nodes.map(|node| f64::from(node.weight)).sum()
        };
        let (reframed, plain) = (weight(true), weight(false));
        (reframed + plain > 0.0).then(|| reframed / (reframed + plain))
    }

    /// All nodes, the original first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Real shares, the original not counted.
    pub fn shares(&self) -> f64 {
        self.shares
    }

    /// Depth, breadth and structural virality, in time linear in the number of nodes.
    pub fn shape(&self) -> Shape {
        let n = self.nodes.len();
        let depth = self.nodes.iter().map(|node| node.depth).max().unwrap_or(0);
        let mut at_depth = vec![0_u32; usize::from(depth) + 1];
        for node in &self.nodes {
            at_depth[usize::from(node.depth)] += 1;
        }
        Shape {
            depth,
            breadth: at_depth.into_iter().max().unwrap_or(0),
            structural_virality: (n > 1).then(|| self.mean_distance()),
        }
    }

    /// Sum over edges of s(n − s), where the edge cuts off s nodes, counts every pair once for each edge on its path.
    fn mean_distance(&self) -> f64 {
        let n = self.nodes.len();
        let mut below = vec![1_u64; n];
        let mut pair_distances = 0.0;
        for idx in (1..n).rev() {
            let cut_off = below[idx];
            below[self.nodes[idx].parent as usize] += cut_off;
            pair_distances += cut_off as f64 * (n as u64 - cut_off) as f64;
        }
        2.0 * pair_distances / (n as f64 * (n - 1) as f64)
    }

    /// Time from the original until `share` (0 to 1) of all shares were made; `None` without shares.
    pub fn time_to_share(&self, share: f64) -> Option<TimeSpan> {
        let goal = self.shares * share;
        let mut made = 0.0;
        self.nodes.iter().skip(1).find_map(|node| {
            made += f64::from(node.weight);
            (made >= goal).then(|| node.time.since(self.nodes[0].time))
        })
    }

    /// Share of all shares that were made until `time`; `None` without shares.
    pub fn share_made_until(&self, time: SimTime) -> Option<f64> {
        let made: f64 =
            self.nodes.iter().filter(|node| node.time <= time).map(|node| f64::from(node.weight)).sum();
        (self.shares > 0.0).then(|| made / self.shares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(parents: &[u32]) -> Cascade {
        let mut cascade = Cascade::default();
        cascade.start(AccountId(0), SimTime::START);
        for (idx, &parent) in parents.iter().enumerate() {
            let time = SimTime::from_ms(idx as i64 + 1);
            cascade.add(AccountId(idx as u32 + 1), parent, time, Frame::AsIntended, 1.0);
        }
        cascade
    }

    /// Exact: a star of n nodes has mean distance 2(n − 1)/n, a path (n + 1)/3.
    #[test]
    fn structural_virality_of_star_and_path_is_exact() {
        for n in 2..50_u32 {
            let star = tree(&vec![0; n as usize - 1]).shape();
            let path = tree(&(0..n - 1).collect::<Vec<_>>()).shape();
            let n = f64::from(n);
            assert!((star.structural_virality.unwrap() - 2.0 * (n - 1.0) / n).abs() < 1e-12);
            assert!((path.structural_virality.unwrap() - (n + 1.0) / 3.0).abs() < 1e-12);
            assert_eq!((f64::from(star.breadth), f64::from(path.depth)), ((n - 1.0).max(1.0), n - 1.0));
        }
    }

    #[test]
    fn structural_virality_is_the_mean_over_all_pairs() {
        let parents = [0, 0, 1, 1, 2, 5, 5, 0, 8, 9];
        let cascade = tree(&parents);
        let path_up = |mut node: u32| {
            let mut path = vec![node];
            while node != 0 {
                node = cascade.nodes()[node as usize].parent;
                path.push(node);
            }
            path
        };
        let n = parents.len() as u32 + 1;
        let mut sum = 0;
        for left in 0..n {
            for right in (0..n).filter(|&right| right != left) {
                let (up, down) = (path_up(left), path_up(right));
                let common = up.iter().filter(|node| down.contains(node)).count();
                sum += up.len() + down.len() - 2 * common;
            }
        }
        let mean = sum as f64 / f64::from(n * (n - 1));
        assert!((cascade.shape().structural_virality.unwrap() - mean).abs() < 1e-12);
    }

    /// The original and 1, 2 keep the author's text; 3 and what is shared from it (4) have another, 5 a third.
    #[test]
    fn a_share_has_the_text_of_its_parent_unless_it_mutates() {
        let mut cascade = tree(&[0, 1]);
        let share = |cascade: &mut Cascade, parent, frame| {
            cascade.add(AccountId(9), parent, SimTime::from_ms(9), frame, 2.0)
        };
        let third = share(&mut cascade, 1, Frame::Distorted);
        cascade.mutate(third);
        share(&mut cascade, third, Frame::AsIntended);
        let fifth = share(&mut cascade, third, Frame::Hostile);
        cascade.mutate(fifth);
        assert_eq!(cascade.variants(), Variants { sizes: vec![3, 2, 1], largest: Some(0.5) });
        assert_eq!(cascade.reframed_share(), Some(0.5));
        assert_eq!(tree(&[]).variants(), Variants { sizes: vec![1], largest: None });
        assert_eq!(tree(&[]).reframed_share(), None);
    }

    #[test]
    fn an_original_alone_has_no_virality_and_no_half_time() {
        let cascade = tree(&[]);
        assert_eq!(cascade.shape(), Shape { depth: 0, breadth: 1, structural_virality: None });
        assert_eq!(cascade.time_to_share(0.5), None);
        assert_eq!(tree(&[0, 0, 1, 2]).time_to_share(0.5), Some(TimeSpan::from_ms(2)));
        assert_eq!(tree(&[0, 0, 1, 2]).share_made_until(SimTime::from_ms(1)), Some(0.25));
    }
}
