//! What can be said of a follower network whose links are computed and not stored: by looking at a sample of its lists.
//!
//! A list tells who follows an account, and membership is asked link by link; whom an account follows is known only on average. So there
//! are no components, paths or PageRank here, and the triangles are those of followers among one another.

use super::measure::degrees::{Degrees, correlation};
use super::measure::{Estimate, LEVEL};
use crate::engine::streams::{Purpose, RunKey, Stream, Subject};
use crate::model::ids::AccountId;
use crate::model::network::{ListMemory, Network, PublicSlice};
use crate::stats::interval::{of_mean, wilson};
use crate::stats::summary::Moments;
use std::cmp::Reverse;

const SAMPLE: Purpose = Purpose::new("survey sample");

/// Anonymous accounts that are looked at.
const ACCOUNTS: u32 = 20_000;
/// Links and pairs that are looked at.
const PAIRS: u32 = 20_000;

/// Measures of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// Accounts, named ones included.
    pub n_accounts: u32,
    /// Named accounts with their followers, largest audience first.
    pub named: Vec<(AccountId, u32)>,
    /// Pairs of named accounts that follow each other.
    pub n_mutual: usize,
    /// Expected number of links.
    pub n_links: u64,
    /// Anonymous accounts looked at.
    pub n_sampled: u32,
    /// Their numbers of followers.
    pub audience: Degrees,
    /// Mean number of followers of an anonymous account.
    pub mean_audience: Estimate,
    /// The numbers of accounts that they are expected to follow, rounded; what each really follows is Poisson about that.
    pub following: Degrees,
    /// Mean number of accounts that an anonymous account follows.
    pub mean_following: Estimate,
    /// Correlation of audience and expected following.
    pub correlation: f64,
    /// Share of the links of anonymous accounts whose opposite exists too.
    pub reciprocity: Estimate,
    /// Share of pairs of followers of an anonymous account of which the first follows the second.
    pub closure: Estimate,
}

impl Survey {
    /// Looks at a sample of `network`, that of `key`; `None` if its links are stored and can be measured as a graph.
    pub fn of(network: &Network, key: RunKey) -> Option<Self> {
        let n_anonymous = network.publics().iter().map(PublicSlice::n_accounts).sum();
        let mut memory = ListMemory::default();
        let mut n_followers = |account: AccountId| network.list(account, &mut memory).len();
        let mut stream = key.stream(SAMPLE, Subject::new(0, 0));
        let sample: Vec<AccountId> =
            (0..ACCOUNTS.min(n_anonymous)).map(|_| AccountId(stream.below(n_anonymous))).collect();
        let following: Option<Vec<f64>> =
            sample.iter().map(|&account| network.expected_following(account)).collect();
        let following = following.filter(|_| network.graph().is_none())?;
        let audience: Vec<u32> = sample.iter().map(|&account| n_followers(account)).collect();
        let named = n_anonymous..network.n_accounts();
        let mut named: Vec<(AccountId, u32)> =
            named.map(AccountId).map(|account| (account, n_followers(account))).collect();
        named.sort_by_key(|&(account, audience)| (Reverse(audience), account));
        let rounded: Vec<u32> = following.iter().map(|following| following.round() as u32).collect();
        let mut links = Links::of(network, &sample, &audience);
        Some(Self {
            n_accounts: network.n_accounts(),
            named,
            n_mutual: network.mutual_follows().len() / 2,
            n_links: network.n_edges() as u64,
            n_sampled: sample.len() as u32,
            mean_audience: mean(audience.iter().map(|&followers| f64::from(followers))),
            mean_following: mean(following.into_iter()),
            correlation: correlation(&audience, &rounded),
            reciprocity: links.share(key.stream(SAMPLE, Subject::new(1, 0)), Links::is_mutual),
            closure: links.share(key.stream(SAMPLE, Subject::new(2, 0)), Links::is_closed),
            audience: Degrees::of(&audience),
            following: Degrees::of(&rounded),
        })
    }
}

/// The links to some accounts, to draw from.
#[derive(Debug)]
struct Links<'a> {
    network: &'a Network,
    accounts: &'a [AccountId],
    /// Links to each account and those before it.
    ends: Vec<u64>,
    memory: ListMemory,
}

impl<'a> Links<'a> {
    fn of(network: &'a Network, accounts: &'a [AccountId], audience: &[u32]) -> Self {
        let mut end = 0;
        let ends = audience.iter().map(|&followers| {
            end += u64::from(followers);
            end
        });
        Self { network, accounts, ends: ends.collect(), memory: ListMemory::default() }
    }

