//! How many follow an account, and how many it follows: two heavy-tailed weights that are correlated.

use crate::engine::streams::{Purpose, RunKey, Subject};

const WEIGHTS: Purpose = Purpose::new("graph weights");

/// Accounts whose weights come from one stream.
const PER_STREAM: u32 = 4096;

/// Shape of the distributions of audience and following.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tails {
    /// Exponent of the density of audiences (real follower graphs: 2.0–2.3).
    pub audience_exponent: f64,
    /// Exponent of the density of numbers of accounts followed (2.5–2.7).
    pub following_exponent: f64,
    /// Correlation of the normal scores of the two (linear correlation in real graphs: 0.35–0.45).
    pub correlation: f64,
    /// Largest weight relative to the smallest.
    pub cutoff: f64,
}

/// Weights of all accounts, each list with mean 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Expected audience relative to the mean.
    pub audience: Vec<f64>,
    /// Expected number of accounts followed relative to the mean.
    pub following: Vec<f64>,
}

impl Weights {
    /// Draws the weights of `n_nodes` accounts.
    pub fn draw(n_nodes: u32, tails: &Tails, key: RunKey) -> Self {
        let independent = libm::sqrt((1.0 - tails.correlation * tails.correlation).max(0.0));
        let audiences = Pareto::new(tails.audience_exponent, tails.cutoff);
        let followings = Pareto::new(tails.following_exponent, tails.cutoff);
        let (mut audience, mut following) =
            (Vec::with_capacity(n_nodes as usize), Vec::with_capacity(n_nodes as usize));
        for chunk in 0..n_nodes.div_ceil(PER_STREAM) {
            let mut stream = key.stream(WEIGHTS, Subject::new(chunk, 0));
            for _ in chunk * PER_STREAM..n_nodes.min((chunk + 1).saturating_mul(PER_STREAM)) {
                let (score, other) = stream.two_normals();
                audience.push(audiences.at(score));
                following.push(followings.at(tails.correlation * score + independent * other));
            }
        }
        for weights in [&mut audience, &mut following] {
            let scale = weights.len() as f64 / weights.iter().sum::<f64>();
            for weight in weights {
                *weight *= scale;
            }
        }
        Self { audience, following }
    }
}

/// A Pareto distribution, truncated.
#[derive(Debug, Clone, Copy)]
pub struct Pareto {
    /// Probability of more than the cutoff, were there none.
    beyond_cutoff: f64,
    /// −1 / (exponent of the density − 1).
    inverse_tail: f64,
}

impl Pareto {
    /// The distribution with density exponent `exponent`, truncated at `cutoff` times its least value, which is 1.
    pub fn new(exponent: f64, cutoff: f64) -> Self {
        let tail = exponent - 1.0;
        Self { beyond_cutoff: libm::pow(cutoff, -tail), inverse_tail: -1.0 / tail }
    }

    /// The quantile at the probability of the normal score `score`.
    pub fn at(self, score: f64) -> f64 {
        let above = 0.5 * libm::erfc(score * std::f64::consts::FRAC_1_SQRT_2);
        libm::pow(self.beyond_cutoff + above * (1.0 - self.beyond_cutoff), self.inverse_tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_have_mean_one_and_lie_within_the_cutoff() {
        let tails =
            Tails { audience_exponent: 2.2, following_exponent: 2.6, correlation: 0.5, cutoff: 1000.0 };
        let weights = Weights::draw(10_000, &tails, RunKey::new(0, 0));
        for list in [&weights.audience, &weights.following] {
            let mean = list.iter().sum::<f64>() / 1e4;
            assert!((mean - 1.0).abs() < 1e-9, "{mean}");
            let (least, most) = list.iter().fold((f64::MAX, 0.0), |(low, high): (f64, f64), &weight| {
                (low.min(weight), high.max(weight))
            });
            assert!(least > 0.0 && most / least <= 1000.0, "{least} {most}");
        }
    }

    /// A density with exponent 3 cut off at 10 has P(weight > 2) = (1/4 − 1/100)/(1 − 1/100) = 24/99. The share of
    /// n = 20,000 lies within 3.9 standard deviations at α = 1e-4.
    #[test]
    fn weights_have_the_tail_asked_for() {
        let n = 20_000_u32;
        let mut stream = RunKey::new(0, 0).stream(Purpose::new("pareto test"), Subject::default());
        let pareto = Pareto::new(3.0, 10.0);
        let above = (0..n).filter(|_| pareto.at(stream.normal()) > 2.0).count() as f64;
        let p = 24.0 / 99.0;
        let bound = 3.9 * (f64::from(n) * p * (1.0 - p)).sqrt();
        assert!((above - f64::from(n) * p).abs() < bound, "{above}");
    }
}
