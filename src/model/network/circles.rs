//! Circles: a share of follows stays among a few dozen accounts of one country who are alike.
//!
//! A block model closes hardly any triangles in a large network: those who follow the same account follow one another no more often
//! than others do. In real follower graphs a third of the pairs of neighbours of an account with 32 to 63 of them are neighbours too.
//! Circles bring that about as overlapping affiliations do (Breiger 1974, Newman & Park 2003), with one circle an account.
//!
//! All publics of a community (a country) are cut into equally many circles by the position of an account in its public. Positions
//! go by stance, so a circle holds people of all roles who think alike. Of what an account follows in its community the share `share`
//! is chosen within its circle, in proportion to audience weight (activity weight where the relation is mutual) and no
//! pair twice; what finds no room there is chosen in the whole public. Numbers between publics stay what they are without circles.
//!
//! In a circle of s accounts nobody gains more than s followers. So that audiences keep their distribution, whoever follows outside the
//! circle chooses in proportion to what is missing: D(x) − C(x), with D the audience that the weight of x asks for and
//! C(x) = Σ s (1 − exp(−e w(x)/(s W))) what its circle gives it, e follows of s members going to accounts of the total weight W.

use super::ends::Ends;
use crate::engine::streams::{Ahead, Purpose, RunKey, Subject};

const CIRCLES: Purpose = Purpose::new("network circles");

/// Draws, for each account wanted, after which a circle counts as exhausted.
const TRIES: u32 = 4;
/// Least share of the audience asked for that is left to be gained outside the circle.
const LEAST_OUTSIDE: f64 = 0.02;

/// How many follows stay in a circle, and how large circles are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circles {
    /// Share of the follows within a community that stay within the circle, 0 to 1.
    pub share: f64,
    /// Mean number of simulated accounts of a circle.
    pub size: f64,
}

impl Circles {
    /// No circles: who follows whom depends on weights and publics alone.
    pub const NONE: Self = Self { share: 0.0, size: 1.0 };

    /// Circles of a community of `n_accounts`.
    pub(super) fn number(self, n_accounts: u64) -> u32 {
        libm::round(n_accounts as f64 / self.size.max(1.0)).clamp(1.0, f64::from(u32::MAX)) as u32
    }
}

/// Accounts of a public that belong to one circle, as positions in the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Members {
    pub(super) begin: u32,
    pub(super) end: u32,
}

impl Members {
    /// Those of circle `circle` of `n_circles` in a public of `n_accounts`.
    pub(super) fn of(circle: u32, n_circles: u32, n_accounts: u32) -> Self {
        let until = |circle: u64| {
            (circle * u64::from(n_accounts)).div_ceil(u64::from(n_circles)).min(u64::from(n_accounts)) as u32
        };
        Self { begin: until(u64::from(circle)), end: until(u64::from(circle) + 1) }
    }

    fn len(self) -> u32 {
        self.end - self.begin
    }
}

/// Expected relations of two publics, by kind: `there` are follows of accounts of the first by accounts of the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wanted {
    pub(super) mutual: f64,
    pub(super) there: f64,
    pub(super) back: f64,
}

impl Wanted {
    pub(super) fn times(self, factor: f64) -> Self {
        Self { mutual: self.mutual * factor, there: self.there * factor, back: self.back * factor }
    }
}

/// Draws the relations `wanted` of two publics (or of one, given twice) within circles; calls `add` with each account followed and its
/// follower.
pub(super) fn connect(
    (first, second): (&Ends, &Ends),
    n_circles: u32,
    wanted: Wanted,
    subject: Subject,
    key: RunKey,
    mut add: impl FnMut((u32, u32)),
) {
    let rate = |expected: f64, followers: &Ends| {
        expected.max(0.0) / followers.total_activity().max(f64::MIN_POSITIVE)
    };
    let (mutual, there) = (rate(wanted.mutual, second), rate(wanted.there, second));
    let back = rate(wanted.back, first);
    let mut linked = Linked::default();
    for circle in 0..n_circles {
        let members = [first, second].map(|ends| Members::of(circle, n_circles, ends.n_accounts()));
        if members.iter().all(|members| members.len() == 0) {
            continue;
        }
        let mut words = key.stream(CIRCLES, subject.part(circle)).ahead();
        linked.reset(first.begin() + members[0].begin, second.begin() + members[1].begin, members[1].len());
        linked.grow(members[0].len());
        follow(
            (first, members[0]),
            (second, members[1]),
            (mutual, Kind::Mutual),
            &mut linked,
            &mut words,
            &mut add,
        );
        follow(
            (first, members[0]),
            (second, members[1]),
            (there, Kind::OneWay),
            &mut linked,
            &mut words,
            &mut add,
        );
        if back > 0.0 {
            linked.turn();
            follow(
                (second, members[1]),
                (first, members[0]),
                (back, Kind::OneWay),
                &mut linked,
                &mut words,
                &mut add,
            );
        }
    }
}

