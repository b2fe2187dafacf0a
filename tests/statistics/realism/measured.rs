//! Numbers of real networks and cascades, derived from published data; none of the data is part of this project.
//!
//! - Follower graphs: two directed graphs of the followers of companies' recruiting accounts (Sanzeed, balanced influence
//!   maximization, MIT licence), measured by `twiplomacy network --edges`.
//! - Messages on a topic: 3,333 cascades of #auspol with the followers of all who took part (package `evently`, CC BY-NC 4.0), not
//!   selected by size, though everybody in it could be found by the hashtag.
//! - Popular cascades: 1,490 retweet trees of Twitter15 (Liu et al. 2015, Ma et al. 2017), selected on popularity; who reshared from
//!   whom is inferred.
//! - A leader with about 60 million followers: reposts of 266 messages that were deleted and posted again within four hours, over those
//!   of the second copy. Counts are those of the last look before the deletion, hence lower bounds.

/// A real follower graph.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FollowerGraph {
    pub(crate) name: &'static str,
    pub(crate) n_nodes: u32,
    pub(crate) n_edges: u32,
    pub(crate) audience_exponent: f64,
    pub(crate) following_exponent: f64,
    pub(crate) correlation: f64,
    /// Share of edges, and of pairs, that are mutual.
    pub(crate) reciprocity: [f64; 2],
    /// Mean local clustering of accounts with 16 to 31, 32 to 63, 64 to 127 and 128 to 255 neighbours.
    pub(crate) clustering: [f64; 4],
}

pub(crate) const FOLLOWER_GRAPHS: [FollowerGraph; 2] = [
    FollowerGraph {
        name: "careers, 13,688 accounts",
        n_nodes: 13_688,
        n_edges: 68_328,
        audience_exponent: 1.81,
        following_exponent: 2.55,
        correlation: 0.396,
        reciprocity: [0.3147, 0.1867],
        clustering: [0.419, 0.360, 0.250, 0.102],
    },
    FollowerGraph {
        name: "careers, 3,726 accounts",
        n_nodes: 3_726,
        n_edges: 23_939,
        audience_exponent: 1.96,
        following_exponent: 2.60,
        correlation: 0.453,
        reciprocity: [0.3769, 0.2322],
        clustering: [0.456, 0.343, 0.205, 0.138],
    },
];

/// Least neighbours of the classes of clustering.
pub(crate) const NEIGHBOURS: [usize; 5] = [16, 32, 64, 128, 256];

/// Share of the 3,333 cascades on a topic with this size or more, the original counted.
pub(crate) const SIZES: [(usize, f64); 8] =
    [(1, 1.0), (2, 0.507), (3, 0.260), (5, 0.122), (10, 0.0477), (20, 0.0201), (30, 0.0099), (50, 0.0039)];
/// Their mean size, and the largest.
pub(crate) const MEAN_SIZE: f64 = 3.15;
pub(crate) const LARGEST: usize = 309;

/// Minutes at which delays within seven days are compared, and shares of popular cascades and of those on a topic until then.
pub(crate) const DELAYS: [(f64, f64, f64); 12] = [
    (2.0, 0.059, 0.052),
    (5.0, 0.137, 0.108),
    (10.0, 0.217, 0.162),
    (20.0, 0.312, 0.228),
    (30.0, 0.374, 0.272),
    (60.0, 0.488, 0.357),
    (120.0, 0.605, 0.472),
    (240.0, 0.719, 0.627),
    (480.0, 0.811, 0.806),
    (1440.0, 0.926, 0.956),
    (2880.0, 0.964, 0.985),
    (5760.0, 0.987, 0.995),
];
/// Median delay of popular cascades in minutes.
pub(crate) const POPULAR_MEDIAN: f64 = 64.5;

/// Minutes until deletion of the leader's messages and the median share of the reposts of the second copy that the first had.
pub(crate) const LEADER: [(f64, f64); 11] = [
    (3.0, 0.035),
    (5.0, 0.049),
    (7.0, 0.068),
    (10.0, 0.098),
    (13.0, 0.113),
    (17.0, 0.133),
    (23.0, 0.162),
    (33.0, 0.206),
    (47.0, 0.262),
    (63.0, 0.297),
    (95.0, 0.361),
];
/// Half-life of the Weibull curve through these points, 1 − exp(−(t/260 min)^0.72), in minutes.
pub(crate) const LEADER_HALF_LIFE: f64 = 156.0;

/// Popular trees of a size class: least size, number of trees, mean structural virality, mean depth, mean share of direct reshares.
pub(crate) const TREES: [(usize, u32, f64, f64, f64); 5] = [
    (100, 561, 2.45, 3.18, 0.790),
    (200, 435, 2.50, 3.57, 0.778),
    (400, 305, 2.46, 3.86, 0.800),
    (800, 112, 2.82, 5.23, 0.712),
    (1600, 44, 2.90, 5.86, 0.704),
];
/// Means over all 1,490.
pub(crate) const TREE_VIRALITY: f64 = 2.51;
pub(crate) const TREE_DEPTH: f64 = 3.66;
pub(crate) const TREE_DIRECT: f64 = 0.780;
