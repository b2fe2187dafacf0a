//! The empirical distribution of sizes, as points for logarithmic axes.

/// One step of a complementary distribution function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// A value that occurs.
    pub value: f64,
    /// Share of all values that are at least as large, in (0, 1].
    pub share: f64,
}

/// P(X ≥ x) at every distinct value of an ascending sequence of values without NaN, each with the number of times it occurs.
///
/// All shares are positive, hence the whole curve can be drawn on a logarithmic axis.
pub fn ccdf(values: impl Iterator<Item = (f64, u64)> + Clone) -> Vec<Point> {
    let n: u64 = values.clone().map(|(_, times)| times).sum();
    let mut points: Vec<Point> = Vec::new();
    let mut before = 0;
    for (value, times) in values {
        if points.last().is_none_or(|last| last.value < value) {
            points.push(Point { value, share: (n - before) as f64 / n as f64 });
        }
        before += times;
    }
    points
}

/// At most `limit` points of a CCDF that stand apart on a logarithmic x axis; the first and last are kept.
pub fn thin_log(points: &[Point], limit: usize) -> Vec<Point> {
    let positive: Vec<Point> = points.iter().copied().filter(|point| point.value > 0.0).collect();
    let (Some(first), Some(last)) = (positive.first(), positive.last()) else { return Vec::new() };
    if positive.len() <= limit.max(2) {
        return positive;
    }
    let step = libm::log(last.value / first.value) / (limit.max(2) - 1) as f64;
    let mut kept = vec![*first];
    let mut threshold = step;
    for point in &positive[1..positive.len() - 1] {
        if libm::log(point.value / first.value) >= threshold && kept.len() + 1 < limit {
            kept.push(*point);
            threshold = libm::log(point.value / first.value) + step;
        }
    }
    kept.push(*last);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newman (2005), "Power laws, Pareto distributions and Zipf's law", Contemporary Physics 46, 323–351,
    /// appendix A: the cumulative distribution is the rank over n, the largest value having rank 1.
    #[test]
    fn shares_are_newmans_ranks_over_n() {
        let points = ccdf([(1.0, 2), (2.0, 1), (5.0, 1)].into_iter());
        let expected = [(1.0, 1.0), (2.0, 0.5), (5.0, 0.25)];
        assert_eq!(points.iter().map(|p| (p.value, p.share)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn thinning_keeps_both_ends_and_drops_what_a_log_axis_can_not_show() {
        let values = (0..10_000).map(|value| (f64::from(value), 1));
        let thinned = thin_log(&ccdf(values), 50);
        assert!(thinned.len() <= 50 && thinned.len() > 20, "{}", thinned.len());
        assert_eq!(thinned[0].value, 1.0);
        assert_eq!(thinned.last().map(|point| point.value), Some(9999.0));
    }
}
