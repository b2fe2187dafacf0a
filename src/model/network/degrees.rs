//! How audience and following go together, as a function of one number: the place of an account among all by how many it follows.
//!
//! The block model gives an account an audience weight w and an activity weight a, whose normal scores are correlated, and makes a share
//! r of all relations mutual. Followers are chosen by activity, those whom they follow by audience, or where the relation is mutual by activity
//! too: expected audience and following, relative to their means, are
//!
//! A = (1 − r)·w/E(w) + r·a/E(a) and F = a/E(a).
//!
//! Here accounts stand in the order of F. What is stored is the joint distribution of F and A as some ten thousand points, from a grid of
//! the two scores; nothing about any account.

use crate::model::graph::generate::weights::{Pareto, Tails};

/// Half the width of the grid of normal scores; beyond lie two accounts in a billion.
const WIDEST_SCORE: f64 = 6.0;
/// Equal parts of the places from 0 to 1, for each of which it is known where to look; a power of two, so that multiplying is exact.
const GUIDES: usize = 4096;
/// Steps of the grid from one end to the other. The rule of midpoints is exact for a normal density to many digits at this width.
const STEPS: usize = 120;

/// Accounts of like audience and following.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    /// Share of all accounts in this point and those before.
    end: f64,
    /// Sum of the expected following over this point and those before, relative to that over all.
    following_end: f64,
    /// Expected following relative to the mean.
    following: f64,
    /// Expected audience relative to the mean.
    audience: f64,
}

/// The joint distribution of audience and following.
///
/// Invariant: points are in ascending order of following; both means are 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Degrees {
    points: Vec<Point>,
    /// First point that reaches the beginning of each part of the places, and the end of the last.
    guides: Vec<u32>,
}

impl Degrees {
    /// The distribution that the block model has with these `tails` and this share of mutual relations.
    pub(super) fn new(tails: &Tails, reciprocity: f64) -> Self {
        let step = 2.0 * WIDEST_SCORE / STEPS as f64;
        let scores: Vec<f64> = (0..STEPS).map(|idx| (idx as f64 + 0.5) * step - WIDEST_SCORE).collect();
        let density = |score: f64| libm::exp(-0.5 * score * score);
        let independent = libm::sqrt((1.0 - tails.correlation * tails.correlation).max(0.0));
        let audiences = Pareto::new(tails.audience_exponent, tails.cutoff);
        let activities = Pareto::new(tails.following_exponent, tails.cutoff);
        let mut grid = Vec::with_capacity(STEPS * STEPS);
        for &score in &scores {
            let weight = audiences.at(score);
            for &own in &scores {
                let other = tails.correlation * score + independent * own;
                let activity = activities.at(other);
                grid.push((density(score) * density(own), weight, activity));
            }
        }
        let mean = |of: fn(&(f64, f64, f64)) -> f64| grid.iter().map(of).sum::<f64>();
        let all = mean(|point| point.0);
        let (weights, activities) =
            (mean(|point| point.0 * point.1) / all, mean(|point| point.0 * point.2) / all);
        let mutual = reciprocity.clamp(0.0, 1.0);
        let mut points: Vec<(f64, f64, f64)> = grid
            .iter()
            .map(|&(mass, weight, activity)| {
                let (audience, following) = (weight / weights, activity / activities);
                (mass / all, following, (1.0 - mutual) * audience + mutual * following)
            })
            .collect();
        points.sort_by(|left, right| left.1.total_cmp(&right.1).then(left.2.total_cmp(&right.2)));
        let (mut end, mut following_end) = (0.0, 0.0);
        let accumulate = |(mass, following, audience): (f64, f64, f64)| {
            end += mass;
            following_end += mass * following;
            Point { end, following_end, following, audience }
        };
        let points: Vec<Point> = points.into_iter().map(accumulate).collect();
        let first =
            |part: usize| points.partition_point(|point| point.end < part as f64 / GUIDES as f64) as u32;
        let guides = (0..=GUIDES).map(first).collect();
        Self { points, guides }
    }

