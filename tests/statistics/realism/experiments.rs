//! What is simulated to be compared with real cascades, for the tests and for the page `docs/realism.md`.
//!
//! One country of 250,000 users, everybody simulated, in which messages on a topic are posted by accounts whose number of followers is
//! that of real ones. Its readers behave by the dispositions of the bundled world, which no experiment changes; accounts differ by
//! followers and engagement only. The leader is that of the bundled scenario of 2019.

use crate::stage::{Stage, posted};
use statrs::distribution::{ContinuousCDF, Normal};
use std::fmt::Write;
use twiplomacy::mechanisms::Dispositions;
use twiplomacy::model::cascade::Cascade;
use twiplomacy::scenario::{self, Request, Scenario, Source, bundled};
use twiplomacy::simulation::Simulation;
use twiplomacy::units::TimeSpan;

/// Leaves messages, framing, sharing and attention.
const DIFFUSION: &str = r#"dispositions.off = ["mutation", "press", "salience", "hearing", "perception", "tension", "response", "third_parties", "news_pricing", "trading", "volatility"]"#;

/// Users of the country.
const USERS: u32 = 250_000;
/// Seed of all experiments.
const SEED: u64 = 1;
/// Cascades are watched for so long, as the real ones were.
const WINDOW_MIN: f64 = 7.0 * 1440.0;

/// An account that posts one message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Author {
    pub(crate) followers: u32,
    pub(crate) engagement: f64,
    /// Moral-emotional words in its message.
    pub(crate) moral_words: u32,
}

/// A simulated cascade.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tree {
    pub(crate) author: Author,
    /// Nodes, the original among them.
    pub(crate) size: usize,
    pub(crate) depth: u16,
    pub(crate) structural_virality: f64,
    /// Shares directly of the original.
    pub(crate) direct: usize,
    /// Minutes from the original to each share, ascending.
    pub(crate) delays: Vec<f64>,
}

/// Followers at the 24 quantiles (i + 1/2)/24 of 3,333 authors of messages on a topic (#auspol, see `measured`).
const FOLLOWERS: [u32; 24] = [
    9, 45, 80, 122, 179, 248, 336, 436, 534, 671, 876, 1110, 1345, 1672, 2111, 2616, 3376, 4214, 5215, 6186,
    8502, 11377, 19491, 123_786,
];

/// Engagement of an account with `followers`, measured on the same sample by shares a follower: 0.0005 from a thousand to thirty
/// thousand followers, 0.7 times what the world's accounts of engagement 1 get. Small accounts are read by as many as followed them and
/// about a thousand more, who read the topic; of the followers of very large ones, few came for the topic.
pub(crate) fn engagement(followers: f64) -> f64 {
    0.7 * (1.0 + 1100.0 / followers) / (1.0 + (followers / 45_000.0).powf(1.6))
}

/// Standard deviation of the logarithm of engagement among accounts with like followers.
const SPREAD: f64 = 1.15;
/// Ordinary authors of each class of followers.
const PER_CLASS: u32 = 5;

/// Ordinary authors: for each of the quantiles five accounts, whose engagement is log-normal around that of their class. Its scores are
/// spread evenly over all accounts (multiples of the golden ratio), so that 120 of them have the mean and the spread of many.
pub(crate) fn ordinary() -> Vec<Author> {
    let normal = Normal::standard();
    let score = |idx: u32| normal.inverse_cdf((0.5 + f64::from(idx) * 0.618_033_988_75).fract());
    let factors: Vec<f64> =
        (0..PER_CLASS * FOLLOWERS.len() as u32).map(|idx| (SPREAD * score(idx)).exp()).collect();
    let mean = mean(factors.iter().copied());
    let author = |(idx, factor): (usize, &f64)| {
        let followers = FOLLOWERS[idx / PER_CLASS as usize];
        let engagement = engagement(f64::from(followers)) * factor / mean;
        Author { followers, engagement, moral_words: 0 }
    };
    factors.iter().enumerate().map(author).collect()
}

/// Popular authors, in pairs: the second's message has three moral-emotional words, so that it is shared 1.73 times as readily, as much
/// more as false ones are (1.7 times, Vosoughi et al. 2018).
pub(crate) fn popular() -> Vec<Author> {
    let accounts = [
        (5_000, 25.0),
        (5_000, 75.0),
        (10_000, 12.0),
        (10_000, 36.0),
        (20_000, 6.0),
        (20_000, 18.0),
        (50_000, 3.0),
        (50_000, 9.0),
    ];
    let pair =
        |(followers, engagement)| [0, 3].map(|moral_words| Author { followers, engagement, moral_words });
    accounts.into_iter().flat_map(pair).collect()
}

