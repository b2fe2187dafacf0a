//! The two ends of a relation: whom of a public it leads to, and who follows.

use super::alias::AliasTable;
use super::circles::Members;
use crate::engine::streams::{Ahead, Purpose, RunKey, Subject};
use crate::model::graph::generate::weights::{Pareto, Tails};

const AUDIENCE: Purpose = Purpose::new("network audience");

/// Weighted choice of an account as the one followed (audience) or as the follower (activity).
#[derive(Debug)]
pub(super) struct Ends {
    begin: u32,
    /// Weights of all accounts before each, and of all together.
    audience_before: Vec<f64>,
    activity_before: Vec<f64>,
    audience: Option<AliasTable>,
    activity: Option<AliasTable>,
    /// As `audience`, for those who choose outside their circle.
    outside: Option<AliasTable>,
}

impl Ends {
    pub(super) fn draw(begin: u32, n_accounts: u32, tails: &Tails, key: RunKey) -> Self {
        let mut audience_weights = Vec::with_capacity(n_accounts as usize);
        let mut activity_weights = Vec::with_capacity(n_accounts as usize);
        let independent = libm::sqrt(1.0 - tails.correlation * tails.correlation);
        let audiences = Pareto::new(tails.audience_exponent, tails.cutoff);
        let activities = Pareto::new(tails.following_exponent, tails.cutoff);
        for account in begin..begin + n_accounts {
            let mut stream = key.stream(AUDIENCE, Subject::new(account, 0));
            let score = stream.normal();
            let other = tails.correlation * score + independent * stream.normal();
            audience_weights.push(audiences.at(score));
            activity_weights.push(activities.at(other));
        }
        let (audience_before, activity_before) =
            (running_sum(&audience_weights), running_sum(&activity_weights));
        // The tables exist unless a public is empty: weights are positive and finite.
        let audience = AliasTable::new(audience_weights);
        let activity = AliasTable::new(activity_weights);
        Self { begin, audience_before, activity_before, audience, activity, outside: None }
    }

    pub(super) fn begin(&self) -> u32 {
        self.begin
    }

    pub(super) fn n_accounts(&self) -> u32 {
        self.activity_before.len() as u32 - 1
    }

    pub(super) fn audience_of(&self, position: u32) -> f64 {
        self.audience_among(Members { begin: position, end: position + 1 })
    }

    pub(super) fn activity_of(&self, position: u32) -> f64 {
        self.activity_before[position as usize + 1] - self.activity_before[position as usize]
    }

    pub(super) fn audience_among(&self, members: Members) -> f64 {
        self.audience_before[members.end as usize] - self.audience_before[members.begin as usize]
    }

    pub(super) fn total_audience(&self) -> f64 {
        self.audience_before[self.audience_before.len() - 1]
    }

    pub(super) fn total_activity(&self) -> f64 {
        self.activity_before[self.activity_before.len() - 1]
    }

    /// Accounts to be followed; none in an empty public.
    pub(super) fn followed(&self) -> Option<Choice<'_>> {
        self.among(self.audience.as_ref())
    }

    /// Accounts to be followed by those who look beyond their circle.
    pub(super) fn followed_outside(&self) -> Option<Choice<'_>> {
        self.among(self.outside.as_ref().or(self.audience.as_ref()))
    }

    /// Followers.
    pub(super) fn followers(&self) -> Option<Choice<'_>> {
        self.among(self.activity.as_ref())
    }

    fn among<'a>(&self, table: Option<&'a AliasTable>) -> Option<Choice<'a>> {
        table.map(|table| Choice { begin: self.begin, table })
    }

    /// Lets those who look beyond their circle choose by these weights.
    pub(super) fn look_outside(&mut self, weights: Vec<f64>) {
        self.outside = AliasTable::new(weights);
    }

    /// An account to be followed of some members, of whom there must be one.
    pub(super) fn followed_among(&self, members: Members, words: &mut Ahead) -> u32 {
        self.begin + place(&self.audience_before, members, words)
    }

    /// A follower among some members, of whom there must be one.
    pub(super) fn active_among(&self, members: Members, words: &mut Ahead) -> u32 {
        self.begin + place(&self.activity_before, members, words)
    }
}

/// A choice among the accounts of a public.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice<'a> {
    begin: u32,
    table: &'a AliasTable,
}

impl Choice<'_> {
    /// One of them.
    #[inline]
    pub(super) fn sample(self, words: &mut Ahead) -> u32 {
        self.begin + self.table.sample(words)
    }
}

/// The sum of the numbers before each, and of all.
fn running_sum(numbers: &[f64]) -> Vec<f64> {
    let mut sums = Vec::with_capacity(numbers.len() + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for number in numbers {
        sum += number;
        sums.push(sum);
    }
    sums
}

/// A position among `members`, in proportion to the weights of which `before` holds the running sum.
fn place(before: &[f64], Members { begin, end }: Members, words: &mut Ahead) -> u32 {
    let sums = &before[begin as usize..=end as usize];
    let point = sums[0] + words.uniform() * (sums[sums.len() - 1] - sums[0]);
    (begin + sums[1..].partition_point(|&until| until <= point) as u32).min(end - 1)
}