    /// Expected audience, relative to the mean, of the account at `place` (0 to 1) in the order of following.
    pub(super) fn audience(&self, place: f64) -> f64 {
        self.at(place).audience
    }

    /// Part of all relations whose follower lies below `place` (0 to 1) in the order of following.
    pub(super) fn following_below(&self, place: f64) -> f64 {
        let point = self.at(place);
        (point.following_end - (point.end - place) * point.following).clamp(0.0, 1.0)
    }

    fn at(&self, place: f64) -> &Point {
        let part = ((place * GUIDES as f64) as usize).min(GUIDES - 1);
        let (begin, end) = (self.guides[part] as usize, self.guides[part + 1] as usize);
        let idx = begin + self.points[begin..end].partition_point(|point| point.end < place);
        &self.points[idx.min(self.points.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAILS: Tails =
        Tails { audience_exponent: 2.2, following_exponent: 2.55, correlation: 0.6, cutoff: 300.0 };

    fn mean(degrees: &Degrees, of: impl Fn(&Point) -> f64) -> f64 {
        let mut begin = 0.0;
        let mut sum = 0.0;
        for point in &degrees.points {
            sum += (point.end - begin) * of(point);
            begin = point.end;
        }
        sum
    }

    /// E(w²)/E(w)² of a Pareto weight of tail exponent t truncated at c, exactly: ∫ w^k t w^−(t+1) dw / (1 − c^−t) for k = 1, 2.
    fn second_moment(exponent: f64, cutoff: f64) -> f64 {
        let t = exponent - 1.0;
        let moment = |k: f64| t / (k - t) * (cutoff.powf(k - t) - 1.0) / (1.0 - cutoff.powf(-t));
        moment(2.0) / moment(1.0).powi(2)
    }

    #[test]
    fn without_mutual_relations_the_moments_are_those_of_the_two_laws() {
        let degrees = Degrees::new(&TAILS, 0.0);
        assert!((mean(&degrees, |point| point.audience) - 1.0).abs() < 1e-9);
        assert!((mean(&degrees, |point| point.following) - 1.0).abs() < 1e-9);
        let audience = mean(&degrees, |point| point.audience.powi(2));
        let following = mean(&degrees, |point| point.following.powi(2));
        assert!((audience / second_moment(2.2, 300.0) - 1.0).abs() < 2e-3, "{audience}");
        assert!((following / second_moment(2.55, 300.0) - 1.0).abs() < 2e-3, "{following}");
    }

    /// E(AF) = (1 − r)·E(wa) + r·E(a²).
    #[test]
    fn mutual_relations_mix_the_two_as_they_do_in_the_block_model() {
        let plain = Degrees::new(&TAILS, 0.0);
        let cross = |degrees: &Degrees| mean(degrees, |point| point.audience * point.following);
        for mutual in [0.35, 1.0] {
            let expected = (1.0 - mutual) * cross(&plain) + mutual * second_moment(2.55, 300.0);
            let found = cross(&Degrees::new(&TAILS, mutual));
            assert!((found / expected - 1.0).abs() < 3e-3, "{found} for {expected}");
        }
    }

    #[test]
    fn guides_lead_to_the_point_that_a_search_of_all_finds() {
        let degrees = Degrees::new(&TAILS, 0.35);
        for place in (0..=10_007).map(|idx| f64::from(idx) / 10_007.0).chain([0.5, 0.25, 1.0 - 1e-12, 1e-12])
        {
            let idx = degrees.points.partition_point(|point| point.end < place);
            assert_eq!(degrees.at(place), &degrees.points[idx.min(degrees.points.len() - 1)], "{place}");
        }
    }

    #[test]
    fn the_sum_of_following_rises_from_nothing_to_all_and_the_active_have_more_than_their_share() {
        let degrees = Degrees::new(&TAILS, 0.35);
        let places = [0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0].map(|place| degrees.following_below(place));
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
        assert!(places[0].abs() < 1e-9 && (places[6] - 1.0).abs() < 1e-9, "{places:?}");
        assert!(places[2] < 0.3 && places[3] < 0.7, "{places:?}");
        assert!(degrees.audience(0.9999) > 10.0 * degrees.audience(0.01));
    }
}