/// Whether a relation goes both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    OneWay,
    Mutual,
}

/// Pairs of a circle that are linked.
#[derive(Debug, Default)]
struct Linked {
    rows: Vec<bool>,
    /// First account of each side.
    begins: [u32; 2],
    width: u32,
    is_turned: bool,
}

impl Linked {
    fn reset(&mut self, first: u32, second: u32, width: u32) {
        self.rows.clear();
        self.begins = [first, second];
        self.width = width;
        self.is_turned = false;
    }

    fn grow(&mut self, height: u32) {
        self.rows.resize(height as usize * self.width as usize, false);
    }

    /// From now on accounts of the second side are followed.
    fn turn(&mut self) {
        self.is_turned = true;
    }

    fn cell(&self, followed: u32, follower: u32) -> usize {
        let (row, column) = if self.is_turned { (follower, followed) } else { (followed, follower) };
        (row - self.begins[0]) as usize * self.width as usize + (column - self.begins[1]) as usize
    }

    /// Links a pair unless it is linked, or one account with itself; says whether it did.
    fn link(&mut self, followed: u32, follower: u32) -> bool {
        if followed == follower {
            return false;
        }
        let cell = self.cell(followed, follower);
        // Within one public a pair has two cells.
        let other = (self.begins[0] == self.begins[1]).then(|| self.cell(follower, followed));
        if self.rows[cell] || other.is_some_and(|other| self.rows[other]) {
            return false;
        }
        self.rows[cell] = true;
        true
    }
}

/// Lets each follower of a circle follow as many as its activity asks for.
fn follow(
    (followed, among): (&Ends, Members),
    (followers, members): (&Ends, Members),
    (rate, kind): (f64, Kind),
    linked: &mut Linked,
    words: &mut Ahead,
    add: &mut impl FnMut((u32, u32)),
) {
    if rate <= 0.0 {
        return;
    }
    let mut link = |account: u32, follower: u32| {
        add((account, follower));
        if kind == Kind::Mutual {
            add((follower, account));
        }
    };
    for position in members.begin..members.end {
        let follower = followers.begin() + position;
        let mut n = libm::floor(followers.activity_of(position) * rate + words.uniform()) as u32;
        let mut tries = if among.len() == 0 { 0 } else { TRIES * n.min(among.len()) };
        while n > 0 && tries > 0 {
            tries -= 1;
            let account = match kind {
                Kind::OneWay => followed.followed_among(among, words),
                Kind::Mutual => followed.active_among(among, words),
            };
            if linked.link(account, follower) {
                link(account, follower);
                n -= 1;
            }
        }
        let anywhere = match kind {
            Kind::OneWay => followed.followed_outside(),
            Kind::Mutual => followed.followers(),
        };
        if let Some(anywhere) = anywhere {
            (0..n).for_each(|_| link(anywhere.sample(words), follower));
        }
    }
}