/// The scenario in which each of `authors` posts one message, between noon and midnight of two days, when people are active.
fn scenario_text(authors: &[Author]) -> String {
    let mut text = format!(
        r#"format = 1
[scenario]
id = "realism"
title = "Messages on a topic"
summary = "Messages whose cascades are compared with real ones."
tier = 3
start = 2019-03-04T00:00:00Z
horizon = "10 days"
[scenario.sources]
made = "made up"
[network]
accounts = {accounts}
publics = ["ZZ"]
[countries.ZZ]
name = "A country"
users = {USERS}
time_zone = "UTC"
languages = {{ en = 1.0 }}
national = ["en"]
source = "made"
[issues.topic]
title = "A topic"
positive = "US"
negative = "CN"
source = "made"
"#,
        accounts = USERS + 1000,
    );
    for (idx, author) in authors.iter().enumerate() {
        let slot = idx * 24 / authors.len();
        write!(
            text,
            r#"[accounts.author{idx}]
name = "Author {idx}"
voice = "private"
followers = {}
audience = {{ ZZ = 1.0 }}
engagement = {:.6}
source = "made"
[events.messages.m{idx}]
author = "author{idx}"
time = 2019-03-0{}T{:02}:{:02}:00Z
act = "111"
target = "US"
issue = "topic"
language = ["en"]
moral_words = {}
text = "A message."
source = "made"
"#,
            author.followers,
            author.engagement,
            4 + slot / 12,
            12 + slot % 12,
            idx * 7 % 60,
            author.moral_words,
        )
        .unwrap();
    }
    text
}

fn load(source: Source, set: &[&str]) -> Scenario {
    let set = set.iter().map(|&change| change.to_owned()).collect();
    scenario::load(&Request { set, ..Request::new(source) }).unwrap_or_else(|failure| panic!("{failure}"))
}

/// The cascades of `authors` in `runs` runs, those of one run after the other.
pub(crate) fn cascades(authors: &[Author], runs: u64, set: &[&str]) -> Vec<Tree> {
    let scenario = load(Source::new("realism", scenario_text(authors)), &[&[DIFFUSION], set].concat());
    let simulation = Simulation::new(&scenario, SEED).unwrap();
    let mut stage = Stage::new(&scenario, &simulation);
    let mut trees = Vec::new();
    for run in 0..runs {
        let world = stage.play(run);
        for (idx, &author) in authors.iter().enumerate() {
            let cascade = &world.spread(posted(world, &format!("m{idx}")).unwrap()).cascade;
            let (shape, nodes) = (cascade.shape(), cascade.nodes());
            let delays = nodes.iter().skip(1).map(|node| node.time.since(nodes[0].time).as_hours() * 60.0);
            trees.push(Tree {
                author,
                size: nodes.len(),
                depth: shape.depth,
                structural_virality: shape.structural_virality.unwrap_or(f64::NAN),
                direct: nodes.iter().skip(1).filter(|node| node.parent == 0).count(),
                delays: delays.filter(|delay| *delay <= WINDOW_MIN).collect(),
            });
        }
    }
    trees
}

/// What `look` sees of the leader's first message of 5 May 2019, run by run.
fn leader<T>(runs: u64, set: &[&str], look: impl Fn(&Cascade) -> T) -> Vec<T> {
    let alone = [
        DIFFUSION,
        "events.messages.thread-2.delivery=unsent",
        "events.messages.five-hundred-billion.delivery=unsent",
        "events.messages.pullback.delivery=unsent",
    ];
    let scenario = load(bundled::scenario("tariff-thread-2019").unwrap(), &[&alone, set].concat());
    let simulation = Simulation::new(&scenario, SEED).unwrap();
    let mut stage = Stage::new(&scenario, &simulation);
    let of_run = |run| {
        let world = stage.play(run);
        look(&world.spread(posted(world, "thread-1").unwrap()).cascade)
    };
    (0..runs).map(of_run).collect()
}

/// Share of the leader's final shares that were made after each of `minutes`, run by run.
pub(crate) fn leader_curve(minutes: &[f64], runs: u64, set: &[&str]) -> Vec<Vec<f64>> {
    leader(runs, set, |cascade| {
        let start = cascade.nodes()[0].time;
        let at = |minutes: &f64| start + TimeSpan::from_ms((minutes * 60_000.0) as i64);
        minutes.iter().map(|minutes| cascade.share_made_until(at(minutes)).unwrap()).collect()
    })
}

/// The leader's final shares, run by run.
pub(crate) fn leader_shares(runs: u64, set: &[&str]) -> Vec<f64> {
    leader(runs, set, Cascade::shares)
}

/// Dispositions of the bundled world.
pub(crate) fn dispositions(set: &[&str]) -> Dispositions {
    load(bundled::scenario("tariff-thread-2019").unwrap(), set).world.dispositions
}

/// All delays of some cascades, ascending.
pub(crate) fn delays<'t>(trees: impl IntoIterator<Item = &'t Tree>) -> Vec<f64> {
    let mut delays: Vec<f64> = trees.into_iter().flat_map(|tree| tree.delays.iter().copied()).collect();
    delays.sort_unstable_by(f64::total_cmp);
    delays
}

/// Share of ascending `values` that are at most `limit`.
pub(crate) fn share_up_to(values: &[f64], limit: f64) -> f64 {
    values.partition_point(|value| *value <= limit) as f64 / values.len() as f64
}

/// Mean of some numbers.
pub(crate) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for value in values {
        sum += value;
        n += 1.0;
    }
    sum / n
}
