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
}

impl Frame {
    /// Number of frames.
    pub const COUNT: usize = 2;
    /// All frames, in the order of their indices.
    pub const ALL: [Self; Self::COUNT] = [Self::AsIntended, Self::Hostile];

    /// Position in tables.
    pub const fn idx(self) -> usize {
        self as usize
    }

    /// On whose side the message is in this frame: that of its author (1) or against it (−1).
    pub const fn side(self) -> f64 {
        match self {
            Self::AsIntended => 1.0,
            Self::Hostile => -1.0,
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
    /// Real shares for which it stands.
    pub weight: f32,
}

/// The tree of shares of a message. Node 0 is the original; parents come before their children.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cascade {
    nodes: Vec<Node>,
    shares: f64,
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
        self.nodes.push(Node {
            account: author,
            parent: 0,
            time,
            frame: Frame::AsIntended,
            depth: 0,
            weight: 0.0,
        });
    }

    /// Adds a share from node `parent`; returns its position.
    pub fn add(&mut self, account: AccountId, parent: u32, time: SimTime, frame: Frame, weight: f64) -> u32 {
        let depth = self.nodes[parent as usize].depth.saturating_add(1);
        self.nodes.push(Node { account, parent, time, frame, depth, weight: weight as f32 });
        self.shares += weight;
        (self.nodes.len() - 1) as u32
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

    #[test]
    fn an_original_alone_has_no_virality_and_no_half_time() {
        let cascade = tree(&[]);
        assert_eq!(cascade.shape(), Shape { depth: 0, breadth: 1, structural_virality: None });
        assert_eq!(cascade.time_to_share(0.5), None);
        assert_eq!(tree(&[0, 0, 1, 2]).time_to_share(0.5), Some(TimeSpan::from_ms(2)));
        assert_eq!(tree(&[0, 0, 1, 2]).share_made_until(SimTime::from_ms(1)), Some(0.25));
    }
}