    /// Who is followed, and by whom, in one of the links.
    fn draw(&mut self, stream: &mut Stream) -> Option<(AccountId, AccountId)> {
        let n_links = *self.ends.last()?;
        let place = (stream.uniform() * n_links as f64) as u64;
        let idx = self.ends.partition_point(|&end| end <= place);
        let (&owner, begin) = (self.accounts.get(idx)?, if idx == 0 { 0 } else { self.ends[idx - 1] });
        Some((owner, self.network.list(owner, &mut self.memory).follower_at((place - begin) as u32)))
    }

    /// Whether the opposite of a link exists too.
    fn is_mutual(&mut self, stream: &mut Stream) -> Option<bool> {
        let (owner, follower) = self.draw(stream)?;
        Some(self.network.follows(owner, follower, &mut self.memory))
    }

    /// Whether one of two followers of the same account follows the other.
    fn is_closed(&mut self, stream: &mut Stream) -> Option<bool> {
        let (owner, first) = self.draw(stream)?;
        let mut list = self.network.list(owner, &mut self.memory);
        let place = stream.below(list.len());
        let second = list.follower_at(place);
        (first != second).then(|| self.network.follows(first, second, &mut self.memory))
    }

    /// How often `says` says yes among the times that it says anything.
    fn share(&mut self, mut stream: Stream, says: fn(&mut Self, &mut Stream) -> Option<bool>) -> Estimate {
        let said: Vec<bool> = (0..PAIRS).filter_map(|_| says(self, &mut stream)).collect();
        let (yes, n) = (said.iter().filter(|&&is| is).count() as u64, said.len() as u64);
        Estimate { value: yes as f64 / n as f64, interval: wilson(yes, n, LEVEL) }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Estimate {
    let moments = Moments::of(values);
    Estimate { value: moments.mean(), interval: of_mean(&moments, LEVEL) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::graph::generate::weights::Tails;
    use crate::model::network::block_model::{NamedPlan, Plan, PublicPlan, generate};
    use crate::model::network::circles::Circles;

    fn plan(n_accounts: u32) -> Plan {
        Plan {
            publics: vec![PublicPlan { n_accounts, weight: 1.0, community: 0 }],
            mean_followed: vec![20.0],
            named: vec![
                NamedPlan { key: 1, followers: vec![5.0] },
                NamedPlan { key: 2, followers: vec![50.0] },
            ],
            mutual: vec![[0, 1]],
            tails: Tails {
                audience_exponent: 2.2,
                following_exponent: 2.55,
                correlation: 0.6,
                cutoff: 100.0,
            },
            reciprocity: 0.35,
            circles: Circles::NONE,
        }
    }

    /// In a complete graph every link is mutual and every pair closed; in a vast one hardly any is, and means are those of the plan (which
    /// the intervals, of 95 %, may miss by half their width again: 3.9 against 1.96 standard errors is their double).
    #[test]
    fn samples_tell_the_dense_from_the_sparse() {
        let key = RunKey::new(0, 0);
        let dense =
            Survey::of(&Network::procedural(&Plan { mean_followed: vec![1e6], ..plan(60) }, key), key)
                .unwrap();
        assert_eq!(
            (dense.reciprocity.value, dense.closure.value, dense.mean_audience.value),
            (1.0, 1.0, 59.0)
        );
        let sparse = Survey::of(&Network::procedural(&plan(50_000_000), key), key).unwrap();
        assert!(sparse.reciprocity.value < 1e-3 && sparse.closure.value < 1e-3, "{sparse:?}");
        for mean in [sparse.mean_audience, sparse.mean_following] {
            assert!((mean.value - 20.0).abs() < 2.0 * mean.interval.half_width(), "{mean:?}");
        }
        assert_eq!(sparse.named, [(AccountId(50_000_001), 50), (AccountId(50_000_000), 5)]);
        assert_eq!(
            (sparse.n_accounts, sparse.n_links, sparse.n_mutual, sparse.n_sampled),
            (50_000_002, 1_000_000_057, 1, ACCOUNTS)
        );
        assert!(sparse.correlation > 0.3, "{}", sparse.correlation);
    }

    #[test]
    fn a_stored_network_is_for_others_to_measure_and_an_empty_one_has_no_numbers() {
        let key = RunKey::new(0, 0);
        assert_eq!(Survey::of(&generate(&plan(60), key), key), None);
        let empty = Survey::of(&Network::procedural(&plan(0), key), key).unwrap();
        assert!(empty.mean_audience.value.is_nan() && empty.reciprocity.value.is_nan());
    }
}
