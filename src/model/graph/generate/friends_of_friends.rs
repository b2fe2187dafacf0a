//! Growth by following friends of friends: newcomers follow somebody, and then some of those whom that account follows.
//!
//! In the manner of the network of SimSoM (Truong, Lou, Flammini & Menczer 2024, "Quantifying the vulnerabilities of the
//! online public square to adversarial manipulation tactics", PNAS Nexus 3) and of the growing networks with redirection
//! of Krapivsky & Redner (2001): it closes triangles, so clustering does not vanish in large graphs.
//!
//! A newcomer follows a random account first. Each of its further k − 1 follows is, with probability p, one of those whom the
//! first account follows, and otherwise a random account. Neglecting repeated choices, an account with audience a gains
//! followers at the rate ((k−1) p a/k + 1 + (k−1)(1−p)) / n, so audiences have the exponent 1 + k / ((k − 1) p).

use crate::engine::streams::{Purpose, RunKey, Subject, below};
use crate::model::graph::Graph;
use crate::model::graph::buckets::ByFollower;
use rand::{Rng, RngExt};
use std::hint;

const GROWTH: Purpose = Purpose::new("graph friends-of-friends growth");

/// Tries to find a friend of a friend who is not yet followed, before a random account is.
const TRIES: u32 = 16;

/// Parameters of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FriendsOfFriends {
    /// Number of nodes.
    pub n_nodes: u32,
    /// Accounts k that each follows (SimSoM: 3).
    pub following: u32,
    /// Probability p that a further follow is that of a friend's friend (SimSoM: 0.5).
    pub friend_of_friend: f64,
}

impl FriendsOfFriends {
    /// Exponent of the density of audiences in a large graph.
    pub fn audience_exponent(&self) -> f64 {
        let k = f64::from(self.following);
        1.0 + k / ((k - 1.0) * self.friend_of_friend)
    }

    /// Draws a graph. The first k + 1 accounts all follow one another.
    pub fn generate(&self, key: RunKey) -> Graph {
        let n_first = self.following.saturating_add(1).min(self.n_nodes);
        let k = n_first.saturating_sub(1);
        if k == 0 {
            return Graph::from_edges(self.n_nodes, &[]);
        }
        // Those whom account v follows begin at k · v.
        let mut followed: Vec<u32> = Vec::with_capacity(self.n_nodes as usize * k as usize);
        for follower in 0..n_first {
            followed.extend((0..n_first).filter(|&other| other != follower));
        }
        let mut stream = key.fast_stream(GROWTH, Subject::default());
        for newcomer in n_first..self.n_nodes {
            let begin = followed.len();
            let friend = below(stream.next_u64(), newcomer);
            followed.push(friend);
            while followed.len() < begin + k as usize {
                let by_friend = stream.random::<f64>() < self.friend_of_friend;
                let mut tries = if by_friend { TRIES } else { 0 };
                loop {
                    // Both are looked up, so that which of them it is need not be foreseen.
                    let bits = stream.next_u64();
                    let of_friend = followed[friend as usize * k as usize + below(bits, k) as usize];
                    let chosen = hint::select_unpredictable(tries > 0, of_friend, below(bits, newcomer));
                    tries = tries.saturating_sub(1);
                    if !followed[begin..].contains(&chosen) {
                        followed.push(chosen);
                        break;
                    }
                }
            }
        }
        let mut graph = ByFollower::new(self.n_nodes, followed.len());
        for (follower, followed) in (0..).zip(followed.chunks_exact(k as usize)) {
            followed.iter().for_each(|&followed| graph.add(followed, follower));
        }
        graph.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: FriendsOfFriends = FriendsOfFriends { n_nodes: 30_000, following: 8, friend_of_friend: 0.8 };

    #[test]
    fn everybody_follows_as_many_as_asked() {
        let graph = MODEL.generate(RunKey::new(0, 0));
        assert_eq!(graph.n_edges(), 240_000);
        let turned = graph.reversed();
        assert!((0..30_000).all(|node| turned.followers(node).len() == 8));
    }

    /// Without friends of friends a newcomer is followed by each later account j with probability k/j alike, so its expected
    /// audience is k ln(n/i). Summed over the second half: k n (1 − ln 2)/2, with at most Poisson noise: 3.9 standard
    /// deviations at α = 1e-4.
    #[test]
    fn without_friends_of_friends_audiences_grow_with_age_only() {
        let model = FriendsOfFriends { friend_of_friend: 0.0, ..MODEL };
        let graph = model.generate(RunKey::new(0, 0));
        let found: usize = (15_000..30_000).map(|node| graph.followers(node).len()).sum();
        let expected = 8.0 * 30_000.0 * (1.0 - 2_f64.ln()) / 2.0;
        assert!(
            (found as f64 - expected).abs() < 3.9 * expected.sqrt() + 8.0,
            "{found}, expected {expected}"
        );
    }

    /// The mean audience of the accounts that came i-th grows as (n/i)^s with s = (k−1)p/k = 0.7 in place of a logarithm. From
    /// the rate above, a(i) = (A/s) ((n/i)^s − 1) with A = 1 + (k−1)(1−p) = 2.4; averaged over the accounts 3,000 to 6,000 and
    /// compared with 5 % for repeated choices and noise (3,000 accounts of audience about 7).
    #[test]
    fn with_friends_of_friends_the_old_grow_richer_at_the_rate_of_the_theory() {
        let graph = MODEL.generate(RunKey::new(0, 0));
        let found: usize = (3000..6000).map(|node| graph.followers(node).len()).sum();
        let (a, s) = (2.4, 0.7);
        let expected: f64 = (3000..6000).map(|i| a / s * ((30_000.0 / f64::from(i)).powf(s) - 1.0)).sum();
        assert!((found as f64 / expected - 1.0).abs() < 0.05, "{found}, expected {expected}");
    }

    #[test]
    fn small_sizes_are_cut_down() {
        for (n_nodes, following, n_edges) in [(0, 3, 0), (1, 3, 0), (3, 9, 6), (10, 0, 0), (5, u32::MAX, 20)]
        {
            let graph = FriendsOfFriends { n_nodes, following, ..MODEL }.generate(RunKey::new(0, 0));
            assert_eq!((graph.n_nodes(), graph.n_edges()), (n_nodes, n_edges), "{n_nodes} {following}");
        }
    }
}