/// Weights by which accounts of `ends` are followed from outside their circles.
///
/// `follows` holds, for each public of the community, its accounts and the follows of `ends` by them that are not mutual; the share
/// `share` of these is made within circles.
pub(super) fn outside_weights(ends: &Ends, n_circles: u32, share: f64, follows: &[(u32, f64)]) -> Vec<f64> {
    let all: f64 = follows.iter().map(|(_, n)| n).sum();
    let per_weight = all / ends.total_audience();
    let mut weights = Vec::with_capacity(ends.n_accounts() as usize);
    for circle in 0..n_circles {
        let members = Members::of(circle, n_circles, ends.n_accounts());
        let total = ends.audience_among(members);
        for position in members.begin..members.end {
            let weight = ends.audience_of(position);
            let asked = weight * per_weight;
            let in_circle: f64 = follows
                .iter()
                .map(|&(n_accounts, n_follows)| {
                    let size = f64::from(n_accounts.max(1)) / f64::from(n_circles);
                    let per_member = share * n_follows / f64::from(n_circles) / size;
                    -size * libm::expm1(-per_member * weight / total)
                })
                .sum();
            weights.push((asked - in_circle).max(LEAST_OUTSIDE * asked));
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::graph::Graph;
    use crate::model::network::block_model::{Plan, PublicPlan, Tails, graph};
    use proptest::prelude::*;

    proptest! {
        /// The members of all circles are the accounts of the public, in order.
        #[test]
        fn circles_divide_a_public(n_accounts in 0_u32..3000, n_circles in 1_u32..200) {
            let mut next = 0;
            for circle in 0..n_circles {
                let members = Members::of(circle, n_circles, n_accounts);
                prop_assert_eq!(members.begin, next);
                prop_assert!(members.len() <= n_accounts / n_circles + 1);
                next = members.end;
            }
            prop_assert_eq!(next, n_accounts);
        }
    }

    fn plan(share: f64, communities: [u32; 2]) -> Plan {
        Plan {
            publics: [(8000, communities[0]), (2000, communities[1])]
                .map(|(n_accounts, community)| PublicPlan { n_accounts, weight: 1.0, community })
                .to_vec(),
            mean_followed: vec![25.0, 15.0, 5.0, 40.0],
            named: Vec::new(),
            mutual: Vec::new(),
            tails: Tails {
                audience_exponent: 1.8,
                following_exponent: 2.55,
                correlation: 0.45,
                cutoff: 300.0,
            },
            reciprocity: 0.35,
            circles: Circles { share, size: 70.0 },
        }
    }

    /// Relations from accounts of each public to followers in each, and how many of all are mutual.
    fn relations(graph: &Graph) -> ([usize; 4], f64) {
        let public = |account: u32| usize::from(account >= 8000);
        let (mut found, mut mutual) = ([0; 4], 0);
        for account in 0..graph.n_nodes() {
            for &follower in graph.followers(account) {
                found[2 * public(account) + public(follower)] += 1;
                mutual += u32::from(graph.followers(follower).binary_search(&account).is_ok());
            }
        }
        (found, f64::from(mutual) / graph.n_edges() as f64)
    }

    /// Circles draw no pair twice, so with them at most as many relations are lost as without, which the density of the small public
    /// makes up to a fifth of its own.
    #[test]
    fn numbers_between_publics_and_mutual_shares_are_those_without_circles() {
        let key = RunKey::new(0, 0);
        let (without, _) = relations(&graph(&plan(0.0, [0, 0]), key));
        for communities in [[0, 0], [0, 1]] {
            let (with, mutual) = relations(&graph(&plan(0.7, communities), key));
            for (with, without) in with.iter().zip(without) {
                let ratio = *with as f64 / without as f64;
                assert!((0.97..1.25).contains(&ratio), "{ratio} in {communities:?}");
            }
            assert!((0.33..0.45).contains(&mutual), "{mutual} in {communities:?}");
        }
    }

    /// Two of who follow the same account know each other more than three times as often with circles, and audiences keep their shape: the
    /// largest hundredth of accounts has as many followers, give or take a third.
    #[test]
    fn circles_close_triangles_and_leave_audiences_as_they_are() {
        let [without, with] = [0.0, 0.7].map(|share| graph(&plan(share, [0, 0]), RunKey::new(0, 0)));
        let closed = |graph: &Graph| {
            let (mut closed, mut pairs) = (0_u32, 0_u32);
            for account in 0..4000 {
                for pair in graph.followers(account).chunks_exact(2).take(10) {
                    pairs += 1;
                    closed += u32::from(
                        graph.followers(pair[0]).binary_search(&pair[1]).is_ok()
                            || graph.followers(pair[1]).binary_search(&pair[0]).is_ok(),
                    );
                }
            }
            f64::from(closed) / f64::from(pairs)
        };
        assert!(closed(&with) > 3.0 * closed(&without), "{} {}", closed(&with), closed(&without));
        let largest = |graph: &Graph| {
            let mut audiences: Vec<usize> = (0..8000).map(|account| graph.followers(account).len()).collect();
            audiences.sort_unstable();
            audiences[7920..].iter().sum::<usize>() as f64
        };
        let ratio = largest(&with) / largest(&without);
        assert!((0.67..1.33).contains(&ratio), "{ratio}");
    }

    #[test]
    fn a_pair_is_linked_once_in_either_direction() {
        let mut linked = Linked::default();
        linked.reset(10, 10, 3);
        linked.grow(3);
        assert!(linked.link(10, 12) && !linked.link(12, 10) && !linked.link(11, 11) && linked.link(11, 10));
        linked.reset(10, 20, 3);
        linked.grow(2);
        assert!(linked.link(11, 22) && !linked.link(11, 22));
        linked.turn();
        assert!(!linked.link(22, 11) && linked.link(20, 11));
    }
}
